"""Smooth random curves, one for each sequence of any length."""

from functools import lru_cache

import numpy as np
from scipy.interpolate import CubicSpline


def smooth_curves(knots, lengths, n_timesteps):
    """Return cubic splines through values at equal distances along each sequence.

    Parameters
    ----------
    knots : ndarray of shape (n_samples, n_knots, n_curves)
        Values of the curves, the first at a sequence's first step, the last at its
        last.
    lengths : ndarray of shape (n_samples,)
        Number of steps of each sequence.
    n_timesteps : int
        Number of steps to return; what lies after the end of a sequence repeats its
        last value.

    Returns
    -------
    curves : ndarray of shape (n_samples, n_timesteps, n_curves)
    """
    # A spline is linear in the values at its knots, so the splines of all sequences of
    # one length are the same matrix times those values.
    distinct, which = np.unique(lengths, return_inverse=True)
    last = np.maximum(distinct - 1, 1)[:, np.newaxis]
    place = np.minimum(np.arange(n_timesteps) / last, 1.0)
    matrices = _cardinal_splines(knots.shape[1])(place).astype(knots.dtype)
    return (matrices if len(distinct) == 1 else matrices[which]) @ knots


@lru_cache(maxsize=32)
def _cardinal_splines(n_knots):
    """Return the splines that are 1 at one knot of [0, 1] and 0 at the others."""
    return CubicSpline(np.linspace(0, 1, n_knots), np.eye(n_knots))
