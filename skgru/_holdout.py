"""Which samples are held out to measure the validation loss."""

import warnings
from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit


@dataclass(frozen=True)
class Origin:
    """Which rows of the user's X are samples: those of weight 0 are left out.

    Parameters
    ----------
    n_rows : int
        Number of rows of X.
    rows : ndarray of shape (n_samples,)
        The row that each sample is.
    classes : ndarray of shape (n_rows,) or None
        Classes to stratify by.
    groups : array-like of shape (n_rows,) or None
        The group of each row, for group splitters.
    """

    n_rows: int
    rows: np.ndarray
    classes: np.ndarray | None
    groups: object

    def samples_of(self, rows):
        """Return the samples that some rows of X are, in that order."""
        sample = np.full(self.n_rows, -1)
        sample[self.rows] = np.arange(len(self.rows))
        samples = sample[rows]
        return samples[samples >= 0]


def hold_out(validation_split, origin, random_state, owner):
    """Return the samples to train on and the samples to validate on, as indices.

    Parameters
    ----------
    validation_split : float or splitter
        A fraction of the samples, drawn after shuffling, or a scikit-learn splitter of
        the rows of X. The split with the most training samples is used, and the last of
        equal ones.
    origin : Origin
        Each of its classes must stay in the training part.
    random_state : int
    owner : str
        Class name of the estimator, for messages.

    Returns
    -------
    train, validation : ndarray of int

    Raises
    ------
    ValueError
        The splitter needs more than X, y and groups, a part has no sample, or the
        training part lacks a class.

    Warns
    -----
    UserWarning
        Some samples are in neither part and not in the splitter's gap; or some are in
        both parts; or groups are given, and a fraction divides them.
    """
    n_samples = len(origin.rows)
    classes = None if origin.classes is None else origin.classes[origin.rows]
    if isinstance(validation_split, Real):
        if origin.groups is not None:
            warnings.warn(
                f"The 'validation_split' parameter of {owner} is the fraction "
                f"{validation_split}, which divides groups. Use a group splitter, such "
                "as GroupShuffleSplit(1).",
                UserWarning,
                stacklevel=2,
            )
        train, validation = _fraction(
            float(validation_split),
            np.zeros((n_samples, 1)),
            classes,
            random_state,
            owner,
        )
    else:
        train, validation = _largest_split(validation_split, origin, owner)
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


def _largest_split(splitter, origin, owner):
    """Return the samples of both parts of the split that trains on the most."""
    rows = np.zeros((origin.n_rows, 1))
    groups = () if origin.groups is None else (origin.groups,)
    largest = None
    try:
        for split in splitter.split(rows, origin.classes, *groups):
            train, validation = map(origin.samples_of, split)
            # Folds of a series in order of time grow: the last trains on the most.
            if largest is None or len(train) >= len(largest[0]):
                largest = train, validation
    except (TypeError, ValueError) as error:
        # Of groups, or of real targets, for example: not all are there.
        raise ValueError(
            f"The 'validation_split' parameter of {owner} cannot split X"
            f"{'' if origin.classes is None else ' and y'} alone: {splitter!r} says: "
            f"{error} Pass groups, or X_val and y_val, to fit, or use another splitter."
        ) from error
    if largest is None:
        raise ValueError(
            f"The 'validation_split' parameter of {owner} yields no split of "
            f"{origin.n_rows} samples: {splitter!r}."
        )
    _warn_of_parts(splitter, origin, *largest, owner)
    return largest


def _warn_of_parts(splitter, origin, train, validation, owner):
    n_unused = len(origin.rows) - len(np.union1d(train, validation))
    if n_unused > getattr(splitter, "gap", 0):
        warnings.warn(
            f"{n_unused} of {len(origin.rows)} samples are in neither part of the "
            f"'validation_split' of {owner}: it neither trains nor validates on them. "
            f"Got {splitter!r}.",
            UserWarning,
            stacklevel=2,
        )
    shared = np.intersect1d(train, validation)
    if len(shared):
        warnings.warn(
            f"{len(shared)} of {len(origin.rows)} samples are in both parts of the "
            f"'validation_split' of {owner}: the validation loss is no measure of new "
            f"data. The first is row {origin.rows[shared[0]]} of X. Got {splitter!r}.",
            UserWarning,
            stacklevel=2,
        )


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
