"""Warn of sequences whose own variation is lost once features are standardised."""

import warnings

import numpy as np

from ._engine.samples import variances_of_sequences

# Sequences that are looked at, spread over all.
_CHECKED = 1024
# Deviation within a sequence, as a part of the feature's, below which a network of
# float32 sees a constant; and the share of such sequences that is warned of.
_LOST, _SHARE = 1e-3, 0.25


def warn_of_lost_shapes(sequences, variance, owner):
    """Warn where many sequences vary far less than their feature does over all.

    Parameters
    ----------
    sequences : Sequences
    variance : ndarray of shape (n_features,)
        Of each feature over all steps.
    owner : str
        Name of the estimator's class.
    """
    n = len(sequences)
    spread = np.unique(np.linspace(0, n - 1, min(n, _CHECKED)).astype(int))
    within = variances_of_sequences(sequences.take(spread))
    # Constant sequences have no shape to lose.
    lost = (within > 0) & (within < _LOST**2 * variance)
    share = lost.mean(axis=0)
    if share.max() < _SHARE:
        return
    warnings.warn(
        f"In feature {share.argmax()} of X, {share.max():.0%} of the sequences vary by "
        f"less than a thousandth of the feature's standard deviation over all. {owner} "
        "standardizes features, not sequences, so such a sequence looks constant to "
        "it. If shapes matter and not only levels, scale each sequence by itself "
        "first: make_pipeline(SequenceScaler(per='sequence'), estimator). If levels "
        "matter, ignore this warning.",
        UserWarning,
        stacklevel=2,
    )
