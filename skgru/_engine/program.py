"""What training and prediction programs share: their batches and their weights.

A program is a pure function. Weights, the state of the model and of the optimizer, and
all rates are inputs, and what changes is an output. It owns no state, so any number of
fits, one after another or in threads, can share one program.
"""

from collections import namedtuple

import numpy as np
import tensorflow as tf

from .compiled import CompiledFunction
from .network import Network
from .uncompilable import errors_that_name_layers

# A call costs about 0.5 ms, so it runs many steps. The size of its input in bytes is
# bounded, so that large data passes through a small buffer.
CHUNK_BYTES = 16 * 2**20
# Lengths of padded sequences are rounded up to multiples of this or a larger number.
TRAIN_STEPS = 4

# `learning_rate`: a number, or one for each batch of a call. `of_model`: the run-time
# inputs of the model's layers (see `ModelParts`).
Rates = namedtuple(
    "Rates", "learning_rate clipnorm clipvalue global_clipnorm l1 l2 of_model"
)

# The input of one call: it trains on the batches from first_step up to, not including,
# n_steps. n_samples counts the rows of each batch that hold a sample.
Chunk = namedtuple("Chunk", "X lengths y sample_weight n_samples first_step n_steps")


def padded_length(n_timesteps, finest=TRAIN_STEPS):
    """Round a length up, so that folds with other longest sequences share a program.

    It adds at most a quarter of the steps, or fewer than ``finest`` if that is more.
    """
    step = max(finest, 2 ** (int(n_timesteps - 1).bit_length() - 3))
    return -(-n_timesteps // step) * step


def rows_of_batch(batch_size, n_samples):
    """Return the rows of a program's batches: fewer for few samples.

    Rows without a sample take time as well. Up to 64 they cost little, and beyond there
    are powers of two, so that folds share a program.
    """
    enough = max(64, 2 ** int(n_samples - 1).bit_length())
    return min(batch_size, enough)


def split_weights(vector, shapes):
    """Split the vector of all weights into arrays of the given shapes."""
    ends = np.cumsum([np.prod(shape) for shape in shapes], dtype=int)
    parts = np.split(vector, ends[:-1])
    return [np.reshape(p, s) for p, s in zip(parts, shapes, strict=True)]


class Program:
    """A network, and how its batches and weights are laid out.

    Parameters
    ----------
    spec : TrainSpec or ForwardSpec
    batch_size : int
        Rows that go through the network together.
    most_batches : int
        Upper bound of the batches per call; `CHUNK_BYTES` may allow fewer.

    Attributes
    ----------
    network : Network
    inputs : InputShape
    n_batches : int
        Batches that one call takes.
    """

    def __init__(self, spec, batch_size, most_batches):
        self.spec, self.inputs, self.batch_size = spec, spec.inputs, batch_size
        self.network = Network(spec.architecture, spec.inputs, spec.loss)
        values = int(np.prod(spec.inputs.of_sequence))
        within_bytes = CHUNK_BYTES // (4 * batch_size * values)
        self.n_batches = int(np.clip(within_bytes, 1, most_batches))
        self.sizes = [int(np.prod(shape)) for shape in self.network.shapes]

    def compile(self, function, signature, name):
        """Compile a function; return it so that errors name the layer at fault."""
        with errors_that_name_layers(self.network):
            compiled = CompiledFunction(function, signature, name)

        def call(*arguments):
            with errors_that_name_layers(self.network):
                return compiled(*arguments)

        return call

    def only_batch(self, chunk, i, n_samples):
        """Return a chunk for this program with one batch of another program's chunk.

        Parameters
        ----------
        chunk : Chunk
        i : int
            Number of the batch.
        n_samples : int
            Number of its rows, from the first, that hold a sample.
        """

        def first(value):
            rows = np.asarray(value[i])[:n_samples]
            whole = np.zeros((self.n_batches, *rows.shape), rows.dtype)
            whole[0] = rows
            return whole

        n_rows = np.ones(self.n_batches, np.float32)
        n_rows[0] = n_samples
        return Chunk(
            *map(first, (chunk.X, chunk.lengths, chunk.y, chunk.sample_weight)),
            n_samples=n_rows,
            first_step=np.int32(0),
            n_steps=np.int32(1),
        )

    @property
    def n_weights(self):
        """Number of weights in all."""
        return sum(self.sizes)

    def flatten(self, weights):
        """Return the weights as one vector."""
        return np.concatenate([np.ravel(w) for w in weights], dtype=np.float32)

    def split(self, vector):
        """Return the vector of all weights as a list of arrays or tensors."""
        shapes = self.network.shapes
        if isinstance(vector, np.ndarray):
            return split_weights(vector, shapes)
        parts = tf.split(vector, self.sizes)
        return [tf.reshape(p, s) for p, s in zip(parts, shapes, strict=True)]

    def weights_signature(self):
        """Return the signature of the weights and of the model's state."""
        vector = tf.TensorSpec((self.n_weights,), tf.float32)
        return [vector, self.network.state_specs]

    def chunk_signature(self):
        """Return the signature of a chunk of batches."""
        lead = (self.n_batches, self.batch_size)
        dtype = tf.float32 if self.inputs.n_features else tf.int32
        return Chunk(
            X=tf.TensorSpec((*lead, *self.inputs.of_sequence), dtype),
            lengths=tf.TensorSpec(lead, tf.int32),
            y=tf.TensorSpec((*lead, self.network.n_outputs), tf.float32),
            sample_weight=tf.TensorSpec(lead, tf.float32),
            n_samples=tf.TensorSpec(lead[:1], tf.float32),
            first_step=tf.TensorSpec((), tf.int32),
            n_steps=tf.TensorSpec((), tf.int32),
        )
