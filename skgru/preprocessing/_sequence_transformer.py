"""Base class of the transformers: read any form of X, return the same form."""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted, validate_data

from .._containers import dtypes
from .._sequences import as_sequences, first_sequence
from .._sklearn import fit_context, output_container
from .._token_ids import vocabulary_of
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
        y : object, default=None
            Ignored.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            A parameter is out of its range, or X does not hold sequences: the sample is
            named.
        TypeError
            X is sparse, holds an item that is no sequence, or holds token ids where the
            transformer takes numbers.
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

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            X does not hold sequences (the sample is named), has other features than in
            ``fit``, or does not fit into the frames that ``set_output`` asks for.
        TypeError
            X is sparse, holds an item that is no sequence, or holds token ids where the
            transformer takes numbers.
        """
        check_is_fitted(self)
        sequences = self._read(X, reset=False)
        self._check_container(sequences.form)
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

        Raises
        ------
        sklearn.exceptions.NotFittedError
            ``fit`` has not been called.
        ValueError
            ``input_features`` does not match the number or names of the columns of X.
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
        vocabulary_size = vocabulary_of(X)
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
        if columns == self._reads_columns:
            validate_data(
                self,
                first_sequence(X) if sequences.form == "list" else X,
                reset=reset,
                skip_check_array=True,
                ensure_2d=columns,
            )
        if reset and not columns:
            self.n_features_in_ = sequences.n_features
        # A step of 2-D X has one value, whatever its number of columns.
        expected = 1 if self._reads_columns else self.n_features_in_
        if sequences.n_features != expected:
            raise ValueError(
                f"X has {sequences.n_features} features, but {name} is expecting "
                f"{expected} features as input."
            )
        return sequences

    def _check_container(self, form):
        """Raise if ``set_output`` asks for a frame, but the output has no columns."""
        container = output_container(self)
        if form != "univariate" and self._reads_columns and container != "default":
            raise ValueError(
                f"{type(self).__name__} was fitted on 2-D X and puts out {container} "
                "frames, which cannot hold 3-D X or a list of arrays. Use "
                "set_output(transform='default'), or 2-D X."
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
    of_objects = getattr(getattr(X, "dtype", None), "kind", None) == "O"
    if isinstance(X, list | tuple) or (of_objects and np.ndim(X) > 0):
        types = [getattr(item, "dtype", None) for item in X]
    else:
        types = dtypes(X) or [None]
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
        The transformed sequences, which may be written to; steps after the end of a
        sequence may hold anything.

    Returns
    -------
    X_out : ndarray or list of ndarray
    """
    if form == "univariate":
        return block[:, :, 0]
    if form == "tokens":
        tokens = np.where(inside(lengths, block.shape[1]), block, 0)
        return TokenArray(tokens, vocabulary_of(X))
    if form == "multivariate":
        padding = ~inside(lengths, block.shape[1])
        if padding.any():
            block[padding] = np.nan
        return block
    # Copies, so that one short sequence does not keep the whole block alive.
    items = [row[:length].copy() for row, length in zip(block, lengths, strict=True)]
    if not isinstance(X, np.ndarray):
        return items
    objects = np.empty(len(items), dtype=object)
    objects[:] = items
    return objects
