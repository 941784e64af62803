"""The forward pass of a GRU over time, written for XLA on CPU."""

import tensorflow as tf

from .backward import BackwardPass
from .products import for_each, new_array, product, sigmoid, thirds
from .time_blocks import TimeBlocks


def recurrence(
    inputs,
    initial_state,
    kernel,
    recurrent_kernel,
    bias,
    mask,
    dropout_mask,
    n_steps,
    return_sequences,
    go_backwards,
    differentiable=True,
    storage=(),
):
    """Return all states (None unless `return_sequences`), the last state, the storage.

    Inputs, states and the mask are time-major. Arrays are always in the order of the
    inputs: running backwards only changes the order in which the loops visit the steps.
    They visit the first `n_steps` steps; if there are more, all later steps must be
    masked, and the states there are undefined.

    An outer loop visits blocks of time steps, an inner loop the steps of a block. This
    division was chosen by measurements under XLA on CPU:

    - The input projections of a block are computed before its inner loop, into one
      array for each gate. With one wide array, the loop would take slices of slices,
      which XLA does not vectorise: the gates are seven times slower.
    - The recurrent products of all gates are one matrix product. Slices of its result
      do vectorise, and three products, with three arrays to store, cost more.
    - The loops store only what the backward pass cannot compute for a whole block at
      once: the states, and their recurrent products. The gates of a block are then
      recomputed in one vectorised operation, which is faster than storing them at every
      step.
    - XLA fills new arrays with zeros, for all time steps, even if few of them are
      visited. So a training loop passes the arrays that its previous step stored as
      `storage` (any finite values), and gets them back with new values. Without
      `storage`, and with several blocks, the recurrent products are recomputed, which
      is faster than new arrays.
    - If no gradient is needed (`differentiable` is False), nothing is stored for one.
      XLA removes unused arrays by itself from a single loop, but not from nested loops.
    - The body of an inner loop compiles to seven operations. XLA runs up to eight in
      sequence; more go to a scheduler, which costs small networks more than moving
      operations into the loop would save.
    - With blocks, operations over a block skip the padding, so that a batch costs about
      as much as its longest sequence, and their data stays in the cache. Where neither
      saves much, the outer loop costs up to 20 %: time is then one block without an
      outer loop, and XLA computes the projections once for both passes.
    - With one block, only the sums over its steps, which are the largest products, skip
      the padding. They are computed in pieces that are too small for XLA and Eigen to
      split between two threads, which costs small networks more than it saves.
    """
    blocks = TimeBlocks(
        inputs, recurrent_kernel.shape[0], mask is not None, n_steps, go_backwards
    )
    if mask is not None:
        mask = blocks.cut(mask[:, :, None])
    n_outputs = 1 + return_sequences

    def forward(inputs, initial_state, kernel, recurrent_kernel, bias, *storage):
        passed = ForwardPass(
            blocks, inputs, kernel, recurrent_kernel, bias, mask, dropout_mask
        )
        state = passed.run(initial_state, differentiable, return_sequences, storage)

        def backward(*upstream):
            gradients = BackwardPass(
                passed, kernel, upstream[0] if return_sequences else None
            ).run(upstream[n_outputs - 1])
            return *gradients, *[None for _ in storage]

        outputs = (passed.states_after(state), state) if return_sequences else (state,)
        return (*outputs, *(passed.stored if storage else ())), backward

    arguments = inputs, initial_state, kernel, recurrent_kernel, bias, *storage
    if differentiable:
        results = tf.custom_gradient(forward)(*arguments)
    else:
        results, _ = forward(*arguments)
    states = results[0] if return_sequences else None
    return states, results[n_outputs - 1], list(results[n_outputs:])


