"""X of all shapes, types and orders in memory, and what may come of it."""

import re
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
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
    r"\b(X|y|parameters?|[Ss]amples?|series|argument|sample_weight|learning_rate|texts?|"
    r"Found array)\b"
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
