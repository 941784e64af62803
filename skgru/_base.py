"""BaseGRU: the parameters of the estimators, and the story of a fit."""

import contextlib
import difflib
import inspect
import warnings
from dataclasses import replace
from numbers import Integral, Real

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
from ._holdout import hold_out
from ._network import INITIALIZERS, NetworkSpec, initial_weights, stock_model
from ._optimizers import resolve_optimizer
from ._program import ForwardSpec, Rates, TrainSpec, get_program
from ._sequences import as_sequences
from ._sklearn import (
    CallbackSupportMixin,
    HasMethods,
    Interval,
    StrOptions,
    fit_context,
    with_callbacks,
)
from ._training import SPLIT, WEIGHTS, State, Training, predict, random_stream
from .schedules import schedule_callback

if "__sklearn_tags__" not in vars(BaseWrapper):
    # scikeras still has the tags of scikit-learn < 1.6, which scikit-learn's checks
    # accept only beside the present form. This is what it inherits in any case.
    BaseWrapper.__sklearn_tags__ = BaseEstimator.__sklearn_tags__

_RATE = Interval(Real, 0, 1, closed="left")
_POSITIVE = Interval(Real, 0, None, closed="neither")
_NOT_NEGATIVE = Interval(Real, 0, None, closed="left")
_COUNT = Interval(Integral, 1, None, closed="left")

_SHARED_PARAMETERS = """units : int or tuple of int, default=64
        Width of the GRU layer, or of each of several stacked layers.
    bidirectional : bool, default=False
        Run every layer both ways and join the results.
    pooling : {"last", "mean", "max"}, default="last"
        How the top layer's time steps become one vector: its last state, or the mean
        or maximum over the steps that are not padding.
    dropout : float, default=0.0
        Fraction of the values after every GRU layer set to 0 in training, in [0, 1).
        After the top layer it acts on the pooled vector.
    recurrent_dropout : float, default=0.0
        Fraction of the recurrent state dropped in training, in [0, 1); the same at all
        steps of a sequence (Gal and Ghahramani 2016, arXiv:1512.05287).
    kernel_initializer : str or keras.Initializer, default="glorot_uniform"
        Of the input kernels and the head's kernel: ``"he_normal"``, ...
    recurrent_initializer : str or keras.Initializer, default="orthogonal"
        Of the recurrent kernels.
    l1, l2 : float, default=0.0
        Penalties ``l1 * sum(|w|) + l2 * sum(w**2)`` on every kernel (input, recurrent,
        head), never on biases.
    optimizer : str, type or keras.optimizers.Optimizer, default="adam"
        Name, class or instance. Its own parameters are routed to a name or class:
        ``optimizer__momentum=0.9``.
    learning_rate : float, default=1e-3
        The initial learning rate.
    schedule : schedule object, str, callable or None, default=None
        Learning rate by epoch: an object of :mod:`skgru.schedules`, its name
        (``"time_decay"``, ``"step_decay"``, ``"exponential_decay"``,
        ``"cosine_decay"``, ``"reduce_on_plateau"``), or a callable
        ``(epoch, learning_rate) -> learning_rate``, which gets the *initial* rate.
    clipnorm, clipvalue, global_clipnorm : float or None, default=None
        Bound of each weight's gradient norm, of each element of the gradients, or of
        the norm of all gradients together. At most one can be set.
    batch_size : int, default=32
        Samples per optimizer step.
    epochs : int, default=100
        Passes over the training data.
    shuffle : bool, default=True
        Shuffle the samples before every epoch.
    early_stopping : bool, default=False
        Stop when the validation loss has not improved for ``patience`` epochs, and keep
        the weights of the best epoch.
    validation_split : float or splitter, default=0.2
        What early stopping holds out: a fraction, drawn after shuffling (stratified for
        classes), or a scikit-learn splitter, whose first split is used. Unused if
        ``X_val`` is passed to ``fit``.
    patience : int, default=10
        Epochs without improvement before training stops.
    min_delta : float, default=0.0
        Smallest decrease of the validation loss that counts as an improvement.
    vocabulary_size : int or None, default=None
        If set, X holds token ids below it, and 0 is padding.
    embedding_dim : int, default=32
        Width of the embedding of token ids.
    augmenter : augmenter or None, default=None
        An object of :mod:`skgru.augmentation`: a fresh random transformation of the
        training sequences at every epoch, never at prediction.
    callbacks : keras.callbacks.Callback, list of them or None, default=None
        Called as Keras calls them, on a ``keras.Model`` equal to the training's state.
        Batches are run many in one call, as with Keras' ``steps_per_execution``, unless
        a callback listens to batches.
    warm_start : bool, default=False
        Continue from the last fit: weights, optimizer state and epoch count.
    verbose : {0, 1, 2}, default=0
        0 is silent, 1 shows Keras' progress bar, 2 prints one line an epoch.
    random_state : int, RandomState instance or None, default=None
        Determines weights, shuffling, dropout, augmentation and the validation split.
        Pass an int for the same results at every call.
    **optimizer_parameters
        ``optimizer__<name>``: parameters of the optimizer."""

