"""Check that the index of a pandas series increases in equal steps.

pandas is imported only if an input is a pandas object.
"""

import sys
from collections import Counter
from itertools import pairwise

import numpy as np

from ._time_steps import ROUNDING, TimeSteps, plain_dtype, plain_frequency


def pandas_index(values):
    """Return the index of a pandas Series or DataFrame, None for anything else."""
    pandas = sys.modules.get("pandas")  # loaded if `values` is a pandas object
    if pandas is None or not isinstance(values, pandas.Series | pandas.DataFrame):
        return None
    return values.index


def time_steps(index, name, like=None):
    """Check that an index increases in equal steps, and return these.

    Parameters
    ----------
    index : pandas.Index or None
        None is returned as it is.
    name : str
        Name of the object that has the index, for messages.
    like : TimeSteps, default=None
        The index must have the distance of these steps, if it is of the same kind.

    Returns
    -------
    steps : TimeSteps or None

    Raises
    ------
    ValueError
        The index does not hold times, or it decreases, or repeats or skips a label. The
        message names the label.
    """
    if index is None or len(index) == 0:
        return None
    kind = _kind(index, name)
    numbers = index.astype("float64" if kind == "float" else "int64").to_numpy()
    _check_order(index, numbers, name)
    first, last = numbers[0].item(), numbers[-1].item()
    steps = TimeSteps(kind, plain_dtype(index.dtype), first, last, None, index.name)
    if like is not None and like.kind == kind and like.step is not None:
        steps = steps._replace(step=like.step)
        off = _first_off(index, steps, like)
        if off is None:
            return steps
        _step(index, numbers, kind, name)  # raises if there is a gap
        raise ValueError(
            f"{name} does not have the steps of the series that fit was given, "
            f"{getattr(like.step, 'freqstr', like.step)!r} ({like.dtype}): its label "
            f"{index[off]} at index {off} is none of them. Bring it to these steps "
            "(asfreq, resample), or drop the labels with to_numpy()."
        )
    return steps._replace(step=_step(index, numbers, kind, name))


def check_same_index(index, other, name, other_name):
    """Check that two series have the same labels in the same order.

    Parameters
    ----------
    index, other : pandas.Index or None
        Of equal length. None has no labels to compare.
    name, other_name : str
        Names of the objects that have them, for messages.

    Raises
    ------
    ValueError
        They differ. The message names the first difference.
    """
    if index is None or other is None:
        return
    same = np.asarray(index == other, dtype=bool)
    if not same.all():
        at = int(np.argmin(same))
        raise ValueError(
            f"{other_name} must have the index of {name}: at index {at} {name} has the "
            f"label {index[at]}, but {other_name} has {other[at]}. Use {other_name}."
            f"reindex({name}.index), or {other_name}.to_numpy() if its rows belong to "
            f"the steps of {name} as they are."
        )


def _kind(index, name):
    import pandas as pd

    if isinstance(index, pd.MultiIndex):
        raise ValueError(
            f"{name} has a MultiIndex of {list(index.names)}, but a series has one "
            f"label for each step. Take one series of it with {name}.xs(), or give "
            f"{name}.reset_index() to sequences_from_frame."
        )
    missing = np.asarray(index.isna())
    if missing.any():
        raise ValueError(
            f"{name} has no label at index {missing.argmax()}: its index holds "
            f"{index[missing.argmax()]}. Drop the row, or fill the label in."
        )
    for kind in ("Datetime", "Timedelta", "Period"):
        if isinstance(index, getattr(pd, f"{kind}Index")):
            return kind.lower()
    if pd.api.types.is_integer_dtype(index.dtype):
        return "integer"
    if pd.api.types.is_float_dtype(index.dtype):
        return "float"
    raise ValueError(
        f"The index of {name} must hold dates, periods or numbers, which say the order "
        f"of its steps. Got labels such as {index[0]!r} (dtype {index.dtype}). Make "
        f"dates of them with pandas.to_datetime, or drop them with {name}.reset_index("
        "drop=True) if the rows are in order of time."
    )


