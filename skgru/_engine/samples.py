"""Sequences in a padded array, and samples: sequences with targets and weights."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sequences:
    """Sequences of equal or different lengths, as rows of one padded array (the block).

    The block may be a memory-mapped file larger than memory, so a subset of the
    sequences refers to rows of the same block by their indices.

    Parameters
    ----------
    block : ndarray of shape (n_rows, timesteps, features), or (n_rows, timesteps)
        float values, or integer token ids without a feature axis. Steps after the end
        of a sequence are 0.
    lengths : ndarray of shape (n_samples,), dtype int32
        Number of steps of each sequence.
    form : {"univariate", "multivariate", "list", "tokens"}
        The form of X: a 2-D array, a 3-D array, a list of arrays, or token ids.
    rows : ndarray of shape (n_samples,) or None, default=None
        Index of each sequence's row in the block; None means all rows in order.
    """

    block: np.ndarray
    lengths: np.ndarray
    form: str
    rows: np.ndarray | None = None

    def __len__(self):
        return len(self.lengths)

    @property
    def n_timesteps(self):
        """Number of steps of the longest sequence."""
        return self.block.shape[1]

    @property
    def n_features(self):
        """Number of values per step; 1 for token ids and univariate series."""
        return self.block.shape[2] if self.block.ndim == 3 else 1

    @property
    def is_padded(self):
        """Whether some sequence is shorter than the block, or holds padding ids."""
        if self.form == "tokens":
            return True
        return bool(len(self) and self.lengths.min() < self.n_timesteps)

    def take(self, indices):
        """Return the sequences at ``indices``, in that order, without copying them."""
        rows = self.rows_of(np.asarray(indices))
        return Sequences(self.block, self.lengths[indices], self.form, rows)

    def rows_of(self, indices):
        """Return the block's row indices of the sequences at ``indices``."""
        return indices if self.rows is None else self.rows[indices]

    def pieces(self):
        """Yield the values of the sequences, at most `SAMPLES_AT_ONCE` at a time.

        Yields
        ------
        piece : slice
            The positions of the sequences.
        values : ndarray of shape (n_in_piece, timesteps, features)
        """
        for start in range(0, len(self), SAMPLES_AT_ONCE):
            piece = slice(start, min(start + SAMPLES_AT_ONCE, len(self)))
            rows = piece if self.rows is None else self.rows[piece]
            yield piece, self.block[rows]


# Samples per piece: few enough to stay in the processor's cache.
SAMPLES_AT_ONCE = 256


def step_moments(sequences):
    """Return the mean and the variance of each feature over all steps.

    A feature that never changes gets a variance of 1.

    Parameters
    ----------
    sequences : Sequences
        Sequences of real values.

    Returns
    -------
    mean, variance : ndarray of shape (n_features,), dtype float64
    """
    n_steps = int(sequences.lengths.sum(dtype=np.int64))
    # Steps after the end are 0, so they add nothing to the sum.
    total = sum(x.sum(axis=(0, 1)) for x, _ in _pieces(sequences))
    mean = total / n_steps
    squares = sum(
        np.einsum("nti,nti,nt->i", x - mean, x - mean, inside)
        for x, inside in _pieces(sequences)
    )
    variance = squares / n_steps
    return mean, np.where(_is_constant(mean, variance), 1.0, variance)


def steps_of(sequences):
    """Return the steps of all sequences, one after the other.

    Parameters
    ----------
    sequences : Sequences
        Sequences of real values.

    Returns
    -------
    steps : ndarray of shape (n_steps, n_features), dtype float64
    """
    return np.concatenate([x[inside > 0] for x, inside in _pieces(sequences)])


def variances_of_sequences(sequences):
    """Return the variance of each feature within each sequence.

    Where a feature never changes, it is 0.

    Parameters
    ----------
    sequences : Sequences
        Sequences of real values.

    Returns
    -------
    variances : ndarray of shape (n_samples, n_features), dtype float64
    """
    variances = []
    for x, inside in _pieces(sequences):
        n_steps = inside.sum(axis=1)[:, np.newaxis]
        mean = x.sum(axis=1) / n_steps
        centered = x - mean[:, np.newaxis]
        variance = np.einsum("nti,nti,nt->ni", centered, centered, inside) / n_steps
        variances.append(np.where(_is_constant(mean, variance), 0.0, variance))
    return np.concatenate(variances)


def _is_constant(mean, variance):
    # A constant feature may have a tiny variance through rounding: the significand of a
    # float32 has 24 bits.
    return variance <= (2.0**-22 * mean) ** 2


def _pieces(sequences):
    """Yield pieces of the block, and 1 for each real step and 0 for padding."""
    steps = np.arange(sequences.n_timesteps)
    for piece, values in sequences.pieces():
        inside = steps < sequences.lengths[piece, np.newaxis]
        yield values.astype(np.float64), inside.astype(np.float64)


@dataclass(frozen=True)
class Samples:
    """Sequences with their encoded targets and weights.

    Parameters
    ----------
    sequences : Sequences
    y : ndarray of shape (n_samples, n_outputs), dtype float32
    sample_weight : ndarray of shape (n_samples,), dtype float32
    """

    sequences: Sequences
    y: np.ndarray
    sample_weight: np.ndarray

    def __len__(self):
        return len(self.sequences)

    def take(self, indices):
        """Return the samples at ``indices``, in that order."""
        return Samples(
            self.sequences.take(indices), self.y[indices], self.sample_weight[indices]
        )
