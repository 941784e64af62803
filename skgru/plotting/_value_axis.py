"""Positions of a parameter's values on an axis: linear, logarithmic, categorical."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from scipy.stats import gmean


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
    def coordinates(self):
        """Coordinate of every level."""
        category = self.scale == "category"
        return np.array(range(len(self.levels)) if category else self.levels, float)

    def apply(self, axis):
        """Set scale and ticks of a matplotlib axis."""
        if self.scale in ("log", "symlog"):
            smallest = min(level for level in self.levels if level > 0)
            more = {"linthresh": smallest} if self.scale == "symlog" else {}
            getattr(axis.axes, f"set_{axis.axis_name}scale")(self.scale, **more)
        if self.scale == "category" or (
            len(self.levels) <= 10 and all(float(f"{v:.2g}") == v for v in self.levels)
        ):
            labels = [f"{v:g}" if _is_number(v) else str(v) for v in self.levels]
            turned = axis.axis_name == "x" and max(map(len, labels)) > 12
            style = {"rotation": 20, "ha": "right"} if turned else {}
            axis.set_ticks(self.coordinates, labels, **style)
            axis.set_ticks([], minor=True)


def value_axis(values):
    """Return the axis for a parameter's values, one for each candidate.

    Where any value is no number (None, a name, a tuple, a schedule, a bool), the values
    are categories, in this order: None, numbers, then others as they come.
    """
    # Values may be neither hashable nor comparable. 1 equals 1.0, but not True.
    keys = [float(v) if _is_number(v) else repr(v) for v in values]
    of_key = dict(zip(keys, values, strict=True))

    def rank(key):
        is_number = isinstance(key, float)
        return of_key[key] is not None, not is_number, key if is_number else 0

    order = sorted(of_key, key=rank)
    numeric = all(isinstance(key, float) for key in order)
    scale = _scale(np.array(order)) if numeric else "category"
    index = np.array([order.index(key) for key in keys])
    return ValueAxis(scale, [of_key[key] for key in order], index)


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_)


def _scale(levels):
    """Return the scale on which ordered levels are spaced more evenly."""
    positive = levels[levels > 0]
    if levels[0] < 0 or not len(positive) or positive[-1] < 4 * positive[0]:
        return "linear"
    low, high = positive[0], positive[-1]
    # Log-uniform draws are more likely than uniform ones if their geometric mean is
    # below the logarithmic mean of the ends.
    if gmean(positive) >= (high - low) / np.log(high / low):
        return "linear"
    return "log" if len(positive) == len(levels) else "symlog"
