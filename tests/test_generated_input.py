"""Any input of an estimator: an error that names its cause, or a finite result.

Few networks, as each compiles; hypothesis draws what they are given.
"""

import math

import keras
import numpy as np
import pytest
from generated import (
    any_shapes,
    arrays,
    check_fit,
    few_or_many,
    numbers,
    one_of_classes,
    result_or_error,
    search,
    shapes,
    values_of,
)
from hypothesis import strategies as st

from skgru import GRUClassifier, GRURegressor
from skgru.augmentation import (
    Compose,
    Jitter,
    Mixup,
    RandomApply,
    TimeShift,
    TimeWarp,
    TokenSwap,
    WindowSlice,
)
from skgru.forecasting import GRUForecaster, LastWindows
from skgru.schedules import (
    CosineDecay,
    ExponentialDecay,
    ReduceOnPlateau,
    StepDecay,
    TimeDecay,
)

TINY = {"units": 2, "filters": None, "epochs": 1, "batch_size": 8, "random_state": 0}
SERIES_OF_TWO = np.random.default_rng(0).normal(size=(9, 4, 2))
TWO = np.arange(9) % 2


# ---- estimators ----


@st.composite
def targets(draw):
    n = draw(st.sampled_from([9] * 8 + [0, 1, 8]))
    kinds = {
        "two": np.arange(n) % 2,
        "names": np.array(["no", "yes"])[np.arange(n) % 2],
        "objects": np.array(["no", "yes"], object)[np.arange(n) % 2],
        "bool": np.arange(n) % 2 == 0,
        "list": [float(i % 2) for i in range(n)],
        "half": (np.arange(n) % 2).astype(np.float16),
        "huge": np.arange(n) * 1e30,
        "constant": np.zeros(n),
        "NaN": np.full(n, np.nan),
        "column": (np.arange(n) % 2)[:, np.newaxis],
        "None": None,
        "dates": np.arange(n).astype("M8[s]"),
        "complex": np.arange(n) * 1j,
        "cube": np.zeros((n, 2, 2)),
    }
    return kinds[draw(st.sampled_from(["two"] * 6 + sorted(kinds)))]


estimators = st.sampled_from([GRUClassifier(**TINY), GRURegressor(**TINY)])
weights = st.sampled_from(
    [None] * 4 + [np.ones(9), np.zeros(9), -np.ones(9), [1e30] * 9]
)


@few_or_many
def test_estimators(n_examples):
    def check(case):
        estimator, X, y, weight = case
        check_fit(estimator, X, y, sample_weight=weight)

    cases = st.tuples(estimators, arrays(shapes), targets(), weights)
    search(check, cases, n_examples)


@pytest.fixture(scope="module")
def fitted():
    return GRUClassifier(**TINY).fit(SERIES_OF_TWO, TWO)


@few_or_many
def test_prediction(n_examples, fitted):
    def check(X):
        probabilities = result_or_error(lambda: fitted.predict_proba(X))
        if probabilities is not None:
            np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)

    search(check, arrays(shapes), n_examples)


def test_ten_thousand_steps():
    X = np.random.default_rng(0).normal(size=(3, 10_000, 1)).astype(np.float32)
    network = GRURegressor(**TINY).fit(X, np.arange(3.0))
    assert np.isfinite(network.predict(X)).all()


# ---- schedules, augmenters, forecasts ----

PLATEAUS = one_of_classes([ReduceOnPlateau], numbers, most=5)
DECAYS = one_of_classes([TimeDecay, StepDecay, ExponentialDecay, CosineDecay], numbers)


@few_or_many
def test_schedules(n_examples):
    def check(case):
        make, epoch = case
        rate = result_or_error(lambda: make()(epoch, 0.1))
        assert rate is None or (math.isfinite(rate) and rate >= 0)

    cases = st.tuples(DECAYS, st.sampled_from([0, 1, 7, 10_000]))
    search(check, cases, 4 * n_examples)


NAMES = ["time", "StepDecay", "cosine_decay", "reduce_on_plateau", "", "none of these"]


@few_or_many
def test_schedules_of_a_fit(n_examples):
    """Objects, names, and functions that return anything."""

    def check(case):
        make, scoring = case
        network = GRURegressor(
            **{**TINY, "epochs": 4}, schedule=make(), scoring=scoring,
            early_stopping=scoring is not None,
        )  # fmt: skip
        network = check_fit(network, SERIES_OF_TWO, np.arange(9.0))
        if network is not None:
            rates = np.array(network.history_["learning_rate"])
            assert np.isfinite(rates).all() and (rates >= 0).all()
            if isinstance(network.schedule, ReduceOnPlateau):
                assert (np.diff(rates) <= 0).all()

    functions = numbers.map(lambda value: lambda: lambda epoch, rate: value)
    others = [lambda epoch: 0.1, lambda: 0.1, StepDecay, ReduceOnPlateau, 0.5, b"time"]
    others += [*NAMES, keras.optimizers.schedules.CosineDecay(0.1, 3)]
    makers = st.one_of(
        PLATEAUS, PLATEAUS, DECAYS, functions, st.sampled_from(others).map(constantly)
    )
    scorings = st.sampled_from([None, None, "neg_mean_absolute_error"])
    search(check, st.tuples(makers, scorings), n_examples)


