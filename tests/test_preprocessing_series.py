"""What each transformer does to series."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from containers import nested_frame, nested_polars_frame
from hypothesis import given, settings
from hypothesis import strategies as st
from series import NAN, nan_padded, ragged
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

from skgru.preprocessing import (
    SequenceImputer,
    SequenceResampler,
    SequenceScaler,
    SequenceTruncator,
    TokenArray,
)

SKLEARN_SCALERS = {
    "standard": StandardScaler,
    "minmax": MinMaxScaler,
    "robust": RobustScaler,
}


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

    @pytest.mark.parametrize(
        "container",
        [
            lambda X: [pd.DataFrame(x).astype("Int64") for x in X],
            lambda X: [pd.DataFrame(x).astype({0: "Int64"}) for x in X],
            lambda X: [pd.DataFrame(np.where(np.isnan(x), pd.NA, x)) for x in X],
            lambda X: [pl.DataFrame(x).fill_nan(None) for x in X],
            lambda X: [np.ma.array(np.nan_to_num(x), mask=np.isnan(x)) for x in X],
            lambda X: nested_frame(X).map(lambda cell: cell.astype("Int64")),
            lambda X: nested_polars_frame(X).with_columns(
                pl.all().list.eval(pl.element().fill_nan(None))
            ),
        ],
        ids=[
            "Int64", "Int64 and float", "objects", "polars", "masked", "nested",
            "nested polars",
        ],
    )  # fmt: skip
    def test_what_containers_mark_as_missing_is_filled(self, container):
        X = [
            np.array([[1.0, 4.0], [NAN, 4.0], [3.0, NAN]]),
            np.array([[NAN, 0.0], [5.0, 0.0]]),
        ]
        out = SequenceImputer("linear").fit_transform(container(X))
        assert out[0].tolist() == [[1, 4], [2, 4], [3, 4]]
        assert out[1].tolist() == [[5, 0], [5, 0]]

    @pytest.mark.parametrize("dtype", ["Int64", "Float64", object])
    def test_missing_values_of_a_frame_are_filled(self, dtype):
        frame = pd.DataFrame([[1, pd.NA, 3], [pd.NA, 5, 5]], dtype=dtype)
        out = SequenceImputer("linear").fit_transform(frame)
        assert out.tolist() == [[1, 2, 3], [5, 5, 5]]

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
