"""BaseGRU: the story of a fit, over scikeras' wrapper."""

import contextlib
import warnings
from dataclasses import replace

import keras
import numpy as np
from scikeras.wrappers import BaseWrapper
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ._cache import get_program
from ._callbacks import ScikitLearnCallbacks
from ._initial_weights import initial_weights
from ._inputs import Inputs
from ._network import NetworkSpec, stock_model
from ._parameters import Parameters
from ._portable import from_state, to_state
from ._program import ForwardSpec, TrainSpec, padded_length
from ._sklearn import (
    CallbackSupportMixin,
    fit_context,
    with_callbacks,
)
from ._training import WEIGHTS, State, Training, predict, random_stream
from .schedules import schedule_callback

if "__sklearn_tags__" not in vars(BaseWrapper):
    # scikeras still has the tags of scikit-learn < 1.6, which scikit-learn's checks
    # accept only beside the present form. This is what it inherits in any case.
    BaseWrapper.__sklearn_tags__ = BaseEstimator.__sklearn_tags__


class BaseGRU(Parameters, Inputs, CallbackSupportMixin, BaseWrapper):
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
        # Before any compute: parameters, then data.
        self._check_parameters()
        optimizer, rates = self._resolve_optimizer()
        samples, origin = self._check_data(X, y, sample_weight, resume, classes)
        if not resume:
            seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        else:
            seed = self._seed
        samples, held_out = self._split(samples, origin, validation, seed)
        if self.augmenter is not None:
            kind = "series" if self._vocabulary_size is None else "tokens"
            self.augmenter.check(kind, vocabulary_size=self._vocabulary_size)
        monitor = "loss" if held_out is None else "val_loss"
        history = self._state.history if resume else {}
        done = len(history.get("loss", []))
        # A single partial_fit is a part of a training of self.epochs.
        last_epoch = max(done + epochs, self.epochs)
        schedule = self._schedule_callbacks(monitor, history, last_epoch)
        stopper = self._stopper()
        network = self._network_spec(samples, held_out)
        spec = TrainSpec(network, self._loss_name(), optimizer, int(self.batch_size))
        program = get_program(spec)
        state = self._first_state(program, seed, resume)
        training = Training(
            program,
            state,
            rates,
            seed=seed,
            epochs=epochs,
            initial_epoch=done,
            shuffle=self.shuffle,
            augmenter=self.augmenter,
            verbose=int(self.verbose),
            callbacks=[
                *schedule,
                *stopper,
                *self._scikit_learn_callbacks(X, y, sample_weight, epochs),
            ],
            user_callbacks=self._user_callbacks(),
        )
        # scikit-learn's callbacks may ask a copy of the estimator to predict meanwhile.
        self._network, self._loss = network, spec.loss
        self._optimizer, self._seed = optimizer, seed
        if training.run(samples, held_out):
            warnings.warn(
                f"Training of {type(self).__name__} was interrupted after "
                f"{len(training.history.get('loss', []))} whole epochs; what it has "
                "learnt is kept.",
                ConvergenceWarning,
                stacklevel=4,
            )
        self._store(training, stopper, monitor)

    def _schedule_callbacks(self, monitor, history, last_epoch):
        if self.schedule is None:
            return []
        callback = schedule_callback(
            self.schedule,
            learning_rate=float(self.learning_rate),
            epochs=last_epoch,
            monitor=monitor,
            history=history,
            owner=type(self).__name__,
        )
        return [callback]

    def _stopper(self):
        if not self.early_stopping:
            return []
        stopper = keras.callbacks.EarlyStopping(
            "val_loss",
            mode="min",
            patience=self.patience,
            min_delta=self.min_delta,
            restore_best_weights=True,
        )
        return [stopper]

    def _scikit_learn_callbacks(self, X, y, sample_weight, epochs):
        # Set by scikit-learn 1.9 or later; a training that nobody hears is faster.
        if not getattr(self, "_skl_callbacks", None):
            return []
        return [ScikitLearnCallbacks(self, X, y, sample_weight, epochs)]

    def _store(self, training, stopper, monitor):
        self._state = training.state
        self.history_ = self._state.history
        self.n_iter_ = len(self.history_.get("loss", []))
        losses = self.history_.get(monitor, [])
        self.best_epoch_ = int(np.nanargmin(losses)) if losses else 0
        for callback in stopper:
            self.best_epoch_ = int(callback.best_epoch)
        vars(self).pop("_model", None)

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
            n_timesteps=padded_length(n_timesteps) if padded else n_timesteps,
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
            length = max(sequences.n_timesteps, network.n_timesteps)
            network = replace(network, n_timesteps=length, padded=True)
        return predict(ForwardSpec(network, self._loss), self._state.weights, sequences)

    @property
    def model_(self):
        """The network in stock Keras layers, made when first asked for."""
        check_is_fitted(self)
        if "_model" not in vars(self):
            program = get_program(ForwardSpec(self._network, self._loss))
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
