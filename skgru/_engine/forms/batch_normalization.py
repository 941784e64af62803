"""Batch normalisation that leaves out rows of a batch that hold no sample."""

import keras
import tensorflow as tf

from ..scope import current_scope


def has_rows(layer):
    """Whether a ``BatchNormalization`` averages over the rows of the batch.

    It is eligible where its axis is the last one, and it is not renormalised or
    synchronised; it must be built.
    """
    rank = layer.input_spec.ndim if layer.built else 0
    return (
        rank > 1
        and layer.axis in (-1, rank - 1)
        and not layer.renorm
        and not layer.synchronized
    )


class PresentRowsBatchNormalization(keras.layers.BatchNormalization):
    """``keras.layers.BatchNormalization`` over the rows that hold a sample.

    The batches of a program have a fixed size. Keras' last batch of an epoch is smaller
    instead, so rows beyond it must not count in the mean and the variance.
    """

    def _moments(self, inputs, mask):
        present = current_scope().present
        if present is None and mask is None:
            return super()._moments(inputs, None)
        rank = len(inputs.shape)
        counted = tf.ones([1] * (rank - 1), tf.bool)
        if present is not None:
            counted &= tf.reshape(present, [-1] + [1] * (rank - 2))
        if mask is not None:
            counted &= tf.cast(mask, tf.bool)
        counted = tf.broadcast_to(counted, tf.shape(inputs)[:-1])
        weights = tf.cast(counted, inputs.dtype)
        axes = list(range(rank - 1))
        # mean = sum(w x) / sum(w), variance = sum(w (x - mean)^2) / sum(w)
        weights = (weights / tf.reduce_sum(weights))[..., None]
        mean = tf.reduce_sum(weights * inputs, axes)
        variance = tf.reduce_sum(weights * tf.square(inputs - mean), axes)
        return mean, variance
