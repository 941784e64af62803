"""LastWindows: hold out the end of a series, as overlapping windows need it."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import _num_samples

from ._base import BaseGRU
from ._naming import naming
from ._sklearn import Interval

_FRACTION = Interval(Real, 0, 1, closed="neither")
_GAP = Interval(Integral, 0, None, closed="left")


class LastWindows(BaseEstimator):
    """Hold out the last windows of a series, in place of windows drawn at random.

    A splitter for ``validation_split`` of ``GRURegressor`` and for ``cv`` of a search,
    for the windows of :func:`skgru.preprocessing.make_windows`. These overlap: the
    targets of windows held out at random would be in the training data as well.

    Parameters
    ----------
    fraction : float, default=0.2
        Part of the windows to hold out, in (0, 1).
    gap : int, default=0
        Number of windows before them that are in neither part. With ``ceil(horizon /
        step) - 1``, no target of the validation part is a target of the training part.

    See Also
    --------
    GRUForecaster : Splits its windows in this way.
    sklearn.model_selection.TimeSeriesSplit : Several splits in order of time.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.forecasting import LastWindows
    >>> train, validation = next(LastWindows(0.2, gap=2).split(np.zeros((10, 3, 1))))
    >>> train
    array([0, 1, 2, 3, 4, 5])
    >>> validation
    array([8, 9])
    """

    def __init__(self, fraction=0.2, gap=0):
        self.fraction = fraction
        self.gap = gap

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return 1, the number of splits.

        Parameters
        ----------
        X, y, groups : object, default=None
            Ignored.

        Returns
        -------
        n_splits : int
            Always 1.
        """
        return 1

    def split(self, X, y=None, groups=None):
        """Yield the windows to train on and those to validate on.

        Parameters
        ----------
        X : array-like of shape (n_windows, ...)
            The windows in order of time.
        y, groups : object, default=None
            Ignored.

        Yields
        ------
        train, validation : ndarray of int
            Row numbers of X.

        Raises
        ------
        ValueError
            A parameter is out of its range, or no window is left to train on.
        TypeError
            X has no rows.
        """
        for name, allowed in (("fraction", _FRACTION), ("gap", _GAP)):
            value = getattr(self, name)
            if not allowed.is_satisfied_by(value):
                raise ValueError(
                    f"The {name!r} parameter of LastWindows must be {allowed}. Got "
                    f"{value!r} instead."
                )
        with naming("X"):
            n_windows = _num_samples(X)
        n_validation = int(np.ceil(self.fraction * n_windows))
        n_train = n_windows - n_validation - self.gap
        if n_train < 1:
            raise ValueError(
                f"Holding out {self.fraction} of {n_windows} windows, with a gap of "
                f"{self.gap} before them, leaves none to train on. Use a longer "
                "series, a smaller fraction or a shorter horizon."
            )
        yield np.arange(n_train), np.arange(n_windows - n_validation, n_windows)


def hold_out_last_windows(regressor, windows, gap):
    """Make the networks in a regressor stop early on the last windows.

    Parameters
    ----------
    regressor : estimator
        Changed in place, wherever it holds a network with ``early_stopping`` and a
        fraction as ``validation_split``. A splitter that the user has set is kept.
    windows : ndarray of shape (n_windows, window, n_channels)
        The windows that it will be fitted on.
    gap : int
        Number of windows to leave out before those held out.

    Returns
    -------
    n_train : int
        Number of first windows that all of these networks train on.

    Raises
    ------
    ValueError
        No window is left to train on.
    """
    n_train = len(windows)
    for part in [regressor, *regressor.get_params(deep=True).values()]:
        if not isinstance(part, BaseGRU) or not part.early_stopping:
            continue
        if _FRACTION.is_satisfied_by(part.validation_split):
            part.validation_split = LastWindows(part.validation_split, gap)
        if isinstance(part.validation_split, LastWindows):
            train, _ = next(part.validation_split.split(windows))
            n_train = min(n_train, len(train))
    return n_train
