"""What each augmenter does to series."""

import numpy as np
import pytest
from augmenters import are_uniform, in_range
from scipy import stats
from sklearn.base import clone

from skgru.augmentation import (
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
    WindowSlice,
)

# Series: values


def test_jitter_adds_normal_noise_of_the_scale():
    noise = Jitter(scale=0.3)(np.full((200, 10, 5), 2.0), random_state=0) - 2.0
    assert stats.kstest(noise.ravel() / 0.3, "norm").pvalue > 1e-3


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("n_sequences", [400, 401])
def test_the_noise_of_jitter_is_independent_between_values(n_sequences, dtype):
    X = np.zeros((n_sequences, 9, 7), dtype)
    noise = Jitter(scale=1)(X, random_state=0)
    assert noise.dtype == dtype and np.isfinite(noise).all()
    assert len(np.unique(noise)) > 0.99 * noise.size
    # Sizes too, which numbers drawn in pairs could share: squares are uncorrelated
    # at every distance, half of all numbers and one number included.
    for values in (noise.ravel(), noise.ravel() ** 2 - 1):
        spectrum = np.abs(np.fft.rfft(values - values.mean(), 2 * values.size)) ** 2
        correlation = np.fft.irfft(spectrum)[: values.size]
        correlation = correlation[1:] / correlation[0]
        assert np.abs(correlation).max() < 5.5 / np.sqrt(values.size)


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
