"""Augmenters of every kind, and data as the training loop passes it."""

import numpy as np
from scipy import stats

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
    TokenDeletion,
    TokenInsertion,
    TokenReplacement,
    TokenSwap,
    WindowSlice,
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


def is_subsequence(short, long):
    """Whether a sequence is what is left of another one after deletions."""
    rest = iter(long)
    return all(token in rest for token in short)
