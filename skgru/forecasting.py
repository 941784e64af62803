"""Forecast a series with a regressor of windows."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from ._at_once import at_once, fitted_at_once
from ._forecaster_inputs import ForecasterInputs, name_of, read, roles
from ._hints import HintsAtNames
from ._last_windows import LastWindows, hold_out_last_windows
from ._linear_path import along_linear_path, fit_linear_path
from ._other_names import OF_FORECASTER
from ._sklearn import HasMethods, Interval, fit_context
from ._window_scale import least_deviations, rescaled
from .preprocessing import make_windows
from .preprocessing._windows import target_column

__all__ = ["GRUForecaster", "LastWindows"]


class GRUForecaster(ForecasterInputs, HintsAtNames, MetaEstimatorMixin, BaseEstimator):
    """Forecast the next steps of a series from its last ones.

    A series is cut into windows *after* a splitter has cut it into folds, so that
    nothing of a test fold is learnt: ``cross_val_score(forecaster, series,
    cv=TimeSeriesSplit())`` evaluates without leakage, and a search may tune ``window``
    and ``regressor__learning_rate``.

    Early stopping does not leak either: if a network in ``regressor`` has
    ``early_stopping=True`` and a fraction as ``validation_split``, its clone gets
    ``LastWindows(fraction, gap=horizon - 1)`` instead. That holds out the last windows
    of the series, and no value to predict there is in a training window or a target of
    one. Another splitter is used as it is. A scaler before the network is fitted on all
    windows.

    Most of what can be forecast of a short series is linear, and a network alone often
    loses to a ridge regression. So the network learns what a ridge regression leaves
    (``linear``), which works best with few units and early stopping. It can still lose
    to the ridge regression, or to the seasonal naive forecast: by 4 to 5 % on 3 of the
    12 series of ``benchmarks/bench_forecasting.py``. Choose ``window`` with care: on
    series of some hundred steps one season is better than several.

    A pandas series has labels. They must go forward in equal steps, as for
    :func:`~skgru.preprocessing.make_windows`; forecasts continue them.

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
    scale : bool, default=False
        Divide a window, and what follows it, by the standard deviation of its steps,
        each channel by its own: worth a try where swings grow with the level. Over many
        series it helps as often as it does harm. Windows that are quieter than half of
        the mean deviation in training are divided by that half.
    linear : bool, default=True
        Forecast by a ridge regression on the values of the window, and have
        ``regressor`` learn what it leaves; the forecast is the sum. Its penalty is
        chosen by leave-one-out errors. It sees every window; where early stopping holds
        out the last ones, ``regressor`` learns what a second one leaves, which has not
        seen them.
    target : int or str, default=0
        The channel to forecast, where a series has several. With ``fit(X, y)`` it is y,
        and ``target`` stays 0.

    Attributes
    ----------
    regressor_ : estimator
        The fitted clone of ``regressor``.
    linear_ : Pipeline or None
        The fitted ridge regression, on standardised windows as rows; None without
        ``linear``.
    n_channels_in_ : int
        Number of channels of the series, that of y included.
    feature_names_in_ : ndarray of str
        Column names of X, where it is a DataFrame with string names.

    See Also
    --------
    LastWindows : What early stopping holds out.
    skgru.preprocessing.make_windows : The windows, for other uses of them.

    References
    ----------
    R. J. Hyndman and G. Athanasopoulos (2021), "Forecasting: Principles and Practice",
    3rd edition: the seasonal naive method in section 5.2, skill scores in section 5.9.
    https://otexts.com/fpp3/

    G. P. Zhang (2003), "Time series forecasting using a hybrid ARIMA and neural network
    model", Neurocomputing 50: a network for what a linear model leaves.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru import GRURegressor
    >>> from skgru.forecasting import GRUForecaster
    >>> series = np.sin(np.arange(200)) + 0.1 * np.arange(200)
    >>> regressor = GRURegressor(
    ...     8, filters=None, early_stopping=True, random_state=0
    ... )
    >>> forecaster = GRUForecaster(regressor, window=12)
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
        "scale": ["boolean"],
        "linear": ["boolean"],
        "target": [Interval(Integral, 0, None, closed="left"), str],
    }

    _other_names = OF_FORECASTER

    def __init__(
        self,
        regressor,
        *,
        window=32,
        horizon=1,
        period=1,
        relative=True,
        scale=False,
        linear=True,
        target=0,
    ):
        self.regressor = regressor
        self.window = window
        self.horizon = horizon
        self.period = period
        self.relative = relative
        self.scale = scale
        self.linear = linear
        self.target = target

    @fit_context(prefer_skip_nested_validation=False)
    def fit(self, X, y=None):
        """Learn from every window of a series.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels)
            The series in order of time, at equal distances. With y, the channels that
            help to forecast it: those of the steps of a window are used, not those of
            the steps to forecast.
        y : array-like of shape (n_steps,) or (n_steps, 1), default=None
            The series to forecast, where X does not hold it. It is the first channel of
            the windows, those of X follow; ``score`` and ``predict`` need both, too.

        Returns
        -------
        self : GRUForecaster
            The fitted forecaster.

        Raises
        ------
        ValueError
            A parameter is out of its range; the series is shorter than ``window +
            horizon`` or holds NaN (the index is named); an index goes back, repeats or
            skips a label, or that of X is not that of y (the label is named); early
            stopping leaves no window to train on. What an earlier fit learnt is kept.
        """
        with fitted_at_once(self) as copy:
            copy._fit(X, y)
        return self

    def _fit(self, X, y):
        self._check_parameters(y)
        series, exogenous, names = roles(X, y)
        channels, steps = read(series, exogenous, names)
        self._has_exogenous = exogenous is not None
        self._target = target_column(series, channels, self.target)
        self.n_channels_in_ = channels.shape[1]
        self._check_names(X, reset=True)
        windows, follows = make_windows(
            channels, self.window, self.horizon, target=self._target
        )
        self._least_deviations = least_deviations(windows) if self.scale else None
        windows, level, deviation = self._rescaled(windows)
        if self.horizon == 1:
            level, deviation = level[:, 0], deviation[:, 0]
        follows = (follows - level) / deviation
        regressor = clone(self.regressor)
        n_train = hold_out_last_windows(regressor, windows, gap=self.horizon - 1)
        self.linear_ = None
        if self.linear:
            self.linear_, follows = self._fit_linear(windows, follows, n_train)
        self.regressor_ = regressor.fit(windows, follows)
        self._last_window = channels[-self.window :]
        # A plain tuple, so that skgru.save can write it.
        self._steps = None if steps is None else tuple(steps)
        self._name = name_of(series, self._target)

    def _fit_linear(self, windows, follows, n_train):
        """Return the linear path, and what the regressor is to learn beside it.

        A regression leaves less on windows that it has seen than on later ones. Early
        stopping would be judged by errors that are too small, so what is left is that
        of a regression on the first ``n_train`` windows, which holds the others out as
        well. The path that forecasts has seen all of them.
        """
        if n_train < 2:
            n_steps = len(windows) + self.window + self.horizon - 1
            raise ValueError(
                "The linear path of GRUForecaster needs two windows, besides those "
                "that early stopping holds out, of window + horizon + 1 = "
                f"{self.window + self.horizon + 1} steps. Got {n_steps} steps, "
                f"{n_train} window to train on: pass a longer series, or linear=False."
            )
        linear = before = fit_linear_path(windows, follows)
        if n_train < len(windows):
            before = fit_linear_path(windows[:n_train], follows[:n_train])
        return linear, follows - along_linear_path(before, windows)

    def _check_parameters(self, y):
        if self.period > self.window:
            raise ValueError(
                "The 'period' parameter of GRUForecaster must be at most window="
                f"{self.window}, which holds all that a forecast sees. Got "
                f"{self.period!r} instead."
            )
        if y is not None and self.target != 0:
            raise ValueError(
                "The 'target' parameter of GRUForecaster must be 0 where fit is given "
                f"y, which is what it forecasts. Got {self.target!r} instead. To "
                "forecast a channel of X, pass X alone."
            )

    @at_once
    def predict(self, horizon=None, *, series=None, exogenous=None):
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
        exogenous : array-like of shape (n_steps, n_exogenous), default=None
            With ``series``, if ``fit`` was given X and y: ``series`` goes on from y,
            and this from X.

        Returns
        -------
        y : ndarray or pandas Series of shape (horizon,)
            The forecast of the target: a Series, whose index continues that of the
            series, if that is a pandas object.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            ``horizon``, ``series`` or ``exogenous`` is not as above, or an index is not
            as ``fit`` needs it, in steps of the same distance.
        """
        check_is_fitted(self)
        horizon = self._check_horizon(horizon)
        window, steps, name = self._last_window, self._fitted_steps(), self._name
        if series is not None:
            channels, steps = self._read_more(
                series, exogenous, ("series", "exogenous"), missing="exogenous"
            )
            window, name = channels[-self.window :], name_of(series, self._target)
            if len(window) < self.window:
                raise ValueError(
                    f"series has {len(window)} steps, but window={self.window} needs "
                    f"at least {self.window}."
                )
        elif exogenous is not None:
            raise ValueError("exogenous was given without series: pass series as well.")
        index = None if steps is None else steps.after_last(horizon)
        forecast = np.empty(0)
        while len(forecast) < horizon:
            follows = self._forecast(window[np.newaxis])[0]
            forecast = np.append(forecast, follows)
            if len(forecast) < horizon:
                window = np.append(window, follows[:, np.newaxis], axis=0)
                window = window[-self.window :]
        if index is None:
            return forecast[:horizon]
        import pandas as pd

        return pd.Series(forecast[:horizon], index=index, name=name)

    def _check_horizon(self, horizon):
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
        return horizon

    @at_once
    def score(self, X, y=None):
        """Return how much better than the seasonal naive forecast the forecasts are.

        Every window of X is forecast from. With MAE the mean absolute error over all of
        them::

            score = 1 - MAE / MAE of repeating the value of one period ago

        A test fold is forecast from what came before it: if X follows the series that
        ``fit`` was given, the last ``window`` steps of that series are put before X, so
        that every step of X is forecast, whatever ``window`` is. An index says whether
        X follows. Without one, X is taken to follow if it is shorter than ``window +
        horizon``, as a fold of ``TimeSeriesSplit`` may be; the first ``window`` steps
        of a longer X are only seen. So ``TimeSeriesSplit(gap=...)`` needs a series with
        an index, which tells of it, or a ``test_size`` of ``window + horizon``.

        Parameters
        ----------
        X : array-like of shape (n_steps,) or (n_steps, n_channels)
            A series of at least ``window + horizon`` steps, or of ``horizon`` if it
            follows that of ``fit``. With y, the other channels, as for ``fit``.
        y : array-like of shape (n_steps,) or (n_steps, 1), default=None
            The series to forecast, if ``fit`` was given one.

        Returns
        -------
        score : float
            1 is perfect; 0 is no better than the naive forecast, which has no error on
            a series that repeats itself exactly.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            X is too short, or its index says that it is and does not follow the series
            of ``fit``; X or y holds NaN or has other channels than in ``fit``; y is
            given and was not in ``fit``, or the other way round; an index is not as
            ``fit`` needs it, in steps of the same distance.
        """
        check_is_fitted(self)
        series, exogenous, names = roles(X, y)
        channels, steps = self._read_more(series, exogenous, names, missing="y")
        windows, follows = make_windows(
            self._with_past(channels, steps, names[0]),
            self.window,
            self.horizon,
            target=self._target,
        )
        follows = follows.reshape(len(windows), -1)
        season = windows[:, -self.period :, self._target]
        naive = season[:, np.arange(self.horizon) % self.period]
        error = np.abs(follows - self._forecast(windows)).mean()
        naive_error = np.abs(follows - naive).mean()
        rounding = 8 * np.finfo(float).eps * np.abs(follows).max()
        if naive_error <= rounding:
            return float(error <= rounding)
        return float(1 - error / naive_error)

    def _rescaled(self, windows):
        """Return rescaled windows, and the target's level and scale, shape (n, 1).

        A forecast is the regressors' output times the scale, plus the level.
        """
        windows, level, deviation = rescaled(
            windows, self.relative, self._least_deviations
        )
        return windows, level[:, :, self._target], deviation[:, :, self._target]

    def _forecast(self, windows):
        """Return the forecast after each window, shape (n_windows, horizon)."""
        windows, level, deviation = self._rescaled(windows)
        shape = (len(windows), -1)
        forecast = self.regressor_.predict(windows).reshape(shape)
        if self.linear_ is not None:
            along_path = along_linear_path(self.linear_, windows)
            forecast = forecast + along_path.reshape(shape)
        return forecast * deviation + level