def _check_order(index, numbers, name):
    forward = numbers[1:] > numbers[:-1]
    if forward.all():
        return
    at = int(np.argmin(forward))
    if numbers[at] == numbers[at + 1]:
        raise ValueError(
            f"{name} has the label {index[at]} twice, at index {at} and {at + 1}. A "
            f"step is one row. Aggregate them, for example with {name}.groupby("
            "level=0).mean()."
        )
    raise ValueError(
        f"{name} is not in order of time: its label {index[at]} at index {at} is "
        f"followed by {index[at + 1]}. Sort it with {name}.sort_index()."
    )


def _first_off(index, steps, like):
    """Return the first position that deviates from the steps, None if there is none."""
    if steps.kind == "period" and steps.dtype != like.dtype:
        return 0
    expected = steps.from_first(len(index))
    if steps.kind == "float":
        same = np.abs(index - expected) <= ROUNDING * steps.step
    else:
        same = np.asarray(index == expected)
    return None if same.all() else int(np.argmin(same))


def _step(index, numbers, kind, name):
    """Return the distance between labels, None if a single label has no frequency."""
    if kind == "datetime":
        return _frequency(index, numbers, name)
    if len(numbers) == 1:
        return plain_frequency(index.freq) if kind == "timedelta" else None
    distances = np.diff(numbers)
    if kind == "float":
        step = np.sort(distances)[(len(distances) - 1) // 2]  # the median
        regular = np.abs(distances - step) <= ROUNDING * step
    else:
        values, counts = np.unique(distances, return_counts=True)
        step = values[counts.argmax()]
        regular = distances == step
    if not regular.all():
        at, usual = int(np.argmin(regular)), int(np.argmax(regular))
        raise _gap(index, at, index[at] + (index[usual + 1] - index[usual]), name)
    if kind == "timedelta":
        return _offset(index[1] - index[0])
    return step.item() if kind != "float" else float(distances.mean())


def _frequency(index, numbers, name):
    """Return the frequency of dates: that of the index, or one that pandas infers."""
    import pandas as pd

    freq = index.freq
    if freq is None and len(index) > 2:
        freq = pd.infer_freq(index)
    if freq is not None or len(index) == 1:
        return plain_frequency(freq)
    distances = np.diff(numbers)
    if (distances == distances[0]).all():  # 24 hours across clock changes
        return _offset(index[1] - index[0])
    raise _gap_in_dates(index, name)


def _offset(distance):
    import pandas as pd

    return plain_frequency(pd.tseries.frequencies.to_offset(distance))


def _gap_in_dates(index, name):
    """Return the error for dates that have no frequency."""
    import pandas as pd

    length = min(10, max(3, len(index) // 3))
    parts = [index[i : i + length] for i in range(0, len(index) - 2, length)]
    found = Counter(pd.infer_freq(part) for part in parts if len(part) > 2)
    offset, at = None, -1
    for freq in [freq for freq, _ in found.most_common(4) if freq is not None]:
        # Use the frequency that holds longest: business days look like days at first.
        other = pd.tseries.frequencies.to_offset(freq)
        pairs = enumerate(pairwise(index))
        end = next(i for i, (a, b) in pairs if a + other != b)
        if end > at:
            offset, at = other, end
    if offset is not None:
        return _gap(index, at, index[at] + offset, name, offset.freqstr)
    distances = index[1:] - index[:-1]
    at = int(np.argmax(distances != distances[0]))
    return ValueError(
        f"{name} is not at equal distances in time: its first labels are "
        f"{distances[0]} apart, but {index[at]} at index {at} is followed by "
        f"{index[at + 1]}. Bring it to one frequency, for example with "
        f'{name}.resample("D").mean().interpolate().'
    )


def _gap(index, at, expected, name, freq=None):
    if index[at + 1] < expected:
        what_to_do = "Drop what lies between, or resample"
    elif freq is None:
        what_to_do = f"Fill the gap with {name}.reindex() and interpolate()"
    else:
        what_to_do = f"Fill the gap with {name}.asfreq({freq!r}) and interpolate()"
    return ValueError(
        f"{name} is not at equal distances in time: its label {index[at]} at index "
        f"{at} is followed by {index[at + 1]}, where {expected} was expected. "
        f"{what_to_do}; or drop the labels with {name}.reset_index(drop=True), if the "
        "steps are equal all the same."
    )
