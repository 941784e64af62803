"""Samples on their way into a program: order, batches, fixed-size chunks."""

from itertools import pairwise
from queue import SimpleQueue
from threading import Thread

import numpy as np
import tensorflow as tf

from .interrupts import InterruptLater
from .program import Chunk

# Of how many batches' samples the lengths are compared, and by how much a length may
# seem longer or shorter. More batches and less noise leave less padding, but also put
# the same sequences together again and again.
POOL_BATCHES, LENGTH_NOISE = 32, 0.05


def group_by_length(order, lengths, batch_size, rng):
    """Return a shuffled order in another one, whose batches hold similar lengths.

    A batch costs as much as its longest sequence, for every sequence that it holds.
    Pools of `POOL_BATCHES` batches, taken from the order as it is, are sorted by
    length and cut into batches, and all batches are shuffled. As lengths are compared
    with some noise, batches differ from epoch to epoch even where one pool holds all
    samples. Only the batch that is not full has a fixed place, the last; its samples
    come from anywhere in its pool.

    Parameters
    ----------
    order : ndarray of int
        A permutation of the samples.
    lengths : ndarray of shape (n_samples,)
        The length of each sample.
    batch_size : int
    rng : numpy.random.Generator

    Returns
    -------
    order : ndarray of int
    """
    n_full, n_left = divmod(len(order), batch_size)
    seeming = lengths * rng.uniform(1 - LENGTH_NOISE, 1 + LENGTH_NOISE, len(order))
    full, short = [], order[:0]
    n_pools = -(-max(n_full, 1) // POOL_BATCHES)
    # Whole batches in every pool; those that are left over in the first ones.
    ends = [(i * n_full + n_pools - 1) // n_pools for i in range(1, n_pools)]
    ends = [0, *(batch_size * end for end in ends), len(order)]
    for start, end in pairwise(ends):
        pool = order[start:end]
        pool = pool[np.argsort(seeming[pool], kind="stable")]
        if len(pool) % batch_size:
            start = batch_size * int(rng.integers(len(pool) // batch_size + 1))
            short = pool[start : start + n_left]
            pool = np.concatenate((pool[:start], pool[start + n_left :]))
        full.append(pool.reshape(-1, batch_size))
    return np.append(rng.permutation(np.concatenate(full)), short)


def whole_batches(order, batch_size):
    """Return an order of samples, filled up with -1 to a multiple of a batch's size."""
    return np.append(order, np.full(-len(order) % batch_size, -1))


class Chunker:
    """Cuts samples into chunks of a program's fixed shape, by way of one buffer.

    Rows that hold no sample have weight 0 and stay finite, so they change nothing.

    Parameters
    ----------
    program : TrainProgram or ForwardProgram
    """

    def __init__(self, program):
        self.batch_size, self.n_batches = program.batch_size, program.n_batches
        rows = self.batch_size * self.n_batches
        shape = (rows, *program.inputs.of_sequence)
        if program.inputs.n_features:
            self.X = np.zeros(shape, np.float32)
        else:
            # An id that is not padding: an average over no steps is not finite.
            self.X = np.ones(shape, np.int32)
        self.lengths = np.ones(rows, np.int32)
        self.y = np.zeros((rows, program.network.n_outputs), np.float32)
        self.sample_weight = np.zeros(rows, np.float32)

    def chunks(self, samples, order, *, transform=None):
        """Yield the chunks that hold the samples in ``order``.

        Parameters
        ----------
        samples : Samples
        order : ndarray of int
            Indices of samples; where it is -1, a row of a batch holds none.
        transform : callable or None
            Applied to ``(X, lengths, y, sample_weight)`` of a chunk's samples.

        Yields
        ------
        chunk : Chunk
            Samples as tensors, the rest as arrays.
        """
        order = whole_batches(order, self.batch_size)
        n_rows = self.batch_size * self.n_batches
        for start in range(0, len(order), n_rows):
            rows = order[start : start + n_rows]
            self._fill(samples, rows, transform)
            yield self._chunk(rows >= 0)

    def _fill(self, samples, rows, transform):
        n_rows, sequences = len(rows), samples.sequences
        width = sequences.n_timesteps
        present, absent = np.flatnonzero(rows >= 0), np.flatnonzero(rows < 0)
        indices = rows[present]
        lengths, y = sequences.lengths[indices], samples.y[indices]
        sample_weight = samples.sample_weight[indices]
        if transform is None and self.X.ndim == 3 and lengths.min() < width:
            # Of each batch only what its longest sequence fills: what an earlier chunk
            # left beyond is masked, as padding is.
            for start in range(0, n_rows, self.batch_size):
                of_batch = slice(start, min(start + self.batch_size, n_rows))
                longest = sequences.lengths[rows[of_batch]].max()
                of_block = sequences.rows_of(rows[of_batch])
                self.X[of_batch, :longest] = sequences.block[of_block, :longest]
        elif transform is None:
            # Where there is no sample any will do.
            of_block = sequences.rows_of(np.maximum(rows, 0))
            out = self.X[:n_rows, :width]
            if sequences.block.flags.c_contiguous:
                # NumPy copies twice in its default mode, not in this one.
                np.take(sequences.block, of_block, axis=0, out=out, mode="clip")
            else:  # of which it would make a contiguous copy first, as a whole
                out[:] = sequences.block[of_block]
            self.X[:n_rows, width:] = 0
        else:
            X = np.zeros((len(indices), *self.X.shape[1:]), self.X.dtype)
            X[:, :width] = sequences.block[sequences.rows_of(indices)]
            X, lengths, y, sample_weight = transform(X, lengths, y, sample_weight)
            self.X[present] = X
        self.lengths[present], self.y[present] = lengths, y
        self.sample_weight[present] = sample_weight
        self.sample_weight[absent] = 0
        # Nor may such a row make its batch longer.
        self.lengths[absent] = 1
        if self.X.ndim == 2:
            self.X[absent, 1:] = 0
            self.X[absent, 0] = 1

    def _chunk(self, present):
        lead = (self.n_batches, self.batch_size)
        present = present.reshape(-1, self.batch_size)
        n_steps = len(present)
        n_samples = np.ones(self.n_batches, np.float32)
        n_samples[:n_steps] = present.sum(axis=1)
        with InterruptLater():
            arrays = {
                "X": tf.constant(self.X.reshape(*lead, *self.X.shape[1:])),
                "lengths": tf.constant(self.lengths.reshape(lead)),
                "y": tf.constant(self.y.reshape(*lead, -1)),
                "sample_weight": tf.constant(self.sample_weight.reshape(lead)),
            }
        return Chunk(
            **arrays,
            n_samples=n_samples,
            first_step=np.int32(0),
            n_steps=np.int32(n_steps),
        )


def split(chunks, n_batches):
    """Yield each chunk once for every so many of its batches, with those alone to run.

    Filling a chunk costs as much for a few batches as for all that it holds.
    """
    for chunk in chunks:
        for first in range(0, int(chunk.n_steps), n_batches):
            end = min(first + n_batches, chunk.n_steps)
            yield chunk._replace(first_step=np.int32(first), n_steps=np.int32(end))


def ahead(chunks):
    """Yield what a generator yields, the next made in a thread while one is used.

    A program runs without holding Python's lock, and what prepares its next call takes
    up to a tenth of its time. One thread makes all, in their order. It must run none of
    the user's code, which may rely on its own thread: on settings, locks, connections.

    Parameters
    ----------
    chunks : generator

    Yields
    ------
    chunk : object
    """
    # Not an executor's: that takes no more work once the main thread has ended, though
    # a fit in another one may go on.
    wanted, made, end = SimpleQueue(), SimpleQueue(), object()

    def make():
        while wanted.get():
            try:
                made.put((next(chunks, end), None))
            except BaseException as error:
                made.put((end, error))

    thread = Thread(target=make, name="skgru batches", daemon=True)
    try:
        thread.start()
        wanted.put(True)
        while True:
            chunk, error = made.get()
            if error is not None:
                raise error
            if chunk is end:
                return
            wanted.put(True)
            yield chunk
    finally:
        error = None  # it holds this frame, which holds it
        wanted.put(False)
        # Not so if Ctrl-C has come while it started: then it ends by itself.
        if thread.is_alive():
            thread.join()
