"""The convolution before the first GRU layer, and features standardised inside."""

import keras
import numpy as np
import pytest
from reference import ignore_keras_warning, keras_fit, one_hot

import skgru
from skgru import GRUClassifier, GRURegressor

rng = np.random.default_rng(0)
SERIES = rng.normal(size=(44, 30, 3)).astype(np.float32)
LABELS = np.digitize(SERIES[:, :, 0].mean(axis=1), [-0.1, 0.1])
RAGGED = [series[: 12 + i % 19] for i, series in enumerate(SERIES)]
SMALL = {
    "units": 4,
    "filters": 5,
    "kernel_size": 7,
    "pool_size": 4,
    "pooling": "max",
    "bidirectional": True,
    "epochs": 3,
    "batch_size": 16,
    "learning_rate": 0.02,
    "random_state": 0,
}


@pytest.fixture(scope="module")
def of_equal_lengths():
    return GRUClassifier(**SMALL).fit(SERIES, LABELS)


@pytest.fixture(scope="module")
def of_unequal_lengths():
    return GRUClassifier(**SMALL).fit(RAGGED, LABELS)


def layers(estimator):
    return {layer.name: layer for layer in estimator.model_.layers}


def test_the_layers_are_those_of_keras(of_equal_lengths):
    found = layers(of_equal_lengths)
    convolution, pool = found["convolution"], found["pool"]
    assert isinstance(convolution, keras.layers.Conv1D)
    assert (convolution.filters, convolution.kernel_size) == (5, (7,))
    assert isinstance(found["normalization"], keras.layers.BatchNormalization)
    assert isinstance(pool, keras.layers.MaxPooling1D)
    assert pool.pool_size == (4,) or pool.pool_size == 4


def test_none_leaves_the_convolution_out():
    plain = GRUClassifier(**SMALL | {"filters": None, "epochs": 1})
    assert "convolution" not in layers(plain.fit(SERIES, LABELS))


def test_a_kernel_spans_at_most_a_third_of_the_steps():
    wide = GRUClassifier(**SMALL | {"kernel_size": 16, "epochs": 1})
    assert layers(wide.fit(SERIES, LABELS))["convolution"].kernel_size == (10,)


@pytest.mark.parametrize("steps, size", [(1, None), (23, None), (30, 2), (150, 8)])
def test_auto_pools_leave_some_tens_of_steps(steps, size):
    """A twelfth of the steps, at most 8."""
    X = np.zeros((6, steps, 1))
    auto = GRURegressor(**SMALL | {"pool_size": "auto", "epochs": 1})
    found = layers(auto.fit(X, np.arange(6.0)))
    assert ("pool" in found) == (size is not None)
    if size:
        assert found["pool"].pool_size in (size, (size,))


def test_the_model_predicts_as_the_estimator_does(of_equal_lengths):
    actual = of_equal_lengths.model_.predict(SERIES, verbose=0)
    expected = of_equal_lengths.predict_proba(SERIES)
    np.testing.assert_allclose(actual, expected, atol=1e-5)


def test_padding_never_leaks(of_unequal_lengths):
    """Each sequence alone is predicted as among longer ones, by the model too."""
    check_alone_as_together(of_unequal_lengths, RAGGED)


def check_alone_as_together(fitted, sequences):
    together = fitted.predict_proba(sequences)
    for i in range(0, 44, 5):
        alone = fitted.predict_proba([sequences[i]])
        np.testing.assert_allclose(alone[0], together[i], atol=1e-6)
        model = fitted.model_.predict(sequences[i][None], verbose=0)
        np.testing.assert_allclose(model[0], together[i], atol=1e-5)


def test_more_padding_changes_no_training(of_unequal_lengths):
    """Nor the averages of batch normalisation, which a wider block would move."""
    block = np.full((44, 41, 3), np.nan, np.float32)
    for row, series in zip(block, RAGGED, strict=True):
        row[: len(series)] = series
    wider = GRUClassifier(**SMALL).fit(block, LABELS)
    np.testing.assert_allclose(
        wider.predict_proba(RAGGED),
        of_unequal_lengths.predict_proba(RAGGED),
        atol=1e-5,
    )


