"""Convert any form of X to one block, and a block back to the form of X."""

import numpy as np

from .._sequences import as_sequences

_ANY_ID = np.iinfo(np.int32).max


def read(X, kind):
    """Return the block, the lengths and the form of X.

    Series keep float32 if they come in it, and are float64 otherwise.
    """
    if kind == "tokens":
        sequences = as_sequences(X, vocabulary_size=_ANY_ID)
    else:
        sequences = as_sequences(X, dtype=_float_type(X))
    return sequences.block, sequences.lengths, sequences.form


def like(X, form, block, lengths, name):
    """Return the sequences of a block in the form that X has.

    ``name`` is who asks, for the error raised where a 2-D array of series cannot hold
    sequences of different lengths.
    """
    if form == "list" or (form == "tokens" and _is_list(X)):
        items = [
            row[:length].copy() for row, length in zip(block, lengths, strict=True)
        ]
        return _object_array(items) if isinstance(X, np.ndarray) else items
    n_timesteps = np.shape(X)[1]
    if form == "tokens":
        X = np.asarray(X)
        block = block[:, : max(n_timesteps, lengths.max())].astype(X.dtype)
        return block[:, :, np.newaxis] if X.ndim == 3 else block
    after_end = np.arange(block.shape[1]) >= lengths[:, np.newaxis]
    if form == "univariate":
        if after_end.any():
            raise ValueError(
                f"{name} makes sequences of different lengths, which a 2-D array "
                "cannot hold. Pass X as a 3-D array, X[:, :, np.newaxis], to get NaN "
                "padding, or as a list of (timesteps, 1) arrays."
            )
        return block[:, :, 0]
    block[after_end] = np.nan
    return block


def _float_type(X):
    if hasattr(X, "columns"):
        types = set(X.dtypes)
    elif hasattr(X, "dtype") and getattr(X.dtype, "kind", "O") != "O":
        types = {X.dtype}
    elif isinstance(X, list | tuple | np.ndarray):
        types = {getattr(item, "dtype", None) for item in X}
    else:
        types = set()
    return np.float32 if types == {np.dtype(np.float32)} else np.float64


def _is_list(X):
    dtype = getattr(X, "dtype", None)
    return isinstance(X, list | tuple) or getattr(dtype, "kind", None) == "O"


def _object_array(items):
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array
