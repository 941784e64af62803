"""Real data sets that packages ship, as they are: recordings in their own units.

A recording is an array ``(timesteps, channels)``; lengths may differ. The splits are
the archive's official ones; scikit-learn's digits, images read row by row, are split
once with a fixed seed.
"""

from pathlib import Path

import numpy as np

# Name: the package whose wheel ships it, and the stem of its files.
CLASSES = {
    "ACSF1": ("aeon", "ACSF1"),
    "ArrowHead": ("aeon", "ArrowHead"),
    "BasicMotions": ("aeon", "BasicMotions"),
    "Covid3Month": ("aeon", "Covid3Month_disc"),
    "GunPoint": ("aeon", "GunPoint"),
    "ItalyPowerDemand": ("aeon", "ItalyPowerDemand"),
    "JapaneseVowels": ("aeon", "JapaneseVowels"),
    "OSULeaf": ("aeon", "OSULeaf"),
    "PLAID": ("sktime", "PLAID"),
    "PickupGestureWiimoteZ": ("aeon", "PickupGestureWiimoteZ"),
    "UnitTest": ("aeon", "UnitTest"),
    "digits": ("sklearn", None),
}
TARGETS = {
    "CardanoSentiment": ("aeon", "CardanoSentiment"),
    "Covid3Month": ("aeon", "Covid3Month"),
    "Tecator": ("sktime", "Tecator"),
}


def read(name, split, sets=CLASSES):
    """Return a split: a list of arrays ``(timesteps, channels)``, and y.

    Parameters
    ----------
    name : str
    split : {"TRAIN", "TEST"}
    sets : dict
        `CLASSES`, whose y are labels, or `TARGETS`, whose y are numbers.
    """
    package, stem = sets[name]
    if package == "sklearn":
        return _digits(split)
    X, y = load(package, stem, split)
    return [x.astype(np.float32) for x in X], y


def load(package, stem, split):
    """Return what a package's file of a split holds, with float64 recordings."""
    import aeon.datasets

    path = folder(package) / stem / f"{stem}_{split}.ts"
    X, y = aeon.datasets.load_from_ts_file(str(path))
    return [np.asarray(x, np.float64).T for x in X], np.asarray(y)


def folder(package):
    """Return the folder of data that "aeon" or "sktime" ships."""
    if package == "aeon":
        import aeon

        return Path(aeon.__file__).parent / "datasets" / "data"
    import sktime

    return Path(sktime.__file__).parent / "datasets" / "data"


def _digits(split):
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    X, y = load_digits(return_X_y=True)
    X = X.reshape(-1, 8, 8).astype(np.float32)
    train, test = train_test_split(np.arange(len(y)), random_state=0, stratify=y)
    rows = train if split == "TRAIN" else test
    return list(X[rows]), y[rows]
