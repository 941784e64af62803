"""Augmenters keep the contract with the training loop, and do what they promise."""

import pickle
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import BaseEstimator, clone
from sklearn.model_selection import ParameterGrid

from skgru.augmentation import (
    Augmenter,
    ChannelDropout,
    Compose,
    Jitter,
    MagnitudeWarp,
    Mixup,
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

SERIES = [
    Jitter(0.5),
    Scaling(0.5),
    MagnitudeWarp(),
    MagnitudeWarp(n_knots=0),
    TimeWarp(),
    TimeWarp(scale=5.0, n_knots=1),
    TimeShift(0.5),
    TimeShift(3, fill="wrap"),
    TimeShift(100, fill=7.0),
    WindowSlice(0.5),
    WindowSlice(0.5, resize=False),
    TimeMask(0.5, fill=3.0),
    TimeMask(2, n_masks=2, fill="mean"),
    ChannelDropout(0.5, fill=3.0),
    ChannelDropout(0.5, fill="mean"),
    Mixup(1.0),
    RandomApply(WindowSlice(0.5, resize=False)),
    RandomApply(Mixup(1.0)),
    Compose([TimeWarp(), Jitter(), WindowSlice(0.5, resize=False), Mixup()]),
    Compose(["passthrough", Jitter()]),
]
TOKENS = [
    TokenInsertion(0.4),
    TokenDeletion(0.4),
    TokenDeletion(1.0),
    TokenSwap(0.4),
    TokenReplacement(0.4),
    RandomApply(TokenInsertion(0.9)),
    Compose([TokenInsertion(0.5), TokenDeletion(0.3), TokenSwap(), TokenReplacement()]),
]
KEEPING = [augmenter for augmenter in SERIES + TOKENS if not augmenter.mixes_targets]


def block_of(augmenter, n_samples=40, n_timesteps=9, spare=0):
    """Return X, lengths, y, sample_weight as the training loop passes them."""
    rng = np.random.default_rng(7)
    lengths = rng.integers(1, n_timesteps + 1, size=n_samples).astype(np.int32)
    lengths[:2] = 1, n_timesteps
    if augmenter.kind == "tokens":
        X = rng.integers(1, 30, size=(n_samples, n_timesteps)).astype(np.int32)
    else:
        X = rng.normal(size=(n_samples, n_timesteps, 3)).astype(np.float32)
    X[np.arange(n_timesteps) >= lengths[:, np.newaxis]] = 0
    X = np.pad(X, [(0, 0), (0, spare)] + [(0, 0)] * (X.ndim - 2))
    y = np.eye(4, dtype=np.float32)[rng.integers(0, 4, size=n_samples)]
    sample_weight = rng.uniform(0.5, 2.0, size=n_samples).astype(np.float32)
    return X, lengths, y, sample_weight


def in_range(count, n, p):
    """Whether a count is one a binomial variable takes but once in 10 000 times."""
    low, high = stats.binom.interval(0.9999, n, p)
    return low <= count <= high


def are_uniform(counts):
    """Whether counts are those of a uniform variable (chi-square test)."""
    return stats.chisquare(counts).pvalue > 1e-3


# What the training loop relies on


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


# Series: values


def test_jitter_adds_normal_noise_of_the_scale():
    noise = Jitter(scale=0.3)(np.full((200, 10, 5), 2.0), random_state=0) - 2.0
    assert stats.kstest(noise.ravel() / 0.3, "norm").pvalue > 1e-3


def test_scaling_draws_one_factor_for_each_channel_of_each_sequence():
    X = np.random.default_rng(0).uniform(1, 2, size=(500, 6, 4))
    factor = Scaling(scale=0.2)(X, random_state=0) / X
    np.testing.assert_allclose(factor, factor[:, :1].repeat(6, axis=1))
    assert len(np.unique(factor[:, 0].round(9))) == 2000
    assert stats.kstest((factor[:, 0].ravel() - 1) / 0.2, "norm").pvalue > 1e-3


def test_magnitude_warp_is_a_cubic_spline():
    ones = [np.ones((length, 2)) for length in (5, 12, 40)] * 10
    for sequence in MagnitudeWarp(scale=0.2, n_knots=1)(ones, random_state=0):
        # Through three knots the cubic spline is a parabola, whatever the length.
        np.testing.assert_allclose(np.diff(sequence, n=3, axis=0), 0, atol=1e-9)
        assert np.abs(np.diff(sequence, n=2, axis=0)).min() > 0
        assert (sequence[:, 0] != sequence[:, 1]).all()


@pytest.mark.parametrize("length", [3, 4, 7])
def test_magnitude_warp_has_its_scale_at_both_ends_of_each_sequence(length):
    ones = [np.ones((length, 1)), np.ones((9, 1))] * 2000
    warped = MagnitudeWarp(scale=0.2, n_knots=0)(ones, random_state=0)
    for step in (0, -1):
        at_knot = np.array([sequence[step, 0] for sequence in warped[::2]])
        assert stats.kstest((at_knot - 1) / 0.2, "norm").pvalue > 1e-3


def test_more_knots_let_magnitude_change_faster():
    ones = np.ones((100, 50))
    few, many = (
        np.abs(np.diff(MagnitudeWarp(n_knots=n)(ones, random_state=0), n=2)).mean()
        for n in (2, 12)
    )
    assert many > 10 * few


# Series: times


@pytest.mark.parametrize("scale", [0.2, 5.0])
def test_time_warp_keeps_ends_and_never_runs_backwards(scale):
    ramps = [np.arange(float(n))[:, np.newaxis] for n in (1, 2, 7, 30)] * 50
    for ramp, warped in zip(ramps, TimeWarp(scale)(ramps, random_state=0), strict=True):
        assert warped[0] == 0
        assert warped[-1] == pytest.approx(len(ramp) - 1)
        assert (np.diff(warped, axis=0) > 0).all()


def test_time_warp_interpolates_all_channels_at_the_same_times():
    time = np.arange(20.0)
    X = np.stack([time, time**2], axis=-1)[np.newaxis]
    warped_time, squares = TimeWarp(0.5)(X, random_state=0)[0].T
    np.testing.assert_allclose(squares, np.interp(warped_time, time, time**2))
    assert np.abs(warped_time - time).max() > 0.5


def test_time_warp_speed_at_the_knots_has_the_scale():
    # With no inner knot the speed is linear, from v_0 at the first step to v_1 at the
    # last, and log(v_1 / v_0) has variance 2 scale^2 for a small scale.
    ramp = np.arange(300.0)[np.newaxis].repeat(2000, axis=0)
    warped = TimeWarp(scale=0.05, n_knots=0)(ramp, random_state=0)
    ratio = np.diff(warped)[:, -1] / np.diff(warped)[:, 0]
    assert np.log(ratio).std() == pytest.approx(0.05 * np.sqrt(2), rel=0.06)


def test_time_shift_draws_shifts_uniformly_and_repeats_the_edge():
    ramp = np.arange(10.0)[np.newaxis].repeat(2000, axis=0)
    shifted = TimeShift(max_shift=3)(ramp, random_state=0)
    shifts = 5 - shifted[:, 5].astype(int)
    assert are_uniform(np.bincount(shifts + 3, minlength=7))
    expected = np.clip(ramp - shifts[:, np.newaxis], 0, 9)
    np.testing.assert_array_equal(shifted, expected)


def test_time_shift_wraps_within_each_sequence():
    X = [np.arange(1.0, n + 1).reshape(-1, 1) for n in (4, 6)] * 20
    new = TimeShift(0.5, fill="wrap")(X, random_state=0)
    shifts = set()
    for sequence, shifted in zip(X, new, strict=True):
        steps = int((sequence[0] - shifted[0])[0])
        np.testing.assert_array_equal(shifted, np.roll(sequence, steps, axis=0))
        shifts.add(steps % len(sequence))
    assert shifts == {0, 1, 2, 3, 4, 5}


def test_time_shift_fills_with_a_number_but_not_the_padding():
    X = np.ones((50, 6, 2), dtype=np.float32)
    X[:, 4:] = 0
    lengths = np.full(50, 4, dtype=np.int32)
    shifted, *_ = TimeShift(2, fill=-9.0).augment(
        X, lengths, np.zeros((50, 1)), np.ones(50), np.random.default_rng(0)
    )
    filled = (shifted == -9).all(axis=2)
    assert set(filled.sum(axis=1)) == {0, 1, 2}
    assert filled[:, 0].any()
    assert filled[:, 3].any()
    assert not filled[:, 4:].any()


@pytest.mark.parametrize("resize", [False, True])
def test_window_slice_takes_windows_at_uniform_places(resize):
    X = [np.arange(10.0)[:, np.newaxis]] * 1000 + [np.arange(3.0)[:, np.newaxis]] * 100
    windows = WindowSlice(0.6, resize=resize)(X, random_state=0)
    starts = np.array([window[0, 0] for window in windows[:1000]], dtype=int)
    assert are_uniform(np.bincount(starts, minlength=5))
    for start, window in zip(starts, windows[:1000], strict=True):
        n_steps = 10 if resize else 6
        expected = np.linspace(start, start + 5, n_steps)
        np.testing.assert_allclose(window[:, 0], expected)
    assert {len(window) for window in windows[1000:]} == {3 if resize else 2}


def test_window_is_never_empty():
    assert WindowSlice(0.01, resize=False)([np.ones((2, 1))])[0].shape == (1, 1)


# Series: blanks


def test_time_mask_blanks_one_block_of_uniform_width_in_all_channels():
    blank = TimeMask(max_width=4)(np.ones((2000, 12, 3)), random_state=0) == 0
    assert (blank.all(axis=2) == blank.any(axis=2)).all()
    blank = blank[:, :, 0]
    assert are_uniform(np.bincount(blank.sum(axis=1), minlength=5))
    edges = np.abs(np.diff(np.pad(blank.astype(int), [(0, 0), (1, 1)]))).sum(axis=1)
    assert set(edges) == {0, 2}
    first_of_full_width = blank[blank.sum(axis=1) == 4].argmax(axis=1)
    assert are_uniform(np.bincount(first_of_full_width, minlength=9))


def test_time_mask_width_is_a_fraction_of_each_length():
    blanked = TimeMask(0.5)([np.ones((4, 1)), np.ones((20, 1))] * 500, random_state=0)
    n_blank = np.array([(sequence == 0).sum() for sequence in blanked])
    assert n_blank[0::2].max() == 2
    assert n_blank[1::2].max() == 10


def test_several_time_masks():
    blank = TimeMask(max_width=2, n_masks=3)(np.ones((500, 30)), random_state=0) == 0
    assert blank.sum(axis=1).max() == 6


def test_channel_dropout_blanks_whole_channels_at_its_rate():
    X = np.random.default_rng(0).uniform(1, 2, size=(1000, 5, 8))
    blank = ChannelDropout(p=0.3)(X, random_state=0) == 0
    assert (blank.all(axis=1) == blank.any(axis=1)).all()
    assert in_range(blank[:, 0].sum(), 8000, 0.3)


def test_channel_dropout_keeps_a_channel_drawn_uniformly():
    blanked = ChannelDropout(p=1.0)(np.ones((1000, 2, 4)), random_state=0)
    assert (blanked[:, 0].sum(axis=1) == 1).all()
    assert are_uniform(blanked[:, 0].sum(axis=0))


def test_channel_dropout_leaves_series_of_one_channel():
    X = np.ones((20, 4))
    np.testing.assert_array_equal(ChannelDropout(p=0.9)(X, random_state=0), X)


@pytest.mark.parametrize("augmenter", [TimeMask(1.0), ChannelDropout(1.0)], ids=repr)
def test_fill_with_the_mean_of_the_sequence(augmenter):
    rng = np.random.default_rng(0)
    X = [rng.normal(5, 1, size=(n, 3)) for n in (4, 9)] * 10
    for sequence, new in zip(
        X, clone(augmenter).set_params(fill="mean")(X, random_state=0), strict=True
    ):
        changed = new != sequence
        mean = np.broadcast_to(sequence.mean(axis=0), new.shape)
        np.testing.assert_allclose(new[changed], mean[changed])


# Mixup


def test_mixup_averages_x_y_and_weights_with_one_share():
    rng = np.random.default_rng(0)
    numbers = rng.permutation(300).astype(np.float64)
    X = numbers[:, np.newaxis, np.newaxis].repeat(4, axis=1)
    y, weights = np.eye(300), numbers + 1
    new, lengths, new_y, new_weights = Mixup(0.7).augment(
        X, np.full(300, 4, dtype=np.int32), y, weights, np.random.default_rng(0)
    )
    np.testing.assert_allclose(new_y.sum(axis=1), 1)
    assert (new_y >= 0).all()
    assert ((new_y > 0).sum(axis=1) <= 2).all()
    np.testing.assert_allclose(new[:, 0, 0], new_y @ numbers)
    np.testing.assert_allclose(new_weights, new_y @ weights)
    own_share = new_y.diagonal()[(new_y > 0).sum(axis=1) == 2]
    assert stats.kstest(own_share, stats.beta(0.7, 0.7).cdf).pvalue > 1e-3
    assert (lengths == 4).all()


def test_mixup_partners_are_a_permutation():
    y = np.eye(50)
    _, mixed = Mixup(1.0)(np.ones((50, 3)), y, random_state=0)
    partner_share = mixed - np.diag(mixed.diagonal())
    assert ((partner_share > 0).sum(axis=0) <= 1).all()
    assert (partner_share > 0).sum() >= 45


def test_mixup_is_as_long_as_the_longer_sequence():
    X = [np.ones((3, 1)), np.ones((5, 1))] * 20
    mixed, y = Mixup(1.0)(X, np.array([[1.0, 0.0], [0.0, 1.0]] * 20), random_state=0)
    of_different_lengths = 0
    for i, (sequence, (short, long)) in enumerate(zip(mixed, y, strict=True)):
        if 0 < short < 1:
            assert len(sequence) == 5
            np.testing.assert_allclose(sequence[:, 0], [1, 1, 1, long, long])
            of_different_lengths += 1
        else:
            assert len(sequence) == (3, 5)[i % 2]
    assert of_different_lengths > 5


def test_mixup_leaves_out_samples_of_weight_zero():
    y = np.eye(40)
    weights = np.array([0.0, 1.0] * 20)
    X, mixed, new_weights = Mixup(1.0)(
        np.arange(40.0)[:, np.newaxis], y, weights, random_state=0
    )
    np.testing.assert_array_equal(mixed[::2], y[::2])
    np.testing.assert_array_equal(X[::2, 0], np.arange(0, 40, 2))
    assert (mixed[1::2, ::2] == 0).all()
    np.testing.assert_allclose(new_weights, weights)


@pytest.mark.parametrize(
    "y", [None, ["a", "b"], [0, 1]], ids=["none", "strings", "ints"]
)
def test_mixup_by_hand_asks_for_targets_it_can_average(y):
    for augmenter in (Mixup(), Compose([Jitter(), RandomApply(Mixup())])):
        with pytest.raises(ValueError, match="one-hot encode classes"):
            augmenter(np.ones((2, 3)), y)


# Tokens


UNIQUE = np.arange(1, 40 * 50 + 1).reshape(40, 50)


def is_subsequence(short, long):
    rest = iter(long)
    return all(token in rest for token in short)


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


# Augmenters of augmenters


def test_random_apply_changes_sequences_at_its_rate():
    X = np.ones((2000, 4, 2))
    changed = RandomApply(Jitter(), p=0.3)(X, random_state=0) != X
    assert (changed.all(axis=(1, 2)) == changed.any(axis=(1, 2))).all()
    assert in_range(changed[:, 0, 0].sum(), 2000, 0.3)


def test_random_apply_mixes_only_what_it_is_applied_to():
    y = np.eye(200)
    _, mixed = RandomApply(Mixup(1.0), p=0.4)(np.ones((200, 3)), y, random_state=0)
    changed = (mixed != y).any(axis=1)
    assert 50 < changed.sum() < 110
    np.testing.assert_array_equal(mixed[~changed], y[~changed])
    assert (mixed[np.ix_(changed, ~changed)] == 0).all()


def test_compose_applies_its_steps_in_order():
    X = np.random.default_rng(0).normal(size=(5, 8))
    rng = np.random.default_rng(1)
    one_by_one = TimeShift(2)(Jitter()(X, random_state=rng), random_state=rng)
    composed = Compose([Jitter(), TimeShift(2)])(X, random_state=1)
    np.testing.assert_array_equal(composed, one_by_one)


def test_compose_asks_for_room_for_all_steps():
    insertion = TokenInsertion(1.0)
    assert Compose([insertion, insertion]).expanded_timesteps(10) == 40
    assert RandomApply(insertion).expanded_timesteps(10) == 20


def test_compose_knows_what_its_steps_are():
    assert Compose([TokenSwap(), TokenDeletion()]).kind == "tokens"
    assert Compose([TokenSwap(), TokenDeletion()]).changes_lengths
    assert not Compose([Jitter(), TimeWarp()]).changes_lengths
    assert Compose([Jitter(), RandomApply(Mixup())]).mixes_targets


def test_steps_are_named_as_in_make_pipeline():
    params = Compose([Jitter(0.1), TimeMask(), Jitter(0.2)]).get_params()
    assert params["jitter-1__scale"] == 0.1
    assert params["jitter-2__scale"] == 0.2
    assert params["timemask__n_masks"] == 1


@pytest.mark.parametrize(
    ("steps", "noise"),
    [([Jitter(), TimeMask()], "jitter"), ([("a", Jitter()), ("b", TimeMask())], "a")],
    ids=["unnamed", "named"],
)
def test_steps_and_their_parameters_can_be_set_by_name(steps, noise):
    original = Compose(steps)
    augmenter = clone(original).set_params(**{f"{noise}__scale": 0.7})
    assert augmenter.get_params()[f"{noise}__scale"] == 0.7
    assert original.get_params()[f"{noise}__scale"] == 0.03
    augmenter.set_params(**{noise: Jitter(0.1), f"{noise}__scale": 0.9})
    assert augmenter.get_params()[noise].scale == 0.9
    augmenter.set_params(**{noise: "passthrough"})
    X = np.ones((1, 4))
    augmenter.set_params(**{"steps": [*augmenter.steps[:1]]})
    np.testing.assert_array_equal(augmenter(X, random_state=0), X)
    assert isinstance(original.get_params()[noise], Jitter)


def test_replaced_step_keeps_the_name_it_was_given():
    augmenter = Compose([("noise", Jitter())]).set_params(noise=Scaling())
    assert augmenter.set_params(noise__scale=0.4).get_params()["noise"].scale == 0.4


def test_unknown_parameters_are_refused():
    augmenter = Compose([("noise", Jitter()), ("off", "passthrough")])
    with pytest.raises(ValueError, match="Invalid parameter 'warp'"):
        augmenter.set_params(warp__scale=1)
    with pytest.raises(ValueError, match="Invalid parameter 'width'"):
        augmenter.set_params(noise__width=1)
    with pytest.raises(ValueError, match="Step 'off' of Compose is 'passthrough'"):
        augmenter.set_params(off__scale=1)


class Model(BaseEstimator):
    """Stands in for an estimator with an ``augmenter`` parameter."""

    def __init__(self, augmenter=None):
        self.augmenter = augmenter


@pytest.mark.parametrize(
    ("augmenter", "name"),
    [
        (Jitter(), "augmenter__scale"),
        (RandomApply(Jitter()), "augmenter__augmenter__scale"),
        (Compose([Jitter(), TimeWarp()]), "augmenter__jitter__scale"),
        (Compose([("n", RandomApply(Jitter()))]), "augmenter__n__augmenter__scale"),
    ],
    ids=repr,
)
def test_parameters_tune_through_the_estimator(augmenter, name):
    model = Model(augmenter)
    for params in ParameterGrid({name: [0.1, 0.2]}):
        candidate = clone(model).set_params(**params)
        assert candidate.get_params()[name] == params[name]
        assert model.get_params()[name] == 0.03


@pytest.mark.parametrize("augmenter", SERIES + TOKENS, ids=repr)
def test_augmenters_clone_and_pickle(augmenter):
    arrays = block_of(augmenter)
    expected = augmenter.augment(*arrays, np.random.default_rng(0))[0]
    for copy in (clone(augmenter), pickle.loads(pickle.dumps(augmenter))):
        assert copy is not augmenter
        assert repr(copy) == repr(augmenter)
        new = copy.augment(*arrays, np.random.default_rng(0))[0]
        np.testing.assert_array_equal(new, expected)


# Bad input


@pytest.mark.parametrize(
    ("augmenter", "message"),
    [
        (Jitter(-1), "'scale' parameter of Jitter must be a float in the range [0.0,"),
        (Jitter("big"), "'scale' parameter of Jitter must be a float"),
        (Jitter(np.nan), "'scale' parameter of Jitter"),
        (Scaling(np.inf), "'scale' parameter of Scaling"),
        (MagnitudeWarp(n_knots=-1), "'n_knots' parameter of MagnitudeWarp must be an"),
        (TimeWarp(n_knots=1.5), "'n_knots' parameter of TimeWarp must be an int"),
        (TimeShift(1.5), "'max_shift' parameter of TimeShift must be an int in the"),
        (TimeShift(fill="zero"), "'fill' parameter of TimeShift must be a str among"),
        (WindowSlice(0.0), "'ratio' parameter of WindowSlice must be a float in the"),
        (WindowSlice(resize="yes"), "'resize' parameter of WindowSlice"),
        (TimeMask(-1), "'max_width' parameter of TimeMask"),
        (TimeMask(n_masks=0), "'n_masks' parameter of TimeMask"),
        (ChannelDropout(1.1), "'p' parameter of ChannelDropout must be a float in the"),
        (Mixup(0), "'alpha' parameter of Mixup must be a float in the range (0.0, inf"),
        (TokenDeletion(1.1), "'p' parameter of TokenDeletion must be a float in the"),
        (RandomApply(Jitter(), p=2), "'p' parameter of RandomApply"),
        (RandomApply(Jitter), "'augmenter' parameter of RandomApply must be an inst"),
        (RandomApply(Jitter(-1)), "'scale' parameter of Jitter"),
        (Compose([]), "'steps' parameter of Compose must be a list of at least one"),
        (Compose(Jitter()), "'steps' parameter of Compose must be a list"),
        (Compose([Jitter]), "as step 0 instead. Did you mean Jitter()?"),
        (Compose([Jitter(), None]), "Got None as step 1 instead"),
        (Compose([("a", Jitter(), 1)]), "must hold augmenters, (name, augmenter)"),
        (Compose([("a__b", Jitter())]), "hold no '__'. Got 'a__b' instead"),
        (Compose([("steps", Jitter())]), "not be 'steps'"),
        (Compose([("a", Jitter()), ("a", TimeMask())]), "Got ['a', 'a'] instead"),
        (Compose([Jitter(), Jitter(-1)]), "'scale' parameter of Jitter"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_invalid_parameters_name_class_parameter_and_value(augmenter, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        augmenter.check(augmenter.kind)
    with pytest.raises(ValueError, match=re.escape(message)):
        augmenter(np.ones((2, 3)))


def test_augmenters_are_checked_against_the_kind_of_data():
    with pytest.raises(ValueError, match="Jitter augments series of numbers, but X"):
        Jitter().check("tokens", vocabulary_size=10)
    with pytest.raises(ValueError, match="TokenSwap augments token ids, but X holds"):
        TokenSwap().check("series")
    for mixed in (Compose([Jitter(), TokenSwap()]), Compose([TokenSwap(), Jitter()])):
        for kind in ("series", "tokens"):
            with pytest.raises(ValueError, match="augments"):
                mixed.check(kind)
    with pytest.raises(ValueError, match="Jitter augments series"):
        RandomApply(Jitter()).check("tokens")
    TokenSwap().check("tokens", vocabulary_size=10)
    Compose([Jitter(), RandomApply(Mixup())]).check("series")


def test_bad_sequences_name_the_sample():
    with pytest.raises(ValueError, match="sample 1, time step 0, feature 1"):
        Jitter()([np.ones((2, 2)), np.array([[1.0, np.nan]])])
    with pytest.raises(ValueError, match="Sample 1 of X has 0 time steps"):
        TokenSwap()(np.array([[1, 2], [0, 0]]))
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        Jitter()(np.ones((3, 2)), [0, 1])


@pytest.mark.parametrize("random_state", [-1, 1.5, "seed"])
def test_bad_random_state(random_state):
    with pytest.raises(ValueError, match="random_state must be an int >= 0"):
        Jitter()(np.ones((1, 2)), random_state=random_state)


# By hand


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


# Text


TEXT = " ".join(f"w{i}" for i in range(60))


def n_words(texts):
    return sum(len(text.split()) for text in texts)


def test_text_insertion_repeats_words_of_the_same_text():
    other = TEXT.replace("w", "v")
    new = augment_text([TEXT, other] * 20, 0, insertion=0.2, deletion=0, swap=0)
    assert in_range(n_words(new) - 2400, 2400, 0.2)
    for text, longer in zip([TEXT, other] * 20, new, strict=True):
        assert set(longer.split()) == set(text.split())
        assert is_subsequence(text.split(), longer.split())
    one_more = augment_text(["a b"] * 500, 0, insertion=0.5, deletion=0, swap=0)
    assert {text for text in one_more if len(text) == 5} == {
        "a a b",
        "b a b",
        "a b a",
        "a b b",
    }


def test_text_deletion_keeps_order_and_a_word():
    new = augment_text([TEXT] * 40, 0, insertion=0, deletion=0.3, swap=0)
    assert in_range(2400 - n_words(new), 2400, 0.3)
    assert all(is_subsequence(text.split(), TEXT.split()) for text in new)
    left = augment_text(["a b c"] * 300, 0, deletion=1.0)
    assert set(left) == {"a", "b", "c"}


def test_text_swap_keeps_the_words():
    texts = [TEXT] * 400
    new = augment_text(texts, 0, insertion=0, deletion=0, swap=0.01)
    assert all(sorted(text.split()) == sorted(TEXT.split()) for text in new)
    moved = [
        sum(a != b for a, b in zip(text.split(), TEXT.split(), strict=True))
        for text in new
    ]
    # None, one swap, two swaps (of four words, of three or of the same two), ...
    n_swaps = stats.binom(60, 0.01)
    assert in_range(moved.count(0), 400, n_swaps.pmf(0) + n_swaps.pmf(2) / 1770)
    assert in_range(moved.count(2), 400, n_swaps.pmf(1) + n_swaps.pmf(3) * 0.003)
    assert set(moved) >= {0, 2, 4}
    assert augment_text("a b", 0, insertion=0, deletion=0, swap=1.0) in ("a b", "b a")


def test_text_forms_and_determinism():
    assert augment_text(TEXT, 3) == augment_text(TEXT, 3) != augment_text(TEXT, 4)
    assert isinstance(augment_text(TEXT, 0), str)
    assert augment_text([], 0) == []
    assert augment_text(pd.Series([TEXT, "a"]), 0) == augment_text([TEXT, "a"], 0)
    rng = np.random.default_rng(0)
    assert augment_text(TEXT, rng) != augment_text(TEXT, rng)


def test_text_without_words_and_without_edits_is_kept():
    assert augment_text(["", "  "], 0) == ["", "  "]
    assert augment_text(["one"], 0, insertion=0, swap=1.0, deletion=1.0) == ["one"]
    assert augment_text(TEXT, 0, insertion=0, swap=0, deletion=0) == TEXT


def test_text_without_spaces_is_split_by_a_tokenizer():
    text = "我们今天去公园散步"
    shorter = augment_text(text, 1, tokenizer=list, insertion=0, swap=0, deletion=0.4)
    assert 0 < len(shorter) < len(text)
    assert is_subsequence(shorter, text)
    kept = {"insertion": 0, "swap": 0, "deletion": 0}
    split = re.compile("[a-z]+").findall
    assert augment_text("ab, cd", 0, tokenizer=split, **kept) == "abcd"
    assert augment_text("ab, cd", 0, tokenizer=split, separator="-", **kept) == "ab-cd"


def test_bad_text_names_the_sample():
    with pytest.raises(TypeError, match="sample 1 is 3 of type int"):
        augment_text(["a", 3])
    with pytest.raises(ValueError, match="'swap' parameter of augment_text must be a"):
        augment_text("a", swap=1.5)
    with pytest.raises(ValueError, match="random_state must be"):
        augment_text("a", "b")
