"""Where a parameter's values lie on an axis: linear, logarithmic, or side by side."""

from dataclasses import dataclass
from numbers import Real

import numpy as np

_MOST_TICKS = 10
_LONG = 12  # letters; longer labels are turned
_LEAST_RATIO = 4  # of the largest to the smallest value, for a logarithmic axis


@dataclass(frozen=True)
class ValueAxis:
    """A parameter's values on an axis.

    ``scale`` is "linear", "log", "symlog" or "category". ``levels`` holds the different
    values in the axis' order and ``index`` each value's place among them.
    """

    scale: str
    levels: list
    index: np.ndarray

    @property
    def positions(self):
        """Coordinate of every value."""
        return self.coordinates[self.index]

    @property
    def coordinates(self):
        """Coordinate of every level."""
        if self.scale == "category":
            return np.arange(len(self.levels), dtype=float)
        return np.asarray(self.levels, float)

    @property
    def labels(self):
        """Text of every level."""
        return [f"{v:g}" if _is_number(v) else str(v) for v in self.levels]

    def apply(self, axis):
        """Set scale and ticks of a matplotlib axis.

        Parameters
        ----------
        axis : matplotlib.axis.Axis
        """
        set_scale = getattr(axis.axes, f"set_{axis.axis_name}scale")
        if self.scale == "symlog":
            smallest = min(level for level in self.levels if level > 0)
            set_scale("symlog", linthresh=smallest)
        elif self.scale == "log":
            set_scale("log")
        if self.scale == "category" or self._few_and_round():
            self.tick_levels(axis, self.coordinates)

    def tick_levels(self, axis, coordinates):
        """Put a tick with its label at every level.

        Parameters
        ----------
        axis : matplotlib.axis.Axis
        coordinates : array of shape (n_levels,)
        """
        turned = {}
        if axis.axis_name == "x" and max(map(len, self.labels)) > _LONG:
            turned = {"rotation": 20, "ha": "right"}
        axis.set_ticks(coordinates, self.labels, **turned)
        axis.set_tick_params(which="minor", size=0)
        axis.set_ticks([], minor=True)

    def _few_and_round(self):
        return len(self.levels) <= _MOST_TICKS and all(
            float(f"{level:.2g}") == level for level in self.levels
        )


def value_axis(values, logarithmic=None):
    """Return the axis for a parameter's values.

    Numbers lie on a logarithmic axis where they are spread over orders of magnitude, on
    a symmetric logarithmic one if 0 is among them. Where any value is no number (None,
    a name, a tuple, a schedule, a bool), the values stand side by side.

    Parameters
    ----------
    values : list
        A value for each candidate.
    logarithmic : bool or None, default=None
        Whether numbers were drawn by order of magnitude. None infers it.

    Returns
    -------
    axis : ValueAxis
    """
    levels, index = _levels(values)
    if all(map(_is_number, levels)):
        if logarithmic is None or levels[0] <= 0:
            return ValueAxis(_scale(np.asarray(levels, float)), levels, index)
        return ValueAxis("log" if logarithmic else "linear", levels, index)
    return ValueAxis("category", levels, index)


def _levels(values):
    """Return the different values in order, and each value's index."""
    # Values need neither be hashable nor comparable. 1 and True differ, 1 and 1.0 not.
    keys = [("n", float(v)) if _is_number(v) else ("o", repr(v)) for v in values]
    first = dict(reversed([*zip(keys, values, strict=True)]))
    order = list(dict.fromkeys(keys))

    def place(key):
        value = first[key]
        if value is None:
            return (0, 0)
        return (1, key[1]) if key[0] == "n" else (2, order.index(key))

    ordered = sorted(order, key=place)
    return [first[key] for key in ordered], np.array([ordered.index(k) for k in keys])


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _scale(levels):
    """Return the scale on which the levels lie more evenly.

    It is the more likely of two: values drawn uniformly from ``[low, high]``, with the
    density ``1 / (high - low)``, or log-uniformly, with ``1 / (x * log(high / low))``.
    """
    positive = levels[levels > 0]
    if levels[0] < 0 or not len(positive) or positive[-1] / positive[0] < _LEAST_RATIO:
        return "linear"
    low, high = positive[0], positive[-1]
    uniform = -np.log(high - low)
    log_uniform = -np.log(positive).mean() - np.log(np.log(high / low))
    if log_uniform <= uniform:
        return "linear"
    return "log" if len(positive) == len(levels) else "symlog"
