"""Augmenters that change the times of a series and keep its values."""

from numbers import Integral, Real

import numpy as np

from .._sklearn import Interval, StrOptions
from ._base import Augmenter
from ._curves import smooth_curves
from ._steps import at_times, real_steps, steps_of

# Lowest speed of warped time: it never stops or runs backwards.
_SLOWEST = 0.1


class TimeWarp(Augmenter):
    r"""Let time run smoothly faster and slower; a sequence keeps its length.

    .. math:: x'_t = x(\tau_t), \qquad
              \tau_t = (L - 1) \frac{\sum_{s=1}^{t} v_s}{\sum_{s=1}^{L-1} v_s}

    where :math:`L` is the length of the sequence, :math:`t` counts from 0, and the
    speed :math:`v` is the cubic spline through ``n_knots + 2`` values drawn from
    :math:`\mathcal{N}(1, \text{scale}^2)`, at equal distances from the first step to
    the last. Speeds under 0.1 are raised to 0.1. Between steps, :math:`x` is
    interpolated linearly. All channels share the warp.

    Parameters
    ----------
    scale : float, default=0.2
        Standard deviation of the speed at the knots, where 1 is the speed of the
        original.
    n_knots : int, default=4
        Number of knots between the first step and the last. More let the speed change
        faster.

    See Also
    --------
    TimeShift : Moves all steps by as much.
    MagnitudeWarp : Warps values, not times.

    References
    ----------
    Um et al. (2017), "Data augmentation of wearable sensor data for Parkinson's
    disease monitoring using convolutional neural networks", ICMI. Defaults: Iwana and
    Uchida (2021), PLOS ONE 16(7).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import TimeWarp
    >>> TimeWarp(scale=0.5)(np.arange(6.0)[np.newaxis], random_state=0).round(1)
    array([[0. , 0.9, 2.2, 3.2, 3.9, 5. ]])
    """

    kind = "series"
    _parameter_constraints = {
        "scale": [Interval(Real, 0, None, closed="left")],
        "n_knots": [Interval(Integral, 0, None, closed="left")],
    }

    def __init__(self, scale=0.2, n_knots=4):
        self.scale = scale
        self.n_knots = n_knots

    def _augment_sequences(self, X, lengths, rng):
        n_samples, n_timesteps, _ = X.shape
        knots = self.scale * rng.standard_normal((n_samples, self.n_knots + 2, 1))
        speed = 1 + smooth_curves(knots, lengths, n_timesteps)[:, :, 0]
        np.maximum(speed, _SLOWEST, out=speed)
        speed[:, 0] = 0
        speed[~real_steps(lengths, n_timesteps)] = 0
        time = np.cumsum(speed, axis=1)
        last = lengths - 1
        # A sequence of one step has no speed: it stays at time 0.
        time *= (last / np.where(last > 0, time[:, -1], 1))[:, np.newaxis]
        return at_times(X, lengths, time), lengths.copy()


