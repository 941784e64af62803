"""The data of a fit or a prediction, checked against what was fitted before."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import _check_sample_weight, validate_data

from ._engine.randomness import SPLIT, random_stream
from ._engine.samples import Samples
from ._holdout import Origin, hold_out
from ._naming import naming
from ._scale_check import warn_of_lost_digits
from ._sequences import as_sequences, first_sequence
from ._sklearn import rows_of
from ._token_ids import check_vocabulary, vocabulary_of, warn_of_padding


@dataclass(frozen=True)
class Reading:
    """How X is read.

    Parameters
    ----------
    form : {"univariate", "multivariate", "list", "tokens"}
        What X was at ``fit``, see `Sequences`.
    vocabulary_size : int or None
        Number of token ids, where X holds them.
    """

    form: str
    vocabulary_size: int | None


@dataclass(frozen=True)
class FitData:
    """What a fit is given, ready for it.

    Parameters
    ----------
    samples : Samples
        Those of positive weight.
    origin : Origin
        Where in X they are from.
    y : ndarray
        The targets of all rows of X.
    reading : Reading
    targets : Labels or RealTargets
    """

    samples: Samples
    origin: Origin
    y: np.ndarray
    reading: Reading
    targets: object


@dataclass(frozen=True)
class Parts:
    """What to train on, and what to validate on.

    Parameters
    ----------
    samples : Samples
    held_out : Samples or None
    validation : callable or None
        Returns the validation data in the form that the user passed: X and y.
    """

    samples: Samples
    held_out: Samples | None = None
    validation: object = None


class DataChecks:
    """How data enters an estimator; mixed into `BaseGRU`."""

    def _check_data(self, X, y, sample_weight, groups, resumed, classes):
        """Return a `FitData`; ``resumed`` is what an earlier fit left, or None."""
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is "
                "None."
            )
        if resumed is None:
            sequences, reading = self._read_first(X)
        else:
            reading = resumed.reading
            sequences = self._read_again(X, reading)
        check_consistent_length(sequences.block, y, groups)
        y = self._check_y(y)
        n_samples = len(sequences)
        weight = np.ones(n_samples, np.float32)
        if sample_weight is not None:
            with naming("sample_weight", sample_weight):
                weight = _check_sample_weight(
                    sample_weight,
                    sequences.block,
                    dtype=np.float32,
                    ensure_non_negative=True,
                )
        # Drop them before encoding y: a class may have only samples of weight 0.
        rows, all_y = _positive(weight), y
        y, weight = y[rows], weight[rows]
        if resumed is None:
            targets = self._new_targets(y, weight, classes)
        else:
            targets = resumed.targets
        encoded = targets.encode(y, type(self).__name__)
        weight = np.float32(weight * self._class_weights(y, targets))
        left_in = _positive(weight)
        rows, encoded, weight = rows[left_in], encoded[left_in], weight[left_in]
        if len(rows) < n_samples:  # otherwise avoid the copy
            sequences = sequences.take(rows)
        classes = self._classes_to_stratify(all_y, targets)
        origin = Origin(n_samples, rows, classes, groups)
        samples = Samples(sequences, encoded, weight)
        return FitData(samples, origin, all_y, reading, targets)

    def _read_first(self, X):
        """Return X as sequences and its `Reading`; set the public attributes of X."""
        size = self.vocabulary_size
        if size is None:
            # The output of a text transformer carries the size of its vocabulary.
            size = vocabulary_of(X)
        sequences = as_sequences(X, vocabulary_size=size)
        self.n_timesteps_in_ = int(sequences.lengths.max())
        self.n_features_in_ = sequences.n_features
        vars(self).pop("feature_names_in_", None)
        if sequences.form == "univariate":
            warn_of_padding(sequences.block[:, :, 0], type(self).__name__)
        self._check_names(X, sequences.form, reset=True)
        if sequences.form != "tokens":
            warn_of_lost_digits(X, sequences, type(self).__name__)
        return sequences, Reading(sequences.form, size)

    def _read_again(self, X, reading):
        """Return X as sequences; raise if it does not match the X of the first fit."""
        if self.vocabulary_size is None:
            check_vocabulary(X, reading.vocabulary_size, type(self).__name__)
        sequences = as_sequences(X, vocabulary_size=reading.vocabulary_size)
        if not sequences.form == reading.form == "univariate":
            expected = 1 if reading.form == "univariate" else self.n_features_in_
            if sequences.n_features != expected:
                raise ValueError(
                    f"X has {sequences.n_features} features, but {type(self).__name__} "
                    f"is expecting {expected} features as input."
                )
        both_flat = sequences.form == reading.form == "univariate"
        if both_flat or sequences.form == "list":
            self._check_names(X, sequences.form, reset=False)
        return sequences

    def _check_names(self, X, form, reset):
        """Check the number and names of the features, or record them if ``reset``."""
        if form == "univariate":
            validate_data(self, X, reset=reset, skip_check_array=True)
        elif form == "list":
            validate_data(
                self,
                first_sequence(X),
                reset=reset,
                skip_check_array=True,
                ensure_2d=False,
            )

    def _split(self, X, data, validation, seed):
        """Return the `Parts` of the data of a fit."""
        X_val, y_val = validation
        samples, owner = data.samples, type(self).__name__
        if (X_val is None) != (y_val is None):
            raise ValueError(
                "Pass X_val and y_val together: only one of them was given."
            )
        if X_val is not None:
            with naming("X_val"):
                sequences = self._read_again(X_val, data.reading)
            with naming("y_val"):
                check_consistent_length(sequences.block, y_val)
                y_val = self._check_y(y_val)
                encoded = data.targets.encode(y_val, owner)
            weight = np.ones(len(sequences), np.float32)
            held_out = Samples(sequences, encoded, weight)
            return Parts(samples, held_out, lambda: (X_val, y_val))
        if not self.early_stopping:
            return Parts(samples)
        train, held_out = hold_out(
            self.validation_split,
            data.origin,
            int(random_stream(seed, SPLIT).integers(2**31 - 1)),
            owner,
        )
        rows = data.origin.rows[held_out]
        return Parts(
            samples.take(train),
            samples.take(held_out),
            lambda: (rows_of(X, rows), data.y[rows]),
        )


def _positive(weight):
    """Return which samples have a positive weight."""
    left_in = np.flatnonzero(weight > 0)
    if len(left_in) == 0:
        raise ValueError(
            "All samples have weight 0: there is nothing to train on. Pass a "
            "positive sample_weight for at least one sample."
        )
    return left_in
