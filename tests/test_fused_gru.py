"""The fused layer equals Keras' own, in outputs and in every gradient."""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from gru_layers import (
    assert_same,
    compiled,
    layer_pair,
    normal,
    outputs_and_gradients,
    tolerance,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skgru._engine.forms import use_run_time_forms
from skgru._engine.gru.layer import FusedGRU
from skgru._engine.gru.recurrence import fused_gru
from skgru._engine.randomness import dropout_factors
from skgru._engine.scope import Scope

drawn = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def masks(batch, timesteps):
    """Any mask at all, and those that padding makes."""
    rows = st.lists(st.booleans(), min_size=timesteps, max_size=timesteps)
    lengths = st.integers(0, timesteps)
    prefix = lengths.map(lambda n: [t < n for t in range(timesteps)])
    suffix = lengths.map(lambda n: [t >= n for t in range(timesteps)])
    row = rows | prefix | suffix
    return st.none() | st.lists(row, min_size=batch, max_size=batch).map(np.array)


@drawn
@given(data=st.data())
def test_outputs_and_every_gradient_equal_keras(data):
    batch, timesteps = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 6))
    features, units = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 5))
    mask = data.draw(masks(batch, timesteps))
    dtype = data.draw(st.sampled_from(["float32", "float64"]))
    config = {
        name: data.draw(st.booleans(), name)
        for name in (
            "return_sequences",
            "return_state",
            "go_backwards",
            "zero_output_for_mask",
        )
    }
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    stock, fused = layer_pair(rng, units, features, dtype=dtype, **config)
    inputs = normal(rng, (batch, timesteps, features), dtype)
    state = normal(rng, (batch, units), dtype) if data.draw(st.booleans()) else None
    mask = None if mask is None else tf.constant(mask)

    expected = outputs_and_gradients(stock, inputs, state, mask=mask)
    actual = outputs_and_gradients(fused, inputs, state, mask=mask)
    assert_same(actual, expected, tolerance(dtype))


@pytest.mark.parametrize("jit_compile", [True, False])
@pytest.mark.parametrize("go_backwards", [True, False])
@pytest.mark.parametrize("return_sequences", [True, False])
def test_compiled_outputs_and_gradients_equal_keras(
    jit_compile, go_backwards, return_sequences
):
    rng = np.random.default_rng(1)
    stock, fused = layer_pair(
        rng,
        17,
        3,
        return_sequences=return_sequences,
        return_state=True,
        go_backwards=go_backwards,
    )
    inputs, state = normal(rng, (5, 11, 3)), normal(rng, (5, 17))
    mask = tf.constant(rng.random((5, 11)) < 0.7)

    expected = outputs_and_gradients(stock, inputs, state, mask=mask)
    actual = compiled(fused, jit_compile)(inputs, state, mask)
    assert_same(actual, expected, 1e-5)


# 137 steps are cut into four blocks of 28 steps and one of 25.
@pytest.mark.parametrize("go_backwards", [True, False])
@pytest.mark.parametrize(
    "lengths",
    [(137, 137, 137), (28, 1, 27), (29, 28, 0), (112, 56, 84), (136, 113, 137)],
    ids=str,
)
def test_long_sequences_equal_keras_wherever_they_end(lengths, go_backwards):
    rng = np.random.default_rng(15)
    stock, fused = layer_pair(
        rng, 5, 2, return_sequences=True, return_state=True, go_backwards=go_backwards
    )
    inputs, state = normal(rng, (3, 137, 2)), normal(rng, (3, 5))
    mask = tf.sequence_mask(lengths, 137)
    expected = compiled(stock, jit_compile=False)(inputs, state, mask)
    assert_same(compiled(fused)(inputs, state, mask), expected, 1e-5)


def test_long_sequences_of_many_units_equal_keras_without_a_mask():
    """Large enough to be cut into blocks: 131 steps into four of 27 and one of 23."""
    rng = np.random.default_rng(18)
    stock, fused = layer_pair(rng, 128, 2, return_sequences=True)
    inputs, state = normal(rng, (16, 131, 2)), normal(rng, (16, 128))
    # As small as initializers draw them: larger ones amplify rounding.
    weights = [w / 12 for w in stock.get_weights()]
    for layer in (stock, fused):
        layer.set_weights(weights)
    expected = compiled(stock, jit_compile=False)(inputs, state, None)
    assert_same(compiled(fused)(inputs, state, None), expected, 1e-5)


def test_long_sequences_with_gaps_and_dropout_equal_keras():
    rng = np.random.default_rng(16)
    stock, fused = layer_pair(rng, 8, 3, recurrent_dropout=0.4)
    inputs = normal(rng, (4, 200, 3))
    mask = tf.constant(rng.random((4, 200)) < 0.7)
    use_masks(stock, dropped(4, 8, 3, "recurrent_dropout"))
    expected = outputs_and_gradients(stock, inputs, mask=mask, training=True)
    with dropping(fused, "recurrent_dropout"):
        actual = outputs_and_gradients(fused, inputs, mask=mask, training=True)
    assert_same(actual, expected, 1e-5)


