"""Check the series that a forecaster gets against the series it was fitted on."""

import numpy as np
from sklearn.utils.validation import validate_data

from .preprocessing._time_index import pandas_index
from .preprocessing._time_steps import TimeSteps
from .preprocessing._windows import read_series


class ForecasterInputs:
    """How data enters a fitted `GRUForecaster`; mixed into it."""

    def __setstate__(self, state):
        if "linear" not in state:  # written before there was a linear path or a scale
            state = state | {"linear": False, "scale": False}
            if "_last_window" in state:
                state |= {"linear_": None, "_least_deviations": None}
        super().__setstate__(state)

    def _with_past(self, channels, steps, name):
        """Prepend the last steps of the fitted series if ``channels`` continue it."""
        past, needed = self._fitted_steps(), self.window + self.horizon
        if past is None or steps is None:
            follows = len(channels) < needed
        else:
            follows = past.is_followed_by(steps)
            if not follows and len(channels) < needed:
                raise ValueError(
                    f"{name} has {len(channels)} steps, fewer than window + horizon = "
                    f"{needed}, and does not follow the series that fit was given: it "
                    f"starts at {steps.label(steps.first)}, where "
                    f"{past.after_last(1)[0]} was expected. Start it there, or "
                    f"{self.window} steps before what is to be forecast."
                )
        if not follows:
            return channels
        if len(channels) < self.horizon:
            raise ValueError(
                f"{name} has {len(channels)} steps, but horizon={self.horizon} needs "
                f"at least {self.horizon} to compare a forecast with."
            )
        return np.concatenate([self._last_window, channels])

    def _read_more(self, series, exogenous, names, missing):
        """Return channels and steps, checked against those of ``fit``.

        ``missing`` names the argument in the message if only one of the calls got it.
        """
        if (exogenous is not None) != self._has_exogenous:
            raise ValueError(
                f"GRUForecaster was fitted on X and y: {missing} is needed as well."
                if self._has_exogenous
                else f"GRUForecaster was fitted without y: {missing} must be None."
            )
        channels, steps = read(series, exogenous, names, like=self._fitted_steps())
        n_own = 1 if exogenous is not None else 0
        if channels.shape[1] != self.n_channels_in_:
            raise ValueError(
                f"{names[n_own]} has {channels.shape[1] - n_own} channels, but "
                f"GRUForecaster was fitted on {self.n_channels_in_ - n_own}."
            )
        self._check_names(series if exogenous is None else exogenous, reset=False)
        return channels, steps

    def _fitted_steps(self):
        return None if self._steps is None else TimeSteps(*self._steps)

    def _check_names(self, series, reset):
        validate_data(self, series, reset=reset, skip_check_array=True, ensure_2d=False)


def roles(X, y):
    """Return the series to forecast, further channels, and what messages call them."""
    return (X, None, ("series", None)) if y is None else (y, X, ("y", "X"))


def read(series, exogenous, names, like=None):
    """Return all channels, (n_steps, n_channels), and the steps of an index or None."""
    channels, extra, steps = read_series(series, exogenous, names, like)
    if exogenous is not None and channels.shape[1] != 1:
        raise ValueError(
            f"{names[0]} must be one series, of shape (n_steps,) or (n_steps, 1). Got "
            f"{channels.shape}. Of several channels, pass the one to forecast."
        )
    return np.concatenate([channels, extra], axis=1), steps


def name_of(series, target):
    """Return the name of the target in a pandas object."""
    if pandas_index(series) is None:
        return None
    return series.columns[target] if hasattr(series, "columns") else series.name
