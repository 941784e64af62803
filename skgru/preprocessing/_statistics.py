"""Centers and scales of features, computed piece by piece for data of any size."""

import warnings

import numpy as np
from sklearn.preprocessing import RobustScaler

# Values per piece: 64 MiB as float64.
_VALUES_AT_ONCE = 2**23


def pieces_of(block):
    """Yield slices of the samples of a block, a piece at a time.

    Parameters
    ----------
    block : ndarray of shape (n_samples, timesteps, features)

    Yields
    ------
    piece : slice
    """
    n_samples = max(_VALUES_AT_ONCE // max(block[:1].size, 1), 1)
    for start in range(0, len(block), n_samples):
        yield slice(start, start + n_samples)


def statistics_of_features(block, mask, method):
    """Return center and scale of each feature, over the steps that ``mask`` has.

    Parameters
    ----------
    block : ndarray of shape (n_samples, timesteps, features)
    mask : ndarray of shape (n_samples, timesteps), dtype bool
    method : {"standard", "minmax", "robust"}

    Returns
    -------
    center, scale : ndarray of shape (n_features,), dtype float64
    """
    n_observed = sum(_pieces(block, mask, lambda x: (~np.isnan(x)).sum(axis=0)))
    seen = n_observed > 0
    if not seen.all():
        warnings.warn(
            f"Feature {seen.argmin()} of X holds only NaN: it is not scaled.",
            UserWarning,
            stacklevel=4,
        )
    center, scale = np.zeros(len(seen)), np.ones(len(seen))
    if not seen.any():
        return center, scale
    statistics = {"standard": _standard, "minmax": _minmax, "robust": _robust}[method]
    center[seen], scale[seen] = statistics(_of(block, seen), mask, n_observed[seen])
    return center, scale


def _of(block, features):
    """Return some features of a block, which is copied only if some are left out."""
    return block if features.all() else block[..., features]


def _pieces(block, mask, reduce):
    """Yield ``reduce(steps)`` for each piece; steps have shape (n_steps, n_features).

    Steps are float64, because the range of float32 values need not be a float32 value.
    """
    for piece in pieces_of(block):
        yield reduce(block[piece][mask[piece]].astype(np.float64, copy=False))


def _standard(block, mask, n_observed):
    """Return mean and deviation, as scikit-learn's ``StandardScaler`` rounds them."""
    total = sum(_pieces(block, mask, lambda x: np.nansum(x, axis=0)))
    mean = total / n_observed
    # Chan, Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115: the corrected
    # two-pass algorithm.
    rest = sum(_pieces(block, mask, lambda x: np.nansum(x - mean, axis=0)))
    squares = sum(_pieces(block, mask, lambda x: np.nansum((x - mean) ** 2, axis=0)))
    variance = (squares - rest**2 / n_observed) / n_observed
    epsilon = np.finfo(np.float64).eps
    rounding = n_observed * epsilon * variance + (n_observed * mean * epsilon) ** 2
    return mean, np.where(variance <= rounding, 1.0, np.sqrt(variance))


def _minmax(block, mask, n_observed):
    smallest = np.fmin.reduce([*_pieces(block, mask, np.fmin.reduce)])
    spread = np.fmax.reduce([*_pieces(block, mask, np.fmax.reduce)]) - smallest
    return smallest, np.where(spread == 0, 1.0, spread)


def _robust(block, mask, n_observed):
    """Return median and interquartile range; it needs all values of a feature."""
    fits = [
        RobustScaler().fit(block[..., i][mask].astype(np.float64)[:, np.newaxis])
        for i in range(block.shape[2])
    ]
    center = np.concatenate([fit.center_ for fit in fits])
    return center, np.concatenate([fit.scale_ for fit in fits])


def statistics_of_sequences(block, mask, method):
    """Return center and scale, (n_samples, 1, features), of each sequence."""
    values = np.where(mask[:, :, np.newaxis], block, np.nan).astype(np.float64)
    # A feature that is NaN in all of a sequence stays NaN in any case: replace it here,
    # as NumPy would warn.
    values = np.where(np.isnan(values).all(axis=1, keepdims=True), 0.0, values)
    along = {"axis": 1, "keepdims": True}
    smallest, largest = np.nanmin(values, **along), np.nanmax(values, **along)
    if method == "standard":
        center, scale = np.nanmean(values, **along), np.nanstd(values, **along)
    elif method == "minmax":
        center, scale = smallest, largest - smallest
    else:
        low, center, high = np.nanquantile(values, [0.25, 0.5, 0.75], **along)
        scale = high - low
    # Compare the range: through rounding, a constant's deviation may be above 0.
    constant = largest == smallest
    center = np.where(constant, smallest, center)
    return center, np.where(constant | (scale == 0), 1.0, scale)
