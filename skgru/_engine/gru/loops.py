"""The loops of a GRU over time, forward and backward, written for XLA on CPU."""

from functools import partial

import tensorflow as tf

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
    """Return all states (None unless `return_sequences`), the last one, the storage.

    Inputs, states and the mask are time-major. Time is always that of the inputs:
    running backwards only changes the order in which the loops visit it. They visit
    the first `n_steps` times; where `n_steps` is below the number of time steps, all
    later ones must be masked, and the states there are undefined.

    An outer loop visits blocks of time steps, an inner one the steps of a block. What
    is done where was decided by measurement under XLA on CPU:

    - A block's input projections are products before its inner loop, one array for
      each gate. A slice of a slice of one wide array keeps XLA from vectorising the
      gates: seven times slower.
    - The recurrent products are one product for all gates. Slices of its result do
      vectorise, and three products, with three arrays to store, cost more.
    - The loops store only what the next pass cannot compute for a block at once: the
      states, and their products. All gates of a block are then computed in one sweep
      again, which is faster than storing each of them step by step.
    - XLA fills new arrays with zeros first, for all time steps, however few of them
      are visited. A training loop gives the arrays that its last step stored, as
      `storage`, finite values of any kind, and gets them back with others. Without
      them products of several blocks are computed again: that is faster.
    - Where no gradient is asked for (`differentiable` is False) nothing is stored for
      one. XLA finds out by itself in one loop, but not in a loop within a loop.
    - An inner body compiles to seven operations. XLA runs up to eight in sequence, and
      hands more than that to a scheduler that costs small networks more than the
      sweeps would save.
    - Blocks keep the sweeps off the padding, so that a batch costs about what its own
      longest sequence does, and in the cache. Where there is little of either to gain,
      the outer loop costs up to a fifth, so time is one block, the outer loop is none,
      and XLA computes the projections once for both passes.
    - In one block only the sums over its steps, the largest products, keep off the
      padding: they are taken in pieces, too small for XLA and Eigen to cut for two
      threads, which costs small networks more than it saves.
    """
    units = recurrent_kernel.shape[0]
    blocks = TimeBlocks(inputs, units, mask is not None, n_steps, go_backwards)
    if mask is not None:
        mask = blocks.cut(mask[:, :, None])

    def forward(inputs, initial_state, kernel, recurrent_kernel, bias, *storage):
        # A column of ones makes the bias a row of the kernel: its gradient comes out
        # of the kernel's product. Of the recurrent biases only cg cannot join it.
        inputs = blocks.cut(tf.pad(inputs, [(0, 0), (0, 0), (0, 1)], constant_values=1))
        input_bias, candidate_bias = bias[0], bias[1, 2 * units :]
        of_z_and_r = bias[1, : 2 * units]
        input_bias += tf.concat((of_z_and_r, tf.zeros_like(candidate_bias)), 0)
        kernels = _thirds(tf.concat((kernel, input_bias[None]), axis=0))
        recurrent_kernels = _thirds(recurrent_kernel)

        def project(block):
            block_of_inputs = tf.gather(inputs, block)
            return [_product(block_of_inputs, k) for k in kernels]

        def gates(projections, products, mask):
            """Return z, r, g and a = h Ug + cg, of one step or of a block."""
            z, r, a = _thirds(products)
            z, r = _sigmoid(projections[0] + z), _sigmoid(projections[1] + r)
            a += candidate_bias
            if mask is not None:
                z = tf.where(mask, z, tf.ones_like(z))
            return z, r, tf.tanh(projections[2] + r * a), a

        def recurrent_product(states):
            """Return h U, of one step or of a block."""
            if dropout_mask is None:
                return _product(states, recurrent_kernel)
            return tf.concat(
                [
                    _product(states * dropout_mask[i], recurrent_kernels[i])
                    for i in range(3)
                ],
                axis=-1,
            )

        def visit_block(i, state, arrays):
            block = blocks.visited(i)
            n_steps = blocks.n_steps_in(block)
            projections = project(block)
            block_of_mask = None if mask is None else tf.gather(mask, block)

            def visit_step(j, state, arrays):
                t = blocks.step_visited(j, n_steps)
                product = recurrent_product(state)
                z, _, g, _ = gates(
                    [tf.gather(p, t) for p in projections],
                    product,
                    None if mask is None else tf.gather(block_of_mask, t),
                )
                at = block * blocks.length + t
                values = {"products": product, "states": state}
                arrays = {
                    name: array.write(at, values[name])
                    for name, array in arrays.items()
                }
                # Exactly the state where z is 1.
                return j + 1, z * state + (1 - z) * g, arrays

            _, state, arrays = tf.while_loop(
                lambda j, *_: j < n_steps,
                visit_step,
                (tf.constant(0), state, arrays),
            )
            return state, arrays

        widths = {}
        if differentiable or return_sequences:
            widths["states"] = units
        if differentiable and (blocks.n_blocks == 1 or len(storage) > 1):
            widths["products"] = 3 * units
        batch = initial_state.shape[0]
        arrays = {
            name: _array(inputs.dtype, blocks.n_steps, (batch, width))
            for name, width in widths.items()
        }
        if storage:
            arrays = {
                name: array.unstack(values)
                for (name, array), values in zip(arrays.items(), storage, strict=True)
            }
        last_state, arrays = _for_each(
            blocks.n_visited, visit_block, initial_state, arrays
        )
        # "states" are those before each step: that after the one visited before.
        values = {name: array.stack() for name, array in arrays.items()}
        stored = {name: blocks.cut(value) for name, value in values.items()}
        storage = list(values.values()) if storage else []

        def gates_of_block(block):
            if "products" in stored:
                products = tf.gather(stored["products"], block)
            else:
                products = recurrent_product(tf.gather(stored["states"], block))
            block_of_mask = None if mask is None else tf.gather(mask, block)
            return gates(project(block), products, block_of_mask)

        def backward(*upstream):
            of_outputs, of_state = upstream[0], upstream[n_outputs - 1]
            gradients = _backward(
                inputs,
                stored["states"],
                gates_of_block,
                kernel,
                recurrent_kernel,
                dropout_mask,
                of_outputs if return_sequences else None,
                of_state,
                blocks,
            )
            return *gradients, *[None for _ in storage]

        if not return_sequences:
            return (last_state, *storage), backward
        before = blocks.join(stored["states"])
        if go_backwards:
            after = (last_state[None], before[:-1])
        else:
            after = (before[1:], last_state[None])
        return (tf.concat(after, axis=0), last_state, *storage), backward

    n_outputs = 1 + return_sequences
    arguments = inputs, initial_state, kernel, recurrent_kernel, bias, *storage
    if differentiable:
        results = tf.custom_gradient(forward)(*arguments)
    else:
        results, _ = forward(*arguments)
    states = results[0] if return_sequences else None
    return states, results[n_outputs - 1], list(results[n_outputs:])


