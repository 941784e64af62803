"""Normalisation by what a layer has adapted to, as an input of the program."""

import keras


def is_adapted(layer):
    """Whether a ``Normalization`` has its mean and variance from ``adapt``.

    Those that it was made with are a part of its configuration.
    """
    return layer.built and layer.input_mean is None


class AdaptedNormalization(keras.layers.Normalization):
    """``keras.layers.Normalization`` that reads its weights at every call.

    The stock layer keeps tensors made from them, which would be constants of a program
    that networks of other data share.
    """

    def call(self, inputs):
        """Apply the layer."""
        self.finalize_state()
        return super().call(inputs)
