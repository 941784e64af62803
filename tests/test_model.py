"""``model_`` is a stock Keras model, which predicts as the estimator does anywhere."""

import subprocess
import sys
import textwrap

import keras
import numpy as np
import pytest
from reference import PLAIN, ignore_keras_warning, logits

from skgru import GRUClassifier, GRURegressor

rng = np.random.default_rng(0)
SERIES = rng.normal(size=(20, 6, 3)).astype(np.float32)
LENGTHS = rng.integers(1, 7, size=20)
RAGGED = [series[:length] for series, length in zip(SERIES, LENGTHS, strict=True)]
# The estimator's and the model's own way to mark padding.
PADDED = np.where(np.arange(6)[:, None] < LENGTHS[:, None, None], SERIES, np.nan)
TOKENS = np.where(np.arange(6) < LENGTHS[:, None], rng.integers(1, 9, (20, 6)), 0)
TARGETS = 500 + 40 * SERIES[:, 0, 0]
LABELS = np.digitize(SERIES[:, 0, 0], [-0.5, 0.5])
SMALL = {"epochs": 2, "batch_size": 16, "learning_rate": 0.02, "random_state": 0}


def network(cls, units, **parameters):
    return cls(units, **PLAIN | SMALL | parameters)


ARCHITECTURES = {
    "last state": (network(GRURegressor, 4), SERIES, TARGETS),
    "softmax": (network(GRUClassifier, 4), SERIES, LABELS),
    "padded, mean of two layers": (
        network(GRURegressor, (4, 3), pooling="mean"),
        PADDED,
        TARGETS,
    ),
    "padded, max of two layers both ways": (
        network(GRURegressor, (4, 3), bidirectional=True, pooling="max"),
        PADDED,
        TARGETS,
    ),
    "padded, last states of both ways": (
        network(GRURegressor, 4, bidirectional=True, normalize_y=False),
        PADDED,
        TARGETS / 500,
    ),
    "mean both ways, dropout": (
        network(
            GRUClassifier,
            4,
            bidirectional=True,
            pooling="mean",
            dropout=0.3,
            recurrent_dropout=0.3,
        ),
        SERIES,
        LABELS > 0,
    ),
    "tokens": (
        network(GRURegressor, 4, vocabulary_size=9, embedding_dim=5),
        TOKENS,
        np.column_stack([TARGETS, -TARGETS / 7]),
    ),
    "tokens, max both ways": (
        network(
            GRUClassifier,
            4,
            bidirectional=True,
            pooling="max",
            vocabulary_size=9,
            embedding_dim=5,
        ),
        TOKENS,
        np.column_stack([LABELS > 0, LABELS > 1]).astype(int),
    ),
}


@pytest.fixture(scope="module", params=ARCHITECTURES)
def fitted(request):
    """One fitted estimator of each architecture, and its X."""
    estimator, X, y = ARCHITECTURES[request.param]
    return estimator.fit(X, y), X


def predictions(estimator, X):
    """Return what the estimator's model must return."""
    if isinstance(estimator, GRURegressor):
        return estimator.predict(X).reshape(len(X), -1)
    probabilities = estimator.predict_proba(X)
    return probabilities[:, -estimator.n_outputs_ :]


def assert_equal_to_1e_5(actual, expected):
    """Relative to the largest value where that exceeds 1: targets have units."""
    assert actual.shape == expected.shape
    atol = 1e-5 * max(1, np.abs(expected).max())
    np.testing.assert_allclose(actual, expected, rtol=0, atol=atol)


def numpy_predictions(estimator, X):
    """Compute the network in NumPy from the model's weights, without any padding."""
    weights = estimator.model_.get_weights()
    if estimator.vocabulary_size is not None:
        embedding, *weights = weights
        sequences = [embedding[row[row != 0]] for row in X]
    else:
        sequences = [series[~np.isnan(series).all(axis=1)] for series in X]
    values = np.array(
        [
            logits(
                weights,
                sequence,
                bidirectional=estimator.bidirectional,
                pooling=estimator.pooling,
            )
            for sequence in sequences
        ]
    )
    if isinstance(estimator, GRURegressor):
        return values
    if estimator.model_.get_layer("head").get_config()["activation"] == "sigmoid":
        return 1 / (1 + np.exp(-values))
    return np.exp(values) / np.exp(values).sum(axis=1, keepdims=True)


