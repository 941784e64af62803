"""Permutation importance of channels and steps, for every form of X."""

import numpy as np
import pandas as pd
import pytest
from joblib import parallel_config
from sklearn.exceptions import NotFittedError
from sklearn.inspection import permutation_importance as importance_of_columns
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skgru import GRUClassifier
from skgru.inspection import permutation_importance
from skgru.preprocessing import (
    SequenceImputer,
    SequenceScaler,
    TextSequencer,
    TokenArray,
)


class Remembers:
    """An estimator that keeps every X it is asked about."""

    def fit(self, X, y):
        return self

    def score(self, X, y, sample_weight=None):
        seen.append(X)
        return 1.0


seen = []


@pytest.fixture(autouse=True)
def nothing_seen():
    seen.clear()


def permuted(X, over, **parameters):
    """Return what an estimator is given, first as X is and then permuted."""
    y = np.zeros(len(X))
    result = permutation_importance(
        Remembers(), X, y, over=over, n_repeats=1, random_state=0, **parameters
    )
    np.testing.assert_array_equal(result.importances, 0)
    return seen


@pytest.fixture
def informed(classifier, X, labels):
    """A classifier that has learnt that channel 0 tells the classes apart."""
    return classifier(epochs=40).fit(X, labels)


class TestWhatItFinds:
    """Informative parts score high, noise about 0."""

    def test_the_informative_channel(self, informed, X, labels):
        result = permutation_importance(informed, X, labels, random_state=0)
        assert result.importances.shape == (3, 5)
        assert result.importances_mean[0] > 0.3
        assert np.abs(result.importances_mean[1:]).max() < 0.15
        np.testing.assert_allclose(
            result.importances_mean, result.importances.mean(axis=1)
        )
        np.testing.assert_allclose(
            result.importances_std, result.importances.std(axis=1)
        )
        assert result.names.tolist() == [0, 1, 2]
        assert result.over == "channels"

    def test_the_informative_steps(self, X):
        # The model reads the last two steps of channel 0, and nothing else.
        model = make_pipeline(
            FunctionTransformer(lambda X: X[:, -2:, 0]), LinearRegression()
        )
        y = 3 * X[:, -1, 0] + X[:, -2, 0]
        result = permutation_importance(
            model.fit(X, y), X, y, over="steps", random_state=0
        )
        np.testing.assert_allclose(result.importances[:4], 0, atol=1e-12)
        assert result.importances_mean[5] > result.importances_mean[4] > 0.05

    def test_lengths_alone_count_for_no_channel(self):
        X = [np.full((n, 2), n, float) for n in (3, 3, 5, 5)]
        y = np.array([3, 3, 5, 5])
        lengths = FunctionTransformer(lambda X: np.c_[[len(x) for x in X]])
        model = make_pipeline(lengths, LinearRegression()).fit(X, y)
        result = permutation_importance(model, X, y, random_state=0)
        np.testing.assert_allclose(result.importances, 0, atol=1e-12)

    def test_the_same_random_state_gives_the_same_numbers(self, informed, X, labels):
        first, again, other = (
            permutation_importance(informed, X, labels, random_state=seed).importances
            for seed in (3, 3, 4)
        )
        np.testing.assert_array_equal(first, again)
        assert (first != other).any()


class TestAgreesWithScikitLearn:
    """Over the steps of 2-D X it is scikit-learn's own function."""

    @pytest.mark.parametrize(
        "more",
        [
            {},
            {"scoring": "neg_mean_absolute_error", "n_repeats": 3},
            {"sample_weight": np.arange(44.0)},
        ],
    )
    @pytest.mark.parametrize("form", [np.asarray, pd.DataFrame])
    def test_on_columns(self, series, targets, form, more):
        X = form(series)
        if hasattr(X, "columns"):
            X.columns = list("abcdef")
        model = LinearRegression().fit(X, targets)
        ours = permutation_importance(
            model, X, targets, over="steps", random_state=0, **more
        )
        theirs = importance_of_columns(model, X, targets, random_state=0, **more)
        for name in ("importances", "importances_mean", "importances_std"):
            np.testing.assert_allclose(ours[name], theirs[name], atol=1e-12)
        expected = "abcdef" if hasattr(X, "columns") else range(6)
        assert ours.names.tolist() == list(expected)

    def test_jobs_change_nothing(self, informed, X, labels):
        alone = permutation_importance(informed, X, labels, random_state=0)
        with parallel_config("threading"):
            shared = permutation_importance(
                informed, X, labels, random_state=0, n_jobs=2
            )
        np.testing.assert_array_equal(shared.importances, alone.importances)

    def test_several_metrics(self, series, targets):
        model = LinearRegression().fit(series, targets)
        more = {"scoring": ["r2", "neg_mean_absolute_error"], "random_state": 0}
        ours = permutation_importance(model, series, targets, over="steps", **more)
        theirs = importance_of_columns(model, series, targets, **more)
        assert set(ours) == {"r2", "neg_mean_absolute_error"}
        for name, bunch in ours.items():
            np.testing.assert_allclose(
                bunch.importances, theirs[name].importances, atol=1e-12
            )
            assert bunch.over == "steps"

    def test_channels_of_three_dimensions_are_columns_of_courses(self, X, targets):
        mean = FunctionTransformer(lambda X: X.mean(axis=1))
        model = make_pipeline(mean, LinearRegression()).fit(X, targets)
        ours = permutation_importance(model, X, targets, random_state=0)
        theirs = importance_of_columns(
            model[-1], X.mean(axis=1), targets, random_state=0
        )
        np.testing.assert_allclose(ours.importances, theirs.importances)


