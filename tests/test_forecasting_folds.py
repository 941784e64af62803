"""GRUForecaster in cross-validation: folds too short to hold a window, X and y."""

import numpy as np
import pandas as pd
import pytest
from repeat import Repeat, alone
from sklearn.model_selection import GridSearchCV, TimeSeriesSplit, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEASON = np.tile([1.0, 5.0, 3.0], 50) + 0.1 * np.arange(150)
DATES = pd.date_range("2024-01-01", periods=150)


def in_form(form):
    return {
        "array": SEASON,
        "dates": pd.Series(SEASON, DATES),
        "positions": pd.Series(SEASON),
    }[form]


# ---- folds that follow the training part ----


@pytest.mark.parametrize("form", ["array", "dates", "positions"])
def test_a_fold_shorter_than_a_window_is_forecast_from_what_came_before(form):
    """Five folds of 20 steps, each by hand: the past of a step is in training."""
    folds = TimeSeriesSplit(5, test_size=20)
    scores = cross_val_score(
        alone(Repeat(), window=24, horizon=2), in_form(form), cv=folds
    )
    for score, (train, test) in zip(scores, folds.split(SEASON), strict=True):
        forecaster = alone(Repeat(), window=24, horizon=2)
        forecaster.fit(SEASON[train])
        with_past = np.concatenate([train[-24:], test])
        assert score == forecaster.score(SEASON[with_past])


@pytest.mark.parametrize("form", ["dates", "positions"])
def test_every_step_of_a_fold_that_follows_is_forecast_whatever_the_window(form):
    """So a search compares windows on the same steps."""
    series = in_form(form)
    for window in (3, 6, 40):
        forecaster = alone(Repeat(3), window=window, period=1)
        forecaster.fit(series[:100])
        steps = SEASON[99:150]
        # The forecast is 0.3 behind; the naive one misses by each change.
        expected = 1 - 0.3 / np.abs(np.diff(steps)).mean()
        assert forecaster.score(series[100:]) == pytest.approx(expected)


def test_a_long_series_that_does_not_follow_stands_alone():
    forecaster = alone(Repeat(3), window=6)
    expected = forecaster.fit(SEASON[:100]).score(SEASON[101:])
    # An array that is long enough is never taken to follow.
    assert forecaster.score(SEASON[:100]) != expected
    forecaster.fit(in_form("dates")[:100])
    assert forecaster.score(in_form("dates")[101:]) == expected
    assert forecaster.score(in_form("positions")[101:]) == expected


@pytest.mark.parametrize("start", [0, 101])
def test_a_short_fold_whose_index_does_not_follow_is_refused(start):
    forecaster = alone(Repeat(), window=24).fit(in_form("dates")[:100])
    message = (
        "series has 10 steps, fewer than window \\+ horizon = 25, and does not follow "
        f"the series that fit was given: it starts at {DATES[start]}, where "
        f"{DATES[100]} was expected"
    )
    with pytest.raises(ValueError, match=message):
        forecaster.score(in_form("dates")[start : start + 10])
    with pytest.raises(ValueError, match="it starts at 0, where 2024-04-10"):
        forecaster.score(in_form("positions")[:10])


@pytest.mark.parametrize("form", ["array", "dates"])
def test_a_fold_shorter_than_the_horizon_is_refused(form):
    series = in_form(form)
    forecaster = alone(Repeat(), window=9, horizon=3).fit(series[:100])
    with pytest.raises(ValueError, match="series has 2 steps, but horizon=3 needs at"):
        forecaster.score(series[100:102])
    assert np.isfinite(forecaster.score(series[100:103]))


# ---- X and y ----


@pytest.fixture
def wind():
    """Another channel, which the series follows a step later."""
    return np.random.default_rng(0).normal(size=(150, 1))


class FollowsWind(Repeat):
    """Predicts the last value of the channel after that of the series."""

    def predict(self, X):
        return X[:, -1, 1]


def test_y_is_the_series_and_X_further_channels(wind):
    y = np.roll(wind[:, 0], 1)
    forecaster = alone(FollowsWind(), window=3, relative=False)
    forecaster.fit(wind[:100], y[:100])
    X, follows = forecaster.regressor_.X_, forecaster.regressor_.y_
    np.testing.assert_array_equal(X[0], np.column_stack([y, wind])[:3])
    np.testing.assert_array_equal(follows, y[3:100])
    assert forecaster.n_channels_in_ == 2
    np.testing.assert_array_equal(forecaster.predict(), wind[99])
    np.testing.assert_array_equal(
        forecaster.predict(series=y[:120], exogenous=wind[:120]), wind[119]
    )
    assert forecaster.score(wind[100:], y[100:]) == 1
    together = np.column_stack([y, wind])
    forecaster = alone(FollowsWind(), window=3, relative=False)
    np.testing.assert_array_equal(forecaster.fit(together[:100]).predict(), wind[99])


