"""Callbacks are called as Keras calls them, on a model that follows the training."""

import pickle

import keras
import numpy as np
import pytest
from reference import keras_fit, one_hot, untrained
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

HOOKS = [name for name in dir(keras.callbacks.Callback) if name.startswith("on_")]


class Recorder(keras.callbacks.Callback):
    """Records every hook, what it was given, and the model's weights then."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def set_params(self, params):
        super().set_params(params)
        self.calls.append(("set_params", params))


def _record(hook):
    def record(self, *args, **kwargs):
        *numbers, logs = [*args, *kwargs.values()]
        self.calls.append((hook, *numbers, dict(logs or {})))

    return record


for hook in HOOKS:
    if hook not in ("on_batch_begin", "on_batch_end"):
        setattr(Recorder, hook, _record(hook))


def test_hooks_are_called_in_the_order_of_keras_with_its_logs(classifier, X, labels):
    """Two epochs of three batches and a validation, against ``keras.Model.fit``."""
    ours, theirs = Recorder(), Recorder()
    X_val, y_val = X[:16], labels[:16]
    fitted = classifier(optimizer="sgd", shuffle=False, epochs=2, callbacks=ours)
    fitted.fit(X, labels, X_val=X_val, y_val=y_val)
    model = untrained(fitted, X, labels).model_
    keras_fit(
        model, X, one_hot(labels), keras.optimizers.SGD(0.02),
        "categorical_crossentropy", epochs=2, callbacks=[theirs],
        validation_data=(X_val, one_hot(labels)[:16]),
    )  # fmt: skip
    assert [call[:-1] for call in ours.calls] == [call[:-1] for call in theirs.calls]
    assert len(ours.calls) == 1 + 2 + 2 * (2 + 3 * 2 + 4)
    for (*name, actual), (*_, expected) in zip(ours.calls, theirs.calls, strict=True):
        # Keras' own schedules add the learning rate to the logs in the same way.
        actual.pop("learning_rate", None)
        assert actual == pytest.approx(expected, abs=1e-5), name


def test_a_callback_that_hears_no_batches_changes_nothing(either, X):
    """Nor does one that does: batches are the same in one call or in many."""
    estimator, y = either(dropout=0.3)
    plain = clone(estimator).fit(X, y)
    for callback in (keras.callbacks.Callback(), Recorder()):
        heard = clone(estimator).set_params(callbacks=[callback]).fit(X, y)
        # The mean of the batches' losses alone is rounded in another place.
        assert heard.history_["loss"] == pytest.approx(plain.history_["loss"], rel=1e-6)
        np.testing.assert_array_equal(heard.predict(X), plain.predict(X))


def test_the_model_of_a_callback_is_equal_to_the_training(regressor, X, targets):
    """At the end of each epoch its predictions are those of a fit that ends there."""
    seen = []

    class Predictions(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(self.model.predict(X, verbose=0)[:, 0])

    regressor(normalize_y=False, callbacks=Predictions()).fit(X, targets / 500)
    for epoch, predictions in enumerate(seen):
        shorter = regressor(normalize_y=False, epochs=epoch + 1)
        shorter.fit(X, targets / 500)
        np.testing.assert_allclose(predictions, shorter.predict(X), atol=1e-5)


def test_a_callback_may_change_the_weights(classifier, X, labels):
    class Zero(keras.callbacks.Callback):
        def on_train_end(self, logs=None):
            self.model.set_weights([0 * w for w in self.model.get_weights()])

    fitted = classifier(callbacks=Zero()).fit(X, labels)
    np.testing.assert_allclose(fitted.predict_proba(X), 1 / 3, atol=1e-6)


def test_a_callback_may_stop_training(either, X):
    class Stop(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    estimator, y = either(epochs=5, callbacks=Stop())
    estimator.fit(X, y)
    shorter, _ = either(epochs=2)
    np.testing.assert_array_equal(estimator.predict(X), shorter.fit(X, y).predict(X))
    # It can be fitted again: a stop ends one training.
    assert estimator.fit(X, y).n_iter_ == 2


def test_a_callback_may_stop_within_an_epoch(regressor, X, targets):
    """As in Keras, where the epoch then ends and counts."""

    class Stop(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 1

    fitted = regressor(optimizer="sgd", shuffle=False, callbacks=Stop())
    fitted.fit(X, targets)
    assert fitted.n_iter_ == 1
    first = regressor(optimizer="sgd", shuffle=False, epochs=1, normalize_y=False)
    scaled = (targets - targets.mean()) / targets.std()
    first.fit(X[:32], scaled[:32])
    np.testing.assert_allclose(
        fitted.model_.get_weights()[0], first.model_.get_weights()[0], atol=1e-6
    )


# ---- callbacks are parameters, not part of what was learnt ----


class Counter(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.epochs = 0

    def on_epoch_end(self, epoch, logs=None):
        self.epochs += 1


def test_callbacks_do_not_carry_a_model_into_pickles(either, X):
    estimator, y = either(callbacks=[Counter()])
    estimator.fit(X, y)
    (counter,) = estimator.callbacks
    assert counter.epochs == 3 and counter.model is None
    copy = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(copy.predict(X), estimator.predict(X))


def test_clones_have_callbacks_of_their_own(either, X):
    counter = Counter()
    estimator, y = either(callbacks=[counter])
    clone(estimator).fit(X, y)
    assert counter.epochs == 0


def test_an_error_in_a_callback_is_raised_and_keeps_the_earlier_fit(either, X):
    class Broken(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise RuntimeError("of the user")

    estimator, y = either()
    before = estimator.fit(X, y).predict(X)
    with pytest.raises(RuntimeError, match="of the user"):
        estimator.set_params(callbacks=[Broken()]).fit(X[::-1], y)
    np.testing.assert_array_equal(estimator.predict(X), before)


# ---- Ctrl-C ----


class Interrupt(keras.callbacks.Callback):
    """What Ctrl-C does, in the given epoch."""

    def __init__(self, hook, epoch):
        super().__init__()
        self.calls = []
        self.epoch = epoch
        setattr(self, hook, self.interrupt)

    def interrupt(self, epoch, logs=None):
        if epoch == self.epoch:
            raise KeyboardInterrupt

    def on_train_end(self, logs=None):
        self.calls.append("on_train_end")


def test_ctrl_c_keeps_what_has_been_learnt(either, X):
    """With a warning, as in scikit-learn's MLP; callbacks hear the end."""
    interrupt = Interrupt("on_epoch_begin", 2)
    estimator, y = either(epochs=50, callbacks=[interrupt])
    with pytest.warns(ConvergenceWarning, match="interrupted after 2 whole epochs"):
        estimator.fit(X, y)
    assert interrupt.calls == ["on_train_end"]
    assert estimator.n_iter_ == 2
    shorter, _ = either(epochs=2)
    np.testing.assert_array_equal(estimator.predict(X), shorter.fit(X, y).predict(X))


