"""Networks of the user's own, right and wrong ones, and any data for them."""

import math
from functools import partial

import keras
import numpy as np
import pytest
from generated import arrays, check_fit, few_or_many, search
from hypothesis import strategies as st

from skgru import GRUClassifier, GRURegressor

layers = keras.layers
TINY = {"epochs": 1, "batch_size": 8, "random_state": 0}
TWO = np.arange(9) % 2

HEADS = {
    "one": lambda: layers.Dense(1, "sigmoid"),
    "two": lambda: layers.Dense(2, "softmax"),
    "linear": lambda: layers.Dense(1),
    "three": lambda: layers.Dense(3, "softmax"),
    "relu": lambda: layers.Dense(1, "relu"),
    "no weights": lambda: layers.Activation("softmax"),
    "steps": lambda: layers.RepeatVector(3),
    "infinite": lambda: layers.Dense(1, bias_initializer=filled_with(math.inf)),
    "NaN": lambda: layers.Dense(1, bias_initializer=filled_with(math.nan)),
}


def filled_with(value):
    return keras.initializers.Constant(value)


def functional(meta, head):
    inputs = keras.Input((None, meta["n_features_in_"]))
    return keras.Model(inputs, HEADS[head]()(layers.GRU(2)(inputs)))


def sequential(meta, head):
    return keras.Sequential([layers.GRU(2), HEADS[head]()])


def masked(meta, head):
    return keras.Sequential([layers.Masking(), layers.GRU(2), HEADS[head]()])


def of_fixed_shape(meta, head):
    return keras.Sequential([keras.Input((4, 2)), layers.GRU(2), HEADS[head]()])


def without_weights(meta, head):
    pool = layers.GlobalMaxPooling1D()
    return keras.Sequential([pool, layers.Activation("linear")])


def of_two_outputs(meta, head):
    inputs = keras.Input((None, meta["n_features_in_"]))
    states = layers.GRU(2)(inputs)
    return keras.Model(inputs, [HEADS[head]()(states), states])


def stateful(meta, head):
    return keras.Sequential([layers.GRU(2, stateful=True), HEADS[head]()])


def compiled(meta, head):
    model = functional(meta, head)
    model.compile("sgd", "mae")
    return model


def no_model(meta, head):
    return HEADS[head]()


def no_return(meta, head):
    functional(meta, head)


RIGHT = [functional, sequential, masked]
WRONG = [
    of_fixed_shape,
    without_weights,
    of_two_outputs,
    stateful,
    compiled,
    no_model,
    no_return,
]


@pytest.mark.long
@few_or_many
def test_networks_of_the_users_own(n_examples):
    def check(case):
        (make, heads), layout, head, X, y = case
        model = partial(layout, head=head or heads)
        check_fit(make(**TINY, model=model), X, y)

    makers = st.sampled_from([(GRUClassifier, "one"), (GRURegressor, "linear")])
    layouts = st.sampled_from(RIGHT * 4 + WRONG)
    heads = st.sampled_from([None] * 10 + sorted(HEADS))
    data = st.tuples(arrays(st.sampled_from([(9, 4, 2)] * 9 + [(9, 0, 2), (9, 4)])))
    answers = st.sampled_from([TWO] * 4 + [TWO * 1.0, TWO[:8], TWO * np.nan, None])
    cases = st.tuples(makers, layouts, heads, data.map(lambda X: X[0]), answers)
    search(check, cases, n_examples)
