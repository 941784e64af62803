"""The table of features: keras.wrappers.

X has two axes there, so that series are flattened and the network shapes them again.
What the function is given and what ``Model.fit`` is given are dicts, each a parameter.
"""

import keras
import numpy as np
import tensorflow as tf
from feature_checks import GRID
from feature_library import N_FEATURES
from features_keras import KerasLibrary, gru, head
from keras.wrappers import SKLearnClassifier, SKLearnRegressor
from protocol import serve
from sklearn.model_selection import ParameterGrid

FIT = {"epochs": 4, "batch_size": 8, "verbose": 0}


def network(
    X, y, *, learning_rate=0.01, clipnorm=None, seeded=True, loss=None, **layers
):
    if seeded:
        keras.utils.set_random_seed(0)  # there is no random_state
    inputs = keras.Input(X.shape[1:])
    x = keras.layers.Reshape((-1, N_FEATURES))(inputs)
    model = gru(inputs, x, head("classes", y.shape[1]), **layers)
    optimizer = keras.optimizers.Adam(learning_rate, clipnorm=clipnorm)
    model.compile(optimizer, loss or "categorical_crossentropy")
    return model


def of_targets(X, y):
    inputs = keras.Input(X.shape[1:])
    x = keras.layers.Reshape((-1, N_FEATURES))(inputs)
    model = gru(inputs, x, head("targets", y.shape[1]))
    model.compile("adam", "mse")
    return model


def without_gru(X, y):
    inputs = keras.Input(X.shape[1:])
    model = keras.Model(inputs, head("classes", y.shape[1])(inputs))
    model.compile("adam", "categorical_crossentropy")
    return model


def of_two_inputs(X, y):
    first, second = (keras.Input(X.shape[1:]) for _ in range(2))
    x = keras.layers.Concatenate()([first, second])
    model = keras.Model([first, second], head("classes", y.shape[1])(x))
    model.compile("adam", "categorical_crossentropy")
    return model


class KerasWrappers(KerasLibrary):
    name, package = "keras.wrappers", "keras.src.wrappers"
    names = {k: k for k in ("learning_rate", "clipnorm", "l2", "dropout")}
    words = {
        **KerasLibrary.words,
        "grid_search": ("dicts of `model_kwargs`", ""),
        "optimizer_parameters": ("", "inside your function"),
        "network_parameters": ("", "inside your function"),
        "clone_keeps_all": ("", "loses `fit_kwargs`, so the epochs"),
        "class_weight": ("", "by hand in `fit_kwargs`"),
        "warm_start": ("", "without effect"),
        "trained_network": ("", "without its weights"),
        "same_seed": ("", "no `random_state`"),
        "threads": ("", "no `random_state`"),
        "global_state": ("", "draws from Python's"),
    }
    refusals = {
        **KerasLibrary.refusals,
        "multilabel": "should be a 1d array",
        "several_targets": "should be a 1d array",
        "several_inputs": "expects 2 named input",
    }

    def make(self, **model_kwargs):
        return SKLearnClassifier(
            network, model_kwargs=model_kwargs, fit_kwargs=dict(FIT)
        )

    def form(self, X):
        return X.reshape(len(X), -1)

    def proba(self, estimator, X=None):
        X = self.X if X is None else X
        return estimator.decision_function(self.form(X))

    def make_masked(self):
        return self.make(masked=True)

    def make_regressor(self):
        return SKLearnRegressor(of_targets, fit_kwargs=dict(FIT))

    def make_unseeded(self):
        return self.make(seeded=False)

    def with_fit_settings(self, **settings):
        return SKLearnClassifier(network, fit_kwargs=FIT | settings)

    def noisy(self, **settings):
        dropout = {"dropout": 0.5}
        return self.with_fit_settings(**settings).set_params(model_kwargs=dropout)

    def make_stopping(self, epochs, patience, min_delta=0.0):
        stopping = super().make_stopping(epochs, patience, min_delta)
        return stopping.set_params(model_kwargs={"learning_rate": 0.03})

    def n_epochs(self, fitted):
        return len(fitted.history_.epoch)

    def grid_search(self):
        """Search over the function's arguments: whole dicts are the candidates."""
        return self._searches({"model_kwargs": self._dicts(learning_rate=[0.01, 0.05])})

    def grid(self):
        return {"model_kwargs": self._dicts(**GRID)}

    def _dicts(self, **grid):
        return list(ParameterGrid(grid))

    # ---- what else is there ----

    def own_network(self):
        fitted = self.fit(SKLearnClassifier(without_gru, fit_kwargs=dict(FIT)))
        return self.proba(fitted).shape == (len(self.X), 3)

    def several_inputs(self):
        estimator = SKLearnClassifier(of_two_inputs, fit_kwargs=dict(FIT))
        return not self.refuses("several_inputs", lambda: self.fit(estimator))

    def own_loss(self):
        loss = keras.losses.CategoricalFocalCrossentropy()
        return not np.array_equal(
            self.proba(self.fit(self.make(loss=loss))), self.usual
        )

    def trained_network(self):
        """Train a trained network no further, and compare what it predicts."""
        trained = self.fit().model_
        trained.optimizer.learning_rate = 0.0
        estimator = SKLearnClassifier(trained, fit_kwargs=dict(FIT))
        return np.allclose(self.proba(self.fit(estimator)), self.usual)

    def own_loader(self):
        samples = tf.data.Dataset.from_tensor_slices((self.X, self.y)).batch(8)
        return not self.refuses("own_loader", lambda: self.make().fit(samples, None))


if __name__ == "__main__":
    serve(cells=KerasWrappers().cells)
