"""What X may be, and the one padded block that everything else works on.

Sequences reach an estimator as a 3-D array, a 2-D array of univariate series, a list
or object array of ``(timesteps, features)`` arrays, or token ids. :func:`as_sequences`
turns each into a :class:`Sequences`, and every message about X is written here.
"""

import numpy as np
from scipy import sparse
from sklearn.utils import check_array

from ._engine.samples import Sequences

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
        univariate series; a list or object array of ``(timesteps, features)`` arrays;
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
        X is sparse, or holds what cannot be read as numbers.
    """
    if sparse.issparse(X):
        raise TypeError(
            "Sparse X was passed, but dense data is required: sequences of shape "
            f"{FORMS}. Use X.toarray()."
        )
    if vocabulary_size is not None:
        return _tokens(X, vocabulary_size)
    if _holds_arrays(X):
        return _from_list(X, dtype, allow_nan)
    _check_rectangular(X)
    with np.errstate(over="ignore"):  # _check_finite names the sample.
        block = check_array(
            X,
            dtype=dtype,
            allow_nd=True,
            ensure_2d=True,
            ensure_all_finite=False,
            ensure_min_samples=1,
            input_name="X",
        )
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


def _holds_arrays(X):
    """Whether X is a list or object array whose items are sequences themselves."""
    if isinstance(X, np.ndarray) or hasattr(X, "dtype"):
        return (
            getattr(X, "ndim", 1) == 1
            and X.dtype == object
            and len(X) > 0
            and hasattr(np.asarray(X, dtype=object)[0], "__len__")
            and not isinstance(np.asarray(X, dtype=object)[0], str)
        )
    if not isinstance(X, list | tuple) or len(X) == 0:
        return False
    # A list of lists of numbers is a 2-D array, as everywhere in scikit-learn; deeper
    # nesting or arrays make it a list of sequences.
    first = X[0]
    if isinstance(first, list | tuple):
        return len(first) > 0 and hasattr(first[0], "__len__")
    return hasattr(first, "shape") and np.ndim(first) >= 1


def _check_rectangular(X):
    """Say what is wrong with lists that NumPy would only call inhomogeneous."""
    one_column = isinstance(X, list | tuple) or getattr(X, "ndim", 2) == 1
    if not one_column or len(X) == 0:
        return
    first = next(iter(X))
    if isinstance(first, str):
        raise ValueError(
            f"X holds texts (sample 0 is {str(first)!r}). Turn them into token ids "
            "with skgru.preprocessing.TextSequencer."
        )
    if not isinstance(X, list | tuple) or not isinstance(first, list | tuple):
        return
    for i, item in enumerate(X):
        if isinstance(item, list | tuple) and len(item) != len(X[0]):
            raise ValueError(
                "Sequences of different lengths must each have shape (timesteps, "
                f"features): sample 0 of X has {len(X[0])} values and sample {i} has "
                f"{len(item)}. Use np.reshape(sequence, (-1, 1)) for univariate ones."
            )


def _from_list(X, dtype, allow_nan):
    items = [_one_sequence(i, item, dtype) for i, item in enumerate(X)]
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
    """Refuse DataFrames whose columns are not those of the first, in its order."""
    first = list(getattr(named(X), "columns", []))
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


def named(X):
    """Return what holds the names of the features of a list of sequences."""
    return next(iter(X))


def _one_sequence(i, item, dtype):
    item = np.asarray(item)
    if np.iscomplexobj(item):
        raise ValueError(f"Complex data not supported: sample {i} of X is complex.")
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
    # A sum is NaN or infinite as soon as one value is: one pass without a temporary.
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


def _tokens(X, vocabulary_size):
    if isinstance(X, list | tuple) or (getattr(X, "dtype", None) == np.dtype(object)):
        items = [_token_ids(item, f"sample {i} of X") for i, item in enumerate(X)]
        if not items:
            raise ValueError(
                "Found array with 0 sample(s) while a minimum of 1 is required."
            )
        for i, item in enumerate(items):
            if item.ndim != 1:
                raise ValueError(
                    "Each sequence of token ids must be 1-D; sample "
                    f"{i} of X has shape {item.shape}."
                )
        width = max(len(item) for item in items)
        block = np.zeros((len(items), width), dtype=np.int64)
        for row, item in zip(block, items, strict=True):
            row[: len(item)] = item
    else:
        block = _token_ids(check_array(X, dtype=None, allow_nd=True), "X")
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
            f"{sample}, position {step} of X is {block[sample, step]}. Raise "
            "vocabulary_size to the largest id + 1."
        )
    present = block != 0
    if not present.any(axis=1).all():
        raise ValueError(
            f"Sample {present.any(axis=1).argmin()} of X has 0 time steps: it holds no "
            "token id other than 0, which marks padding."
        )
    lengths = block.shape[1] - present[:, ::-1].argmax(axis=1)
    return Sequences(block.astype(np.int32), lengths.astype(np.int32), "tokens")


def _token_ids(values, name):
    values = np.asarray(values)
    if values.dtype.kind in "iub":
        return values.astype(np.int64)
    try:
        as_float = values.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"With vocabulary_size set, X must hold integer token ids; {name}: {error}"
        ) from None
    if not (np.isfinite(as_float).all() and (as_float == np.floor(as_float)).all()):
        raise ValueError(
            "With vocabulary_size set, X must hold integer token ids, but "
            f"{name} holds NaN, infinity or fractions (dtype {values.dtype})."
        )
    return as_float.astype(np.int64)
