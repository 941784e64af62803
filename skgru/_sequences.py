"""Convert every accepted form of X to one padded array, the block.

Sequences reach an estimator as a 3-D array, a 2-D array of univariate series, a list
or object array of ``(timesteps, features)`` arrays, or token ids, in the containers
that `_containers` converts. :func:`as_sequences` turns each into a :class:`Sequences`.
"""

import numpy as np
from scipy import sparse
from sklearn.utils import check_array

from ._containers import as_array_or_list, dtypes, holds_sequences, numbers
from ._engine.samples import Sequences
from ._naming import naming
from ._token_ids import token_block, vocabulary_of

FORMS = (
    "(n_samples, timesteps, features), (n_samples, timesteps), or a list of "
    "(timesteps, features) arrays"
)


def as_sequences(X, *, vocabulary_size=None, dtype=np.float32, allow_nan=False):
    """Return X as one padded block.

    Parameters
    ----------
    X : array-like
        ``(n_samples, timesteps, features)``; ``(n_samples, timesteps)``, read as
        univariate series; a list or object array of ``(timesteps, features)`` arrays,
        or of 1-D arrays of floats, read as univariate; a frame whose cells are series;
        or a 3-D float array whose trailing all-NaN steps are padding.
    vocabulary_size : int or None, default=None
        If set, X holds token ids below it and 0 is padding: ``(n_samples, timesteps)``
        or a list of 1-D integer arrays.
    dtype : dtype, default=float32
        Floating type of the block; token ids are int32.
    allow_nan : bool, default=False
        Accept NaN inside sequences. Infinity is never accepted.

    Returns
    -------
    sequences : Sequences

    Raises
    ------
    ValueError
        X has a wrong rank, no sample, an empty sequence, NaN or infinity inside a
        sequence, sequences whose features differ, or ids outside the vocabulary. The
        message names the sample.
    TypeError
        X is sparse, a generator or a dict, holds what cannot be read as numbers, or
        token ids where real values are expected.
    """
    if sparse.issparse(X):
        raise TypeError(
            "Sparse X was passed, but dense data is required: sequences of shape "
            f"{FORMS}. Use X.toarray()."
        )
    if vocabulary_size is None and vocabulary_of(X) is not None:
        raise TypeError(
            f"X holds token ids, but real-valued sequences are expected here: {FORMS}."
        )
    X = as_array_or_list(X)
    if vocabulary_size is not None:
        return Sequences(*token_block(X, vocabulary_size), "tokens")
    if holds_sequences(X):
        return _from_list(X, dtype, allow_nan)
    return _from_array(X, dtype, allow_nan)


def _from_array(X, dtype, allow_nan):
    _check_rectangular(X)
    for of_column in dtypes(X):
        if getattr(of_column, "kind", None) in ("m", "M"):
            raise _of_dates("X", of_column)
    block = _checked_array(X, dtype)
    if block.ndim > 3:
        raise ValueError(
            f"Found array with dim {block.ndim}. X must have shape {FORMS}; got shape "
            f"{block.shape}."
        )
    if block.ndim == 2:
        lengths = np.full(len(block), block.shape[1], dtype=np.int32)
        block = block[:, :, np.newaxis]
        _check_finite(block, lengths, allow_nan, "univariate")
        return Sequences(block, lengths, "univariate")
    _check_not_empty(block)
    block, lengths = _strip_nan_padding(block)
    _check_finite(block, lengths, allow_nan, "multivariate")
    return Sequences(block, lengths, "multivariate")


def _checked_array(X, dtype):
    with naming("X"):
        if isinstance(X, list | tuple) and np.iscomplexobj(X):
            # scikit-learn would drop the imaginary part.
            raise ValueError("Complex data not supported")
        with np.errstate(over="ignore"):  # _check_finite names the sample.
            return check_array(
                X,
                dtype=dtype,
                allow_nd=True,
                ensure_2d=True,
                ensure_all_finite=False,
                ensure_min_samples=1,
                input_name="X",
            )


def _check_rectangular(X):
    """Raise a specific error for items that NumPy only calls inhomogeneous."""
    one_column = isinstance(X, list | tuple) or getattr(X, "ndim", 2) == 1
    if not one_column or len(X) == 0:
        return
    first = next(iter(X))
    if isinstance(first, str):
        raise ValueError(
            f"X holds texts (sample 0 is {str(first)!r}). Turn them into token ids "
            "with skgru.preprocessing.TextSequencer."
        )
    if not isinstance(X, list | tuple):
        return
    for i, item in enumerate(X):
        is_row = isinstance(item, list | tuple)
        readable = is_row or _is_number(item)
        if not readable or is_row != isinstance(first, list | tuple):
            raise _no_sequence(i, item)


def _no_sequence(i, item):
    return TypeError(
        f"Sample {i} of X is not a sequence but {item!r:.50} of type "
        f"{type(item).__name__}. X must have shape {FORMS}."
    )


def _is_number(item):
    return np.ndim(item) == 0 and np.asarray(item).dtype.kind in "biufc"


