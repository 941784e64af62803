"""Sequences of unequal length: what masking gains, costs, and does not depend on."""

import numpy as np
import pytest
from reference import PLAIN

from skgru import GRUClassifier
from skgru.augmentation import Augmenter
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler


def zero_padded(sequences, n_timesteps):
    padded = np.zeros((len(sequences), n_timesteps, sequences[0].shape[1]))
    for row, sequence in zip(padded, sequences, strict=True):
        row[: len(sequence)] = sequence
    return padded


def nan_padded(sequences, n_timesteps):
    padded = zero_padded(sequences, n_timesteps)
    for row, sequence in zip(padded, sequences, strict=True):
        row[len(sequence) :] = np.nan
    return padded


def log_uniform_lengths(n, low=8, high=512):
    rng = np.random.default_rng(0)
    return np.exp(rng.uniform(np.log(low), np.log(high + 1), n)).astype(int)


# ---- masking is better than zeros ----


def accuracies(train, test, y, y_test, **params):
    """Return the test accuracies of five seeds, of one GRU layer alone."""
    params = PLAIN | params
    return [
        GRUClassifier(32, random_state=seed, **params).fit(train, y).score(test, y_test)
        for seed in range(5)
    ]


def masked_and_zero_padded(X, y, X_test, y_test, **params):
    """Return mean test accuracies of one network with masking, and on zeros."""
    scaler = SequenceScaler().fit(X)
    X, X_test = scaler.transform(X), scaler.transform(X_test)
    n_timesteps = max(map(len, [*X, *X_test]))
    padded = zero_padded(X, n_timesteps), zero_padded(X_test, n_timesteps)
    return (
        np.mean(accuracies(X, X_test, y, y_test, **params)),
        np.mean(accuracies(*padded, y, y_test, **params)),
    )


@pytest.mark.slow
def test_masking_beats_zero_padding_on_japanese_vowels():
    """0.976 against 0.935."""
    masked, padded = masked_and_zero_padded(
        *load_japanese_vowels(return_X_y=True),
        *load_japanese_vowels(split="test", return_X_y=True),
        epochs=30,
        learning_rate=0.003,
        batch_size=16,
    )
    assert masked > 0.95
    assert masked > padded + 0.01


@pytest.mark.slow
def test_masking_beats_zero_padding_on_pickup_gestures():
    """50 recordings of 29 to 361 steps, ten gestures: 0.72 against 0.64."""
    datasets = pytest.importorskip("aeon.datasets")

    def load(split):
        X, y = datasets.load_classification(
            "PickupGestureWiimoteZ", split=split, load_equal_length=False
        )
        return [sequence.T for sequence in X], y

    masked, padded = masked_and_zero_padded(
        *load("train"),
        *load("test"),
        pooling="mean",
        epochs=100,
        learning_rate=0.005,
        batch_size=10,
        clipnorm=1.0,
    )
    assert masked > 0.6
    assert masked > padded + 0.02


# ---- padding changes no prediction ----


@pytest.mark.parametrize(
    ("pooling", "bidirectional"),
    [("last", False), ("last", True), ("mean", True), ("max", True)],
)
def test_predictions_do_not_depend_on_padding(
    sequences, labels, classifier, pooling, bidirectional
):
    network = classifier(pooling=pooling, bidirectional=bidirectional)
    network.fit(sequences, labels)
    expected = network.predict_proba(sequences)
    alone = [network.predict_proba([sequence])[0] for sequence in sequences]
    backwards = network.predict_proba(sequences[::-1])[::-1]
    beside_a_long_one = network.predict_proba([*sequences, np.ones((40, 3))])[:-1]
    more_padding = network.predict_proba(nan_padded(sequences, 40))
    for other in (alone, backwards, beside_a_long_one, more_padding):
        np.testing.assert_allclose(other, expected, rtol=0, atol=1e-6)


