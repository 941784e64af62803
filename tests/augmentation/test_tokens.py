"""What each augmenter does to tokens."""

import numpy as np
import pytest
from augmenters import TOKENS, are_uniform, in_range, is_subsequence

from skgru.augmentation import (
    RandomApply,
    TokenDeletion,
    TokenInsertion,
    TokenReplacement,
    TokenSwap,
)

UNIQUE = np.arange(1, 40 * 50 + 1).reshape(40, 50)


def test_insertion_keeps_the_tokens_and_inserts_at_its_rate():
    new = TokenInsertion(0.2)(list(UNIQUE), random_state=0)
    for ids, longer in zip(UNIQUE, new, strict=True):
        assert is_subsequence(ids, longer)
    assert in_range(sum(map(len, new)) - UNIQUE.size, UNIQUE.size, 0.2)


def test_insertion_reaches_every_gap_and_both_ends():
    X = np.tile([1, 2, 3], (3000, 1))
    longer = TokenInsertion(0.3)(X, random_state=0)
    one_more = longer[(longer != 0).sum(axis=1) == 4][:, :4]
    places = {
        place
        for place in range(4)
        if any(np.array_equal(np.delete(row, place), [1, 2, 3]) for row in one_more)
    }
    assert places == {0, 1, 2, 3}
    # Each of 4 gaps with each of 3 tokens, where next to a token its like counts once.
    assert len({tuple(row) for row in one_more}) == 9


@pytest.mark.parametrize("augmenter", [TokenInsertion(0.5), TokenReplacement(1.0)])
def test_new_tokens_are_drawn_by_their_frequency(augmenter):
    X = np.tile([5, 5, 5, 9], (2000, 1))
    new = augmenter(X, random_state=0)
    assert set(np.unique(new)) <= {0, 5, 9}
    n_new = (new != 0).sum() - (0 if isinstance(augmenter, TokenReplacement) else 8000)
    n_nines = (new == 9).sum() - (n_new != 8000 and 2000)
    assert in_range(n_nines, n_new, 0.25)


def test_insertion_asks_for_room_that_is_almost_always_enough():
    augmenter = TokenInsertion(0.1)
    width = augmenter.expanded_timesteps(50)
    assert 50 < width <= 50 + 5 + 3 * np.sqrt(4.5) + 1
    X = np.pad(np.tile(UNIQUE, (100, 1)), [(0, 0), (0, 50)]).astype(np.int32)
    lengths = np.full(4000, 50, dtype=np.int32)
    y, weights = np.zeros((4000, 1)), np.ones(4000)
    _, longer, *_ = augmenter.augment(X, lengths, y, weights, np.random.default_rng(0))
    assert (longer > width).mean() < 0.005
    assert TokenInsertion(0).expanded_timesteps(50) == 50
    assert TokenInsertion(1).expanded_timesteps(50) == 100
    assert TokenDeletion().expanded_timesteps(50) == 50


def test_what_grows_beyond_the_block_is_cut_at_the_end():
    X, lengths = UNIQUE.astype(np.int32), np.full(40, 50, dtype=np.int32)
    cut, cut_lengths, *_ = TokenInsertion(0.5).augment(
        X, lengths, np.zeros((40, 1)), np.ones(40), np.random.default_rng(0)
    )
    wide = np.pad(X, [(0, 0), (0, 50)])
    full, *_ = TokenInsertion(0.5).augment(
        wide, lengths, np.zeros((40, 1)), np.ones(40), np.random.default_rng(0)
    )
    assert (cut_lengths == 50).all()
    np.testing.assert_array_equal(cut, full[:, :50])


def test_deletion_keeps_the_order_and_deletes_at_its_rate():
    new = TokenDeletion(0.3)(list(UNIQUE), random_state=0)
    for ids, shorter in zip(UNIQUE, new, strict=True):
        assert is_subsequence(shorter, ids)
    assert in_range(UNIQUE.size - sum(map(len, new)), UNIQUE.size, 0.3)


def test_deletion_never_empties_a_sequence():
    new = TokenDeletion(1.0)(np.tile([4, 5, 6, 7], (1000, 1)), random_state=0)
    assert (new[:, 1:] == 0).all()
    assert are_uniform(np.bincount(new[:, 0], minlength=8)[4:])


def test_swap_exchanges_pairs_at_its_rate():
    new = TokenSwap(0.1)(UNIQUE, random_state=0)
    np.testing.assert_array_equal(np.sort(new, axis=1), UNIQUE)
    to = new - UNIQUE[:, :1]
    # A permutation made of disjoint swaps is its own inverse.
    np.testing.assert_array_equal(
        np.take_along_axis(to, to, axis=1), np.tile(np.arange(50), (40, 1))
    )
    assert in_range((new != UNIQUE).sum() // 2, UNIQUE.size, 0.1)


def test_swap_moves_every_position_alike():
    X = np.tile(np.arange(1, 8), (4000, 1))
    moved = TokenSwap(0.2)(X, random_state=0) != X
    assert moved.any(axis=1).mean() > 0.5
    assert are_uniform(moved.sum(axis=0))


def test_swap_everything_leaves_at_most_one_token_in_place():
    moved = TokenSwap(1.0)(UNIQUE[:, :7], random_state=0) != UNIQUE[:, :7]
    assert (moved.sum(axis=1) == 6).all()


def test_replacement_keeps_lengths_and_replaces_at_its_rate():
    new = TokenReplacement(0.2)(UNIQUE, random_state=0)
    assert np.isin(new, UNIQUE).all()
    # One draw in 2000 is the token that was there.
    assert in_range((new != UNIQUE).sum(), UNIQUE.size, 0.2 * (1 - 1 / UNIQUE.size))


@pytest.mark.parametrize("augmenter", TOKENS, ids=repr)
def test_padding_before_and_between_tokens_moves_to_the_end(augmenter):
    X = np.array([[0, 0, 7, 0, 8], [9, 0, 0, 0, 0]], dtype=np.int32)
    closed_up = np.array([[7, 8, 0, 0, 0], [9, 0, 0, 0, 0]], dtype=np.int32)
    y, weights = np.zeros((2, 1), np.float32), np.ones(2, np.float32)
    for seed in range(20):
        new, lengths, *_ = augmenter.augment(
            X, np.array([5, 1], np.int32), y, weights, np.random.default_rng(seed)
        )
        expected, expected_lengths, *_ = augmenter.augment(
            closed_up,
            np.array([2, 1], np.int32),
            y,
            weights,
            np.random.default_rng(seed),
        )
        if not isinstance(augmenter, RandomApply):
            np.testing.assert_array_equal(new, expected)
            np.testing.assert_array_equal(lengths, expected_lengths)
        assert (new != 0).any(axis=1).all()
