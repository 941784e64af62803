"""The fused layer is a Keras layer; the rule that says where it is fused."""

import keras
import numpy as np
import pytest
from gru_layers import assert_same, normal

from skgru._engine.forms import form_of
from skgru._engine.gru.layer import FusedGRU, can_fuse


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
def test_layers_outside_the_rule_stay_stock_layers(config):
    stock = keras.layers.GRU(4, seed=5, **config)
    assert not can_fuse(stock)
    assert not can_fuse(stock.get_config())
    assert form_of(stock) is None


def test_a_stateful_layer_stays_a_stock_layer():
    assert form_of(keras.layers.GRU(4, stateful=True)) is None


def test_a_subclass_stays_what_it_is():
    class Other(keras.layers.GRU):
        pass

    assert form_of(Other(4)) is None


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", ["go_backwards", "return_sequences", "return_state"])
def test_the_rule_accepts(dtype, name):
    layer = keras.layers.GRU(4, dtype=dtype, **{name: True})
    assert can_fuse(layer)
    assert can_fuse(layer.get_config())