@pytest.mark.slow  # compares times, which other work on the machine distorts
def test_trailing_padding_costs_little():
    """64 steps padded to 512 take less than twice the time of 64 steps."""
    rng = np.random.default_rng(17)
    _, fused = layer_pair(rng, 64, 12)
    inputs, state = normal(rng, (32, 64, 12)), tf.zeros((32, 64))
    padded = tf.pad(inputs, [(0, 0), (0, 448), (0, 0)])
    run = compiled(fused)

    def seconds(*arguments):
        start = time.perf_counter()
        for _ in range(5):
            outputs, _ = run(*arguments)
        outputs.numpy()
        return time.perf_counter() - start

    cases = [
        (inputs, state, tf.sequence_mask([64] * 32, 64)),
        (padded, state, tf.sequence_mask([64] * 32, 512)),
    ]
    for case in cases:
        seconds(*case)  # compiles
    # In turns, so that whatever else runs slows both.
    ratios = [seconds(*cases[1]) / seconds(*cases[0]) for _ in range(11)]
    assert np.median(ratios) < 2


def test_gradients_equal_finite_differences():
    rng = np.random.default_rng(2)
    shapes = [(3, 5, 2), (3, 4), (2, 12), (4, 12), (2, 12)]
    point = [normal(rng, shape, "float64") for shape in shapes]
    direction = [normal(rng, shape, "float64") for shape in shapes]
    mask = tf.constant([[1, 1, 0, 1, 0], [0, 0, 1, 1, 1], [0, 0, 0, 0, 0]])
    dropout = tf.constant(rng.choice([0.0, 2.0], (3, 3, 4)))

    def loss(arguments):
        output, state, _ = fused_gru(*arguments, mask, dropout, return_sequences=True)
        return tf.reduce_sum(tf.sin(3 * output)) + tf.reduce_sum(state**2)

    with tf.GradientTape() as tape:
        tape.watch(point)
        value = loss(point)
    gradients = tape.gradient(value, point)
    for i in range(len(point)):
        # Central differences along a direction of one argument: error O(step^2).
        step = 1e-5
        shifted = [
            loss([p + s * d if j == i else p for j, (p, d) in enumerate(pairs)])
            for s in (step, -step)
            for pairs in [list(zip(point, direction, strict=True))]
        ]
        numeric = (shifted[0] - shifted[1]) / (2 * step)
        analytic = tf.reduce_sum(gradients[i] * direction[i])
        np.testing.assert_allclose(analytic, numeric, rtol=1e-7, atol=1e-7)


def test_a_masked_step_leaves_state_and_gradient_unchanged():
    rng = np.random.default_rng(3)
    _, fused = layer_pair(rng, 4, 2, return_state=True)
    inputs, state = normal(rng, (2, 6, 2)), normal(rng, (2, 4))
    with tf.GradientTape() as tape:
        tape.watch([inputs, state])
        _, last = fused(inputs, initial_state=state, mask=tf.zeros((2, 6), tf.bool))
        loss = tf.reduce_sum(last * 3.0)
    inputs_gradient, state_gradient = tape.gradient(loss, [inputs, state])
    np.testing.assert_array_equal(last, state)
    np.testing.assert_array_equal(state_gradient, np.full((2, 4), 3.0))
    np.testing.assert_array_equal(inputs_gradient, np.zeros((2, 6, 2)))


def test_masked_values_are_never_read():
    # Padding may hold anything finite.
    rng = np.random.default_rng(4)
    _, fused = layer_pair(rng, 4, 2)
    inputs = rng.normal(size=(2, 6, 2)).astype("float32")
    mask = tf.sequence_mask([4, 2], 6)
    padded = np.where(mask[..., None], inputs, 1e6).astype("float32")
    first = outputs_and_gradients(fused, tf.constant(inputs), mask=mask)
    second = outputs_and_gradients(fused, tf.constant(padded), mask=mask)
    assert_same(second, first, 1e-6)


@pytest.mark.parametrize("return_sequences", [True, False])
@pytest.mark.parametrize("merge_mode", ["concat", "sum"])
def test_bidirectional_stack_equals_keras(return_sequences, merge_mode):
    rng = np.random.default_rng(5)

    def network():
        layer = keras.layers.GRU
        return keras.Sequential(
            [
                keras.layers.Input((6, 3)),
                keras.layers.Masking(),
                keras.layers.Bidirectional(
                    layer(4, return_sequences=True), merge_mode=merge_mode
                ),
                keras.layers.Bidirectional(
                    layer(3, return_sequences=return_sequences), merge_mode=merge_mode
                ),
            ]
        )

    stock, fused = network(), use_run_time_forms(network())
    assert isinstance(fused.layers[1].forward_layer, FusedGRU)
    assert isinstance(fused.layers[1].backward_layer, FusedGRU)
    fused.set_weights(stock.get_weights())
    inputs = rng.normal(size=(4, 6, 3)).astype("float32")
    inputs[0, 4:] = inputs[1, :2] = inputs[2, 3] = inputs[3] = 0

    def run(model):
        inputs_ = tf.constant(inputs)
        with tf.GradientTape() as tape:
            tape.watch(inputs_)
            loss = tf.reduce_sum(tf.sin(3 * model(inputs_)))
        variables = [w.value for w in model.trainable_variables]
        return loss, tape.gradient(loss, [inputs_, *variables])

    assert_same(run(fused), run(stock), 1e-5)