def test_ctrl_c_before_the_first_step(either, X):
    """There is nothing to keep; what an earlier fit learnt is as it was."""
    estimator, y = either()
    before = estimator.fit(X, y).predict(X)
    estimator.set_params(epochs=9, callbacks=[Interrupt("on_epoch_begin", 0)])
    with pytest.raises(KeyboardInterrupt):
        estimator.fit(X, y)
    assert estimator.n_iter_ == 3
    np.testing.assert_array_equal(estimator.predict(X), before)


def test_ctrl_c_with_early_stopping_keeps_the_best_weights(classifier, X, labels):
    interrupt = Interrupt("on_epoch_begin", 30)
    fitted = classifier(
        epochs=60, learning_rate=0.1, early_stopping=True, patience=50,
        callbacks=[interrupt],
    )  # fmt: skip
    with pytest.warns(ConvergenceWarning):
        fitted.fit(X, labels, X_val=X[:12], y_val=labels[12:24])
    assert fitted.best_epoch_ < 29
    columns = np.searchsorted(fitted.classes_, labels[12:24])
    loss = -np.log(fitted.predict_proba(X[:12])[np.arange(12), columns]).mean()
    assert loss == pytest.approx(min(fitted.history_["val_loss"]), rel=1e-5)


def test_the_models_optimizer_counts_the_steps(classifier, X, labels):
    counts = []
    watch = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: counts.append(
            int(watch.model.optimizer.iterations)
        )
    )
    classifier(epochs=2, batch_size=16, callbacks=watch).fit(X, labels)
    assert counts == [3, 6]