def _backward(
    inputs,
    states,
    gates_of_block,
    kernel,
    recurrent_kernel,
    dropout_mask,
    outputs_gradient,
    state_gradient,
    blocks,
):
    """Gradients of inputs, initial state, kernel, recurrent kernel and bias.

    With the upstream gradient dh of h', and a = h Ug + cg, the chain rule through the
    equations of `fused_gru` gives the gradients before the activations::

        dz = dh * (h - g) * z * (1 - z)
        dg = dh * (1 - z) * (1 - g * g)
        da = dg * r
        dr = da * a * (1 - r)
        dh_before = dh * z + dz Uz' + dr Ur' + da Ug'

    Each is dh times a factor known before the inner loop, which stores dh alone. A
    masked step has z = 1: the factors are zero and dh passes unchanged. So does one
    beyond the last step, where the stored dh is zero.
    """
    units = recurrent_kernel.shape[0]
    features = kernel.shape[0]

    def visit_block(i, gradient, transposed, *sums):
        block = blocks.visited(blocks.n_visited - 1 - i)
        n_steps = blocks.n_steps_in(block)
        z, r, g, a = gates_of_block(block)
        block_of_states = tf.gather(states, block)
        dg_factor = (1 - z) * (1 - g * g)
        da_factor = dg_factor * r
        dz_factor = (block_of_states - g) * z * (1 - z)
        dr_factor = da_factor * a * (1 - r)
        factors = dz_factor, dr_factor, da_factor

        def visit_step(j, gradient, gradients, transposed):
            t = blocks.step_visited(n_steps - 1 - j, n_steps)
            if outputs_gradient is not None:
                gradient += tf.gather(outputs_gradient, block * blocks.length + t)
            deltas = _times_each([tf.gather(f, t) for f in factors], gradient)
            if dropout_mask is None:
                through = tf.matmul(deltas, transposed)
            else:
                pairs = zip(_thirds(deltas), tf.split(transposed, 3), strict=True)
                through = tf.add_n(
                    [
                        dropout_mask[k] * tf.matmul(delta, third)
                        for k, (delta, third) in enumerate(pairs)
                    ]
                )
            return (
                j + 1,
                gradient * tf.gather(z, t) + through,
                gradients.write(t, gradient),
                transposed,
            )

        _, gradient, gradients, transposed = tf.while_loop(
            lambda j, *_: j < n_steps,
            visit_step,
            (
                tf.constant(0),
                gradient,
                _array(states.dtype, blocks.length, state_gradient.shape),
                transposed,
            ),
        )
        return (
            gradient,
            transposed,
            *_for_each(
                blocks.n_pieces_in(n_steps),
                partial(add_piece, block, (*factors, dg_factor), gradients.stack()),
                *sums,
            ),
        )

    def add_piece(block, factors, gradients, i, inputs_gradients, *sums):
        """Add a piece's part of each sum over the steps of a block."""
        of_states, of_inputs, gradients, *factors, dg_factor = (
            blocks.piece_of(values, i)
            for values in (
                tf.gather(states, block),
                tf.gather(inputs, block),
                gradients,
                *factors,
            )
        )
        deltas = _rows(_times_each(factors, gradients))  # dz, dr, da
        candidate_delta = _rows(gradients * dg_factor)  # dg
        if dropout_mask is None:
            # One product where there could be two: products side by side are handed
            # to two threads, which costs small networks more than it saves.
            both = tf.concat((of_states, of_inputs), axis=2)
            both = tf.matmul(_rows(both), deltas, transpose_a=True)
            of_recurrent_kernel, with_da = both[:units], both[units:]
        else:
            of_recurrent_kernel = tf.concat(
                [
                    tf.matmul(
                        _rows(of_states * dropout_mask[k]), delta, transpose_a=True
                    )
                    for k, delta in enumerate(_thirds(deltas))
                ],
                axis=1,
            )
            with_da = tf.matmul(_rows(of_inputs), deltas, transpose_a=True)
        with_dg = tf.matmul(_rows(of_inputs), candidate_delta, transpose_a=True)
        inputs_gradient = tf.matmul(
            tf.concat((deltas[:, : 2 * units], candidate_delta), axis=1),
            kernel,
            transpose_b=True,
        )
        inputs_gradient = tf.reshape(inputs_gradient, tf.shape(of_inputs[..., :-1]))
        at = block * blocks.n_pieces + i
        parts = of_recurrent_kernel, with_da, with_dg
        return (
            inputs_gradients.write(at, inputs_gradient),
            *[total + part for total, part in zip(sums, parts, strict=True)],
        )

    # As a loop variable the transposed kernel is laid out once, before the loop. XLA
    # folds any other transposition into the product, which takes twice the time.
    initial_gradient, _, inputs_gradients, recurrent_gradient, with_da, with_dg = (
        _for_each(
            blocks.n_visited,
            visit_block,
            state_gradient,
            tf.transpose(recurrent_kernel),
            _array(
                states.dtype,
                blocks.n_blocks * blocks.n_pieces,
                (*blocks.piece_of(inputs[0], 0).shape[:2], features),
            ),
            tf.zeros((units, 3 * units), states.dtype),
            tf.zeros((features + 1, 3 * units), states.dtype),
            tf.zeros((features + 1, units), states.dtype),
        )
    )
    # The kernel, and below it the bias: see the column of ones.
    kernel_gradient = tf.concat((with_da[:, : 2 * units], with_dg), axis=1)
    return (
        blocks.join(inputs_gradients.stack()),
        initial_gradient,
        kernel_gradient[:-1],
        recurrent_gradient,
        tf.stack((kernel_gradient[-1], with_da[-1])),
    )


