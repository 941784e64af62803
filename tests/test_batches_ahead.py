"""The next batches are prepared while the network trains on the present ones."""

import threading

import keras
import numpy as np
import pytest
from fresh_process import run_python

from skgru.augmentation import Augmenter


class Watching(Augmenter):
    """Changes nothing; keeps what it saw of every call."""

    def __init__(self, strength=1.0):
        self.strength = strength
        self.threads, self.strengths = [], []

    def augment(self, X, lengths, y, sample_weight, rng):
        self.threads.append(threading.current_thread())
        self.strengths.append(self.strength)
        return X, lengths, y, sample_weight


class Divides(Augmenter):
    """Fails where NumPy is asked to raise."""

    def augment(self, X, lengths, y, sample_weight, rng):
        np.ones(1) / np.zeros(1)
        return X, lengths, y, sample_weight


class EveryBatch(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        pass


@pytest.mark.parametrize(
    "params",
    [
        {"callbacks": [keras.callbacks.Callback()]},
        {"callbacks": [EveryBatch()]},
        {"validation_split": 0.25},
        {"validation_split": 0.25, "augmenter": Watching()},
        {"augmenter": Watching()},
    ],
    ids=["callbacks", "every batch", "validation", "both", "augmenter"],
)
def test_who_listens_and_how_many_epochs_a_call_takes_change_no_bit(either, X, params):
    def fitted(epochs=7, **more):
        estimator, y = either(epochs=epochs, dropout=0.2, batch_size=8, **more)
        return estimator.fit(X, y), y

    split = params.get("validation_split")
    plain, _ = fitted(**({"validation_split": split} if split else {}))
    heard, _ = fitted(**params)
    assert heard.history_["loss"] == plain.history_["loss"]
    np.testing.assert_array_equal(heard.predict(X), plain.predict(X))
    by_epoch, y = fitted(epochs=1, warm_start=True, **params)
    for _ in range(6):
        by_epoch.fit(X, y)
    np.testing.assert_array_equal(by_epoch.predict(X), plain.predict(X))


def test_one_other_thread_prepares_and_is_gone_after_the_fit(either, X):
    seen = []

    class Seeing(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(set(threading.enumerate()) - before)

    # Of one batch an epoch 64 epochs are prepared at once.
    estimator, y = either(epochs=70, batch_size=len(X), callbacks=[Seeing()])
    before = set(threading.enumerate())
    estimator.fit(X, y)
    (thread,) = seen[0]
    assert not thread.is_alive()
    assert set(threading.enumerate()) == before


def test_the_code_of_users_runs_in_the_thread_that_calls_fit(either, X):
    watching = Watching()
    estimator, y = either(epochs=5, batch_size=8, augmenter=watching)
    estimator.fit(X, y)
    assert watching.threads == [threading.current_thread()] * 5


def test_callbacks_may_change_what_augments_the_next_epoch(either, X):
    watching = Watching()

    class Stronger(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            watching.strength += 1

    estimator, y = either(epochs=3, augmenter=watching, callbacks=[Stronger()])
    estimator.fit(X, y)
    assert watching.strengths == [1, 2, 3]


def test_an_augmenter_sees_the_settings_of_the_caller(either, X):
    estimator, y = either(epochs=3, augmenter=Divides())
    with np.errstate(divide="ignore"):
        before = estimator.fit(X, y).predict(X)
    threads = threading.active_count()
    with np.errstate(divide="raise"), pytest.raises(FloatingPointError, match="divide"):
        estimator.fit(X[::-1], y)
    # Nothing is lost by a failed fit, and nothing left of it.
    np.testing.assert_array_equal(estimator.predict(X), before)
    assert threading.active_count() == threads


def test_early_stopping_leaves_no_thread(either, X):
    estimator, y = either(
        epochs=50, learning_rate=1.0, clipnorm=1.0, early_stopping=True, patience=1
    )
    before = threading.active_count()
    estimator.fit(X, y)
    assert estimator.n_iter_ < 50
    assert threading.active_count() == before


def test_epochs_that_never_come_cost_nothing(either, X):
    estimator, y = either(
        epochs=10**12, learning_rate=1.0, clipnorm=1.0, early_stopping=True, patience=1
    )
    assert estimator.fit(X, y).n_iter_ < 50


@pytest.mark.long
def test_a_fit_goes_on_in_a_thread_when_the_script_has_ended():
    code = """
    import threading, time, numpy, skgru
    X = numpy.random.default_rng(0).normal(size=(20, 4, 1))
    def fit():
        while threading.main_thread().is_alive():
            time.sleep(0.01)
        network = skgru.GRURegressor(4, epochs=9, batch_size=1, random_state=0)
        print(network.fit(X, X[:, 0, 0]).n_iter_)
    threading.Thread(target=fit).start()
    """
    assert run_python(code)[0].strip() == "9"
