"""Each run-time form of a layer computes what the stock layer does, gradients too.

Eagerly, so nothing is compiled: layers of any settings cost milliseconds.
"""

import keras
import numpy as np
import pytest
import tensorflow as tf
from gru_layers import assert_same, normal, outputs_and_gradients
from hypothesis import given, settings
from hypothesis import strategies as st

from skgru._engine.forms import form_of, use_run_time_forms
from skgru._engine.network import _take_activation
from skgru._engine.scope import Scope

layers = keras.layers
few_examples = settings(max_examples=25, deadline=None)


def stock_and_form(make, shape=(None, 3)):
    """Return two models of one layer and the same weights: stock, and run-time form."""
    models = []
    for _ in range(2):
        layer = make()
        models.append(keras.Sequential([keras.Input(shape), layer]))
    stock, converted = models
    rng = np.random.default_rng(0)
    weights = [rng.uniform(0.2, 1.0, w.shape) for w in stock.get_weights()]
    for model in models:
        model.set_weights(weights)
    assert form_of(stock.layers[0]) is not None
    return stock, use_run_time_forms(converted)


def results(model, inputs, **kwargs):
    """Outputs, gradients of inputs and weights, and the state after a call."""
    (layer,) = model.layers
    outputs, gradients = outputs_and_gradients(_Callable(layer), inputs, **kwargs)
    return [outputs, gradients, [v.numpy() for v in layer.non_trainable_variables]]


class _Callable:
    """A layer without an initial state."""

    def __init__(self, layer):
        self._layer = layer
        self.trainable_weights = layer.trainable_weights
        self.trainable_variables = layer.trainable_variables

    def __call__(self, inputs, initial_state=None, **kwargs):
        return self._layer(inputs, **kwargs)


@few_examples
@given(
    kernel_size=st.integers(1, 4),
    strides=st.integers(1, 3),
    dilation_rate=st.integers(1, 3),
    padding=st.sampled_from(["same", "valid", "causal"]),
    use_bias=st.booleans(),
    n_timesteps=st.integers(10, 13),
)
def test_convolution(
    kernel_size, strides, dilation_rate, padding, use_bias, n_timesteps
):
    if strides > 1:
        dilation_rate = 1  # Keras has not both
    stock, form = stock_and_form(
        lambda: layers.Conv1D(
            4,
            kernel_size,
            strides=strides,
            dilation_rate=dilation_rate,
            padding=padding,
            use_bias=use_bias,
            activation="tanh",
        )
    )
    inputs = normal(np.random.default_rng(1), (2, n_timesteps, 3))
    assert_same(results(form, inputs), results(stock, inputs), 1e-5)


@few_examples
@given(
    pool_size=st.integers(1, 5),
    padding=st.sampled_from(["same", "valid"]),
    n_timesteps=st.integers(5, 12),
)
def test_max_pooling(pool_size, padding, n_timesteps):
    stock, form = stock_and_form(
        lambda: layers.MaxPooling1D(pool_size, padding=padding)
    )
    inputs = normal(np.random.default_rng(2), (2, n_timesteps, 3))
    assert_same(results(form, inputs), results(stock, inputs), 1e-6)


@few_examples
@given(
    shape=st.sampled_from([(6, 3), (3,)]),
    masked=st.booleans(),
    n_present=st.integers(1, 8),
    center=st.booleans(),
    scale=st.booleans(),
)
def test_batch_normalisation_of_the_rows_that_are_there(
    shape, masked, n_present, center, scale
):
    """Rows that hold no sample, and masked steps, count nowhere."""
    stock, form = stock_and_form(
        lambda: layers.BatchNormalization(momentum=0.6, center=center, scale=scale),
        (None, *shape[1:]) if len(shape) == 2 else shape,
    )
    rng = np.random.default_rng(3)
    inputs, kwargs = rng.normal(2.0, 3.0, (8, *shape)).astype(np.float32), {}
    if masked and len(shape) == 2:
        kwargs["mask"] = rng.random((8, 6)) < 0.7
        kwargs["mask"][:, 0] = True
    present = {name: mask[:n_present] for name, mask in kwargs.items()}
    expected = results(stock, tf.constant(inputs[:n_present]), training=True, **present)
    with Scope(present=tf.range(8) < n_present):
        (outputs, gradients, state) = results(
            form, tf.constant(inputs), training=True, **kwargs
        )
    # Here, unlike in a loss, the other rows have gradients as well.
    assert_same(outputs[:n_present], expected[0], 1e-5)
    assert_same(state, expected[2], 1e-5)
    if n_present == 8:
        assert_same(gradients, expected[1], 1e-4)


def test_batch_normalisation_at_prediction():
    stock, form = stock_and_form(layers.BatchNormalization)
    inputs = normal(np.random.default_rng(4), (2, 6, 3))
    assert_same(results(form, inputs), results(stock, inputs), 1e-6)


def test_dropout_scales_what_it_keeps():
    """A quarter is dropped, at one place in all steps if so asked."""
    _, form = stock_and_form(lambda: layers.Dropout(0.5, noise_shape=(None, 1, 3)))
    (layer,) = form.layers
    inputs = np.ones((200, 6, 3), np.float32)
    with Scope(
        rates={(id(layer), "rate"): tf.constant(0.25)}, seed=tf.constant([1, 0])
    ):
        dropped = layer(inputs, training=True).numpy()
    assert set(np.unique(dropped)) == {0.0, np.float32(1 / 0.75)}
    assert abs((dropped == 0).mean() - 0.25) < 0.05
    assert (dropped == dropped[:, :1]).all()
    np.testing.assert_array_equal(layer(inputs, training=False), inputs)


def test_normalisation_reads_what_it_adapted_to():
    data = np.random.default_rng(5).normal(3, 2, (20, 6, 3)).astype(np.float32)
    stock, form = layers.Normalization(), layers.Normalization()
    stock.adapt(data)
    model = keras.Sequential([keras.Input((None, 3)), form])
    model.set_weights(stock.get_weights())
    use_run_time_forms(model)
    assert_same(form(data), stock(data), 1e-6)


@pytest.mark.parametrize("n_outputs", [1, 16])
def test_a_last_layer_of_few_outputs(n_outputs):
    stock, converted = (
        keras.Sequential([keras.Input((5,)), layers.Dense(n_outputs, "tanh")])
        for _ in range(2)
    )
    converted.set_weights(stock.get_weights())
    _take_activation(converted, "mse")
    assert type(converted.layers[0]) is not layers.Dense
    inputs = normal(np.random.default_rng(6), (4, 5))
    assert_same(results(converted, inputs), results(stock, inputs), 1e-6)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv1D(4, 2, groups=2),
        layers.Conv1D(4, 2, data_format="channels_first"),
        layers.MaxPooling1D(3, strides=2),
        layers.MaxPooling1D(2, data_format="channels_first"),
        layers.BatchNormalization(axis=1),
        layers.BatchNormalization(renorm=True),
        layers.Normalization(mean=0.0, variance=1.0),
    ],
    ids=lambda layer: layer.name,
)
def test_other_settings_stay_stock_layers(layer):
    layer.build((None, 4, 4))
    assert form_of(layer) is None
