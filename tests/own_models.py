"""Model functions, as a user of scikeras writes them."""

import keras
import numpy as np


def softmax_or_sigmoid(meta):
    """Return the head that scikeras' documentation recommends."""
    if meta["target_type_"] == "multiclass":
        return keras.layers.Dense(meta["n_classes_"], activation="softmax")
    if meta["target_type_"] == "binary":
        return keras.layers.Dense(1, activation="sigmoid")
    if meta["target_type_"] == "multilabel-indicator":
        return keras.layers.Dense(meta["n_classes_"], activation="sigmoid")
    return keras.layers.Dense(meta["n_outputs_"])


def functional(meta, width=4, rate=0.2, l2=0.0):
    """A convolution, batch normalisation and a GRU that runs both ways."""
    inputs = keras.Input((None, meta["n_features_in_"]))
    x = keras.layers.Conv1D(5, 3, padding="same", use_bias=False)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    regularizer = keras.regularizers.L2(l2)
    gru = keras.layers.GRU(width, return_sequences=True, kernel_regularizer=regularizer)
    x = keras.layers.Bidirectional(gru)(x)
    x = keras.layers.GlobalMaxPooling1D()(x)
    x = keras.layers.Dropout(rate)(x)
    return keras.Model(inputs, softmax_or_sigmoid(meta)(x))


def sequential(meta):
    """A stack whose input shape is not said."""
    return keras.Sequential([keras.layers.GRU(4), softmax_or_sigmoid(meta)])


def masked(meta, width=4):
    """A stack that masks padding."""
    return keras.Sequential(
        [
            keras.Input((None, meta["n_features_in_"])),
            keras.layers.Masking(),
            keras.layers.GRU(width),
            softmax_or_sigmoid(meta),
        ]
    )


class Attention(keras.layers.Layer):
    """A weighted mean over time."""

    def build(self, input_shape):
        self.score = self.add_weight(shape=(input_shape[-1], 1), name="kernel")

    def call(self, inputs):
        weights = keras.ops.softmax(keras.ops.matmul(inputs, self.score), axis=1)
        return keras.ops.sum(weights * inputs, axis=1)

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1])


def attention(meta):
    """A layer of the user's own."""
    inputs = keras.Input((None, meta["n_features_in_"]))
    x = keras.layers.GRU(4, return_sequences=True)(inputs)
    return keras.Model(inputs, softmax_or_sigmoid(meta)(Attention()(x)))


class Subclassed(keras.Model):
    """A model without a graph."""

    def __init__(self, units, n_outputs, activation):
        super().__init__()
        self.gru = keras.layers.GRU(units)
        self.dropout = keras.layers.Dropout(0.1)
        self.head = keras.layers.Dense(n_outputs, activation=activation)
        self._config = {
            "units": units,
            "n_outputs": n_outputs,
            "activation": activation,
        }

    def get_config(self):
        return self._config

    def call(self, inputs, training=False):
        return self.head(self.dropout(self.gru(inputs), training=training))


def subclassed(meta):
    """A subclassed model."""
    head = softmax_or_sigmoid(meta)
    name = getattr(head.activation, "__name__", "linear")
    return Subclassed(4, head.units, name)


def text(meta, vocabulary_size, mask_zero=True):
    """Token ids."""
    return keras.Sequential(
        [
            keras.Input((None,), dtype="int32"),
            keras.layers.Embedding(vocabulary_size, 5, mask_zero=mask_zero),
            keras.layers.GRU(4),
            softmax_or_sigmoid(meta),
        ]
    )


def lstm(meta):
    """A recurrent layer that stays stock."""
    return keras.Sequential(
        [
            keras.Input((6, meta["n_features_in_"])),
            keras.layers.LSTM(4, return_sequences=True),
            keras.layers.GRU(3, reset_after=False),
            softmax_or_sigmoid(meta),
        ]
    )


def data(n=44, n_timesteps=6, n_features=3):
    """Return series, classes, and a real target in units of its own."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n, n_timesteps, n_features)).astype(np.float32)
    height = X[:, :, 0].mean(axis=1)
    return X, np.digitize(height, [-0.2, 0.2]), 500 + 40 * X[:, -2:, 0].sum(axis=1)
