"""Sequences in one padded block, and samples: sequences with targets and weights."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sequences:
    """Sequences of one or several lengths, which are rows of one block.

    The block may be a file that is larger than memory, so a part of the sequences holds
    the numbers of its rows, not the rows.

    Parameters
    ----------
    block : ndarray of shape (n_rows, timesteps, features), or (n_rows, timesteps)
        float values, or integer token ids without a feature axis. Steps after the end
        of a sequence are 0.
    lengths : ndarray of shape (n_samples,), dtype int32
        Number of steps of each sequence.
    form : {"univariate", "multivariate", "list", "tokens"}
        What X was: a 2-D array, a 3-D array, a list of arrays, or token ids.
    rows : ndarray of shape (n_samples,) or None, default=None
        The row that each sequence is; None: all rows, in their order.
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
        """Values a step holds; 1 for token ids and univariate series."""
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
        """Return the rows of the block that the sequences at ``indices`` are."""
        return indices if self.rows is None else self.rows[indices]

    def pieces(self):
        """Yield the values of all sequences, of `SAMPLES_AT_ONCE` at a time.

        Yields
        ------
        piece : slice
            Which sequences.
        values : ndarray of shape (n_in_piece, timesteps, features)
        """
        for start in range(0, len(self), SAMPLES_AT_ONCE):
            piece = slice(start, min(start + SAMPLES_AT_ONCE, len(self)))
            rows = piece if self.rows is None else self.rows[piece]
            yield piece, self.block[rows]


# Samples that are looked at together: few enough to stay in the processor's cache.
SAMPLES_AT_ONCE = 256


def step_moments(sequences):
    """Return the mean and the variance of each feature over all steps.

    A feature that never changes gets a variance of 1.

    Parameters
    ----------
    sequences : Sequences
        Of real values.

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
    # What rounding makes of a constant: a float32 has 24 bits.
    constant = variance <= (2.0**-22 * mean) ** 2
    return mean, np.where(constant, 1.0, variance)


def _pieces(sequences):
    """Yield pieces of the block as float64, and which of their steps are real."""
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
