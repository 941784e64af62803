"""Fits that tests of checkpoints kill; as a program, one fit in a process of its own.

python checkpointed_fits.py NAME DIRECTORY EPOCHS
"""

import itertools
import os
import pickle
import signal
import sys
from pathlib import Path
from unittest import mock

import keras
import own_models
from reference import PLAIN, SMALL

from skgru import GRUClassifier, _checkpoint
from skgru.augmentation import Compose, Jitter, TimeMask
from skgru.schedules import ReduceOnPlateau

HELD_OUT = {"early_stopping": True, "validation_split": 0.3}


def noisy(meta):
    """Return a model whose layers draw from random generators of their own."""
    inputs = keras.Input((None, meta["n_features_in_"]))
    x = keras.layers.GaussianNoise(0.1)(inputs)
    x = keras.layers.Dropout(0.2)(keras.layers.GRU(4)(x))
    return keras.Model(inputs, own_models.softmax_or_sigmoid(meta)(x))


FITS = {
    # Nobody listens to their epochs, so that some tens of them run in one call.
    "plain": {"epochs": 50},
    "no validation": {"dropout": 0.3, "schedule": "reduce_on_plateau"},
    "all at once": {
        **HELD_OUT,
        "dropout": 0.3,
        "recurrent_dropout": 0.2,
        "augmenter": Compose([Jitter(0.1), TimeMask(0.3)]),
        "schedule": ReduceOnPlateau(0.7, patience=1, cooldown=1),
        "scoring": "accuracy",
        "patience": 5,
    },
    "momentum": {
        "epochs": 50,
        "optimizer": "sgd",
        "optimizer__momentum": 0.9,
        "learning_rate": keras.optimizers.schedules.ExponentialDecay(0.05, 4, 0.9),
        "clipnorm": 1.0,
    },
    "own model": {**HELD_OUT, "model": own_models.functional, "learning_rate": 0.05},
    "own generators": {"epochs": 50, "model": noisy},
}


def make(name, **params):
    """Return one of the estimators above."""
    settings = {**SMALL, "epochs": 6, **FITS[name], **params}
    if "model" in settings:
        settings = {k: v for k, v in settings.items() if k not in {*PLAIN, "units"}}
    return GRUClassifier(**settings)


def make_long(name, epochs):
    """Return one that early stopping, if it has any, stops late."""
    return make(name, epochs=epochs, patience=epochs * 3 // 4)


def data():
    """Return series and three classes."""
    X, y, _ = own_models.data()
    return X, y


def at_every_epoch():
    """Have checkpoints written at every epoch in a block, however fast epochs are."""
    return mock.patch.multiple(_checkpoint, SECONDS=0, PARTS=0)


class Killed(BaseException):
    """What ends a fit in place of a signal."""


def killed(fit, *data, after=1, error=Killed, **more):
    """Call ``fit`` until so many checkpoints are written; return whether it ended so.

    No epoch goes unwritten.
    """
    rename, written = os.replace, 0

    def replace(source, target):
        nonlocal written
        rename(source, target)
        written += "checkpoint" in os.path.basename(target)
        if written == after:
            raise error

    with at_every_epoch(), mock.patch("os.replace", replace):
        try:
            fit(*data, **more)
        except Killed:
            return True
    return False


def outcome(fitted):
    """Return all that a fit has learnt, as plain values."""
    fitted.partial_fit(*data())  # moves on by the optimizer's state and the random one
    weights = [weight.tobytes() for weight in fitted.model_.get_weights()]
    return weights, repr(fitted.history_), fitted.n_iter_, fitted.best_epoch_


def main(name, directory, epochs, killed_at=0):
    """Fit with a checkpoint, and write what came out."""
    fitted = make_long(name, int(epochs))
    fitted.set_params(checkpoint=Path(directory, "checkpoint"))
    flush, number = os.fsync, itertools.count(1)

    def fsync(descriptor):
        if next(number) == int(killed_at):
            os.kill(os.getpid(), signal.SIGKILL)
        flush(descriptor)

    with at_every_epoch(), mock.patch("os.fsync", fsync):
        fitted.fit(*data())
    learnt = fitted.history_, fitted.n_iter_, fitted.best_epoch_
    Path(directory, "outcome").write_bytes(pickle.dumps((learnt, outcome(fitted))))


if __name__ == "__main__":
    main(*sys.argv[1:])