_SHARED_ATTRIBUTES = """n_features_in_ : int
        Features of a time step; for 2-D X, the number of columns.
    feature_names_in_ : ndarray of str
        Column names, where X is a DataFrame with string names.
    n_timesteps_in_ : int
        Steps of the longest training sequence.
    n_outputs_ : int
        Values that the network's head returns.
    n_iter_ : int
        Epochs trained.
    best_epoch_ : int
        Number, from 0, of the epoch with the lowest validation loss (training loss
        where nothing was held out). With early stopping its weights are kept.
    history_ : dict of str to list
        ``loss``, ``learning_rate`` and, with validation data, ``val_loss`` of every
        epoch. Losses include the penalties and are on the targets' standardised scale.
    model_ : keras.Model
        The network in stock Keras layers, which can be saved and loaded without this
        package."""


class BaseGRU(CallbackSupportMixin, BaseWrapper):
    """What `GRUClassifier` and `GRURegressor` share: all but their heads.

    A head implements ``_fit_targets``, ``_encode``, ``_classes_of``, ``_loss_name``,
    ``_activation`` and its prediction methods.
    """

    _parameter_constraints = {
        "units": [_COUNT, tuple, list],
        "bidirectional": ["boolean"],
        "pooling": [StrOptions({"last", "mean", "max"})],
        "dropout": [_RATE],
        "recurrent_dropout": [_RATE],
        "kernel_initializer": [str, keras.initializers.Initializer],
        "recurrent_initializer": [str, keras.initializers.Initializer],
        "l1": [_NOT_NEGATIVE],
        "l2": [_NOT_NEGATIVE],
        "optimizer": [str, type, keras.optimizers.Optimizer],
        "learning_rate": [_POSITIVE],
        "schedule": [str, callable, HasMethods("get_params"), None],
        "clipnorm": [_POSITIVE, None],
        "clipvalue": [_POSITIVE, None],
        "global_clipnorm": [_POSITIVE, None],
        "batch_size": [_COUNT],
        "epochs": [_COUNT],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_split": [
            Interval(Real, 0, 1, closed="neither"),
            HasMethods("split"),
        ],
        "patience": [_COUNT],
        "min_delta": [_NOT_NEGATIVE],
        "vocabulary_size": [Interval(Integral, 2, None, closed="left"), None],
        "embedding_dim": [_COUNT],
        "augmenter": [HasMethods(["augment", "check"]), None],
        "callbacks": [keras.callbacks.Callback, list, tuple, None],
        "warm_start": ["boolean"],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    # scikeras: prefixes whose parameters are kept on the estimator and passed on.
    _routing_prefixes = {"optimizer"}

    def __init__(
        self,
        units=64,
        *,
        bidirectional=False,
        pooling="last",
        dropout=0.0,
        recurrent_dropout=0.0,
        kernel_initializer="glorot_uniform",
        recurrent_initializer="orthogonal",
        l1=0.0,
        l2=0.0,
        optimizer="adam",
        learning_rate=1e-3,
        schedule=None,
        clipnorm=None,
        clipvalue=None,
        global_clipnorm=None,
        batch_size=32,
        epochs=100,
        shuffle=True,
        early_stopping=False,
        validation_split=0.2,
        patience=10,
        min_delta=0.0,
        vocabulary_size=None,
        embedding_dim=32,
        augmenter=None,
        callbacks=None,
        warm_start=False,
        verbose=0,
        random_state=None,
        **optimizer_parameters,
    ):
        self.units = units
        self.bidirectional = bidirectional
        self.pooling = pooling
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.kernel_initializer = kernel_initializer
        self.recurrent_initializer = recurrent_initializer
        self.l1 = l1
        self.l2 = l2
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.schedule = schedule
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.batch_size = batch_size
        self.epochs = epochs
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_split = validation_split
        self.patience = patience
        self.min_delta = min_delta
        self.vocabulary_size = vocabulary_size
        self.embedding_dim = embedding_dim
        self.augmenter = augmenter
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state
        for name, value in optimizer_parameters.items():
            if not name.startswith("optimizer__"):
                close = difflib.get_close_matches(name, self._get_param_names(), n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise TypeError(
                    f"{type(self).__name__} has no parameter {name!r}.{hint}"
                )
            setattr(self, name, value)

    def __init_subclass__(cls, **kwargs):
        """Give a head's ``__init__(self, own, **parameters)`` its whole signature.

        The shared parameters, their defaults and their documentation stand in this
        module alone; ``get_params``, ``help`` and completion still see all of them.
        """
        super().__init_subclass__(**kwargs)
        own = inspect.signature(cls.__init__).parameters
        if "__init__" in vars(cls) and "parameters" in own:
            shared = inspect.signature(BaseGRU.__init__).parameters
            merged = {**shared, **own}
            # scikit-learn's checks take every name in a signature for a parameter.
            for catch_all in ("optimizer_parameters", "parameters"):
                del merged[catch_all]
            cls.__init__.__signature__ = inspect.Signature(merged.values())
            cls.__doc__ = (cls.__doc__ or "").format(
                parameters=_SHARED_PARAMETERS, attributes=_SHARED_ATTRIBUTES
            )

    # ---- scikit-learn's conventions where scikeras departs from them ----

    _get_param_names = classmethod(BaseEstimator._get_param_names.__func__)
    __repr__ = BaseEstimator.__repr__

    def get_params(self, deep=True):
        """Return the parameters, those routed to the optimizer included.

        Parameters
        ----------
        deep : bool, default=True
            Include the parameters of the schedule and the augmenter.

        Returns
        -------
        params : dict
        """
        params = super().get_params(deep=deep)
        params.update(
            {k: v for k, v in vars(self).items() if k.startswith("optimizer__")}
        )
        return params

    def set_params(self, **params):
        """Set parameters, also nested ones such as ``schedule__drop``.

        Parameters
        ----------
        **params : dict

        Returns
        -------
        self : object
        """
        for name in [name for name in params if name.startswith("optimizer__")]:
            setattr(self, name, params.pop(name))
        return BaseEstimator.set_params(self, **params)

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
            f"{type(self).__name__} has no initialize(). Use fit, or partial_fit for one "
            "epoch."
        )

    def __getstate__(self):
        state = super().__getstate__()
        return {k: v for k, v in state.items() if k != "_model"}

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
            callbacks.append(_ScikitLearnCallbacks(self, X, y, sample_weight, epochs))
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

    def _check_parameters(self):
        owner = type(self).__name__
        for units in self._units():
            if not isinstance(units, Integral) or isinstance(units, bool) or units < 1:
                raise ValueError(
                    f"The 'units' parameter of {owner} must be an int or a tuple of "
                    f"ints in the range [1, inf). Got {self.units!r} instead."
                )
        if not self._units():
            raise ValueError(
                f"The 'units' parameter of {owner} must name at least one layer. Got "
                f"{self.units!r} instead."
            )
        for name in ("kernel_initializer", "recurrent_initializer"):
            value = getattr(self, name)
            if isinstance(value, str) and value not in INITIALIZERS:
                close = difflib.get_close_matches(value, INITIALIZERS, n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise ValueError(
                    f"The '{name}' parameter of {owner} must be the name of a Keras "
                    f"initializer or an instance. Got {value!r} instead.{hint}"
                )
        self._user_callbacks()

    def _units(self):
        return (self.units,) if isinstance(self.units, Integral) else tuple(self.units)

    def _user_callbacks(self):
        callbacks = self.callbacks
        if callbacks is None:
            return []
        if isinstance(callbacks, keras.callbacks.Callback):
            callbacks = [callbacks]
        for callback in callbacks:
            if not isinstance(callback, keras.callbacks.Callback):
                raise TypeError(
                    f"The 'callbacks' parameter of {type(self).__name__} must hold "
                    f"instances of keras.callbacks.Callback. Got {callback!r} instead."
                )
        return list(callbacks)

    def _resolve_optimizer(self):
        """Return the optimizer's spec, and every setting that is a run-time input."""
        owner = type(self).__name__
        prefix = "optimizer__"
        params = {
            name.removeprefix(prefix): value
            for name, value in vars(self).items()
            if name.startswith(prefix)
        }
        spec, own = resolve_optimizer(self.optimizer, params, owner)
        if not np.isclose(
            own.get("learning_rate", self.learning_rate), self.learning_rate
        ):
            raise ValueError(
                f"The 'learning_rate' parameter of {owner} is {self.learning_rate}, but "
                f"its optimizer was made with {own['learning_rate']:g}. Set the "
                "estimator's 'learning_rate', which is what a search tunes."
            )
        clipping = {}
        for name in ("clipnorm", "clipvalue", "global_clipnorm"):
            value = getattr(self, name)
            if value is None:
                value = own.get(name)
            if value is not None:
                clipping[name] = float(value)
        if len(clipping) > 1:
            raise ValueError(
                f"At most one of 'clipnorm', 'clipvalue' and 'global_clipnorm' of {owner}"
                f" can be set. Got {clipping}."
            )
        return spec, Rates(
            learning_rate=float(self.learning_rate),
            clipnorm=clipping.get("clipnorm", np.inf),
            clipvalue=clipping.get("clipvalue", np.inf),
            global_clipnorm=clipping.get("global_clipnorm", np.inf),
            l1=float(self.l1),
            l2=float(self.l2),
            dropout=float(self.dropout),
            recurrent_dropout=float(self.recurrent_dropout),
        )

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
        if not resume:
            self._fit_targets(y, weight, classes)
        encoded = self._encode(y)
        weight = weight * self._class_weights(y)
        samples = Samples(sequences, encoded, weight.astype(np.float32))
        strata = self._classes_of(y)
        present = weight > 0
        if not present.any():
            raise ValueError(
                "All samples have weight 0: there is nothing to train on. Pass a "
                "positive sample_weight for at least one sample."
            )
        if not present.all():
            present = np.flatnonzero(present)
            samples = samples.take(present)
            strata = None if strata is None else strata[present]
        return samples, strata

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
                "'bidirectional' or 'embedding_dim' has changed since. Set them back, or "
                "use warm_start=False."
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
        """The network as a ``keras.Model`` of stock layers, made when first asked for."""
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
            )
        return self._model


