"""What the two wrappers of Keras models share in the table of features."""

import tempfile

import keras
import numpy as np
import tensorflow as tf
from feature_checks import Checks
from feature_library import Interrupted


def head(kind, width):
    """Return the last layer for classes, labels or targets."""
    activation = {"classes": "softmax", "labels": "sigmoid", "targets": "linear"}
    return keras.layers.Dense(width, activation=activation[kind])


def gru(inputs, x, outputs, masked=False, l2=0.0, dropout=0.0):
    """Return a model of one GRU layer between its inputs and its head."""
    if masked:
        x = keras.layers.Masking()(x)
    x = keras.layers.GRU(4, kernel_regularizer=keras.regularizers.L2(l2))(x)
    return keras.Model(inputs, outputs(keras.layers.Dropout(dropout)(x)))


def halve(epoch, learning_rate):
    """A schedule for Keras' callback."""
    return learning_rate / 2


class Interrupt(keras.callbacks.Callback):
    """Write down the epochs of a training, and end the first one after its second."""

    def __init__(self):
        super().__init__()
        self.epochs, self.trainings = [], 0

    def on_train_begin(self, logs=None):
        self.trainings += 1
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(epoch)
        if self.trainings == 1 and epoch == 1:
            raise Interrupted


class KerasLibrary(Checks):
    """A wrapper of Keras models; it says how a fit gets callbacks."""

    words = {
        "lengths": ("", "pad them first"),
        "masking": ("your `Masking` layer", ""),
        "early_stopping": ("", "callback; holds out the last rows"),
        "schedule": ("callback", ""),
        "augmentation": ("", "layers in your function"),
        "resumed": ("", "`BackupAndRestore`: other bits"),
        "without_pickle": ("", "the network alone"),
        "own_network": ("Keras", ""),
        "several_inputs": ("", "one array"),
    }
    refusals = {
        "lengths": "inhomogeneous",
        "nan_padding": "contains NaN",
        "without_pickle": "RecursionError",
        "own_loader": "BatchDataset|requires y to be passed",
    }

    def with_fit_settings(self, **settings):
        """Return an estimator that passes these to ``Model.fit``."""
        raise NotImplementedError

    def noisy(self, **settings):
        """Return the same with dropout."""
        raise NotImplementedError

    def count_programs(self, estimator):
        return [estimator.model_.train_function, estimator.model_.predict_function]

    def total_of_programs(self, counted):
        """Count functions: each is traced and compiled anew."""
        return len({id(function) for pair in counted for function in pair})

    def make_stopping(self, epochs, patience, min_delta=0.0):
        stopping = keras.callbacks.EarlyStopping(
            patience=patience, min_delta=min_delta, restore_best_weights=True
        )
        return self.with_fit_settings(
            epochs=epochs, callbacks=[stopping], validation_split=1 / 3
        )

    def schedule(self):
        callback = keras.callbacks.LearningRateScheduler(halve)
        scheduled = self.with_fit_settings(callbacks=[callback])
        return not np.array_equal(self.proba(self.fit(scheduled)), self.usual)

    def resumed(self):
        """Fit with BackupAndRestore, interrupted and again; and all at once."""
        whole = self.proba(self.fit(self.noisy()))
        with tempfile.TemporaryDirectory() as folder:
            interrupt = Interrupt()
            callbacks = [keras.callbacks.BackupAndRestore(folder), interrupt]
            try:
                self.fit(self.noisy(callbacks=callbacks))
            except Interrupted:
                parts = self.proba(self.fit(self.noisy(callbacks=callbacks)))
        if 0 in interrupt.epochs:
            raise RuntimeError(f"{self.name} did not go on: {interrupt.epochs}.")
        return np.array_equal(parts, whole)

    def seed_all(self):
        super().seed_all()
        tf.random.set_seed(5)

    def draws(self):
        return [*super().draws(), float(tf.random.uniform([]))]
