"""Random numbers: a stream for each use of them in a fit, and dropout's in programs."""

import numpy as np
import tensorflow as tf

# Streams of randomness: each use draws from its own, so that adding one use, or
# resuming at a later epoch, moves no other.
WEIGHTS, SPLIT, SHUFFLE, DROPOUT, AUGMENT = range(5)


def random_stream(seed, stream, epoch=0):
    """Return the generator of one use of randomness in one epoch of a fit."""
    return np.random.default_rng([seed, stream, epoch])


def dropout_factors(shape, rate, seed, stream):
    """Return inverted dropout: 0 with probability ``rate``, else ``1 / (1 - rate)``.

    Philox [1]_ turns a key and a counter into random numbers. The key is the fit's
    seed; the counter's upper half is the training step and the stream, one for each use
    in a step, and its lower half counts the numbers drawn. So no two draws share one.
    (``tf.random.stateless_uniform`` would run Philox twice, to scramble the key first,
    which takes a twentieth of the time to compile a program.)

    Parameters
    ----------
    shape : sequence of int
    rate : scalar tensor
        In [0, 1).
    seed : tensor of shape (2,), dtype int32
        Seed of the fit, and number of the training step.
    stream : int
        Number of the use within a step.

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
