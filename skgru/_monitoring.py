"""The monitored quantity (the loss or a score) and the callbacks that use it."""

from collections import namedtuple

import numpy as np

from ._digest import digest
from ._early_stopping import StopEarly
from ._schedule_parameter import schedule_callback
from ._scikit_learn_callbacks import ScikitLearnCallbacks
from ._scoring import ValidationScores, scorers_of

# A key of the history, and whether smaller ("min") or larger ("max") values are better.
Monitor = namedtuple("Monitor", "name mode")


class Monitoring:
    """The monitored quantity of a training run; mixed into `BaseGRU`."""

    def _validation_scores(self, parts, targets):
        """Return the `ValidationScores` of ``scoring``, after a trial run, or None.

        Raises
        ------
        ValueError
            There are no validation data, or a score cannot be computed on them.
        """
        scorers = scorers_of(self)
        if not scorers:
            return None
        if parts.held_out is None:
            raise ValueError(
                f"The 'scoring' parameter of {type(self).__name__} is measured on "
                "validation data, and there are none. Set early_stopping=True, or pass "
                "X_val and y_val to fit."
            )
        scores = ValidationScores(self, scorers, *parts.validation())
        scores.try_out(targets, parts.held_out.y)
        return scores

    def _monitor(self, held_out):
        if held_out is None:
            return Monitor("loss", "min")
        for name in scorers_of(self):  # the first
            return Monitor(name, "max")
        return Monitor("val_loss", "min")

    def _schedule_callbacks(self, monitor, learning_rate, history, epochs):
        if self.schedule is None:
            return []
        callback = schedule_callback(
            self.schedule,
            learning_rate=learning_rate,
            # A partial_fit is one epoch of a training run of self.epochs epochs.
            epochs=max(len(history.get("loss", [])) + epochs, self.epochs),
            monitor=monitor.name,
            mode=monitor.mode,
            history=history,
            owner=type(self).__name__,
        )
        return [callback]

    def _stopper(self, monitor, held_out, resumed):
        """Return the early stopping callback, or None."""
        if not self.early_stopping:
            return None
        return StopEarly(
            None if resumed is None else resumed.stopping,
            digest(held_out),
            monitor=monitor.name,
            mode=monitor.mode,
            patience=self.patience,
            min_delta=self.min_delta,
        )

    def _scikit_learn_callbacks(self, fitted, X, y, sample_weight, epochs):
        # Set by scikit-learn 1.9 or later. Training without callbacks is faster.
        if not getattr(self, "_skl_callbacks", None):
            return []
        return [ScikitLearnCallbacks(self, fitted, X, y, sample_weight, epochs)]


def best_epoch(history, monitor):
    """Return the number of the epoch with the best value, 0 where there is none."""
    values = np.asarray(history.get(monitor.name, []), float)
    if np.isnan(values).all():
        return 0
    return int((np.nanargmin if monitor.mode == "min" else np.nanargmax)(values))
