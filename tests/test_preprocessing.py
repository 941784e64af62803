"""Transformers of sequences: scaling, imputing and changing the length."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import set_config
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from skgru.preprocessing import (
    SequenceImputer,
    SequenceResampler,
    SequenceScaler,
    SequenceTruncator,
    TokenArray,
)

NAN = np.nan
LENGTHS = [5, 2, 7, 1]
TRANSFORMERS = [
    SequenceScaler(),
    SequenceScaler("minmax"),
    SequenceScaler("robust"),
    SequenceScaler("standard", per="sequence"),
    SequenceScaler("robust", per="sequence"),
    SequenceImputer(),
    SequenceImputer("linear"),
    SequenceImputer("constant", fill_value=1.0),
    SequenceResampler(4),
    SequenceTruncator(3),
    SequenceTruncator(3, keep="start"),
]
SKLEARN_SCALERS = {
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "robust": RobustScaler,
}


def ragged(lengths=LENGTHS, n_features=2, dtype=np.float64, seed=0):
    """Return a list of sequences whose features differ in location and scale."""
    rng = np.random.default_rng(seed)
    offset = 10.0 * np.arange(n_features)
    return [
        (rng.normal(size=(length, n_features)) * (1 + offset) + offset).astype(dtype)
        for length in lengths
    ]


def nan_padded(sequences, extra=0):
    """Return the sequences as a 3-D array that NaN pads to the longest, and further."""
    longest = max(len(sequence) for sequence in sequences) + extra
    shape = (len(sequences), longest, sequences[0].shape[1])
    block = np.full(shape, NAN, dtype=sequences[0].dtype)
    for row, sequence in zip(block, sequences, strict=True):
        row[: len(sequence)] = sequence
    return block


@parametrize_with_checks(TRANSFORMERS)
def test_common_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("transformer", TRANSFORMERS, ids=repr)
class TestEveryTransformer:
    """What holds for each of them."""

    def test_a_list_becomes_a_list(self, transformer):
        out = clone(transformer).fit_transform(ragged())
        assert isinstance(out, list)
        assert [sequence.ndim for sequence in out] == [2] * len(LENGTHS)

    def test_an_object_array_becomes_an_object_array(self, transformer):
        X = np.empty(len(LENGTHS), dtype=object)
        X[:] = ragged()
        out = clone(transformer).fit_transform(X)
        assert isinstance(out, np.ndarray)
        assert out.dtype == object
        for got, expected in zip(
            out, clone(transformer).fit_transform(ragged()), strict=True
        ):
            np.testing.assert_array_equal(got, expected)

    def test_padding_is_never_read_and_stays_padding(self, transformer):
        from_list = clone(transformer).fit_transform(ragged())
        from_array = clone(transformer).fit_transform(nan_padded(ragged()))
        np.testing.assert_array_equal(from_array, nan_padded(from_list))

    def test_more_padding_changes_no_value(self, transformer):
        fitted = clone(transformer).fit(nan_padded(ragged()))
        little = fitted.transform(nan_padded(ragged()))
        much = fitted.transform(nan_padded(ragged(), extra=5))
        shared = min(little.shape[1], much.shape[1])
        np.testing.assert_array_equal(much[:, :shared], little[:, :shared])
        assert np.isnan(much[:, shared:]).all()

    def test_a_2d_array_becomes_a_2d_array(self, transformer):
        X = np.random.default_rng(0).normal(size=(4, 6))
        out = clone(transformer).fit_transform(X)
        deep = clone(transformer).fit_transform(X[:, :, np.newaxis])
        assert out.ndim == 2
        np.testing.assert_array_equal(out, deep[:, :, 0])

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_the_type_of_float_is_kept(self, transformer, dtype):
        X = ragged(dtype=dtype)
        assert clone(transformer).fit_transform(X)[0].dtype == dtype
        assert clone(transformer).fit_transform(nan_padded(X)).dtype == dtype
        frame = pd.DataFrame(np.ones((3, 5), dtype=dtype))
        frame.columns = frame.columns.astype(str)
        assert clone(transformer).fit_transform(frame).dtype == dtype

    def test_x_is_not_written_to(self, transformer):
        X, padded = ragged(), nan_padded(ragged())
        for values in (*X, padded):
            values.setflags(write=False)
        clone(transformer).fit_transform(X)
        out = clone(transformer).fit_transform(padded)
        assert not np.shares_memory(out, padded)

    def test_pickling_keeps_the_transformation(self, transformer):
        fitted = clone(transformer).fit(nan_padded(ragged()))
        new = nan_padded(ragged(seed=1))
        copy = pickle.loads(pickle.dumps(fitted))
        np.testing.assert_array_equal(copy.transform(new), fitted.transform(new))

    def test_lengths_may_change_after_fit_but_features_may_not(self, transformer):
        fitted = clone(transformer).fit(ragged())
        assert len(fitted.transform(ragged([9, 3]))) == 2
        assert fitted.n_features_in_ == 2
        with pytest.raises(
            ValueError, match=r"X has 3 features, but .* is expecting 2"
        ):
            fitted.transform(ragged(n_features=3))

    def test_2d_and_deeper_input_do_not_mix(self, transformer):
        fitted = clone(transformer).fit(np.ones((3, 4)))
        with pytest.raises(ValueError, match=r"X was 2-D when .* was fitted"):
            fitted.transform(np.ones((3, 4, 1)))
        fitted = clone(transformer).fit(np.ones((3, 4, 1)))
        with pytest.raises(ValueError, match="is now 2-D"):
            fitted.transform(np.ones((3, 4)))

    def test_a_refit_may_change_the_form(self, transformer):
        fitted = clone(transformer).fit(
            pd.DataFrame(np.ones((3, 4)), columns=[*"abcd"])
        )
        assert fitted.feature_names_in_.tolist() == [*"abcd"]
        fitted.fit(ragged())
        assert fitted.n_features_in_ == 2
        assert not hasattr(fitted, "feature_names_in_")

    def test_infinity_names_its_sample(self, transformer):
        X = ragged()
        X[2][3, 1] = np.inf
        with pytest.raises(ValueError, match="sample 2, time step 3, feature 1"):
            clone(transformer).fit(X)

    @pytest.mark.parametrize(
        ("X", "message"),
        [
            ([np.ones((2, 1)), np.ones((2, 3))], "sample 0 has 1, sample 1 has 3"),
            ([np.ones((2, 1)), np.ones((0, 1))], "Sample 1 of X has 0 time steps"),
            ([np.ones((2, 1)), np.ones(2)], "sample 1 has shape"),
            (np.where([[[1.0]], [[0.0]]], 1.0, NAN), "Sample 1 of X has 0 time steps"),
            (np.ones((2, 2, 2, 2)), "dim 4"),
        ],
    )
    def test_bad_sequences_are_named(self, transformer, X, message):
        with pytest.raises(ValueError, match=message):
            clone(transformer).fit(X)

    def test_columns_have_names_only_where_there_are_columns(self, transformer):
        fitted = clone(transformer).fit(np.ones((3, 6)))
        out = fitted.set_output(transform="pandas").transform(np.ones((3, 6)))
        assert out.columns.tolist() == fitted.get_feature_names_out().tolist()
        assert not hasattr(clone(transformer).fit(ragged()), "get_feature_names_out")

    def test_a_global_set_output_leaves_deeper_output_alone(self, transformer):
        set_config(transform_output="pandas")
        try:
            out = clone(transformer).fit_transform(nan_padded(ragged()))
            frame = clone(transformer).fit_transform(np.ones((3, 6)))
        finally:
            set_config(transform_output="default")
        assert isinstance(out, np.ndarray)
        assert isinstance(frame, pd.DataFrame)


@pytest.mark.parametrize(
    ("transformer", "message"),
    [
        (SequenceScaler("max"), "'method' parameter of SequenceScaler must be a str"),
        (SequenceScaler(per="step"), "'per' parameter of SequenceScaler"),
        (SequenceImputer("mean"), "'strategy' parameter of SequenceImputer"),
        (SequenceImputer(fill_value=NAN), "'fill_value' parameter of SequenceImputer"),
        (
            SequenceResampler(1),
            r"'length' parameter of SequenceResampler must be an int in the range "
            r"\[2, inf\). Got 1 instead",
        ),
        (SequenceTruncator(0), r"'max_length' parameter of SequenceTruncator"),
        (SequenceTruncator(2, keep="middle"), "'keep' parameter of SequenceTruncator"),
    ],
)
def test_bad_parameters_are_named(transformer, message):
    with pytest.raises(ValueError, match=message):
        transformer.fit(ragged())


@pytest.mark.parametrize("method", SKLEARN_SCALERS)
class TestScaler:
    """Scaling is scikit-learn's over the steps that are no padding."""

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_per_feature_equals_sklearn_on_the_stacked_steps(self, method, dtype):
        train, test = ragged(dtype=dtype), ragged(dtype=dtype, seed=1)
        reference = SKLEARN_SCALERS[method]().fit(np.concatenate(train))
        out = SequenceScaler(method).fit(nan_padded(train)).transform(test)
        tolerance = 1e-12 if dtype == np.float64 else 1e-5
        for got, sequence in zip(out, test, strict=True):
            expected = reference.transform(sequence)
            np.testing.assert_allclose(got, expected, rtol=tolerance, atol=tolerance)

    def test_per_sequence_equals_sklearn_on_each_sequence(self, method):
        X = [*ragged(), np.full((6, 2), 0.1)]  # A constant, whose deviation rounds.
        out = SequenceScaler(method, per="sequence").fit_transform(X)
        for got, sequence in zip(out, X, strict=True):
            expected = SKLEARN_SCALERS[method]().fit_transform(sequence)
            np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)

    def test_a_2d_array_is_one_feature(self, method):
        X = np.random.default_rng(0).normal(size=(5, 4)) + np.arange(4)
        expected = SKLEARN_SCALERS[method]().fit_transform(X.reshape(-1, 1))
        out = SequenceScaler(method).fit_transform(X)
        np.testing.assert_allclose(out, expected.reshape(X.shape), atol=1e-12)

    @pytest.mark.parametrize("per", ["feature", "sequence"])
    def test_nan_inside_is_disregarded_and_kept(self, method, per):
        X = ragged([6, 6])
        X[1][2, 0] = NAN
        out = SequenceScaler(method, per=per).fit_transform(X)
        steps = X[1] if per == "sequence" else np.concatenate(X)
        expected = SKLEARN_SCALERS[method]().fit(steps).transform(X[1])
        np.testing.assert_allclose(out[1], expected, atol=1e-12)
        assert np.isnan(out[1][2, 0])

    @pytest.mark.parametrize("per", ["feature", "sequence"])
    def test_a_constant_feature_becomes_zero(self, method, per):
        X = np.full((3, 4, 1), 0.1, dtype=np.float64)
        out = SequenceScaler(method, per=per).fit_transform(X)
        np.testing.assert_allclose(out, 0, atol=1e-15)

    def test_a_feature_one_sequence_never_observed_stays_nan(self, method):
        X = ragged([4, 4])
        X[0][:, 1] = NAN
        out = SequenceScaler(method, per="sequence").fit_transform(X)
        assert np.isnan(out[0][:, 1]).all()
        assert np.isfinite(out[0][:, 0]).all()

    @pytest.mark.parametrize("form", [list, nan_padded])
    def test_inverse_transform_returns_the_original(self, method, form):
        X = form(ragged())
        scaler = SequenceScaler(method).fit(X)
        back = scaler.inverse_transform(scaler.transform(X))
        for got, expected in zip(back, X, strict=True):
            np.testing.assert_allclose(got, expected, atol=1e-12)

    def test_per_sequence_has_no_inverse(self, method):
        scaler = SequenceScaler(method, per="sequence").fit(ragged())
        assert not hasattr(scaler, "inverse_transform")
        with pytest.raises(AttributeError) as error:
            scaler.inverse_transform(ragged())
        assert "only available with per='feature'" in str(error.value.__cause__)

    def test_per_sequence_is_independent_of_the_other_sequences(self, method):
        scaler = SequenceScaler(method, per="sequence").fit(ragged(seed=3))
        together, alone = scaler.transform(ragged()), scaler.transform(ragged()[:1])
        np.testing.assert_array_equal(together[0], alone[0])
        assert not hasattr(scaler, "center_")


