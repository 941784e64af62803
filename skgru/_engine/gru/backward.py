"""The backward pass of a GRU over time, written for XLA on CPU."""

from functools import partial

import tensorflow as tf

from .products import for_each, new_array, rows, thirds, times_each


class BackwardPass:
    """The gradients of a `ForwardPass`.

    With the upstream gradient dh of h', and a = h Ug + cg, the chain rule through the
    equations of `fused_gru` gives the gradients before the activations::

        dz = dh * (h - g) * z * (1 - z)
        dg = dh * (1 - z) * (1 - g * g)
        da = dg * r
        dr = da * a * (1 - r)
        dh_before = dh * z + dz Uz' + dr Ur' + da Ug'

    Each of dz, dr, da and dg is dh times a factor that is known before the inner loop,
    so the loop stores only dh. A masked step has z = 1: the factors are zero and dh
    passes unchanged. Steps beyond the last visited one add nothing either: their stored
    dh is zero.

    Parameters
    ----------
    forward : ForwardPass
        A forward pass that has run.
    kernel : tensor of shape (features, 3 * units)
    outputs_gradient : tensor of shape (timesteps, batch, units) or None
        Upstream gradient of the states after each step; None if they are not outputs.
    """

    def __init__(self, forward, kernel, outputs_gradient):
        self.forward, self.blocks = forward, forward.blocks
        self.kernel, self.outputs_gradient = kernel, outputs_gradient

    def run(self, state_gradient):
        """Return gradients of inputs, initial state, kernel, recurrent kernel, bias.

        Parameters
        ----------
        state_gradient : tensor of shape (batch, units)
            Upstream gradient of the last state.
        """
        blocks, forward = self.blocks, self.forward
        features, dtype = self.kernel.shape[0], self.kernel.dtype
        units = forward.recurrent_kernel.shape[0]
        # As a loop variable, the transposed kernel is computed once before the loop.
        # Otherwise XLA folds the transposition into the product, which then takes twice
        # as long.
        initial_gradient, _, inputs_gradients, *sums = for_each(
            blocks.n_visited,
            self._visit_block,
            state_gradient,
            tf.transpose(forward.recurrent_kernel),
            new_array(
                dtype,
                blocks.n_blocks * blocks.n_pieces,
                (*blocks.piece_of(forward.inputs[0], 0).shape[:2], features),
            ),
            tf.zeros((units, 3 * units), dtype),
            tf.zeros((features + 1, 3 * units), dtype),
            tf.zeros(units, dtype),
        )
        of_recurrent_kernel, of_kernel, of_candidate_bias = sums
        # Its last row is the gradient of the bias: see the column of ones in
        # ForwardPass.
        of_kernel, of_bias = of_kernel[:-1], of_kernel[-1]
        of_recurrent_bias = tf.concat((of_bias[: 2 * units], of_candidate_bias), 0)
        return (
            blocks.join(inputs_gradients.stack()),
            initial_gradient,
            of_kernel,
            of_recurrent_kernel,
            tf.stack((of_bias, of_recurrent_bias)),
        )

    def _visit_block(self, i, gradient, transposed, *sums):
        blocks = self.blocks
        block = blocks.visited(blocks.n_visited - 1 - i)
        n_steps = blocks.n_steps_in(block)
        z, r, g, a = self.forward.gates_of_block(block)
        states = tf.gather(self.forward.states, block)
        dg_factor = (1 - z) * (1 - g * g)
        da_factor = dg_factor * r
        dz_factor = (states - g) * z * (1 - z)
        dr_factor = da_factor * a * (1 - r)
        factors = dz_factor, dr_factor, da_factor

        def visit_step(j, gradient, gradients, transposed):
            t = blocks.step_visited(n_steps - 1 - j, n_steps)
            if self.outputs_gradient is not None:
                at = block * blocks.length + t
                gradient += tf.gather(self.outputs_gradient, at)
            deltas = times_each([tf.gather(f, t) for f in factors], gradient)
            return (
                j + 1,
                gradient * tf.gather(z, t) + self._through(deltas, transposed),
                gradients.write(t, gradient),
                transposed,
            )

        gradients = new_array(states.dtype, blocks.length, gradient.shape)
        _, gradient, gradients, transposed = tf.while_loop(
            lambda j, *_: j < n_steps,
            visit_step,
            (tf.constant(0), gradient, gradients, transposed),
        )
        add_piece = partial(
            self._add_piece, block, (*factors, dg_factor), gradients.stack()
        )
        sums = for_each(blocks.n_pieces_in(n_steps), add_piece, *sums)
        return gradient, transposed, *sums

    def _through(self, deltas, transposed):
        """Return dz Uz' + dr Ur' + da Ug'."""
        if self.forward.dropout_mask is None:
            return tf.matmul(deltas, transposed)
        pairs = zip(thirds(deltas), tf.split(transposed, 3), strict=True)
        return tf.add_n(
            [
                self.forward.dropout_mask[k] * tf.matmul(delta, third)
                for k, (delta, third) in enumerate(pairs)
            ]
        )

    def _add_piece(self, block, factors, gradients, i, inputs_gradients, *sums):
        """Add the steps of one piece to each sum over the steps of a block."""
        of_states, of_inputs, gradients, *factors, dg_factor = (
            self.blocks.piece_of(values, i)
            for values in (
                tf.gather(self.forward.states, block),
                tf.gather(self.forward.inputs, block),
                gradients,
                *factors,
            )
        )
        deltas = rows(times_each(factors, gradients))  # dz, dr, da
        candidate_delta = rows(gradients * dg_factor)  # dg
        units = of_states.shape[-1]
        input_deltas = tf.concat((deltas[:, : 2 * units], candidate_delta), axis=1)
        inputs_gradient = tf.matmul(input_deltas, self.kernel, transpose_b=True)
        inputs_gradient = tf.reshape(inputs_gradient, tf.shape(of_inputs[..., :-1]))
        at = block * self.blocks.n_pieces + i
        parts = self._products(
            of_states, of_inputs, deltas, input_deltas, candidate_delta
        )
        return (
            inputs_gradients.write(at, inputs_gradient),
            *[total + part for total, part in zip(sums, parts, strict=True)],
        )

    def _products(self, states, inputs, deltas, input_deltas, candidate_delta):
        """Return h' (dz, dr, da), x' (dz, dr, dg), and the sum of da over all rows."""
        units = states.shape[-1]
        dropout_mask = self.forward.dropout_mask
        if dropout_mask is None and inputs.shape[-1] <= units:
            # One product with (dz, dr, da), although x' da is not needed: XLA runs
            # independent products in two threads, which costs small networks more than
            # it saves. For wider inputs, x' da costs more.
            both = rows(tf.concat((states, inputs), axis=2))
            both = tf.matmul(both, deltas, transpose_a=True)
            with_dg = tf.matmul(rows(inputs), candidate_delta, transpose_a=True)
            of_kernel = tf.concat((both[units:, : 2 * units], with_dg), axis=1)
            return both[:units], of_kernel, both[-1, 2 * units :]
        of_kernel = tf.matmul(rows(inputs), input_deltas, transpose_a=True)
        of_candidate_bias = tf.reduce_sum(deltas[:, 2 * units :], axis=0)
        if dropout_mask is None:
            of_recurrent_kernel = tf.matmul(rows(states), deltas, transpose_a=True)
        else:
            of_recurrent_kernel = tf.concat(
                [
                    tf.matmul(rows(states * dropout_mask[k]), delta, transpose_a=True)
                    for k, delta in enumerate(thirds(deltas))
                ],
                axis=1,
            )
        return of_recurrent_kernel, of_kernel, of_candidate_bias
