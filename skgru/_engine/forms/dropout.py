"""Dropout whose rate is an input of the program."""

import keras
import tensorflow as tf

from ..randomness import dropout_factors
from ..scope import current_scope


class RunTimeDropout(keras.layers.Dropout):
    """``keras.layers.Dropout`` with a rate that is known at run time only.

    Every ``Dropout`` is eligible. It draws from the fit's own stream of random numbers
    instead of Keras' seed generator.
    """

    def call(self, inputs, training=False):
        """Set a share of the inputs to 0 in training, and scale the others up."""
        if not training:
            return inputs
        scope = current_scope()
        rate, stream = scope.rate(self, "rate"), scope.next_stream()
        shape = inputs.shape
        if self.noise_shape is not None:
            shape = [
                size if noise is None else noise
                for size, noise in zip(inputs.shape, self.noise_shape, strict=True)
            ]
        # Where nothing is dropped, drawing would take more time than a small layer.
        return tf.cond(
            rate > 0,
            lambda: (
                inputs
                * tf.cast(
                    dropout_factors(shape, rate, scope.seed, stream), inputs.dtype
                )
            ),
            lambda: inputs,
        )
