"""What scikit-learn asks of an estimator: parameters, copies, scores, routing."""

import copy
import io
import pickle

import joblib
import numpy as np
import pytest
import sklearn
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.metrics import get_scorer, log_loss, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedKFold,
    cross_validate,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_html_repr

from skgru import GRUClassifier, GRURegressor
from skgru.schedules import StepDecay

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


# ---- settings ----


def test_set_output_changes_nothing_of_an_estimator(either, X):
    """What it asks of the user's transformers is not asked of those inside."""
    estimator, y = either()
    expected = clone(estimator).fit(X, y).predict(X)
    with sklearn.config_context(transform_output="pandas"):
        predicted = estimator.fit(X, y).predict(X)
        pickled = pickle.loads(pickle.dumps(estimator)).predict(X)
    np.testing.assert_array_equal(predicted, expected)
    np.testing.assert_array_equal(pickled, expected)
