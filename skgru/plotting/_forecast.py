"""ForecastDisplay: forecasts of windows and observed values over time."""

from numbers import Integral

import numpy as np

from ._display import BLACK, BLUE, GREEN, VERMILLION, Display, draw_legend


class ForecastDisplay(Display):
    """Forecasts and true values over time.

    Use :meth:`from_estimator` or :meth:`from_predictions` to make one. The rows of y
    must be those of :func:`skgru.preprocessing.make_windows`: ``y[i, h]`` is the value
    at time ``i * step + h``. Each of ``steps_ahead`` is a line, drawn at the times that
    were forecast.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_windows,) or (n_windows, horizon)
        True and predicted values, in order of time.
    step : int, default=1
        Steps from one window to the next, as in ``make_windows``.
    dates : array-like of shape (n_times,), default=None
        Date of each time from that of ``y[0, 0]`` to that of the last value:
        ``n_times = (n_windows - 1) * step + horizon``. For all windows of a series they
        are ``series.index[window:]``. None counts time steps from 0.
    name : str, default="Value"
        What y is.
    unit : str or None, default=None
        Unit of y.

    Attributes
    ----------
    {axes}
    true_line_ : matplotlib Line2D
        The true values.
    predicted_lines_ : dict of int to matplotlib Line2D
        By the number of steps ahead, from 1.

    See Also
    --------
    sklearn.metrics.PredictionErrorDisplay : Predicted against true values.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skgru import GRURegressor
    >>> from skgru.plotting import ForecastDisplay
    >>> from skgru.preprocessing import make_windows
    >>> X, y = make_windows(np.sin(np.arange(120) / 4), window=12, horizon=2)
    >>> regressor = GRURegressor(16, epochs=5, random_state=0).fit(X[:80], y[:80])
    >>> display = ForecastDisplay.from_estimator(regressor, X[80:], y[80:], name="sine")
    >>> sorted(display.predicted_lines_)
    [1, 2]
    >>> plt.close(display.figure_)
    """

    def __init__(self, y_true, y_pred, *, step=1, dates=None, name="Value", unit=None):
        self.y_true = y_true
        self.y_pred = y_pred
        self.step = step
        self.dates = dates
        self.name = name
        self.unit = unit

    @classmethod
    def from_estimator(cls, estimator, X, y, **parameters):
        """Predict and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted regressor, a pipeline or a search.
        X : array-like
            Windows, in order of time.
        y : array-like of shape (n_windows,) or (n_windows, horizon)
            The values that followed them.
        **parameters : dict
            As in :meth:`from_predictions`.

        {returns_and_raises}
        sklearn.exceptions.NotFittedError
            The estimator has not been fitted.
        """
        return cls.from_predictions(y, estimator.predict(X), **parameters)

    @classmethod
    def from_predictions(cls, y_true, y_pred, *, ax=None, steps_ahead=None, **series):
        """Draw predictions.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_windows,) or (n_windows, horizon)
            True and predicted values, in order of time.
        {ax}
        steps_ahead : int or list of int, default=None
            As in :meth:`plot`.
        **series : dict
            ``step``, ``dates``, ``name`` and ``unit``, as of the class.

        {returns_and_raises}
        """
        return cls(y_true, y_pred, **series).plot(ax, steps_ahead=steps_ahead)

    def plot(self, ax=None, *, steps_ahead=None):
        """Draw the lines.

        Parameters
        ----------
        {ax}
        steps_ahead : int or list of int, default=None
            Which steps ahead to draw, from 1 to the horizon. None means all of up to
            three, else the first, the middle and the last.

        {returns_and_raises}
        """
        true, predicted = self._values()
        n_windows, horizon = true.shape
        leads = _check_leads(steps_ahead, horizon)
        # times[i, h]: the time of row i, h steps after its first.
        times = np.arange(n_windows)[:, np.newaxis] * self.step + np.arange(horizon)
        dates = self._dates(times[-1, -1] + 1)
        ax = self._set_up(ax, dates, figsize=(7.6, 3.8))
        present, first = np.unique(times, return_index=True)
        observed, style = true.ravel()[first], {"color": BLACK, "label": "Observed"}
        self.true_line_ = self._draw_line(ax, dates[present], observed, **style)
        self.predicted_lines_ = {}
        colors = [VERMILLION] if len(leads) == 1 else [BLUE, VERMILLION, GREEN]
        unit = f" {self.unit}" if self.unit else ""
        for number, lead in enumerate(leads):
            dated, values = dates[times[:, lead - 1]], predicted[:, lead - 1]
            error = np.abs(values - true[:, lead - 1]).mean()
            plural = "s" if lead > 1 else ""
            self.predicted_lines_[lead] = self._draw_line(
                ax,
                dated,
                values,
                linestyle=["-", "--", ":"][number // len(colors) % 3],
                color=colors[number % len(colors)],
                label=f"{lead} step{plural} ahead (MAE {error:.3g}{unit})",
                linewidth=1.3,
            )
        # Axes of dates have units, those of numbers have none.
        time = "Date" if ax.xaxis.have_units() else "Time"
        xlabel = "Time step" if self.dates is None else time
        name = f"{self.name} ({self.unit})" if self.unit else self.name
        ax.set(xlabel=xlabel, ylabel=name, xmargin=0.01)
        draw_legend(ax)
        return self

    def _values(self):
        if not isinstance(self.step, Integral) or self.step < 1:
            raise ValueError(
                "The 'step' parameter of ForecastDisplay must be an int in the range "
                f"[1, inf). Got {self.step!r} instead."
            )
        true, predicted = np.asarray(self.y_true, float), np.asarray(self.y_pred, float)
        if true.shape != predicted.shape or true.ndim not in (1, 2) or not true.size:
            raise ValueError(
                "y_true and y_pred must both have shape (n_windows,) or (n_windows, "
                "horizon), with a window at least. Got "
                f"{true.shape} and {predicted.shape}."
            )
        true = true.reshape(len(true), -1)
        _check_order(true, self.step)
        return true, predicted.reshape(true.shape)

    def _dates(self, n_times):
        dates = np.arange(n_times) if self.dates is None else np.asarray(self.dates)
        # If the last step is incomplete, some dates are left over.
        if dates.ndim != 1 or not n_times <= len(dates) < n_times + self.step:
            raise ValueError(
                "The 'dates' parameter of ForecastDisplay must hold a date for each "
                f"time from the first value of y to the last: {n_times}. Got shape "
                f"{dates.shape} instead."
            )
        return dates


def _check_leads(steps_ahead, horizon):
    if steps_ahead is None:
        return sorted({1, (horizon + 1) // 2, horizon})  # all of up to three
    leads = [steps_ahead] if isinstance(steps_ahead, Integral) else list(steps_ahead)
    fit = [isinstance(lead, Integral) and 1 <= lead <= horizon for lead in leads]
    if not fit or not all(fit):
        raise ValueError(
            "The 'steps_ahead' parameter of ForecastDisplay must hold ints from 1 to "
            f"the horizon, {horizon}. Got {steps_ahead!r} instead."
        )
    return leads


def _check_order(true, step):
    """Raise if rows disagree on a value: then they are not windows in order."""
    # Column c + step of a row must equal column c of the next row.
    ahead, after = true[:-1, step:], true[1:, :-step]
    differ = np.argwhere(~np.isclose(ahead, after, equal_nan=True))
    if len(differ):
        row, column = differ[0]
        raise ValueError(
            f"y_true[{row}, {column + step}] and y_true[{row + 1}, {column}] are both "
            f"the value at time {(row + 1) * step + column}, but differ: "
            f"{ahead[row, column]:g} and {after[row, column]:g}. The rows must be "
            "windows in order of time, 'step' apart, and the columns steps ahead."
        )
