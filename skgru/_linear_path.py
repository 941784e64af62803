"""The linear path of a forecaster: a ridge regression on the values of a window."""

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def fit_linear_path(windows, follows):
    """Return a ridge regression fitted on standardised windows as rows.

    Parameters
    ----------
    windows : ndarray of shape (n_windows, window, n_channels)
        At least two.
    follows : ndarray of shape (n_windows,) or (n_windows, horizon)

    Returns
    -------
    linear : Pipeline
        Its penalty has the least leave-one-out error.
    """
    # Imported here: with it come all of scikit-learn's linear models.
    from sklearn.linear_model import RidgeCV

    linear = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 13)))
    # Always arrays: set_config(transform_output=...) is for the user's own.
    return linear.set_output(transform="default").fit(_rows(windows), follows)


def along_linear_path(linear, windows):
    """Return the path's forecast after each window, of the shape of ``follows``."""
    return linear.predict(_rows(windows))


def _rows(windows):
    return windows.reshape(len(windows), -1)
