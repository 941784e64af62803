"""X of all shapes, types and orders in memory, and what may come of it."""

import math
import re
import tempfile
import warnings
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

# So many in the ordinary run, and so many behind the mark "slow".
few_or_many = pytest.mark.parametrize(
    "n_examples", [40, pytest.param(600, marks=pytest.mark.slow)]
)


def search(check, strategy, n_examples):
    """Look for a value of the strategy for which the check fails."""
    without_limits = settings(
        max_examples=n_examples, deadline=None, suppress_health_check=list(HealthCheck)
    )
    without_limits(given(strategy)(check))()


# What an error must name: the data, a parameter, or where in them the fault is.
CAUSE = re.compile(
    r"\b(X|y|parameters?|[Ss]amples?|series|exogenous|arguments?|sample_weight|"
    r"learning_rate|[Tt]exts?|[Cc]olumns?|df|ids?|random_state|Found array)\b"
)


def result_or_error(call):
    """Return what a call returns, None if it raises what is documented.

    What may well be a mistake is warned of by a UserWarning. Other warnings, as NumPy's
    of an overflow, say nothing to a user: they fail the test.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            return call()
        except (ValueError, TypeError) as error:
            assert CAUSE.search(str(error)), error
            return None


DTYPES = "f2 f4 f8 >f4 >f8 g i1 i4 i8 u1 u8 ? F D O U5 M8[s] m8[s]".split()
FILLINGS = {
    "normal": lambda rng, shape: rng.normal(size=shape),
    "whole numbers": lambda rng, shape: rng.integers(0, 5, shape),
    "constant": lambda rng, shape: np.full(shape, 7.5),
    "zeros": lambda rng, shape: np.zeros(shape),
    "huge": lambda rng, shape: rng.normal(size=shape) * 1e30,
    "tiny": lambda rng, shape: rng.normal(size=shape) * 1e-40,
    "far away": lambda rng, shape: 1e6 + rng.normal(size=shape),
    "one NaN": lambda rng, shape: _with(rng, shape, np.nan),
    "one infinity": lambda rng, shape: _with(rng, shape, np.inf),
    "NaN": lambda rng, shape: np.full(shape, np.nan),
    "beyond float32": lambda rng, shape: np.full(shape, 1e39),
}


def _with(rng, shape, value):
    values = rng.normal(size=shape)
    if values.size:
        values.flat[rng.integers(values.size)] = value
    return values


def _mapped(X):
    path = Path(tempfile.mkdtemp()) / "X.npy"
    np.save(path, X)
    return np.load(path, mmap_mode="r")


def _read_only(X):
    X = X.copy()
    X.flags.writeable = False
    return X


def _objects(X):
    items = np.empty(len(X), object)
    items[:] = list(X)
    return items


def _unequal(X):
    """Sequences of 1 step to all steps, as a list."""
    return [series[: 1 + i % max(len(series), 1)] for i, series in enumerate(X)]


ARRANGEMENTS = {
    "as it is": lambda X: X,
    "Fortran order": np.asfortranarray,
    "strided": lambda X: np.repeat(X, 2, axis=-1)[..., ::2],
    "reversed": lambda X: X[::-1],
    "read-only": _read_only,
    "memory-mapped": lambda X: X if X.dtype.hasobject else _mapped(X),
    "list": list,
    "nested lists": lambda X: X.tolist(),
    "tuple": tuple,
    "objects": _objects,
    "unequal": _unequal,
    "masked": lambda X: np.ma.masked_array(X, X == X.flat[0]) if X.size else X,
    "pandas": lambda X: pd.DataFrame(X) if X.ndim == 2 else pd.Series(list(X)),
    "polars": lambda X: pl.DataFrame(X) if X.ndim == 2 else pl.Series(X.tolist()),
}


@st.composite
def arrays(draw, shapes):
    """Return an array of one of the shapes, arranged in some way."""
    shape = draw(shapes)
    rng = np.random.default_rng(draw(st.integers(0, 9)))
    filling = FILLINGS[draw(st.sampled_from(sorted(FILLINGS)))]
    dtype = draw(st.sampled_from(DTYPES))
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        X = np.asarray(filling(rng, shape)).astype(dtype)
        try:
            return ARRANGEMENTS[draw(st.sampled_from(sorted(ARRANGEMENTS)))](X)
        except (TypeError, ValueError, OverflowError, IndexError):
            return X  # no such arrangement of such values: polars has no complex ones
        except pl.exceptions.PolarsError:
            return X


ODD_SHAPES = [(), (0,), (5,), (0, 4, 2), (9, 0, 2), (9, 4, 0), (1, 4, 2), (9, 4, 2, 1)]
# Each shape of sequences is a program to compile.
shapes = st.sampled_from([(9, 4, 2)] * 6 + [(9, 1, 1), (9, 1)] + ODD_SHAPES)
# No program is compiled for these.
any_shapes = st.sampled_from(
    [(9, 4, 2), (9, 4), (1, 1, 1), (1, 4, 2), (3, 1, 2), (2, 10_000, 1), *ODD_SHAPES]
)

NUMBERS = [-1, 0, 1, 3, 0.0, 0.5, 1.0, 1e30, 1e-30, math.nan, math.inf, None, "1", True]
numbers = st.sampled_from(NUMBERS)


def one_of_classes(classes, values, most=3):
    """Return an object of one of the classes, with some of its parameters set."""

    def make(cls, drawn):
        # A partial: the values may be refused as soon as the object is made.
        names = sorted(cls().get_params())
        return partial(cls, **dict(zip(names, drawn, strict=False)))

    return st.builds(make, st.sampled_from(classes), st.lists(values, max_size=most))


def values_of(result):
    """Return all numbers of a result as one float64 array."""
    if isinstance(result, list | tuple) or getattr(result, "dtype", "") == "O":
        parts = [values_of(part) for part in result]
        return np.concatenate(parts) if parts else np.empty(0)
    return np.asarray(result, np.float64).ravel()


def check_fit(estimator, X, y, **more):
    """Fit: a failed one leaves nothing, any other is finite; return it, or None."""
    estimator = clone(estimator)
    if result_or_error(lambda: estimator.fit(X, y, **more)) is None:
        assert not estimator.initialized_
        return None
    predict = getattr(estimator, "predict_proba", estimator.predict)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", UserWarning)
        assert np.isfinite(values_of(predict(X))).all()
    assert np.isfinite(estimator.history_["loss"]).all()
    return estimator


# One row for each step of a series, in the order of neither.
FRAME = {
    "patient": ["b", "a", "b", "a", "b", "c"],
    "day": [3, 2, 1, 1, 2, 1],
    "pulse": [60.0, 61.0, 62.0, 63.0, 64.0, 65.0],
    "weight": [70, 71, 72, 73, 74, 75],
}
# Columns of other kinds: what they hold is made of the column's own values.
COLUMNS = {
    "as it is": lambda column: column,
    "text": lambda column: column.astype(str),
    "objects": lambda column: column.astype(object),
    "categories": lambda column: column.astype("category"),
    "dates": lambda column: pd.to_datetime(pd.factorize(column)[0]),
    "periods": lambda column: pd.period_range("2026", periods=len(column), freq="D"),
    "durations": lambda column: pd.to_timedelta(pd.factorize(column)[0]),
    "one missing": lambda column: column.astype(object).where(column.index != 2),
    "missing": lambda column: pd.Series([None] * len(column), dtype=object),
    "NaN": lambda column: pd.Series(np.full(len(column), np.nan)),
    "nullable": lambda column: pd.array(pd.factorize(column)[0], dtype="Int64"),
    "infinite": lambda column: pd.Series(np.full(len(column), np.inf)),
    "huge": lambda column: pd.Series(np.full(len(column), 1e300)),
    "half": lambda column: pd.factorize(column)[0].astype(np.float16),
    "complex": lambda column: pd.factorize(column)[0] * 1j,
    "bool": lambda column: pd.factorize(column)[0] > 0,
    "lists": lambda column: pd.Series([[1, 2]] * len(column)),
    "all the same": lambda column: pd.Series([1] * len(column)),
}
INDEXES = {
    "as it is": lambda frame: frame,
    "no rows": lambda frame: frame[:0],
    "one row": lambda frame: frame[:1],
    "labels twice": lambda frame: frame.set_axis([0] * len(frame), axis=0),
    "by patient": lambda frame: frame.set_index("patient"),
    "column twice": lambda frame: frame.assign(more=1).rename(columns={"more": "day"}),
    "numbers as names": lambda frame: frame.rename(columns={"weight": 7}),
    "polars": lambda frame: pl.from_pandas(frame),
    "dict": lambda frame: frame.to_dict("list"),
    "array": lambda frame: frame.to_numpy(),
    "None": lambda frame: None,
}


@st.composite
def frames(draw):
    """Return a frame in long form, with columns of several kinds."""
    frame = pd.DataFrame(FRAME)
    kinds = st.sampled_from(["as it is"] * len(COLUMNS) + sorted(COLUMNS))
    for name in FRAME:
        frame[name] = COLUMNS[draw(kinds)](frame[name])
    arrange = INDEXES[draw(st.sampled_from(["as it is"] * 9 + sorted(INDEXES)))]
    try:
        return arrange(frame)
    except (TypeError, ValueError, NotImplementedError, ImportError):
        return frame  # pandas has no such index, or polars no such column
    except pl.exceptions.PolarsError:
        return frame
