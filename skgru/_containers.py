"""Convert common containers of sequences to arrays and lists of arrays.

It relies on the methods of an object, not on its type, so that neither pandas nor
polars has to be installed.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import tensorflow as tf
from scipy import sparse


def as_array_or_list(X):
    """Return X as something that NumPy or scikit-learn reads, or as a list.

    A series of lists (polars) and a frame whose cells are series (nested, as in sktime)
    become lists of sequences; masked values and missing ones become NaN. Arrays,
    ordinary frames and lists are returned as they are.

    Parameters
    ----------
    X : array-like
        What the user gave.

    Returns
    -------
    X : array-like
        An array, a frame of numbers, a list or a tuple.

    Raises
    ------
    TypeError
        X is no container of sequences, or can be read only once. The message says what
        to pass instead.
    """
    _check_container(X)
    if isinstance(X, np.ma.MaskedArray):
        return numbers(X)
    if isinstance(X, list | tuple):
        return X
    if _is_nested(X):
        is_frame = len(X.shape) == 2
        return _rows_of_cells(X) if is_frame else [np.asarray(s) for s in X.to_list()]
    if hasattr(X, "isna") and _has_objects(X) and len(X.shape) == 2:
        return numbers(X)
    if isinstance(X, Sequence):
        return list(X)
    return X


def numbers(item):
    """Return an array of what ``item`` holds, with NaN where a value is missing.

    A masked value and pandas' NA are missing values. Others that are no numbers are
    left for the caller to find.
    """
    if isinstance(item, np.ma.MaskedArray):
        if item.dtype.kind in "mM":  # dates: a later check raises a specific error
            return item.data
        return item.astype(np.result_type(item.dtype, np.float32)).filled(np.nan)
    values = np.asarray(item)
    if values.dtype.kind == "O" and hasattr(item, "isna"):
        values = np.where(np.asarray(item.isna()), np.nan, values)
    return values


def _check_container(X):
    name = type(X).__name__
    if isinstance(X, tf.RaggedTensor):
        raise TypeError(
            "X is a RaggedTensor, which is not supported. Pass a list of arrays: "
            "list(x.numpy() for x in X)."
        )
    if name.endswith("GroupBy"):
        raise TypeError(
            f"X is a {name}. Make sequences from the frame that was grouped, with "
            "skgru.preprocessing.sequences_from_frame(df, id, time)."
        )
    if isinstance(X, Mapping):
        raise TypeError(
            f"X is a {name}. Pass only the sequences, in the order of y: "
            "list(X.values())."
        )
    if isinstance(X, str | bytes):
        raise TypeError(f"X is a single {name}; it must hold one sequence per sample.")
    if getattr(X, "shape", None) == ():
        raise ValueError(
            f"X is a single value of type {name}; it must hold one sequence per sample."
        )
    is_array = hasattr(X, "__array__") or hasattr(X, "shape")
    if not is_array and isinstance(X, Iterable) and not isinstance(X, Sequence):
        raise TypeError(
            f"X is a {name}, which cannot be indexed or read twice. Pass list(X)."
        )


def dtypes(X):
    """Return the types of the columns of X, or the only one."""
    if hasattr(X, "dtype"):
        return [X.dtype]
    # Old pandas warns of GroupBy.dtypes.
    is_frame = hasattr(X, "shape") and hasattr(X, "dtypes")
    return list(X.dtypes) if is_frame else []


def _is_nested(X):
    """Whether the cells of X are sequences: nested frames, and series of lists."""
    nested = [dtype for dtype in dtypes(X) if hasattr(dtype, "is_nested")]
    if any(dtype.is_nested() for dtype in nested):  # polars
        return True
    if not _has_objects(X) or len(X.shape) != 2:
        return False
    return any(_is_sequence(cell) for cell in np.asarray(X[:1], dtype=object).flat)


def _has_objects(X):
    return any(getattr(dtype, "kind", None) == "O" for dtype in dtypes(X))


def _is_sequence(cell):
    return hasattr(cell, "__len__") and not isinstance(cell, str | bytes | Mapping)


def _rows_of_cells(X):
    """Return, for each row of a nested frame, its cells as (timesteps, features)."""
    names = list(getattr(X, "columns", range(np.shape(X)[1])))
    sequences = []
    for i, row in enumerate(np.asarray(X, dtype=object)):
        columns = [numbers(cell) for cell in row]
        for name, column in zip(names, columns, strict=True):
            if column.ndim != 1:
                raise ValueError(
                    "Each cell of a nested X must hold a 1-D series: that of sample "
                    f"{i} in column {name!r} has shape {column.shape}."
                )
            if len(column) != len(columns[0]):
                raise ValueError(
                    "The series in a row of a nested X must have the same number of "
                    f"time steps: sample {i} has {len(columns[0])} in column "
                    f"{names[0]!r} and {len(column)} in column {name!r}."
                )
        sequences.append(np.column_stack(columns))
    return sequences


def holds_sequences(X):
    """Whether X is a list or object array whose items are sequences themselves."""
    if isinstance(X, np.ndarray) or hasattr(X, "dtype"):
        return (
            getattr(X, "ndim", 1) == 1
            and X.dtype == object
            and len(X) > 0
            and _is_sequence(np.asarray(X, dtype=object)[0])
        )
    if not isinstance(X, list | tuple) or len(X) == 0:
        return False
    # A list of lists of numbers is a 2-D array, as everywhere in scikit-learn; deeper
    # nesting, different lengths or arrays make it a list of sequences.
    first = X[0]
    if isinstance(first, list | tuple):
        if len(first) > 0 and hasattr(first[0], "__len__"):
            return True
        return len({len(item) for item in X if _is_sequence(item)}) > 1
    return any(sparse.issparse(item) or np.ndim(item) >= 1 for item in X)
