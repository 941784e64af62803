"""Token ids: recognise them in X, find the size of their vocabulary, check them.

An array of token ids looks like one of real values, so the size of the vocabulary must
travel with it: as the attribute ``vocabulary_size`` of an array, or in ``attrs`` of a
DataFrame. If it was lost, an estimator would read the ids as a series of real values;
where that can be recognised, this module raises an error or warns.
"""

import re
import warnings
from numbers import Integral

import numpy as np
from sklearn.utils import check_array

from ._containers import numbers
from ._naming import naming

VOCABULARY_SIZE = "vocabulary_size"
TOKEN_COLUMN = "token{}"
_TOKEN_COLUMN = re.compile(r"(?P<source>.*__)?token\d+")
# With this many rows and steps, a series of counts does not look like padded ids by
# chance.
_LEAST_LENGTHS, _LEAST_STEPS = 4, 30


def vocabulary_of(X):
    """Return the vocabulary size that comes with X, or None.

    Parameters
    ----------
    X : array-like
        Anything that an estimator may be given.

    Returns
    -------
    vocabulary_size : int or None

    Raises
    ------
    ValueError
        X is a DataFrame in which only some columns are named like token ids, or one of
        token ids without their vocabulary size; or a list of token ids of different
        vocabularies.
    """
    if hasattr(X, "columns"):
        return _vocabulary_of_frame(X)
    of_objects = getattr(X, "dtype", None) == np.dtype(object) and np.ndim(X) > 0
    if isinstance(X, list | tuple) or of_objects:
        sizes = {_size(item) for item in X}
    else:
        sizes = {_size(X)}
    if len(sizes) > 1 and sizes != {None}:
        raise ValueError(
            "The sequences of X must be token ids of one vocabulary, but their "
            f"vocabularies have sizes {sorted(sizes, key=str)}. Turn all texts into "
            "ids with one fitted TextSequencer."
        )
    return sizes.pop() if sizes else None


def check_vocabulary(X, fitted, owner):
    """Raise if the vocabulary size of X is not the one that ``owner`` was fitted with.

    ``fitted`` is that size; None after a fit on real values.
    """
    size = vocabulary_of(X)
    if size is None or size == fitted:
        return
    if fitted is None:
        raise TypeError(
            f"{owner} was fitted on series of real values, but X holds token ids of a "
            f"vocabulary of size {size}."
        )
    raise ValueError(
        f"{owner} was fitted on token ids of a vocabulary of size {fitted}, but that "
        f"of X has size {size}. Turn texts into ids with the TextSequencer that was "
        "fitted on the training texts."
    )


def _size(X):
    size = getattr(X, VOCABULARY_SIZE, None) if isinstance(X, np.ndarray) else None
    return size if isinstance(size, Integral) else None


def _vocabulary_of_frame(X):
    size = getattr(X, "attrs", {}).get(VOCABULARY_SIZE)
    size = size if isinstance(size, Integral) else None
    names = [str(name) for name in X.columns]
    tokens = [match for match in map(_TOKEN_COLUMN.fullmatch, names) if match]
    if not tokens:
        return size
    sources = {match["source"] for match in tokens}
    if len(tokens) < len(names) or len(sources) > 1 or len(set(names)) < len(names):
        raise ValueError(
            f"X holds token ids (column {tokens[0].string!r}) beside other columns "
            f"({_other_column(names, tokens[0])!r}). {ONE_SOURCE}"
        )
    if size is None:
        raise ValueError(
            f"X holds token ids (column {names[0]!r}), but the size of their "
            "vocabulary was lost on the way. Give the estimator the output of "
            "TextSequencer as it is, without a scaler between them, or set "
            "vocabulary_size (the largest id + 1) if these still are the ids."
        )
    return size


def _other_column(names, token):
    """Return the first column that does not belong to the token ids of ``token``."""
    for name in names:
        match = _TOKEN_COLUMN.fullmatch(name)
        if match is None or match["source"] != token["source"]:
            return name
    return next(name for name in names if names.count(name) > 1)


ONE_SOURCE = (
    "An estimator reads the ids of one TextSequencer or a series of numbers, not both "
    "at once. Join texts before the sequencer; for other columns, combine estimators, "
    "for example with StackingClassifier."
)


def warn_of_padding(values, owner):
    """Warn if a 2-D X of real values looks as if it were padded, or token ids.

    Parameters
    ----------
    values : ndarray of shape (n_samples, timesteps)
        X as it is about to be read: every value real, every row a whole series.
    owner : str
        Name of the estimator.
    """
    # Running totals begin with zeros as well, but never fall.
    at_front = (np.diff(values, axis=1) < 0).any() and _ends_like_padding(
        values[:, ::-1]
    )
    if not at_front and not _ends_like_padding(values):
        return
    end = "begin" if at_front else "end"
    if np.all(values >= 0) and np.all(values == np.floor(values)):
        warnings.warn(
            f"X looks like token ids: whole numbers in rows that {end} in zeros. "
            f"{owner} reads them as real values, because vocabulary_size is None. Set "
            "vocabulary_size to the largest id + 1, or give it the output of "
            "TextSequencer as it is. If X does hold series, say so with "
            "X[:, :, np.newaxis].",
            UserWarning,
            stacklevel=2,
        )
        return
    warnings.warn(
        f"The rows of X {end}, at different steps, in the smallest value of each "
        "column, as padded series and scaled token ids do, but a 2-D X has no padding. "
        f"Give {owner} series of unequal length as a list of (timesteps, 1) arrays, "
        "and token ids as they are, with vocabulary_size set. If X does hold series of "
        "equal length, say so with X[:, :, np.newaxis].",
        UserWarning,
        stacklevel=2,
    )