@pytest.mark.parametrize("per", ["feature", "sequence"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_minmax_stays_within_0_and_1_exactly(per, dtype):
    X = ragged([50] * 20, dtype=dtype)
    out = np.concatenate(SequenceScaler("minmax", per=per).fit_transform(X))
    assert out.min() == 0
    assert out.max() == 1


class RecordingClassifier(ClassifierMixin, BaseEstimator):
    """The last step of a pipeline: it keeps the mean of the steps it was given."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.mean_ = np.nanmean(np.concatenate(X), axis=0)
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.mark.parametrize("form", [list, nan_padded])
def test_in_a_pipeline_the_scaler_learns_from_training_folds_alone(form):
    sequences = ragged([4, 2, 5, 3, 6, 2], seed=2)
    X, y = form(sequences), np.array([0, 1, 0, 1, 0, 1])
    splitter = KFold(3)
    pipeline = make_pipeline(SequenceScaler(), RecordingClassifier())
    result = cross_validate(
        pipeline, X, y, cv=splitter, return_estimator=True, error_score="raise"
    )
    for (train, _), fitted in zip(splitter.split(X), result["estimator"], strict=True):
        steps = np.concatenate([sequences[i] for i in train])
        np.testing.assert_allclose(fitted[0].center_, steps.mean(axis=0), rtol=1e-12)
        np.testing.assert_allclose(fitted[1].mean_, 0, atol=1e-12)
        assert not np.allclose(
            fitted[0].center_, np.concatenate(sequences).mean(axis=0)
        )


class TestImputer:
    """Gaps are filled from within the sequence and the feature."""

    @pytest.mark.parametrize(
        ("strategy", "expected"),
        [
            ("forward", [2.0, 2.0, 2.0, 5.0, 5.0, 5.0, 8.0, 8.0]),
            ("linear", [2.0, 2.0, 3.5, 5.0, 6.0, 7.0, 8.0, 8.0]),
            ("constant", [-1.0, 2.0, -1.0, 5.0, -1.0, -1.0, 8.0, -1.0]),
        ],
    )
    def test_each_strategy(self, strategy, expected):
        X = np.array([[NAN, 2.0, NAN, 5.0, NAN, NAN, 8.0, NAN]])
        out = SequenceImputer(strategy, fill_value=-1.0).fit_transform(X)
        np.testing.assert_allclose(out, [expected], atol=1e-15)

    @pytest.mark.parametrize("strategy", ["forward", "linear", "constant"])
    def test_a_feature_never_observed_becomes_fill_value(self, strategy):
        X = [np.array([[NAN, 1.0], [NAN, 2.0]])]
        out = SequenceImputer(strategy, fill_value=7.0).fit_transform(X)
        np.testing.assert_array_equal(out[0], [[7.0, 1.0], [7.0, 2.0]])

    @pytest.mark.parametrize("strategy", ["forward", "linear"])
    def test_nothing_crosses_features_or_sequences(self, strategy):
        X = np.array([[[1.0, 50.0], [NAN, 60.0]], [[NAN, 70.0], [3.0, 80.0]]])
        out = SequenceImputer(strategy).fit_transform(X)
        np.testing.assert_array_equal(out[:, :, 0], [[1.0, 1.0], [3.0, 3.0]])
        np.testing.assert_array_equal(out[:, :, 1], X[:, :, 1])

    @pytest.mark.parametrize("strategy", ["forward", "linear", "constant"])
    def test_padding_stays_and_is_no_observation(self, strategy):
        X = np.array([[[1.0, 1.0], [2.0, NAN], [NAN, NAN]]])
        out = SequenceImputer(strategy, fill_value=1.0).fit_transform(X)
        np.testing.assert_array_equal(out, [[[1.0, 1.0], [2.0, 1.0], [NAN, NAN]]])

    @settings(max_examples=50, deadline=None)
    @given(
        st.lists(
            st.one_of(st.just(NAN), st.integers(-9, 9).map(float)),
            min_size=1,
            max_size=12,
        )
    )
    def test_linear_and_forward_agree_with_numpy_and_pandas(self, values):
        X, observed = np.array([values]), ~np.isnan(values)
        linear = SequenceImputer("linear").fit_transform(X)[0]
        forward = SequenceImputer("forward").fit_transform(X)[0]
        if not observed.any():
            assert (linear == 0).all()
            assert (forward == 0).all()
            return
        step = np.arange(len(values))
        expected = np.interp(step, step[observed], X[0, observed])
        np.testing.assert_allclose(linear, expected, atol=1e-12)
        np.testing.assert_array_equal(forward, pd.Series(values).ffill().bfill())

    def test_it_follows_a_scaler(self):
        X = ragged([5, 4])
        X[0][2] = NAN
        out = make_pipeline(SequenceScaler(), SequenceImputer()).fit_transform(X)
        assert np.isfinite(np.concatenate(out)).all()


class TestResampler:
    """Every sequence gets the same number of steps, by linear interpolation."""

    @pytest.mark.parametrize("length", [2, 3, 7, 20])
    def test_equals_interpolation_of_each_sequence(self, length):
        X = ragged()
        out = SequenceResampler(length).fit_transform(nan_padded(X))
        assert out.shape == (len(X), length, 2)
        for got, sequence in zip(out, X, strict=True):
            step = np.arange(len(sequence))
            at = np.linspace(0, len(sequence) - 1, length)
            for feature in range(2):
                expected = np.interp(at, step, sequence[:, feature])
                np.testing.assert_allclose(got[:, feature], expected, atol=1e-12)

    def test_ends_are_kept_and_the_same_length_changes_nothing(self):
        X = ragged([9, 4])
        out = SequenceResampler(9).fit_transform(X)
        np.testing.assert_array_equal(out[0], X[0])
        np.testing.assert_array_equal(out[1][[0, -1]], X[1][[0, -1]])

    def test_nan_inside_is_refused_with_its_place(self):
        X = ragged()
        X[1][0, 1] = NAN
        with pytest.raises(ValueError, match="NaN: sample 1, time step 0, feature 1"):
            SequenceResampler(3).fit(X)
        with pytest.raises(ValueError, match=r"NaN: sample 0, time step 1. A 2-D X"):
            SequenceResampler(3).fit([[1.0, NAN, 2.0]])


class TestTruncator:
    """Sequences longer than max_length lose their start or their end."""

    @pytest.mark.parametrize("keep", ["start", "end"])
    @pytest.mark.parametrize("max_length", [1, 3, 100])
    def test_each_sequence_is_sliced(self, keep, max_length):
        X = ragged()
        out = SequenceTruncator(max_length, keep=keep).fit_transform(X)
        part = slice(-max_length, None) if keep == "end" else slice(max_length)
        for got, sequence in zip(out, X, strict=True):
            np.testing.assert_array_equal(got, sequence[part])

    @pytest.mark.parametrize(("keep", "names"), [("start", "ab"), ("end", "cd")])
    def test_columns_of_a_frame_keep_their_names(self, keep, names):
        X = pd.DataFrame(np.arange(8.0).reshape(2, 4), columns=[*"abcd"])
        truncator = SequenceTruncator(2, keep=keep).set_output(transform="pandas")
        pd.testing.assert_frame_equal(truncator.fit_transform(X), X[[*names]])

    @pytest.mark.parametrize(
        ("keep", "expected"),
        [("start", [[2, 3], [5, 0]]), ("end", [[3, 4], [5, 0]])],
    )
    def test_tokens_stay_tokens_of_their_vocabulary(self, keep, expected):
        X = TokenArray([[2, 3, 4, 0], [5, 0, 0, 0]], vocabulary_size=9)
        out = SequenceTruncator(2, keep=keep).fit_transform(X)
        np.testing.assert_array_equal(out, expected)
        assert out.vocabulary_size == 9


@pytest.mark.parametrize("transformer", TRANSFORMERS[:-2], ids=repr)
def test_arithmetic_on_token_ids_is_refused(transformer):
    tokens = TokenArray([[2, 3], [4, 0]], vocabulary_size=5)
    with pytest.raises(TypeError, match="X holds token ids"):
        clone(transformer).fit(tokens)


def test_parameters_are_tunable_in_a_search():
    X, y = ragged([6] * 8), np.array([0, 1] * 4)
    pipeline = make_pipeline(
        SequenceTruncator(4), SequenceScaler(), RecordingClassifier()
    )
    grid = {
        "sequencescaler__method": ["minmax", "robust"],
        "sequencetruncator__max_length": [2, 5],
    }
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y)
    assert len(search.cv_results_["params"]) == 4
