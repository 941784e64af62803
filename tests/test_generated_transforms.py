"""Any input of transformers and functions: an error that names its cause, or none."""

import math

import numpy as np
import pandas as pd
import pytest
from generated import (
    any_shapes,
    arrays,
    few_or_many,
    frames,
    numbers,
    result_or_error,
    search,
    values_of,
)
from hypothesis import assume
from hypothesis import strategies as st
from sklearn.base import clone

from skgru.augmentation import (
    Augmenter,
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
    augment_text,
)
from skgru.forecasting import LastWindows
from skgru.preprocessing import (
    SequenceImputer,
    SequenceResampler,
    SequenceScaler,
    SequenceTruncator,
    TextSequencer,
    TokenArray,
    chinese_words,
    make_windows,
    sequences_from_frame,
)

# ---- series ----

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


@few_or_many
def test_transformers(n_examples):
    """Fitted on X, for X and for other sequences."""

    def check(case):
        transformer, X, more = case
        transformer = clone(transformer)
        calls = [(transformer.fit_transform, X), (transformer.transform, more)]
        if hasattr(transformer, "inverse_transform"):
            calls.append((transformer.inverse_transform, more))
        for call, data in calls:
            out = result_or_error(lambda call=call, data=data: call(data))
            if out is None:
                if data is X:
                    return
                continue
            # NaN that marks padding or was inside before may stay.
            assert not np.isinf(values_of(out)).any()
            assert len(out) == len(data)

    transformers = st.sampled_from(TRANSFORMERS)
    cases = st.tuples(transformers, arrays(any_shapes), arrays(any_shapes))
    search(check, cases, 4 * n_examples)


@few_or_many
def test_windows(n_examples):
    shapes = st.sampled_from([(0,), (1,), (8,), (8, 2), (8, 0), (8, 2, 1), ()])
    sizes = st.sampled_from([1, 2, 2, -1, 0, 1.5, None, "2", 10_000])
    options = st.fixed_dictionaries(
        {},
        optional={
            "horizon": sizes,
            "step": sizes,
            "exogenous": arrays(shapes),
            "target": st.sampled_from([0, 1, 2, -1, "x", 0.5, None]),
        },
    )

    def check(case):
        series, window, options = case
        cut = result_or_error(lambda: make_windows(series, window, **options))
        if cut is not None:
            assert np.isfinite(values_of(cut[0])).all()
            assert len(cut[0]) == len(cut[1])

    search(check, st.tuples(arrays(shapes), sizes, options), 2 * n_examples)


@few_or_many
def test_frames(n_examples):
    names = st.sampled_from(["patient"] * 5 + ["day", "nothing", None, 7, ["patient"]])
    times = st.sampled_from(["day"] * 5 + ["patient", "pulse", "", None])
    columns = st.sampled_from(
        [None, None, "pulse", ["pulse", "weight"], [], "day", ["nothing"], 7, [None]]
    )

    def check(case):
        read = result_or_error(lambda: sequences_from_frame(*case))
        if read is not None:
            sequences, ids = read
            assert len(sequences) == len(ids) == len(set(ids))
            assert sum(map(len, sequences)) == len(case[0])
            assert not np.isinf(values_of(sequences)).any()

    search(check, st.tuples(frames(), names, times, columns), 4 * n_examples)


# ---- texts and tokens ----

text = st.text(max_size=9)
items = st.one_of(text, st.sampled_from([None, 1, b"a b", math.nan, "我来到北京"]))
lists = st.lists(st.one_of(items, st.lists(st.text(max_size=3), max_size=3)))


@few_or_many
def test_texts(n_examples):
    makers = st.sampled_from(
        [
            TextSequencer(),
            TextSequencer(analyzer="char"),
            TextSequencer(max_tokens=3, max_length=2),
            TextSequencer(tokenizer=chinese_words, token_pattern=None),
            TextSequencer(analyzer=list),
        ]
    )

    def check(case):
        sequencer, texts, more, array = case
        sequencer = clone(sequencer)
        ids = result_or_error(lambda: sequencer.fit_transform(texts))
        if ids is None:
            return
        assert (np.asarray(ids) >= 0).all() and len(ids) == len(texts)
        assert len(sequencer.inverse_transform(ids)) == len(texts)
        others = result_or_error(lambda: sequencer.transform(more))
        assert others is None or others.max() < sequencer.vocabulary_size_
        result_or_error(lambda: sequencer.inverse_transform(array))

    cases = st.tuples(makers, lists, lists, arrays(any_shapes))
    search(check, cases, 2 * n_examples)


@few_or_many
def test_chinese_words(n_examples):
    def check(text):
        words = result_or_error(lambda: chinese_words(text))
        assert words is None or all(word in text for word in words)

    search(check, items, n_examples)


@few_or_many
def test_texts_that_are_augmented(n_examples):
    def check(case):
        texts, seed, options = case
        out = result_or_error(lambda: augment_text(texts, seed, **options))
        if out is not None:
            assert isinstance(out, str) == isinstance(texts, str)
            assert isinstance(texts, str) or len(out) == len(texts)

    edits = st.sampled_from(["insertion", "deletion", "swap"])
    options = st.dictionaries(edits, numbers)
    texts = st.one_of(lists, items, st.just([]))
    search(check, st.tuples(texts, numbers, options), 2 * n_examples)