def _for_each(n, body, *variables):
    """Return the variables after `body` has seen each i below n.

    Once is no loop: TensorFlow need not trace one, nor XLA take it away again.
    """
    if isinstance(n, int) and n == 1:
        return body(0, *variables)
    _, *variables = tf.while_loop(
        lambda i, *_: i < n,
        lambda i, *variables: (i + 1, *body(i, *variables)),
        (tf.constant(0), *variables),
    )
    return variables


def _rows(values):
    """Lay time-major values out as one row for each step of each sample."""
    return tf.reshape(values, (-1, values.shape[-1]))


def _product(values, kernel):
    """Multiply the last axis of `values` with a kernel, as one matrix product."""
    shape = tf.concat((tf.shape(values)[:-1], (kernel.shape[1],)), axis=0)
    return tf.reshape(tf.matmul(_rows(values), kernel), shape)


def _thirds(values):
    """Return the parts of z, r and g, side by side along the last axis."""
    return tf.split(values, 3, axis=-1)


def _times_each(factors, values):
    """Return the products of `values` with each factor, side by side.

    A stack: XLA vectorises neither the wide product of factors that lie side by side
    already nor, over all steps, a concatenation.
    """
    products = tf.stack([factor * values for factor in factors], axis=-2)
    width = len(factors) * values.shape[-1]
    return tf.reshape(products, tf.concat((tf.shape(values)[:-1], (width,)), axis=0))


def _sigmoid(x):
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: XLA vectorises tanh and has no division left.
    return 0.5 * tf.tanh(0.5 * x) + 0.5


def _array(dtype, size, element_shape):
    return tf.TensorArray(dtype, size, element_shape=element_shape)
