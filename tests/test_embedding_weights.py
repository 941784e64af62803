"""embedding_weights: vectors of tokens that an embedding starts from."""

import pickle

import keras
import numpy as np
import pytest
from reference import keras_fit, untrained
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV

import skgru
from skgru import GRUClassifier, GRURegressor
from skgru.preprocessing import TextSequencer

SMALL = {
    "units": 4,
    "embedding_dim": 3,
    "bidirectional": False,
    "pooling": "last",
    "epochs": 2,
    "batch_size": 16,
    "learning_rate": 0.02,
    "optimizer": "sgd",
    "random_state": 0,
}


@pytest.fixture
def tokens():
    """Ids of 40 short texts, and whether they say "good"."""
    rng = np.random.default_rng(0)
    words = ["the", "phone", "screen", "is", "very"]
    texts = [
        " ".join([*rng.choice(words, size=rng.integers(1, 6)), ["bad", "good"][i % 2]])
        for i in range(40)
    ]
    return TextSequencer().fit_transform(texts), np.arange(40) % 2


@pytest.fixture
def vectors(tokens):
    shape = (tokens[0].vocabulary_size, SMALL["embedding_dim"])
    return np.random.default_rng(1).normal(size=shape)


@pytest.mark.parametrize("estimator", [GRUClassifier, GRURegressor])
def test_the_embedding_starts_from_them(tokens, vectors, estimator):
    X, y = tokens
    fitted = untrained(estimator(**SMALL, embedding_weights=vectors), X, y)
    embedding = fitted.model_.get_layer("embedding")
    np.testing.assert_array_equal(embedding.get_weights()[0], np.float32(vectors))
    # Keras' own layer with these weights, before the same layers.
    own = keras.layers.Embedding(*vectors.shape, mask_zero=True)
    own.build()
    own.set_weights([vectors])
    ids = np.asarray(X)
    np.testing.assert_array_equal(embedding(ids), own(ids))


def test_it_trains_as_keras_trains_it(tokens, vectors):
    X, y = tokens
    settings = {**SMALL, "shuffle": False, "epochs": 3}
    classifier = GRUClassifier(**settings, embedding_weights=vectors)
    model = untrained(classifier, X, y).model_
    ids = np.asarray(X)
    keras_fit(
        model, ids, y[:, None].astype(np.float32),
        keras.optimizers.SGD(SMALL["learning_rate"]), "binary_crossentropy",
    )  # fmt: skip
    fitted = classifier.fit(X, y)
    trained = fitted.model_.get_layer("embedding").get_weights()[0]
    expected = model.get_layer("embedding").get_weights()[0]
    np.testing.assert_allclose(trained, expected, atol=1e-5)
    # Used rows have moved; that of padding, which is never read, has not.
    assert (np.abs(trained - vectors)[2:].max(axis=1) > 1e-6).all()
    np.testing.assert_array_equal(trained[0], np.float32(vectors)[0])
    np.testing.assert_allclose(
        fitted.predict_proba(X)[:, 1], model(ids)[:, 0], atol=1e-5
    )


def test_all_other_weights_start_as_without_them(tokens, vectors):
    X, y = tokens
    drawn = untrained(GRUClassifier(**SMALL), X, y).model_.get_weights()
    given = untrained(GRUClassifier(**SMALL, embedding_weights=vectors), X, y)
    for a, b in zip(drawn[1:], given.model_.get_weights()[1:], strict=True):
        np.testing.assert_array_equal(a, b)


def test_vectors_are_data_and_compile_nothing(tokens, vectors):
    X, y = tokens
    GRUClassifier(**SMALL).fit(X, y).predict(X)
    before = skgru.cache_info().misses
    for factor in (1, 2):
        classifier = GRUClassifier(**SMALL, embedding_weights=factor * vectors)
        classifier.fit(X, y).predict(X)
    assert skgru.cache_info().misses == before


def test_a_training_that_continues_does_not_start_again(tokens, vectors):
    X, y = tokens
    classifier = GRUClassifier(**SMALL, embedding_weights=vectors, warm_start=True)
    classifier.fit(X, y)
    one_fit = GRUClassifier(**{**SMALL, "epochs": 4}, embedding_weights=vectors)
    np.testing.assert_array_equal(
        classifier.fit(X, y).predict_proba(X), one_fit.fit(X, y).predict_proba(X)
    )


def test_it_is_a_parameter_like_any_other(tokens, vectors, tmp_path):
    X, y = tokens
    classifier = GRUClassifier(**SMALL, embedding_weights=vectors)
    assert classifier.get_params()["embedding_weights"] is vectors
    kept = vectors.copy()
    expected = classifier.fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(vectors, kept)
    assert "embedding_weights=" in repr(classifier)
    for copy in (
        clone(classifier).fit(X, y),
        pickle.loads(pickle.dumps(classifier)),
        GRUClassifier(**SMALL, embedding_weights=vectors.tolist()).fit(X, y),
    ):
        np.testing.assert_array_equal(copy.predict_proba(X), expected)
    skgru.save(classifier, tmp_path / "classifier.skops")
    loaded = skgru.load(tmp_path / "classifier.skops")
    np.testing.assert_array_equal(loaded.predict_proba(X), expected)
    np.testing.assert_array_equal(loaded.embedding_weights, vectors)


def test_a_search_compares_vectors(tokens, vectors):
    X, y = tokens
    search = GridSearchCV(
        GRUClassifier(**SMALL),
        {"embedding_weights": [None, vectors, 100 * vectors]},
        cv=2,
        error_score="raise",
    ).fit(X, y)
    best = search.best_params_["embedding_weights"]
    expected = GRUClassifier(**SMALL, embedding_weights=best).fit(X, y)
    np.testing.assert_array_equal(search.predict_proba(X), expected.predict_proba(X))
    assert search.param_grid["embedding_weights"][1] is vectors


def test_what_does_not_fit_is_refused(tokens, vectors, X, labels, refused):
    ids, y = tokens
    n, width = vectors.shape

    def check(weights, message, data=(ids, y), **more):
        estimator = GRUClassifier(**{**SMALL, **more}, embedding_weights=weights)
        refused(estimator, "fit", *data, message=message)

    shape = rf"'embedding_weights' parameter of GRUClassifier .* \({n}, {width}\)"
    check(vectors[:-1], rf"{shape}\. Got \({n - 1}, {width}\) .*fit it once")
    check(
        vectors[:, :2], rf"{shape}\. Got \({n}, 2\) instead. Set 'embedding_dim' to 2"
    )
    check(vectors[0], f"{shape}.*Expected 2D array")
    check(np.where(vectors > 1, np.nan, vectors), f"{shape}.*contains NaN")
    check([["a"] * width] * n, f"{shape}.*could not convert")
    check(vectors, "needs token ids, but X holds real values", (X, labels))
    check(5, "'embedding_weights' parameter of GRUClassifier must be an array-like")
    own = GRUClassifier(model=lambda meta: None, embedding_weights=vectors)
    message = "'embedding_weights' parameter .* has no effect"
    refused(own, "fit", ids, y, message=message)
