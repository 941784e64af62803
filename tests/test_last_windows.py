"""Early stopping on overlapping windows: the last ones are held out, after a gap."""

import numpy as np
import pytest
from repeat import alone
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline

import skgru
from skgru.forecasting import GRUForecaster, LastWindows
from skgru.preprocessing import make_windows

STOPPING = {"early_stopping": True, "epochs": 2}


@pytest.fixture
def walk():
    """A random walk: no value tells more of the next than the last one does."""
    return np.cumsum(np.random.default_rng(0).normal(size=60))


@pytest.mark.parametrize("horizon", [1, 2, 5])
@pytest.mark.parametrize("step", [1, 2])
def test_training_windows_hold_no_value_to_predict_in_validation(horizon, step):
    X, y = make_windows(np.arange(100.0), 6, horizon, step)
    gap = -(-horizon // step) - 1
    ((train, validation),) = LastWindows(0.25, gap).split(X)
    assert validation.tolist() == list(range(len(X) - len(validation), len(X)))
    assert len(validation) == np.ceil(0.25 * len(X))
    seen = max(X[train].max(), y[train].max())
    assert seen < y[validation].min()
    # No window more than that is left out.
    assert len(train) + gap + len(validation) == len(X)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda network: network,
        lambda network: make_pipeline("passthrough", network),
        lambda network: make_pipeline(TransformedTargetRegressor(network)),
    ],
    ids=["alone", "pipeline", "deeper"],
)
def test_a_forecaster_holds_out_the_last_windows(walk, regressor, wrapped):
    """Its network learns as one does that is given the two parts by hand."""
    network = regressor(**STOPPING, validation_split=0.25, normalize_y=False)
    forecaster = alone(wrapped(network), window=6, horizon=3, relative=False)
    fitted = forecaster.fit(walk).regressor_
    X, y = make_windows(walk, 6, horizon=3)
    expected = regressor(**STOPPING, normalize_y=False)
    # Of 52 windows 13 are held out; 2 before them know one of their targets.
    expected.fit(X[:37], y[:37], X_val=X[39:], y_val=y[39:])
    np.testing.assert_array_equal(fitted.predict(X), expected.predict(X))
    assert network.validation_split == 0.25


@pytest.mark.parametrize("validation_split", [0.25, LastWindows(0.25, gap=2)])
def test_the_linear_path_hides_what_is_held_out_from_the_network(
    walk, regressor, validation_split
):
    """Residuals of windows that a regression has seen would be too small."""
    network = regressor(
        **STOPPING, validation_split=validation_split, normalize_y=False
    )
    forecaster = GRUForecaster(network, window=6, horizon=3, relative=False).fit(walk)
    X, y = make_windows(walk, 6, horizon=3)
    rows = X[:, :, 0]
    before = clone(forecaster.linear_).fit(rows[:37], y[:37])
    left = y - before.predict(rows)
    expected = regressor(**STOPPING, normalize_y=False)
    expected.fit(X[:37], left[:37], X_val=X[39:], y_val=left[39:])
    fitted = forecaster.regressor_
    np.testing.assert_allclose(fitted.predict(X), expected.predict(X), rtol=1e-5)
    # The path that forecasts has seen every window.
    of_all = clone(forecaster.linear_).fit(rows, y)
    np.testing.assert_allclose(
        forecaster.predict(),
        of_all.predict([walk[-6:]])[0]
        + fitted.predict(walk[np.newaxis, -6:, np.newaxis])[0],
    )


def test_a_splitter_of_the_user_stays(walk, regressor):
    for validation_split in (KFold(3), LastWindows(0.1)):
        network = regressor(**STOPPING, validation_split=validation_split)
        fitted = alone(network, window=6).fit(walk).regressor_
        assert fitted.validation_split.get_n_splits() == validation_split.get_n_splits()
        X, y = make_windows(walk, 6)
        X, y = X - X[:, -1:], y - X[:, -1, 0]
        expected = network.fit(X, y)
        assert fitted.history_ == expected.history_


def test_without_early_stopping_every_window_trains(walk, regressor):
    fitted = GRUForecaster(regressor(epochs=2), window=6).fit(walk).regressor_
    assert "val_loss" not in fitted.history_
    assert fitted.validation_split == 0.2


def test_a_forecaster_that_stops_early_is_saved(walk, regressor, tmp_path):
    forecaster = GRUForecaster(regressor(**STOPPING), window=6).fit(walk)
    skgru.save(forecaster, tmp_path / "forecaster.skops")
    loaded = skgru.load(tmp_path / "forecaster.skops")
    np.testing.assert_array_equal(loaded.predict(3), forecaster.predict(3))
    assert repr(loaded.regressor_.validation_split) == "LastWindows()"


def test_what_cannot_be_held_out_is_refused(walk, regressor, refused):
    network = regressor(**STOPPING)
    refused(
        GRUForecaster(network, window=6, horizon=5), "fit", walk[:15],
        message="Holding out 0.2 of 5 windows, with a gap of 4 before them, leaves",
    )  # fmt: skip
    refused(
        GRUForecaster(network, window=6, horizon=5), "fit", walk[:17],
        message="two windows, besides those .* holds out, .* Got 17 steps, 1 window to",
    )  # fmt: skip
    refused(
        GRUForecaster(regressor(**{**STOPPING, "validation_split": 1.5}), window=6),
        "fit", walk, message="The 'validation_split' parameter of GRURegressor must be",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"fraction": 1.0}, r"'fraction' parameter of LastWindows .* Got 1.0 instead"),
        ({"fraction": 2}, r"'fraction' parameter of LastWindows .* Got 2 instead"),
        ({"gap": -1}, r"'gap' parameter of LastWindows must be an int .* Got -1"),
        ({"gap": 8}, "leaves none to train on"),
    ],
)
def test_bad_parameters_are_named(params, message):
    with pytest.raises(ValueError, match=message):
        next(LastWindows(**params).split(np.zeros((10, 3, 1))))
