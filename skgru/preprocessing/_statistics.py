"""Centers and scales of features, read piece by piece from data of any size."""

import numpy as np
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

# Values that are looked at together, as float64: 64 MiB. What has no more is one piece.
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
    # float64, because the range of float32 values need not be a float32 value.
    if method == "robust":  # quantiles need all values of a feature at once
        fits = [
            RobustScaler().fit(block[..., i][mask].astype(np.float64)[:, np.newaxis])
            for i in range(block.shape[2])
        ]
        center = np.concatenate([fit.center_ for fit in fits])
        return center, np.concatenate([fit.scale_ for fit in fits])
    fitted = StandardScaler() if method == "standard" else MinMaxScaler()
    for piece in pieces_of(block):
        fitted.partial_fit(block[piece][mask[piece]].astype(np.float64, copy=False))
    if method == "standard":
        return fitted.mean_, fitted.scale_
    constant = fitted.data_range_ == 0
    return fitted.data_min_, np.where(constant, 1.0, fitted.data_range_)


def statistics_of_sequences(block, mask, method):
    """Return center and scale, (n_samples, 1, features), of each sequence."""
    values = np.where(mask[:, :, np.newaxis], block, np.nan).astype(np.float64)
    # A feature that a sequence never observed stays NaN whatever its statistics, of
    # which NumPy would warn.
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
    # Judged by the range: rounding may leave the deviation of a constant above 0.
    constant = largest == smallest
    center = np.where(constant, smallest, center)
    return center, np.where(constant | (scale == 0), 1.0, scale)
