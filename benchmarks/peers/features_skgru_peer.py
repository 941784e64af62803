"""The table of features: skgru."""

import tempfile
from unittest import mock

import keras
import numpy as np
import tensorflow as tf
from feature_checks import Checks
from feature_library import CHANGED, Interrupted
from features_keras import Interrupt
from protocol import serve
from skgru_peer import PLAIN
from sklearn.pipeline import make_pipeline

import skgru
from skgru import GRUClassifier, GRURegressor, _checkpoint
from skgru.augmentation import Jitter
from skgru.forecasting import GRUForecaster
from skgru.preprocessing import TextSequencer

SMALL = {"units": 4, "epochs": 4, "batch_size": 8, "random_state": 0}


def without_gru(meta):
    inputs = keras.Input(meta["X_shape_"][1:])
    x = keras.layers.GlobalAveragePooling1D()(keras.layers.Conv1D(4, 3)(inputs))
    outputs = keras.layers.Dense(meta["n_classes_"], activation="softmax")(x)
    return keras.Model(inputs, outputs)


def of_two_inputs(meta):
    first, second = (keras.Input(meta["X_shape_"][1:]) for _ in range(2))
    x = keras.layers.GRU(4)(keras.layers.Concatenate()([first, second]))
    outputs = keras.layers.Dense(meta["n_classes_"], activation="softmax")(x)
    return keras.Model([first, second], outputs)


class Skgru(Checks):
    name = package = "skgru"
    names = {name: name for name in CHANGED}
    noise = {"dropout": 0.5}
    padding = np.nan
    words = {
        "early_stopping": ("`early_stopping=True`", ""),
        "schedule": ('`schedule="cosine_decay"`, ...', ""),
        "augmentation": ("fresh at every epoch: `augmenter`", ""),
        "resumed": ("`checkpoint`", ""),
        "without_pickle": ("`skgru.save`", ""),
        "own_network": ("Keras; one input, one output", ""),
        "own_loss": ("", "cross-entropy; MSE, MAE, Huber"),
        "own_loader": ("", "memory-mapped arrays"),
        "texts": ("`TextSequencer`", ""),
        "forecaster": ("`GRUForecaster`", ""),
        "on_pytorch": ("", "TensorFlow alone"),
    }
    refusals = {
        "several_inputs": "must return a model of one input",
        "own_loader": "requires y to be passed",
        "on_pytorch": "skgru needs Keras on TensorFlow",
    }

    def make(self, **changes):
        return GRUClassifier(**{**PLAIN, **SMALL, **changes})

    def make_regressor(self):
        return GRURegressor(**PLAIN, **SMALL)

    # ---- tuning ----

    def before_search(self):
        skgru.clear_cache()

    def count_programs(self, estimator):
        return skgru.cache_info().misses

    def total_of_programs(self, counted):
        return counted[-1]

    # ---- training ----

    def make_stopping(self, epochs, **stopping):
        return self.make(
            epochs=epochs,
            learning_rate=0.03,
            early_stopping=True,
            validation_split=1 / 3,
            **stopping,
        )

    def n_epochs(self, fitted):
        return fitted.n_iter_

    def schedule(self):
        return self.acts(schedule="cosine_decay")

    def augmentation(self):
        return self.acts(augmenter=Jitter(0.5))

    def resumed(self):
        """Interrupt a fit, call it again, and compare it with one that was not."""
        whole = self.proba(self.fit(self.make(**self.noise)))
        interrupt = Interrupt()
        # A fit as short as this one would end before its first checkpoint is due.
        due = mock.patch.multiple(_checkpoint, SECONDS=0, PARTS=0)
        with tempfile.TemporaryDirectory() as folder, due:
            settings = {"checkpoint": folder, "callbacks": interrupt, **self.noise}
            try:
                self.fit(self.make(**settings))
            except Interrupted:
                parts = self.proba(self.fit(self.make(**settings)))
        if 0 in interrupt.epochs:
            raise RuntimeError(f"skgru did not go on: {interrupt.epochs}.")
        return np.array_equal(parts, whole)

    # ---- random numbers ----

    def seed_all(self):
        super().seed_all()
        tf.random.set_seed(5)

    def draws(self):
        return [*super().draws(), float(tf.random.uniform([]))]

    # ---- keeping ----

    def without_pickle(self):
        fitted = self.fit()
        with tempfile.TemporaryDirectory() as folder:
            skgru.save(fitted, f"{folder}/kept")
            restored = skgru.load(f"{folder}/kept")
        return np.array_equal(self.proba(restored), self.proba(fitted))

    # ---- what else is there ----

    def texts(self):
        texts = np.array(["bad thing", "good thing", "no thing"])[self.y]
        pipeline = make_pipeline(TextSequencer(), self.make(embedding_dim=4))
        return set(pipeline.fit(texts, self.y).predict(texts)) <= {0, 1, 2}

    def forecaster(self):
        series = np.sin(np.arange(60.0))
        regressor = GRURegressor(units=4, epochs=2, random_state=0)
        fitted = GRUForecaster(regressor, window=8, horizon=3).fit(series)
        return bool(np.isfinite(fitted.predict()).all())

    def own_network(self):
        fitted = self.fit(GRUClassifier(model=without_gru, epochs=2, random_state=0))
        return self.proba(fitted).shape == (len(self.X), 3)

    def several_inputs(self):
        network = GRUClassifier(model=of_two_inputs, epochs=2)
        return not self.refuses("several_inputs", lambda: self.fit(network))

    def own_loss(self):
        return self.acts(loss=keras.losses.CategoricalFocalCrossentropy())

    def trained_network(self):
        """Train a trained network no further, and compare what it predicts."""
        meta = {"X_shape_": self.X.shape, "n_classes_": 3}
        trained = without_gru(meta)

        def build(meta):
            model = without_gru(meta)
            model.set_weights(trained.get_weights())
            return model

        settings = {"learning_rate": 1e-9, "epochs": 1, "random_state": 0}
        fitted = self.fit(GRUClassifier(model=build, **settings))
        return np.allclose(self.proba(fitted), trained.predict(self.X), atol=1e-5)

    def own_loader(self):
        samples = tf.data.Dataset.from_tensor_slices((self.X, self.y)).batch(8)
        return not self.refuses("own_loader", lambda: self.make().fit(samples, None))


if __name__ == "__main__":
    serve(cells=Skgru().cells)
