"""Callbacks of scikit-learn, from 1.9 on."""

import numpy as np
import pytest
from sklearn.model_selection import (
    GridSearchCV,
)


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