def _from_list(X, dtype, allow_nan):
    items = [_values_of(i, item) for i, item in enumerate(X)]
    if all(item.ndim == 1 for item in items):
        items = _univariate(items)
    items = [_one_sequence(i, item, dtype) for i, item in enumerate(items)]
    n_features = items[0].shape[1]
    for i, item in enumerate(items):
        if item.shape[1] != n_features:
            raise ValueError(
                f"Sequences of X must have the same number of features: sample 0 has "
                f"{n_features}, sample {i} has {item.shape[1]}. A row is a time step "
                "and a column a feature: transpose sequences that have it the other "
                "way round."
            )
    _check_names(X)
    lengths = np.array([len(item) for item in items], dtype=np.int32)
    block = np.zeros((len(items), lengths.max(), n_features), dtype=dtype)
    for row, item in zip(block, items, strict=True):
        row[: len(item)] = item
    _check_finite(block, lengths, allow_nan, "list")
    return Sequences(block, lengths, "list")


def _check_names(X):
    """Raise if DataFrames differ in their columns or the order of these."""
    first = list(getattr(first_sequence(X), "columns", []))
    if not first:
        return
    for i, item in enumerate(X):
        names = list(getattr(item, "columns", first))
        if names != first:
            raise ValueError(
                "DataFrames in X must have the same columns in the same order: those "
                f"of sample 0 are {first}, those of sample {i} are {names}. Use "
                "frame[columns] for each of them."
            )


def first_sequence(X):
    """Return the first of a list of sequences, which holds the names of the features.

    That of a nested frame is its first row, as a frame.
    """
    return X[:1] if hasattr(X, "columns") else next(iter(X))


def _values_of(i, item):
    """Return sample ``i`` as an array of any dtype."""
    if sparse.issparse(item):
        raise TypeError(
            f"Sample {i} of X is sparse, but dense data is required. Use toarray()."
        )
    item = numbers(item)
    if np.iscomplexobj(item):
        raise ValueError(f"Complex data not supported: sample {i} of X is complex.")
    if item.dtype.kind in "mM":
        raise _of_dates(f"Sample {i} of X", item.dtype)
    return item


def _of_dates(name, dtype):
    return TypeError(
        f"{name} holds dates or durations ({dtype}). Turn them into numbers first, "
        "such as days since the start."
    )


def _univariate(items):
    """Reshape 1-D sequences to one feature; raise if they may be token ids."""
    if all(item.dtype.kind in "biu" for item in items):
        raise ValueError(
            "Each sequence of X must have shape (timesteps, features); sample 0 has "
            f"shape {items[0].shape}. If X holds token ids, set vocabulary_size; if it "
            "holds univariate series, use sequence.reshape(-1, 1) or floats."
        )
    return [item[:, np.newaxis] for item in items]


def _one_sequence(i, item, dtype):
    if item.ndim == 0:
        raise _no_sequence(i, item.item())
    if item.ndim != 2:
        hint = " Use sequence.reshape(-1, 1)." if item.ndim == 1 else ""
        raise ValueError(
            "Each sequence of X must have shape (timesteps, features); sample "
            f"{i} has shape {item.shape}.{hint}"
        )
    if len(item) == 0:
        raise ValueError(f"Sample {i} of X has 0 time steps; a minimum of 1 is needed.")
    if item.shape[1] == 0:
        raise ValueError(
            f"Sample {i} of X has 0 feature(s) (shape={item.shape}) while a minimum of "
            "1 is required."
        )
    try:
        with np.errstate(over="ignore"):
            return item.astype(dtype)
    except (TypeError, ValueError) as error:
        raise type(error)(
            f"Sample {i} of X cannot be read as numbers: {error}"
        ) from None


def _check_not_empty(block):
    for axis, what in ((1, "time step(s)"), (2, "feature(s)")):
        if block.shape[axis] == 0:
            raise ValueError(
                f"Found array with 0 {what} (shape={block.shape}) while a minimum of 1 "
                "is required."
            )


def _strip_nan_padding(block):
    """Turn trailing all-NaN steps into zeros and lengths."""
    n_samples, n_timesteps, _ = block.shape
    full = np.full(n_samples, n_timesteps, dtype=np.int32)
    # A sum is not finite if any value is not: this needs no temporary array.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(block.sum(dtype=np.float64)):
            return block, full
    observed = ~np.isnan(block).all(axis=2)
    lengths = n_timesteps - observed[:, ::-1].argmax(axis=1)
    lengths = np.where(observed.any(axis=1), lengths, 0).astype(np.int32)
    if not lengths.all():
        raise ValueError(
            f"Sample {lengths.argmin()} of X has 0 time steps: all of its values are "
            "NaN, which marks padding. Drop the sample."
        )
    after_end = np.arange(n_timesteps) >= lengths[:, np.newaxis]
    return np.where(after_end[:, :, np.newaxis], block.dtype.type(0), block), lengths


def _check_finite(block, lengths, allow_nan, form):
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(block.sum(dtype=np.float64)):
            return
    bad = np.isinf(block) if allow_nan else ~np.isfinite(block)
    if not bad.any():
        return
    sample, step, feature = np.argwhere(bad)[0]
    where = f"sample {sample}, time step {step}"
    if form != "univariate":
        where += f", feature {feature}"
    if np.isinf(block[sample, step, feature]):
        raise ValueError(
            f"Input X contains infinity or a value too large for {block.dtype}: "
            f"{where}."
        )
    padding = {
        "univariate": "A 2-D X has no padding; give series of unequal length as a list "
        "of (timesteps, 1) arrays.",
        "multivariate": "Only trailing steps that are NaN in every feature are padding "
        f"(this sequence has {lengths[sample]} steps).",
        "list": "The arrays of a list have no padding.",
    }
    raise ValueError(
        f"Input X contains NaN: {where}. {padding[form]} Impute the value, for example "
        "with skgru.preprocessing.SequenceImputer."
    )
