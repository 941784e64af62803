"""The training program: many optimizer steps in one call."""

from dataclasses import dataclass, replace

import keras
import numpy as np
import tensorflow as tf

from .._keras import learning_rate_variable
from .interrupts import InterruptLater
from .network import InputShape
from .optimizers import OptimizerSpec
from .program import Program, Rates
from .program_cache import get_program

BATCHES_OF_A_CALL = 64


@dataclass(frozen=True)
class TrainSpec:
    """What a compiled training program depends on: its key in the cache.

    Parameters
    ----------
    architecture : hashable
        See `Network`.
    inputs : InputShape
    loss : str
        See `sample_losses`.
    optimizer : OptimizerSpec
    batch_size : int
    """

    architecture: object
    inputs: InputShape
    loss: str
    optimizer: OptimizerSpec
    batch_size: int

    def build(self):
        """Trace the program."""
        return TrainProgram(self)


class TrainProgram(Program):
    """Many optimizer steps in one call.

    Attributes
    ----------
    initial_slots : list of ndarray
        The optimizer's state before its first step.
    """

    def __init__(self, spec):
        super().__init__(spec, spec.batch_size, BATCHES_OF_A_CALL)
        if spec.optimizer.elementwise:
            targets = [keras.Variable(np.zeros(self.n_weights, np.float32))]
        else:
            targets = self.network.trainable
        self.optimizer = spec.optimizer.build(targets)
        rate = learning_rate_variable(self.optimizer)
        variables = self.optimizer.variables
        self._rate_at = next(i for i, v in enumerate(variables) if v is rate)
        values = [v.numpy() for v in variables]
        self.initial_slots = values[: self._rate_at] + values[self._rate_at + 1 :]
        n_rates = len(Rates._fields) - 2 + self.network.n_run_time_inputs
        self._function = self.compile(
            self._train,
            [
                *self.weights_signature(),
                [tf.TensorSpec(v.shape, v.dtype) for v in self.initial_slots],
                tf.TensorSpec((self.n_batches,), tf.float32),
                tf.TensorSpec((n_rates,), tf.float32),
                tf.TensorSpec((2,), tf.int32),
                self.chunk_signature(),
            ],
            "skgru_train",
        )

    def __call__(self, weights, state, slots, rates, seed, chunk):
        """Train on the steps of one chunk.

        Parameters
        ----------
        weights : tensor of shape (n_weights,)
        state : list of tensors
            Of the model.
        slots : list of tensors
            Of the optimizer.
        rates : Rates
        seed : (int, int)
            Seed of the fit's dropout, and number of the chunk's first step.
        chunk : Chunk

        Returns
        -------
        weights, state, slots
            After the last step.
        losses : tensor of shape (n_batches,)
            For each step that ran, the sum of its samples' losses, penalties included,
            computed before the weights were updated.
        """
        last = int(chunk.n_steps) - 1
        n_samples = int(chunk.n_samples[last])
        if self.network.mixes_rows and n_samples < self.batch_size:
            return self._with_short_batch(
                weights, state, slots, rates, seed, chunk, last, n_samples
            )
        return self._run(weights, state, slots, rates, seed, chunk)

    def _run(self, weights, state, slots, rates, seed, chunk):
        _, *others, of_model = rates
        weights, *rest, losses = self._function(
            weights,
            state,
            slots,
            np.full(self.n_batches, rates.learning_rate, np.float32),
            np.float32([*others, *of_model]),
            np.int32(seed),
            chunk,
        )
        n_states = len(state)
        return weights, rest[:n_states], rest[n_states:], losses

    def _with_short_batch(
        self, weights, state, slots, rates, seed, chunk, last, n_samples
    ):
        """Train on a chunk; its incomplete last batch gets a program of its size."""
        losses = np.zeros(self.n_batches, np.float32)
        if chunk.first_step < last:
            whole = chunk._replace(n_steps=np.int32(last))
            weights, state, slots, of_steps = self._run(
                weights, state, slots, rates, seed, whole
            )
            losses[:last] = of_steps[:last]
        program = get_program(replace(self.spec, batch_size=n_samples))
        short = program.only_batch(chunk, last, n_samples)
        seed = (seed[0], seed[1] + last)
        if np.ndim(rates.learning_rate):
            rates = rates._replace(learning_rate=rates.learning_rate[last])
        weights, state, slots, of_steps = program(
            weights, state, slots, rates, seed, short
        )
        losses[last] = of_steps[0]
        with InterruptLater():
            return weights, state, slots, tf.constant(losses)

    def _train(self, vector, state, slots, learning_rates, rates, seed, chunk):
        rates = tf.unstack(rates)
        n_own = len(Rates._fields) - 2
        rates = Rates(learning_rates, *rates[:n_own], of_model=rates[n_own:])

        # The loop carries the weights both as one vector and as separate arrays.
        # Splitting the vector at the start of a step would add operations that are
        # ready to run at once, and with more than eight of those XLA uses a second
        # thread, which is slower.
        def step(i, vector, weights, state, slots, losses, storage):
            loss, gradients, state, storage = self._gradients(
                weights, state, rates, seed + tf.stack([0, i]), chunk, i, storage
            )
            loss += self.network.penalties.penalty(vector, rates)
            gradients += self.network.penalties.gradient(vector, rates)
            gradients = self._clip(gradients, rates)
            vector, slots = self._apply(vector, slots, gradients, learning_rates[i])
            losses = losses.write(i, loss * chunk.n_samples[i])
            return i + 1, vector, self.split(vector), state, slots, losses, storage

        losses = tf.TensorArray(tf.float32, self.n_batches, element_shape=())
        storage = self.network.storage(self.batch_size)
        _, vector, _, state, slots, losses, _ = tf.while_loop(
            lambda i, *_: i < chunk.n_steps,
            step,
            (
                chunk.first_step,
                vector,
                self.split(vector),
                state,
                slots,
                losses,
                storage,
            ),
        )
        return vector, state, slots, losses.stack()

    def _gradients(self, weights, state, rates, seed, chunk, i, storage):
        n_samples = chunk.n_samples[i]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            values, state, added, storage = self.network.train(
                weights,
                state,
                chunk.X[i],
                chunk.lengths[i],
                n_samples,
                rates,
                seed,
                storage,
            )
            losses = self.network.sample_losses(values, chunk.y[i])
            # Keras divides by the number of samples, not by the sum of their weights.
            loss = tf.reduce_sum(losses * chunk.sample_weight[i]) / n_samples
            loss = tf.add_n([loss, *added])
        gradients = tape.gradient(
            loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO
        )
        # One vector needs one kernel per operation instead of one per weight. The
        # gradient of an embedding is tf.IndexedSlices until it is converted.
        gradients = [tf.reshape(tf.convert_to_tensor(g), (-1,)) for g in gradients]
        return loss, tf.concat(gradients, axis=0), state, storage

    def _clip(self, gradients, rates):
        """Clip as Keras does; a limit of infinity clips nothing.

        ``clipnorm`` bounds the norm of each weight's gradient, ``global_clipnorm`` the
        norm of all gradients together, ``clipvalue`` the absolute value of each
        element: https://keras.io/api/optimizers/
        """

        def scaled():
            parts = tf.split(gradients, self.sizes)
            squares = [tf.reduce_sum(tf.square(part)) for part in parts]
            total = rates.global_clipnorm / tf.sqrt(tf.add_n(squares))
            norms = tf.sqrt(tf.stack(squares))
            # At a norm of 0, limit / norm is infinite and the scale is 1.
            scales = tf.minimum(1.0, tf.minimum(total, rates.clipnorm / norms))
            return tf.concat([p * scales[i] for i, p in enumerate(parts)], axis=0)

        # Most fits do not limit norms, and for small networks norms take time.
        limit = tf.minimum(rates.clipnorm, rates.global_clipnorm)
        gradients = tf.cond(limit < np.inf, scaled, lambda: gradients)
        return tf.clip_by_value(gradients, -rates.clipvalue, rates.clipvalue)

    def _apply(self, vector, slots, gradients, learning_rate):
        """Apply one optimizer step, to one vector or to each weight separately."""
        if self.spec.optimizer.elementwise:
            weights, gradients = [vector], [gradients]
        else:
            weights, gradients = self.split(vector), self.split(gradients)
        state = [*slots[: self._rate_at], learning_rate, *slots[self._rate_at :]]
        weights, state = self.optimizer.stateless_apply(state, gradients, weights)
        if self.network.is_constrained:
            if self.spec.optimizer.elementwise:
                weights = self.split(weights[0])
            weights = self.network.constrain(weights)
        vector = tf.concat([tf.reshape(w, (-1,)) for w in weights], axis=0)
        del state[self._rate_at]
        slots = [tf.cast(new, old.dtype) for new, old in zip(state, slots, strict=True)]
        return vector, slots
