"""Batch normalisation over rows with a sample, with a gradient that is fast on CPU."""

import keras
import tensorflow as tf

from ..scope import current_scope


def has_rows(layer):
    """Whether a ``BatchNormalization`` is eligible for its run-time form.

    It is eligible if it is built, its axis is the last one, it computes in float32 or
    float64, and ``renorm`` and ``synchronized`` are off.
    """
    rank = layer.input_spec.ndim if layer.built else 0
    return (
        rank > 1
        and layer.axis in (-1, rank - 1)
        and not layer.renorm
        and not layer.synchronized
        and layer.compute_dtype in ("float32", "float64")
    )


class PresentRowsBatchNormalization(keras.layers.BatchNormalization):
    """``keras.layers.BatchNormalization`` over the rows that hold a sample.

    All batches of a program have the same size, but in Keras the last batch of an epoch
    may be smaller. So rows without a sample must not count in the mean and the
    variance. Masked steps do not count either, as in Keras.

    The first axis of its inputs must be that of the batch: see ``Network``, which finds
    out.
    """

    def call(self, inputs, training=None, mask=None):
        """Normalise by the batch in training, else by the moving averages."""
        scope = current_scope()
        scope.leading[id(self)] = inputs.shape[0]
        if not (training and self.trainable):
            return super().call(inputs, training=training, mask=mask)
        scope.check_mode(self)
        channels = inputs.shape[-1]
        gamma = self.gamma if self.scale else tf.ones(channels, inputs.dtype)
        beta = self.beta if self.center else tf.zeros(channels, inputs.dtype)
        outputs, mean, variance = normalise(
            tf.reshape(inputs, (-1, channels)),
            tf.convert_to_tensor(gamma),
            tf.convert_to_tensor(beta),
            self._weights(inputs, mask),
            self.epsilon,
        )
        for average, value in (
            (self.moving_mean, mean),
            (self.moving_variance, variance),
        ):
            kept = tf.convert_to_tensor(average) * self.momentum
            average.assign(kept + value * (1.0 - self.momentum))
        return tf.reshape(outputs, tf.shape(inputs))

    def _weights(self, inputs, mask):
        """Return each row's weight in the averages, shape (rows, 1); they sum to 1."""
        lead = inputs.shape[:-1]
        counted = tf.ones(lead, inputs.dtype)
        present = current_scope().present
        if present is not None:
            present = tf.reshape(present, [-1] + [1] * (len(lead) - 1))
            counted *= tf.cast(present, inputs.dtype)
        if mask is not None:
            counted *= tf.cast(mask, inputs.dtype)
        counted = tf.reshape(counted, (-1, 1))
        # If all steps of a batch are masked, the sum is 0: avoid dividing by it.
        return counted / tf.maximum(tf.reduce_sum(counted), 1.0)


@tf.custom_gradient
def normalise(x, gamma, beta, weights, epsilon):
    """Return x normalised over its rows, and their mean and variance.

    With weights w that sum to 1, and the sum over the rows i::

        mean = sum w_i x_i,  variance = sum w_i (x_i - mean)^2
        n_i = (x_i - mean) / sqrt(variance + epsilon)
        y_i = gamma n_i + beta

    and with the upstream gradient g of y::

        dbeta = sum g_i,  dgamma = sum g_i n_i
        dx_i = gamma (g_i - w_i dbeta - w_i n_i dgamma) / sqrt(variance + epsilon)

    The gradient is written out because, in XLA, the automatic gradient takes several
    times as long. The returned mean and variance are for the moving averages: no
    gradient flows through them.

    Parameters
    ----------
    x : tensor of shape (rows, channels)
    gamma, beta : tensors of shape (channels,)
    weights : tensor of shape (rows, 1)
    epsilon : float

    Returns
    -------
    y : tensor of shape (rows, channels)
    mean, variance : tensors of shape (channels,)

    References
    ----------
    S. Ioffe and C. Szegedy (2015), "Batch Normalization", arXiv:1502.03167, section 3.
    """
    mean = tf.reduce_sum(weights * x, axis=0)
    centred = x - mean
    variance = tf.reduce_sum(weights * tf.square(centred), axis=0)
    factor = tf.math.rsqrt(variance + epsilon)
    normal = centred * factor

    def gradient(upstream, of_mean, of_variance):
        of_beta = tf.reduce_sum(upstream, axis=0)
        of_gamma = tf.reduce_sum(upstream * normal, axis=0)
        shared = weights * (of_beta + normal * of_gamma)
        of_x = (upstream - shared) * (factor * gamma)
        return of_x, of_gamma, of_beta, None, None

    return (normal * gamma + beta, mean, variance), gradient
