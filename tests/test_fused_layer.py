"""The fused layer is a Keras layer; the rule that says where it is fused."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from gru_layers import assert_same, normal

from skgru._fused_gru import FusedGRU, can_fuse


def test_config_and_weights_are_those_of_keras():
    config = {
        "name": "layer",
        "units": 4,
        "kernel_initializer": "he_normal",
        "recurrent_regularizer": keras.regularizers.L2(0.1),
        "recurrent_dropout": 0.2,
        "go_backwards": True,
        "return_sequences": True,
        "zero_output_for_mask": True,
        "seed": 3,
    }
    stock, fused = keras.layers.GRU(**config), FusedGRU(**config)
    assert fused.get_config() == stock.get_config()
    assert FusedGRU.from_config(stock.get_config()).get_config() == stock.get_config()
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(fused)
    )
    assert type(again) is FusedGRU
    assert again.get_config() == fused.get_config()

    for layer in (stock, fused):
        layer.build((None, 5, 3))
    assert [(w.name, w.shape) for w in fused.weights] == [
        (w.name, w.shape) for w in stock.weights
    ]
    inputs = normal(np.random.default_rng(13), (2, 5, 3))
    stock.set_weights(fused.get_weights())
    np.testing.assert_allclose(stock(inputs), fused(inputs), atol=1e-6)
    assert_same(fused.losses, stock.losses, 1e-6)


not_fused = [
    {"activation": "relu"},
    {"recurrent_activation": "hard_sigmoid"},
    {"use_bias": False},
    {"reset_after": False},
    {"unroll": True},
    {"dropout": 0.2, "recurrent_dropout": 0.2},
    {"dtype": "mixed_bfloat16"},
]


@pytest.mark.parametrize("config", not_fused, ids=str)
def test_layers_outside_the_rule_run_as_stock_layers(config):
    rng = np.random.default_rng(14)
    stock = keras.layers.GRU(4, seed=5, **config)
    fused = FusedGRU(4, seed=5, **config)
    assert not can_fuse(stock)
    assert not can_fuse(stock.get_config())
    assert not fused.fused
    inputs = normal(rng, (2, 5, 3))
    for layer in (stock, fused):
        layer.build(inputs.shape)
    fused.set_weights(stock.get_weights())
    np.testing.assert_array_equal(
        tf.cast(fused(inputs, training=True), "float32"),
        tf.cast(stock(inputs, training=True), "float32"),
    )


def test_a_stateful_layer_runs_as_a_stock_layer():
    assert not can_fuse(keras.layers.GRU(4, stateful=True))
    layer = FusedGRU(4, stateful=True)
    inputs = tf.ones((2, 3, 2))
    assert np.abs(layer(inputs) - layer(inputs)).max() > 0


def test_an_injected_mask_needs_a_fused_layer():
    layer = FusedGRU(4, activation="relu")
    with pytest.raises(ValueError, match=r"'recurrent_dropout_mask' of layer .* None"):
        layer(tf.ones((2, 3, 2)), recurrent_dropout_mask=tf.ones((3, 2, 4)))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["go_backwards", "return_sequences", "return_state"])
def test_the_rule_accepts(dtype, name):
    layer = keras.layers.GRU(4, dtype=dtype, **{name: True})
    assert can_fuse(layer)
    assert can_fuse(layer.get_config())
