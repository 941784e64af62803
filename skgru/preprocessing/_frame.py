"""Read sequences from a DataFrame in long form."""

from collections.abc import Iterable

import numpy as np

from .._suggest import suggest
from ._time_index import pandas_index


def sequences_from_frame(df, id, time, columns=None):
    """Return the sequences of a DataFrame with one row for each step of a sequence.

    The rows may be in any order; those of a sequence are sorted by ``time``. Intervals
    between times are not used: if they matter, add them as a column.

    Parameters
    ----------
    df : pandas.DataFrame
        Data in long form.
    id : str
        Column that says to which sequence a row belongs.
    time : str
        Column of numbers, timestamps or periods that orders the rows of a sequence.
    columns : str or list of str, default=None
        Columns that are the features of a step, in this order; by default all others.
        They must be numeric or bool. NaN is kept, for :class:`SequenceImputer` to fill.

    Returns
    -------
    sequences : list of ndarray of shape (timesteps_i, n_columns)
        The sequences, sorted by id, as ``df.groupby(id)`` has them. float32 if all
        columns are, else float64.
    ids : ndarray of shape (n_sequences,)
        The id of each sequence. ``labels.loc[ids]`` or ``labels.reindex(ids)`` brings a
        Series of labels into the same order.

    Raises
    ------
    TypeError
        ``df`` is no pandas DataFrame, ``columns`` neither a name nor a list, or an id
        is a list or another value that cannot be hashed.
    ValueError
        ``df`` is empty; a column is missing or not numeric; an id or a time is missing;
        a time is a string; a time occurs twice in a sequence; a value is infinite. The
        message names the column and the id.

    See Also
    --------
    SequenceImputer : Fills what is missing.
    make_windows : Cuts a single long series.

    Examples
    --------
    >>> import pandas as pd
    >>> from skgru.preprocessing import sequences_from_frame
    >>> df = pd.DataFrame(
    ...     {
    ...         "patient": ["b", "a", "b"],
    ...         "day": [2, 1, 1],
    ...         "pulse": [61.0, 70.0, 60.0],
    ...     }
    ... )
    >>> sequences, ids = sequences_from_frame(df, "patient", "day")
    >>> ids.tolist()
    ['a', 'b']
    >>> sequences[1].tolist()
    [[60.0], [61.0]]
    """
    _check_frame(df)
    if len(df) == 0:
        raise ValueError("df has no row; at least one is needed.")
    if columns is not None:
        columns = [columns] if isinstance(columns, str) else columns
        if not isinstance(columns, Iterable):
            raise TypeError(
                "columns must be the name of a column, a list of names or None. Got "
                f"{columns!r} instead."
            )
        columns = list(columns)
    _check_columns(df, [id, time, *(columns or [])])
    if columns is None:
        columns = [name for name in df.columns if name not in (id, time)]
        _check_columns(df, columns)
    if len(columns) == 0:
        raise ValueError(
            f"df has no columns except {id!r} and {time!r}: no feature is left."
        )
    _check_keys(df, id, time)
    values = _values(df, id, columns)

    # pandas groups by no float16.
    by = df[id].astype(np.float32) if df[id].dtype == np.float16 else df[id]
    groups = df.groupby(by, sort=True, observed=True)
    group = groups.ngroup().to_numpy()
    # A stable sort by group, after that by time, puts the rows of each sequence
    # together in order of time.
    by_time = (
        df[time].reset_index(drop=True).sort_values(kind="stable").index.to_numpy()
    )
    order = by_time[np.argsort(group[by_time], kind="stable")]
    group = group[order]
    _check_times_differ(df, id, time, order, group)
    starts = np.flatnonzero(np.diff(group)) + 1
    sequences = [part.copy() for part in np.split(values[order], starts)]
    ids = df[id].iloc[order[np.concatenate([[0], starts])]].to_numpy()
    return sequences, ids


