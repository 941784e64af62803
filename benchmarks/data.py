"""The real data sets of the benchmarks, from the archive that aeon's wheel ships.

Each is written once to a file of arrays, which every peer reads alike: ``(n, timesteps,
features)`` float32, zero-padded where lengths differ, each feature standardised by the
training recordings, classes numbered from 0, training rows shuffled once with a fixed
seed (JapaneseVowels is sorted by class, and not every peer shuffles). Beside them stand
the lengths of the recordings.
"""

from pathlib import Path

import archive
import numpy as np

# Name: file stem in aeon's folder of that name, and whether the two splits change
# places (ItalyPowerDemand's official test split is the only large labelled set there).
SETS = {
    "JapaneseVowels": ("JapaneseVowels", False),
    "BasicMotions": ("BasicMotions", False),
    "ItalyPowerDemand": ("ItalyPowerDemand", False),
    "ItalyPowerDemand-1029": ("ItalyPowerDemand", True),
    "GunPoint": ("GunPoint", False),
    "ArrowHead": ("ArrowHead", False),
    "Covid3Month": ("Covid3Month_disc", False),
    "PickupGestureWiimoteZ": ("PickupGestureWiimoteZ", False),
}


def prepare(name, directory):
    """Write a data set into a directory, unless it is there; return the file's path."""
    path = Path(directory) / f"{name}.npz"
    if not path.exists():
        stem, swapped = SETS[name]
        splits = [archive.load("aeon", stem, split) for split in ("TRAIN", "TEST")]
        train, test = reversed(splits) if swapped else splits
        np.savez(path, **_arrays(train, test))
    return str(path)


def _arrays(train, test):
    (X_train, y_train), (X_test, y_test) = train, test
    steps = np.concatenate(X_train)
    mean, scale = steps.mean(axis=0), steps.std(axis=0)
    length = max(map(len, X_train + X_test))

    def block(X):
        padded = np.zeros((len(X), length, steps.shape[1]), np.float32)
        for row, x in zip(padded, X, strict=True):
            row[: len(x)] = (x - mean) / scale
        return padded

    classes = np.unique(y_train)
    order = np.random.default_rng(0).permutation(len(X_train))
    return {
        "X_train": block(X_train)[order],
        "lengths_train": np.array([len(x) for x in X_train])[order],
        "y_train": np.searchsorted(classes, y_train)[order],
        "X_test": block(X_test),
        "lengths_test": np.array([len(x) for x in X_test]),
        "y_test": np.searchsorted(classes, y_test),
    }