@pytest.mark.parametrize("name", ["dropout", "recurrent_dropout"])
def test_dropout_equals_keras_with_the_same_masks(name):
    rng = np.random.default_rng(6)
    stock, fused = layer_pair(rng, 8, 3, return_sequences=True, **{name: 0.4})
    inputs = normal(rng, (4, 5, 3))
    use_masks(stock, dropped(4, 8, 3, name))
    expected = outputs_and_gradients(stock, inputs, training=True)
    with dropping(fused, name):
        actual = outputs_and_gradients(fused, inputs, training=True)
    assert_same(actual, expected, 1e-5)
    quiet = outputs_and_gradients(fused, inputs, training=False)
    assert np.abs(quiet[0] - actual[0]).max() > 1e-2


def test_one_trace_serves_every_recurrent_dropout_rate():
    rng = np.random.default_rng(9)
    _, fused = layer_pair(rng, 6, 3, recurrent_dropout=0.5)
    inputs = normal(rng, (4, 5, 3))
    traces = []

    @tf.function(jit_compile=True, autograph=False)
    def run(rate):
        traces.append(1)
        with dropping(fused, "recurrent_dropout", rate):
            return fused(inputs, training=True)

    assert_same(run(tf.constant(0.0)), fused(inputs), 1e-6)
    assert np.abs(run(tf.constant(0.9)) - fused(inputs)).max() > 1e-2
    assert len(traces) == 1


SEED = tf.constant([3, 5])


def dropping(layer, name, rate=0.4):
    """What a program tells a layer whose rate is ``rate``."""
    return Scope(rates={(id(layer), name): rate}, seed=SEED)


def dropped(batch, units, features, name, rate=0.4):
    """The factors that the layer will draw."""
    shape = (batch, features) if name == "dropout" else (3, batch, units)
    return dropout_factors(shape, rate, SEED, 0)


def use_masks(stock, masks):
    """Have a stock layer use these factors instead of drawing its own."""

    class Cell(type(stock.cell)):
        def get_dropout_mask(self, step_input):
            return masks

        def get_recurrent_dropout_mask(self, step_input):
            return list(tf.unstack(masks))

    stock.cell.__class__ = Cell


def test_it_trains_inside_a_compiled_loop_over_steps():
    """Several gradient steps in one call, weights as loop variables."""
    rng = np.random.default_rng(11)
    stock, fused = layer_pair(rng, 6, 3)
    batches = normal(rng, (4, 5, 7, 3))
    targets = normal(rng, (4, 5, 6))
    masks = tf.constant(rng.random((4, 5, 7)) < 0.8)
    # Every Keras GRU holds the state of its dropout generator.
    seed_state = [tf.convert_to_tensor(v.value) for v in stock.non_trainable_variables]

    def updated(layer, i, weights):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            output, _ = layer.stateless_call(
                weights, seed_state, batches[i], mask=masks[i]
            )
            loss = tf.reduce_mean((output - targets[i]) ** 2)
        gradients = tape.gradient(loss, weights)
        return [w - 0.1 * g for w, g in zip(weights, gradients, strict=True)]

    @tf.function(jit_compile=True, autograph=False)
    def train(weights, n_steps):
        return tf.while_loop(
            lambda i, *_: i < n_steps,
            lambda i, *w: (i + 1, *updated(fused, i, list(w))),
            (tf.constant(0), *weights),
        )[1:]

    initial = [tf.convert_to_tensor(w.value) for w in fused.trainable_variables]
    expected = initial
    for i in range(3):
        expected = updated(stock, i, expected)
    assert_same(train(initial, tf.constant(3)), expected, 1e-5)


def test_shapes_may_be_unknown_until_run_time():
    rng = np.random.default_rng(12)
    stock, fused = layer_pair(rng, 4, 2, return_sequences=True)
    run = tf.function(
        lambda x: outputs_and_gradients(fused, x),
        input_signature=[tf.TensorSpec((None, None, 2))],
        autograph=False,
    )
    for shape in [(3, 5, 2), (2, 7, 2)]:
        inputs = normal(rng, shape)
        expected = outputs_and_gradients(stock, inputs)
        assert_same(run(inputs), expected, 1e-5)
