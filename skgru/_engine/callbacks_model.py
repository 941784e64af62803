"""The Keras model that the user's callbacks get, synchronised with the training."""

import keras
import numpy as np

from .interrupts import InterruptLater


class CallbacksModel:
    """Calls the user's callbacks on a real ``keras.Model`` with the training's state.

    Parameters
    ----------
    training : Training
    stock : StockModel
        The network in the form that the fitted estimator returns as ``model_``.
    params : dict
        The ``params`` of Keras' ``CallbackList``.
    """

    def __init__(self, training, stock, params):
        self._training, self._stock = training, stock
        model = stock.model
        with InterruptLater():
            optimizer = keras.optimizers.SGD(training.optimizer.learning_rate)
            model.compile(optimizer, loss=training.program.spec.loss)
        self._callbacks = keras.callbacks.CallbackList(
            training.user_callbacks, model=model, **params
        )

    def call_hook(self, hook, *args):
        """Call a hook of all callbacks; copy their changes back to the training."""
        training, model = self._training, self._stock.model
        values = training.get_weights()
        rate = np.float32(training.optimizer.learning_rate)
        with InterruptLater():
            self._stock.set_values(values)
            model.optimizer.learning_rate = rate
            model.optimizer.iterations.assign(training.n_steps)
        model.stop_training = training.stop_training
        getattr(self._callbacks, hook)(*args)
        training.stop_training = training.stop_training or model.stop_training
        if np.float32(model.optimizer.learning_rate) != rate:
            training.optimizer.learning_rate = float(model.optimizer.learning_rate)
        changed = self._stock.values(values)
        if any(
            a.tobytes() != b.tobytes() for a, b in zip(values, changed, strict=True)
        ):
            training.set_weights(changed)


_BATCH_HOOKS = (
    "on_train_batch_begin on_train_batch_end on_batch_begin on_batch_end".split()
)


def has_batch_hooks(callback):
    """Whether a callback overrides a hook that Keras calls for every batch."""
    return any(
        getattr(getattr(callback, name), "__func__", None)
        is not getattr(keras.callbacks.Callback, name)
        for name in _BATCH_HOOKS
    )


class OptimizerView:
    """The part of a Keras optimizer that callbacks change: its learning rate."""

    def __init__(self, training):
        self._training = training

    @property
    def learning_rate(self):
        training = self._training
        if training.step_rates is not None:
            return training.step_rates.after(training.n_steps)
        return training.rates.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        if self._training.step_rates is not None:
            raise TypeError(
                "A callback sets the learning rate, but 'learning_rate' is a Keras "
                "schedule, which sets it at every step. Use only one of the two."
            )
        self._training.rates = self._training.rates._replace(learning_rate=float(value))
