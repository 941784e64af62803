"""Where training stores what gradients need, from step to step."""

import numpy as np
import pytest
import tensorflow as tf
from gru_layers import assert_same, normal

from skgru._engine.gru.recurrence import fused_gru
from skgru._engine.gru.time_blocks import storage_shapes


@pytest.mark.parametrize(
    "return_sequences, go_backwards",
    [
        (True, False),
        (False, True),
        pytest.param(True, True, marks=pytest.mark.slow),
        pytest.param(False, False, marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("padded", [True, False])
@pytest.mark.parametrize("timesteps, units", [(20, 6), (151, 6), (151, 64)])
def test_what_storage_held_before_changes_nothing(
    timesteps, units, padded, return_sequences, go_backwards
):
    """One block of time, with and without pieces, and several blocks."""
    rng = np.random.default_rng(6)
    batch, features = 32, 3
    shapes = (features, 3 * units), (units, 3 * units), (2, 3 * units)
    weights = [normal(rng, shape) / 4 for shape in shapes]
    inputs = normal(rng, (batch, timesteps, features))
    mask = None
    if padded:
        mask = tf.sequence_mask(rng.integers(1, timesteps * 2 // 3, batch), timesteps)
    upstream = normal(rng, (batch, units))
    if return_sequences:
        upstream = normal(rng, (batch, timesteps, units))

    @tf.function(jit_compile=True, autograph=False)
    def run(storage):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            output, _, _ = fused_gru(
                inputs,
                None,
                *weights,
                mask,
                return_sequences=return_sequences,
                go_backwards=go_backwards,
                storage=storage,
            )
            loss = tf.reduce_sum(output * upstream)
        return output, tape.gradient(loss, weights)

    shapes = storage_shapes(timesteps, batch, units, padded)
    new = run([tf.zeros(shape) for shape in shapes])
    used = run([normal(rng, shape) * 10 for shape in shapes])
    without = run([])
    for one, two in zip(tf.nest.flatten(new), tf.nest.flatten(used), strict=True):
        np.testing.assert_array_equal(one, two)
    assert_same(new, without, 1e-5)
