"""The augmenter that applies another augmenter to a random part of the sequences."""

from numbers import Real

import numpy as np

from .._sklearn import Interval
from ._base import Augmenter, copied, with_sections_of


class RandomApply(Augmenter):
    """Apply an augmenter to each sequence with a probability.

    The other sequences, with their targets and weights, stay as they are. Where a
    :class:`Mixup` is applied, partners are among the sequences it is applied to.

    Parameters
    ----------
    augmenter : Augmenter
        What is applied.
    p : float, default=0.5
        Probability that it is applied to a sequence.

    See Also
    --------
    Compose : Applies several augmenters, one after the other.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import RandomApply, Scaling
    >>> X = np.ones((1000, 3))
    >>> augmented = RandomApply(Scaling(), p=0.3)(X, random_state=0)
    >>> changed = (augmented != X).any(axis=1)
    >>> print(f"{changed.mean():.2f}")
    0.28
    """

    _parameter_constraints = {
        "augmenter": [Augmenter],
        "p": [Interval(Real, 0, 1, closed="both")],
    }

    def __init__(self, augmenter, p=0.5):
        self.augmenter = augmenter
        self.p = p

    @property
    def kind(self):
        """What the augmenter augments: "series" or "tokens"."""
        return getattr(self.augmenter, "kind", "series")

    @property
    def changes_lengths(self):
        """Whether some sequences become shorter or longer than others."""
        return self.augmenter.changes_lengths

    @property
    def mixes_targets(self):
        """Whether the augmenter mixes targets."""
        return self.augmenter.mixes_targets

    @with_sections_of(Augmenter.check)
    def check(self, kind, vocabulary_size=None):
        """Raise if a parameter is invalid or X is of the other kind."""
        self._validate_params()
        self.augmenter.check(kind, vocabulary_size)

    @with_sections_of(Augmenter.expanded_timesteps)
    def expanded_timesteps(self, n_timesteps):
        """Return how many steps the block needs, as the augmenter says."""
        return self.augmenter.expanded_timesteps(n_timesteps)

    @with_sections_of(Augmenter.augment)
    def augment(self, X, lengths, y, sample_weight, rng):
        """Return sequences of which some are augmented."""
        chosen = np.flatnonzero(rng.random(len(X)) < self.p)
        arrays = tuple(map(copied, (X, lengths, y, sample_weight)))
        if len(chosen):
            part = [None if array is None else array[chosen] for array in arrays]
            new_part = self.augmenter.augment(*part, rng)
            for array, new in zip(arrays, new_part, strict=True):
                if array is not None:
                    array[chosen] = new
        return arrays
