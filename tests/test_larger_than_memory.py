"""A memory-mapped X is read piece by piece, never copied as a whole."""

import tracemalloc

import numpy as np
import pytest
from sklearn.base import clone

from skgru import GRUClassifier
from skgru.preprocessing import SequenceScaler

SHAPE = (10_000, 16, 100)  # 64 MB


@pytest.fixture(scope="module")
def mapped(tmp_path_factory):
    """X in a file, and y."""
    path = tmp_path_factory.mktemp("mapped") / "X.npy"
    X = np.lib.format.open_memmap(path, "w+", np.float32, SHAPE)
    rng = np.random.default_rng(0)
    for rows in np.split(X, 10):
        rows[:] = rng.standard_normal(rows.shape, dtype=np.float32)
    return np.load(path, mmap_mode="r"), np.arange(len(X)) % 2


def peak_of(call):
    """Return the largest sum of the arrays that a call has had at once, in bytes."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


NETWORK = GRUClassifier(
    units=2, filters=2, epochs=1, batch_size=64, validation_split=0.25, random_state=0
)
early_stopping = clone(NETWORK).set_params(early_stopping=True)


@pytest.fixture(scope="module", autouse=True)
def fitted(mapped):
    """A network whose programs are compiled, which takes memory as well.

    They take 1 MB of samples at a time instead of 16, whatever the size of X.
    """
    X, y = mapped
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("skgru._engine.program.CHUNK_BYTES", 2**20)
        clone(early_stopping).fit(X[:512, 4:], y[:512])
        network = clone(early_stopping).fit(X[:512], y[:512])
        network.predict(X[:512, ::2])
    return network


def test_fit(mapped):
    X, y = mapped
    assert peak_of(lambda: clone(NETWORK).fit(X, y)) < X.nbytes / 4


def test_early_stopping(mapped):
    X, y = mapped
    assert peak_of(lambda: clone(early_stopping).fit(X, y)) < X.nbytes / 4


def test_samples_of_weight_zero(mapped):
    X, y = mapped
    weight = np.arange(len(X)) % 3 > 0
    network = clone(early_stopping)
    assert peak_of(lambda: network.fit(X, y, sample_weight=weight)) < X.nbytes / 4


def test_validation_data(mapped):
    X, y = mapped
    network = clone(early_stopping)
    peak = peak_of(lambda: network.fit(X[:512], y[:512], X_val=X, y_val=y))
    assert peak < X.nbytes / 4


def test_a_part_of_every_sequence(mapped):
    """Which is no contiguous block of the file."""
    X, y = mapped
    peak = peak_of(lambda: clone(early_stopping).fit(X[:, 4:], y))
    assert peak < X.nbytes / 4


def test_prediction(mapped, fitted):
    X, _ = mapped
    assert peak_of(lambda: fitted.predict(X)) < X.nbytes / 4
    assert peak_of(lambda: fitted.predict(X[:, ::2])) < X.nbytes / 4


@pytest.mark.parametrize("method", ["standard", "minmax", "robust"])
@pytest.mark.parametrize("per", ["feature", "sequence"])
def test_scaling(mapped, monkeypatch, method, per):
    X = mapped[0]
    if (method, per) == ("robust", "sequence"):  # NumPy takes minutes for all
        X = X[:300]
    n_values = X.size // 64
    monkeypatch.setattr("skgru.preprocessing._statistics._VALUES_AT_ONCE", n_values)
    scaler = SequenceScaler(method, per=per)
    assert peak_of(lambda: scaler.fit(X)) < X.nbytes / 4
    # What comes out is as large as X.
    assert peak_of(lambda: scaler.transform(X)) < 1.25 * X.nbytes


@pytest.mark.parametrize("method", ["standard", "minmax", "robust"])
@pytest.mark.parametrize("per", ["feature", "sequence"])
def test_pieces_change_no_scale(monkeypatch, method, per):
    rng = np.random.default_rng(0)
    X = [rng.normal(5, 3, size=(n, 3)) for n in rng.integers(2, 30, 50)]
    X[7][1, 2] = np.nan
    whole = SequenceScaler(method, per=per).fit_transform(X)
    monkeypatch.setattr("skgru.preprocessing._statistics._VALUES_AT_ONCE", 200)
    pieces = SequenceScaler(method, per=per).fit_transform(X)
    for one, two in zip(pieces, whole, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "arranged",
    [
        np.asfortranarray,
        lambda X: np.repeat(X, 2, axis=1)[:, ::2],
        lambda X: X[::-1][::-1],
        lambda X: X.astype(np.float64),
        list,
    ],
    ids=["Fortran order", "strided", "reversed twice", "float64", "list"],
)
def test_where_the_values_lie_changes_nothing(mapped, arranged):
    X, y = np.array(mapped[0][:64, :6, :3]), mapped[1][:64]
    weight = np.arange(64) % 3 > 0
    network = clone(early_stopping).set_params(batch_size=16)
    one = clone(network).fit(X, y, weight).predict_proba(X)
    other = arranged(X)
    two = clone(network).fit(other, y, weight).predict_proba(other)
    np.testing.assert_array_equal(one, two)
