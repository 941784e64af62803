"""Augmenters called without an estimator."""

import numpy as np
import pandas as pd
import pytest

from skgru.augmentation import (
    Augmenter,
    Compose,
    Jitter,
    RandomApply,
    TokenInsertion,
    TokenReplacement,
    WindowSlice,
)


@pytest.mark.parametrize(
    "random_state",
    [lambda: 5, lambda: np.random.default_rng(5), lambda: np.random.RandomState(5)],
    ids=["int", "Generator", "RandomState"],
)
def test_random_state_by_hand(random_state):
    X = np.ones((2, 3))
    first, again = (Jitter()(X, random_state=random_state()) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    shared = random_state()
    if not isinstance(shared, int):
        draws = [Jitter()(X, random_state=shared) for _ in range(2)]
        assert not np.array_equal(*draws)
    assert not np.array_equal(Jitter()(X), Jitter()(X))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_univariate_and_multivariate_arrays_round_trip(dtype):
    X = np.ones((4, 6), dtype=dtype)
    new = Jitter()(X, random_state=0)
    assert new.shape == X.shape
    assert new.dtype == dtype
    new_3d = Jitter()(X[:, :, np.newaxis], random_state=0)
    np.testing.assert_array_equal(new_3d[:, :, 0], new)
    frame = pd.DataFrame(X)
    np.testing.assert_array_equal(Jitter()(frame, random_state=0), new)


def test_lists_object_arrays_and_nan_padding_round_trip():
    X = [np.ones((3, 2)), np.ones((5, 2)), np.ones((1, 2))]
    as_list = Jitter()(X, random_state=0)
    assert isinstance(as_list, list)
    assert [sequence.shape for sequence in as_list] == [(3, 2), (5, 2), (1, 2)]

    array = np.empty(3, dtype=object)
    array[:] = X
    as_objects = Jitter()(array, random_state=0)
    assert isinstance(as_objects, np.ndarray)
    assert as_objects.dtype == object

    as_series = Jitter()(pd.Series(X), random_state=0)
    assert [sequence.shape for sequence in as_series] == [(3, 2), (5, 2), (1, 2)]

    padded = np.full((3, 6, 2), np.nan)
    for row, sequence in zip(padded, X, strict=True):
        row[: len(sequence)] = sequence
    as_padded = Jitter()(padded, random_state=0)
    np.testing.assert_array_equal(np.isnan(as_padded), np.isnan(padded))
    assert np.isnan(padded).any()
    for i, sequence in enumerate(as_list):
        np.testing.assert_array_equal(as_objects[i], sequence)
        np.testing.assert_array_equal(as_padded[i, : len(sequence)], sequence)


def test_equal_sequences_that_become_unequal():
    shorter = RandomApply(WindowSlice(0.5, resize=False))
    as_list = shorter([np.ones((6, 1))] * 20, random_state=0)
    assert {len(sequence) for sequence in as_list} == {3, 6}
    padded = shorter(np.ones((20, 6, 1)), random_state=0)
    lengths = 6 - np.isnan(padded[:, :, 0]).sum(axis=1)
    np.testing.assert_array_equal(lengths, [len(sequence) for sequence in as_list])
    with pytest.raises(ValueError, match=r"which a 2-D array cannot hold. Pass X as"):
        shorter(np.ones((20, 6)), random_state=0)


@pytest.mark.parametrize("dtype", [np.int32, np.int64])
def test_token_arrays_and_lists_round_trip(dtype):
    X = np.array([[4, 5, 6, 0], [7, 8, 0, 0]], dtype=dtype)
    new = TokenReplacement(0.5)(X, random_state=0)
    assert new.dtype == dtype
    assert new.shape == X.shape
    np.testing.assert_array_equal(new == 0, X == 0)
    as_list = TokenReplacement(0.5)([[4, 5, 6], [7, 8]], random_state=0)
    assert isinstance(as_list, list)
    as_series = TokenReplacement(0.5)(pd.Series([[4, 5, 6], [7, 8]]), random_state=0)
    assert list(map(list, as_series)) == list(map(list, as_list))
    for ids, row in zip(as_list, new, strict=True):
        np.testing.assert_array_equal(ids, row[row != 0])


def test_token_arrays_widen_where_tokens_are_inserted():
    new = TokenInsertion(1.0)(np.array([[4, 5, 6], [7, 0, 0]]), random_state=0)
    assert new.shape == (2, 6)
    assert (new[1] != 0).sum() == 2


def test_labels_and_weights_by_hand():
    X, y = np.ones((3, 4)), ["a", "b", "c"]
    new, same = Jitter()(X, y, random_state=0)
    assert same is y
    new, same, weights = Jitter()(X, y, [1, 2, 3], random_state=0)
    np.testing.assert_array_equal(weights, [1, 2, 3])
    assert new.shape == X.shape


def test_an_augmenter_of_ones_own_needs_only_augment():
    class Flip(Augmenter):
        kind = "series"

        def augment(self, X, lengths, y, sample_weight, rng):
            return -X, lengths, y, sample_weight

    both = Compose([Flip(), RandomApply(Flip(), p=1.0)])
    both.check("series")
    X = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(Flip()(X), -X)
    np.testing.assert_array_equal(both(X), X)
