"""What holds for users' models on data of any shape and form.

Few networks, as each compiles: hypothesis draws the data around them.
"""

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_models import masked, softmax_or_sigmoid

import skgru
from skgru import GRUClassifier, GRURegressor

SMALL = {"epochs": 1, "batch_size": 8, "random_state": 0}
ten_examples = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck)
)


@st.composite
def ragged(draw, n_features=2):
    """Sequences of 1 to 8 steps, in one of the forms that stand for them."""
    n_samples = draw(st.integers(9, 20))
    lengths = draw(st.lists(st.integers(1, 8), min_size=n_samples, max_size=n_samples))
    lengths[0], lengths[1] = 8, 7
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    sequences = [rng.normal(size=(length, n_features)) for length in lengths]
    form = draw(st.sampled_from(["list", "array of objects", "padded"]))
    if form == "array of objects":
        array = np.empty(n_samples, object)
        array[:] = sequences
        return sequences, array
    if form == "padded":
        block = np.full((n_samples, 8, n_features), np.nan)
        for row, sequence in zip(block, sequences, strict=True):
            row[: len(sequence)] = sequence
        return sequences, block
    return sequences, sequences


@st.composite
def targets(draw, n_samples):
    """Classes, two classes, labels, or real targets, and the estimator for them."""
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    kind = draw(st.sampled_from(["classes", "two", "labels", "target", "targets"]))
    if kind == "target":
        return GRURegressor, 300 + rng.normal(size=n_samples)
    if kind == "targets":
        return GRURegressor, 300 + rng.normal(size=(n_samples, 2))
    if kind == "labels":
        return GRUClassifier, (rng.random((n_samples, 2)) < 0.5).astype(int)
    names = np.array(["a", "b", "c"] if kind == "classes" else ["no", "yes"])
    y = names[np.arange(n_samples) % len(names)]
    return GRUClassifier, rng.permutation(y)


def outputs(network, X):
    """Return what the network puts out, in the shape of its head."""
    if isinstance(network, GRURegressor):
        return network.predict(X).reshape(len(X), -1)
    return network.predict_proba(X)[:, -network.n_outputs_ :]


@pytest.mark.long
@ten_examples
@given(data=st.data())
def test_any_data_and_targets(data):
    """Shapes, forms and the model that comes out agree; padding changes nothing."""
    sequences, X = data.draw(ragged())
    estimator, y = data.draw(targets(len(sequences)))
    network = estimator(model=masked, **SMALL).fit(X, y)
    together = outputs(network, X)
    assert np.isfinite(together).all()
    assert network.predict(X).shape == y.shape
    some = data.draw(st.integers(0, len(sequences) - 1))
    alone = network.model_.predict_on_batch(np.float32(sequences[some])[None])
    np.testing.assert_allclose(together[some], alone[0], rtol=1e-5, atol=1e-5)


@ten_examples
@given(data=st.data())
def test_the_order_of_the_samples_changes_no_prediction(data):
    sequences, _ = data.draw(ragged())
    network = GRURegressor(model=masked, **SMALL)
    network.fit(sequences, np.arange(len(sequences)) + 0.5)
    order = data.draw(st.permutations(range(len(sequences))))
    shuffled = network.predict([sequences[i] for i in order])
    np.testing.assert_allclose(
        shuffled, network.predict(sequences)[list(order)], rtol=1e-6
    )


def of_any_width(meta, rate=0.0, l1=0.0):
    """Equal lengths: no mask."""
    inputs = keras.Input((None, meta["n_features_in_"]))
    gru = keras.layers.GRU(2, kernel_regularizer=keras.regularizers.L1(l1))
    steps = keras.layers.Dropout(rate)(gru(inputs))
    return keras.Model(inputs, softmax_or_sigmoid(meta)(steps))


@ten_examples
@given(
    n_samples=st.integers(9, 40),
    rate=st.floats(0.0, 0.9),
    l1=st.floats(0.0, 1.0),
    learning_rate=st.floats(1e-5, 0.1),
    seed=st.integers(0, 2**31 - 1),
)
def test_values_compile_nothing_and_repeat(n_samples, rate, l1, learning_rate, seed):
    """Any values of run-time inputs, any number of samples: one program, same bits."""
    X = np.random.default_rng(0).normal(size=(n_samples, 5, 2))
    y = X[:, -1, 0]
    base = {"model": of_any_width, "epochs": 2, "batch_size": 8}
    GRURegressor(**base).fit(X, y).predict(X)
    before = skgru.cache_info().misses
    params = {"model__rate": rate, "model__l1": l1, "learning_rate": learning_rate}
    first, second = (
        GRURegressor(**base, **params, random_state=seed).fit(X, y).predict(X)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)
    assert skgru.cache_info().misses == before


@ten_examples
@given(n_features=st.integers(3, 6), n_timesteps=st.integers(1, 4))
def test_data_of_another_width_is_refused_before_any_compute(n_features, n_timesteps):
    X = np.ones((12, 5, 2))
    network = GRURegressor(model=of_any_width, **SMALL).fit(X, np.arange(12.0) + 0.5)
    compiled = skgru.cache_info().misses
    with pytest.raises(ValueError, match="features"):
        network.predict(np.ones((3, n_timesteps, n_features)))
    assert skgru.cache_info().misses == compiled
