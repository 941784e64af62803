"""Estimators that a user derives from ours."""

import numpy as np
import pytest
from reference import SMALL
from sklearn.base import clone

from skgru import GRUClassifier, GRURegressor


class WithExtra(GRUClassifier):
    """Has a parameter of its own."""

    def __init__(self, units=64, *, extra=1, **parameters):
        super().__init__(units, **parameters)
        self.extra = extra


class WithBraces(GRURegressor):
    """Maps {"a": 1} to {}, and {parameters} to what they are."""

    def __init__(self, units=64, **parameters):
        super().__init__(units, **parameters)


def test_a_clone_keeps_the_parameters_of_every_class():
    """The class' own, its base's and the shared ones."""
    weights = {"low": 1.0, "middle": 2.0, "high": 3.0}
    made = WithExtra(5, extra=7, class_weight=weights, dropout=0.1, epochs=2)
    params = clone(made).get_params()
    expected = {"units": 5, "extra": 7, "class_weight": weights, "dropout": 0.1}
    assert {name: params[name] for name in expected} == expected
    assert set(params) == {*GRUClassifier().get_params(), "extra"}


def test_a_clone_trains_as_the_original(X, labels):
    weights = {"low": 1.0, "middle": 20.0, "high": 1.0}
    params = {**SMALL, "class_weight": weights}
    expected = GRUClassifier(**params).fit(X, labels).predict_proba(X)
    derived = clone(WithExtra(**params)).fit(X, labels)
    np.testing.assert_array_equal(derived.predict_proba(X), expected)


def test_a_docstring_may_hold_braces():
    assert WithBraces.__doc__.startswith('Maps {"a": 1} to {}, and units : int')


def test_layers_in_another_order_are_another_network(X, targets):
    """Both have as many weights of each layer's kind; a warm start cannot mix them."""
    network = GRURegressor(**{**SMALL, "units": (3, 4), "warm_start": True})
    before = network.fit(X, targets).predict(X)
    network.set_params(units=(4, 3))
    with pytest.raises(ValueError, match=r"'units'.* has changed since"):
        network.fit(X, targets)
    np.testing.assert_array_equal(network.predict(X), before)
