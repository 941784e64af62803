"""Estimators of estimators."""

import numpy as np
import pandas as pd
import pytest
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
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


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
