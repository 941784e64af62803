"""GRU networks for scikit-learn users."""

from . import _startup  # noqa: F401, I001  (TensorFlow, before anything imports it)
from . import _compilation_cache

# Before anything can start XLA, which reads where to keep programs only once.
_compilation_cache.enable()

from . import (
    augmentation,
    datasets,
    forecasting,
    inspection,
    plotting,
    preprocessing,
    schedules,
    tuning,
)
from ._cache import cache_info, clear_cache
from ._classifier import GRUClassifier
from ._regressor import GRURegressor
from .persistence import load, save

__version__ = "0.1.0"

__all__ = [
    "GRUClassifier",
    "GRURegressor",
    "__version__",
    "augmentation",
    "cache_info",
    "clear_cache",
    "datasets",
    "forecasting",
    "inspection",
    "load",
    "plotting",
    "preprocessing",
    "save",
    "schedules",
    "tuning",
]