class ForwardPass:
    """Evaluates the equations of `fused_gru` over blocks of time, and stores states.

    Parameters
    ----------
    blocks : TimeBlocks
    inputs : tensor of shape (timesteps, batch, features)
    kernel, recurrent_kernel, bias : tensors
        As in `fused_gru`.
    mask : tensor of shape (n_blocks, length, batch, 1) or None
    dropout_mask : tensor of shape (3, batch, units) or None
    """

    def __init__(
        self, blocks, inputs, kernel, recurrent_kernel, bias, mask, dropout_mask
    ):
        units = recurrent_kernel.shape[0]
        self.blocks, self.mask, self.dropout_mask = blocks, mask, dropout_mask
        # A column of ones in the inputs makes the bias a row of the kernel, so that one
        # product gives both gradients. The row includes the recurrent biases except cg,
        # which is inside the product with r.
        self.inputs = blocks.cut(
            tf.pad(inputs, [(0, 0), (0, 0), (0, 1)], constant_values=1)
        )
        input_bias, self.candidate_bias = bias[0], bias[1, 2 * units :]
        of_z_and_r = bias[1, : 2 * units]
        input_bias += tf.concat((of_z_and_r, tf.zeros_like(self.candidate_bias)), 0)
        self.kernels = thirds(tf.concat((kernel, input_bias[None]), axis=0))
        self.recurrent_kernel = recurrent_kernel
        self.recurrent_kernels = thirds(recurrent_kernel)
        self.stored = []

    def run(self, initial_state, differentiable, keep_states, storage):
        """Visit every step; return the last state."""
        blocks, units = self.blocks, self.recurrent_kernel.shape[0]
        widths = {}
        if differentiable or keep_states:
            widths["states"] = units
        if differentiable and (blocks.n_blocks == 1 or len(storage) > 1):
            widths["products"] = 3 * units
        batch, dtype = initial_state.shape[0], self.inputs.dtype
        arrays = {
            name: new_array(dtype, blocks.n_steps, (batch, width))
            for name, width in widths.items()
        }
        if storage:
            arrays = {
                name: array.unstack(values)
                for (name, array), values in zip(arrays.items(), storage, strict=True)
            }
        state, arrays = for_each(
            blocks.n_visited, self._visit_block, initial_state, arrays
        )
        values = {name: array.stack() for name, array in arrays.items()}
        self.stored = list(values.values())
        cut = {name: blocks.cut(value) for name, value in values.items()}
        # self.states[t] is the state before step t is visited.
        self.states, self.products = cut.get("states"), cut.get("products")
        return state

    def _visit_block(self, i, state, arrays):
        blocks = self.blocks
        block = blocks.visited(i)
        n_steps = blocks.n_steps_in(block)
        projections = self._project(block)
        mask = self._mask_of(block)

        def visit_step(j, state, arrays):
            t = blocks.step_visited(j, n_steps)
            products = self._recurrent_product(state)
            z, _, g, _ = self._gates(
                [tf.gather(p, t) for p in projections],
                products,
                None if mask is None else tf.gather(mask, t),
            )
            at = block * blocks.length + t
            values = {"products": products, "states": state}
            arrays = {
                name: array.write(at, values[name]) for name, array in arrays.items()
            }
            # Where z is 1, this is exactly the old state.
            return j + 1, z * state + (1 - z) * g, arrays

        _, state, arrays = tf.while_loop(
            lambda j, *_: j < n_steps, visit_step, (tf.constant(0), state, arrays)
        )
        return state, arrays

    def states_after(self, last_state):
        """Return the state after each step, shape ``(timesteps, batch, units)``."""
        before = self.blocks.join(self.states)
        if self.blocks.go_backwards:
            after = (last_state[None], before[:-1])
        else:
            after = (before[1:], last_state[None])
        return tf.concat(after, axis=0)

    def gates_of_block(self, block):
        """Return z, r, g and a of all steps of a block, from the stored arrays."""
        if self.products is not None:
            products = tf.gather(self.products, block)
        else:
            products = self._recurrent_product(tf.gather(self.states, block))
        return self._gates(self._project(block), products, self._mask_of(block))

    def _mask_of(self, block):
        return None if self.mask is None else tf.gather(self.mask, block)

    def _project(self, block):
        inputs = tf.gather(self.inputs, block)
        return [product(inputs, kernel) for kernel in self.kernels]

    def _gates(self, projections, products, mask):
        """Return z, r, g and a = h Ug + cg, of one step or of a block."""
        z, r, a = thirds(products)
        z, r = sigmoid(projections[0] + z), sigmoid(projections[1] + r)
        a += self.candidate_bias
        if mask is not None:
            z = tf.where(mask, z, tf.ones_like(z))
        return z, r, tf.tanh(projections[2] + r * a), a

    def _recurrent_product(self, states):
        """Return h U, of one step or of a block."""
        if self.dropout_mask is None:
            return product(states, self.recurrent_kernel)
        return tf.concat(
            [
                product(states * self.dropout_mask[i], self.recurrent_kernels[i])
                for i in range(3)
            ],
            axis=-1,
        )
