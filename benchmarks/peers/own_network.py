"""A user's own network: a function that scikeras and skgru both take."""

import keras


def build(meta, dropout=0.2, units=64):
    """Return a convolution of stride 4, then a GRU both ways and a max over time."""
    inputs = keras.Input(meta["X_shape_"][1:])
    x = keras.layers.Conv1D(64, 8, strides=4, use_bias=False)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.ReLU()(x)
    x = keras.layers.Bidirectional(keras.layers.GRU(units, return_sequences=True))(x)
    x = keras.layers.GlobalMaxPooling1D()(x)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(inputs, keras.layers.Dense(1, activation="sigmoid")(x))