@few_or_many
def test_token_arrays(n_examples):
    def check(case):
        ids, size = case
        try:
            values = np.asarray(ids)
        except Exception:
            assume(False)  # no array at all: ragged lists, integers of 128 bits
        tokens = result_or_error(lambda: TokenArray(ids, size))
        if tokens is not None:
            assert tokens.dtype == np.int32 and tokens.vocabulary_size == size
            np.testing.assert_array_equal(tokens, values)

    sizes = st.sampled_from([None, 5, 10])
    search(check, st.tuples(arrays(any_shapes), sizes), 4 * n_examples)


# ---- augmenters, by hand ----

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


@few_or_many
def test_parameters_of_augmenters(n_examples):
    classes = {type(augmenter) for augmenter in SERIES + TOKENS}
    classes = sorted(classes - {RandomApply, Compose}, key=lambda cls: cls.__name__)
    X = {"series": np.random.default_rng(0).normal(size=(9, 4, 2))}
    X["tokens"] = np.random.default_rng(0).integers(1, 9, (9, 4))

    def check(case):
        cls, values, p = case
        names = sorted(cls().get_params())
        augmenter = cls(**dict(zip(names, values, strict=False)))
        for augment in (augmenter, RandomApply(augmenter, p), Compose([augmenter])):
            y = {"y": np.zeros(9)} if augment.mixes_targets else {}
            call = lambda augment=augment, y=y: augment(  # noqa: E731
                X[augment.kind], **y, random_state=0
            )
            out = result_or_error(call)
            if out is not None:
                assert not np.isinf(values_of(out[0] if y else out)).any()

    values = st.lists(st.one_of(numbers, st.just("wrap")), max_size=3)
    cases = st.tuples(st.sampled_from(classes), values, numbers)
    search(check, cases, 4 * n_examples)


# ---- what was found ----

FRAME_OF_ONE = pd.DataFrame({"a": [1], "b": [1], "c": [1.0]})


@pytest.mark.parametrize("method", ["standard", "minmax", "robust"])
def test_a_feature_that_is_never_observed_is_not_scaled(method):
    series = np.random.default_rng(0).normal(size=(9, 4, 2))
    X = series.copy()
    X[..., 1] = np.nan
    with pytest.warns(UserWarning, match="Feature 1 of X holds only NaN"):
        scaler = SequenceScaler(method).fit(X)
    scaled = scaler.transform(series)
    np.testing.assert_array_equal(scaled[..., 1], series[..., 1])
    only = SequenceScaler(method).fit_transform(series[..., :1])
    np.testing.assert_allclose(scaled[..., 0], only[..., 0])


def test_the_base_class_augments_nothing():
    with pytest.raises(NotImplementedError, match="Augmenter must override augment"):
        Augmenter()(np.ones((2, 3)))


@pytest.mark.parametrize(
    ("ids", "error", "message"),
    [
        ([[1, math.nan]], ValueError, r"ids\[0, 1\] is nan"),
        ([[1.0, 2.5]], ValueError, r"fit into int32: ids\[0, 1\] is 2.5"),
        ([2**40], ValueError, r"ids\[0\] is 1099511627776"),
        (np.ma.masked_array([1, 2], [False, True]), ValueError, r"ids\[1\] is nan"),
        ([1j], TypeError, "ids must hold integers.* complex128"),
        ([[1, 2], [3]], ValueError, "ids: setting an array element"),
    ],
)
def test_token_ids_are_whole_numbers(ids, error, message):
    """NumPy would cut them off, or warn of an invalid value and make up an id."""
    with pytest.raises(error, match=message):
        TokenArray(ids, 5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: chinese_words(None), "text must be a string. Got None"),
        (lambda: augment_text(None), "text must be a string or an iterable"),
        (lambda: next(LastWindows().split(np.float16(1))), "X: .*at least 1 dimension"),
        (lambda: sequences_from_frame(FRAME_OF_ONE, "a", "b", 7), "columns must be"),
        (
            lambda: sequences_from_frame(FRAME_OF_ONE.assign(a=[[1, 2]]), "a", "b"),
            r"Column 'a' must hold ids.* Got list \[1, 2\] at row 0 \(label 0\)",
        ),
        (
            lambda: TextSequencer(analyzer=list).fit([["a"], None]),
            "Sample 1 of X cannot be split into tokens: 'NoneType'.* It is None",
        ),
    ],
)
def test_an_error_names_the_argument(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_ids_of_half_precision_are_grouped():
    df = pd.DataFrame({"id": np.float16([2, 1, 2]), "t": [1, 1, 0], "x": [5.0, 6, 7]})
    sequences, ids = sequences_from_frame(df, "id", "t")
    assert ids.tolist() == [1, 2]
    assert [part.ravel().tolist() for part in sequences] == [[6], [7, 5]]


def test_a_feature_column_that_is_there_twice_is_named():
    df = pd.DataFrame([[1, 1, 1.0, 2.0]], columns=["id", "t", "x", "x"])
    with pytest.raises(ValueError, match="df has 2 columns named 'x'"):
        sequences_from_frame(df, "id", "t")


def test_values_that_do_not_fit_are_refused():
    """They became infinite, with a warning of NumPy's."""
    X = np.random.default_rng(0).normal(size=(9, 4, 1)).astype(np.float32)
    scaler = SequenceScaler().fit(1e30 * X)
    with pytest.raises(ValueError, match="X holds values that do not fit into float32"):
        scaler.inverse_transform(1e30 * X)


def test_ragged_token_ids_name_the_argument():
    sequencer = TextSequencer().fit(["a b"])
    with pytest.raises(ValueError, match="X: setting an array element"):
        sequencer.inverse_transform([[1], [1, 2]])
