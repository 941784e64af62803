"""Compiled programs: from a specification to functions of data, compiled once.

A program is a pure function. Weights, optimizer slots and every rate go in as data and
come out as data; it owns no state, so any number of fits, one after another or in
threads, share one program.
"""

from collections import namedtuple
from dataclasses import dataclass, replace

import keras
import numpy as np
import tensorflow as tf

from ._compiled import CompiledFunction
from ._network import Network, NetworkSpec
from ._optimizers import OptimizerSpec

# A call costs about 0.5 ms, so it runs many steps; its input is bounded in bytes, so
# that large data streams through a small buffer. A prediction of one sample pays for
# the copy of a whole input.
TRAIN_CALL_STEPS, PREDICT_CALL_STEPS = 64, 32
CHUNK_BYTES = 16 * 2**20
# Rows that go through the network together at prediction.
PREDICT_ROWS = 32
# Lengths of padded sequences are rounded up to multiples of these, or of more. Training
# takes time for each step, prediction next to none: one program may serve any data.
TRAIN_STEPS, PREDICT_STEPS = 4, 8

Rates = namedtuple(
    "Rates",
    "learning_rate clipnorm clipvalue global_clipnorm l1 l2 dropout recurrent_dropout",
)


@dataclass(frozen=True)
class TrainSpec:
    """What changes a compiled training program.

    Parameters
    ----------
    network : NetworkSpec
    loss : {"categorical_crossentropy", "binary_crossentropy", "mse", "mae", "huber"}
    optimizer : OptimizerSpec
    batch_size : int
    """

    network: NetworkSpec
    loss: str
    optimizer: OptimizerSpec
    batch_size: int

    def build(self):
        """Trace the program."""
        return TrainProgram(self)


@dataclass(frozen=True)
class ForwardSpec:
    """What changes a compiled prediction program.

    Parameters
    ----------
    network : NetworkSpec
    loss : str
        As in `TrainSpec`.
    """

    network: NetworkSpec
    loss: str

    def __post_init__(self):
        # Nothing is dropped at prediction: one program, whatever training drops.
        network = replace(self.network, recurrent_dropout=False)
        if network.padded:
            length = padded_length(network.n_timesteps, PREDICT_STEPS)
            network = replace(network, n_timesteps=length)
        object.__setattr__(self, "network", network)

    def build(self):
        """Trace the program."""
        return ForwardProgram(self)


