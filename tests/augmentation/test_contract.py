"""What the training loop relies on, whichever the augmenter."""

import numpy as np
import pytest
from augmenters import KEEPING, SERIES, TOKENS, block_of

from skgru.augmentation import (
    ChannelDropout,
    Compose,
    Jitter,
    MagnitudeWarp,
    RandomApply,
    Scaling,
    TimeMask,
    TimeShift,
    TimeWarp,
    TokenDeletion,
    TokenInsertion,
    TokenReplacement,
    TokenSwap,
    WindowSlice,
    augment_text,
)


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_shapes_dtypes_padding_and_lengths(augmenter):
    arrays = block_of(augmenter)
    for seed in range(5):
        new = augmenter.augment(*arrays, np.random.default_rng(seed))
        for array, new_array in zip(arrays, new, strict=True):
            assert new_array.shape == array.shape
            assert new_array.dtype == array.dtype
            assert np.isfinite(new_array).all()
            assert not np.shares_memory(new_array, array)
        X, lengths = new[:2]
        assert lengths.min() >= 1
        assert lengths.max() <= X.shape[1]
        after_end = np.arange(X.shape[1]) >= lengths[:, np.newaxis]
        assert (X[after_end] == 0).all()
        if augmenter.kind == "tokens":
            assert (X[~after_end] > 0).all()


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_inputs_are_not_modified(augmenter):
    arrays = block_of(augmenter)
    originals = [array.copy() for array in arrays]
    for array in arrays:
        array.flags.writeable = False
    augmenter.augment(*arrays, np.random.default_rng(0))
    for array, original in zip(arrays, originals, strict=True):
        np.testing.assert_array_equal(array, original)


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_same_generator_state_same_bits_and_fresh_draws_after(augmenter):
    arrays = block_of(augmenter)
    rng = np.random.default_rng(3)
    first, second = augmenter.augment(*arrays, rng), augmenter.augment(*arrays, rng)
    again = augmenter.augment(*arrays, np.random.default_rng(3))
    for array, same in zip(first, again, strict=True):
        np.testing.assert_array_equal(array, same)
    assert not np.array_equal(first[0], second[0])
    assert not np.array_equal(first[0], arrays[0])


@pytest.mark.parametrize("augmenter", KEEPING, ids=repr)
def test_targets_and_weights_are_kept(augmenter):
    X, lengths, y, sample_weight = block_of(augmenter)
    _, _, new_y, new_weight = augmenter.augment(
        X, lengths, y, sample_weight, np.random.default_rng(0)
    )
    np.testing.assert_array_equal(new_y, y)
    np.testing.assert_array_equal(new_weight, sample_weight)


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_draws_do_not_depend_on_how_much_padding_a_block_carries(augmenter):
    # Room enough for every insertion, so that nothing is cut.
    narrow, wide = block_of(augmenter, spare=20), block_of(augmenter, spare=35)
    X, lengths, *_ = augmenter.augment(*narrow, np.random.default_rng(0))
    X_wide, lengths_wide, *_ = augmenter.augment(*wide, np.random.default_rng(0))
    np.testing.assert_array_equal(lengths, lengths_wide)
    # Matrix products of other shapes may round otherwise.
    np.testing.assert_allclose(X, X_wide[:, : X.shape[1]], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_the_memory_order_of_a_block_does_not_matter(augmenter):
    X, *others = block_of(augmenter)
    expected, *_ = augmenter.augment(X, *others, np.random.default_rng(0))
    for same in (np.asfortranarray(X), np.repeat(X, 2, axis=1)[:, ::2]):
        new, *_ = augmenter.augment(same, *others, np.random.default_rng(0))
        np.testing.assert_array_equal(new, expected)


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_only_augmenters_that_say_so_change_lengths(augmenter):
    X, lengths, y, sample_weight = block_of(augmenter)
    X, lengths = X[lengths == 9], lengths[lengths == 9]
    X, lengths = np.repeat(X, 20, axis=0), np.repeat(lengths, 20)
    y, sample_weight = y[[0] * len(X)], sample_weight[[0] * len(X)]
    wide = np.pad(X, [(0, 0), (0, 20)] + [(0, 0)] * (X.ndim - 2))
    _, new_lengths, *_ = augmenter.augment(
        wide, lengths, y, sample_weight, np.random.default_rng(0)
    )
    assert (new_lengths != lengths).any() == augmenter.changes_lengths


@pytest.mark.parametrize(
    "augmenter",
    [
        Jitter(0),
        Scaling(0),
        MagnitudeWarp(0),
        TimeWarp(0),
        TimeShift(0),
        TimeShift(0.0, fill="wrap"),
        WindowSlice(1.0),
        WindowSlice(1.0, resize=False),
        TimeMask(0),
        ChannelDropout(0),
        RandomApply(Jitter(), p=0),
        Compose(["passthrough"]),
        TokenInsertion(0),
        TokenDeletion(0),
        TokenSwap(0),
        TokenReplacement(0),
    ],
    ids=repr,
)
def test_strength_zero_changes_nothing(augmenter):
    arrays = block_of(augmenter)
    new = augmenter.augment(*arrays, np.random.default_rng(0))
    for array, new_array in zip(arrays, new, strict=True):
        np.testing.assert_array_equal(new_array, array)


def test_numpy_global_random_state_is_neither_used_nor_changed():
    np.random.seed(0)
    state = np.random.get_state()[1].copy()
    Compose([Jitter(), TimeWarp()])(np.ones((3, 5)))
    augment_text("one two three")
    np.testing.assert_array_equal(np.random.get_state()[1], state)
