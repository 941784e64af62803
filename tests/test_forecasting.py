"""Forecasting: windows and a regressor, by hand and with GRUForecaster."""

import pickle

import numpy as np
import pandas as pd
import pytest
from repeat import Repeat, alone
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline

from skgru import GRURegressor
from skgru.datasets import load_co2
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import SequenceScaler, make_windows

YEAR = 52  # weeks


@pytest.fixture
def co2():
    return load_co2(interpolate=True).data


@pytest.fixture
def network():
    regressor = GRURegressor(
        16, epochs=12, learning_rate=0.01, batch_size=64, random_state=0
    )
    return make_pipeline(SequenceScaler(), regressor)


@pytest.mark.long
def test_windows_beat_the_seasonal_naive_forecast_on_co2(co2, network):
    """Four weeks ahead, without a value of the test folds in the training folds."""
    horizon = 4
    X, y = make_windows(co2, window=YEAR, horizon=horizon)
    level = X[:, -1:]
    X_relative, y_relative = X - level, y - level[:, :, 0]
    folds = TimeSeriesSplit(3, test_size=YEAR, gap=horizon - 1)
    for train, test in folds.split(X):
        network.fit(X_relative[train], y_relative[train])
        forecast = network.predict(X_relative[test]) + level[test, :, 0]
        error = np.abs(forecast - y[test]).mean()
        last_year = X[test, :horizon, 0]
        assert error < 0.6 * np.abs(last_year - y[test]).mean()
        assert error < 0.9 * np.abs(level[test, :, 0] - y[test]).mean()


@pytest.mark.slow
def test_forecaster_beats_the_seasonal_naive_forecast_on_co2(co2, network):
    """A quarter at once; the series is cut into folds before it is into windows."""
    forecaster = GRUForecaster(network, window=YEAR, horizon=13, period=YEAR)
    folds = TimeSeriesSplit(2, test_size=4 * YEAR)
    assert min(cross_val_score(forecaster, co2, cv=folds)) > 0.3

    past, future = co2[:-YEAR], co2[-YEAR:]
    error = np.abs(forecaster.fit(past).predict(YEAR) - future).mean()
    assert error < 0.7 * np.abs(past[-YEAR:] - future).mean()


def test_the_regressor_learns_the_windows_of_the_series():
    series = np.array([1.0, 2.0, 4.0, 7.0, 11.0, 16.0])
    fitted = alone(Repeat(), window=3, horizon=2).fit(series).regressor_
    np.testing.assert_array_equal(fitted.X_[:, :, 0], [[-3, -2, 0], [-5, -3, 0]])
    np.testing.assert_array_equal(fitted.y_, [[3, 7], [4, 9]])

    forecaster = alone(Repeat(), window=3, horizon=1, relative=False)
    fitted = forecaster.fit(series).regressor_
    np.testing.assert_array_equal(fitted.X_[0, :, 0], [1, 2, 4])
    np.testing.assert_array_equal(fitted.y_, [7, 11, 16])


@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("horizon", [1, 2, 3, 7])
def test_predict_continues_the_series_in_its_units(relative, horizon):
    series = 1000 + np.tile([1.0, 5.0, 3.0], 5)
    forecaster = alone(
        Repeat(lag=3), window=4, horizon=min(horizon, 3), relative=relative
    )
    expected = np.resize([1001, 1005, 1003], horizon)
    np.testing.assert_allclose(forecaster.fit(series).predict(horizon), expected)
    later = forecaster.predict(horizon, series=series[:-1])
    np.testing.assert_allclose(later, np.resize([1003, 1001, 1005], horizon))


def test_predict_gives_horizon_steps_unless_told_otherwise():
    forecaster = alone(Repeat(), window=3, horizon=2).fit(np.arange(9.0))
    np.testing.assert_array_equal(forecaster.predict(), [8, 8])
    np.testing.assert_array_equal(forecaster.predict(1), [8])


