"""The network that Keras users write, for the scikeras peer and the raw Keras peer."""

import keras


def build(shape, n_classes, units, l2=0.0, dropout=0.0):
    """Return the stock layers that `skgru.GRUClassifier` stands for."""
    penalty = keras.regularizers.L2(l2) if l2 else None
    layers = [
        keras.Input(shape),
        keras.layers.GRU(
            units, kernel_regularizer=penalty, recurrent_regularizer=penalty
        ),
        keras.layers.Dense(n_classes, activation="softmax", kernel_regularizer=penalty),
    ]
    if dropout:
        layers.insert(2, keras.layers.Dropout(dropout))
    return keras.Sequential(layers)
