"""Whether padding changes the predictions of a user's network."""

import threading

import numpy as np
import tensorflow as tf
from cachetools import LRUCache, cached

from ._keras import only_output

# Number of steps of the sequence that the network is tested with.
_STEPS = 8


def _key(network):
    return network.key, network.behaviours, network.input_shape


@cached(LRUCache(256), key=_key, lock=threading.Lock())
def ignores_padding(network):
    """Whether a network predicts the same from a sequence with padding after it.

    The network is run to find out, because the settings of the layers do not show it:
    layers such as ``Conv1D``, ``Flatten`` and ``GlobalMaxPooling1D`` drop masks, and a
    model may pass a mask on explicitly.

    Parameters
    ----------
    network : UserNetwork
    """
    if not network.any_length:
        # There is no sequence without padding to compare with.
        return network.masks
    model, rng = network.build(), np.random.default_rng(0)
    for variable in model.trainable_variables:
        # Weights that are initialized to 0 would hide an effect of padding.
        variable.assign(rng.uniform(-0.5, 0.5, variable.shape))
    shape = network.input_shape[1:]
    for n_steps in (_STEPS, 8 * _STEPS):
        if shape:
            features = (1 if size is None else size for size in shape)
            values = rng.uniform(0.5, 1.5, (1, n_steps, *features)).astype(np.float32)
            # The zeros of padding are a maximum only among values below them.
            alone = np.concatenate([values, -values])
        else:
            alone = np.ones((1, n_steps), np.int32)
        padded = np.concatenate([alone, np.zeros_like(alone)], axis=1)
        try:
            outputs = [
                only_output(model, tf.constant(X), False) for X in (alone, padded)
            ]
        except (ValueError, tf.errors.OpError):
            continue  # for example, a kernel is wider than the sequence
        return bool(np.allclose(*outputs, rtol=1e-4, atol=1e-6))
    return network.masks
