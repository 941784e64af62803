"""Token ids that know the size of their vocabulary."""

import numpy as np


class TokenArray(np.ndarray):
    """An int32 array of token ids with the size of the vocabulary they come from.

    It is an ordinary NumPy array, and 0 is padding. Slices, copies, reshaped and
    pickled arrays, those sent to other processes, and concatenations of arrays of one
    vocabulary keep ``vocabulary_size``; results of arithmetic and comparisons, which
    hold no tokens, are plain arrays. :func:`numpy.asarray` returns the plain ids.

    Parameters
    ----------
    ids : array-like of int
        Token ids in ``[0, vocabulary_size)``.
    vocabulary_size : int
        Number of different ids, those of padding and of unknown tokens included.

    Attributes
    ----------
    vocabulary_size : int or None
        As given; None in an array made without it, such as a concatenation of token
        ids of different vocabularies.

    Examples
    --------
    >>> from skgru.preprocessing import TokenArray
    >>> X = TokenArray([[2, 3, 0], [4, 0, 0]], vocabulary_size=5)
    >>> X[1:].vocabulary_size
    5
    """

    def __new__(cls, ids, vocabulary_size=None):
        """Return a view of ``ids``, or a copy if they are not int32."""
        tokens = np.asarray(ids, dtype=np.int32).view(cls)
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
        result = super().__array_function__(function, types, args, kwargs)
        if function is np.concatenate:
            sizes = {getattr(array, "vocabulary_size", None) for array in args[0]}
            if len(sizes) == 1 and sizes != {None}:
                return TokenArray(result, sizes.pop())
            return np.asarray(result)
        return result

    def __reduce__(self):
        """Pickle as a plain array and the size.

        The plain array is pickled for itself, so that joblib can memory-map it between
        processes instead of copying it.
        """
        return type(self), (np.asarray(self), self.vocabulary_size)
