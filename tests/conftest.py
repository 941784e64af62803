"""Data that the tests of the estimators share.

Every architecture, shape and batch size is a program of its own, which takes seconds to
compile. Tests are fast because most of them use the shapes of this file.
"""

import numpy as np
import pytest
from reference import SMALL

import skgru
from skgru import GRUClassifier, GRURegressor

N_TIMESTEPS, N_FEATURES = 6, 3
# Three batches of SMALL's, the last of them short.
N_SAMPLES = 44


def pytest_configure(config):
    """Generate the same examples in every ordinary run; ``-m slow`` looks for new."""
    if "not slow" in config.option.markexpr:
        from hypothesis import settings  # not there where only the pages are built

        settings.register_profile("ordinary", derandomize=True)
        settings.load_profile("ordinary")


@pytest.fixture
def X():
    """Multivariate series of equal length."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(N_SAMPLES, N_TIMESTEPS, N_FEATURES))


@pytest.fixture
def labels(X):
    """Three classes: how high the first feature is on average."""
    height = X[:, :, 0].mean(axis=1)
    return np.array(["low", "middle", "high"])[np.digitize(height, [-0.2, 0.2])]


@pytest.fixture
def targets(X):
    """A real target in units far from 0 and 1."""
    return 500 + 40 * X[:, -2:, 0].sum(axis=1)


@pytest.fixture
def sequences(X):
    """The series of X, of 3 to 6 steps each."""
    return [series[: 3 + i % 4] for i, series in enumerate(X)]


@pytest.fixture
def classifier():
    """Make a small classifier: ``classifier(dropout=0.5)``."""
    return lambda **params: GRUClassifier(**{**SMALL, **params})


@pytest.fixture
def regressor():
    """Make a small regressor: ``regressor(dropout=0.5)``."""
    return lambda **params: GRURegressor(**{**SMALL, **params})


@pytest.fixture(params=["classifier", "regressor"])
def either(request, labels, targets):
    """Make either estimator, and its y: ``estimator, y = either(dropout=0.5)``."""
    if request.param == "classifier":
        return lambda **params: (GRUClassifier(**{**SMALL, **params}), labels)
    return lambda **params: (GRURegressor(**{**SMALL, **params}), targets)


@pytest.fixture
def series(X):
    """Univariate series, for wrappers that read X themselves: columns are steps."""
    return X[:, :, 0]


@pytest.fixture
def binary(labels):
    """Two classes."""
    return labels == "low"


@pytest.fixture
def refused():
    """Assert an error, and that it came before any compute and changed nothing."""

    def check(estimator, method, *data, message, error=ValueError, **more):
        compiled = skgru.cache_info()
        learnt = {k: v for k, v in vars(estimator).items() if k.endswith("_")}
        state = vars(estimator).get("_fitted")
        with pytest.raises(error, match=message):
            getattr(estimator, method)(*data, **more)
        assert skgru.cache_info() == compiled
        assert {k: v for k, v in vars(estimator).items() if k.endswith("_")} == learnt
        assert vars(estimator).get("_fitted") is state

    return check
