"""The estimators in the hands of the rest of scikit-learn."""

import copy
import io
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer, log_loss, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    GroupKFold,
    HalvingGridSearchCV,
    KFold,
    RandomizedSearchCV,
    StratifiedKFold,
    TimeSeriesSplit,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    validation_curve,
)
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.utils import estimator_html_repr

from skgru import GRUClassifier, GRURegressor
from skgru.schedules import StepDecay

# Wrappers that read X themselves take univariate series: columns are time steps.


@pytest.fixture
def series(X):
    return X[:, :, 0]


@pytest.fixture
def binary(labels):
    return labels == "low"


# ---- what an estimator is ----


def test_estimator_types(classifier, regressor, X, labels):
    assert is_classifier(classifier()) and not is_regressor(classifier())
    assert is_regressor(regressor()) and not is_classifier(regressor())
    assert is_classifier(make_pipeline(FunctionTransformer(), classifier()))
    search = GridSearchCV(classifier(), {"units": [4]}, cv=2)
    assert is_classifier(search)
    tags = classifier().__sklearn_tags__()
    assert tags.input_tags.three_d_array and tags.classifier_tags.multi_label
    assert regressor().__sklearn_tags__().target_tags.multi_output


def test_folds_of_a_classifier_are_stratified(classifier, X, labels):
    """Sorted by class, so that a KFold would train without one."""
    order = np.argsort(labels)
    X, y = X[order], labels[order]
    results = cross_validate(
        classifier(), X, y, cv=3, return_estimator=True, return_indices=True
    )
    for fitted, test in zip(
        results["estimator"], results["indices"]["test"], strict=True
    ):
        assert len(fitted.classes_) == len(np.unique(y[test])) == 3
    expected = [test for _, test in StratifiedKFold(3).split(X, y)]
    for actual, test in zip(results["indices"]["test"], expected, strict=True):
        np.testing.assert_array_equal(actual, test)


def test_get_params_names_every_parameter(classifier, regressor):
    assert {"units", "learning_rate", "class_weight"} < set(classifier().get_params())
    assert {"units", "learning_rate", "loss"} < set(regressor().get_params())
    nested = classifier(schedule=StepDecay(), optimizer__momentum=0.9).get_params()
    assert nested["schedule__drop"] == 0.5
    assert nested["optimizer__momentum"] == 0.9
    assert "schedule__drop" not in classifier(schedule=StepDecay()).get_params(False)


def test_set_params_reaches_schedules_and_optimizers(classifier):
    estimator = classifier(schedule=StepDecay())
    estimator.set_params(schedule__drop=0.8, optimizer__momentum=0.5, units=(4, 3))
    assert estimator.schedule.drop == 0.8
    assert estimator.get_params()["optimizer__momentum"] == 0.5
    assert clone(estimator).get_params()["optimizer__momentum"] == 0.5


def test_repr_shows_what_was_set():
    assert repr(GRUClassifier()) == "GRUClassifier()"
    shown = repr(GRURegressor(8, learning_rate=0.1, schedule=StepDecay(every=3)))
    assert shown == (
        "GRURegressor(learning_rate=0.1, schedule=StepDecay(every=3), units=8)"
    )


def test_html_repr(either, X):
    estimator, y = either()
    for form in (estimator, estimator.fit(X, y), make_pipeline(estimator)):
        html = estimator_html_repr(form)
        assert type(estimator).__name__ in html and "learning_rate" in html
    assert "<div" in estimator._repr_html_()


# ---- copies ----


def through_joblib(estimator):
    buffer = io.BytesIO()
    joblib.dump(estimator, buffer)
    buffer.seek(0)
    return joblib.load(buffer)


@pytest.mark.parametrize(
    "copied",
    [
        copy.copy,
        copy.deepcopy,
        lambda estimator: pickle.loads(pickle.dumps(estimator)),
        through_joblib,
    ],
    ids=["copy", "deepcopy", "pickle", "joblib"],
)
def test_copies_predict_the_same(either, X, copied):
    estimator, y = either(schedule=StepDecay(), optimizer__beta_1=0.8)
    estimator.fit(X, y)
    _ = estimator.model_
    copy_ = copied(estimator)
    np.testing.assert_array_equal(copy_.predict(X), estimator.predict(X))
    assert copy_.history_ == estimator.history_
    assert repr(copy_.get_params()) == repr(estimator.get_params())
    assert copy_.model_.count_params() == estimator.model_.count_params()


