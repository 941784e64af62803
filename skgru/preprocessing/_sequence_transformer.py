"""The story shared by the transformers: read any form of X, return the same form."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from .._sequences import as_sequences, named
from .._sklearn import fit_context
from ._token_array import TokenArray


def _has_columns(transformer):
    # A 3-D array or a list of arrays has no frame form. Without feature names out,
    # scikit-learn leaves such output as it is under any ``set_output``.
    return getattr(transformer, "_reads_columns", True)


class SequenceTransformer(TransformerMixin, BaseEstimator):
    """Base of transformers from sequences to sequences of the same form.

    A subclass defines ``_transform(sequences)``, which returns the new block and its
    lengths, and may define ``_fit(sequences)`` and ``_columns_out(names)``. It never
    writes into ``sequences.block``, which may be the caller's array.

    X is either 2-D, whose columns are the time steps of univariate series and are
    checked by number and name, or multivariate (3-D or a list), whose number of
    features is checked and whose number of time steps may change from call to call.
    """

    _allow_nan = False
    _allow_tokens = False

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        """Learn what the transformation needs from X.

        Parameters
        ----------
        X : array-like
            Sequences: ``(n_samples, timesteps, features)``, ``(n_samples,
            timesteps)``, or a list of ``(timesteps, features)`` arrays.
        y : None
            Ignored.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        self._fit(self._read(X, reset=True))
        return self

    def transform(self, X):
        """Transform the sequences of X.

        Parameters
        ----------
        X : array-like
            Sequences: ``(n_samples, timesteps, features)``, ``(n_samples,
            timesteps)``, or a list of ``(timesteps, features)`` arrays.

        Returns
        -------
        X_out : ndarray or list of ndarray
            The transformed sequences in the form of X; float32 if X is, else float64.
        """
        check_is_fitted(self)
        sequences = self._read(X, reset=False)
        return same_form(X, sequences.form, *self._transform(sequences))

    @available_if(_has_columns)
    def get_feature_names_out(self, input_features=None):
        """Return the names of the columns of 2-D output.

        Not available after a fit on a 3-D array or a list: their output has no columns.

        Parameters
        ----------
        input_features : array-like of str or None, default=None
            Names of the columns of X; by default ``feature_names_in_`` or ``x0``, ...

        Returns
        -------
        names : ndarray of str
            One name for each column of the output.
        """
        check_is_fitted(self)
        return self._columns_out(column_names(self, input_features))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.input_tags.allow_nan = self._allow_nan
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags

    def _fit(self, sequences):
        pass

    def _columns_out(self, names):
        return names

    def _read(self, X, *, reset):
        """Return the sequences of X after checking it against those of ``fit``."""
        name = type(self).__name__
        vocabulary_size = getattr(X, "vocabulary_size", None)
        if vocabulary_size is not None and not self._allow_tokens:
            raise TypeError(
                f"{name} transforms real-valued sequences, but X holds token ids. "
                "Give the token ids to the estimator as they are."
            )
        sequences = as_sequences(
            X,
            vocabulary_size=vocabulary_size,
            dtype=floating_type(X),
            allow_nan=self._allow_nan,
        )
        columns = sequences.form == "univariate"
        if reset:
            self._reads_columns = columns
        elif columns != self._reads_columns:
            forms = ("3-D or a list of (timesteps, features) arrays", "2-D")
            raise ValueError(
                f"X was {forms[not columns]} when {name} was fitted, but is now "
                f"{forms[columns]}. X[:, :, np.newaxis] makes a 2-D array 3-D."
            )
        validate_data(
            self,
            named(X) if sequences.form == "list" else X,
            reset=reset,
            skip_check_array=True,
            ensure_2d=columns,
        )
        if not columns:
            self._check_features(sequences.n_features, reset)
        return sequences

    def _check_features(self, n_features, reset):
        if reset:
            self.n_features_in_ = n_features
        elif n_features != self.n_features_in_:
            raise ValueError(
                f"X has {n_features} features, but {type(self).__name__} is expecting "
                f"{self.n_features_in_} features as input."
            )


def column_names(transformer, input_features):
    """Return the names of the columns that ``transformer`` was fitted on."""
    fitted = getattr(transformer, "feature_names_in_", None)
    n_columns = transformer.n_features_in_
    if input_features is None:
        if fitted is not None:
            return fitted
        return np.array([f"x{i}" for i in range(n_columns)], dtype=object)
    names = np.asarray(input_features, dtype=object)
    if len(names) != n_columns:
        raise ValueError(
            "input_features should have length equal to number of features "
            f"({n_columns}), got {len(names)}"
        )
    if fitted is not None and not np.array_equal(fitted, names):
        raise ValueError("input_features is not equal to feature_names_in_")
    return names


def floating_type(X):
    """Return float32 if all that X holds is float32 or smaller, else float64."""
    if (
        isinstance(X, list | tuple)
        or getattr(getattr(X, "dtype", None), "kind", None) == "O"
    ):
        types = [getattr(item, "dtype", None) for item in X]
    elif hasattr(X, "dtype"):
        types = [X.dtype]
    else:
        types = list(getattr(X, "dtypes", [None]))  # a DataFrame
    small = (np.float16, np.float32)
    return np.float32 if all(t in small for t in types) else np.float64


def inside(lengths, n_timesteps):
    """Return the mask (n_samples, n_timesteps) of the steps that are no padding."""
    return np.arange(n_timesteps) < lengths[:, np.newaxis]


def same_form(X, form, block, lengths):
    """Return a block, as that of :class:`skgru._sequences.Sequences`, in the form of X.

    Parameters
    ----------
    X : array-like
        What the user gave.
    form : {"univariate", "multivariate", "list", "tokens"}
        The form that :func:`skgru._sequences.as_sequences` saw in it.
    block, lengths : ndarray
        The transformed sequences; steps after the end of a sequence may hold anything.

    Returns
    -------
    X_out : ndarray or list of ndarray
    """
    if form == "univariate":
        return block[:, :, 0]
    if form == "tokens":
        tokens = np.where(inside(lengths, block.shape[1]), block, 0)
        return TokenArray(tokens, X.vocabulary_size)
    if form == "multivariate":
        padding = ~inside(lengths, block.shape[1])
        if padding.any():
            block = np.where(padding[:, :, np.newaxis], block.dtype.type(np.nan), block)
        return block
    # Copies, so that one short sequence does not keep the whole block alive.
    items = [row[:length].copy() for row, length in zip(block, lengths, strict=True)]
    if not isinstance(X, np.ndarray):
        return items
    objects = np.empty(len(items), dtype=object)
    objects[:] = items
    return objects
