"""A user's network is cloned, pickled and saved; files run no code."""

import copy
import dataclasses
import json
import pickle
import sys
import zipfile

import keras
import numpy as np
import own_models
import pytest
from fresh_process import run_python
from own_models import attention, data, functional, subclassed
from sklearn.base import clone
from skops.io.exceptions import UntrustedTypesFoundException

import skgru
from skgru import GRUClassifier, GRURegressor

layers = keras.layers
X, Y, TARGETS = data()
SMALL = {"epochs": 1, "batch_size": 16, "learning_rate": 0.02, "random_state": 0}


def doubled(x):
    return 2 * x


class Tripled(keras.constraints.Constraint):
    """Not what the name says: it leaves weights as they are."""

    def __call__(self, w):
        return w


def with_own_parts(meta):
    """A function, a constraint and a layer of the user's own."""
    return keras.Sequential(
        [
            keras.Input((None, 3)),
            layers.Dense(4, activation=doubled, kernel_constraint=Tripled()),
            layers.Lambda(doubled),
            own_models.Attention(),
            layers.Dense(3, activation="softmax"),
        ]
    )


OWN = [f"{__name__}.{name}" for name in ("with_own_parts", "doubled", "Tripled")]
OWN += ["own_models.Attention"]


@pytest.fixture(scope="module")
def fitted():
    return GRUClassifier(model=with_own_parts, **SMALL).fit(X, Y)


def check_same(copied, network):
    """It predicts the same bits, has the same model, and trains on as the other one."""
    expected = network.predict_proba(X)
    compiled = skgru.cache_info().misses
    np.testing.assert_array_equal(copied.predict_proba(X), expected)
    np.testing.assert_allclose(copied.model_.predict(X, verbose=0), expected, atol=1e-5)
    further = [
        copy.deepcopy(n).partial_fit(X, Y).predict_proba(X) for n in (copied, network)
    ]
    np.testing.assert_array_equal(*further)
    assert skgru.cache_info().misses == compiled


def test_pickle(fitted):
    check_same(pickle.loads(pickle.dumps(fitted)), fitted)


class Unknown(keras.Model):
    """Does not say what it was made with."""

    def __init__(self, head):
        super().__init__()
        self.head = head

    def call(self, inputs):
        return self.head(keras.ops.mean(inputs, axis=1))


def unknown(meta):
    return Unknown(layers.Dense(3, activation="softmax"))


def test_a_network_that_has_no_configuration_stays_in_its_process():
    network = GRUClassifier(model=unknown, **SMALL).fit(X, Y)
    expected = network.predict_proba(X)
    np.testing.assert_array_equal(copy.deepcopy(network).predict_proba(X), expected)
    np.testing.assert_array_equal(clone(network).fit(X, Y).predict_proba(X), expected)
    with pytest.raises(TypeError, match=r"'Unknown'.*get_config\(\)"):
        pickle.dumps(network)


def test_save_and_load(fitted, tmp_path):
    skgru.save(fitted, tmp_path / "network.skops")
    with pytest.raises(UntrustedTypesFoundException, match=r"own_models\.Attention"):
        skgru.load(tmp_path / "network.skops")
    check_same(skgru.load(tmp_path / "network.skops", trusted=OWN), fitted)


@pytest.mark.long
def test_a_file_is_enough_in_another_process(tmp_path):
    """It holds the network itself: the model function is not called."""
    models = (subclassed, functional, attention)
    networks = [GRURegressor(model=m, **SMALL).fit(X, TARGETS) for m in models]
    for i, network in enumerate(networks):
        skgru.save(network, tmp_path / f"{i}.skops")
    np.save(tmp_path / "X.npy", X)
    trusted = [f"own_models.{model.__name__}" for model in models]
    trusted += ["own_models.Subclassed", "own_models.Attention"]
    code = f"""
        import os, numpy as np, skgru, own_models
        os.chdir({str(tmp_path)!r})
        for function in (own_models.subclassed, own_models.functional):
            function.__code__ = (lambda meta, *more: 1 / 0).__code__
        for i in range(3):
            network = skgru.load(f"{{i}}.skops", trusted={trusted})
            np.save(f"{{i}}.npy", network.predict(np.load("X.npy")))
        """
    run_python(code, PYTHONPATH=":".join(sys.path))
    for i, network in enumerate(networks):
        predicted = np.load(tmp_path / f"{i}.npy")
        np.testing.assert_array_equal(predicted, network.predict(X))


