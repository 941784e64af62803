"""One training run: epochs over a compiled program, with Keras callbacks."""

from contextlib import closing
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np

from .batches import Chunker, ahead, group_by_length, split, whole_batches
from .callbacks_model import CallbacksModel, OptimizerView, has_batch_hooks
from .forward_program import ForwardSpec
from .interrupts import InterruptLater
from .predict import Evaluation
from .program_cache import get_program
from .progress import Progress, restore_states, states_of
from .randomness import AUGMENT, SHUFFLE, random_stream


@dataclass(frozen=True)
class TrainingState:
    """The weights and other state that training changes, as plain arrays.

    Parameters
    ----------
    weights : ndarray of shape (n_weights,), dtype float32
        All weights as one vector.
    of_model : list of ndarray
        The model's non-trainable state, such as moving averages.
    slots : list of ndarray
        State of the optimizer.
    n_steps : int
        Optimizer steps taken so far.
    history : dict of str to list
        For each logged quantity, one value per epoch.
    """

    weights: np.ndarray
    of_model: list
    slots: list
    n_steps: int
    history: dict


class Training:
    """A run of epochs; also the model that Keras callbacks are given.

    This library's own callbacks (schedules, early stopping) use only what this class
    has: ``stop_training``, ``optimizer.learning_rate``, ``get_weights``,
    ``set_weights``. The user's callbacks get a real ``keras.Model``, which is
    synchronised with this run at every call.

    Parameters
    ----------
    program : TrainProgram
    state : TrainingState
        The initial state.
    rates : Rates
    step_rates : StepRates or None
        The learning rate of each step; replaces the one in ``rates``.
    seed : int
        Seed of the fit.
    epochs : int
        Epochs to run.
    initial_epoch : int
        Number of epochs that ``state`` was already trained for.
    shuffle : bool
    augmenter : object with ``augment`` or None
    verbose : {0, 1, 2}
    callbacks : list of keras.callbacks.Callback
        This library's own callbacks.
    user_callbacks : list of keras.callbacks.Callback
    make_model : callable
        Returns a `StockModel`: the one that ``user_callbacks`` are given.
    after_epochs : callable or None
        Called with this object after one or several complete epochs.
    progress : Progress or None
        Progress of the same run in another process, from which this one resumes.
    """

    def __init__(
        self,
        program,
        state,
        rates,
        *,
        seed,
        epochs,
        step_rates=None,
        initial_epoch=0,
        shuffle=True,
        augmenter=None,
        verbose=0,
        callbacks=(),
        user_callbacks=(),
        make_model=None,
        after_epochs=None,
        progress=None,
    ):
        self.program = program
        self.weights, self.slots = state.weights, state.slots
        self.of_model = state.of_model
        self.n_steps = state.n_steps
        self.history = {name: list(values) for name, values in state.history.items()}
        self.rates, self.step_rates, self.seed = rates, step_rates, seed
        self.initial_epoch, self.epochs = initial_epoch, initial_epoch + epochs
        self.shuffle, self.augmenter, self.verbose = shuffle, augmenter, verbose
        self.own_callbacks = list(callbacks)
        self.user_callbacks = list(user_callbacks)
        self.stop_training = False
        self.optimizer = OptimizerView(self)
        self.make_model = make_model
        self._own = self._users = None
        self.after_epochs, self._resumed = after_epochs, progress
        self._resume()
        if progress is not None:
            done = len(self.history["loss"])
            self.initial_epoch = self.epochs if self.stop_training else done

    @property
    def state(self):
        """The current state, as plain arrays."""
        return TrainingState(
            np.asarray(self.weights),
            [np.asarray(value) for value in self.of_model],
            [np.asarray(slot) for slot in self.slots],
            self.n_steps,
            self.history,
        )

    @property
    def progress(self):
        """The progress of this run; valid only after a complete epoch."""
        return Progress(
            self.state,
            float(self.rates.learning_rate),
            self.stop_training,
            states_of([*self.own_callbacks, *self.user_callbacks]),
        )

    def _resume(self):
        """Restore the progress that was made in another process, if any."""
        progress = self._resumed
        if progress is None:
            return
        state = progress.state
        self.weights, self.slots = state.weights, state.slots
        self.of_model, self.n_steps = state.of_model, state.n_steps
        self.history = {name: list(values) for name, values in state.history.items()}
        self.rates = self.rates._replace(learning_rate=progress.learning_rate)
        self.stop_training = progress.stopped
        callbacks = [*self.own_callbacks, *self.user_callbacks]
        restore_states(callbacks, progress.callbacks)

    def get_weights(self):
        """Return the weights and the model's state as a list of arrays."""
        weights = self.program.split(np.asarray(self.weights))
        return [*weights, *map(np.asarray, self.of_model)]

    def set_weights(self, values):
        """Replace the weights and the model's state by a list of arrays."""
        n_weights = len(self.program.sizes)
        self.weights = self.program.flatten(values[:n_weights])
        self.of_model = list(values[n_weights:])

    def run(self, samples, validation=None, measure=None):
        """Train for the requested number of epochs.

        Parameters
        ----------
        samples : Samples
        validation : Samples or None
            If given, their loss is logged as ``val_loss`` after every epoch.
        measure : callable or None
            ``measure(outputs, training)`` returns a dict of further values to log,
            computed from the outputs for ``validation``.

        Returns
        -------
        interrupted : bool
            Whether Ctrl-C ended the run early.

        Raises
        ------
        ValueError
            The loss or the final weights are not finite.
        KeyboardInterrupt
            Ctrl-C came before the first step.
        """
        validate = None
        if validation is not None:
            spec = self.program.spec
            forward = ForwardSpec(spec.architecture, spec.inputs, spec.loss)
            evaluation = Evaluation(get_program(forward), validation)
            validate = partial(self._validate, evaluation, measure)
        self._set_up_callbacks(len(samples))
        try:
            interrupted = self._run(samples, validate)
            self._check_weights()
            return interrupted
        finally:
            for callback in self.user_callbacks:
                # A callback is a parameter: it must not carry the model into pickles.
                callback._model = None

    def _run(self, samples, validate):
        n_batches = -(-len(samples) // self.program.batch_size)
        # A call of the program costs as much as a training step of a small network, so
        # several short epochs share one chunk, and one call unless something has to run
        # after each epoch. With an augmenter, every epoch has chunks of its own.
        fit_in = max(1, self.program.n_batches // n_batches)
        epochs_per_chunk = fit_in if self.augmenter is None else 1
        every_epoch = self._has_callbacks or validate is not None
        epochs_per_call = 1 if every_epoch else epochs_per_chunk
        chunks = self._chunks(epochs_per_chunk, samples)
        several = self.epochs - self.initial_epoch > epochs_per_chunk
        if self.augmenter is None and (several or n_batches > self.program.n_batches):
            chunks = ahead(chunks)
        # Callbacks with batch hooks need a call of the program for every batch.
        every_batch = any(map(has_batch_hooks, self.user_callbacks))
        calls = split(chunks, 1 if every_batch else epochs_per_call * n_batches)
        batch_hooks = every_batch or self.verbose
        interrupted, logs = False, {}
        if self._resumed is not None:
            logs = {name: values[-1] for name, values in self.history.items()}
        self._call_hook("on_train_begin")
        self._resume()  # on_train_begin resets callbacks: restore their state again
        n_steps_before = self.n_steps
        try:
            with closing(chunks):
                for epochs in self._groups(epochs_per_call):
                    self._call_hook("on_epoch_begin", epochs[0])
                    # Those recorded; callbacks may change them during an epoch.
                    rates = self._learning_rates(len(epochs), n_batches)
                    losses = self._train(calls, len(epochs), n_batches, batch_hooks)
                    for epoch, loss, rate in zip(epochs, losses, rates, strict=True):
                        logs = {"loss": loss}
                        if validate is not None:
                            logs |= validate()
                        logs["learning_rate"] = rate
                        self._check_finite(epoch, logs)
                        self._record(epoch, logs)
                        self._call_hook("on_epoch_end", epoch, dict(logs))
                    if self.after_epochs is not None:
                        self.after_epochs(self)
                    if self.stop_training:
                        break
        except KeyboardInterrupt:
            if self.n_steps == n_steps_before:
                raise  # nothing has been learnt that could be kept
            interrupted = True
        self._call_hook("on_train_end", dict(logs))
        return interrupted

    def _groups(self, n_epochs):
        """Yield the epoch numbers of this run as ranges of ``n_epochs`` epochs."""
        for first in range(self.initial_epoch, self.epochs, n_epochs):
            yield range(first, min(first + n_epochs, self.epochs))

    def _record(self, epoch, logs):
        """Append to the history; NaN where an epoch did not log a quantity."""
        for name in {**self.history, **logs}:
            values = self.history.setdefault(name, [])
            values += [np.nan] * (epoch - len(values))
            values.append(logs.get(name, np.nan))

    def _order(self, epoch, lengths):
        """Return the order in which an epoch visits the samples."""
        order = np.arange(len(lengths))
        if self.shuffle:
            rng = random_stream(self.seed, SHUFFLE, epoch)
            rng.shuffle(order)
            if lengths.min() < lengths.max():
                batch_size = self.program.batch_size
                order = group_by_length(order, lengths, batch_size, rng)
        return order

    def _chunks(self, epochs_per_chunk, samples):
        """Yield the chunks of all epochs."""
        chunker, lengths = Chunker(self.program), samples.sequences.lengths
        for epochs in self._groups(epochs_per_chunk):
            orders = [
                whole_batches(self._order(epoch, lengths), self.program.batch_size)
                for epoch in epochs
            ]
            transform = None
            if self.augmenter is not None:
                rng = random_stream(self.seed, AUGMENT, epochs[0])
                transform = partial(self._augment, rng)
            yield from chunker.chunks(
                samples, np.concatenate(orders), transform=transform
            )

    def _augment(self, rng, *arrays):
        return self.augmenter.augment(*arrays, rng)

    def _train(self, calls, n_epochs, n_batches, batch_hooks):
        """Train for some epochs (one if ``batch_hooks``); return their mean losses."""
        losses, seen = [], 0
        while len(losses) < n_epochs * n_batches:
            if batch_hooks:
                self._call_hook("on_train_batch_begin", len(losses))
            chunk = next(calls)
            steps = slice(int(chunk.first_step), int(chunk.n_steps))
            self.weights, self.of_model, self.slots, of_steps = self.program(
                self.weights,
                self.of_model,
                self.slots,
                self._rates_of(steps),
                (self.seed, self.n_steps - steps.start),
                chunk,
            )
            losses.extend(of_steps.numpy()[steps].tolist())
            self.n_steps += steps.stop - steps.start
            seen += int(chunk.n_samples[steps].sum())
            if batch_hooks:
                logs = {"loss": sum(losses) / seen}
                self._call_hook("on_train_batch_end", len(losses) - 1, logs)
                if self.stop_training:
                    break
        sums = np.sum(np.reshape(losses, (n_epochs, -1)), axis=1)
        return (sums / (seen / n_epochs)).tolist()

    def _learning_rates(self, n_epochs, n_batches):
        """Return the learning rate at the first step of each of the next epochs."""
        if self.step_rates is None:
            return [self.rates.learning_rate] * n_epochs
        steps = self.n_steps + n_batches * np.arange(n_epochs)
        return self.step_rates(steps).tolist()

    def _rates_of(self, steps):
        """Return the rates of a call that runs the batches in the slice ``steps``."""
        if self.step_rates is None:
            return self.rates
        rates = np.zeros(self.program.n_batches, np.float32)
        numbers = self.n_steps + np.arange(steps.stop - steps.start)
        rates[steps] = self.step_rates(numbers)
        return self.rates._replace(learning_rate=rates)

    def _validate(self, evaluation, measure):
        self._call_hook("on_test_begin")
        with InterruptLater():
            penalty = self.program.network.penalties.penalty(self.weights, self.rates)
            penalty = float(penalty)
        outputs, loss = evaluation.run(
            self.weights, self.of_model, penalty, self._call_hook
        )
        scores = {} if measure is None else measure(outputs, self)
        of_test = {k.removeprefix("val_"): v for k, v in scores.items()}
        self._call_hook("on_test_end", {"loss": loss, **of_test})
        return {"val_loss": loss, **scores}

    def _check_finite(self, epoch, logs):
        for name in ("loss", "val_loss"):
            if not np.isfinite(logs.get(name, 0.0)):
                raise ValueError(
                    f"Training diverged: {name} is {logs[name]} at epoch {epoch} with "
                    f"learning_rate={logs['learning_rate']:g}. Set 'clipnorm' (for "
                    "example 1.0), use a smaller 'learning_rate', or smaller values of "
                    "X, y and sample_weight."
                )

    def _check_weights(self):
        """Raise if weights are not finite: losses do not cover the last step."""
        if not all(np.isfinite(values).all() for values in self.get_weights()):
            raise ValueError(
                "Training diverged: weights are no longer finite after epoch "
                f"{len(self.history.get('loss', [])) - 1}. Set 'clipnorm' (for example "
                "1.0), use a smaller 'learning_rate', or smaller values of X, y and "
                "sample_weight."
            )

    def _set_up_callbacks(self, n_samples):
        params = {
            "verbose": self.verbose,
            "epochs": self.epochs,
            "steps": -(-n_samples // self.program.batch_size),
        }
        if self.own_callbacks or self.verbose:
            shows = keras.callbacks.ProgbarLogger
            has_bar = any(isinstance(c, shows) for c in self.user_callbacks)
            self._own = keras.callbacks.CallbackList(
                self.own_callbacks,
                add_progbar=self.verbose != 0 and not has_bar,
                model=self,
                **params,
            )
        if self.user_callbacks:
            self._users = CallbacksModel(self, self.make_model(), params)

    @property
    def _has_callbacks(self):
        return self._own is not None or self._users is not None

    def _call_hook(self, hook, *args):
        """Call a hook of all callbacks."""
        if self._own is not None:
            getattr(self._own, hook)(*args)
        if self._users is not None:
            self._users.call_hook(hook, *args)
