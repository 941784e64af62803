"""Which samples are held out to measure the validation loss."""

from numbers import Real

import numpy as np
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit


def hold_out(validation_split, n_samples, classes, random_state, owner):
    """Return the indices to train on and the indices to validate on.

    Parameters
    ----------
    validation_split : float or splitter
        A fraction, drawn after shuffling, or a scikit-learn splitter, whose first split
        is used.
    n_samples : int
    classes : ndarray of shape (n_samples,) or None
        Classes to stratify by; each must stay in the training part.
    random_state : int
    owner : str
        Class name of the estimator, for messages.

    Returns
    -------
    train, validation : ndarray of int

    Raises
    ------
    ValueError
        A part without a sample, or a training part without one of the classes.
    """
    rows = np.zeros((n_samples, 1))
    if isinstance(validation_split, Real):
        train, validation = _fraction(
            float(validation_split), rows, classes, random_state, owner
        )
    else:
        try:
            train, validation = next(iter(validation_split.split(rows, classes)))
        except StopIteration:
            raise ValueError(
                f"The 'validation_split' parameter of {owner} yields no split of "
                f"{n_samples} samples: {validation_split!r}."
            ) from None
    for name, part in (("training", train), ("validation", validation)):
        if len(part) == 0:
            raise ValueError(
                f"The 'validation_split' parameter of {owner} leaves no sample for "
                f"{name}: {validation_split!r} of {n_samples} samples."
            )
    if classes is not None:
        missing = np.setdiff1d(classes, classes[train]).tolist()
        if missing:
            raise ValueError(
                f"The 'validation_split' parameter of {owner} leaves the training part "
                f"without samples of class {missing[0]!r}: {validation_split!r}. Use a "
                "stratified splitter, or a smaller fraction."
            )
    return train, validation


def _fraction(fraction, rows, classes, random_state, owner):
    n_validation = int(np.ceil(fraction * len(rows)))
    n_classes = 1 if classes is None else len(np.unique(classes))
    if n_validation < n_classes or len(rows) - n_validation < n_classes:
        raise ValueError(
            f"The 'validation_split' parameter of {owner} is {fraction} of {len(rows)} "
            f"samples, which leaves {len(rows) - n_validation} for training and "
            f"{n_validation} for validation; each part needs at least {n_classes}"
            + (", one of each class." if classes is not None else ".")
        )
    splitter = ShuffleSplit
    if classes is not None:
        values, counts = np.unique(classes, return_counts=True)
        if counts.min() < 2:
            single = values.tolist()[counts.argmin()]
            raise ValueError(
                f"{owner} cannot hold out a stratified 'validation_split': class "
                f"{single!r} has only 1 sample. Pass a splitter, or "
                "X_val and y_val."
            )
        splitter = StratifiedShuffleSplit
    splitter = splitter(1, test_size=n_validation, random_state=random_state)
    return next(splitter.split(rows, classes))
