"""Sequences in one padded block, and samples: sequences with targets and weights."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Sequences:
    """Sequences of one or several lengths in one block.

    Parameters
    ----------
    block : ndarray of shape (n_samples, timesteps, features), or (n_samples, timesteps)
        float values, or integer token ids without a feature axis. Steps after the end
        of a sequence are 0.
    lengths : ndarray of shape (n_samples,), dtype int32
        Number of steps of each sequence.
    form : {"univariate", "multivariate", "list", "tokens"}
        What X was: a 2-D array, a 3-D array, a list of arrays, or token ids.
    """

    block: np.ndarray
    lengths: np.ndarray
    form: str

    def __len__(self):
        return len(self.block)

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
        """Return the sequences at ``indices``, in that order."""
        return Sequences(self.block[indices], self.lengths[indices], self.form)


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
