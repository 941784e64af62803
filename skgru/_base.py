"""BaseGRU: the story of a fit, over scikeras' wrapper."""

import contextlib
import warnings
from dataclasses import replace

import keras
import numpy as np
from scikeras.wrappers import BaseWrapper
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_consistent_length, check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_is_fitted,
    validate_data,
)

from ._batches import Samples
from ._cache import get_program
from ._callbacks import ScikitLearnCallbacks
from ._holdout import hold_out
from ._network import NetworkSpec, initial_weights, stock_model
from ._parameters import Parameters
from ._portable import from_state, to_state
from ._program import ForwardSpec, TrainSpec
from ._sequences import as_sequences
from ._sklearn import (
    CallbackSupportMixin,
    fit_context,
    with_callbacks,
)
from ._training import SPLIT, WEIGHTS, State, Training, predict, random_stream
from .schedules import schedule_callback

if "__sklearn_tags__" not in vars(BaseWrapper):
    # scikeras still has the tags of scikit-learn < 1.6, which scikit-learn's checks
    # accept only beside the present form. This is what it inherits in any case.
    BaseWrapper.__sklearn_tags__ = BaseEstimator.__sklearn_tags__


class BaseGRU(Parameters, CallbackSupportMixin, BaseWrapper):
    """What `GRUClassifier` and `GRURegressor` share: all but their heads.

    A head implements ``_fit_targets``, ``_encode``, ``_classes_of``, ``_loss_name``,
    ``_activation`` and its prediction methods.
    """

    # scikeras departs from scikit-learn's conventions in these.
    _get_param_names = classmethod(BaseEstimator._get_param_names.__func__)
    __repr__ = BaseEstimator.__repr__

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_state")

    @property
    def initialized_(self):
        """Whether the estimator has been fitted."""
        return self.__sklearn_is_fitted__()

    def initialize(self, X, y=None):
        """Not supported: ``fit`` and ``partial_fit`` initialise the network."""
        raise NotImplementedError(
            f"{type(self).__name__} has no initialize(). Use fit, or partial_fit for "
            "one epoch."
        )

    def __getstate__(self):
        state = super().__getstate__()
        return to_state({k: v for k, v in state.items() if k != "_model"})

    def __setstate__(self, state):
        super().__setstate__(from_state(state))

    # ---- the story of a fit ----

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, X_val=None, y_val=None):
        """Fit the network.

        Parameters
        ----------
        X : array-like
            Sequences: ``(n_samples, timesteps, features)``; ``(n_samples, timesteps)``,
            read as univariate series; a list or object array of
            ``(timesteps, features)`` arrays; a 3-D array whose trailing all-NaN steps
            are padding; or, with ``vocabulary_size``, token ids.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of the samples' losses. Samples of weight 0 are left out.
        X_val, y_val : array-like, default=None
            Validation data, in place of ``validation_split``; their loss is logged even
            without early stopping.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            Parameters, X or y are not valid, or training diverged. What an earlier fit
            learnt is kept.
        """
        with self._kept_on_failure():
            self._fit(
                X,
                y,
                sample_weight,
                resume=self.warm_start and self.initialized_,
                epochs=self.epochs,
                validation=(X_val, y_val),
            )
        return self

    @contextlib.contextmanager
    def _kept_on_failure(self):
        before = dict(vars(self))
        try:
            yield
        except BaseException:
            vars(self).clear()
            vars(self).update(before)
            raise

    @with_callbacks
    def _fit(
        self,
        X,
        y,
        sample_weight,
        *,
        resume,
        epochs,
        classes=None,
        validation=(None, None),
    ):
        owner = type(self).__name__
        # Before any compute: parameters, then data.
        self._check_parameters()
        optimizer, rates = self._resolve_optimizer()
        samples, strata = self._check_data(X, y, sample_weight, resume, classes)
        if not resume:
            seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        else:
            seed = self._seed
        samples, held_out = self._split(samples, strata, validation, seed)
        if self.augmenter is not None:
            kind = "series" if self._vocabulary_size is None else "tokens"
            self.augmenter.check(kind, vocabulary_size=self._vocabulary_size)
        network = self._network_spec(samples, held_out)
        spec = TrainSpec(network, self._loss_name(), optimizer, int(self.batch_size))
        program = get_program(spec)
        state = self._first_state(program, seed, resume)
        done = len(state.history.get("loss", []))
        monitor = "loss" if held_out is None else "val_loss"
        callbacks = []
        if self.schedule is not None:
            callbacks.append(
                schedule_callback(
                    self.schedule,
                    learning_rate=float(self.learning_rate),
                    epochs=done + epochs,
                    monitor=monitor,
                    history=state.history,
                    owner=owner,
                )
            )
        stopper = None
        if self.early_stopping:
            stopper = keras.callbacks.EarlyStopping(
                "val_loss",
                mode="min",
                patience=self.patience,
                min_delta=self.min_delta,
                restore_best_weights=True,
            )
            callbacks.append(stopper)
        if hasattr(self, "_init_callback_context"):
            callbacks.append(ScikitLearnCallbacks(self, X, y, sample_weight, epochs))
        training = Training(
            spec,
            state,
            rates,
            seed=seed,
            epochs=epochs,
            initial_epoch=done,
            shuffle=self.shuffle,
            augmenter=self.augmenter,
            verbose=int(self.verbose),
            callbacks=callbacks,
            user_callbacks=self._user_callbacks(),
        )
        self._network, self._loss, self._optimizer, self._seed = (
            network,
            spec.loss,
            optimizer,
            seed,
        )
        if training.run(samples, held_out):
            warnings.warn(
                f"Training of {owner} was interrupted after "
                f"{len(training.history.get('loss', []))} whole epochs; what it has "
                "learnt is kept.",
                ConvergenceWarning,
                stacklevel=4,
            )
        self._store(training, stopper, monitor)

    def _store(self, training, stopper, monitor):
        self._state = training.state
        self.history_ = self._state.history
        self.n_iter_ = len(self.history_.get("loss", []))
        losses = self.history_.get(monitor, [])
        self.best_epoch_ = int(np.argmin(losses)) if losses else 0
        if stopper is not None:
            self.best_epoch_ = int(stopper.best_epoch)
        vars(self).pop("_model", None)

    def _check_data(self, X, y, sample_weight, resume, classes):
        """Return the samples, and their classes to stratify by or None."""
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
        left_in = self._positive(weight)
        sequences, y, weight = sequences.take(left_in), y[left_in], weight[left_in]
        if not resume:
            self._fit_targets(y, weight, classes)
        encoded = self._encode(y)
        weight = np.float32(weight * self._class_weights(y))
        samples, strata = Samples(sequences, encoded, weight), self._classes_of(y)
        left_in = self._positive(weight)
        return samples.take(left_in), None if strata is None else strata[left_in]

    def _positive(self, weight):
        """Return which samples have a positive weight."""
        left_in = np.flatnonzero(weight > 0)
        if len(left_in) == 0:
            raise ValueError(
                "All samples have weight 0: there is nothing to train on. Pass a "
                "positive sample_weight for at least one sample."
            )
        # A slice of everything copies nothing.
        return slice(None) if len(left_in) == len(weight) else left_in

    def _check_X(self, X, reset):
        """Return X as sequences, checked against what was fitted unless ``reset``."""
        if reset:
            size = self.vocabulary_size
            # A text transformer's output knows its own vocabulary.
            self._vocabulary_size = (
                size if size is not None else getattr(X, "vocabulary_size", None)
            )
        sequences = as_sequences(X, vocabulary_size=self._vocabulary_size)
        if reset:
            self._form = sequences.form
            self.n_timesteps_in_ = sequences.n_timesteps
            self.n_features_in_ = sequences.n_features
            vars(self).pop("feature_names_in_", None)
        both_flat = sequences.form == "univariate" == self._form
        if both_flat:
            validate_data(self, X, reset=reset, skip_check_array=True)
        elif not reset:
            expected = 1 if self._form == "univariate" else self.n_features_in_
            if sequences.n_features != expected:
                raise ValueError(
                    f"X has {sequences.n_features} features, but {type(self).__name__} "
                    f"is expecting {expected} features as input."
                )
        return sequences

    def _class_weights(self, y):
        """Return factors of the samples' weights that depend on y."""
        return np.float32(1.0)

    def _split(self, samples, strata, validation, seed):
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
            len(samples),
            strata,
            int(random_stream(seed, SPLIT).integers(2**31 - 1)),
            type(self).__name__,
        )
        return samples.take(train), samples.take(held_out)

    def _network_spec(self, samples, held_out):
        sequences = [part.sequences for part in (samples, held_out) if part is not None]
        n_timesteps = max(s.n_timesteps for s in sequences)
        padded = any(s.is_padded for s in sequences) or (
            min(s.n_timesteps for s in sequences) < n_timesteps
        )
        if self.augmenter is not None:
            n_timesteps = self.augmenter.expanded_timesteps(n_timesteps)
            padded = padded or self.augmenter.changes_lengths
        tokens = self._vocabulary_size is not None
        return NetworkSpec(
            units=tuple(int(u) for u in self._units()),
            bidirectional=bool(self.bidirectional),
            pooling=self.pooling,
            recurrent_dropout=self.recurrent_dropout > 0,
            n_timesteps=_padded_length(n_timesteps) if padded else n_timesteps,
            n_features=0 if tokens else sequences[0].n_features,
            padded=padded,
            vocabulary_size=_whole_rows(self._vocabulary_size) if tokens else None,
            embedding_dim=int(self.embedding_dim) if tokens else None,
            n_outputs=self.n_outputs_,
            activation=self._activation(),
        )

    def _first_state(self, program, seed, resume):
        if not resume:
            weights = initial_weights(
                program.spec.network,
                self.kernel_initializer,
                self.recurrent_initializer,
                random_stream(seed, WEIGHTS),
            )
            return State(program.flatten(weights), program.initial_slots, 0, {})
        state = self._state
        if state.weights.shape != (sum(program.sizes),):
            raise ValueError(
                f"{type(self).__name__} cannot continue from its last fit: 'units', "
                "'bidirectional' or 'embedding_dim' has changed since. Set them back, "
                "or use warm_start=False."
            )
        if self._optimizer != program.spec.optimizer:
            state = replace(state, slots=program.initial_slots)
        return state

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """Train for one epoch, continuing where the last call ended.

        Parameters
        ----------
        X : array-like
            Sequences, as in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of the samples' losses.

        Returns
        -------
        self : object
        """
        return self._partial_fit(X, y, sample_weight)

    def _partial_fit(self, X, y, sample_weight, classes=None):
        with self._kept_on_failure():
            self._fit(
                X,
                y,
                sample_weight,
                resume=self.initialized_,
                epochs=1,
                classes=classes,
            )
        return self

    def _outputs(self, X):
        """Return the network's outputs for X, shape ``(n_samples, n_outputs_)``."""
        check_is_fitted(self)
        sequences = self._check_X(X, reset=False)
        network = self._network
        if sequences.n_timesteps != network.n_timesteps or sequences.is_padded:
            length = max(_padded_length(sequences.n_timesteps), network.n_timesteps)
            network = replace(network, n_timesteps=length, padded=True)
        network = replace(network, recurrent_dropout=False)
        return predict(ForwardSpec(network, self._loss), self._state.weights, sequences)

    @property
    def model_(self):
        """The network in stock Keras layers, made when first asked for."""
        check_is_fitted(self)
        if "_model" not in vars(self):
            program = get_program(
                ForwardSpec(replace(self._network, recurrent_dropout=False), self._loss)
            )
            self._model = stock_model(
                self._network,
                program.split(self._state.weights),
                vocabulary_size=self._vocabulary_size,
                dropout=float(self.dropout),
                recurrent_dropout=float(self.recurrent_dropout),
                rescaling=self._rescaling(),
            )
        return self._model

    def _rescaling(self):
        """Return what turns the head's outputs into y's units: scale and offset."""
        return None


def _whole_rows(vocabulary_size):
    """Round up, so that folds whose vocabularies differ share a program.

    The rows beyond the vocabulary are never looked up, so they never change.
    """
    return -(-int(vocabulary_size) // 256) * 256


def _padded_length(n_timesteps):
    """Round up, so that folds whose longest sequences differ share a program."""
    step = 8 if n_timesteps <= 64 else 2 ** (int(n_timesteps - 1).bit_length() - 3)
    return -(-n_timesteps // step) * step
