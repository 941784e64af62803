"""Labels of a pandas index at equal distances, and the labels that follow them."""

from typing import NamedTuple

import numpy as np

# Tolerance for float labels, which are rounded: a fraction of a step.
ROUNDING = 0.01


class TimeSteps(NamedTuple):
    """Labels at equal distances.

    Frequencies and dtypes are text where possible, so that `skgru.save` can write them.

    Parameters
    ----------
    kind : {"datetime", "timedelta", "period", "integer", "float"}
    dtype : str or pandas dtype
    first, last : int or float
        The first and the last label, as numbers: dates in the unit of the dtype,
        periods as their ordinals.
    step : str, pandas offset, int, float or None
        The distance: a frequency of pandas between dates and between timedeltas, a
        number for the other kinds. None for a single label without a frequency.
    name : object
        The name of the index.
    """

    kind: str
    dtype: object
    first: float
    last: float
    step: object
    name: object

    def label(self, number):
        """Return the label that a number stands for."""
        import pandas as pd

        if self.kind in ("integer", "float"):
            return number
        if self.kind == "period":
            return self._periods([number])[0]
        return pd.Index([number]).astype(self.dtype)[0]

    def from_first(self, n_labels):
        """Return ``n_labels`` labels from the first one on, as a pandas index."""
        return self._labels(self.first, n_labels)

    def after_last(self, n_labels):
        """Return the ``n_labels`` labels after the last one, as a pandas index."""
        return self._labels(self.last, n_labels + 1)[1:]

    def is_followed_by(self, other):
        """Whether ``other`` begins with the label after the last one of these."""
        if other.kind != self.kind or self.step is None:
            return False
        expected, label = self.after_last(1)[0], other.label(other.first)
        if self.kind == "float":
            return bool(abs(label - expected) <= ROUNDING * self.step)
        return bool(label == expected)

    def _labels(self, start, n_labels):
        import pandas as pd

        if self.step is None:
            raise ValueError(
                f"The step of a series with the label {self.label(start)} alone is not "
                "known. Set the frequency of its index, or pass it as an array: "
                "to_numpy()."
            )
        if self.kind in ("datetime", "timedelta"):
            between = pd.date_range if self.kind == "datetime" else pd.timedelta_range
            index = between(self.label(start), periods=n_labels, freq=self.step)
        elif self.kind == "integer":
            index = pd.RangeIndex(start, start + n_labels * self.step, self.step)
        elif self.kind == "period":
            index = self._periods(start + self.step * np.arange(n_labels))
        else:
            index = pd.Index(start + self.step * np.arange(n_labels))
        if index.dtype != self.dtype:  # another unit of dates or another number type
            index = index.astype(self.dtype)
        return index.rename(self.name)

    def _periods(self, ordinals):
        import pandas as pd

        dtype = pd.api.types.pandas_dtype(self.dtype)
        ordinals = np.asarray(ordinals, dtype=np.int64)
        return pd.PeriodIndex(pd.arrays.PeriodArray(ordinals, dtype=dtype))


def plain_frequency(freq):
    """Return a frequency as text, unless that loses something (such as holidays)."""
    import pandas as pd

    if freq is None or isinstance(freq, str):
        return freq
    text = freq.freqstr
    return text if pd.tseries.frequencies.to_offset(text) == freq else freq


def plain_dtype(dtype):
    """Return a dtype as text, unless that loses a time zone without a name."""
    import pandas as pd

    try:
        return str(dtype) if pd.api.types.pandas_dtype(str(dtype)) == dtype else dtype
    except TypeError:
        return dtype
