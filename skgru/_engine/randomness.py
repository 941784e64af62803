"""Random numbers: independent streams for the parts of a fit, and dropout factors."""

import numpy as np
import tensorflow as tf

# Each use of random numbers has its own stream, so that adding a use or resuming at a
# later epoch does not change the numbers of the others.
WEIGHTS, SPLIT, SHUFFLE, DROPOUT, AUGMENT = range(5)


def random_stream(seed, stream, epoch=0):
    """Return the generator of a stream for one epoch of a fit."""
    return np.random.default_rng([seed, stream, epoch])


def dropout_factors(shape, rate, seed, stream):
    """Return inverted dropout: 0 with probability ``rate``, else ``1 / (1 - rate)``.

    Philox [1]_ maps a key and a counter to random numbers. The key is the seed of the
    fit. The upper half of the counter holds the training step and the stream (one for
    each use of dropout in a step), its lower half counts the numbers drawn, so no two
    draws share a counter. (``tf.random.stateless_uniform`` would run Philox once more,
    to scramble the key; compiling that takes 5 % of a program's compilation time.)

    Parameters
    ----------
    shape : sequence of int
    rate : scalar tensor
        In [0, 1).
    seed : tensor of shape (2,), dtype int32
        Seed of the fit, and number of the training step.
    stream : int
        Number of this use of dropout within the step.

    Returns
    -------
    factors : tensor of dtype float32

    References
    ----------
    .. [1] J. K. Salmon et al. (2011), "Parallel Random Numbers: As Easy as 1, 2, 3",
       SC11. doi:10.1145/2063384.2063405
    """
    key, step = tf.unstack(tf.cast(seed, tf.uint64))
    counter = tf.stack([tf.zeros_like(step), step * 2**32 + stream])
    uniform = tf.raw_ops.StatelessRandomUniformV2(
        shape=shape,
        key=key[None],
        counter=counter,
        alg=tf.random.Algorithm.PHILOX.value,
    )
    return tf.where(uniform >= rate, 1.0 / (1.0 - rate), 0.0)
