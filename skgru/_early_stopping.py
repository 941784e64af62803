"""Early stopping that goes on where an earlier training ended."""

import hashlib
from dataclasses import dataclass, replace

import keras
import numpy as np


@dataclass(frozen=True)
class Stopping:
    """What early stopping remembers of a training.

    Parameters
    ----------
    monitor : str
        What it watched: a name of the history.
    data : str
        Digest of the validation data. Values of other data are no measure.
    epoch : int
        Number of the best epoch in the history.
    value : float
        What was watched, at that epoch.
    wait : int
        Epochs trained under early stopping since then.
    best : list of ndarray
        Weights and state of the model after that epoch.
    last : list of ndarray or None
        Those after the last epoch, from which training goes on; None where they are
        those that predict.
    """

    monitor: str
    data: str
    epoch: int
    value: float
    wait: int
    best: list
    last: list | None


class StopEarly(keras.callbacks.EarlyStopping):
    """Keras' callback, as if a training that continues had never been interrupted.

    Parameters
    ----------
    past : Stopping or None
    data : str
        Digest of the validation data.
    **settings
        Of ``keras.callbacks.EarlyStopping``.
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
        if self.best is None:  # not one epoch was measured
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
    """Return what is remembered after a training that kept its last weights."""
    return None if stopping is None else replace(stopping, last=None)


def digest(samples):
    """Return a digest of samples: equal for equal data."""
    content = hashlib.blake2b(digest_size=16)
    sequences = samples.sequences
    shape = (len(sequences), *sequences.block.shape[1:])
    content.update(repr((shape, sequences.block.dtype.str)).encode())
    for _, values in sequences.pieces():
        content.update(np.ascontiguousarray(values))
    for array in (sequences.lengths, samples.y, samples.sample_weight):
        content.update(repr((array.shape, array.dtype.str)).encode())
        content.update(np.ascontiguousarray(array))
    return content.hexdigest()