def constantly(value):
    """Return a function that returns a value."""
    return lambda: value


AUGMENTERS = [
    Jitter(0.5),
    Jitter(1e30),
    TimeShift(0.5),
    TimeWarp(),
    WindowSlice(0.5, resize=False),
    Mixup(1.0),
    RandomApply(Jitter(), 0.5),
    RandomApply(TokenSwap()),
    Compose([TimeWarp(), Jitter()]),
    Compose([Jitter(), TokenSwap()]),
    Compose([]),
    TokenSwap(),
    Jitter,
    "jitter",
    0.5,
]


@few_or_many
def test_augmenters_of_a_fit(n_examples):
    def check(case):
        augmenter, X, y = case
        check_fit(GRURegressor(**TINY, augmenter=augmenter), X, y)

    answers = st.sampled_from([TWO, TWO * 1e30, TWO[:8]])
    data = arrays(st.sampled_from([(9, 4, 2)]))
    cases = st.tuples(st.sampled_from(AUGMENTERS), data, answers)
    search(check, cases, n_examples)


some_series = arrays(
    st.sampled_from([(8,), (8, 2), (3,), (2,), (0,), (8, 2, 1), (), (8, 0)])
)


@few_or_many
def test_forecasts(n_examples):
    """With any parameters, of any series, and going on from any other."""

    def check(case):
        params, series, y, more, horizon = case
        forecaster = GRUForecaster(GRURegressor(**TINY), **params)
        if result_or_error(lambda: forecaster.fit(series, y)) is None:
            assert not hasattr(forecaster, "regressor_")
            return
        for call in (
            forecaster.predict,
            lambda: forecaster.predict(horizon),
            lambda: forecaster.predict(series=more),
            lambda: forecaster.predict(series=more, exogenous=y),
            lambda: forecaster.score(more, y),
        ):
            result = result_or_error(call)
            assert result is None or np.isfinite(values_of(result)).all()

    # Few that are valid: each width, and each number of outputs, is a network.
    params = st.fixed_dictionaries(
        {"window": st.sampled_from([2] * 9 + [0, 1.5, None, 10_000])},
        optional={
            "horizon": st.sampled_from([1, 1, 1, 0, "1"]),
            "period": st.sampled_from([1, 2, 3, -1]),
            "relative": st.sampled_from([True, False, None]),
            "scale": st.sampled_from([True, False, 1]),
            "linear": st.sampled_from([True, False]),
            "target": st.sampled_from([0, 0, 0, 1, 2, -1, "x", None]),
        },
    )
    y = st.one_of(st.none(), st.none(), st.none(), some_series)
    horizons = st.sampled_from([None, 1, 5, 0, -1, 1.5, "1"])
    cases = st.tuples(params, some_series, y, some_series, horizons)
    search(check, cases, n_examples)


@few_or_many
def test_last_windows(n_examples):
    def check(case):
        make, X = case
        parts = result_or_error(lambda: next(make().split(X)))
        if parts is not None:
            train, held_out = parts
            assert 0 < len(train) and 0 < len(held_out)
            assert train[-1] < held_out[0] and held_out[-1] == len(X) - 1

    cases = st.tuples(one_of_classes([LastWindows], numbers), arrays(any_shapes))
    search(check, cases, 4 * n_examples)


# ---- what was found ----

DATES = np.ma.masked_array(np.arange(36).reshape(9, 4).astype("M8[s]"), mask=False)
TOKENIZED = {"vocabulary_size": 5, "embedding_dim": 2}


@pytest.mark.parametrize(
    ("params", "X", "y", "weight", "message"),
    [
        ({}, SERIES_OF_TWO * 1j, TWO, None, "X: Complex data not supported"),
        ({}, (SERIES_OF_TWO[..., 0] * 1j).tolist(), TWO, None, "X: Complex data"),
        ({}, np.float64(3), TWO, None, "X is a single value"),
        ({}, np.array({}, dtype=object), TWO, None, "X is a single value"),
        ({}, SERIES_OF_TWO * 1e30, TWO, None, "Feature . of X is too large"),
        ({}, SERIES_OF_TWO, TWO, [1e30] * 9, "weights are no longer finite"),
        ({}, SERIES_OF_TWO, ["no"] * 9, None, "y: could not convert string"),
        ({}, SERIES_OF_TWO, TWO * 1j, None, "y: Complex data not supported"),
        (TOKENIZED, np.full((9, 4), 1e30), TWO, None, "X holds .* far too large"),
        (TOKENIZED, [np.ones(3) * 1j] * 9, TWO, None, "sample 0 of X is complex"),
    ],
)
def test_an_error_names_its_cause(params, X, y, weight, message):
    network = GRURegressor(**TINY, **params)
    with pytest.raises(ValueError, match=message):
        network.fit(X, y, sample_weight=weight)
    assert not network.initialized_


def test_masked_dates_are_dates():
    with pytest.raises(TypeError, match="X holds dates or durations"):
        GRURegressor(**TINY).fit(DATES, TWO)


def test_objects_that_are_complex_are_no_series():
    series = np.array([1j] * 8, dtype=object)
    with pytest.raises(ValueError, match="series is not numeric"):
        GRUForecaster(GRURegressor(**TINY), window=2).fit(series)
