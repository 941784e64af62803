"""What identifies a fit, so that each one finds its own checkpoint."""

import os
import warnings
from numbers import Integral
from pathlib import Path

import keras
import tensorflow as tf
from sklearn.exceptions import ConvergenceWarning

from ._checkpoint import Checkpoint
from ._description import described, digest_of, shortly_described
from ._digest import digest, digest_of_arrays, digest_of_sequences
from ._user_callbacks import user_callbacks
from ._version import __version__

# Parameters that do not affect the weights. The state that a warm start continues from
# is compared separately.
_NOT_COMPARED = ("callbacks", "checkpoint", "random_state", "verbose", "warm_start")


class Checkpointing:
    """How an estimator finds the checkpoint of a fit; mixed into `BaseGRU`."""

    def _split_and_find_checkpoint(self, X, data, validation, seed, path):
        """Return the `Parts` of the data, the seed of the fit, and its `Checkpoint`.

        Parameters
        ----------
        X : array-like
        data : FitData
        validation : pair
            ``X_val`` and ``y_val``, as the user gave them.
        seed : int
            The seed to use if there is no checkpoint.
        path : str, os.PathLike or None
            A file, or a directory in which this fit has a file of its own. None: no
            checkpoint.
        """
        parts = self._split(X, data, validation, seed)
        if path is None:
            return parts, seed, None
        given = parts.held_out if validation[0] is not None else None
        checkpoint = self._find_checkpoint(path, data, given, seed)
        if checkpoint.seed != seed:  # random_state is None: the seed was drawn
            parts = self._split(X, data, validation, checkpoint.seed)
        return parts, checkpoint.seed, checkpoint

    def _find_checkpoint(self, path, data, given, seed):
        owner = type(self).__name__
        settings = self._settings(seed)
        digests = _digests(data, given)
        name, path = os.fspath(path), Path(path).absolute()
        if path.is_dir() or name.endswith((os.sep, os.altsep or os.sep)):
            path /= f"{owner}-{digest_of((settings, digests))}.checkpoint"
        return Checkpoint(path, settings, digests, seed, owner)

    def _begin_checkpoint(self, checkpoint, fitted, parts, resumed, rates):
        """Return the `Progress` of the same fit before it was killed, or None."""
        if checkpoint is None:
            return None
        start = (
            fitted.seed,
            rates,
            fitted.state,
            getattr(fitted.architecture, "key", None),
            resumed and resumed.stopping,
        )
        return checkpoint.begin(
            "" if parts.held_out is None else digest(parts.held_out),
            digest_of(start),
            fitted.state,
        )

    def _warn_of_interrupt(self, training, checkpoint):
        message = (
            f"Training of {type(self).__name__} was interrupted after "
            f"{len(training.history.get('loss', []))} whole epochs; what it has "
            "learnt is kept."
        )
        if checkpoint is not None and checkpoint.path.exists():
            message += f" The same call goes on from {checkpoint.path}."
        warnings.warn(message, ConvergenceWarning, stacklevel=5)

    def _settings(self, seed):
        """Return what the result depends on besides the data, as texts by name."""
        settings = {
            "the estimator": type(self).__qualname__,
            "the version of skgru": __version__,
            "the version of keras": keras.__version__,
            "the version of tensorflow": tf.__version__,
        }
        for name, value in sorted(self.get_params(deep=False).items()):
            if name not in _NOT_COMPARED:
                settings[f"'{name}'"] = shortly_described(value)
        callbacks = user_callbacks(self.callbacks, type(self).__name__)
        settings["'callbacks'"] = described([type(each) for each in callbacks])
        state = self.random_state
        if state is None or isinstance(state, Integral):
            # None: the seed that was drawn is in the checkpoint.
            settings["'random_state'"] = described(state)
        else:
            settings["'random_state'"] = f"one that gives the seed {seed}"
        return settings


def _digests(data, given):
    """Return digests of the data of a fit; ``given``: the samples of X_val, if any."""
    samples, sequences = data.samples, data.samples.sequences
    digests = {
        "the data X": digest_of_sequences(sequences) + described(data.reading),
        "the targets y": digest_of_arrays(samples.y) + digest_of(data.y),
        "the weights of the samples": digest_of_arrays(samples.sample_weight),
    }
    if given is not None:
        digests["the validation data X_val and y_val"] = digest(given)
    return digests
