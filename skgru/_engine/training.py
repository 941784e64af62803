"""One run of training: epochs over a compiled program, heard by Keras callbacks."""

from contextlib import closing
from dataclasses import dataclass
from functools import partial

import keras
import numpy as np

from .batches import Chunker, ahead, group_by_length, split, whole_batches
from .callbacks_model import CallbacksModel, hears_batches
from .forward_program import ForwardSpec
from .interrupts import InterruptLater
from .predict import Evaluation
from .program_cache import get_program
from .progress import Progress, restore_states, states_of
from .randomness import AUGMENT, SHUFFLE, random_stream


@dataclass(frozen=True)
class TrainingState:
    """What training has learnt: plain arrays.

    Parameters
    ----------
    weights : ndarray of shape (n_weights,), dtype float32
        All weights as one vector.
    of_model : list of ndarray
        The model's state: moving averages and the like.
    slots : list of ndarray
        State of the optimizer.
    n_steps : int
        Optimizer steps taken so far.
    history : dict of str to list
        A value an epoch of each quantity logged.
    """

    weights: np.ndarray
    of_model: list
    slots: list
    n_steps: int
    history: dict


class Training:
    """A run of epochs; also the model that Keras callbacks are given.

    Callbacks of the library itself (schedules, early stopping) use only what this class
    has: ``stop_training``, ``optimizer.learning_rate``, ``get_weights``,
    ``set_weights``. Callbacks of the user get a real ``keras.Model``, which is kept
    equal to the run at every call.

    Parameters
    ----------
    program : TrainProgram
    state : TrainingState
        Where to begin.
    rates : Rates
    step_rates : StepRates or None
        The learning rate of every step, in place of that in ``rates``.
    seed : int
        Seed of the fit.
    epochs : int
        Epochs to run.
    initial_epoch : int
        Epochs that ``state`` has behind it.
    shuffle : bool
    augmenter : object with ``augment`` or None
    verbose : {0, 1, 2}
    callbacks : list of keras.callbacks.Callback
        The library's own.
    user_callbacks : list of keras.callbacks.Callback
    make_model : callable
        Returns a `StockModel`: the one that ``user_callbacks`` are given.
    after_epochs : callable or None
        Called with this training after epochs that are whole.
    progress : Progress or None
        Where the same training ended in another process, to go on from there.
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
        self.optimizer = _OptimizerView(self)
        self.make_model = make_model
        self._own = self._users = None
        self.after_epochs, self._resumed = after_epochs, progress
        self._go_on()
        if progress is not None:
            done = len(self.history["loss"])
            self.initial_epoch = self.epochs if self.stop_training else done

    @property
    def state(self):
        """The present state, as plain arrays."""
        return TrainingState(
            np.asarray(self.weights),
            [np.asarray(value) for value in self.of_model],
            [np.asarray(slot) for slot in self.slots],
            self.n_steps,
            self.history,
        )

    @property
    def progress(self):
        """How far this training has come, after a whole epoch."""
        return Progress(
            self.state,
            float(self.rates.learning_rate),
            self.stop_training,
            states_of([*self.own_callbacks, *self.user_callbacks]),
        )

    def _go_on(self):
        """Take over the progress that was made in another process, if any."""
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
        """Train for the epochs asked for.

        Parameters
        ----------
        samples : Samples
        validation : Samples or None
            Its loss is logged as ``val_loss`` at every epoch.
        measure : callable or None
            ``measure(outputs, training)`` returns what else to log of the outputs for
            ``validation``, as a dict.

        Returns
        -------
        interrupted : bool
            Whether Ctrl-C ended the run early.

        Raises
        ------
        ValueError
            The loss is no longer finite, or what is left are no finite weights.
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
        # Epochs that share a chunk, and those that share a call of the program, which
        # costs as much as a step of a small network. If augmented, each has its own.
        fit_in = max(1, self.program.n_batches // n_batches)
        filled = fit_in if self.augmenter is None else 1
        together = 1 if self._is_heard or validate is not None else filled
        chunks = self._chunks(filled, samples)
        several = self.epochs - self.initial_epoch > filled
        if self.augmenter is None and (several or n_batches > self.program.n_batches):
            chunks = ahead(chunks)
        # Who listens to every batch gets a call of its own for each.
        each_batch = any(map(hears_batches, self.user_callbacks))
        calls = split(chunks, 1 if each_batch else together * n_batches)
        heard = each_batch or self.verbose
        interrupted, logs = False, {}
        if self._resumed is not None:
            logs = {name: values[-1] for name, values in self.history.items()}
        self._hear("on_train_begin")
        self._go_on()  # callbacks begin anew when they hear of a beginning
        try:
            with closing(chunks):
                for epochs in self._groups(together):
                    self._hear("on_epoch_begin", epochs[0])
                    # Those that they begin with; callbacks may change them later.
                    rates = self._learning_rates(len(epochs), n_batches)
                    losses = self._train(calls, len(epochs), n_batches, heard)
                    for epoch, loss, rate in zip(epochs, losses, rates, strict=True):
                        logs = {"loss": loss}
                        if validate is not None:
                            logs |= validate()
                        logs["learning_rate"] = rate
                        self._check_finite(epoch, logs)
                        self._record(epoch, logs)
                        self._hear("on_epoch_end", epoch, dict(logs))
                    if self.after_epochs is not None:
                        self.after_epochs(self)
                    if self.stop_training:
                        break
        except KeyboardInterrupt:
            interrupted = True
        self._hear("on_train_end", dict(logs))
        return interrupted

    def _groups(self, together):
        """Yield the epochs of this run, so many at a time."""
        for first in range(self.initial_epoch, self.epochs, together):
            yield range(first, min(first + together, self.epochs))

    def _record(self, epoch, logs):
        """Append to the history, with NaN for what other epochs logged alone."""
        for name in {**self.history, **logs}:
            values = self.history.setdefault(name, [])
            values += [np.nan] * (epoch - len(values))
            values.append(logs.get(name, np.nan))

    def _order(self, epoch, lengths):
        """Return the order in which an epoch visits samples of these lengths."""
        order = np.arange(len(lengths))
        if self.shuffle:
            rng = random_stream(self.seed, SHUFFLE, epoch)
            rng.shuffle(order)
            if lengths.min() < lengths.max():
                batch_size = self.program.batch_size
                order = group_by_length(order, lengths, batch_size, rng)
        return order

    def _chunks(self, together, samples):
        """Yield the chunks of all epochs; so many epochs begin a new one."""
        chunker, lengths = Chunker(self.program), samples.sequences.lengths
        for epochs in self._groups(together):
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

    def _train(self, calls, n_epochs, n_batches, heard):
        """Train for some epochs, one unless nobody hears; return each mean loss."""
        losses, seen = [], 0
        while len(losses) < n_epochs * n_batches:
            if heard:
                self._hear("on_train_batch_begin", len(losses))
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
            if heard:
                logs = {"loss": sum(losses) / seen}
                self._hear("on_train_batch_end", len(losses) - 1, logs)
                if self.stop_training:
                    break
        sums = np.sum(np.reshape(losses, (n_epochs, -1)), axis=1)
        return (sums / (seen / n_epochs)).tolist()

    def _learning_rates(self, n_epochs, n_batches):
        """Return the rates at the first steps of the next epochs."""
        if self.step_rates is None:
            return [self.rates.learning_rate] * n_epochs
        steps = self.n_steps + n_batches * np.arange(n_epochs)
        return self.step_rates(steps).tolist()

    def _rates_of(self, steps):
        """Return the rates of a call that runs some of its batches, a slice of them."""
        if self.step_rates is None:
            return self.rates
        rates = np.zeros(self.program.n_batches, np.float32)
        numbers = self.n_steps + np.arange(steps.stop - steps.start)
        rates[steps] = self.step_rates(numbers)
        return self.rates._replace(learning_rate=rates)

    def _validate(self, evaluation, measure):
        self._hear("on_test_begin")
        with InterruptLater():
            penalty = self.program.network.penalties.penalty(self.weights, self.rates)
            penalty = float(penalty)
        outputs, loss = evaluation.run(self.weights, self.of_model, penalty, self._hear)
        scores = {} if measure is None else measure(outputs, self)
        of_test = {k.removeprefix("val_"): v for k, v in scores.items()}
        self._hear("on_test_end", {"loss": loss, **of_test})
        return {"val_loss": loss, **scores}

    def _check_finite(self, epoch, logs):
        for name in ("loss", "val_loss"):
            if not np.isfinite(logs.get(name, 0.0)):
                raise ValueError(
                    f"Training diverged: {name} is {logs[name]} at epoch {epoch} with "
                    f"learning_rate={logs['learning_rate']:g}. Set 'clipnorm' (for "
                    "example 1.0) or use a smaller 'learning_rate'."
                )

    def _check_weights(self):
        """Refuse what the last steps have left, which no loss was measured of."""
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
    def _is_heard(self):
        return self._own is not None or self._users is not None

    def _hear(self, hook, *args):
        """Call a hook of all callbacks."""
        if self._own is not None:
            getattr(self._own, hook)(*args)
        if self._users is not None:
            self._users.hear(hook, *args)


class _OptimizerView:
    """The part of a Keras optimizer that callbacks change: its learning rate."""

    def __init__(self, training):
        self._training = training

    @property
    def learning_rate(self):
        training = self._training
        if training.step_rates is not None:
            return training.step_rates.after(training.n_steps)
        return training.rates.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        if self._training.step_rates is not None:
            raise TypeError(
                "A callback sets the learning rate, which follows a Keras schedule. "
                "Use one of them alone."
            )
        self._training.rates = self._training.rates._replace(learning_rate=float(value))
