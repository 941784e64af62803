"""GRU networks for scikit-learn users."""

from . import _startup  # noqa: F401  (TensorFlow, before anything imports it)
from ._engine import disk_cache

# Before anything can start XLA, which reads where to keep programs only once.
disk_cache.enable()

from . import (
    augmentation,
    datasets,
    exceptions,
    forecasting,
    inspection,
    plotting,
    preprocessing,
    schedules,
    tuning,
)
from ._classifier import GRUClassifier
from ._engine.program_cache import cache_info, clear_cache, compilations
from ._regressor import GRURegressor
from ._version import __version__
from .persistence import load, save

__all__ = [
    "GRUClassifier",
    "GRURegressor",
    "__version__",
    "augmentation",
    "cache_info",
    "clear_cache",
    "compilations",
    "datasets",
    "exceptions",
    "forecasting",
    "inspection",
    "load",
    "plotting",
    "preprocessing",
    "save",
    "schedules",
    "tuning",
]
