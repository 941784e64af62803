"""Dropout whose rate is an input of the program."""

import keras
import tensorflow as tf

from ..randomness import dropout_factors
from ..scope import current_scope


class RunTimeDropout(keras.layers.Dropout):
    """``keras.layers.Dropout`` with a rate that is a run-time input.

    Every ``Dropout`` is eligible. It draws from the fit's stream of random numbers
    instead of a Keras seed generator.
    """

    def call(self, inputs, training=False):
        """In training, set a fraction of the inputs to 0 and scale up the others."""
        if not training:
            return inputs
        scope = current_scope()
        scope.check_mode(self)
        rate, stream = scope.rate(self, "rate"), scope.next_stream()
        shape = inputs.shape
        if self.noise_shape is not None:
            shape = [
                size if noise is None else noise
                for size, noise in zip(inputs.shape, self.noise_shape, strict=True)
            ]
        # At a rate of 0, drawing would take more time than a small layer.
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
