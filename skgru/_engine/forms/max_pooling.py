"""Max pooling as a maximum over an axis, which has a fast gradient in XLA on CPU."""

import keras
import tensorflow as tf


def can_be_reshaped(layer):
    """Whether a ``MaxPooling1D`` is eligible for its run-time form.

    It is eligible if its stride equals its pool size, so that windows neither overlap
    nor leave gaps, and its data format is ``channels_last``.
    """
    return layer.pool_size == layer.strides and layer.data_format == "channels_last"


class ReshapedMaxPooling1D(keras.layers.MaxPooling1D):
    """``keras.layers.MaxPooling1D`` as a maximum over an axis of a reshaped input.

    If several steps of a window hold its maximum, each gets an equal share of the
    gradient; TensorFlow's pooling gives all of it to the first.
    """

    def call(self, inputs):
        """Apply the layer to a tensor of shape (batch, timesteps, channels)."""
        size = (
            self.pool_size[0] if isinstance(self.pool_size, tuple) else self.pool_size
        )
        timesteps, channels = inputs.shape[1:]
        if self.padding == "same":
            missing = -timesteps % size
            before = missing // 2
            inputs = tf.pad(
                inputs,
                [(0, 0), (before, missing - before), (0, 0)],
                constant_values=inputs.dtype.min,
            )
        n_windows = inputs.shape[1] // size
        inputs = inputs[:, : n_windows * size]
        windows = tf.reshape(inputs, (-1, n_windows, size, channels))
        return tf.reduce_max(windows, axis=2)