def test_a_pickle_is_small(either, X):
    """Weights and optimizer state, no graph and no training data."""
    estimator, y = either()
    _ = estimator.fit(X, y).model_
    assert len(pickle.dumps(estimator)) < 20_000


def test_clones_are_not_fitted(either, X):
    estimator, y = either()
    estimator.fit(X, y)
    fresh = clone(estimator)
    assert fresh.get_params() == estimator.get_params()
    assert not [name for name in vars(fresh) if name.endswith("_")]
    np.testing.assert_array_equal(fresh.fit(X, y).predict(X), estimator.predict(X))


# ---- scores ----


def test_score_is_accuracy_or_r2(classifier, regressor, X, labels, targets):
    fitted = classifier().fit(X, labels)
    weight = np.arange(len(X))
    expected = np.average(fitted.predict(X) == labels, weights=weight)
    assert fitted.score(X, labels, sample_weight=weight) == pytest.approx(expected)
    fitted = regressor().fit(X, targets)
    errors = np.square(fitted.predict(X) - targets).sum()
    expected = 1 - errors / np.square(targets - targets.mean()).sum()
    assert fitted.score(X, targets) == pytest.approx(expected)


@pytest.mark.parametrize(
    "scoring",
    ["roc_auc", "neg_log_loss", "average_precision", "neg_brier_score", "f1"],
)
def test_scorers_of_two_classes(classifier, X, binary, scoring):
    fitted = classifier().fit(X, binary)
    score = get_scorer(scoring)(fitted, X, binary)
    assert np.isfinite(score)
    if scoring == "roc_auc":
        assert score == roc_auc_score(binary, fitted.predict_proba(X)[:, 1])


@pytest.mark.parametrize(
    "scoring",
    ["roc_auc_ovr", "roc_auc_ovo", "neg_log_loss", "f1_macro", "top_k_accuracy"],
)
def test_scorers_of_three_classes(classifier, X, labels, scoring):
    """Probabilities sum to 1 closely enough that no scorer complains."""
    fitted = classifier().fit(X, labels)
    score = get_scorer(scoring)(fitted, X, labels)
    assert np.isfinite(score)
    if scoring == "neg_log_loss":
        assert score == -log_loss(labels, fitted.predict_proba(X))


# ---- metadata routing ----


def test_sample_weight_is_routed(classifier, X, labels):
    """Through a search in a pipeline; the weights arrive, not only pass."""
    weight = (labels != "middle").astype(float)
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = classifier().set_fit_request(sample_weight=True)
        pipeline = make_pipeline(FunctionTransformer(), estimator)
        scoring = get_scorer("accuracy").set_score_request(sample_weight=True)
        search = GridSearchCV(
            pipeline, {"gruclassifier__units": [4]}, cv=2, scoring=scoring
        )
        search.fit(X, labels, sample_weight=weight)
    np.testing.assert_array_equal(search.classes_, ["high", "low"])


def test_sample_weight_is_not_routed_unasked(classifier, X, labels):
    with sklearn.config_context(enable_metadata_routing=True):
        search = GridSearchCV(classifier(), {"units": [4]}, cv=2)
        with pytest.raises(ValueError, match="not explicitly set"):
            search.fit(X, labels, sample_weight=np.ones(len(X)))


def test_validation_data_is_routed(classifier, X, labels):
    with sklearn.config_context(enable_metadata_routing=True):
        estimator = classifier().set_fit_request(X_val=True, y_val=True)
        pipeline = make_pipeline(estimator)
        pipeline.fit(X, labels, X_val=X[:12], y_val=labels[:12])
    assert "val_loss" in pipeline[-1].history_


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


# ---- estimators of estimators ----


def test_voting(classifier, regressor, series, labels, targets):
    members = [("first", classifier()), ("second", classifier(random_state=1))]
    voting = VotingClassifier(members, voting="soft").fit(series, labels)
    expected = np.mean([m.predict_proba(series) for m in voting.estimators_], axis=0)
    np.testing.assert_allclose(voting.predict_proba(series), expected)
    members = [("gru", regressor()), ("ridge", Ridge())]
    voting = VotingRegressor(members).fit(series, targets)
    assert voting.score(series, targets) > 0


def test_stacking(classifier, regressor, series, labels, targets):
    members = [("gru", classifier()), ("linear", LogisticRegression())]
    stacking = StackingClassifier(members, cv=2).fit(series, labels)
    assert stacking.transform(series).shape == (len(series), 6)
    assert stacking.score(series, labels) > 0.4
    members = [("gru", regressor()), ("ridge", Ridge())]
    stacking = StackingRegressor(members, cv=2).fit(series, targets)
    assert stacking.score(series, targets) > 0