def with_a_lambda(meta):
    return keras.Sequential(
        [
            keras.Input((None, 3)),
            layers.Lambda(lambda x: 2 * x, name="nameless"),
            layers.GRU(4),
            layers.Dense(3, activation="softmax"),
        ]
    )


def with_a_local_function(meta):
    def halved(x):
        return x / 2

    return keras.Sequential(
        [
            keras.Input((None, 3)),
            layers.GRU(4),
            layers.Dense(5, activation=halved),
            layers.Dense(3, activation="softmax"),
        ]
    )


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (with_a_lambda, "its Lambda layer 'nameless' holds a function without a name"),
        (with_a_local_function, r"holds .*\.halved, which has no name"),
    ],
)
def test_what_cannot_be_found_by_name_is_refused_when_saved(model, message, tmp_path):
    network = GRUClassifier(model=model, **SMALL).fit(X, Y)
    path = tmp_path / "network.skops"
    path.write_text("earlier")
    with pytest.raises(TypeError, match=message):
        skgru.save(network, path)
    assert path.read_text() == "earlier"


def test_a_lambda_is_pickled():
    network = GRUClassifier(model=with_a_lambda, **SMALL).fit(X, Y)
    copied = pickle.loads(pickle.dumps(network))
    np.testing.assert_array_equal(copied.predict_proba(X), network.predict_proba(X))


def forged(network, path, change):
    """Save a network, and replace its configuration in a file without checksums."""
    skgru.save(network, path)
    config = network._fitted.architecture.config
    forgery = json.dumps(json.dumps(change(json.loads(config))))[1:-1]
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    del content["skgru.json"]
    schema = content["schema.json"].decode()
    old = json.dumps(config)[1:-1]
    # skops writes the JSON text as JSON.
    old, forgery = json.dumps(old)[1:-1], json.dumps(forgery)[1:-1]
    assert old in schema
    content["schema.json"] = schema.replace(old, forgery).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content.items():
            archive.writestr(name, value)


def with_activation(activation):
    """Return a change of the first dense layer's activation in a configuration."""

    def change(config):
        next(
            layer
            for layer in config["config"]["layers"]
            if layer["class_name"] == "Dense"
        )["config"]["activation"] = activation
        return config

    return change


@pytest.mark.parametrize(
    ("activation", "message"),
    [
        (
            layers.Lambda(lambda x: 1 / 0).get_config()["function"],
            "Lambda layer",
        ),
        (
            {"module": "os", "class_name": "function", "config": "system"},
            "'system', which is not among the types",
        ),
        (
            {"module": "keras.utils", "class_name": "plot_model", "config": {}},
            r"keras\.utils\.plot_model, which is no class",
        ),
    ],
    ids=["code", "a function", "a function of Keras"],
)
def test_a_forged_file_is_refused_when_loaded(fitted, tmp_path, activation, message):
    forged(fitted, tmp_path / "network.skops", with_activation(activation))
    with pytest.raises(ValueError, match=message):
        skgru.load(tmp_path / "network.skops", trusted=OWN)


def test_two_functions_of_one_name_are_refused(fitted):
    network = copy.copy(fitted)
    architecture = fitted._fitted.architecture

    def doubled(x):
        return x

    architecture = dataclasses.replace(
        architecture, objects=(*architecture.objects, doubled)
    )
    network._fitted = dataclasses.replace(fitted._fitted, architecture=architecture)
    with pytest.raises(TypeError, match="hold more than one of that name"):
        pickle.dumps(network)