class TimeShift(Augmenter):
    r"""Move a sequence along the time axis; it keeps its length.

    .. math:: x'_t = x_{t - s}, \qquad s \sim \mathcal{U}\{-m, \dots, m\}

    Parameters
    ----------
    max_shift : float or int, default=0.1
        The largest shift :math:`m`, either way: a float in [0, 1] is a fraction of the
        length of the sequence, rounded up; an int is a number of steps (at most the
        length less one).
    fill : {"edge", "wrap"} or float, default="edge"
        What enters where the sequence has moved away: its first or last step repeated,
        the steps that left at the other end, or a number.

    See Also
    --------
    WindowSlice : Takes a part of the sequence, from a random place.
    TimeWarp : Lets time run faster and slower.

    References
    ----------
    Sakai, Minoda and Morikawa (2017), "Data augmentation methods for
    machine-learning-based classification of bio-signals", BMEiCON.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import TimeShift
    >>> X = np.array([[1.0, 2.0, 3.0, 4.0]])
    >>> TimeShift(max_shift=2)(X, random_state=0)
    array([[1., 1., 1., 2.]])
    >>> TimeShift(max_shift=2, fill="wrap")(X, random_state=0)
    array([[3., 4., 1., 2.]])
    """

    kind = "series"
    _parameter_constraints = {
        "max_shift": [
            Interval(Integral, 0, None, closed="left"),
            Interval(Real, 0, 1, closed="both"),
        ],
        "fill": [
            StrOptions({"edge", "wrap"}),
            Interval(Real, None, None, closed="neither"),
        ],
    }

    def __init__(self, max_shift=0.1, fill="edge"):
        self.max_shift = max_shift
        self.fill = fill

    def _augment_sequences(self, X, lengths, rng):
        largest = np.minimum(steps_of(self.max_shift, lengths), lengths - 1)
        shift = rng.integers(-largest, largest + 1)[:, np.newaxis]
        last = lengths[:, np.newaxis] - 1
        source = np.arange(X.shape[1]) - shift
        if self.fill == "wrap":
            return at_times(X, lengths, source % (last + 1)), lengths.copy()
        shifted = at_times(X, lengths, np.clip(source, 0, last))
        if self.fill != "edge":
            # Positions after the end of a sequence are padding.
            vacated = (source < 0) | (source > last)
            shifted[vacated & real_steps(lengths, X.shape[1])] = self.fill
        return shifted, lengths.copy()


class WindowSlice(Augmenter):
    r"""Let a window of a sequence, at a random place, stand for all of it.

    .. math:: x'_t = x_{s + t}, \qquad t = 0, \dots, w - 1, \qquad
              s \sim \mathcal{U}\{0, \dots, L - w\}

    where :math:`L` is the length of the sequence and :math:`w` is ``ratio`` of it,
    rounded, at least 1. With ``resize`` the window is then stretched to length
    :math:`L` by linear interpolation.

    Parameters
    ----------
    ratio : float, default=0.9
        Length of the window as a fraction of the length of the sequence.
    resize : bool, default=True
        Stretch the window to the length the sequence had. If False, the sequence
        becomes shorter and keeps its sampling rate.

    See Also
    --------
    TimeShift : Moves the sequence and keeps its speed.
    TimeMask : Blanks a part and keeps the rest.

    References
    ----------
    Le Guennec, Malinowski and Tavenard (2016), "Data augmentation for time series
    classification using convolutional neural networks", AALTD workshop (without
    resizing). With resizing: Iwana and Uchida (2021), PLOS ONE 16(7).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import WindowSlice
    >>> X = np.arange(5.0).reshape(1, 5, 1)
    >>> WindowSlice(ratio=0.6)(X, random_state=0).ravel()
    array([2. , 2.5, 3. , 3.5, 4. ])
    >>> WindowSlice(ratio=0.6, resize=False)(X, random_state=0).ravel()
    array([ 2.,  3.,  4., nan, nan])
    """

    kind = "series"
    _parameter_constraints = {
        "ratio": [Interval(Real, 0, 1, closed="right")],
        "resize": ["boolean"],
    }

    def __init__(self, ratio=0.9, resize=True):
        self.ratio = ratio
        self.resize = resize

    @property
    def changes_lengths(self):
        """Whether sequences become shorter: where the window is not resized."""
        return not self.resize

    def _augment_sequences(self, X, lengths, rng):
        width = np.maximum(np.rint(self.ratio * lengths), 1).astype(lengths.dtype)
        start = rng.integers(0, lengths - width + 1)[:, np.newaxis]
        steps = np.arange(X.shape[1])
        if not self.resize:
            inside = np.minimum(steps, width[:, np.newaxis] - 1)
            return at_times(X, width, start + inside), width
        stretch = (width - 1) / np.maximum(lengths - 1, 1)
        time = start + steps * stretch[:, np.newaxis]
        return at_times(X, lengths, time), lengths.copy()
