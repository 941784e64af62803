"""Change the number of time steps of sequences."""

from numbers import Integral

import numpy as np

from .._sklearn import Interval, StrOptions
from ._sequence_transformer import SequenceTransformer


class SequenceResampler(SequenceTransformer):
    """Stretch or shrink every sequence to the same number of time steps.

    The new steps lie at equal distances from the first step of a sequence to its last;
    their values are interpolated linearly. A sequence that already has ``length`` steps
    is unchanged; a single step is repeated.

    Parameters
    ----------
    length : int
        Number of steps of the result, at least 2.

    Attributes
    ----------
    n_features_in_ : int
        Number of features of a step; number of columns of 2-D X.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if X was a DataFrame.

    See Also
    --------
    SequenceTruncator : Cuts sequences without changing the distance between steps.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.preprocessing import SequenceResampler
    >>> X = [np.array([[0.0], [4.0]]), np.array([[0.0], [1.0], [2.0], [0.0]])]
    >>> [s.ravel().tolist() for s in SequenceResampler(3).fit_transform(X)]
    [[0.0, 2.0, 4.0], [0.0, 1.5, 0.0]]
    """

    _parameter_constraints = {"length": [Interval(Integral, 2, None, closed="left")]}

    def __init__(self, length):
        self.length = length

    def _transform(self, sequences):
        # New step k is at time k (L - 1) / (length - 1) of a sequence of L steps.
        # Quotient and remainder are integers, so rounding cannot miss an exact step.
        step = np.arange(self.length, dtype=np.int64)
        last = sequences.lengths.astype(np.int64)[:, np.newaxis] - 1
        before, remainder = np.divmod(step * last, self.length - 1)
        after = np.minimum(before + 1, last)
        weight = (remainder / (self.length - 1))[:, :, np.newaxis]
        block = sequences.block
        low = np.take_along_axis(block, before[:, :, np.newaxis], axis=1)
        high = np.take_along_axis(block, after[:, :, np.newaxis], axis=1)
        out = (low + weight * (high - low)).astype(block.dtype)
        return out, np.full(len(sequences), self.length, dtype=np.int32)

    def _columns_out(self, names):
        prefix = type(self).__name__.lower()
        return np.array([f"{prefix}{i}" for i in range(self.length)], dtype=object)


class SequenceTruncator(SequenceTransformer):
    """Cut sequences to at most ``max_length`` time steps.

    Shorter sequences are unchanged, and padding does not count. The token ids that
    :class:`TextSequencer` returns can be cut as well.

    Parameters
    ----------
    max_length : int
        Largest number of steps of a sequence, at least 1.
    keep : {"end", "start"}, default="end"
        Which steps of a longer sequence remain.

    Attributes
    ----------
    n_features_in_ : int
        Number of features of a step; number of columns of 2-D X.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if X was a DataFrame.

    See Also
    --------
    SequenceResampler : Changes the length without losing the start or the end.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.preprocessing import SequenceTruncator
    >>> X = [np.array([[1], [2], [3]]), np.array([[4]])]
    >>> [s.ravel().tolist() for s in SequenceTruncator(2).fit_transform(X)]
    [[2.0, 3.0], [4.0]]
    """

    _allow_tokens = True
    _parameter_constraints = {
        "max_length": [Interval(Integral, 1, None, closed="left")],
        "keep": [StrOptions({"end", "start"})],
    }

    def __init__(self, max_length, *, keep="end"):
        self.max_length = max_length
        self.keep = keep

    def _transform(self, sequences):
        block, lengths = sequences.block, sequences.lengths
        kept = np.minimum(lengths, self.max_length).astype(np.int32)
        if self.keep == "start":
            return block[:, : self.max_length].copy(), kept
        width = min(sequences.n_timesteps, self.max_length)
        # Shorter sequences are kept from their first step; padding follows their end.
        step = (lengths - kept)[:, np.newaxis] + np.arange(width)
        step = step.reshape(step.shape + (1,) * (block.ndim - 2))
        return np.take_along_axis(block, step, axis=1), kept

    def _columns_out(self, names):
        if self.keep == "start":
            return names[: self.max_length]
        return names[-self.max_length :]