class TestWhatIsExchanged:
    """One part moves between samples; all else, lengths too, stays."""

    @pytest.mark.parametrize("over", ["channels", "steps"])
    def test_equal_lengths(self, X, over):
        axis = {"channels": 2, "steps": 1}[over]
        as_is, *others = permuted(X, over)
        np.testing.assert_array_equal(as_is, X)
        assert len(others) == X.shape[axis]
        for part, other in enumerate(others):
            now, before = other.take(part, axis), X.take(part, axis)
            assert (now != before).any()
            # Rows are whole courses, or whole steps.
            rows = np.unique(now, axis=0), np.unique(before, axis=0)
            np.testing.assert_array_equal(*rows)
            rest = np.delete(other, part, axis), np.delete(X, part, axis)
            np.testing.assert_array_equal(*rest)

    def test_courses_are_fitted_to_the_length_they_come_to(self):
        X = [np.c_[np.arange(n) / (n - 1) + 10 * n, np.zeros(n)] for n in (2, 3, 5)]
        for other in permuted(X, "channels")[1:]:
            for before, now in zip(X, other, strict=True):
                assert now.shape == before.shape
        course = [item[:, 0] for item in seen[1]]
        for now in course:
            origin = round(now[0] / 10)  # every value is one of a single sample
            assert set(now) <= set(X[[2, 3, 5].index(origin)][:, 0])
            assert (now[0], now[-1]) == (10 * origin, 10 * origin + 1)
            assert (np.diff(now) >= 0).all()
        assert sorted(round(now[0] / 10) for now in course) == [2, 3, 5]

    def test_steps_are_exchanged_among_samples_that_reach_them(self):
        X = [np.c_[np.arange(n) + 10.0 * n] for n in (2, 2, 3, 5, 5)]
        X[1] += 0.5
        X[4] += 0.5
        _, *others = permuted(X, "steps")
        assert len(others) == 5
        for step, other in enumerate(others):
            before = sorted(x[step, 0] for x in X if len(x) > step)
            assert sorted(x[step, 0] for x in other if len(x) > step) == before
            assert [len(x) for x in other] == [2, 2, 3, 5, 5]

    def test_padding_stays_where_it_is(self):
        X = np.arange(24.0).reshape(4, 3, 2)
        X[0, 2:] = X[1, 1:] = np.nan
        for over in ("channels", "steps"):
            for other in permuted(X, over):
                np.testing.assert_array_equal(np.isnan(other), np.isnan(X))

    def test_padding_of_token_ids_stays_where_it_is(self):
        ids = [[2, 3, 4, 0], [5, 0, 0, 0], [6, 7, 0, 0], [8, 9, 2, 3]]
        X = TokenArray(ids, vocabulary_size=10)
        for over in ("channels", "steps"):
            for other in permuted(X, over):
                assert other.vocabulary_size == 10
                assert other.dtype == np.int32
                np.testing.assert_array_equal(other == 0, X == 0)

    def test_the_data_of_the_user_are_left_alone(self, X, sequences):
        before = X.copy()
        permuted(X, "steps")
        permuted(sequences, "channels")
        np.testing.assert_array_equal(X, before)


