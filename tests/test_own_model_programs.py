"""What of a user's model is an input of its program, and what compiles another one."""

import sys

import keras
import pytest
from fresh_process import compiled_programs
from own_models import data, functional

import skgru
from skgru import GRUClassifier

layers = keras.layers
X, Y, _ = data()
SMALL = {"epochs": 1, "batch_size": 16, "random_state": 0}
SEARCHES = """
import skgru
from own_models import data, functional
from sklearn.model_selection import GridSearchCV
X, y, _ = data()
network = skgru.GRUClassifier(
    model=functional, epochs=1, batch_size=16, learning_rate=0.01, random_state=0
)
values = [
    {"model__rate": [0.0, 0.2, 0.4], "model__l2": [0.0, 0.01]},
    {
        "model__rate": [0.1, 0.2, 0.3],
        "batch_size": [16, 20],
        "learning_rate": [0.1],
        "clipnorm": [1.0],
        "l2": [0.1],
    },
]
search = GridSearchCV(network, values, cv=3).fit(X, y)
assert len(search.cv_results_["params"]) == 12
GridSearchCV(network, {"model__width": [4, 2]}, cv=3).fit(X, y)
"""


@pytest.mark.long
def test_searches_compile_one_program_for_each_batch_size_and_width(tmp_path):
    """Two batch sizes and two widths; counted in the compiler's dump."""
    path = ":".join(sys.path)
    assert compiled_programs(SEARCHES, tmp_path, PYTHONPATH=path) == (3, 2)


def reasons(first, second):
    """Fit twice; return why the second fit compiled a training program, or nothing."""
    skgru.clear_cache()
    for params in (first, second):
        GRUClassifier(**{**SMALL, "model": functional, **params}).fit(X, Y)
    return [r for r in skgru.compilations()[1:] if r.startswith("training")]


@pytest.fixture
def traced_only(monkeypatch):
    """Nothing is run, so nothing is compiled: which programs are asked for matters."""
    from skgru._engine.training import Training

    monkeypatch.setattr(Training, "run", lambda *args: False)


@pytest.mark.parametrize(
    "change",
    [
        {"model__rate": 0.5},
        {"model__l2": 0.1},
        {"l1": 0.1, "l2": 0.2},
        {"learning_rate": 0.5, "schedule": "cosine_decay"},
        {"global_clipnorm": 1.0},
        {"random_state": 7},
        {"class_weight": "balanced", "shuffle": False},
    ],
    ids=lambda change: next(iter(change)),
)
def test_values_are_inputs(change, traced_only):
    assert reasons({}, change) == []


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        ({}, {"batch_size": 8}, "training: batch_size: 16 -> 8"),
        ({}, {"optimizer": "sgd"}, "SGD"),
        ({}, {"model__width": 5}, "units: 4 -> 5"),
        ({}, {"model": lambda meta: functional(meta)}, None),
    ],
)
def test_what_differs_is_said(first, second, reason, traced_only):
    if reason is None:
        assert reasons(first, second) == []
    else:
        (said,) = reasons(first, second)
        assert reason in said


def recurrent(meta, dropout=0.0, recurrent_dropout=0.0, seed=None):
    gru = layers.GRU(3, dropout=dropout, recurrent_dropout=recurrent_dropout, seed=seed)
    return keras.Sequential(
        [keras.Input((None, 3)), gru, layers.Dense(3, activation="softmax")]
    )


def test_rates_of_gru_layers_are_inputs_where_there_are_any(traced_only):
    def same(**second):
        first = {"model": recurrent, "model__recurrent_dropout": 0.2}
        names = {f"model__{name}": value for name, value in second.items()}
        return reasons(first, {"model": recurrent, **names}) == []

    assert same(recurrent_dropout=0.4, seed=3)
    assert not same(recurrent_dropout=0.0)
    assert not same(dropout=0.2)


def scaled(meta, factor=2.0):
    def scale(x):
        return factor * x

    return keras.Sequential(
        [
            keras.Input((None, 3)),
            layers.Lambda(scale),
            layers.GRU(3),
            layers.Dense(3, activation="softmax"),
        ]
    )


def test_functions_are_told_apart_by_what_they_do(traced_only):
    """Each call defines the function anew; a factor is not in the configuration."""
    model = {"model": scaled}
    assert reasons(model, {**model, "random_state": 3}) == []
    (said,) = reasons(model, {**model, "model__factor": 3.0})
    assert said == "training: another class or function of the same name"
