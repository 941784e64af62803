"""Every candidate of a search trains with its own values, whatever network came before.

Networks share a compiled program only where it computes the same for all of them.
"""

import sys

import keras
import numpy as np
import pytest
from fresh_process import run_python

from skgru import GRUClassifier, compilations

layers = keras.layers
rng = np.random.default_rng(0)
X = rng.normal(size=(20, 6, 3)).astype(np.float32)
Y = rng.integers(0, 3, 20)


def around(*make):
    """Return a model of some layers, a GRU and a head."""
    return keras.Sequential(
        [
            keras.Input((6, 3)),
            *make,
            layers.GRU(4),
            layers.Dense(3, activation="softmax"),
        ]
    )


class PenaltyOnSteps(layers.Layer):
    """Uses the regularizer of its configuration in its own way."""

    def __init__(self, kernel_regularizer, **kwargs):
        super().__init__(**kwargs)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def call(self, inputs):
        self.add_loss(self.kernel_regularizer(inputs))
        return inputs

    def get_config(self):
        penalty = keras.regularizers.serialize(self.kernel_regularizer)
        return {**super().get_config(), "kernel_regularizer": penalty}


class RateOfInner(layers.Layer):
    """Reads the rate of a layer that it holds."""

    def __init__(self, inner, **kwargs):
        super().__init__(**kwargs)
        if isinstance(inner, dict):
            inner = keras.saving.deserialize_keras_object(inner)
        self.inner = inner

    def call(self, inputs):
        return inputs * self.inner.rate

    def get_config(self):
        inner = keras.saving.serialize_keras_object(self.inner)
        return {**super().get_config(), "inner": inner}


class Clip(keras.constraints.Constraint):
    """Has no get_config."""

    def __init__(self, largest):
        self.largest = largest

    def __call__(self, w):
        return keras.ops.clip(w, -self.largest, self.largest)


class Forgetful(layers.Layer):
    """Its get_config leaves its factor out."""

    def __init__(self, factor=1.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

    def get_config(self):
        return super().get_config()


class Table(layers.Layer):
    """Holds a long array, and has no configuration."""

    def __init__(self, table):
        super().__init__()
        self.table = table

    def call(self, inputs):
        return inputs * float(self.table.sum())


def table(value):
    values = np.zeros(2000, np.float32)
    values[1000] = value  # NumPy's text of the array leaves its middle out
    return values


def l2(factor):
    return keras.regularizers.L2(factor)


NETWORKS = {
    "a penalty on activity": (
        lambda meta, value: around(layers.Dense(4, activity_regularizer=l2(value))),
        (0.001, 1.0),
    ),
    "a penalty that a layer uses itself": (
        lambda meta, value: around(PenaltyOnSteps(l2(value))),
        (0.001, 1.0),
    ),
    "a dropout rate inside TimeDistributed": (
        lambda meta, value: around(layers.TimeDistributed(layers.Dropout(value))),
        (0.1, 0.9),
    ),
    "a rate that a layer reads": (
        lambda meta, value: around(RateOfInner(layers.Dropout(value))),
        (0.1, 0.9),
    ),
    "a constraint without a configuration": (
        lambda meta, value: around(layers.Dense(4, kernel_constraint=Clip(value))),
        (0.01, 1.0),
    ),
    "a configuration that leaves something out": (
        lambda meta, value: around(Forgetful(value)),
        (0.1, 1.0),
    ),
    "an array that a layer holds": (
        lambda meta, value: around(Table(value)),
        (table(0.1), table(1.0)),
    ),
}


LONG = {"a penalty on activity", "a dropout rate inside TimeDistributed"}


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=pytest.mark.long if case in LONG else pytest.mark.slow)
        for case in NETWORKS
    ],
)
def test_the_second_candidate_gets_its_own_value(case):
    model, values = NETWORKS[case]
    losses = [
        GRUClassifier(
            model=model, model__value=value, epochs=2, batch_size=8, random_state=0
        )
        .fit(X, Y)
        .history_["loss"][-1]
        for value in values
    ]
    assert losses[0] != losses[1]


def test_penalties_on_weights_still_share_a_program():
    """Also inside TimeDistributed: their factors are inputs."""

    def model(meta, value):
        dense = layers.Dense(4, kernel_regularizer=l2(value))
        return around(layers.TimeDistributed(dense))

    def fit(value):
        network = GRUClassifier(
            model=model, model__value=value, epochs=1, batch_size=8, random_state=0
        )
        return network.fit(X, Y).history_["loss"][-1]

    first, before = fit(0.0), len(compilations())
    assert fit(1.0) > first
    assert len(compilations()) == before


@pytest.mark.long
def test_names_of_models_that_come_later_are_not_changed():
    """Keras numbers models of a name."""
    code = """
    import keras, numpy as np
    from skgru import GRUClassifier
    from test_own_model_candidates import NETWORKS
    model, values = NETWORKS["a configuration that leaves something out"]
    network = GRUClassifier(model=model, model__value=1.0, epochs=1, random_state=0)
    network.fit(np.zeros((4, 6, 3)), [0, 1, 2, 0])
    print(keras.Model().name)
    """
    assert run_python(code, PYTHONPATH=":".join(sys.path))[0] == "model\n"
