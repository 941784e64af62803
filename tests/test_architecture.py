"""The network is what its parameters say; test_model.py compares whole predictions."""

import keras
import numpy as np
import pytest
from reference import logits, untrained


def test_units_are_the_widths_of_the_layers(classifier, X, labels):
    shapes = [
        w.shape for w in classifier(units=(4, 3)).fit(X, labels).model_.get_weights()
    ]
    first, second = [(3, 12), (4, 12), (2, 12)], [(4, 9), (3, 9), (2, 9)]
    assert shapes == [*first, *second, (3, 3), (3,)]


def test_one_layer_may_be_an_int_a_tuple_or_a_list(classifier, X, labels):
    expected = classifier(units=4).fit(X, labels).predict_proba(X)
    for units in [(4,), [4], np.int64(4)]:
        actual = classifier(units=units).fit(X, labels).predict_proba(X)
        np.testing.assert_array_equal(actual, expected)


def test_a_bidirectional_layer_reads_both_ways(regressor, X, targets):
    """The last state of one direction alone would not see the first step so well."""
    fitted = regressor(bidirectional=True, normalize_y=False).fit(X, targets / 500)
    weights = fitted.model_.get_weights()
    forward, backward, (head_kernel, head_bias) = weights[:3], weights[3:6], weights[6:]
    # Swapping the directions, the head's rows with them, mirrors time.
    mirrored = [
        *backward, *forward, np.vstack([head_kernel[4:], head_kernel[:4]]), head_bias
    ]  # fmt: skip
    expected = [logits(mirrored, x[::-1], bidirectional=True)[0] for x in X]
    np.testing.assert_allclose(fitted.predict(X), expected, atol=1e-5)


# ---- token ids ----

TEXT = {"vocabulary_size": 9, "embedding_dim": 5, "optimizer": "sgd"}


@pytest.fixture
def tokens():
    """Texts of 2 to 6 ids below 9, padded by 0."""
    rng = np.random.default_rng(0)
    ids = rng.integers(1, 9, size=(44, 6))
    ids[np.arange(6) >= rng.integers(2, 7, size=(44, 1))] = 0
    return ids


def test_token_ids_are_embedded_and_0_is_padding(regressor, tokens, targets):
    fitted = regressor(**TEXT, normalize_y=False).fit(tokens, targets / 500)
    embedding, *weights = fitted.model_.get_weights()
    assert embedding.shape == (9, 5)
    expected = [logits(weights, embedding[row[row != 0]])[0] for row in tokens]
    np.testing.assert_allclose(fitted.predict(tokens), expected, atol=1e-5)


def test_embeddings_are_trained_and_never_penalised(regressor, tokens, targets):
    """Only ids that occur get a gradient, so others show any penalty."""
    tokens = np.where(tokens == 8, 7, tokens)
    fitted = regressor(**TEXT, l1=0.1, l2=0.1).fit(tokens, targets)
    before = untrained(fitted, tokens, targets).model_.get_weights()[0]
    after = fitted.model_.get_weights()[0]
    np.testing.assert_array_equal(after[8], before[8])
    assert (after[1:8] != before[1:8]).all()


def test_token_ids_as_lists_are_the_same(regressor, tokens, targets):
    ragged = [row[row != 0].tolist() for row in tokens]
    expected = regressor(**TEXT).fit(tokens, targets).predict(tokens)
    fitted = regressor(**TEXT).fit(ragged, targets)
    np.testing.assert_array_equal(fitted.predict(ragged), expected)


# ---- initial weights ----


def initial(estimator, X, y):
    kernel, recurrent_kernel, bias, head_kernel, head_bias = untrained(
        estimator, X, y
    ).model_.get_weights()
    assert not bias.any() and not head_bias.any()
    return kernel, recurrent_kernel, head_kernel


def test_default_initial_weights(classifier, X, labels):
    """Glorot's uniform bounds, and orthonormal rows of the recurrent kernel."""
    kernel, recurrent_kernel, head_kernel = initial(classifier(), X, labels)
    for matrix in (kernel, head_kernel):
        # Glorot and Bengio (2010), equation 16.
        bound = np.sqrt(6 / sum(matrix.shape))
        assert 0.8 * bound < np.abs(matrix).max() <= bound
    np.testing.assert_allclose(
        recurrent_kernel @ recurrent_kernel.T, np.eye(4), atol=1e-6
    )


def test_he_normal_has_the_variance_of_its_paper(classifier, X, labels):
    """He et al. (2015), arXiv:1502.01852, equation 10: 2 / inputs."""
    params = {"kernel_initializer": "he_normal", "recurrent_initializer": "he_normal"}
    kernel, recurrent_kernel, _ = initial(classifier(units=64, **params), X, labels)
    assert kernel.std() == pytest.approx(np.sqrt(2 / 3), rel=0.1)
    assert recurrent_kernel.std() == pytest.approx(np.sqrt(2 / 64), rel=0.02)


@pytest.mark.parametrize("spelling", ["he_normal", "HeNormal", "he_normal instance"])
def test_initializers_by_any_name(classifier, X, labels, spelling):
    """An instance without a seed gets the one that a name would get."""
    expected = initial(classifier(kernel_initializer="he_normal"), X, labels)
    if spelling.endswith("instance"):
        spelling = keras.initializers.HeNormal()
    actual = initial(classifier(kernel_initializer=spelling), X, labels)
    for a, b in zip(actual, expected, strict=True):
        np.testing.assert_array_equal(a, b)


def test_an_initializer_keeps_a_seed_of_its_own(classifier, X, labels):
    seeded = keras.initializers.RandomNormal(stddev=0.3, seed=7)
    expected = np.asarray(keras.initializers.RandomNormal(stddev=0.3, seed=7)((3, 12)))
    for random_state in (0, 1):
        fitted = classifier(kernel_initializer=seeded, random_state=random_state)
        np.testing.assert_array_equal(initial(fitted, X, labels)[0], expected)


def test_each_layer_draws_weights_of_its_own(regressor, X, targets):
    fitted = untrained(regressor(bidirectional=True), X, targets)
    forward, backward = fitted.model_.get_weights()[0], fitted.model_.get_weights()[3]
    assert forward.shape == backward.shape
    assert (forward != backward).all()


def test_random_state_alone_determines_the_initial_weights(classifier, X, labels):
    first, again, other = (
        initial(classifier(random_state=seed), X, labels)[0] for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).all()
