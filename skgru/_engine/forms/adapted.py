"""Normalization whose adapted mean and variance are inputs of the program."""

import keras


def is_adapted(layer):
    """Whether the mean and variance of a ``Normalization`` come from ``adapt``.

    If they were arguments of the layer, they are part of its configuration.
    """
    return layer.built and layer.input_mean is None


class AdaptedNormalization(keras.layers.Normalization):
    """``keras.layers.Normalization`` that reads its weights at every call.

    The stock layer caches tensors computed from its weights. They would be constants of
    the program, which networks fitted on other data share.
    """

    def call(self, inputs):
        """Apply the layer."""
        self.finalize_state()
        return super().call(inputs)
