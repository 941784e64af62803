"""What people would use instead of a GRU, and the GRU, each as one estimator.

All take a list of recordings ``(timesteps, channels)``. What needs a table, or series
of equal length, resamples them to the length of the longest training recording.
"""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import RandomizedSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgru import GRUClassifier, GRURegressor
from skgru.preprocessing import SequenceResampler
from skgru.tuning import param_distributions

N_CANDIDATES, FOLDS = 16, 3


class EqualLength(TransformerMixin, BaseEstimator):
    """Resample to the longest training recording; lay out as the next step wants it."""

    def __init__(self, layout="table"):
        self.layout = layout

    def fit(self, X, y=None):
        self.resampler_ = SequenceResampler(max(map(len, X))).fit(X)
        return self

    def transform(self, X):
        X = np.stack(self.resampler_.transform(X))
        if self.layout == "table":
            return X.reshape(len(X), -1)
        return X.transpose(0, 2, 1).astype(np.float64)  # aeon's (n, channels, steps)


def table(estimator):
    return make_pipeline(EqualLength(), StandardScaler(), estimator)


def tuned(estimator, seed):
    return RandomizedSearchCV(
        estimator,
        param_distributions("small"),
        n_iter=N_CANDIDATES,
        cv=FOLDS,
        n_jobs=2,
        random_state=seed,
    )


def nearest_neighbour(seed):
    from aeon.classification.distance_based import KNeighborsTimeSeriesClassifier

    # A window of a tenth of the series, the usual choice where it is not searched.
    warping = KNeighborsTimeSeriesClassifier(
        distance="dtw", distance_params={"window": 0.1}, n_neighbors=1, n_jobs=2
    )
    return make_pipeline(EqualLength("series"), warping)


def mini_rocket(seed):
    from aeon.classification.convolution_based import MiniRocketClassifier

    return make_pipeline(
        EqualLength("series"), MiniRocketClassifier(random_state=seed, n_jobs=2)
    )


CLASSIFIERS = {
    "GRUClassifier": lambda seed: GRUClassifier(random_state=seed),
    "GRUClassifier, tuned": lambda seed: tuned(GRUClassifier(random_state=seed), seed),
    "plain GRU": lambda seed: GRUClassifier(
        filters=None,
        pooling="last",
        bidirectional=False,
        random_state=seed,
    ),
    "logistic regression": lambda seed: table(LogisticRegression(max_iter=1000)),
    "random forest": lambda seed: table(
        RandomForestClassifier(500, random_state=seed, n_jobs=2)
    ),
    "MLPClassifier": lambda seed: table(
        MLPClassifier(max_iter=1000, random_state=seed)
    ),
    "1-NN DTW": nearest_neighbour,
    "MiniRocket": mini_rocket,
}
REGRESSORS = {
    "GRURegressor": lambda seed: GRURegressor(random_state=seed),
    "GRURegressor, tuned": lambda seed: tuned(GRURegressor(random_state=seed), seed),
    "ridge": lambda seed: table(RidgeCV(np.logspace(-3, 3, 13))),
    "random forest": lambda seed: table(
        RandomForestRegressor(500, random_state=seed, n_jobs=2)
    ),
    "MLPRegressor": lambda seed: table(MLPRegressor(max_iter=1000, random_state=seed)),
}
# They give the same in every run.
DETERMINISTIC = {"logistic regression", "1-NN DTW", "ridge"}
