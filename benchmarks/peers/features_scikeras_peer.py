"""The table of features: scikeras."""

import keras
import numpy as np
import tensorflow as tf
from features_keras import KerasLibrary, gru, head
from protocol import serve
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.preprocessing import FunctionTransformer

SMALL = {"epochs": 4, "batch_size": 8, "verbose": 0, "random_state": 0}
ADAM = {"optimizer": "adam", "optimizer__learning_rate": 0.01}


def network(meta, masked=False, l2=0.0, dropout=0.0):
    inputs = keras.Input(meta["X_shape_"][1:])
    kind = "classes"
    if meta["target_type_"] == "multilabel-indicator":
        kind = "labels"
    outputs = head(kind, meta["n_classes_"])
    return gru(inputs, inputs, outputs, masked, l2, dropout)


def of_targets(meta):
    inputs = keras.Input(meta["X_shape_"][1:])
    return gru(inputs, inputs, head("targets", meta["n_outputs_"]))


def without_gru(meta):
    inputs = keras.Input(meta["X_shape_"][1:])
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Conv1D(4, 3)(inputs))
    return keras.Model(inputs, head("classes", meta["n_classes_"])(x))


def of_two_inputs(meta):
    first, second = (keras.Input(meta["X_shape_"][1:]) for _ in range(2))
    x = keras.layers.Concatenate()([first, second])
    return gru([first, second], x, head("classes", meta["n_classes_"]))


def doubled(X):
    return [X, X]


class OfTwoInputs(KerasClassifier):
    """What scikeras' documentation asks for: a subclass with a feature encoder."""

    @property
    def feature_encoder(self):
        return FunctionTransformer(doubled)


class Scikeras(KerasLibrary):
    name = package = "scikeras"
    names = {
        "learning_rate": "optimizer__learning_rate",
        "clipnorm": "optimizer__clipnorm",
        "l2": "model__l2",
        "dropout": "model__dropout",
    }
    noise = {"model__dropout": 0.5}
    words = {
        **KerasLibrary.words,
        "optimizer_parameters": ("`optimizer__...`", ""),
        "network_parameters": ("arguments of your function", ""),
        "stratified_folds": ("", "pass `StratifiedKFold`"),
        "threads": ("", "error, or other bits"),
        "global_state": ("", "TensorFlow's begins anew"),
        "several_inputs": ("by a subclass", ""),
        "trained_network": ("`model=` takes it", ""),
    }
    refusals = {
        **KerasLibrary.refusals,
        "threads": "TF_DETERMINISTIC_OPS",
    }

    def make(self, **changes):
        loss = "sparse_categorical_crossentropy"
        settings = {"model": network, "loss": loss, **ADAM, **SMALL}
        return KerasClassifier(**{**settings, **changes})

    def make_masked(self):
        return self.make(model__masked=True)

    def make_multilabel(self):
        return self.make(loss="binary_crossentropy")

    def make_regressor(self):
        return KerasRegressor(model=of_targets, loss="mse", **ADAM, **SMALL)

    def with_fit_settings(self, **settings):
        return self.make(**settings)

    def noisy(self, **settings):
        return self.make(**self.noise, **settings)

    def make_stopping(self, epochs, patience, min_delta=0.0):
        stopping = super().make_stopping(epochs, patience, min_delta)
        return stopping.set_params(optimizer__learning_rate=0.03)

    def n_epochs(self, fitted):
        return len(fitted.history_["loss"])

    # ---- what else is there ----

    def own_network(self):
        fitted = self.fit(self.make(model=without_gru))
        return self.proba(fitted).shape == (len(self.X), 3)

    def several_inputs(self):
        loss = "sparse_categorical_crossentropy"
        fitted = self.fit(OfTwoInputs(model=of_two_inputs, loss=loss, **ADAM, **SMALL))
        return self.proba(fitted).shape == (len(self.X), 3)

    def own_loss(self):
        def loss(y, predicted):
            return 2 * keras.losses.sparse_categorical_crossentropy(y, predicted)

        return self.acts(loss=loss)

    def trained_network(self):
        """Train a trained network no further, and compare what it predicts."""
        trained = self.fit().model_
        settings = SMALL | {"random_state": None}
        estimator = KerasClassifier(model=trained, **settings)
        trained.optimizer.learning_rate = 0.0
        return np.allclose(self.proba(self.fit(estimator)), self.usual)

    def own_loader(self):
        samples = tf.data.Dataset.from_tensor_slices((self.X, self.y)).batch(8)
        return not self.refuses("own_loader", lambda: self.make().fit(samples, None))


if __name__ == "__main__":
    serve(cells=Scikeras().cells)
