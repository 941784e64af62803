"""Cut a long series into windows and the values that follow each window."""

from numbers import Integral

import numpy as np
from sklearn.utils import check_array

from .._naming import naming
from .._sklearn import Interval, InvalidParameterError
from ._time_index import check_same_index, pandas_index, time_steps


def make_windows(series, window, horizon=1, step=1, exogenous=None, *, target=0):
    """Cut a series into windows X and the ``horizon`` values y that follow each.

    Window i holds the steps ``[i * step, i * step + window)``, and its y the target at
    the ``horizon`` steps after them: no step is in a window and in its own y.

    Neighbouring windows overlap: a value in the y of one is in the X of later ones and,
    if ``horizon > step``, in the y of neighbours. Evaluate in order of time, with
    ``TimeSeriesSplit(gap=ceil(horizon / step) - 1)``: with that gap no target of a test
    fold is a target of its training fold. For early stopping, use
    ``validation_split=LastWindows(0.2, gap=ceil(horizon / step) - 1)``.

    Parameters
    ----------
    series : array-like of shape (n_steps,) or (n_steps, n_channels)
        The series in order of time, at equal distances: an array, a pandas Series or a
        DataFrame whose columns are channels. The index of a pandas object is checked:
        dates, periods or numbers that go forward in equal steps. Business days, months
        and all that ``pandas.infer_freq`` knows, or that the index has as its own
        ``freq``, are equal steps. The order of other arrays and frames is not checked.
    window : int
        Number of steps of a window.
    horizon : int, default=1
        Number of steps to predict after each window.
    step : int, default=1
        Number of steps from the start of a window to that of the next.
    exogenous : array-like of shape (n_steps,) or (n_steps, n_exogenous), default=None
        Further channels of X that are never targets. Those of the steps of the window
        are used, not those of the steps to predict. If both are pandas objects, they
        must have the same index.
    target : int or str, default=0
        Which channel of a series with several becomes y: its position, or its name in a
        DataFrame. All channels, the target included, are features of X.

    Returns
    -------
    X : ndarray of shape (n_windows, window, n_channels + n_exogenous)
        The windows: channels first, then exogenous ones. float32 if the series is (and
        ``exogenous``, if given), else float64. A copy, not a view of ``series``.
    y : ndarray of shape (n_windows,), or (n_windows, horizon) if ``horizon > 1``
        The values of the target that follow.

    Raises
    ------
    ValueError
        The series is shorter than ``window + horizon``, holds NaN or infinity (the
        index is named), or differs in length from ``exogenous``; an index decreases,
        repeats or skips a label, or differs from that of the series (the label is
        named); a parameter is out of its range.

    See Also
    --------
    skgru.forecasting.GRUForecaster : Cuts the windows itself.
    skgru.forecasting.LastWindows : What to hold out for early stopping.

    Examples
    --------
    >>> from skgru.preprocessing import make_windows
    >>> X, y = make_windows([1.0, 2.0, 3.0, 4.0, 5.0], window=3)
    >>> X.shape
    (2, 3, 1)
    >>> X[:, :, 0]
    array([[1., 2., 3.],
           [2., 3., 4.]])
    >>> y
    array([4., 5.])

    The window to forecast from is the last one: ``series[-window:]``, reshaped to
    ``(1, window, n_channels)``.
    """
    at_least_one = Interval(Integral, 1, None, closed="left")
    for name, value in (("window", window), ("horizon", horizon), ("step", step)):
        if not at_least_one.is_satisfied_by(value):
            raise InvalidParameterError(
                f"The {name!r} parameter of make_windows must be {at_least_one}. Got "
                f"{value!r} instead."
            )
    channels, extra, _ = read_series(series, exogenous)
    target = target_column(series, channels, target)
    followed = channels[window:, target]
    channels = np.concatenate([channels, extra], axis=1)
    if len(channels) < window + horizon:
        raise ValueError(
            f"series has {len(channels)} steps, but window={window} and "
            f"horizon={horizon} need at least {window + horizon}. Set a smaller "
            "window; or, in TimeSeriesSplit, whose first fold is the shortest, fewer "
            "n_splits."
        )
    view = np.lib.stride_tricks.sliding_window_view
    y = view(followed, horizon)[::step]
    X = view(channels, window, axis=0)[::step][: len(y)].transpose(0, 2, 1)
    return X.copy(order="C"), y[:, 0].copy() if horizon == 1 else y.copy()


