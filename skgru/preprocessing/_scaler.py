"""Scale the features of sequences to a common range."""

import numpy as np
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from .._sklearn import StrOptions
from ._sequence_transformer import (
    SequenceTransformer,
    inside,
    same_form,
)
from ._statistics import pieces_of, statistics_of_features, statistics_of_sequences


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

    X may be memory-mapped and larger than memory: it is read piece by piece, and only
    the result of ``transform`` has to fit into memory. "robust" needs all values of one
    feature in memory at a time.

    Parameters
    ----------
    method : {"standard", "minmax", "robust"}, default="standard"
        The statistics that are used.
    per : {"feature", "sequence"}, default="feature"
        "feature": one center and scale for each feature, learned at ``fit`` from all
        steps of all training sequences. A 2-D X is one feature.
        "sequence": each sequence is scaled by its own statistics, which removes its
        level and scale.

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
            statistics = statistics_of_features(sequences.block, mask, self.method)
            self.center_, self.scale_ = statistics

    def _transform(self, sequences):
        block, lengths = sequences.block, sequences.lengths

        def scaled(piece):
            center, scale = self._statistics(block[piece], lengths[piece])
            values = block[piece] - center
            values /= scale
            return values

        return _by_pieces(block, scaled), lengths

    def _statistics(self, block, lengths):
        if self.per == "feature":
            return self.center_, self.scale_
        mask = inside(lengths, block.shape[1])
        return statistics_of_sequences(block, mask, self.method)

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
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            X does not hold sequences, or has other features than in ``fit``.
        """
        check_is_fitted(self)
        sequences = self._read(X, reset=False)
        block = sequences.block

        def original(piece):
            values = block[piece] * self.scale_
            values += self.center_
            return values

        out = _by_pieces(block, original)
        return same_form(X, sequences.form, out, sequences.lengths)


def _by_pieces(block, change):
    """Return a transformed block; ``change`` returns a slice of its samples as float64.

    A memory-mapped file is read piece by piece, so only the result has to fit into
    memory. Values are rounded once, to the dtype of the block.
    """
    out = np.empty(block.shape, block.dtype)
    for piece in pieces_of(block):
        with np.errstate(over="ignore"):
            out[piece] = change(piece)
        if np.isinf(out[piece]).any():
            raise ValueError(
                f"X holds values that do not fit into {out.dtype} once they are scaled."
            )
    return out
