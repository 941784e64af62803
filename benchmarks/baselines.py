"""What people would use instead of a GRU, and the GRU, each as one estimator.

All take a list of recordings ``(timesteps, channels)``. What needs a table, or series
of equal length, resamples them to the length of the longest training recording.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import RandomizedSearchCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skgru import GRUClassifier, GRURegressor
from skgru.preprocessing import SequenceResampler, SequenceScaler
from skgru.tuning import param_distributions

sys.path.append(str(Path(__file__).with_name("peers")))
from keras_model import build

N_CANDIDATES, FOLDS = 16, 3


class EqualLength(TransformerMixin, BaseEstimator):
    """Resample to the longest training recording; lay out as the next step wants it."""

    def __init__(self, layout="table", fewest=1):
        self.layout, self.fewest = layout, fewest

    def fit(self, X, y=None):
        n_timesteps = max(self.fewest, *map(len, X))
        self.resampler_ = SequenceResampler(n_timesteps).fit(X)
        return self

    def transform(self, X):
        X = np.stack(self.resampler_.transform(X))
        if self.layout == "table":
            return X.reshape(len(X), -1)
        if self.layout == "steps":
            return X
        return X.transpose(0, 2, 1).astype(np.float64)  # (n, channels, steps)


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
        EqualLength("series", fewest=9),  # it takes no shorter ones
        MiniRocketClassifier(random_state=seed, n_jobs=2),
    )


# All networks of peers get the epochs, batches and learning rate of `GRUClassifier()`,
# and standardised channels, as it makes them itself.
EPOCHS, BATCH_SIZE, LEARNING_RATE = 100, 16, 3e-3


class Prepared:
    """A classifier after a transformer: sktime's refuse scikit-learn's Pipeline.

    The training rows are shuffled once, which sktime's networks never do.
    """

    def __init__(self, transformer, classifier):
        self.transformer, self.classifier = transformer, classifier

    def fit(self, X, y):
        order = np.random.default_rng(0).permutation(len(y))
        self.classifier.fit(self.transformer.fit_transform(X)[order], y[order])
        return self

    def score(self, X, y):
        return self.classifier.score(self.transformer.transform(X), y)


def with_convolutions(network, seed, **config):
    """A network of sktime's: a recurrence beside three convolutions."""
    network = network(
        num_epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        lr=LEARNING_RATE,
        random_state=seed,
        **config,
    )
    return Prepared(make_pipeline(SequenceScaler(), EqualLength("series")), network)


def gru_fcn(seed):
    from sktime.classification.deep_learning.gru import GRUFCNNClassifier

    # Eight units are the paper's; batch_first: peers/sktime_peer.py says why.
    return with_convolutions(
        GRUFCNNClassifier, seed, hidden_dim=8, gru_layers=1, batch_first=True
    )


def lstm_fcn(seed):
    from sktime.classification.deep_learning.lstmfcn import LSTMFCNClassifierTorch

    return with_convolutions(LSTMFCNClassifierTorch, seed)


def scikeras_gru(seed):
    from scikeras.wrappers import KerasClassifier

    network = KerasClassifier(
        model=_plain_keras_gru,
        loss="sparse_categorical_crossentropy",
        optimizer="adam",
        optimizer__learning_rate=LEARNING_RATE,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        random_state=seed,
        verbose=0,
    )
    return make_pipeline(SequenceScaler(), EqualLength("steps"), network)


def _plain_keras_gru(meta):
    return build(meta["X_shape_"][1:], meta["n_classes_"], units=64)


CLASSIFIERS = {
    "GRUClassifier": lambda seed: GRUClassifier(random_state=seed),
    "GRUClassifier, tuned": lambda seed: tuned(GRUClassifier(random_state=seed), seed),
    "scikeras, plain GRU": scikeras_gru,
    "GRU-FCN": gru_fcn,
    "LSTM-FCN": lstm_fcn,
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
# Half an hour to an hour for one fit on two cores.
TOO_SLOW = {
    (method, "PLAID") for method in ("scikeras, plain GRU", "GRU-FCN", "LSTM-FCN")
}
