"""Any input: an error that names its cause, or a finite result.

Few networks, as each compiles; hypothesis draws what they are given.
"""

import math
import warnings

import numpy as np
import pytest
from generated import any_shapes, arrays, few_or_many, result_or_error, search, shapes
from hypothesis import strategies as st
from sklearn.base import clone

import skgru
from skgru import GRUClassifier, GRURegressor
from skgru.augmentation import (
    ChannelDropout,
    Compose,
    Jitter,
    MagnitudeWarp,
    Mixup,
    RandomApply,
    Scaling,
    TimeMask,
    TimeShift,
    TimeWarp,
    TokenDeletion,
    TokenInsertion,
    TokenReplacement,
    TokenSwap,
    WindowSlice,
)
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import (
    SequenceImputer,
    SequenceResampler,
    SequenceScaler,
    SequenceTruncator,
    TextSequencer,
    make_windows,
)
from skgru.schedules import (
    CosineDecay,
    ExponentialDecay,
    StepDecay,
    TimeDecay,
)

TINY = {"units": 2, "filters": None, "epochs": 1, "batch_size": 8, "random_state": 0}


def values_of(result):
    """Return all numbers of a result as one float64 array."""
    if isinstance(result, list | tuple) or getattr(result, "dtype", "") == "O":
        parts = [values_of(part) for part in result]
        return np.concatenate(parts) if parts else np.empty(0)
    return np.asarray(result, np.float64).ravel()


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


HUGE = [1e30] * 9, np.full(9, np.inf)
estimators = st.sampled_from([GRUClassifier(**TINY), GRURegressor(**TINY)])
weights = st.sampled_from(
    [None] * 4 + [np.ones(9), np.zeros(9), -np.ones(9), [1e30] * 9]
)


def check_estimator(case):
    estimator, X, y, weight = case
    estimator = clone(estimator)
    fitted = result_or_error(lambda: estimator.fit(X, y, sample_weight=weight))
    if fitted is None:
        assert not estimator.initialized_
        return
    predict = getattr(fitted, "predict_proba", fitted.predict)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UserWarning)
        assert np.isfinite(values_of(predict(X))).all()
    assert np.isfinite(fitted.history_["loss"]).all()


@few_or_many
def test_estimators(n_examples):
    cases = st.tuples(estimators, arrays(shapes), targets(), weights)
    search(check_estimator, cases, n_examples)


@pytest.fixture(scope="module")
def fitted():
    X = np.random.default_rng(0).normal(size=(9, 4, 2)).astype(np.float32)
    return GRUClassifier(**TINY).fit(X, np.arange(9) % 2)


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


# ---- transformers ----

TRANSFORMERS = [
    *(
        SequenceScaler(method, per=per)
        for method in ("standard", "minmax", "robust")
        for per in ("feature", "sequence")
    ),
    *(SequenceImputer(strategy) for strategy in ("forward", "linear", "constant")),
    SequenceResampler(3),
    SequenceTruncator(2),
    SequenceTruncator(2, keep="start"),
]


def check_transformer(case):
    transformer, X = case
    transformer = clone(transformer)
    out = result_or_error(lambda: transformer.fit_transform(X))
    if out is not None:
        # NaN that marks padding or was inside before may stay.
        assert not np.isinf(values_of(out)).any()
        assert len(out) == len(X)


@few_or_many
def test_transformers(n_examples):
    cases = st.tuples(st.sampled_from(TRANSFORMERS), arrays(any_shapes))
    search(check_transformer, cases, 4 * n_examples)


@few_or_many
def test_texts(n_examples):
    texts = st.one_of(st.text(max_size=9), st.sampled_from([None, 1, b"a b", math.nan]))
    lists = st.lists(st.one_of(texts, st.lists(st.text(max_size=3), max_size=3)))
    makers = st.sampled_from(
        [
            TextSequencer(),
            TextSequencer(analyzer="char"),
            TextSequencer(max_tokens=3, max_length=2),
        ]
    )

    def check(case):
        sequencer, texts = case
        ids = result_or_error(lambda: clone(sequencer).fit_transform(texts))
        if ids is not None:
            assert (np.asarray(ids) >= 0).all() and len(ids) == len(texts)

    search(check, st.tuples(makers, lists), n_examples)


@few_or_many
def test_windows(n_examples):
    numbers = st.sampled_from([-1, 0, 1, 2, 1.5, None, "2", 10_000])
    series = arrays(st.sampled_from([(0,), (1,), (8,), (8, 2), (8, 0), (8, 2, 1), ()]))

    def check(case):
        series, window, horizon = case
        cut = result_or_error(lambda: make_windows(series, window, horizon))
        if cut is not None:
            assert np.isfinite(values_of(cut[0])).all()
            assert len(cut[0]) == len(cut[1])

    search(check, st.tuples(series, numbers, numbers), n_examples)


