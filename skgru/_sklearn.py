"""All uses of scikit-learn's private and version-dependent names.

``_fit_context`` and the constraint classes have been stable since 1.2 but are private;
``sklearn.callback`` exists from 1.9 on.
"""

from sklearn.base import _fit_context as fit_context
from sklearn.utils import _safe_indexing
from sklearn.utils._param_validation import (
    HasMethods,
    Hidden,
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
)
from sklearn.utils._set_output import _get_output_config

try:
    from sklearn.callback import CallbackSupportMixin, with_callbacks
except ImportError:  # scikit-learn < 1.9

    class CallbackSupportMixin:
        """Nothing to support before scikit-learn 1.9."""

    def with_callbacks(method):
        """Return the method: there are no callbacks before scikit-learn 1.9."""
        return method


def output_container(transformer):
    """Return what ``transform`` puts out: "default", "pandas" or "polars"."""
    return _get_output_config("transform", transformer)["dense"]


def set_output_container(transformer, container):
    """Set what `output_container` returns; :func:`sklearn.base.clone` keeps it."""
    transformer._sklearn_output_config = {"transform": container}


def metric_of(scorer):
    """Return the metric that ``make_scorer`` was given; None for other scorers."""
    return getattr(scorer, "_score_func", None)


def rows_of(X, rows):
    """Return some rows of X, of any type that scikit-learn's splitters take."""
    return _safe_indexing(X, rows)


__all__ = [
    "CallbackSupportMixin",
    "HasMethods",
    "Hidden",
    "Interval",
    "InvalidParameterError",
    "Options",
    "StrOptions",
    "fit_context",
    "metric_of",
    "output_container",
    "rows_of",
    "set_output_container",
    "with_callbacks",
]
