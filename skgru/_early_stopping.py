"""Early stopping that continues where an earlier training run ended."""

from dataclasses import dataclass, replace

import keras


@dataclass(frozen=True)
class Stopping:
    """The state of early stopping after a training run.

    Parameters
    ----------
    monitor : str
        The monitored quantity: a key of the history.
    data : str
        Digest of the validation data; values on other data are not comparable.
    epoch : int
        Number of the best epoch in the history.
    value : float
        The monitored value at that epoch.
    wait : int
        Epochs trained under early stopping since then.
    best : list of ndarray
        Weights and state of the model after that epoch.
    last : list of ndarray or None
        Those after the last epoch, from which training continues; None if they are also
        used for prediction.
    """

    monitor: str
    data: str
    epoch: int
    value: float
    wait: int
    best: list
    last: list | None


class StopEarly(keras.callbacks.EarlyStopping):
    """Keras' callback, which treats a continued training as one uninterrupted run.

    Parameters
    ----------
    past : Stopping or None
    data : str
        Digest of the validation data.
    **settings
        Parameters of ``keras.callbacks.EarlyStopping``.
    """

    def __init__(self, past, data, **settings):
        super().__init__(**settings, restore_best_weights=True)
        self._past, self._data, self._last = past, data, None

    def on_train_begin(self, logs=None):
        super().on_train_begin(logs)
        past = self._past
        if past is None or (past.monitor, past.data) != (self.monitor, self._data):
            return
        self.best, self.wait = past.value, past.wait
        self.best_epoch, self.best_weights = past.epoch, past.best

    def on_train_end(self, logs=None):
        self._last = self.model.get_weights()
        super().on_train_end(logs)

    def remembered(self):
        """Return the `Stopping` of this training and those before it, or None."""
        if self.best is None:  # no epoch has been measured
            return self._past and replace(self._past, last=self._last)
        return Stopping(
            self.monitor,
            self._data,
            int(self.best_epoch),
            float(self.best),
            int(self.wait),
            self.best_weights,
            self._last,
        )


def without_early_stopping(stopping):
    """Return the state after a training run that kept the weights of its last epoch."""
    return None if stopping is None else replace(stopping, last=None)