def test_bagging(classifier, regressor, series, labels, targets):
    """Bootstrap samples are sample weights or repeated rows."""
    bagging = BaggingClassifier(classifier(), n_estimators=3, random_state=0)
    assert bagging.fit(series, labels).score(series, labels) > 0.4
    assert len({m.random_state for m in bagging.estimators_}) == 3
    bagging = BaggingRegressor(regressor(), n_estimators=2, random_state=0)
    assert bagging.fit(series, targets).predict(series).shape == targets.shape


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration(classifier, X, binary, method):
    calibrated = CalibratedClassifierCV(classifier(), method=method, cv=2)
    probabilities = calibrated.fit(X, binary).predict_proba(X)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_one_against_the_rest_and_one_against_one(classifier, series, labels):
    rest = OneVsRestClassifier(classifier(epochs=20)).fit(series, labels)
    assert len(rest.estimators_) == 3
    assert rest.score(series, labels) > 0.5
    pairs = OneVsOneClassifier(classifier(epochs=20)).fit(series, labels)
    assert pairs.score(series, labels) > 0.5


def test_multioutput(classifier, regressor, series, labels, targets):
    y = np.column_stack([targets, -targets])
    fitted = MultiOutputRegressor(regressor()).fit(series, y)
    np.testing.assert_allclose(
        fitted.predict(series)[:, 0], regressor().fit(series, targets).predict(series)
    )
    y = np.column_stack([labels, labels == "low"])
    fitted = MultiOutputClassifier(classifier()).fit(series, y)
    assert [p.shape[1] for p in fitted.predict_proba(series)] == [3, 2]


def test_transformed_targets(regressor, X, targets):
    transformed = TransformedTargetRegressor(
        regressor(epochs=20), func=np.log, inverse_func=np.exp
    ).fit(X, targets)
    expected = np.exp(regressor(epochs=20).fit(X, np.log(targets)).predict(X))
    np.testing.assert_allclose(transformed.predict(X), expected)
    scaled = TransformedTargetRegressor(regressor(), transformer=StandardScaler())
    assert scaled.fit(X, targets).predict(X).shape == targets.shape


def test_frames_through_a_pipeline_keep_their_names(regressor, series, targets):
    frame = pd.DataFrame(series, columns=list("abcdef"))
    scaler = StandardScaler().set_output(transform="pandas")
    fitted = make_pipeline(scaler, regressor()).fit(frame, targets)
    np.testing.assert_array_equal(fitted[-1].feature_names_in_, list("abcdef"))
    assert fitted.predict(frame).shape == targets.shape


# ---- scikit-learn's callbacks, from 1.9 on ----


def test_scoring_monitor_scores_every_epoch(regressor, X, targets):
    """With what the estimator would predict after that epoch."""
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")
    monitor = callback.ScoringMonitor(scoring="r2")
    regressor().set_callbacks(monitor).fit(X, targets)
    log = monitor.get_logs().data_as_pandas
    expected = [
        regressor(epochs=epochs).fit(X, targets).score(X, targets)
        for epochs in (1, 2, 3)
    ]
    scores = log.loc[log["task_name"] == "epoch", "r2"].to_numpy()
    np.testing.assert_allclose(scores, expected, rtol=1e-6)


def test_scoring_monitor_in_a_search(classifier, X, labels):
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")
    monitor = callback.ScoringMonitor(scoring="accuracy")
    estimator = classifier().set_callbacks(monitor)
    GridSearchCV(estimator, {"learning_rate": [0.01, 0.05]}, cv=2).fit(X, labels)
    log = monitor.get_logs().data_as_pandas
    # Two candidates in two folds, and the refit, of three epochs each.
    assert (log["task_name"] == "epoch").sum() == 5 * 3


def test_progress_bar_shows_epochs_inside_fits(classifier, X, labels, capfd):
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn < 1.9")
    pytest.importorskip("rich")
    search = GridSearchCV(classifier(), {"learning_rate": [0.01, 0.05]}, cv=2)
    search.set_callbacks(callback.ProgressBar(max_propagation_depth=None))
    search.fit(X, labels)
    shown = capfd.readouterr().out
    assert "GridSearchCV" in shown and "GRUClassifier" in shown
    assert "100%" in shown