def _check_frame(df):
    if pandas_index(df) is not None and hasattr(df, "columns"):
        return
    library = type(df).__module__.split(".")[0]
    got = type(df).__name__ + ("" if library == "builtins" else f" of {library}")
    what_to_do = "Make one with pandas.DataFrame()."
    for method in ("to_pandas", "collect", "compute", "to_frame"):
        if hasattr(df, method):
            then = ".to_pandas()" if method == "collect" else ""
            what_to_do = f"Pass df.{method}(){then}."
            break
    raise TypeError(f"df must be a pandas DataFrame. Got {got} instead. {what_to_do}")


def _check_columns(df, names):
    known = list(df.columns)
    for name in names:
        if name not in known:
            hint = suggest(str(name), map(str, known), cutoff=0.6)
            if name in df.index.names:
                hint = " It is a level of the index: pass df.reset_index()."
            elif df.index.nlevels > 1:
                hint = (
                    f" Its index has levels {list(df.index.names)}: df.reset_index() "
                    "makes columns of them."
                )
            raise ValueError(f"df has no column {name!r}.{hint} Its columns: {known}.")
        if known.count(name) > 1:
            raise ValueError(f"df has {known.count(name)} columns named {name!r}.")


def _check_keys(df, id, time):
    for name in (id, time):
        missing = df[name].isna().to_numpy()
        if missing.any():
            row = missing.argmax()
            of = "" if name == id else f" of {id} {_shown(df[id].iloc[row])}"
            raise ValueError(
                f"Column {name!r} has no value at row {row} (label "
                f"{_shown(df.index[row])}){of}. Drop the row, or fill it."
            )
    if df[id].dtype == object:
        _check_ids_are_hashable(df, id)
    dtype = df[time].dtype
    if dtype.kind not in "iufmM" and not str(dtype).startswith("period"):
        raise ValueError(
            f"Column {time!r} must hold numbers, timestamps or periods to order the "
            f"steps by, but its dtype is {dtype}. Use pandas.to_datetime or astype."
        )


def _check_ids_are_hashable(df, id):
    for row, value in enumerate(df[id]):
        try:
            hash(value)
        except TypeError:
            raise TypeError(
                f"Column {id!r} must hold ids, such as numbers or strings. Got "
                f"{type(value).__name__} {value!r} at row {row} (label "
                f"{_shown(df.index[row])}) instead."
            ) from None


def _values(df, id, columns):
    for name in columns:
        if df[name].dtype.kind not in "iufb":
            raise ValueError(
                f"Column {name!r} is not numeric (dtype {df[name].dtype}). Encode it, "
                "or name the columns that are features with columns=[...]."
            )
    small = all(df[name].dtype in (np.float16, np.float32) for name in columns)
    dtype = np.float32 if small else np.float64
    values = np.column_stack(
        [df[name].to_numpy(dtype=dtype, na_value=np.nan) for name in columns]
    )
    infinite = np.isinf(values)
    if infinite.any():
        row, column = np.argwhere(infinite)[0]
        raise ValueError(
            f"Column {columns[column]!r} is infinite at row {row} (label "
            f"{_shown(df.index[row])}) of {id} {_shown(df[id].iloc[row])}."
        )
    return values


def _check_times_differ(df, id, time, order, group):
    times = df[time].iloc[order]
    same = (times.to_numpy()[1:] == times.to_numpy()[:-1]) & (np.diff(group) == 0)
    if same.any():
        row = order[np.argmax(same)]
        raise ValueError(
            f"{id} {_shown(df[id].iloc[row])} has more than one row at {time} "
            f"{_shown(df[time].iloc[row])}. Aggregate them, for example with "
            f"df.groupby([{id!r}, {time!r}], as_index=False).mean()."
        )


def _shown(value):
    """Return the text of a value for messages: 3 instead of np.int64(3)."""
    return repr(value.item() if isinstance(value, np.generic) else value)
