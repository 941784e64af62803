"""Scale the features of sequences to a common range."""

import numpy as np
from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._sklearn import StrOptions
from ._sequence_transformer import (
    SequenceTransformer,
    inside,
    same_form,
)


def _keeps_its_scale(scaler):
    if scaler.per == "feature":
        return True
    raise AttributeError(
        "inverse_transform is only available with per='feature': with per='sequence' "
        "the scale of a sequence is forgotten once it is transformed."
    )


class SequenceScaler(SequenceTransformer):
    """Scale every feature of sequences, over their steps and never their padding.

    A value x becomes ``(x - center) / scale``, where center and scale are

    - "standard": the mean and the standard deviation,
    - "minmax": the minimum and the range, so that values lie in [0, 1],
    - "robust": the median and the interquartile range,

    as in scikit-learn's ``StandardScaler``, ``MinMaxScaler`` and ``RobustScaler``. A
    constant feature is only centred. NaN inside sequences is disregarded when fitting
    and kept when transforming.

    Parameters
    ----------
    method : {"standard", "minmax", "robust"}, default="standard"
        The statistics that are used.
    per : {"feature", "sequence"}, default="feature"
        "feature": one center and scale for each feature, learned at ``fit`` from all
        steps of all training sequences. A 2-D X is one feature.
        "sequence": each sequence is scaled by its own statistics, which keeps only its
        shape.

    Attributes
    ----------
    center_, scale_ : ndarray of shape (n_features,), dtype float64
        The statistics of each feature. Only with ``per="feature"``.
    n_features_in_ : int
        Number of features of a step; number of columns of 2-D X.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if X was a DataFrame.

    See Also
    --------
    SequenceImputer : Replaces NaN inside sequences.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.preprocessing import SequenceScaler
    >>> X = [np.array([[1.0], [3.0]]), np.array([[5.0]])]
    >>> scaler = SequenceScaler("minmax").fit(X)
    >>> [sequence.tolist() for sequence in scaler.transform(X)]
    [[[0.0], [0.5]], [[1.0]]]
    """

    _allow_nan = True
    _parameter_constraints = {
        "method": [StrOptions({"standard", "minmax", "robust"})],
        "per": [StrOptions({"feature", "sequence"})],
    }

    def __init__(self, method="standard", *, per="feature"):
        self.method = method
        self.per = per

    def _fit(self, sequences):
        for name in ("center_", "scale_"):
            vars(self).pop(name, None)
        if self.per == "feature":
            mask = inside(sequences.lengths, sequences.n_timesteps)
            statistics = _statistics_of_features(sequences.block[mask], self.method)
            self.center_, self.scale_ = statistics

    def _transform(self, sequences):
        block, lengths = sequences.block, sequences.lengths
        if self.per == "feature":
            center, scale = self.center_, self.scale_
        else:
            mask = inside(lengths, sequences.n_timesteps)
            center, scale = _statistics_of_sequences(block, mask, self.method)
        # In float64, rounded once to the type of X.
        out = block - center
        out /= scale
        return out.astype(block.dtype, copy=False), lengths

    @available_if(_keeps_its_scale)
    def inverse_transform(self, X):
        """Return scaled sequences in their original units.

        Parameters
        ----------
        X : array-like
            Scaled sequences, in any form that ``transform`` accepts.

        Returns
        -------
        X_out : ndarray or list of ndarray
            The sequences in the form of X.

        Raises
        ------
        AttributeError
            ``per="sequence"``.
        """
        check_is_fitted(self)
        sequences = self._read(X, reset=False)
        out = sequences.block * self.scale_
        out += self.center_
        out = out.astype(sequences.block.dtype, copy=False)
        return same_form(X, sequences.form, out, sequences.lengths)


def _statistics_of_features(steps, method):
    """Return center and scale of each column of ``steps`` (n_steps, features)."""
    # float64, because the range of float32 values need not be a float32 value.
    steps = steps.astype(np.float64, copy=False)
    if method == "standard":
        fitted = StandardScaler().fit(steps)
        return fitted.mean_, fitted.scale_
    if method == "minmax":
        fitted = MinMaxScaler().fit(steps)
        constant = fitted.data_range_ == 0
        return fitted.data_min_, np.where(constant, 1.0, fitted.data_range_)
    fitted = RobustScaler().fit(steps)
    return fitted.center_, fitted.scale_


def _statistics_of_sequences(block, mask, method):
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
