"""A stock GRU layer beside a fused one, and what both compute."""

import keras
import numpy as np
import tensorflow as tf

from skgru._engine.gru.layer import FusedGRU, can_fuse


def tolerance(dtype):
    return 1e-5 if dtype == "float32" else 1e-12


def assert_same(actual, expected, tol):
    """Equal within `tol`, relative to the largest value where that exceeds 1."""
    actual, expected = tf.nest.flatten(actual), tf.nest.flatten(expected)
    assert len(actual) == len(expected)
    for a, e in zip(actual, expected, strict=True):
        a, e = np.asarray(a), np.asarray(e)
        assert a.shape == e.shape
        np.testing.assert_allclose(a, e, rtol=0, atol=tol * max(1, np.abs(e).max()))


def normal(rng, shape, dtype="float32"):
    return tf.constant(rng.normal(size=shape), dtype)


def layer_pair(rng, units, features, **config):
    """Return a stock layer and a fused one with the same random weights."""
    stock = keras.layers.GRU(units, **config)
    fused = FusedGRU(units, **config)
    assert can_fuse(stock)
    for layer in (stock, fused):
        layer.build((None, None, features))
    weights = [0.7 * rng.normal(size=w.shape) for w in stock.weights]
    stock.set_weights(weights)
    fused.set_weights(weights)
    return stock, fused


def outputs_and_gradients(layer, inputs, initial_state=None, **kwargs):
    """All outputs, and the gradients of every input and weight."""
    watched = [inputs] if initial_state is None else [inputs, initial_state]
    with tf.GradientTape() as tape:
        tape.watch(watched)
        outputs = layer(inputs, initial_state=initial_state, **kwargs)
        # Every output entry gets an upstream gradient of its own.
        loss = 0.0
        for output in tf.nest.flatten(outputs):
            size = tf.size(output)
            ramp = tf.reshape(tf.cast(tf.range(size), output.dtype), tf.shape(output))
            loss += tf.reduce_sum(output * tf.cos(ramp))
    variables = [w.value for w in layer.trainable_variables]
    return outputs, tape.gradient(loss, watched + variables)


def compiled(layer, jit_compile=True):
    """Return outputs and gradients of a layer as one compiled function."""
    return tf.function(
        lambda x, h, m: outputs_and_gradients(layer, x, h, mask=m),
        jit_compile=jit_compile,
        autograph=False,
    )
