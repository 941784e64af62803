"""A one-dimensional convolution as one matrix product.

XLA's own convolution is slow on CPU, above all its gradient: with it, a training step
of a network took two to five times as long.
"""

import keras
import tensorflow as tf


def can_be_a_product(layer):
    """Whether a ``Conv1D`` is eligible for its run-time form.

    It is eligible if its data format is ``channels_last`` and it has one group and no
    LoRA matrices.
    """
    return (
        layer.data_format == "channels_last"
        and layer.groups == 1
        and not layer.lora_enabled
    )


class MatrixConv1D(keras.layers.Conv1D):
    """``keras.layers.Conv1D`` that multiplies shifted views with its kernel.

    With kernel size k, dilation rate d, stride s and padded inputs p::

        output[t] = bias + sum over j < k of p[t s + j d] kernel[j]

    The k views ``p[j d :: s]``, concatenated along the channels, are one matrix; the
    kernel, reshaped to (k * channels, filters), is the other.
    """

    def call(self, inputs):
        """Apply the layer to a tensor of shape (batch, timesteps, channels)."""
        (taps,), (stride,), (distance,) = (
            self.kernel_size,
            self.strides,
            self.dilation_rate,
        )
        reach = (taps - 1) * distance + 1
        timesteps = inputs.shape[1]
        before, after = _padding(self.padding, timesteps, reach, stride)
        padded = tf.pad(inputs, [(0, 0), (before, after), (0, 0)])
        n_outputs = (timesteps + before + after - reach) // stride + 1
        last = (n_outputs - 1) * stride + 1
        views = [
            padded[:, j * distance : j * distance + last : stride] for j in range(taps)
        ]
        kernel = tf.cast(self.kernel, self.compute_dtype)
        matrix = tf.reshape(tf.concat(views, axis=-1), (-1, taps * inputs.shape[2]))
        outputs = tf.matmul(matrix, tf.reshape(kernel, (-1, self.filters)))
        outputs = tf.reshape(outputs, (-1, n_outputs, self.filters))
        if self.use_bias:
            outputs += tf.cast(self.bias, self.compute_dtype)
        return outputs if self.activation is None else self.activation(outputs)


def _padding(padding, timesteps, reach, stride):
    """Return the numbers of zeros to pad with before and after, as TensorFlow does."""
    if padding == "causal":
        return reach - 1, 0
    if padding == "valid":
        return 0, 0
    n_outputs = -(-timesteps // stride)
    total = max((n_outputs - 1) * stride + reach - timesteps, 0)
    return total // 2, total - total // 2
