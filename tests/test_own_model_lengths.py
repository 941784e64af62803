"""A user's model on sequences of unequal length: padding changes no prediction."""

import keras
import numpy as np
import pytest
from own_models import masked, softmax_or_sigmoid, text

from skgru import GRUClassifier, GRURegressor

layers = keras.layers
rng = np.random.default_rng(0)
SERIES = rng.normal(size=(44, 6, 3)).astype(np.float32)
RAGGED = [series[: 3 + i % 4] for i, series in enumerate(SERIES)]
Y = np.digitize(SERIES[:, 0, 0], [-0.4, 0.4])
SMALL = {"epochs": 1, "batch_size": 16, "learning_rate": 0.02, "random_state": 0}


def one_by_one(network, sequences):
    return np.vstack([network.predict_proba([sequence]) for sequence in sequences])


@pytest.fixture(scope="module")
def fitted():
    return GRUClassifier(model=masked, **SMALL).fit(RAGGED, Y)


def test_predictions_are_those_of_each_sequence_alone(fitted):
    together = fitted.predict_proba(RAGGED)
    np.testing.assert_allclose(together, one_by_one(fitted, RAGGED), atol=1e-6)
    stock = [fitted.model_.predict_on_batch(sequence[None]) for sequence in RAGGED]
    np.testing.assert_allclose(together, np.vstack(stock), atol=1e-5)


def test_trailing_steps_that_are_all_nan_are_padding(fitted):
    block = np.full_like(SERIES, np.nan)
    for row, sequence in zip(block, RAGGED, strict=True):
        row[: len(sequence)] = sequence
    same = GRUClassifier(model=masked, **SMALL).fit(block, Y)
    np.testing.assert_array_equal(
        same.predict_proba(block), fitted.predict_proba(RAGGED)
    )


def test_longer_sequences_than_in_training(fitted):
    longer = [np.vstack([sequence, sequence]) for sequence in RAGGED[:8]]
    stock = [fitted.model_.predict_on_batch(sequence[None]) for sequence in longer]
    np.testing.assert_allclose(
        fitted.predict_proba(longer), np.vstack(stock), atol=1e-5
    )


class MaskedAttention(layers.Layer):
    """A mean over time, weighted, that uses the mask."""

    supports_masking = True

    def build(self, input_shape):
        self.score = self.add_weight(shape=(input_shape[-1], 1), name="kernel")

    def call(self, inputs, mask=None):
        scores = keras.ops.matmul(inputs, self.score)
        if mask is not None:
            scores = keras.ops.where(keras.ops.expand_dims(mask, -1), scores, -1e9)
        return keras.ops.sum(keras.ops.softmax(scores, axis=1) * inputs, axis=1)

    def compute_mask(self, inputs, mask=None):
        return None


def of(*middle, mask=layers.Masking):
    """Return a model function with a mask, some layers, and a head."""

    def model(meta):
        inputs = keras.Input((None, meta["n_features_in_"]))
        x = mask()(inputs)
        for make in middle:
            x = make()(x)
        return keras.Model(inputs, softmax_or_sigmoid(meta)(x))

    return model


def steps():
    return layers.Bidirectional(layers.GRU(3, return_sequences=True))


def explicit(meta):
    """A convolution drops the mask; this one is handed on beside it."""
    inputs = keras.Input((None, 3))
    x = layers.Conv1D(3, 3, padding="same")(inputs)
    mask = layers.Masking().compute_mask(inputs)
    return keras.Model(inputs, softmax_or_sigmoid(meta)(layers.GRU(3)(x, mask=mask)))


@pytest.mark.long
@pytest.mark.parametrize(
    "model",
    [
        of(layers.BatchNormalization, steps, layers.GlobalAveragePooling1D),
        of(steps, MaskedAttention),
        explicit,
    ],
    ids=["mean", "attention", "explicit"],
)
def test_masks_on_every_way_to_the_head(model):
    network = GRUClassifier(model=model, **SMALL).fit(RAGGED, Y)
    expected = one_by_one(network, RAGGED[:4])
    np.testing.assert_allclose(network.predict_proba(RAGGED)[:4], expected, atol=1e-6)


@pytest.mark.filterwarnings("ignore:Layer .* does not support masking")
@pytest.mark.parametrize(
    "model",
    [
        of(lambda: layers.Conv1D(3, 3, padding="same"), lambda: layers.GRU(3)),
        of(steps, layers.GlobalMaxPooling1D),
        of(lambda: layers.MaxPooling1D(2), lambda: layers.GRU(3)),
        of(lambda: layers.GRU(3), mask=lambda: layers.Masking(-1.0)),
    ],
    ids=["convolution", "maximum over both ways", "pooling", "another value"],
)
def test_a_mask_that_gets_lost_is_refused(model, refused):
    network = GRUClassifier(model=model, **SMALL)
    refused(network, "fit", RAGGED, Y, message="different lengths.* mask gets lost")


def test_a_network_without_a_mask_is_refused(refused):
    def unmasked(meta):
        inputs = keras.Input((None, 3))
        return keras.Model(inputs, softmax_or_sigmoid(meta)(layers.GRU(4)(inputs)))

    network = GRUClassifier(model=unmasked, **SMALL)
    refused(
        network, "fit", RAGGED, Y, message=r"Begin it with keras.layers.Masking\(\)"
    )
    network.fit(SERIES, Y)
    refused(network, "predict", RAGGED, message="different lengths")
    # Of one length, though of another than in training.
    assert network.predict(SERIES[:, :4]).shape == (44,)


TOKENS = rng.integers(1, 9, (44, 6)) * (np.arange(6) < 3 + np.arange(44)[:, None] % 4)


@pytest.mark.parametrize("mask_zero", [True, False])
def test_token_ids(mask_zero):
    """Padding is an id like any other to a network that does not mask it."""
    network = GRURegressor(
        model=text,
        model__vocabulary_size=9,
        model__mask_zero=mask_zero,
        vocabulary_size=9,
        **SMALL,
    )
    target = TOKENS[:, 0] + 0.5
    predicted = network.fit(TOKENS, target).predict(TOKENS)
    stock = network.model_.predict(TOKENS, verbose=0)[:, 0]
    np.testing.assert_allclose(predicted, stock, rtol=1e-5, atol=1e-5)
    longer = np.hstack([TOKENS, 0 * TOKENS[:, :2]])
    if mask_zero:
        np.testing.assert_allclose(network.predict(longer), predicted, rtol=1e-5)
    else:
        with pytest.raises(ValueError, match=r"8 token ids per row.* fitted on 6"):
            network.predict(longer)


def test_a_maximum_over_padding_is_refused_whatever_the_sign_of_the_values():
    """The zeros of padding are the maximum of sequences below 0."""

    def model(meta):
        inputs = keras.Input((None, 3))
        steps = layers.GRU(4)(layers.Masking()(inputs))
        largest = layers.GlobalMaxPooling1D()(inputs)
        joined = layers.Concatenate()([steps, largest])
        return keras.Model(inputs, softmax_or_sigmoid(meta)(joined))

    below = [-np.abs(sequence) for sequence in RAGGED]
    with pytest.raises(ValueError, match="GlobalMaxPooling1D"):
        GRUClassifier(model=model, **SMALL).fit(below, Y)