@pytest.mark.parametrize("form", ["array", "dates"])
def test_X_and_y_are_cut_into_folds_together(wind, form):
    y = pd.Series(np.roll(wind[:, 0], 1), DATES)
    wind = pd.DataFrame(wind, DATES, columns=["wind"])
    if form == "array":
        wind, y = wind.to_numpy(), y.to_numpy()
    search = GridSearchCV(
        alone(FollowsWind()),
        {"window": [3, 30], "relative": [True, False]},
        cv=TimeSeriesSplit(5, test_size=20),
        error_score="raise",
    )
    assert search.fit(wind, y).best_params_["relative"] is False
    assert search.best_score_ == 1
    assert search.score(wind, y) == search.best_estimator_.score(wind, y) == 1


def test_X_and_y_in_a_pipeline_scale_X_alone(wind):
    y = pd.Series(np.roll(wind[:, 0], 1), DATES, name="power")
    forecaster = alone(Repeat(), window=3, relative=False)
    pipeline = make_pipeline(StandardScaler(), forecaster).fit(wind, y)
    channels = pipeline[-1].regressor_.X_
    np.testing.assert_array_equal(channels[:, 0, 0], y[:147])
    np.testing.assert_allclose(
        channels[:, 0, 1], StandardScaler().fit_transform(wind)[:147, 0]
    )
    # The dates are those of y.
    pd.testing.assert_series_equal(
        pipeline[-1].predict(),
        pd.Series(y.iloc[-1:].to_numpy(), DATES[-1:].shift(1), name="power"),
        check_freq=False,
    )
    assert np.isfinite(pipeline.score(wind, y))


@pytest.mark.parametrize("y", [(), (None,)])
def test_a_series_alone_is_fitted_with_y_None(y):
    forecaster = alone(Repeat(), window=3).fit(SEASON, *y)
    assert forecaster.score(SEASON, *y) == 0
    scores = cross_val_score(forecaster, SEASON, *y, cv=TimeSeriesSplit(3))
    np.testing.assert_array_equal(scores, 0)


def test_what_fits_neither_is_refused(wind):
    y = SEASON
    forecaster = alone(Repeat(), window=3)
    with pytest.raises(ValueError, match=r"y must be one series, .* Got \(150, 2\)"):
        forecaster.fit(wind, np.column_stack([y, y]))
    with pytest.raises(ValueError, match="y has 150 steps, X has 9"):
        forecaster.fit(wind[:9], y)
    with pytest.raises(ValueError, match=r"'target' parameter .* must be 0 .* Got 1"):
        alone(Repeat(), window=3, target=1).fit(wind, y)
    with pytest.raises(ValueError, match="y contains NaN at index 2"):
        forecaster.fit(wind, np.where(np.arange(150) == 2, np.nan, y))
    with pytest.raises(ValueError, match="X must have the index of y: at index 0 y ha"):
        forecaster.fit(pd.DataFrame(wind), in_form("dates"))

    forecaster.fit(wind, y)
    with pytest.raises(ValueError, match="fitted on X and y: y is needed as well"):
        forecaster.score(y)
    with pytest.raises(ValueError, match="fitted on X and y: exogenous is needed"):
        forecaster.predict(series=y)
    with pytest.raises(ValueError, match=r"X has 2 channels, but .* fitted on 1"):
        forecaster.score(np.column_stack([wind, wind]), y)
    with pytest.raises(ValueError, match="exogenous was given without series"):
        forecaster.predict(exogenous=wind)
    forecaster.fit(y)
    with pytest.raises(ValueError, match="fitted without y: y must be None"):
        forecaster.score(wind, y)
    with pytest.raises(ValueError, match="fitted without y: exogenous must be None"):
        forecaster.predict(series=y, exogenous=wind)


def test_names_of_X_are_those_of_fit(wind):
    frame = pd.DataFrame(wind, columns=["wind"])
    forecaster = alone(Repeat(), window=3).fit(frame, SEASON)
    assert forecaster.feature_names_in_.tolist() == ["wind"]
    with pytest.raises(ValueError, match="feature names should match"):
        forecaster.score(frame.rename(columns={"wind": "gust"}), SEASON)


@pytest.mark.parametrize(
    "bad",
    [
        SEASON[:3],
        np.where(np.arange(150) == 2, np.nan, SEASON),
        pd.DataFrame({"a": SEASON, "b": SEASON})[:3],
    ],
    ids=["short", "nan", "short frame"],
)
def test_a_fit_that_fails_keeps_what_was_learnt(bad):
    forecaster = alone(Repeat(), window=3).fit(in_form("dates"))
    expected = forecaster.predict()
    with pytest.raises(ValueError, match="series"):
        forecaster.fit(bad)
    pd.testing.assert_series_equal(forecaster.predict(), expected)
    assert not hasattr(forecaster, "feature_names_in_")
