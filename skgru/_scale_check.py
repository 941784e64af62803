"""Warn of data whose shapes a network hardly sees, as they are lost in the scale."""

import warnings

import numpy as np

from ._engine.samples import steps_of, variances_of_sequences
from ._sequences import as_sequences
from ._sklearn import rows_of

# At most so many sequences are looked at, spread over all, with so many values.
_SEQUENCES, _VALUES = 1024, 2**18
# In a trial with shapes that a network tells apart without levels, it still did so
# where a sequence deviates by 0.07 of what its feature does, and no longer at 0.04.
_SMALL, _SHARE = 0.05, 1 / 3
# In the same trial with outliers instead of levels, it failed once the feature's
# deviation was five to fifteen times the range of the middle 98 % of its values.
_WIDE = 5
# A code such as -999 stands in at least this share of the values, and is further from
# all others than so many times the range of the middle 98 % of them.
_SHARE_OF_CODES, _FAR = 0.005, 3


def warn_of_scale(sequences, mean, variance, owner):
    """Warn where shapes look almost constant once features are standardised.

    Parameters
    ----------
    sequences : Sequences
    mean, variance : ndarray of shape (n_features,)
        Of each feature over all steps.
    owner : str
        Name of the estimator's class.
    """
    looked_at = sequences.take(_spread(sequences))
    steps = steps_of(looked_at)
    # Beside codes and outliers, sequences without any look constant as well.
    message = _codes(steps) or _outliers(steps, mean, np.sqrt(variance), owner)
    message = message or _levels(variances_of_sequences(looked_at), variance, owner)
    if message:
        _warn(message)


def warn_of_outlying_targets(y, owner):
    """Warn where a few extreme targets make up their deviation.

    Parameters
    ----------
    y : ndarray of shape (n_samples, n_outputs)
    owner : str
        Name of the estimator's class.
    """
    for column in y.T:
        low, high = _most(column)
        if 0 < _WIDE * (high - low) < column.std():
            _warn(
                f"98% of the targets lie between {low:.3g} and {high:.3g}, but "
                f"outliers make their standard deviation {column.std():.3g}. {owner} "
                "standardizes targets by it (normalize_y), so all others look almost "
                "equal to it, whatever the loss. If the outliers are errors, leave "
                "these samples out. If they are what matters, ignore this warning."
            )
            return


def _most(values):
    """Return the range of the middle 98 % of values."""
    return np.quantile(values, [0.01, 0.99])


def _codes(steps):
    """Return what to say where one extreme value stands for missing ones."""
    for end in (np.min, np.max):
        code = end(steps, axis=0)
        share = (steps == code).mean(axis=0)
        for feature in np.flatnonzero((share >= _SHARE_OF_CODES) & (share < 0.5)):
            rest = steps[steps[:, feature] != code[feature], feature]
            low, high = _most(rest)
            nearest = np.abs(end(rest) - code[feature])
            if nearest > _FAR * (high - low) > 0:
                return (
                    f"{code[feature]:g} stands in {share[feature]:.1%} of the values "
                    f"of feature {feature} of X, far from all others, "
                    f"{rest.min():.3g} to {rest.max():.3g}. If it marks missing values "
                    "or padding, set it to NaN: SequenceImputer fills gaps, and "
                    "trailing steps of NaN are padding. If it is a value, ignore this "
                    "warning."
                )
    return None


def _outliers(steps, mean, deviation, owner):
    """Return what to say where a few extreme values make up a feature's deviation."""
    # Needed for what is asked below, and computed faster than quantiles.
    suspected = np.abs(steps - mean).mean(axis=0) < 0.4 * deviation
    for feature in np.flatnonzero(suspected):
        low, high = _most(steps[:, feature])
        # Where most values are equal, the others are what there is to see.
        if 0 < _WIDE * (high - low) < deviation[feature]:
            return (
                f"98% of the values of feature {feature} of X lie between {low:.3g} "
                f"and {high:.3g}, but outliers make its standard deviation "
                f"{deviation[feature]:.3g}. {owner} standardizes features by it, so "
                "all other values look almost constant to it. If the outliers are "
                "errors, clip them with np.clip, or set them to NaN and use "
                "SequenceImputer. If they are what matters, ignore this warning."
            )
    return None


def _levels(within, variance, owner):
    """Return what to say where many sequences vary far less than their feature."""
    # Constant sequences have no shape to lose.
    share = ((within > 0) & (within < _SMALL**2 * variance)).mean(axis=0)
    if share.max() < _SHARE:
        return None
    return (
        f"In feature {share.argmax()} of X, {share.max():.0%} of the sequences vary by "
        f"less than {_SMALL:.0%} of the feature's standard deviation over all. {owner} "
        "standardizes features, not sequences, so such a sequence looks almost "
        "constant to it. If shapes matter and not only levels, scale each sequence by "
        "itself first: make_pipeline(SequenceScaler(per='sequence'), estimator). If "
        "levels matter, ignore this warning."
    )


def warn_of_lost_digits(X, sequences, owner):
    """Warn where float32 is too coarse for how a feature of X varies.

    Parameters
    ----------
    X : array-like
        As the user gave it.
    sequences : Sequences
        X in float32.
    owner : str
        Name of the estimator's class.
    """
    rows = _spread(sequences)
    steps = steps_of(sequences.take(rows))
    low, high = steps.min(axis=0), steps.max(axis=0)
    # Two neighbours of float32 differ by about 2**-23 of their size.
    coarse = high - low < 2.0**-14 * np.maximum(np.abs(low), np.abs(high))
    if not coarse.any():
        return
    exact = steps_of(as_sequences(rows_of(X, rows), dtype=np.float64))
    deviation = exact.std(axis=0)
    lost = coarse & ((steps - exact).std(axis=0) > 0.01 * deviation)
    if lost.any():
        feature = lost.argmax()
        level = np.float32(high[feature])
        _warn(
            f"Feature {feature} of X deviates by {deviation[feature]:.3g} from values "
            f"near {level:.3g}. {owner} computes in float32, whose steps there are "
            f"{np.spacing(np.abs(level)):.3g}: much of how it varies is lost. Subtract "
            "its mean before: make_pipeline(SequenceScaler(), estimator) does so in "
            "the precision of X."
        )


def _spread(sequences):
    """Return the indices of the sequences to look at."""
    n, size = len(sequences), sequences.n_timesteps * sequences.n_features
    n_looked_at = min(n, _SEQUENCES, max(_VALUES // size, 1))
    return np.unique(np.linspace(0, n - 1, n_looked_at).astype(int))


def _warn(message):
    warnings.warn(message, UserWarning, stacklevel=3)
