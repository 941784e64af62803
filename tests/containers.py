"""Containers of sequences of unequal length, beside lists of arrays."""

from collections import deque

import numpy as np
import pandas as pd
import polars as pl


def names_of(sequences, names):
    return names or [f"x{i}" for i in range(np.shape(sequences[0])[1])]


def nullable_frames(sequences, names=None):
    """pandas' own types, which mark a missing value with NA."""
    names = names_of(sequences, names)
    return [pd.DataFrame(s, columns=names).astype("Float64") for s in sequences]


def polars_frames(sequences, names=None):
    return [pl.DataFrame(s, schema=names_of(sequences, names)) for s in sequences]


def nested_frame(sequences, names=None):
    """A column for each feature, a series in each cell, as sktime has them."""
    names = names_of(sequences, names)
    columns = {
        name: [pd.Series(s[:, i]) for s in sequences] for i, name in enumerate(names)
    }
    return pd.DataFrame(columns)


def nested_polars_frame(sequences, names=None):
    names = names_of(sequences, names)
    return pl.DataFrame(
        {name: [s[:, i].tolist() for s in sequences] for i, name in enumerate(names)}
    )


def nested_cells(sequences):
    return nested_frame(sequences).to_numpy()


def polars_lists(sequences):
    return pl.Series([s.tolist() for s in sequences])


def pandas_lists(sequences):
    return pd.Series([s.tolist() for s in sequences])


CONTAINERS = [
    nullable_frames,
    polars_frames,
    nested_frame,
    nested_polars_frame,
    nested_cells,
    polars_lists,
    pandas_lists,
    deque,
]
