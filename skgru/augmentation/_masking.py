"""Augmenters that overwrite a part of a series with a constant."""

from numbers import Integral, Real

import numpy as np

from .._sklearn import Interval, StrOptions
from ._base import Augmenter
from ._steps import real_steps, steps_of

_FILL = [StrOptions({"mean"}), Interval(Real, None, None, closed="neither")]


class TimeMask(Augmenter):
    r"""Blank blocks of consecutive steps, in all channels.

    Each of ``n_masks`` blocks covers :math:`w` steps from step :math:`s` on:

    .. math:: w \sim \mathcal{U}\{0, \dots, m\}, \qquad
              s \sim \mathcal{U}\{0, \dots, L - w\}

    where :math:`L` is the length of the sequence and :math:`m` is ``max_width``.

    Parameters
    ----------
    max_width : float or int, default=0.1
        The widest block: a float in [0, 1] is a fraction of the length of the
        sequence, rounded up; an int is a number of steps (at most the length).
    n_masks : int, default=1
        Number of blocks in each sequence. They may overlap.
    fill : float or "mean", default=0.0
        What the blanked steps hold: a number in the units of X, or the mean of each
        channel over the sequence. 0 is the mean of standardised data.

    See Also
    --------
    ChannelDropout : Blanks channels, at all steps.
    WindowSlice : Keeps one part of the sequence.

    References
    ----------
    Park et al. (2019), "SpecAugment: A simple data augmentation method for automatic
    speech recognition", Interspeech (time masking).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import TimeMask
    >>> TimeMask(max_width=3)(np.ones((3, 6)), random_state=0)
    array([[1., 0., 0., 0., 1., 1.],
           [1., 0., 0., 1., 1., 1.],
           [0., 0., 1., 1., 1., 1.]])
    """

    kind = "series"
    _parameter_constraints = {
        "max_width": [
            Interval(Integral, 0, None, closed="left"),
            Interval(Real, 0, 1, closed="both"),
        ],
        "n_masks": [Interval(Integral, 1, None, closed="left")],
        "fill": _FILL,
    }

    def __init__(self, max_width=0.1, n_masks=1, fill=0.0):
        self.max_width = max_width
        self.n_masks = n_masks
        self.fill = fill

    def _augment_sequences(self, X, lengths, rng):
        steps = np.arange(X.shape[1])
        blank = np.zeros(X.shape[:2], dtype=bool)
        for _ in range(self.n_masks):
            width = rng.integers(0, steps_of(self.max_width, lengths) + 1)
            start = rng.integers(0, lengths - width + 1)[:, np.newaxis]
            blank |= (steps >= start) & (steps < start + width[:, np.newaxis])
        fill = _fill(self.fill, X, lengths)
        return np.where(blank[:, :, np.newaxis], fill, X), lengths.copy()


class ChannelDropout(Augmenter):
    """Blank whole channels, as if a sensor had failed.

    Each channel of each sequence is blanked with probability ``p``, independently. If
    all channels of a sequence were, one of them, drawn at random, is kept. Series of
    one channel therefore never change. The other channels are not rescaled.

    Parameters
    ----------
    p : float, default=0.1
        Probability that a channel is blanked.
    fill : float or "mean", default=0.0
        What the blanked channels hold: a number in the units of X, or the mean of the
        channel over the sequence. 0 is the mean of standardised data.

    See Also
    --------
    TimeMask : Blanks steps, in all channels.
    skgru.GRUClassifier : Its ``dropout`` acts after the layers.

    References
    ----------
    Tompson et al. (2015), "Efficient object localization using convolutional
    networks", CVPR (dropout of whole channels). Park et al. (2019), "SpecAugment",
    Interspeech (frequency masking).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import ChannelDropout
    >>> ChannelDropout(p=0.5)(np.ones((2, 1, 4)), random_state=0)
    array([[[1., 0., 0., 0.]],
    <BLANKLINE>
           [[1., 1., 1., 1.]]])
    """

    kind = "series"
    _parameter_constraints = {
        "p": [Interval(Real, 0, 1, closed="both")],
        "fill": _FILL,
    }

    def __init__(self, p=0.1, fill=0.0):
        self.p = p
        self.fill = fill

    def _augment_sequences(self, X, lengths, rng):
        n_samples, n_timesteps, n_features = X.shape
        keep = rng.random((n_samples, n_features)) >= self.p
        silent = np.flatnonzero(~keep.any(axis=1))
        keep[silent, rng.integers(0, n_features, size=len(silent))] = True
        fill = _fill(self.fill, X, lengths)
        new = np.where(keep[:, np.newaxis], X, fill)
        if self.fill != 0:
            new[~real_steps(lengths, n_timesteps)] = 0
        return new, lengths.copy()


def _fill(fill, X, lengths):
    """Return the fill values; sums may include padding, which is zero."""
    if fill == "mean":
        mean = X.sum(axis=1, dtype=np.float64) / lengths[:, np.newaxis]
        return mean[:, np.newaxis].astype(X.dtype)
    return X.dtype.type(fill)
