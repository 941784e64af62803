"""Time divided into blocks and pieces, and the steps that loops visit."""

import tensorflow as tf

# More than UNCUT_STEPS time steps are divided into blocks of about BLOCK_STEPS if there
# is a mask or their states hold more than UNCUT_VALUES values (see `recurrence`).
BLOCK_STEPS = 64
UNCUT_STEPS = 128
UNCUT_VALUES = 2**18
# If time is one block and there is a mask, sums over its steps are computed in up to
# PIECES pieces of at least PIECE_ROWS rows, without pieces that are only padding.
PIECES = 8
PIECE_ROWS = 64
# With several blocks, recurrent products are stored only up to this number of values,
# and recomputed above it.
STORED_VALUES = 2**23


class TimeBlocks:
    """Time divided into blocks of equal length, and the order of visiting them.

    Parameters
    ----------
    inputs : tensor of shape (timesteps, batch, features)
    units : int
        Width of the states.
    masked : bool
        Whether steps may be masked.
    n_visited_steps : int or tensor
        Number of steps that are visited; they come first.
    go_backwards : bool
    """

    def __init__(self, inputs, units, masked, n_visited_steps, go_backwards):
        self.n_blocks = _n_blocks(inputs, units, masked)
        self.go_backwards = go_backwards
        self.timesteps = size(inputs, 0)
        self.length = -(-self.timesteps // self.n_blocks)
        self.n_pieces, self.piece = 1, self.length
        if masked and self.n_blocks == 1 and inputs.shape[:2].is_fully_defined():
            fewest = -(-PIECE_ROWS // inputs.shape[1])
            self.piece = min(self.length, max(-(-self.length // PIECES), fewest))
            self.n_pieces = -(-self.length // self.piece)
            self.length = self.n_pieces * self.piece
        self.n_steps = self.n_blocks * self.length
        self.n_visited_steps = n_visited_steps
        self.n_visited = 1  # a constant for XLA, unlike the quotient below
        if self.n_blocks > 1:
            self.n_visited = -(-n_visited_steps // self.length)

    def cut(self, values):
        """Reshape (timesteps, batch, width) to (n_blocks, length, batch, width)."""
        values = tf.pad(values, [(0, self.n_steps - size(values, 0)), (0, 0), (0, 0)])
        shape = self.n_blocks, self.length, size(values, 1), values.shape[2]
        return tf.reshape(values, shape)

    def join(self, values):
        """Reshape (n_blocks, length, batch, width) to (timesteps, batch, width)."""
        shape = self.n_steps, size(values, 2), values.shape[3]
        return tf.reshape(values, shape)[: self.timesteps]

    def visited(self, i):
        """Return the number of the block that is visited i-th, counted from 0."""
        return self.n_visited - 1 - i if self.go_backwards else i

    def n_steps_in(self, block):
        """Return the number of steps to visit in a block."""
        if self.n_blocks == 1:
            return self.n_visited_steps
        return tf.minimum(self.length, self.n_visited_steps - block * self.length)

    def n_pieces_in(self, n_steps):
        """Return the number of pieces with the first `n_steps` steps of a block."""
        if self.n_pieces == 1:
            return 1  # a constant for XLA
        return -(-n_steps // self.piece)

    def piece_of(self, values, i):
        """Return the steps of piece i of values of shape (length, batch, width)."""
        if self.n_pieces == 1:
            return values
        sizes = (self.piece, *values.shape[1:])  # static: XLA pads for a size of -1
        return tf.slice(values, (i * self.piece, 0, 0), sizes)

    def step_visited(self, j, n_steps):
        """Return the step that is visited j-th, from 0, in a block of `n_steps`."""
        return n_steps - 1 - j if self.go_backwards else j


def _n_blocks(inputs, units, masked):
    """Return the number of blocks: 1 unless the shape is static and long enough."""
    timesteps, batch = inputs.shape[:2]
    if timesteps is None or timesteps <= UNCUT_STEPS:
        return 1
    if not masked and timesteps * (batch or 1) * units <= UNCUT_VALUES:
        return 1
    return -(-timesteps // BLOCK_STEPS)


def storage_shapes(timesteps, batch, units, masked):
    """Return the shapes of the `storage` that `recurrence` takes."""
    inputs = tf.TensorSpec((timesteps, batch, None))
    blocks = TimeBlocks(inputs, units, masked, timesteps, go_backwards=False)
    widths = [units]
    if blocks.n_blocks == 1 or blocks.n_steps * batch * 3 * units <= STORED_VALUES:
        widths.append(3 * units)
    return [(blocks.n_steps, batch, width) for width in widths]


def size(tensor, axis):
    """Return the static size of an axis where it is known, else the run-time one."""
    return tensor.shape[axis] if tensor.shape[axis] else tf.shape(tensor)[axis]