# ---- augmenters, schedules, forecasts, files ----

SERIES = [
    Jitter(0.5),
    Scaling(0.5),
    MagnitudeWarp(),
    TimeWarp(),
    TimeShift(0.5),
    TimeShift(3, fill="wrap"),
    WindowSlice(0.5),
    WindowSlice(0.5, resize=False),
    TimeMask(0.5, fill=3.0),
    ChannelDropout(0.5),
    Mixup(1.0),
    RandomApply(TimeWarp()),
    Compose([TimeWarp(), Jitter()]),
]
TOKENS = [TokenInsertion(), TokenDeletion(1.0), TokenSwap(), TokenReplacement()]


@few_or_many
def test_augmenters(n_examples):
    def check(case):
        augmenter, X, seed = case
        y = {"y": np.zeros(9)} if augmenter.mixes_targets else {}
        out = result_or_error(lambda: augmenter(X, **y, random_state=seed))
        if out is not None:
            out = out[0] if y else out
            assert not np.isinf(values_of(out)).any()
            assert len(out) == len(X)

    augmenters = st.sampled_from(SERIES + TOKENS)
    cases = st.tuples(augmenters, arrays(any_shapes), st.integers(0, 3))
    search(check, cases, 4 * n_examples)


NUMBERS = [-1, 0, 1, 3, 0.0, 0.5, 1.0, 1e30, 1e-30, math.nan, math.inf, None, "1", True]


@few_or_many
def test_schedules(n_examples):
    def check(case):
        cls, values, epoch = case
        names = sorted(cls().get_params())
        schedule = cls(**dict(zip(names, values, strict=False)))
        rate = result_or_error(lambda: schedule(epoch, 0.1))
        assert rate is None or (math.isfinite(rate) and rate >= 0)

    classes = st.sampled_from([TimeDecay, StepDecay, ExponentialDecay, CosineDecay])
    values = st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3)
    cases = st.tuples(classes, values, st.sampled_from([0, 1, 7, 10_000]))
    search(check, cases, 4 * n_examples)


@few_or_many
def test_forecasts(n_examples):
    series = arrays(st.sampled_from([(8,), (8, 2), (3,), (2,), (0,), (8, 2, 1), ()]))

    def check(series):
        forecaster = GRUForecaster(GRURegressor(**TINY), window=2)
        if result_or_error(lambda: forecaster.fit(series)) is not None:
            assert np.isfinite(values_of(forecaster.predict())).all()

    search(check, series, n_examples)


@few_or_many
def test_files(n_examples, tmp_path):
    """What can be saved can be loaded, and has the same parameters."""
    path = tmp_path / "estimator.skops"
    names = sorted(GRUClassifier().get_params(deep=False))
    anything = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(),
        st.lists(st.integers(), max_size=3),
        st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
        st.sampled_from([np.arange(3), np.float32(1), StepDecay(0.1), Jitter(), 1j]),
    )

    def check(params):
        estimator = GRUClassifier(**params)
        try:
            skgru.save(estimator, path)
        except TypeError as error:
            assert "cannot be saved" in str(error) or "not supported" in str(error)
            return
        loaded = skgru.load(path).get_params(deep=False)
        expected = estimator.get_params(deep=False) | {"callbacks": None}
        assert repr(loaded) == repr(expected)

    search(check, st.dictionaries(st.sampled_from(names), anything), n_examples)


# ---- what was found ----

SERIES_OF_TWO = np.random.default_rng(0).normal(size=(9, 4, 2))
TWO = np.arange(9) % 2
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


@pytest.mark.parametrize("method", ["standard", "minmax", "robust"])
def test_a_feature_that_is_never_observed_is_not_scaled(method):
    X = SERIES_OF_TWO.copy()
    X[..., 1] = np.nan
    with pytest.warns(UserWarning, match="Feature 1 of X holds only NaN"):
        scaler = SequenceScaler(method).fit(X)
    scaled = scaler.transform(SERIES_OF_TWO)
    np.testing.assert_array_equal(scaled[..., 1], SERIES_OF_TWO[..., 1])
    only = SequenceScaler(method).fit_transform(SERIES_OF_TWO[..., :1])
    np.testing.assert_allclose(scaled[..., 0], only[..., 0])


def test_what_cannot_be_written_names_the_estimator(tmp_path):
    with pytest.raises(TypeError, match="GRUClassifier cannot be saved: cannot pickle"):
        skgru.save(GRUClassifier(l2=1j), tmp_path / "estimator.skops")
