"""The Keras callbacks that apply schedules during training."""

import math
from numbers import Real

import keras


class Plateau(keras.callbacks.ReduceLROnPlateau):
    """Keras' callback, which also counts the epochs of earlier training runs."""

    def __init__(self, past, **kwargs):
        super().__init__(**kwargs)
        self._past = list(past)

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        for epoch, value in enumerate(self._past):
            if not math.isnan(value):  # NaN: not measured at that epoch
                self.on_epoch_end(epoch, {self.monitor: value})


class SetLearningRate(keras.callbacks.Callback):
    """Sets the learning rate at the beginning of every epoch."""

    def __init__(self, rate):
        super().__init__()
        self._rate = rate

    def on_epoch_begin(self, epoch, logs=None):
        rate = self._rate(epoch)
        if not isinstance(rate, Real) or not math.isfinite(rate) or rate < 0:
            raise ValueError(
                "The 'schedule' parameter must return a learning rate that is a finite "
                f"number and not negative. Got {rate!r} at epoch {epoch}."
            )
        self.model.optimizer.learning_rate = float(rate)
