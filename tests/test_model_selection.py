"""Cross-validation, curves and searches, in one process or several."""

import joblib
import numpy as np
import pytest
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    KFold,
    RandomizedSearchCV,
    TimeSeriesSplit,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer

# ---- model selection ----


def test_cross_validate_returns_the_estimators(either, X):
    estimator, y = either()
    results = cross_validate(
        estimator, X, y, cv=2, return_estimator=True, return_train_score=True
    )
    assert len(results["estimator"]) == 2
    for fitted, score in zip(results["estimator"], results["train_score"], strict=True):
        assert fitted.predict(X).shape == y.shape and np.isfinite(score)
    assert not hasattr(estimator, "n_iter_")


def test_cross_val_predict(classifier, regressor, X, labels, targets):
    probabilities = cross_val_predict(
        classifier(), X, labels, cv=2, method="predict_proba"
    )
    assert probabilities.shape == (len(X), 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-6)
    predicted = cross_val_predict(regressor(), X, targets, cv=2)
    train, test = next(KFold(2).split(X))
    expected = regressor().fit(X[train], targets[train]).predict(X[test])
    np.testing.assert_array_equal(predicted[test], expected)


def test_learning_curve(either, X):
    estimator, y = either()
    sizes, train_scores, test_scores = learning_curve(
        estimator, X, y, train_sizes=[0.5, 1.0], cv=2, shuffle=True, random_state=0
    )
    assert train_scores.shape == test_scores.shape == (len(sizes), 2)
    assert np.isfinite(test_scores).all()


def test_an_incremental_learning_curve_uses_partial_fit(classifier, X, labels):
    _, train_scores, _ = learning_curve(
        classifier(),
        X,
        labels,
        train_sizes=[0.5, 1.0],
        cv=2,
        shuffle=True,
        random_state=0,
        exploit_incremental_learning=True,
    )
    assert np.isfinite(train_scores).all()


def test_validation_curve(either, X):
    estimator, y = either()
    train_scores, _ = validation_curve(
        estimator, X, y, param_name="epochs", param_range=[1, 40], cv=2
    )
    # Forty epochs fit the training data better than one.
    assert (train_scores[1] > train_scores[0]).all()


def test_permutation_importance(regressor, series, targets):
    """The target is the sum of the last two steps, so they are what matters."""
    fitted = regressor(epochs=60).fit(series, targets)
    result = permutation_importance(
        fitted, series, targets, n_repeats=3, random_state=0
    )
    assert set(np.argsort(result.importances_mean)[-2:]) == {4, 5}


def test_grid_search_in_a_pipeline(either, X):
    """Rates, clipping, penalties and dropout; refitted as the best candidate."""
    estimator, y = either()
    pipeline = Pipeline([("same", FunctionTransformer()), ("gru", estimator)])
    grid = {
        "gru__learning_rate": [1e-4, 0.05],
        "gru__clipnorm": [None, 1.0],
        "gru__dropout": [0.0, 0.1],
    }
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_params_["gru__learning_rate"] == 0.05
    best = clone(pipeline).set_params(**search.best_params_).fit(X, y)
    np.testing.assert_array_equal(search.predict(X), best.predict(X))


def test_grid_search_over_other_optimizers_parameters(regressor, X, targets):
    search = GridSearchCV(
        regressor(optimizer="sgd", optimizer__momentum=0.0),
        {"optimizer__momentum": [0.0, 0.9]},
        cv=2,
        error_score="raise",
    ).fit(X, targets)
    assert search.best_params_ == {"optimizer__momentum": 0.9}


def test_randomized_search(classifier, X, labels):
    search = RandomizedSearchCV(
        classifier(),
        {"learning_rate": [1e-5, 0.05], "l2": [0.0, 1e-4]},
        n_iter=3,
        cv=2,
        random_state=0,
        scoring="neg_log_loss",
        error_score="raise",
    ).fit(X, labels)
    assert len(search.cv_results_["params"]) == 3
    assert search.best_params_["learning_rate"] == 0.05


def test_halving_search_with_epochs_as_its_resource(regressor, X, targets):
    search = HalvingGridSearchCV(
        regressor(),
        {"learning_rate": [1e-5, 1e-4, 0.05]},
        resource="epochs",
        min_resources=3,
        max_resources=9,
        cv=2,
        error_score="raise",
    ).fit(X, targets)
    assert search.n_resources_ == [3, 9]
    assert search.best_params_ == {"learning_rate": 0.05, "epochs": 9}
    assert search.best_estimator_.n_iter_ == 9


def test_time_series_and_group_splits(regressor, X, targets):
    scores = cross_val_score(
        regressor(), X, targets, cv=TimeSeriesSplit(3), error_score="raise"
    )
    assert scores.shape == (3,)
    groups = np.arange(len(X)) // 4
    scores = cross_val_score(
        regressor(), X, targets, groups=groups, cv=GroupKFold(2), error_score="raise"
    )
    assert scores.shape == (2,)


def test_sequences_of_unequal_length_are_searched(classifier, sequences, labels):
    """A list of arrays is indexed, split and scored as it is."""
    search = GridSearchCV(
        classifier(), {"learning_rate": [1e-4, 0.05]}, cv=2, error_score="raise"
    )
    assert search.fit(sequences, labels).score(sequences, labels) > 0.4


# ---- processes and threads ----


@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_two_jobs_find_what_one_finds(classifier, X, labels, backend):
    """To the last bit, in processes and in threads."""

    def search(n_jobs):
        return GridSearchCV(
            classifier(dropout=0.2),
            {"learning_rate": [0.01, 0.05]},
            cv=2,
            n_jobs=n_jobs,
            scoring="neg_log_loss",
            error_score="raise",
        ).fit(X, labels)

    one = search(None)
    with joblib.parallel_config(backend):
        two = search(2)
    np.testing.assert_array_equal(
        one.cv_results_["split0_test_score"], two.cv_results_["split0_test_score"]
    )
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
