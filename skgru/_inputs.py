"""What a fit or a prediction is given, checked against what was fitted before."""

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import _check_sample_weight, validate_data

from ._batches import Samples
from ._holdout import Origin, hold_out
from ._sequences import as_sequences, first_sequence
from ._token_ids import check_vocabulary, vocabulary_of, warn_of_padding
from ._training import SPLIT, random_stream


class Inputs:
    """How data enters an estimator; mixed into `BaseGRU`."""

    def _check_data(self, X, y, sample_weight, resume, classes):
        """Return the samples of positive weight, and where they are from."""
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None."
            )
        sequences = self._check_X(X, reset=not resume)
        check_consistent_length(sequences.block, y)
        y = self._check_y(y)
        n_samples = len(sequences)
        weight = np.ones(n_samples, np.float32)
        if sample_weight is not None:
            weight = _check_sample_weight(
                sample_weight,
                sequences.block,
                dtype=np.float32,
                ensure_non_negative=True,
            )
        # Left out first: a class may have no other samples.
        rows, all_y = self._positive(weight), y
        y, weight = y[rows], weight[rows]
        if not resume:
            self._fit_targets(y, weight, classes)
        encoded = self._encode(y)
        weight = np.float32(weight * self._class_weights(y))
        left_in = self._positive(weight)
        rows, encoded, weight = rows[left_in], encoded[left_in], weight[left_in]
        if len(rows) < n_samples:  # else they are not copied
            sequences = sequences.take(rows)
        origin = Origin(n_samples, rows, self._classes_of(all_y))
        return Samples(sequences, encoded, weight), origin

    def _positive(self, weight):
        """Return which samples have a positive weight."""
        left_in = np.flatnonzero(weight > 0)
        if len(left_in) == 0:
            raise ValueError(
                "All samples have weight 0: there is nothing to train on. Pass a "
                "positive sample_weight for at least one sample."
            )
        return left_in

    def _check_X(self, X, reset):
        """Return X as sequences, checked against what was fitted unless ``reset``."""
        if reset:
            size = self.vocabulary_size
            # A text transformer's output knows its own vocabulary.
            self._vocabulary_size = size if size is not None else vocabulary_of(X)
        elif self.vocabulary_size is None:
            check_vocabulary(X, self._vocabulary_size, type(self).__name__)
        sequences = as_sequences(X, vocabulary_size=self._vocabulary_size)
        if reset:
            self._form = sequences.form
            self.n_timesteps_in_ = sequences.n_timesteps
            self.n_features_in_ = sequences.n_features
            vars(self).pop("feature_names_in_", None)
            if sequences.form == "univariate":
                warn_of_padding(sequences.block[:, :, 0], type(self).__name__)
        both_flat = sequences.form == "univariate" == self._form
        if both_flat:
            validate_data(self, X, reset=reset, skip_check_array=True)
            return sequences
        if not reset:
            expected = 1 if self._form == "univariate" else self.n_features_in_
            if sequences.n_features != expected:
                raise ValueError(
                    f"X has {sequences.n_features} features, but {type(self).__name__} "
                    f"is expecting {expected} features as input."
                )
        if sequences.form == "list":
            validate_data(
                self,
                first_sequence(X),
                reset=reset,
                skip_check_array=True,
                ensure_2d=False,
            )
        return sequences

    def _class_weights(self, y):
        """Return factors of the samples' weights that depend on y."""
        return np.float32(1.0)

    def _split(self, samples, origin, validation, seed):
        """Return the samples to train on, and those to validate on or None."""
        X_val, y_val = validation
        if (X_val is None) != (y_val is None):
            raise ValueError(
                "Pass X_val and y_val together: only one of them was given."
            )
        if X_val is not None:
            sequences = self._check_X(X_val, reset=False)
            check_consistent_length(sequences.block, y_val)
            y_val = self._encode(self._check_y(y_val))
            weight = np.ones(len(sequences), np.float32)
            return samples, Samples(sequences, y_val, weight)
        if not self.early_stopping:
            return samples, None
        train, held_out = hold_out(
            self.validation_split,
            origin,
            int(random_stream(seed, SPLIT).integers(2**31 - 1)),
            type(self).__name__,
        )
        return samples.take(train), samples.take(held_out)
