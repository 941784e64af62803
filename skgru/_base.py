"""BaseGRU: the sequence of steps of a fit, on top of scikeras' wrapper."""

from dataclasses import replace
from functools import partial

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ._at_once import fitted_at_once
from ._checkpointing import Checkpointing
from ._data import DataChecks
from ._early_stopping import without_early_stopping
from ._engine.forward_program import ForwardSpec
from ._engine.interrupts import InterruptLater
from ._engine.predict import predict
from ._engine.program import rows_of_batch, split_weights
from ._engine.program_cache import get_program
from ._engine.train_program import TrainSpec
from ._engine.training import Training, TrainingState
from ._fitted import Fitted
from ._monitoring import Monitoring, best_epoch
from ._network_choice import NetworkChoice
from ._other_names import refuse_fit_arguments
from ._parameters import Parameters
from ._portable import from_state, to_state
from ._scikeras import BaseWrapper
from ._sklearn import CallbackSupportMixin, fit_context, with_callbacks
from ._stock_model import StockModel
from ._user_callbacks import user_callbacks

if "__sklearn_tags__" not in vars(BaseWrapper):
    # scikeras still defines the tags of scikit-learn < 1.6. scikit-learn's checks
    # accept them only next to the current form, which the class inherits anyway.
    BaseWrapper.__sklearn_tags__ = BaseEstimator.__sklearn_tags__