def _whole_rows(vocabulary_size):
    """Round up, so that folds whose vocabularies differ share a program.

    The rows beyond the vocabulary are never looked up, so they never change.
    """
    return -(-int(vocabulary_size) // 256) * 256


def _padded_length(n_timesteps):
    """Round up, so that folds whose longest sequences differ share a program."""
    step = 8 if n_timesteps <= 64 else 2 ** (int(n_timesteps - 1).bit_length() - 3)
    return -(-n_timesteps // step) * step


class _ScikitLearnCallbacks(keras.callbacks.Callback):
    """Passes epochs on to the callbacks of scikit-learn 1.9 and later."""

    def __init__(self, estimator, X, y, sample_weight, epochs):
        super().__init__()
        self._estimator, self._epochs = estimator, epochs
        self._data = {"X": X, "y": y}
        if sample_weight is not None:
            self._data["metadata"] = {"sample_weight": sample_weight}

    def on_train_begin(self, logs=None):
        estimator = self._estimator
        self._fit = estimator._init_callback_context(max_subtasks=self._epochs)
        self._fit.call_on_fit_task_begin(estimator=estimator, **self._data)

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = self._fit.subcontext(task_name="epoch")
        self._epoch.call_on_fit_task_begin(estimator=self._estimator, **self._data)

    def on_epoch_end(self, epoch, logs=None):
        stop = self._epoch.call_on_fit_task_end(
            estimator=self._estimator,
            reconstruction_attributes=self._so_far,
            **self._data,
        )
        if stop:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self._fit.call_on_fit_task_end(
            estimator=self._estimator,
            reconstruction_attributes=self._so_far,
            **self._data,
        )

    def _so_far(self):
        """What makes a copy of the estimator predict as if training had ended now."""
        return {"_state": self.model.state}
