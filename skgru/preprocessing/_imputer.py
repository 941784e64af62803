"""Replace NaN inside sequences."""

from numbers import Real

import numpy as np

from .._sklearn import Interval, StrOptions
from ._sequence_transformer import SequenceTransformer, inside


class SequenceImputer(SequenceTransformer):
    """Replace NaN inside sequences, feature by feature, within each sequence.

    - "forward": the last value observed before the gap (last observation carried
      forward). A gap at the start takes the first value observed after it.
    - "linear": the line between the observed values on both sides, over the index of
      the step. A gap at the start or the end takes the nearest observed value, as in
      :func:`numpy.interp`.
    - "constant": ``fill_value``.

    If a sequence has no observed value of a feature, every strategy uses
    ``fill_value``. Values never come from other sequences, so ``fit`` learns nothing.

    In a 3-D array, trailing steps that are NaN in every feature are padding and stay
    NaN. A 2-D array and the arrays of a list have no padding: every NaN is replaced.

    Parameters
    ----------
    strategy : {"forward", "linear", "constant"}, default="forward"
        How missing values are replaced.
    fill_value : float, default=0.0
        The value of "constant", and of features without an observed value. Finite.

    Attributes
    ----------
    n_features_in_ : int
        Number of features of a step; number of columns of 2-D X.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns of X, if X was a DataFrame.

    See Also
    --------
    SequenceScaler : Scales sequences; it keeps NaN, so it may come before.

    Examples
    --------
    >>> import numpy as np
    >>> from skgru.preprocessing import SequenceImputer
    >>> X = np.array([[np.nan, 1.0, np.nan, 3.0]])
    >>> SequenceImputer("forward").fit_transform(X)
    array([[1., 1., 1., 3.]])
    >>> SequenceImputer("linear").fit_transform(X)
    array([[1., 1., 2., 3.]])
    """

    _allow_nan = True
    _parameter_constraints = {
        "strategy": [StrOptions({"forward", "linear", "constant"})],
        "fill_value": [Interval(Real, None, None, closed="neither")],
    }

    def __init__(self, strategy="forward", *, fill_value=0.0):
        self.strategy = strategy
        self.fill_value = fill_value

    def _transform(self, sequences):
        block, lengths = sequences.block, sequences.lengths
        missing = np.isnan(block)
        if not missing.any():
            return block.copy(), lengths
        # Padding holds 0, which is no observation.
        observed = ~missing & inside(lengths, sequences.n_timesteps)[:, :, np.newaxis]
        fill = block.dtype.type(self.fill_value)
        if self.strategy == "constant":
            return np.where(missing, fill, block), lengths
        before, after = _nearest_observed(observed)
        value_before = np.take_along_axis(block, before, axis=1)
        if self.strategy == "linear":
            value_after = np.take_along_axis(block, after, axis=1)
            step = np.arange(sequences.n_timesteps)[:, np.newaxis]
            weight = (step - before) / np.maximum(after - before, 1)
            values = value_before + weight * (value_after - value_before)
        else:
            values = value_before
        never = ~observed.any(axis=1, keepdims=True)
        values = np.where(never, fill, values)
        return np.where(missing, values, block).astype(block.dtype), lengths


def _nearest_observed(observed):
    """Return, for each step, the index of the nearest observed one on either side.

    If a side has none, the index of the other side is returned for both.
    """
    n_timesteps = observed.shape[1]
    step = np.arange(n_timesteps)[:, np.newaxis]
    before = np.maximum.accumulate(np.where(observed, step, -1), axis=1)
    late = np.where(observed, step, n_timesteps)[:, ::-1]
    after = np.minimum.accumulate(late, axis=1)[:, ::-1]
    none_before, none_after = before < 0, after == n_timesteps
    first = np.where(none_after, 0, after)  # 0 if never observed; the caller fills it
    last = np.where(none_before, 0, before)
    return np.where(none_before, first, before), np.where(none_after, last, after)
