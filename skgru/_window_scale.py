"""The level and the scale that a forecaster takes from each window."""

import numpy as np

# Lower bound of standard deviations, as a fraction of their mean. Without it, almost
# any change would be huge after dividing by that of a nearly constant window.
LEAST_PART = 0.5


def least_deviations(windows):
    """Return the smallest deviation to divide a window by, shape (n_channels,).

    It is half of the mean deviation of the training windows; 1 where all of them are
    constant.
    """
    mean = windows.std(axis=1).mean(axis=0)
    # Through rounding, the deviation of a constant window may be above 0.
    rounding = 10 * np.finfo(windows.dtype).eps * np.abs(windows).max(axis=(0, 1))
    return np.where(mean > rounding, LEAST_PART * mean, 1).astype(windows.dtype)


def rescaled(windows, relative, least):
    """Return windows without their level and in units of their deviation.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, window, n_channels)
    relative : bool
        Whether the last step is subtracted.
    least : ndarray of shape (n_channels,) or None
        Of `least_deviations`; None keeps the units.

    Returns
    -------
    windows : ndarray of shape (n_windows, window, n_channels)
    level, deviation : ndarray of shape (n_windows, 1, n_channels)
        What was subtracted, and divided by.
    """
    last = windows[:, -1:]
    level = last if relative else np.zeros_like(last)
    if least is None:
        return windows - level, level, np.ones_like(last)
    deviation = np.maximum(windows.std(axis=1, keepdims=True), least)
    return (windows - level) / deviation, level, deviation
