"""An array of token ids with the size of their vocabulary."""

import numpy as np

from .._containers import numbers
from .._naming import naming
from .._token_ids import ONE_SOURCE, TOKEN_COLUMN, VOCABULARY_SIZE


class TokenArray(np.ndarray):
    """An int32 array of token ids with the size of the vocabulary they come from.

    It is an ordinary NumPy array, and 0 is padding. Slices, copies, reshaped and
    pickled arrays, those sent to other processes, and concatenations of arrays of one
    vocabulary keep ``vocabulary_size``; results of arithmetic and comparisons, which
    hold no tokens, are plain arrays. :func:`numpy.asarray` returns the plain ids.
    Putting other columns beside the ids, as ``ColumnTransformer`` and ``FeatureUnion``
    do, raises a TypeError, because no estimator could read the result.

    Functions that treat any array as numbers cannot be prevented: a scaler returns
    scaled ids. The estimator warns if it detects that.

    Parameters
    ----------
    ids : array-like of int
        Token ids in ``[0, vocabulary_size)``.
    vocabulary_size : int or None, default=None
        Number of different ids, those of padding and of unknown tokens included. None
        if it is not known.

    Attributes
    ----------
    vocabulary_size : int or None
        As given; None in an array made without it, such as a concatenation of token
        ids of different vocabularies.

    Raises
    ------
    TypeError
        ``ids`` hold no numbers.
    ValueError
        An id is missing, no whole number, or does not fit into int32; its place is
        named.

    See Also
    --------
    TextSequencer : Makes one from texts.

    Examples
    --------
    >>> from skgru.preprocessing import TokenArray
    >>> X = TokenArray([[2, 3, 0], [4, 0, 0]], vocabulary_size=5)
    >>> X[1:].vocabulary_size
    5
    """

    def __new__(cls, ids, vocabulary_size=None):
        """Return a view of ``ids``, or a copy if they are not int32."""
        tokens = _as_int32(ids).view(cls)
        tokens.vocabulary_size = vocabulary_size
        return tokens

    def __array_finalize__(self, obj):
        """Take over the vocabulary size of the array this one is made from."""
        self.vocabulary_size = getattr(obj, "vocabulary_size", None)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        """Return the result of a universal function as a plain array."""
        plain = np.asarray(array)
        return plain[()] if return_scalar or plain.ndim == 0 else plain

    def __array_function__(self, function, types, args, kwargs):
        """Keep the vocabulary size in concatenations, which drop it otherwise."""
        if function is np.concatenate:
            _check_concatenation(*args, **kwargs)
        result = super().__array_function__(function, types, args, kwargs)
        if function is np.concatenate:
            sizes = {getattr(array, "vocabulary_size", None) for array in args[0]}
            if len(sizes) == 1 and sizes != {None}:
                return TokenArray(result, sizes.pop())
            return np.asarray(result)
        return result

    def __reduce__(self):
        """Pickle as a plain array and the size.

        The plain array is pickled separately, so that joblib can memory-map it instead
        of copying it between processes.
        """
        return type(self), (np.asarray(self), self.vocabulary_size)


def _as_int32(ids):
    """Return ids as int32; raise where a conversion would change them."""
    with naming("ids"):
        ids = numbers(ids)  # NaN where a value is missing
    if ids.dtype == np.int32:
        return ids
    if ids.dtype.kind not in "iuf":
        raise TypeError(
            f"ids must hold integers, the ids of tokens. Got dtype {ids.dtype} instead."
        )
    values, limits = ids, np.iinfo(np.int32)
    if ids.dtype.kind == "f":
        with np.errstate(over="ignore"):  # long doubles may become infinite
            values = ids.astype(np.float64)
    kept = (
        (values >= limits.min) & (values <= limits.max) & (np.trunc(values) == values)
    )
    if not kept.all():
        place = np.argwhere(~kept)[0].tolist()
        raise ValueError(
            f"ids must hold integers that fit into int32: ids{place} is "
            f"{ids[tuple(place)]}."
        )
    return ids.astype(np.int32)


def _check_concatenation(arrays, axis=0, *_, **__):
    """Raise if other columns would be placed next to token ids."""
    n_axes = np.ndim(arrays[0])
    if axis is None or len(arrays) < 2 or axis % max(n_axes, 1) == 0:
        return
    raise TypeError(
        f"Token ids cannot be combined with other columns (joined along axis {axis}). "
        f"{ONE_SOURCE} numpy.asarray(X) gives plain numbers."
    )


def token_frame(tokens, texts):
    """Return token ids as a DataFrame that carries the size of their vocabulary.

    Parameters
    ----------
    tokens : TokenArray of shape (n_samples, timesteps)
        The ids.
    texts : iterable of str
        Where they come from; the index of a Series is kept.

    Returns
    -------
    frame : pandas.DataFrame
    """
    import pandas as pd

    index = texts.index if isinstance(texts, pd.Series) else None
    columns = [TOKEN_COLUMN.format(i) for i in range(tokens.shape[1])]
    frame = pd.DataFrame(np.asarray(tokens), index=index, columns=columns)
    frame.attrs[VOCABULARY_SIZE] = tokens.vocabulary_size
    return frame
