"""The losses, one value per sample, from the network's values."""

import keras
import tensorflow as tf

_CROSS_ENTROPIES = {
    "categorical_crossentropy": "softmax",
    "binary_crossentropy": "sigmoid",
}


def is_cross_entropy_of(loss, activation):
    """Whether a loss can be computed from the values before an activation."""
    return activation is getattr(
        keras.activations, _CROSS_ENTROPIES.get(loss, ""), None
    )


def sample_losses(loss, values, targets, *, from_logits):
    """Return each sample's loss, shape ``(batch,)``; the mean over its outputs.

    The losses are Keras' own: https://keras.io/api/losses/

    Parameters
    ----------
    loss : {"categorical_crossentropy", "binary_crossentropy", "mse", "mae", "huber"}
    values, targets : tensors of shape (batch, n_outputs)
    from_logits : bool
        Whether ``values`` are logits: the values before the network's last activation.
        A cross-entropy of logits stays exact where a probability rounds to 0 or 1.
    """
    if from_logits and loss == "categorical_crossentropy":
        return tf.nn.softmax_cross_entropy_with_logits(targets, values)
    if from_logits:
        losses = tf.nn.sigmoid_cross_entropy_with_logits(targets, values)
        return tf.reduce_mean(losses, axis=-1)
    function = {
        "categorical_crossentropy": keras.losses.categorical_crossentropy,
        "binary_crossentropy": keras.losses.binary_crossentropy,
        "mse": keras.losses.mean_squared_error,
        "mae": keras.losses.mean_absolute_error,
        "huber": keras.losses.huber,
    }[loss]
    return function(targets, values)
