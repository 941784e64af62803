"""Who predicts while another thread fits gets a whole answer of one fit, old or new."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest
from reference import SMALL

from skgru import GRUClassifier, GRURegressor
from skgru.forecasting import GRUForecaster

WAIT = 300  # seconds, for a program to be compiled


@pytest.fixture
def old(X, labels):
    """Two classes."""
    return X, np.where(labels == "low", "a", "b")


@pytest.fixture
def new(X, labels):
    """Three other classes, of series with fewer features."""
    return X[:, :, :2], np.char.add("of ", labels)


class Pause(keras.callbacks.Callback):
    """Stops a fit after its first epoch until it may go on."""

    def __init__(self):
        super().__init__()
        self.reached, self.may_go_on = threading.Event(), threading.Event()

    def on_epoch_end(self, epoch, logs=None):
        self.reached.set()
        assert self.may_go_on.wait(WAIT)


@contextlib.contextmanager
def during_a_fit(estimator, X, y):
    """Do something while another thread fits an estimator; then let the fit end."""
    pause = Pause()
    estimator.set_params(callbacks=[pause])
    with ThreadPoolExecutor(1) as pool:
        fit = pool.submit(estimator.fit, X, y)
        try:
            assert pause.reached.wait(WAIT)
            yield
        finally:
            pause.may_go_on.set()
        assert fit.result() is estimator


SHOWN = ["classes_", "n_outputs_", "n_features_in_", "n_timesteps_in_", "history_"]


def shown(classifier, X, y):
    """Return all that a classifier tells of its fit."""
    return {
        "labels": classifier.predict(X).tolist(),
        "probabilities": classifier.predict_proba(X).tolist(),
        "score": classifier.score(X, y),
        "weights": [w.tolist() for w in classifier.model_.get_weights()],
        **{name: repr(getattr(classifier, name)) for name in SHOWN},
    }


def test_an_estimator_stays_as_it_was_until_a_fit_has_ended(old, new):
    classifier = GRUClassifier(**SMALL).fit(*old)
    before = shown(classifier, *old)
    with during_a_fit(classifier, *new):
        assert shown(classifier, *old) == before
        classifier.set_params(callbacks=None)
    assert classifier.callbacks is None  # what was set meanwhile stays
    assert shown(classifier, *new) == shown(GRUClassifier(**SMALL).fit(*new), *new)


def test_an_estimator_is_not_fitted_before_its_first_fit_has_ended(old):
    classifier = GRUClassifier(**SMALL)
    with during_a_fit(classifier, *old):
        assert not classifier.initialized_
        assert not any(name.endswith("_") for name in vars(classifier))
    assert classifier.initialized_


class ReadSlowly:
    """An array; while it is read, something else is done to its end."""

    def __init__(self, array, meanwhile):
        self.array, self.meanwhile = array, meanwhile

    def __array__(self, dtype=None, copy=None):
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return np.array(self.array, dtype)


@pytest.mark.parametrize("method", ["predict", "predict_proba"])
def test_a_fit_that_ends_during_a_prediction_does_not_change_it(method, old, new):
    classifier = GRUClassifier(**SMALL).fit(*old)
    before = getattr(classifier, method)(old[0])
    slow = ReadSlowly(old[0], lambda: classifier.fit(*new))
    np.testing.assert_array_equal(getattr(classifier, method)(slow), before)
    assert len(classifier.classes_) == 3


def test_a_fit_that_ends_during_a_prediction_of_real_values(X, targets):
    regressor = GRURegressor(**SMALL).fit(X, targets)
    before = regressor.predict(X)
    slow = ReadSlowly(X, lambda: regressor.fit(X, np.column_stack([-targets, targets])))
    np.testing.assert_array_equal(regressor.predict(slow), before)
    assert regressor.predict(X).shape == (len(X), 2)


def test_a_fit_that_ends_during_a_forecast(targets):
    forecaster = GRUForecaster(GRURegressor(**SMALL), window=6).fit(targets)
    before = forecaster.predict(series=targets)
    slow = ReadSlowly(targets, lambda: forecaster.fit(-1000 * targets))
    np.testing.assert_array_equal(forecaster.predict(series=slow), before)


def test_many_threads_get_whole_answers(X, old, labels):
    """Some fit to one of two sets of labels, or fail; an answer is of one such fit."""
    classifier, others = GRUClassifier(**SMALL), np.char.add("of ", labels)
    whole = set()
    for y in (old[1], others):
        classifier.fit(X, y)
        answers = [classifier.predict(X), classifier.predict_proba(X)]
        whole |= {answer.tobytes() for answer in answers}
    end, counts = time.monotonic() + 4, {"fits": 0, "answers": 0}

    def fit(y):
        while time.monotonic() < end:
            classifier.fit(X, y)
            with pytest.raises(ValueError, match="y contains only one class"):
                classifier.fit(X, np.zeros(len(y)))
            counts["fits"] += 1

    def predict():
        while time.monotonic() < end:
            answers = [classifier.predict(X), classifier.predict_proba(X)]
            assert {answer.tobytes() for answer in answers} <= whole
            counts["answers"] += 1

    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(fit, y) for y in (old[1], others)]
        runs += [pool.submit(predict) for _ in range(2)]
    for run in runs:
        run.result()
    assert counts["fits"] > 2 and counts["answers"] > 2
