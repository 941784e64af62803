"""Augmenters that change the values of a series and keep their times."""

from numbers import Integral, Real

import numpy as np

from .._sklearn import Interval
from ._base import Augmenter
from ._curves import smooth_curves
from ._steps import real_steps


class Jitter(Augmenter):
    r"""Add noise to every value of a series.

    .. math:: x'_{tf} = x_{tf} + \epsilon_{tf},
              \qquad \epsilon_{tf} \sim \mathcal{N}(0, \text{scale}^2)

    Parameters
    ----------
    scale : float, default=0.03
        Standard deviation of the noise, in the units of X. The default suits channels
        of unit variance (:class:`skgru.preprocessing.SequenceScaler`).

    See Also
    --------
    Scaling : Multiplies whole channels.
    MagnitudeWarp : Multiplies by a factor that drifts.

    References
    ----------
    Um et al. (2017), "Data augmentation of wearable sensor data for Parkinson's
    disease monitoring using convolutional neural networks", ICMI. Default scale:
    Iwana and Uchida (2021), "An empirical survey of data augmentation for time series
    classification with neural networks", PLOS ONE 16(7).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import Jitter
    >>> noise = Jitter(scale=0.5)(np.zeros((100, 100)), random_state=0)
    >>> print(f"{noise.std():.2f}")
    0.50
    """

    kind = "series"
    _parameter_constraints = {"scale": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, scale=0.03):
        self.scale = scale

    def _augment_sequences(self, X, lengths, rng):
        # Drawing noise only for real steps saves half of the cost on padded data, and
        # makes the noise independent of the padding.
        steps = np.flatnonzero(real_steps(lengths, X.shape[1]))
        noise = rng.standard_normal((len(steps), X.shape[2]), dtype=X.dtype)
        noise *= X.dtype.type(self.scale)
        if len(noise) == len(X) * X.shape[1]:  # no padding: nothing to pick out
            noise = noise.reshape(X.shape)
            noise += X
            return noise, lengths.copy()
        X = X.copy()
        rows = X.reshape(-1, X.shape[2])
        rows[steps] = rows.take(steps, axis=0) + noise
        return X, lengths.copy()


class Scaling(Augmenter):
    r"""Multiply each channel of each sequence by a random factor.

    .. math:: x'_{tf} = a_f x_{tf}, \qquad a_f \sim \mathcal{N}(1, \text{scale}^2)

    Parameters
    ----------
    scale : float, default=0.1
        Standard deviation of the factors; they have no unit.

    See Also
    --------
    MagnitudeWarp : The factor drifts along the sequence.
    Jitter : Adds noise to every value.

    References
    ----------
    Um et al. (2017), "Data augmentation of wearable sensor data for Parkinson's
    disease monitoring using convolutional neural networks", ICMI.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import Scaling
    >>> X = np.array([[1.0, 2.0, 4.0]])
    >>> augmented = Scaling(scale=0.1)(X, random_state=0)
    >>> (augmented / X).round(3)
    array([[1.013, 1.013, 1.013]])
    """

    kind = "series"
    _parameter_constraints = {"scale": [Interval(Real, 0, None, closed="left")]}

    def __init__(self, scale=0.1):
        self.scale = scale

    def _augment_sequences(self, X, lengths, rng):
        n_samples, _, n_features = X.shape
        factor = rng.standard_normal((n_samples, 1, n_features), dtype=X.dtype)
        factor *= X.dtype.type(self.scale)
        factor += 1
        return X * factor, lengths.copy()


class MagnitudeWarp(Augmenter):
    r"""Multiply each channel by a factor that drifts smoothly along the sequence.

    .. math:: x'_{tf} = (1 + c_f(t)) x_{tf}

    where :math:`c_f` is the cubic spline through ``n_knots + 2`` values drawn from
    :math:`\mathcal{N}(0, \text{scale}^2)`, at equal distances from the first step of
    the sequence to its last. Channels have splines of their own.

    Parameters
    ----------
    scale : float, default=0.2
        Standard deviation of the factor at the knots; it has no unit.
    n_knots : int, default=4
        Number of knots between the first step and the last. More let the factor
        change faster.

    See Also
    --------
    Scaling : The factor is the same at all steps.
    TimeWarp : Warps times, not values.

    References
    ----------
    Um et al. (2017), "Data augmentation of wearable sensor data for Parkinson's
    disease monitoring using convolutional neural networks", ICMI. Defaults: Iwana and
    Uchida (2021), PLOS ONE 16(7).

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.augmentation import MagnitudeWarp
    >>> MagnitudeWarp(scale=0.2, n_knots=1)(np.ones((1, 5)), random_state=0).round(2)
    array([[1.03, 0.97, 0.97, 1.03, 1.13]])
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
        n_samples, n_timesteps, n_features = X.shape
        shape = (n_samples, self.n_knots + 2, n_features)
        knots = rng.standard_normal(shape, dtype=X.dtype)
        knots *= X.dtype.type(self.scale)
        factor = smooth_curves(knots, lengths, n_timesteps)
        factor += 1
        factor *= X
        return factor, lengths.copy()