def test_score_compares_with_the_seasonal_naive_forecast():
    season = np.tile([1.0, 5.0, 3.0], 6)
    trend = season + 0.1 * np.arange(18)

    def score(lag, period, series):
        forecaster = alone(Repeat(lag), window=4, horizon=3, period=period)
        return forecaster.fit(series).score(series)

    assert score(lag=3, period=3, series=trend) == pytest.approx(0)
    assert score(lag=1, period=1, series=trend) == pytest.approx(0)
    # Windows start at 0 to 11. Last season's values are 0.3 behind; the last value
    # misses by the season, too.
    errors = [
        np.abs(trend[end : end + 3] - trend[end - 1]).mean()
        for end in range(4, len(trend) - 2)
    ]
    expected = 1 - 0.3 / np.mean(errors)
    assert score(lag=3, period=1, series=trend) == pytest.approx(expected)
    # Where the naive forecast has no error, only a perfect one is as good.
    assert score(lag=3, period=3, series=season) == 1
    assert score(lag=1, period=3, series=season) == 0
    # A sine repeats itself up to rounding.
    sine = np.sin(2 * np.pi * np.arange(18) / 3)
    assert score(lag=3, period=3, series=sine) == 1
    assert score(lag=1, period=3, series=sine) == 0


def test_channels_are_features_and_one_is_the_target():
    frame = pd.DataFrame({"wind": np.arange(10.0), "power": 100 + np.arange(10.0) ** 2})
    forecaster = alone(Repeat(), window=3, target="power").fit(frame)
    assert forecaster.n_channels_in_ == 2
    np.testing.assert_array_equal(forecaster.regressor_.X_[0, :, 1], [-4, -3, 0])
    np.testing.assert_array_equal(forecaster.regressor_.y_[:2], [5, 7])
    # Repeat predicts the first channel, which is 0 at the last step of a window.
    np.testing.assert_array_equal(forecaster.predict(), [181])
    np.testing.assert_array_equal(forecaster.predict(series=frame), [181])
    assert forecaster.score(frame) == 0
    with pytest.warns(UserWarning, match="X does not have valid feature names"):
        unnamed = forecaster.predict(series=frame.to_numpy())
    np.testing.assert_array_equal(unnamed, [181])
    for other in (frame[["power", "wind"]], frame.rename(columns={"wind": "gust"})):
        with pytest.raises(ValueError, match="feature names should match"):
            forecaster.predict(series=other)
        with pytest.raises(ValueError, match="feature names should match"):
            forecaster.score(other)


def test_parameters_are_tuned_in_folds_of_the_series():
    series = np.tile([1.0, 5.0, 3.0], 20) + 0.1 * np.arange(60)
    search = GridSearchCV(
        alone(Repeat(), horizon=3),
        {"window": [3, 6], "regressor__lag": [1, 2, 3]},
        cv=TimeSeriesSplit(3),
    )
    assert search.fit(series).best_params_["regressor__lag"] == 3
    assert search.best_score_ > 0.5


def test_forecasters_are_cloned_and_pickled(network):
    series = np.sin(np.arange(60))
    network.set_params(gruregressor__epochs=1)
    forecaster = GRUForecaster(network, window=8).fit(series)
    copy = pickle.loads(pickle.dumps(forecaster))
    np.testing.assert_array_equal(copy.predict(5), forecaster.predict(5))
    assert clone(forecaster).regressor is not network
    assert not hasattr(network[-1], "history_")  # only the clone has been fitted


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"window": 0}, "The 'window' parameter of GRUForecaster must be an int"),
        ({"horizon": 1.5}, "The 'horizon' parameter of GRUForecaster must be an int"),
        ({"window": 4, "period": 5}, "'period' parameter .* at most window=4.* Got 5"),
        ({"regressor": "gru"}, "The 'regressor' parameter of GRUForecaster must be"),
        (
            {"window": 19, "horizon": 2},
            "series has 20 steps, but window=19 .* 21",
        ),
        ({"window": 4, "target": 1}, r"'target' parameter .* range \[0, 1\). Got 1"),
    ],
)
def test_bad_parameters_are_named(params, message):
    with pytest.raises(ValueError, match=message):
        alone(**{"regressor": Repeat(), **params}).fit(np.arange(20.0))


def test_bad_series_are_named():
    series = np.arange(20.0)
    forecaster = alone(Repeat(), window=4).fit(series)
    with pytest.raises(ValueError, match="series has 3 steps, but window=4 needs"):
        forecaster.predict(series=series[:3])
    with pytest.raises(ValueError, match=r"'horizon' argument .* Got 0 instead"):
        forecaster.predict(0)
    two = np.column_stack([series, series])
    with pytest.raises(ValueError, match=r"series has 2 channels, .* fitted on 1"):
        forecaster.score(two)
    with pytest.raises(ValueError, match=r"Cannot forecast 2 steps .* 2 channels"):
        alone(Repeat(), window=4).fit(two).predict(2)
    series[7] = np.nan
    with pytest.raises(ValueError, match="series contains NaN at index 7"):
        forecaster.fit(series)