def test_the_network_is_the_one_of_the_literature(fitted):
    """Any padding, pooling and direction: one sequence at a time, in NumPy."""
    estimator, X = fitted
    expected = numpy_predictions(estimator, X)
    if getattr(estimator, "normalize_y", False):
        _, _, y = next(case for case in ARCHITECTURES.values() if case[0] is estimator)
        y = y.reshape(len(y), -1)
        expected = expected * y.std(axis=0) + y.mean(axis=0)
    assert_equal_to_1e_5(predictions(estimator, X), expected)


def test_the_model_predicts_as_the_estimator_does(fitted):
    """In the targets' units, whatever normalize_y."""
    estimator, X = fitted
    actual = estimator.model_.predict(X, verbose=0)
    assert_equal_to_1e_5(actual, predictions(estimator, X))


def layers_of(model):
    for layer in model.layers:
        yield layer
        if isinstance(layer, keras.layers.Bidirectional):
            yield from (layer.forward_layer, layer.backward_layer)


def test_the_model_is_made_of_stock_layers(fitted):
    estimator, _ = fitted
    layers = list(layers_of(estimator.model_))
    for part in (estimator.model_, *layers):
        assert type(part).__module__.startswith("keras.")
    assert keras.layers.GRU in map(type, layers)


def test_the_model_is_made_once(fitted):
    estimator, _ = fitted
    assert estimator.model_ is estimator.model_


@pytest.mark.long
@ignore_keras_warning
def test_the_saved_model_runs_where_skgru_is_not(tmp_path):
    """Saved, loaded and run in a process that cannot import skgru."""
    for i, (estimator, X, y) in enumerate(ARCHITECTURES.values()):
        if not hasattr(estimator, "n_iter_"):
            estimator.fit(X, y)
        estimator.model_.save(tmp_path / f"{i}.keras")
        np.save(tmp_path / f"{i}.npy", X)
    code = f"""
        import sys
        sys.modules["skgru"] = None  # Any import of it fails.
        import keras, numpy as np
        for i in range({len(ARCHITECTURES)}):
            model = keras.models.load_model(f"{{i}}.keras")
            np.save(f"{{i}}.npy", model.predict(np.load(f"{{i}}.npy"), verbose=0))
    """
    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    for i, (estimator, X, _) in enumerate(ARCHITECTURES.values()):
        actual = np.load(tmp_path / f"{i}.npy")
        assert_equal_to_1e_5(actual, predictions(estimator, X))


def test_the_model_can_be_trained_further():
    """With the estimator's dropout, which acts in training alone."""
    estimator, X, y = ARCHITECTURES["mean both ways, dropout"]
    model = keras.models.clone_model(estimator.fit(X, y).model_)
    model.compile("adam", "binary_crossentropy", run_eagerly=True)
    history = model.fit(X, y.astype(float), epochs=2, verbose=0).history
    assert np.isfinite(history["loss"]).all()
    (dropout,) = (la for la in model.layers if isinstance(la, keras.layers.Dropout))
    assert dropout.rate == 0.3


def test_a_new_fit_makes_a_new_model():
    estimator, X, y = ARCHITECTURES["last state"]
    first = estimator.fit(X, y).model_
    second = estimator.fit(X, -y).model_
    assert first is not second
    assert_equal_to_1e_5(second.predict(X, verbose=0), predictions(estimator, X))


def test_weights_of_the_model_are_a_copy():
    """Changing the model changes no prediction of the estimator."""
    estimator, X, y = ARCHITECTURES["last state"]
    before = estimator.fit(X, y).predict(X)
    estimator.model_.set_weights([0 * w for w in estimator.model_.get_weights()])
    np.testing.assert_array_equal(estimator.predict(X), before)


def test_padding_is_what_the_estimator_reads_as_padding():
    """The list of arrays and the 3-D array of NaN padding are one input."""
    estimator, X, y = ARCHITECTURES["padded, mean of two layers"]
    estimator.fit(X, y)
    actual = estimator.model_.predict(PADDED, verbose=0)
    assert_equal_to_1e_5(actual, predictions(estimator, RAGGED))