def padded_length(n_timesteps, finest=TRAIN_STEPS):
    """Round up, so that folds whose longest sequences differ share a program.

    At most a quarter of the steps are added, where ``finest`` does not ask for more.
    """
    step = max(finest, 2 ** (int(n_timesteps - 1).bit_length() - 3))
    return -(-n_timesteps // step) * step


def sample_losses(loss, logits, targets):
    """Return each sample's loss, shape ``(batch,)``; the mean over its outputs.

    The losses are Keras' own: https://keras.io/api/losses/
    """
    if loss == "categorical_crossentropy":
        return tf.nn.softmax_cross_entropy_with_logits(targets, logits)
    if loss == "binary_crossentropy":
        values = tf.nn.sigmoid_cross_entropy_with_logits(targets, logits)
        return tf.reduce_mean(values, axis=-1)
    function = {
        "mse": keras.losses.mean_squared_error,
        "mae": keras.losses.mean_absolute_error,
        "huber": keras.losses.huber,
    }[loss]
    return function(targets, logits)


def chunk_steps(network, batch_size, most):
    """Return how many batches one call of a program takes."""
    values = network.n_timesteps * max(network.n_features, 1)
    return int(np.clip(CHUNK_BYTES // (4 * batch_size * values), 1, most))


class _Program:
    """What training and prediction share: shapes, signature, splitting the weights."""

    def __init__(self, spec, batch_size, most_steps):
        self.spec = spec
        self.network = Network(spec.network)
        self.batch_size = batch_size
        self.n_steps = chunk_steps(spec.network, batch_size, most_steps)
        self.sizes = [int(np.prod(shape)) for shape in self.network.shapes]

    def flatten(self, weights):
        """Return the weights as one vector."""
        return np.concatenate([np.ravel(w) for w in weights])

    def split(self, vector):
        """Return the vector of all weights as a list of arrays or tensors."""
        if isinstance(vector, np.ndarray):
            parts, reshape = np.split(vector, np.cumsum(self.sizes)[:-1]), np.reshape
        else:
            parts, reshape = tf.split(vector, self.sizes), tf.reshape
        return [reshape(p, s) for p, s in zip(parts, self.network.shapes, strict=True)]

    def _chunk_signature(self):
        network, lead = self.spec.network, (self.n_steps, self.batch_size)
        if network.vocabulary_size is None:
            shape = (*lead, network.n_timesteps, network.n_features)
            X = tf.TensorSpec(shape, tf.float32)
        else:
            X = tf.TensorSpec((*lead, network.n_timesteps), tf.int32)
        return Chunk(
            X=X,
            lengths=tf.TensorSpec(lead, tf.int32),
            y=tf.TensorSpec((*lead, network.n_outputs), tf.float32),
            sample_weight=tf.TensorSpec(lead, tf.float32),
            n_samples=tf.TensorSpec(lead[:1], tf.float32),
            first_step=tf.TensorSpec((), tf.int32),
            n_steps=tf.TensorSpec((), tf.int32),
        )


# Batches, of which a call runs those from first_step up to n_steps; n_samples counts
# the rows of each batch that hold a sample.
Chunk = namedtuple("Chunk", "X lengths y sample_weight n_samples first_step n_steps")


class TrainProgram(_Program):
    """Many optimizer steps in one call.

    Attributes
    ----------
    initial_slots : list of ndarray
        The optimizer's state before its first step.
    """

    def __init__(self, spec):
        super().__init__(spec, spec.batch_size, TRAIN_CALL_STEPS)
        if spec.optimizer.elementwise:
            targets = [keras.Variable(np.zeros(sum(self.sizes), np.float32))]
        else:
            targets = self.network.variables
        self.optimizer = spec.optimizer.build(targets)
        self._rate_at = next(
            i
            for i, variable in enumerate(self.optimizer.variables)
            if variable is self.optimizer._learning_rate
        )
        values = [np.asarray(v) for v in self.optimizer.variables]
        self.initial_slots = values[: self._rate_at] + values[self._rate_at + 1 :]
        self._function = CompiledFunction(
            self._train,
            [
                tf.TensorSpec((sum(self.sizes),), tf.float32),
                [tf.TensorSpec(v.shape, v.dtype) for v in self.initial_slots],
                tf.TensorSpec((len(Rates._fields),), tf.float32),
                tf.TensorSpec((2,), tf.int32),
                self._chunk_signature(),
            ],
            "skgru_train",
        )

    def __call__(self, weights, slots, rates, seed, chunk):
        """Train on the steps of one chunk.

        Parameters
        ----------
        weights : tensor of shape (n_weights,)
        slots : list of tensors
        rates : Rates
        seed : (int, int)
            Seed of the fit's dropout, and number of the chunk's first step.
        chunk : Chunk

        Returns
        -------
        weights, slots
            After the last step.
        losses : tensor of shape (n_steps,)
            For each step that ran the sum over its samples of the loss, penalties
            included, taken before the step.
        """
        weights, *slots, losses = self._function(
            weights, slots, np.float32(rates), np.int32(seed), chunk
        )
        return weights, slots, losses

    def _train(self, vector, slots, rates, seed, chunk):
        rates = Rates(*tf.unstack(rates))

        # The weights go round both as one vector and taken apart. Apart, they need not
        # be cut at the start of a step, where most else waits to run: once more than
        # eight operations are ready, XLA hands some to another thread.
        def step(i, vector, weights, slots, losses, storage):
            loss, gradients, storage = self._gradients(
                weights, rates, seed + tf.stack([0, i]), chunk, i, storage
            )
            loss += self.network.penalty(vector, rates.l1, rates.l2)
            gradients += self.network.penalty_gradient(vector, rates.l1, rates.l2)
            gradients = self._clip(gradients, rates)
            vector, slots = self._apply(vector, slots, gradients, rates.learning_rate)
            losses = losses.write(i, loss * chunk.n_samples[i])
            return i + 1, vector, self.split(vector), slots, losses, storage

        losses = tf.TensorArray(tf.float32, self.n_steps, element_shape=())
        storage = self.network.storage(self.batch_size)
        _, vector, _, slots, losses, _ = tf.while_loop(
            lambda i, *_: i < chunk.n_steps,
            step,
            (chunk.first_step, vector, self.split(vector), slots, losses, storage),
        )
        return vector, slots, losses.stack()

    def _gradients(self, weights, rates, seed, chunk, i, storage):
        lengths = chunk.lengths[i]
        with tf.GradientTape() as tape:
            tape.watch(weights)
            logits, storage = self.network.logits(
                weights,
                chunk.X[i],
                lengths,
                rates=(rates.dropout, rates.recurrent_dropout),
                seed=seed,
                storage=storage,
            )
            losses = sample_losses(self.spec.loss, logits, chunk.y[i])
            # Keras divides by the number of samples, not by the sum of their weights.
            loss = tf.reduce_sum(losses * chunk.sample_weight[i]) / chunk.n_samples[i]
        gradients = tape.gradient(loss, weights)
        # A vector: one kernel for each operation instead of one for each weight. The
        # gradient of an embedding is a slice for each row before it is converted.
        gradients = [tf.reshape(tf.convert_to_tensor(g), (-1,)) for g in gradients]
        return loss, tf.concat(gradients, axis=0), storage

    def _clip(self, gradients, rates):
        """Clip as Keras does; a rate of infinity clips nothing.

        ``clipnorm`` scales each weight's gradient whose norm is above it down to it,
        ``global_clipnorm`` does so with all gradients as one, ``clipvalue`` bounds each
        element: https://keras.io/api/optimizers/
        """

        def scaled():
            parts = tf.split(gradients, self.sizes)
            squares = [tf.reduce_sum(tf.square(part)) for part in parts]
            total = rates.global_clipnorm / tf.sqrt(tf.add_n(squares))
            norms = tf.sqrt(tf.stack(squares))
            # min(1, limit / norm) is 1 at a norm of 0, where limit / norm is infinite.
            scales = tf.minimum(1.0, tf.minimum(total, rates.clipnorm / norms))
            return tf.concat([p * scales[i] for i, p in enumerate(parts)], axis=0)

        # Most fits set no limit on norms, and in small networks norms take time.
        limit = tf.minimum(rates.clipnorm, rates.global_clipnorm)
        gradients = tf.cond(limit < np.inf, scaled, lambda: gradients)
        return tf.clip_by_value(gradients, -rates.clipvalue, rates.clipvalue)

    def _apply(self, vector, slots, gradients, learning_rate):
        """One optimizer step on the weights, as one vector or one by one."""
        if self.spec.optimizer.elementwise:
            weights, gradients = [vector], [gradients]
        else:
            weights, gradients = self.split(vector), self.split(gradients)
        state = [*slots[: self._rate_at], learning_rate, *slots[self._rate_at :]]
        weights, state = self.optimizer.stateless_apply(state, gradients, weights)
        vector = tf.concat([tf.reshape(w, (-1,)) for w in weights], axis=0)
        del state[self._rate_at]
        slots = [tf.cast(new, old.dtype) for new, old in zip(state, slots, strict=True)]
        return vector, slots


class ForwardProgram(_Program):
    """Outputs, and the loss of them, for many rows in one call."""

    def __init__(self, spec):
        super().__init__(spec, PREDICT_ROWS, PREDICT_CALL_STEPS)
        self._function = CompiledFunction(
            self._forward,
            [
                tf.TensorSpec((sum(self.sizes),), tf.float32),
                self._chunk_signature(),
            ],
            "skgru_forward",
        )

    def __call__(self, weights, chunk):
        """Run the network on one chunk, without dropout.

        Returns
        -------
        outputs : tensor of shape (n_steps, batch, n_outputs)
        loss : tensor of shape ()
            Weighted sum of the samples' losses, without penalties.
        """
        return self._function(weights, chunk)

    def _forward(self, weights, chunk):
        weights = self.split(weights)

        def step(i, outputs, total):
            logits, _ = self.network.logits(weights, chunk.X[i], chunk.lengths[i])
            losses = sample_losses(self.spec.loss, logits, chunk.y[i])
            total += tf.reduce_sum(losses * chunk.sample_weight[i])
            outputs = outputs.write(i, self.network.outputs(logits))
            return i + 1, outputs, total

        shape = (self.batch_size, self.spec.network.n_outputs)
        outputs = tf.TensorArray(tf.float32, self.n_steps, element_shape=shape)
        _, outputs, total = tf.while_loop(
            lambda i, *_: i < chunk.n_steps, step, (0, outputs, tf.zeros(()))
        )
        return outputs.stack(), total
