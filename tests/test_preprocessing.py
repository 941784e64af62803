"""What holds for every transformer of sequences."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from containers import CONTAINERS
from series import LENGTHS, NAN, TRANSFORMERS, nan_padded, ragged
from sklearn import set_config
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from skgru.preprocessing import (
    SequenceImputer,
    SequenceResampler,
    SequenceScaler,
    SequenceTruncator,
    TokenArray,
)


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

    def test_columns_of_frames_in_a_list_are_checked_by_name(self, transformer):
        frames = [pd.DataFrame(x) for x in ragged()]
        named = [f.set_axis([f"c{i}" for i in f.columns], axis=1) for f in frames]
        fitted = clone(transformer).fit(named)
        for with_names, without in zip(
            fitted.transform(named),
            clone(transformer).fit_transform(frames),
            strict=True,
        ):
            np.testing.assert_array_equal(with_names, without)
        with pytest.raises(ValueError, match="feature names should match"):
            fitted.transform([f.iloc[:, ::-1] for f in named])

    def test_univariate_series_may_change_their_form_after_fit(self, transformer):
        """As they may with the estimators: the steps of 2-D X are no features."""
        X = np.random.default_rng(0).normal(size=(4, 6))
        frame = pd.DataFrame(X, columns=[*"abcdef"])
        for fitted_on in (X, frame, X[:, :, np.newaxis], list(X)):
            fitted = clone(transformer).fit(fitted_on)
            expected = clone(transformer).fit_transform(X)
            for form in (list(X), X[:, :, np.newaxis], pl.Series(list(X))):
                out = fitted.transform(form)
                np.testing.assert_array_equal(np.squeeze(out, axis=2), expected)
        with pytest.raises(ValueError, match=r"X has 3 features, but .* expecting 1"):
            fitted.transform(ragged(n_features=3))
        fitted = clone(transformer).fit(ragged())
        with pytest.raises(ValueError, match=r"X has 1 features, but .* expecting 2"):
            fitted.transform(X)

    def test_frames_out_are_not_made_of_what_has_no_columns(self, transformer):
        fitted = clone(transformer).fit(np.ones((3, 6)))
        fitted.set_output(transform="pandas")
        with pytest.raises(ValueError, match=r"puts out pandas frames.*set_output"):
            fitted.transform(np.ones((3, 6, 1)))

    @pytest.mark.parametrize("make", CONTAINERS)
    def test_every_container_of_the_estimators_is_read(self, transformer, make):
        out = clone(transformer).fit_transform(make(ragged()))
        expected = clone(transformer).fit_transform(ragged())
        for got, sequence in zip(out, expected, strict=True):
            np.testing.assert_array_equal(got, sequence)

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


@pytest.mark.parametrize("transformer", TRANSFORMERS[:-2], ids=repr)
def test_arithmetic_on_token_ids_is_refused(transformer):
    tokens = TokenArray([[2, 3], [4, 0]], vocabulary_size=5)
    with pytest.raises(TypeError, match="X holds token ids"):
        clone(transformer).fit(tokens)
