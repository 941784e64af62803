"""L1 and L2 penalties whose factors are inputs of the program."""

from itertools import pairwise

import numpy as np
import tensorflow as tf


class Penalties:
    """The sum of ``l1 * |w| + l2 * w**2`` over a network's weights, as Keras' ``L1L2``.

    The estimator's ``l1`` and ``l2`` apply to every kernel, but not to biases and
    embeddings; a regularizer's factors apply to the weight that has it.

    Parameters
    ----------
    parts : ModelParts

    Attributes
    ----------
    n_inputs : int
        Number of factors of the model's own regularizers: two for each weight that has
        one.
    """

    def __init__(self, parts):
        sizes = [int(np.prod(v.shape)) for v in parts.trainable]
        ends = np.cumsum([0, *sizes]).tolist()
        self._n_weights = ends[-1]
        ranges = dict(
            zip((id(v) for v in parts.trainable), pairwise(ends), strict=True)
        )
        kernels = [ranges[id(v)] for v in parts.trainable if v.name.endswith("kernel")]
        own = [[ranges[id(v)]] for v in parts.penalised]
        self._groups = [kernels, *own]
        self.n_inputs = 2 * len(own)

    def penalty(self, vector, rates):
        """Return the sum for the vector of all weights."""

        def total():
            terms = []
            for weights, l1, l2 in self._penalised(vector, rates):
                # One sum, so that XLA makes one kernel for both terms.
                terms.append(
                    tf.reduce_sum(l1 * tf.abs(weights) + l2 * tf.square(weights))
                )
            return tf.add_n(terms)

        # Most fits have no penalty, and for small networks the sums take time.
        is_on = tf.reduce_max(tf.stack(self._factors(rates))) > 0
        return tf.cond(is_on, total, lambda: tf.zeros(()))

    def gradient(self, vector, rates):
        """Return the gradient of the penalty: ``l1 * sign(w) + 2 * l2 * w``."""
        return tf.add_n(
            [
                l1 * tf.sign(weights) + 2.0 * l2 * weights
                for weights, l1, l2 in self._penalised(vector, rates)
            ]
        )

    def _factors(self, rates):
        return [
            rates.l1,
            rates.l2,
            *rates.of_model[len(rates.of_model) - self.n_inputs :],
        ]

    def _penalised(self, vector, rates):
        """Yield for each group the vector, 0 outside the group, and its factors."""
        factors = self._factors(rates)
        index = tf.range(self._n_weights)
        for i, ranges in enumerate(self._groups):
            inside = False
            for start, end in ranges:
                inside |= (index >= start) & (index < end)
            weights = tf.where(inside, vector, 0.0)
            yield weights, factors[2 * i], factors[2 * i + 1]
