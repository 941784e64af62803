"""A regressor of windows whose forecasts are known."""

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin

from skgru.forecasting import GRUForecaster


class Repeat(RegressorMixin, BaseEstimator):
    """Predicts the value of `lag` steps ago for each of the steps to come."""

    def __init__(self, lag=1):
        self.lag = lag

    def fit(self, X, y):
        self.X_, self.y_ = X, y
        self.n_outputs_ = 1 if y.ndim == 1 else y.shape[1]
        return self

    def predict(self, X):
        season = X[:, -self.lag :, 0]
        y = season[:, np.arange(self.n_outputs_) % self.lag]
        return y[:, 0] if self.n_outputs_ == 1 else y


def alone(regressor, **params):
    """Return a forecaster by the regressor alone, without the linear path."""
    return GRUForecaster(regressor, **{"linear": False, **params})