def _ends_like_padding(values):
    """Whether rows end in each column's smallest value, and hold it nowhere else.

    It tests for the smallest value, not 0, because a scaler moves padding to another
    value in each column. Series of counts have zeros anywhere, and two real values are
    hardly ever equal.
    """
    n_timesteps = values.shape[1]
    last = values[:, -1] == values[:, -1].min()
    if last.sum() < _LEAST_LENGTHS - 1:
        return False
    lowest = values == values.min(axis=0)
    lowest[:, 0] = False  # the first step is never padding
    after_end = np.logical_and.accumulate(lowest[:, ::-1], axis=1)[:, ::-1]
    # Before the shortest row ends, the smallest value of a column is one of its ids.
    inside = np.flatnonzero((lowest & ~after_end).any(axis=0))
    start = inside[-1] + 1 if len(inside) else 0
    lengths = n_timesteps - after_end[:, start:].sum(axis=1)
    # The last column proves nothing: every value there is at the end of its row.
    steps = after_end[:, start:-1].sum()
    return len(np.unique(lengths)) >= _LEAST_LENGTHS and steps >= _LEAST_STEPS


def token_block(X, vocabulary_size):
    """Return token ids as one block, and their lengths.

    Parameters
    ----------
    X : array-like
        Ids of shape ``(n_samples, timesteps)`` or ``(n_samples, timesteps, 1)``, or a
        list of 1-D or ``(timesteps, 1)`` arrays.
    vocabulary_size : int
        Number of different ids.

    Returns
    -------
    block : ndarray of shape (n_samples, timesteps), dtype int32
    lengths : ndarray of shape (n_samples,), dtype int32
    """
    if isinstance(X, list | tuple) or (getattr(X, "dtype", None) == np.dtype(object)):
        block = _joined(X)
    else:
        with naming("X"), np.errstate(invalid="ignore"):  # infinities of both signs
            ids = check_array(X, dtype=None, allow_nd=True, input_name="X")
        block = _token_ids(ids, "X")
        if block.ndim == 3 and block.shape[2] == 1:
            block = block[:, :, 0]
        if block.ndim != 2:
            raise ValueError(
                "With vocabulary_size set, X must hold token ids of shape (n_samples, "
                "timesteps), or be a list of 1-D arrays of ids; got shape "
                f"{block.shape}."
            )
    outside = (block < 0) | (block >= vocabulary_size)
    if outside.any():
        sample, step = np.argwhere(outside)[0]
        raise ValueError(
            f"Token ids must lie in [0, {vocabulary_size}), where 0 is padding: sample "
            f"{sample}, position {step} of X is {block[sample, step]}. Number tokens "
            "from 1, and set vocabulary_size to the largest id + 1."
        )
    present = block != 0
    if not present.any(axis=1).all():
        raise ValueError(
            f"Sample {present.any(axis=1).argmin()} of X has 0 time steps: it holds no "
            "token id other than 0, which marks padding."
        )
    lengths = block.shape[1] - present[:, ::-1].argmax(axis=1)
    return block.astype(np.int32), lengths.astype(np.int32)


def _joined(X):
    """Return a list of 1-D arrays of ids as a block, padded with 0."""
    items = [_token_ids(item, f"sample {i} of X") for i, item in enumerate(X)]
    if not items:
        raise ValueError(
            "Found array with 0 sample(s) while a minimum of 1 is required."
        )
    for i, item in enumerate(items):
        if item.ndim == 2 and item.shape[1] == 1:
            items[i] = item[:, 0]
        elif item.ndim != 1:
            raise ValueError(
                "Each sequence of token ids must be 1-D; sample "
                f"{i} of X has shape {item.shape}."
            )
    block = np.zeros((len(items), max(map(len, items))), dtype=np.int64)
    for row, item in zip(block, items, strict=True):
        row[: len(item)] = item
    return block


def _token_ids(values, name):
    values = numbers(values)
    if values.dtype.kind in "iub":
        return values.astype(np.int64)
    if values.dtype.kind == "c":
        raise ValueError(f"Complex data not supported: {name} is complex.")
    try:
        as_float = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"With vocabulary_size set, X must hold integer token ids; {name}: {error}"
        ) from None
    # Larger float64 values do not fit into int64. The comparison is False for NaN.
    held = (np.abs(as_float) < 2.0**63).all()
    if not (held and (as_float == np.floor(as_float)).all()):
        raise ValueError(
            "With vocabulary_size set, X must hold integer token ids, but "
            f"{name} holds NaN, infinity, fractions or far too large numbers (dtype "
            f"{values.dtype})."
        )
    return as_float.astype(np.int64)