class BaseGRU(
    Parameters,
    DataChecks,
    NetworkChoice,
    Monitoring,
    Checkpointing,
    CallbackSupportMixin,
    BaseWrapper,
):
    """What `GRUClassifier` and `GRURegressor` have in common.

    A subclass (a "head") adds the prediction methods and these hooks:

    - ``_check_y(y)`` returns y as an array, or raises;
    - ``_new_targets(y, weight, classes)`` returns the encoder of y, a `Labels` or
      `RealTargets`, and sets the public attributes that follow from y;
    - ``_class_weights(y, targets)`` returns factors of the samples' weights;
    - ``_classes_to_stratify(y, targets)`` returns the classes of all rows, or None.
    """

    # In these, scikeras deviates from scikit-learn's conventions.
    _get_param_names = classmethod(BaseEstimator._get_param_names.__func__)
    __repr__ = BaseEstimator.__repr__

    def _class_weights(self, y, targets):
        return np.float32(1.0)

    def _classes_to_stratify(self, y, targets):
        return None

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.non_deterministic = False
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "_fitted")

    @property
    def initialized_(self):
        """Whether the estimator has been fitted."""
        return self.__sklearn_is_fitted__()

    def initialize(self, X, y=None):
        """Raise an error: ``fit`` and ``partial_fit`` initialise the network.

        Parameters
        ----------
        X : array-like
            Ignored.
        y : array-like, default=None
            Ignored.

        Raises
        ------
        NotImplementedError
            Always.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no initialize(). Use fit, or partial_fit for "
            "one epoch."
        )

    def __getstate__(self):
        state = super().__getstate__()
        return to_state({k: v for k, v in state.items() if k != "_model"})

    def __setstate__(self, state):
        # A file of an earlier version lacks the parameters that came later.
        super().__setstate__(self._defaults() | from_state(state))

    # ---- the steps of a fit ----

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X,
        y,
        sample_weight=None,
        X_val=None,
        y_val=None,
        groups=None,
        **not_taken,
    ):
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
        groups : array-like of shape (n_samples,), default=None
            The group of each row of X, for a group splitter as ``validation_split``.
        **not_taken
            Raise an error that says where a setting belongs: ``epochs``, ``batch_size``
            and the like are parameters of the estimator.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        TypeError
            There is no such argument.
        ValueError
            Parameters, X or y are not valid, or training diverged. What an earlier fit
            learnt is kept.
        KeyboardInterrupt
            Ctrl-C came before the first training step. What an earlier fit learnt is
            kept. A later Ctrl-C ends the training with a warning, and what has been
            learnt until then is kept.
        """
        refuse_fit_arguments(not_taken, self._get_param_names(), type(self).__name__)
        with fitted_at_once(self) as copy:
            copy._fit(
                X,
                y,
                sample_weight,
                resume=copy.warm_start and copy.initialized_,
                epochs=copy.epochs,
                validation=(X_val, y_val),
                groups=groups,
                checkpoint=copy.checkpoint,
            )
        return self

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
        groups=None,
        checkpoint=None,
    ):
        # Check everything before computing: parameters first, then data.
        self._check_parameters()
        optimizer = self._resolve_training_of_weights()
        resumed = self._fitted if resume else None
        data = self._check_data(X, y, sample_weight, groups, resumed, classes)
        seed = self._new_seed() if resumed is None else resumed.seed
        parts, seed, checkpoint = self._split_and_find_checkpoint(
            X, data, validation, seed, checkpoint
        )
        scores = self._validation_scores(parts, data.targets)
        self._check_augmenter(data.reading)
        choice = self._choose_network(
            X,
            y,
            data,
            (parts.samples, parts.held_out),
            seed,
            optimizer.spec,
            optimizer.rates,
        )
        if choice.learning_rate is not None:
            rates = optimizer.rates._replace(learning_rate=choice.learning_rate)
            optimizer = optimizer._replace(rates=rates)
        held_out = choice.encoded(parts.held_out)
        monitor = self._monitor(held_out)
        history = {} if resumed is None else resumed.state.history
        schedule = self._schedule_callbacks(
            monitor, optimizer.rates.learning_rate, history, epochs
        )
        stopper = self._stopper(monitor, held_out, resumed)
        program, rates, fitted = self._begin(
            choice, data, len(parts.samples), optimizer, resumed, seed
        )
        progress = self._begin_checkpoint(checkpoint, fitted, parts, resumed, rates)
        training = Training(
            program,
            fitted.state,
            rates,
            step_rates=optimizer.step_rates,
            seed=seed,
            epochs=epochs,
            initial_epoch=len(history.get("loss", [])),
            shuffle=self.shuffle,
            augmenter=self.augmenter,
            verbose=int(self.verbose),
            callbacks=[
                *schedule,
                *([] if stopper is None else [stopper]),
                *self._scikit_learn_callbacks(fitted, X, y, sample_weight, epochs),
            ],
            user_callbacks=user_callbacks(self.callbacks, type(self).__name__),
            make_model=partial(self._stock_model, fitted),
            after_epochs=None if checkpoint is None else checkpoint.after_epochs,
            progress=progress,
        )
        measure = None if scores is None else partial(scores.measure, fitted)
        interrupted = training.run(choice.encoded(parts.samples), held_out, measure)
        if interrupted:
            self._warn_of_interrupt(training, checkpoint)
        # Only now: until here other threads may predict with the network before.
        self._store(fitted, training, stopper, monitor, resumed)
        if checkpoint is not None and not interrupted:
            checkpoint.remove()

    def _begin(self, choice, data, n_samples, optimizer, resumed, seed):
        """Return the program, its rates, and a `Fitted` with the initial weights."""
        spec = TrainSpec(
            choice.architecture,
            choice.inputs,
            choice.targets.loss,
            optimizer.spec,
            rows_of_batch(int(self.batch_size), n_samples),
        )
        program = get_program(spec)
        of_model = choice.run_time_inputs(program.network)
        fitted = Fitted(
            reading=data.reading,
            targets=choice.targets,
            architecture=choice.architecture,
            inputs=choice.inputs,
            optimizer=optimizer.spec,
            seed=seed,
            shapes=tuple(program.network.shapes),
            state=self._first_state(program, choice, resumed, seed),
        )
        self.n_outputs_ = choice.targets.n_outputs
        return program, optimizer.rates._replace(of_model=of_model), fitted

    def _new_seed(self):
        return int(check_random_state(self.random_state).randint(2**31 - 1))

    def _check_augmenter(self, reading):
        if self.augmenter is not None:
            kind = "series" if reading.vocabulary_size is None else "tokens"
            self.augmenter.check(kind, vocabulary_size=reading.vocabulary_size)

    def _first_state(self, program, choice, resumed, seed):
        if resumed is None:
            weights, of_model = choice.initial_values(program.network, seed)
            vector = program.flatten(weights)
            return TrainingState(vector, of_model, program.initial_slots, 0, {})
        same = choice.architecture.continues(resumed.architecture)
        if resumed.shapes != tuple(program.network.shapes) or not same:
            raise ValueError(
                f"{type(self).__name__} cannot continue from its last fit: "
                f"{self._what_makes_shapes()} has changed since. Set it back, or use "
                "warm_start=False."
            )
        state = resumed.state
        if resumed.stopping is not None and resumed.stopping.last is not None:
            # fitted.state has the weights of the best epoch, but the optimizer's slots
            # belong to the last epoch: continue from the weights of that one.
            n_weights, last = len(program.sizes), resumed.stopping.last
            vector = program.flatten(last[:n_weights])
            state = replace(state, weights=vector, of_model=last[n_weights:])
        if resumed.optimizer != program.spec.optimizer:
            state = replace(state, slots=program.initial_slots)
        return state

    def _store(self, fitted, training, stopper, monitor, resumed):
        if stopper is None:
            before = None if resumed is None else resumed.stopping
            stopping = without_early_stopping(before)
        else:
            stopping = stopper.remembered()
        self._fitted = replace(fitted, state=training.state, stopping=stopping)
        self.history_ = training.history
        self.n_iter_ = len(self.history_.get("loss", []))
        self.best_epoch_ = best_epoch(self.history_, monitor)
        if stopper is not None and stopping is not None:
            self.best_epoch_ = stopping.epoch
        vars(self).pop("_model", None)

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None, groups=None):
        """Train for one epoch, continuing where the last call ended.

        Parameters
        ----------
        X : array-like
            Sequences, as in ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Factors of the samples' losses.
        groups : array-like of shape (n_samples,), default=None
            As in ``fit``.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            Parameters, X or y are not valid, X or y has another form than at the first
            call, or training diverged. What was learnt before is kept.
        """
        return self._partial_fit(X, y, sample_weight, groups)

    def _partial_fit(self, X, y, sample_weight, groups, classes=None):
        with fitted_at_once(self) as copy:
            copy._fit(
                X,
                y,
                sample_weight,
                resume=copy.initialized_,
                epochs=1,
                classes=classes,
                groups=groups,
            )
        return self

    def _outputs(self, X):
        """Return the network's outputs for X, shape ``(n_samples, n_outputs_)``."""
        check_is_fitted(self)
        fitted = self._fitted
        sequences = self._read_again(X, fitted.reading)
        architecture, inputs = self._for_sequences(fitted, sequences)
        spec = ForwardSpec(architecture, inputs, fitted.targets.loss)
        return predict(spec, fitted.state, sequences)

    @property
    def model_(self):
        """The network in stock Keras layers, made when first asked for."""
        check_is_fitted(self)
        fitted, known = self._fitted, vars(self).get("_model")
        # Threads may fit meanwhile: the record tells the models of two fits apart.
        if known is None or known[0] is not fitted:
            stock = self._stock_model(fitted)
            weights = split_weights(fitted.state.weights, fitted.shapes)
            stock.set_values([*weights, *fitted.state.of_model])
            known = self._model = fitted, stock.model
        return known[1]

    def _stock_model(self, fitted):
        """Return a fitted network as a `StockModel` whose weights are not set yet."""
        shape, rescaling = fitted.architecture.input_shape, fitted.targets.rescaling
        with InterruptLater():
            return StockModel(self._build_stock(fitted), shape, rescaling)
