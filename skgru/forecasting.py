"""Forecast a series with a regressor of windows."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted, validate_data

from ._sklearn import HasMethods, Interval, fit_context
from .preprocessing import make_windows
from .preprocessing._windows import as_channels, target_column

__all__ = ["GRUForecaster"]


class GRUForecaster(MetaEstimatorMixin, BaseEstimator):
    """Forecast the next steps of a series from its last ones.

    A series is cut into windows *after* a splitter has cut it into folds, so nothing
    leaks: ``cross_val_score(forecaster, series, cv=TimeSeriesSplit())`` is an honest
    evaluation, and a search may tune ``window`` and ``regressor__learning_rate``.

    Parameters
    ----------
    regressor : estimator
        What learns the ``horizon`` values after a window: a ``GRURegressor``, or a
        pipeline with a ``SequenceScaler`` before it.
    window : int, default=32
        Number of last steps that a forecast looks at.
    horizon : int, default=1
        Number of steps that the regressor forecasts at once.
    period : int, default=1
        Number of steps of a season, at most ``window``. Only ``score`` uses it.
    relative : bool, default=True
        Learn changes: subtract the last step of a window from the window and from what
        follows it. The level of a series with a trend is one never seen in training.
    target : int or str, default=0
        The channel to forecast, where a series has several.

    Attributes
    ----------
    regressor_ : estimator
        The fitted clone of ``regressor``.
    n_channels_in_ : int
        Number of channels of the series.

    See Also
    --------
    skgru.preprocessing.make_windows : The windows, for other uses of them.

    References
    ----------
    R. J. Hyndman and G. Athanasopoulos (2021), "Forecasting: Principles and Practice",
    3rd edition: the seasonal naive method in section 5.2, skill scores in section 5.9.
    https://otexts.com/fpp3/

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.pipeline import make_pipeline
    >>> from skgru import GRURegressor
    >>> from skgru.forecasting import GRUForecaster
    >>> from skgru.preprocessing import SequenceScaler
    >>> series = np.sin(np.arange(200)) + 0.1 * np.arange(200)
    >>> regressor = GRURegressor(8, learning_rate=0.02, epochs=40, random_state=0)
    >>> pipeline = make_pipeline(SequenceScaler(), regressor)
    >>> forecaster = GRUForecaster(pipeline, window=12)
    >>> forecaster.fit(series[:150]).predict(3).shape
    (3,)
    >>> forecaster.score(series[150:]) > 0.5
    True
    """

    _parameter_constraints = {
        "regressor": [HasMethods(["fit", "predict"])],
        "window": [Interval(Integral, 1, None, closed="left")],
        "horizon": [Interval(Integral, 1, None, closed="left")],
        "period": [Interval(Integral, 1, None, closed="left")],
        "relative": ["boolean"],
        "target": [Interval(Integral, 0, None, closed="left"), str],
    }

    def __init__(
        self, regressor, *, window=32, horizon=1, period=1, relative=True, target=0
    ):
        self.regressor = regressor
        self.window = window
        self.horizon = horizon
        self.period = period
        self.relative = relative
        self.target = target

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Learn from every window of a series.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels)
            The series in order of time, at equal distances.
        y : None
            Ignored: what follows a window comes from the series itself.

        Returns
        -------
        self : GRUForecaster

        Raises
        ------
        ValueError
            A parameter is out of its range, or the series is shorter than ``window +
            horizon`` or holds NaN (the index is named).
        """
        if self.period > self.window:
            raise ValueError(
                "The 'period' parameter of GRUForecaster must be at most window="
                f"{self.window}, which holds all that a forecast sees. Got "
                f"{self.period!r} instead."
            )
        channels = as_channels(X, "series")
        self._target = target_column(X, channels, self.target)
        self.n_channels_in_ = channels.shape[1]
        self._check_names(X, reset=True)
        windows, follows = make_windows(
            channels, self.window, self.horizon, target=self._target
        )
        windows, level = self._relative(windows)
        follows = follows - (level if self.horizon > 1 else level[:, 0])
        self.regressor_ = clone(self.regressor).fit(windows, follows)
        self._last_window = channels[-self.window :]
        return self

    def predict(self, horizon=None, *, series=None):
        """Forecast what follows a series.

        Parameters
        ----------
        horizon : int, default=None
            Number of steps to forecast. By default, as many as the regressor forecasts
            at once. For more, forecasts are appended to the series and it forecasts
            again; only a series of one channel can be continued so.
        series : array-like of shape (n_steps,) or (n_steps, n_channels), default=None
            The series to continue, of at least ``window`` steps. By default, the one
            that ``fit`` was given.

        Returns
        -------
        y : ndarray of shape (horizon,)
            The forecast of the target.

        Raises
        ------
        ValueError
            ``horizon`` or ``series`` is not as above.
        """
        check_is_fitted(self)
        horizon = self.horizon if horizon is None else horizon
        at_least_one = Interval(Integral, 1, None, closed="left")
        if not at_least_one.is_satisfied_by(horizon):
            raise ValueError(
                f"The 'horizon' argument of predict must be {at_least_one}. Got "
                f"{horizon!r} instead."
            )
        if horizon > self.horizon and self.n_channels_in_ > 1:
            raise ValueError(
                f"Cannot forecast {horizon} steps of a series of {self.n_channels_in_} "
                f"channels {self.horizon} at once: the other channels of the steps "
                f"between are unknown. Fit with horizon={horizon}."
            )
        window = self._last_window
        if series is not None:
            window = self._check_channels(series)[-self.window :]
            if len(window) < self.window:
                raise ValueError(
                    f"series has {len(window)} steps, but window={self.window} needs "
                    f"at least {self.window}."
                )
        forecast = np.empty(0)
        while len(forecast) < horizon:
            follows = self._forecast(window[np.newaxis])[0]
            forecast = np.append(forecast, follows)
            if len(forecast) < horizon:
                window = np.append(window, follows[:, np.newaxis], axis=0)
                window = window[-self.window :]
        return forecast[:horizon]

    def score(self, X, y=None):
        """Return how much better than the seasonal naive forecast the forecasts are.

        Every window of X is forecast from; the first ``window`` steps are only seen.
        With MAE the mean absolute error over all of them::

            score = 1 - MAE / MAE of repeating the value of one period ago

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels)
            A series of at least ``window + horizon`` steps.
        y : None
            Ignored.

        Returns
        -------
        score : float
            1 is perfect; 0 is no better than the naive forecast, which has no error on
            a series that repeats itself exactly.
        """
        check_is_fitted(self)
        windows, follows = make_windows(
            self._check_channels(X), self.window, self.horizon, target=self._target
        )
        follows = follows.reshape(len(windows), -1)
        season = windows[:, -self.period :, self._target]
        naive = season[:, np.arange(self.horizon) % self.period]
        error = np.abs(follows - self._forecast(windows)).mean()
        naive_error = np.abs(follows - naive).mean()
        if naive_error == 0:
            return float(error == 0)
        return float(1 - error / naive_error)

    def _check_channels(self, series):
        channels = as_channels(series, "series")
        if channels.shape[1] != self.n_channels_in_:
            raise ValueError(
                f"series has {channels.shape[1]} channels, but GRUForecaster was "
                f"fitted on {self.n_channels_in_}."
            )
        self._check_names(series, reset=False)
        return channels

    def _check_names(self, series, reset):
        validate_data(self, series, reset=reset, skip_check_array=True, ensure_2d=False)

    def _relative(self, windows):
        """Return windows without their level, and that of the target, (n, 1)."""
        level = windows[:, -1:] if self.relative else np.zeros_like(windows[:, -1:])
        return windows - level, level[:, :, self._target]

    def _forecast(self, windows):
        """Return the forecast after each window, shape (n_windows, horizon)."""
        windows, level = self._relative(windows)
        return self.regressor_.predict(windows).reshape(len(windows), -1) + level