def test_padding_of_token_ids_never_leaks():
    """The convolution does not see the embedding of padding, which is not zero."""
    tokens = [rng.integers(1, 8, 12 + i % 19) for i in range(44)]
    settings = SMALL | {"vocabulary_size": 8, "embedding_dim": 3}
    fitted = GRUClassifier(**settings).fit(tokens, LABELS)
    check_alone_as_together(fitted, tokens)
    embeddings = layers(fitted)["embedding"].get_weights()[0]
    assert np.abs(embeddings[0]).min() > 0


@ignore_keras_warning
@pytest.mark.parametrize("padded", [False, True])
def test_training_is_that_of_keras(padded):
    """Three epochs of three batches, the last one short, from the same weights."""
    X = RAGGED if padded else SERIES
    estimator = GRUClassifier(**SMALL, shuffle=False)
    if padded:
        # In the order of the samples: Keras does not group by length.
        estimator.set_params(batch_size=44)
    frozen = GRUClassifier(**estimator.get_params()).set_params(
        epochs=1, schedule=lambda epoch, rate: 0.0
    )
    start = frozen.fit(X, LABELS).model_
    for layer in start.layers:  # An epoch without learning moves averages alone.
        if layer.name == "normalization":
            layer.moving_mean.assign(np.zeros(5))
            layer.moving_variance.assign(np.ones(5))
    block = np.full((44, 30, 3), np.nan, np.float32)
    for row, series in zip(block, X, strict=True):
        row[: len(series)] = series
    history = keras_fit(
        start,
        block,
        one_hot(LABELS),
        keras.optimizers.Adam(0.02),
        "categorical_crossentropy",
        batch_size=estimator.batch_size,
    )
    fitted = estimator.fit(X, LABELS)
    np.testing.assert_allclose(fitted.history_["loss"], history["loss"], rtol=2e-4)
    for ours, theirs in zip(fitted.model_.weights, start.weights, strict=True):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), atol=2e-4)


@pytest.mark.long
def test_one_step_and_one_sample():
    one_step = GRURegressor(**SMALL | {"epochs": 1}).fit(np.ones((5, 1, 2)), [1.0] * 5)
    assert np.isfinite(one_step.predict(np.ones((2, 1, 2)))).all()
    one_sample = GRURegressor(**SMALL | {"epochs": 1}).fit(SERIES[:1], [3.0])
    assert np.isfinite(one_sample.predict(SERIES[:1])).all()


def test_partial_fits_are_one_fit(of_equal_lengths):
    """The averages of batch normalisation go on as well."""
    partial = GRUClassifier(**SMALL)
    for _ in range(3):
        partial.partial_fit(SERIES, LABELS)
    np.testing.assert_array_equal(
        partial.predict_proba(SERIES), of_equal_lengths.predict_proba(SERIES)
    )


# ---- standardize ----


def test_units_of_the_features_do_not_matter():
    odd = SERIES * [1e-2, 1e5, 1.0] + [3.0, -7e5, 0.0]
    estimator = GRUClassifier(**SMALL)
    expected = estimator.fit(SERIES, LABELS).predict_proba(SERIES)
    actual = estimator.fit(odd, LABELS).predict_proba(odd)
    np.testing.assert_allclose(actual, expected, atol=0.05)


def test_mean_and_variance_are_those_of_the_real_steps(of_unequal_lengths):
    layer = layers(of_unequal_lengths)["standardization"]
    steps = np.concatenate(RAGGED)
    np.testing.assert_allclose(layer.moving_mean.numpy(), steps.mean(0), atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.numpy(), steps.var(0), rtol=1e-5)


def test_a_constant_feature_becomes_zero():
    X = np.concatenate([SERIES, np.full((44, 30, 1), 7e4)], axis=2)
    estimator = GRUClassifier(**SMALL).fit(X, LABELS)
    assert layers(estimator)["standardization"].moving_variance.numpy()[3] == 1
    assert np.isfinite(estimator.predict_proba(X)).all()


def test_data_may_be_left_as_it_is():
    raw = GRUClassifier(**SMALL | {"standardize": False, "epochs": 1})
    assert "standardization" not in layers(raw.fit(SERIES, LABELS))


def test_values_of_the_data_compile_nothing_anew(of_equal_lengths):
    misses = skgru.cache_info().misses
    GRUClassifier(**SMALL).fit(3 * SERIES + 1, LABELS)
    assert skgru.cache_info().misses == misses
