"""GRUForecaster: the scale of each window, and the linear path beside the regressor."""

import pickle

import numpy as np
import pytest
from repeat import Repeat, alone
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit
from sklearn.preprocessing import StandardScaler

import skgru
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import make_windows


class Nothing(Repeat):
    """Forecasts no change: what is left is the linear path."""

    def predict(self, X):
        return np.zeros((len(X), self.n_outputs_)).squeeze(
            -1 if self.n_outputs_ == 1 else ()
        )


@pytest.fixture
def growing():
    """A season whose swings grow with its level, as those of sales do."""
    steps = np.arange(120)
    return np.exp(0.02 * steps) * (10 + np.tile([1.0, 5.0, 3.0, 2.0], 30))


def test_windows_come_in_units_of_their_own_deviation(growing):
    fitted = alone(Repeat(), window=8, horizon=2, scale=True).fit(growing).regressor_
    X, y = make_windows(growing, 8, horizon=2)
    last, deviation = X[:, -1:], X.std(axis=1, keepdims=True)
    # The quietest are divided by half of the mean.
    deviation = np.maximum(deviation, deviation.mean() / 2)
    np.testing.assert_allclose(fitted.X_, (X - last) / deviation)
    np.testing.assert_allclose(fitted.y_, ((y - last[:, :, 0]) / deviation[:, :, 0]))


@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_forecasts_come_back_in_the_units_of_the_series(growing, relative, scale):
    series = np.column_stack([1000 * growing, growing])
    forecaster = alone(
        Repeat(lag=4), window=8, horizon=3, relative=relative, scale=scale
    )
    forecast = forecaster.fit(series).predict()
    np.testing.assert_allclose(forecast, series[-4:-1, 0])


def test_each_channel_has_its_own_scale(growing):
    def windows(factor):
        series = np.column_stack([growing, factor * growing[::-1]])
        forecaster = alone(Repeat(), window=8, scale=True)
        return forecaster.fit(series).regressor_

    np.testing.assert_allclose(windows(1).X_, windows(1000).X_)
    np.testing.assert_allclose(windows(1).y_, windows(1000).y_)


@pytest.mark.parametrize("level", [0.0, 0.1, 1e6])
def test_constant_windows_are_not_divided_by_rounding_errors(level):
    constant = np.full(40, level)
    forecaster = GRUForecaster(Repeat(), window=5, horizon=2, scale=True)
    forecaster.fit(constant)
    np.testing.assert_allclose(forecaster.predict(), level)
    steps = np.where(np.arange(40) == 30, level + 1, level)
    fitted = alone(Repeat(), window=5, scale=True).fit(steps).regressor_
    assert np.abs(fitted.X_).max() < 100


def test_the_regressor_learns_what_the_linear_path_leaves(growing):
    settings = {"window": 8, "horizon": 2, "scale": True}
    both = GRUForecaster(Repeat(), **settings).fit(growing)
    single = alone(Repeat(), **settings).fit(growing)
    assert single.linear_ is None
    X, y = single.regressor_.X_, single.regressor_.y_
    np.testing.assert_array_equal(both.regressor_.X_, X)
    rows = X.reshape(len(X), -1)
    left = y - both.linear_.predict(rows)
    np.testing.assert_allclose(both.regressor_.y_, left)
    # The path is scikit-learn's ridge regression on standardised windows.
    standardised = StandardScaler().fit_transform(rows)
    ridge = clone(both.linear_[-1]).fit(standardised, y)
    np.testing.assert_allclose(left, y - ridge.predict(standardised))


def test_a_linear_recurrence_is_forecast_by_the_linear_path_alone():
    steps = np.arange(150)
    series = 0.3 * steps + np.sin(0.7 * steps) + 2 * np.cos(0.3 * steps)
    forecaster = GRUForecaster(Nothing(), window=12, horizon=5)
    assert forecaster.fit(series[:120]).score(series[120:]) > 0.99
    assert (
        forecaster.set_params(linear=False).fit(series[:120]).score(series[120:]) < 0.1
    )


def test_other_channels_reach_the_linear_path():
    """The series follows the wind a step later, plus noise."""
    rng = np.random.default_rng(0)
    wind = rng.normal(size=(200, 1))
    y = np.roll(3 * wind[:, 0], 1) + 0.1 * rng.normal(size=200)
    forecaster = GRUForecaster(Nothing(), window=8)
    forecaster.fit(wind[:150], y[:150])
    assert forecaster.score(wind[150:], y[150:]) > 0.7
    assert forecaster.fit(y[:150]).score(y[150:]) < 0.4


def test_a_search_compares_the_parts(growing):
    search = GridSearchCV(
        GRUForecaster(Nothing(), window=8, horizon=4),
        {"scale": [True, False], "linear": [True, False]},
        cv=TimeSeriesSplit(3, test_size=12),
        error_score="raise",
    )
    assert search.fit(growing).best_params_ == {"scale": True, "linear": True}


def test_a_network_beside_the_linear_path_is_pickled_and_saved(
    growing, regressor, tmp_path
):
    forecaster = GRUForecaster(regressor(epochs=1), window=6).fit(growing)
    expected = forecaster.predict(3)
    copy = pickle.loads(pickle.dumps(forecaster))
    np.testing.assert_array_equal(copy.predict(3), expected)
    skgru.save(forecaster, tmp_path / "forecaster.skops")
    loaded = skgru.load(tmp_path / "forecaster.skops")
    np.testing.assert_array_equal(loaded.predict(3), expected)


def test_one_window_is_too_few_for_the_linear_path(growing, refused):
    refused(
        GRUForecaster(Nothing(), window=8, horizon=2), "fit", growing[:10],
        message="linear path .* two windows, .* = 11 steps. Got 10 steps",
    )  # fmt: skip
    alone(Repeat(), window=8, horizon=2).fit(growing[:10])


@pytest.mark.parametrize("name", ["scale", "linear"])
def test_bad_parameters_are_named(growing, name):
    message = f"The '{name}' parameter of GRUForecaster must be an instance of 'bool'"
    with pytest.raises(ValueError, match=message):
        GRUForecaster(Repeat(), window=8, **{name: "yes"}).fit(growing)
