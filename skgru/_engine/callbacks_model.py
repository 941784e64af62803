"""The model that a user's callbacks are given, kept equal to a training."""

import keras
import numpy as np


class CallbacksModel:
    """Calls a user's callbacks on a real ``keras.Model`` that is equal to a training.

    Parameters
    ----------
    training : Training
    stock : StockModel
        The network as the user gets it in the end.
    params : dict
        As Keras' ``CallbackList`` takes them.
    """

    def __init__(self, training, stock, params):
        self._training, self._stock = training, stock
        model = stock.model
        optimizer = keras.optimizers.SGD(training.optimizer.learning_rate)
        model.compile(optimizer, loss=training.program.spec.loss)
        self._callbacks = keras.callbacks.CallbackList(
            training.user_callbacks, model=model, **params
        )

    def hear(self, hook, *args):
        """Call a hook of all callbacks; the training takes over what they change."""
        training, model = self._training, self._stock.model
        values = training.get_weights()
        rate = np.float32(training.optimizer.learning_rate)
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


def hears_batches(callback):
    """Whether a callback overrides a hook that Keras calls at every batch."""
    return any(
        getattr(getattr(callback, name), "__func__", None)
        is not getattr(keras.callbacks.Callback, name)
        for name in _BATCH_HOOKS
    )