class TestForms:
    """Every form that the estimators take, in every kind of estimator."""

    def test_forms_of_the_same_series_agree(self, informed, X, labels):
        expected = permutation_importance(informed, X, labels, random_state=0)
        objects = np.empty(len(X), object)
        objects[:] = list(X)
        for form in (list(X), objects, X.astype(np.float32)):
            result = permutation_importance(informed, form, labels, random_state=0)
            np.testing.assert_allclose(result.importances, expected.importances)

    def test_frames_keep_their_names(self, classifier, sequences, labels):
        frames = [pd.DataFrame(x, columns=["a", "b", "c"]) for x in sequences]
        pipeline = make_pipeline(SequenceScaler(), classifier()).fit(frames, labels)
        result = permutation_importance(pipeline, frames, labels, random_state=0)
        assert result.names.tolist() == ["a", "b", "c"]
        arrays = [frame.to_numpy() for frame in frames]
        with pytest.warns(UserWarning, match="does not have valid feature names"):
            same = permutation_importance(pipeline, arrays, labels, random_state=0)
        np.testing.assert_array_equal(result.importances, same.importances)

    def test_nan_inside_is_left_to_the_pipeline(self, regressor, X, targets):
        X = X.copy()
        X[::3, 2, 1] = np.nan
        pipeline = make_pipeline(SequenceImputer(), regressor()).fit(X, targets)
        result = permutation_importance(pipeline, X, targets, random_state=0)
        assert np.isfinite(result.importances).all()

    def test_univariate_series(self, regressor, series, targets):
        model = regressor().fit(series, targets)
        channels = permutation_importance(model, series, targets, random_state=0)
        assert channels.importances.shape == (1, 5)
        steps = permutation_importance(model, series, targets, over="steps")
        assert steps.importances.shape == (6, 5)

    def test_token_ids_in_a_search(self, classifier, labels):
        rng = np.random.default_rng(0)
        lists = [rng.integers(1, 9, size=1 + i % 5) for i in range(len(labels))]
        padded = np.zeros((len(lists), 5), int)
        for row, ids in zip(padded, lists, strict=True):
            row[: len(ids)] = ids
        search = GridSearchCV(classifier(vocabulary_size=9), {"l2": [0.0]}, cv=2)
        search.fit(padded, labels)
        results = [
            permutation_importance(search, X, labels, over="steps", random_state=0)
            for X in (padded, lists, TokenArray(padded, 9), padded[:, :, np.newaxis])
        ]
        assert len(results[0].importances) == 5
        for result in results[1:]:
            np.testing.assert_array_equal(result.importances, results[0].importances)


class TestBadInput:
    """Said before anything is predicted."""

    @pytest.mark.parametrize(
        ("X", "more", "message"),
        [
            (np.zeros((4, 3, 2)), {"over": "features"}, "'steps'. Got 'features' inst"),
            (np.zeros((1, 3, 2)), {}, "at least 2. Got 1"),
            (np.zeros((3, 3, 2)), {}, r"inconsistent numbers of samples: \[3, 4\]"),
            (np.zeros((4, 3, 2, 1)), {}, "Found array with dim 4"),
            (["a b", "c", "d", "e"], {}, r"sample 0 is 'a b'.*pipeline\[1:\]"),
            (np.zeros((4, 3, 2)), {"n_repeats": 0}, "'n_repeats' parameter"),
            (np.zeros((4, 3, 2)), {"scoring": "acuracy"}, "'scoring' parameter"),
        ],
    )
    def test_bad_parameters(self, X, more, message):
        y = np.zeros(len(X) if len(X) != 3 else 4)
        with pytest.raises(ValueError, match=message):
            permutation_importance(Remembers(), X, y, **more)
        assert not seen

    def test_texts_go_through_the_rest_of_the_pipeline(self, classifier, labels):
        texts = [f"{label} words here"[: 8 + i % 6] for i, label in enumerate(labels)]
        pipeline = make_pipeline(TextSequencer(), classifier()).fit(texts, labels)
        with pytest.raises(ValueError, match="X holds texts"):
            permutation_importance(pipeline, texts, labels)
        ids = pipeline[:1].transform(texts)
        result = permutation_importance(pipeline[1:], ids, labels, over="steps")
        assert len(result.importances) == ids.shape[1]

    def test_an_estimator_that_is_not_fitted(self, classifier, X, labels):
        with pytest.raises(NotFittedError):
            permutation_importance(classifier(), X, labels)


def test_ids_whose_vocabulary_the_fit_has_learnt():
    """Plain ids are read as the fit read its token array: 0 is padding."""
    texts = ["good film", "bad film", "good", "bad very bad"] * 6
    ids = TextSequencer().fit_transform(texts)
    y = np.array([1, 0, 1, 0] * 6)
    classifier = GRUClassifier(4, epochs=1, random_state=0).fit(ids, y)
    expected = permutation_importance(classifier, ids, y, over="steps", random_state=0)
    plain = permutation_importance(
        classifier, np.asarray(ids), y, over="steps", random_state=0
    )
    np.testing.assert_array_equal(plain.importances, expected.importances)