def test_predictions_of_tokens_do_not_depend_on_padding(labels, classifier):
    rng = np.random.default_rng(0)
    texts = [rng.integers(1, 20, size=3 + i % 6) for i in range(len(labels))]
    network = classifier(vocabulary_size=20, pooling="mean").fit(texts, labels)
    expected = network.predict_proba(texts)
    padded = np.zeros((len(texts), 30), int)
    for row, text in zip(padded, texts, strict=True):
        row[: len(text)] = text
    alone = [network.predict_proba([text])[0] for text in texts]
    for other in (alone, network.predict_proba(padded)):
        np.testing.assert_allclose(other, expected, rtol=0, atol=1e-6)


def test_padding_changes_no_training(sequences, labels, classifier):
    """The lists and the NaN-padded array are the same data, epoch by epoch."""
    histories = [
        classifier(early_stopping=True).fit(X, labels).history_
        for X in (sequences, nan_padded(sequences, 8))
    ]
    np.testing.assert_allclose(histories[0]["loss"], histories[1]["loss"], rtol=1e-5)
    np.testing.assert_allclose(
        histories[0]["val_loss"], histories[1]["val_loss"], rtol=1e-5
    )


# ---- batches of similar lengths ----


class Witness(Augmenter):
    """Changes nothing, and remembers the first values and lengths it is given."""

    def augment(self, X, lengths, y, sample_weight, rng):
        self.seen_ = [*vars(self).get("seen_", []), (X[:, 0, 0].copy(), lengths.copy())]
        return X, lengths, y, sample_weight


def order_of_training(lengths, **params):
    """Return, for each epoch, the samples and their lengths in order of training."""
    X = [np.full((length, 1), i, np.float32) for i, length in enumerate(lengths)]
    y = np.arange(len(X)) % 2
    witness = Witness()
    params = {"epochs": 2, "batch_size": 16, "random_state": 0, **params}
    GRUClassifier(2, augmenter=witness, **params).fit(X, y)
    samples, seen = (
        np.concatenate(parts) for parts in zip(*witness.seen_, strict=True)
    )
    assert np.array_equal(seen, np.asarray(lengths)[samples.astype(int)])
    return samples.astype(int).reshape(params["epochs"], len(X)), seen.reshape(
        params["epochs"], len(X)
    )


def test_every_epoch_has_every_sample_once_in_batches_of_similar_lengths():
    lengths = log_uniform_lengths(328, high=64)  # the last batch is half full
    epochs, seen = order_of_training(lengths)
    for samples in epochs:
        assert sorted(samples) == list(range(328))
    for lengths_of_epoch in seen:
        starts = range(0, 328, 16)
        longest = [lengths_of_epoch[start : start + 16].max() for start in starts]
        steps_paid = sum(
            most * min(16, 328 - start)
            for most, start in zip(longest, starts, strict=True)
        )
        assert steps_paid < 1.3 * lengths.sum()
        # Long and short batches take turns: the epoch does not go from short to long.
        assert 3 < np.sum(np.diff(longest) < 0) < 17


def test_batches_differ_between_epochs_and_seeds():
    lengths = log_uniform_lengths(328, high=64)

    def batches(samples):
        return {frozenset(samples[start : start + 16]) for start in range(0, 328, 16)}

    (first, second), _ = order_of_training(lengths)
    assert len(batches(first) & batches(second)) <= 2
    (same, _), _ = order_of_training(lengths)
    np.testing.assert_array_equal(same, first)
    (other, _), _ = order_of_training(lengths, random_state=1)
    assert len(batches(first) & batches(other)) <= 2


def test_without_shuffling_the_order_is_that_of_the_samples():
    lengths = log_uniform_lengths(40, high=64)
    epochs, _ = order_of_training(lengths, shuffle=False)
    np.testing.assert_array_equal(epochs, [np.arange(40)] * 2)


@pytest.mark.parametrize("n_samples", [2, 15, 16, 17])
def test_few_samples_are_grouped_as_well(n_samples):
    lengths = 1 + np.arange(n_samples) % 7
    epochs, _ = order_of_training(lengths)
    assert [sorted(samples) for samples in epochs] == [list(range(n_samples))] * 2