def read_series(series, exogenous=None, names=("series", "exogenous"), like=None):
    """Return the channels of a series, and its steps in time.

    Parameters
    ----------
    series : array-like of shape (n_steps,) or (n_steps, n_channels)
    exogenous : array-like of shape (n_steps,) or (n_steps, n_exogenous), default=None
    names : tuple of str, default=("series", "exogenous")
        What messages call the two.
    like : TimeSteps, default=None
        An index must have the distance of these steps.

    Returns
    -------
    channels, extra : ndarray of shape (n_steps, n_channels), (n_steps, n_exogenous)
    steps : TimeSteps or None
        None without an index.
    """
    channels = as_channels(series, names[0])
    index = pandas_index(series)
    steps = time_steps(index, names[0], like)
    if exogenous is None:
        return channels, channels[:, :0], steps
    extra = as_channels(exogenous, names[1])
    if len(extra) != len(channels):
        raise ValueError(
            f"{names[1]} must have a row for every step of {names[0]}: {names[0]} has "
            f"{len(channels)} steps, {names[1]} has {len(extra)}."
        )
    other = pandas_index(exogenous)
    check_same_index(index, other, *names)
    if steps is None:
        steps = time_steps(other, names[1], like)
    return channels, extra, steps


def as_channels(values, name):
    """Return ``values`` as a finite float array of shape (n_steps, n_channels)."""
    _check_numeric(values, name)
    with naming(name):
        array = check_array(
            values,
            dtype=[np.float64, np.float32],
            ensure_2d=False,
            ensure_all_finite=False,
            input_name=name,
        )
    array = array.reshape(len(array), -1) if array.ndim == 1 else array
    bad = ~np.isfinite(array)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        label = f" (label {values.index[row]})" if hasattr(values, "iloc") else ""
        channel = f", channel {column}" if array.shape[1] > 1 else ""
        what = "NaN" if np.isnan(array[row, column]) else "infinity"
        raise ValueError(
            f"{name} contains {what} at index {row}{label}{channel}. Fill or drop the "
            "gap before cutting windows, for example with Series.interpolate()."
        )
    return array


def _check_numeric(values, name):
    """Raise for dates and texts, naming the column.

    ``check_array`` would convert dates to numbers. It checks lists and other types.
    """
    is_frame = hasattr(values, "__array__") and hasattr(values, "columns")
    columns = list(values.columns) if is_frame else []
    what_to_do = "Drop it, or make dates the index: a step is a row."
    if hasattr(values, "iloc"):
        parts = [(c, values.iloc[:, i]) for i, c in enumerate(columns)]
    else:
        parts = [(c, values[c]) for c in columns if isinstance(c, str)]
        what_to_do = "Drop it; sort by it first, if it is the time: a step is a row."
    parts = [(f"Column {c!r} of {name}", part) for c, part in parts]
    if not columns and hasattr(values, "dtype"):
        parts, what_to_do = [(name, values)], "Its values must be numbers."
    for what, part in parts:
        kind = getattr(part.dtype, "kind", None) or np.asarray(part).dtype.kind
        if kind == "O":  # objects may be numbers
            kind = "f" if _are_numbers(part) else "O"
        if kind not in "iufb":
            raise ValueError(
                f"{what} is not numeric (dtype {part.dtype}). {what_to_do}"
            )


def _are_numbers(objects):
    objects = np.asarray(objects, dtype=object)
    # NumPy would drop their imaginary part.
    if any(isinstance(x, complex | np.complexfloating) for x in objects.flat):
        return False
    try:
        objects.astype(np.float64)
    except (TypeError, ValueError):
        return False
    return True


def target_column(series, channels, target):
    names = list(getattr(series, "columns", []))
    n_channels = channels.shape[1]
    if isinstance(target, str):
        if target in names:
            return names.index(target)
        columns = f"its columns are {names}" if names else "it has no column names"
        raise ValueError(
            f"The 'target' parameter of make_windows is {target!r}, which is not a "
            f"column of series: {columns}."
        )
    if not Interval(Integral, 0, n_channels, closed="left").is_satisfied_by(target):
        raise InvalidParameterError(
            "The 'target' parameter of make_windows must be a column name or an int in "
            f"the range [0, {n_channels}). Got {target!r} instead."
        )
    return target
