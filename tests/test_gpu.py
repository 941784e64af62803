"""What holds on a machine with a GPU as well; skipped where there is none.

No machine with one was at hand when this was written: it has not been run.
"""

import time

import keras
import numpy as np
import pytest
import tensorflow as tf
from fresh_process import run_python
from reference import PLAIN, one_hot

from skgru import GRUClassifier, GRURegressor

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(
        not tf.config.list_physical_devices("GPU"), reason="TensorFlow sees no GPU"
    ),
]

DATA = """
import numpy as np
rng = np.random.default_rng(0)
X = rng.normal(size=(96, 30, 4)).astype(np.float32)
height = X[:, :, 0].mean(axis=1)
labels = np.digitize(height, [-0.1, 0.1])
"""
NETWORKS = {
    "plain": {**PLAIN, "units": 16, "epochs": 3, "random_state": 0},
    "convolutional": {"units": 16, "epochs": 3, "random_state": 0},
}


@pytest.fixture(scope="module")
def data():
    names = {}
    exec(DATA, names)
    return names["X"], names["labels"], names["height"]


def fit(name, X, y):
    return GRUClassifier(**NETWORKS[name]).fit(X, y)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_same_random_state_gives_the_same_scores_to_1e_3(name, data):
    X, labels, _ = data
    first, second = (fit(name, X, labels).predict_proba(X) for _ in range(2))
    np.testing.assert_allclose(second, first, atol=1e-3)


def test_a_regressor_learns(data):
    X, _, height = data
    estimator = GRURegressor(16, epochs=20, random_state=0).fit(X, height)
    assert estimator.score(X, height) > 0.5


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_learnt_is_that_of_the_cpu_to_1e_3(name, data, tmp_path):
    """In float32: where TensorFloat-32 is on, products have 10 bits only."""
    X, labels, _ = data
    enabled = tf.config.experimental.tensor_float_32_execution_enabled()
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        actual = fit(name, X, labels).predict_proba(X)
    finally:
        tf.config.experimental.enable_tensor_float_32_execution(enabled)
    run_python(
        f"{DATA}\n"
        "import sys, skgru\n"
        f"network = skgru.GRUClassifier(**{NETWORKS[name]!r}).fit(X, labels)\n"
        "np.save(sys.argv[1], network.predict_proba(X))\n",
        tmp_path / "cpu.npy",
        CUDA_VISIBLE_DEVICES="-1",
    )
    np.testing.assert_allclose(actual, np.load(tmp_path / "cpu.npy"), atol=1e-3)


def seconds_of(function, repeats=3):
    """Return the time of the fastest of some calls, after one that compiles."""
    function()
    times = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return min(times)


def test_a_warm_fit_is_faster_than_that_of_stock_keras(data):
    """Keras runs its GRU layer by cuDNN there; both train the plain network."""
    X, labels, _ = data
    model = keras.Sequential(
        [
            keras.Input(X.shape[1:]),
            keras.layers.GRU(16),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("adam", "categorical_crossentropy")
    y = one_hot(labels)
    ours = seconds_of(lambda: fit("plain", X, labels))
    theirs = seconds_of(lambda: model.fit(X, y, epochs=3, batch_size=16, verbose=0))
    print(f"a fit of skgru {ours:.3f} s, of Keras {theirs:.3f} s")
    assert ours < theirs
