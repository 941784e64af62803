"""Anything that may be saved: an error that says so, or it comes back the same."""

import keras
import numpy as np
import pytest
from generated import few_or_many, search
from hypothesis import strategies as st
from skops.io.exceptions import UntrustedTypesFoundException

import skgru
from skgru import GRUClassifier, GRURegressor
from skgru.augmentation import Compose, Jitter, TimeWarp
from skgru.forecasting import GRUForecaster, LastWindows
from skgru.preprocessing import SequenceScaler, TextSequencer
from skgru.schedules import ReduceOnPlateau, StepDecay

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
    st.sampled_from([np.arange(3), np.float32(1), StepDecay(0.1), Jitter(), 1j]),
)


def saved(thing, path):
    """Save a thing; return whether it could be."""
    try:
        skgru.save(thing, path)
    except TypeError as error:
        assert "cannot be saved" in str(error) or "not supported" in str(error)
        return False
    return True


@few_or_many
def test_files(n_examples, tmp_path):
    """What can be saved can be loaded, and has the same parameters."""
    path = tmp_path / "estimator.skops"
    names = sorted(GRUClassifier().get_params(deep=False))

    def check(params):
        estimator = GRUClassifier(**params)
        if saved(estimator, path):
            loaded = skgru.load(path).get_params(deep=False)
            expected = estimator.get_params(deep=False) | {"callbacks": None}
            assert repr(loaded) == repr(expected)

    search(check, st.dictionaries(st.sampled_from(names), anything), n_examples)


@few_or_many
def test_files_of_other_things(n_examples, tmp_path):
    """Parts of a pipeline, and what is no estimator at all."""
    path = tmp_path / "thing.skops"
    parts = [
        SequenceScaler().fit(np.ones((2, 3, 1))),
        TextSequencer().fit(["a b", "b c"]),
        Compose([TimeWarp(), Jitter()]),
        ReduceOnPlateau(0.5),
        GRUForecaster(GRURegressor()),
        LastWindows(0.5),
        GRUClassifier,
        keras.optimizers.Adam(),
        range(3),
        {1, 2},
        b"bytes",
    ]

    def check(thing):
        if not saved(thing, path):
            return
        try:
            assert repr(skgru.load(path)) == repr(thing)
        except UntrustedTypesFoundException:
            assert not hasattr(thing, "get_params")

    search(check, st.one_of(anything, st.sampled_from(parts)), n_examples)


def test_what_cannot_be_written_names_the_estimator(tmp_path):
    with pytest.raises(TypeError, match="GRUClassifier cannot be saved: cannot pickle"):
        skgru.save(GRUClassifier(l2=1j), tmp_path / "estimator.skops")


def test_an_optimizer_alone_cannot_be_saved(tmp_path):
    with pytest.raises(TypeError, match=r"Adam cannot be saved: .* cannot be pickled"):
        skgru.save(keras.optimizers.Adam(), tmp_path / "optimizer.skops")
