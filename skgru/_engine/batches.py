"""From samples to the inputs of a program: order, batches, fixed-size chunks."""

from itertools import pairwise
from queue import SimpleQueue
from threading import Thread

import numpy as np
import tensorflow as tf

from .interrupts import InterruptLater
from .program import Chunk

# Batches per pool within which samples are sorted by length, and relative noise on the
# lengths before sorting. Larger pools and less noise leave less padding, but the same
# sequences share a batch more often.
POOL_BATCHES, LENGTH_NOISE = 32, 0.05


def group_by_length(order, lengths, batch_size, rng):
    """Bucket a permutation by length: return one whose batches hold similar lengths.

    Every sequence of a batch costs as much as the longest one in it. The permutation is
    cut into pools of `POOL_BATCHES` batches; each pool is sorted by length and cut into
    batches, and all batches are shuffled. Noise on the lengths makes batches differ
    from epoch to epoch even if one pool holds all samples. An incomplete batch is
    always the last one; its samples come from anywhere in its pool.

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
    noise = rng.uniform(1 - LENGTH_NOISE, 1 + LENGTH_NOISE, len(order))
    noisy_lengths = lengths * noise
    full, short = [], order[:0]
    n_pools = -(-max(n_full, 1) // POOL_BATCHES)
    # Every pool holds complete batches; pools differ by one batch at most.
    ends = [(i * n_full + n_pools - 1) // n_pools for i in range(1, n_pools)]
    ends = [0, *(batch_size * end for end in ends), len(order)]
    for start, end in pairwise(ends):
        pool = order[start:end]
        pool = pool[np.argsort(noisy_lengths[pool], kind="stable")]
        if len(pool) % batch_size:
            start = batch_size * int(rng.integers(len(pool) // batch_size + 1))
            short = pool[start : start + n_left]
            pool = np.concatenate((pool[:start], pool[start + n_left :]))
        full.append(pool.reshape(-1, batch_size))
    return np.append(rng.permutation(np.concatenate(full)), short)


def whole_batches(order, batch_size):
    """Return ``order`` padded with -1 to a multiple of the batch size."""
    return np.append(order, np.full(-len(order) % batch_size, -1))


class Chunker:
    """Cuts samples into chunks of a program's fixed shape, through one reused buffer.

    Rows without a sample have weight 0 and finite values, so results do not depend on
    them.

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
            # Not padding (0): the mean over the steps of an empty sequence is NaN.
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
            Indices of samples; -1 leaves a row of a batch without a sample.
        transform : callable or None
            Applied to ``(X, lengths, y, sample_weight)`` of a chunk's samples.

        Yields
        ------
        chunk : Chunk
            The samples are tensors, the other fields are arrays.
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
            # Copy each batch only up to the end of its longest sequence. Values of an
            # earlier chunk remain behind it, but those steps are masked as padding.
            for start in range(0, n_rows, self.batch_size):
                of_batch = slice(start, min(start + self.batch_size, n_rows))
                longest = sequences.lengths[rows[of_batch]].max()
                of_block = sequences.rows_of(rows[of_batch])
                self.X[of_batch, :longest] = sequences.block[of_block, :longest]
        elif transform is None:
            # Rows without a sample may hold any sample: their weight is 0.
            of_block = sequences.rows_of(np.maximum(rows, 0))
            out = self.X[:n_rows, :width]
            if sequences.block.flags.c_contiguous:
                # In its default mode, NumPy copies twice.
                np.take(sequences.block, of_block, axis=0, out=out, mode="clip")
            else:  # np.take would first make a contiguous copy of the whole block
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
        # A row without a sample must not lengthen its batch.
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
    """Yield each chunk several times, each time with the next ``n_batches`` to run.

    Filling a chunk with a few batches costs as much as filling all of it.
    """
    for chunk in chunks:
        for first in range(0, int(chunk.n_steps), n_batches):
            end = min(first + n_batches, chunk.n_steps)
            yield chunk._replace(first_step=np.int32(first), n_steps=np.int32(end))


def ahead(chunks):
    """Prefetch: make the next item of a generator in a thread while one is used.

    A program runs without the GIL, and preparing the input of its next call takes up to
    a tenth of its time. One thread makes all items, in order. The generator must not
    run the user's code, which may depend on its thread (thread-local settings, locks,
    connections).

    Parameters
    ----------
    chunks : generator

    Yields
    ------
    chunk : object
    """
    # Not a ThreadPoolExecutor: it takes no more work once the main thread has ended,
    # but a fit in another thread may still be running.
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
        error = None  # breaks the reference cycle: error -> traceback -> this frame
        wanted.put(False)
        # It may not be alive if Ctrl-C interrupted its start; then it ends by itself.
        if thread.is_alive():
            thread.join()
