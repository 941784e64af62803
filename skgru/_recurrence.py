"""The recurrence of a GRU, forward and backward, written for XLA on CPU."""

import tensorflow as tf


def fused_gru(
    inputs,
    initial_state,
    kernel,
    recurrent_kernel,
    bias,
    mask=None,
    recurrent_dropout_mask=None,
    *,
    return_sequences=False,
    go_backwards=False,
    zero_output_for_mask=False,
):
    """Run a GRU over a batch of sequences; differentiable, and fast under XLA.

    The equations are those of Keras' ``GRU(reset_after=True)``, the form of [1]_
    that cuDNN computes. With the gates z (update), r (reset) and the candidate g,
    and ``*`` the elementwise product::

        z = sigmoid(x Wz + bz + h Uz + cz)
        r = sigmoid(x Wr + br + h Ur + cr)
        g = tanh(x Wg + bg + r * (h Ug + cg))
        h' = z * h + (1 - z) * g

    A masked step is one whose z is 1: the state, and its gradient, pass unchanged.

    Parameters
    ----------
    inputs : tensor of shape (batch, timesteps, features)
        The sequences.
    initial_state : tensor of shape (batch, units) or None
        The state before the first step. None means zeros.
    kernel : tensor of shape (features, 3 * units)
        Wz, Wr and Wg, side by side.
    recurrent_kernel : tensor of shape (units, 3 * units)
        Uz, Ur and Ug, side by side.
    bias : tensor of shape (2, 3 * units)
        The input biases bz, br, bg, and the recurrent biases cz, cr, cg.
    mask : tensor of shape (batch, timesteps), default=None
        False (or zero) where a step is to be skipped. The recurrence ends at the last
        unmasked step of the batch, so padding beyond it is nearly free.
    recurrent_dropout_mask : tensor of shape (3, batch, units), default=None
        Factors on the state before its products with Uz, Ur and Ug, the same at
        every step: zero for a dropped unit, ``1 / (1 - rate)`` for a kept one [2]_.
        It is an ordinary tensor, so one compiled program serves every rate.
    return_sequences : bool, default=False
        Return the outputs of all steps instead of the last one.
    go_backwards : bool, default=False
        Run from the last step to the first. Outputs are in the order of processing.
    zero_output_for_mask : bool, default=False
        A masked step outputs zeros. If False it repeats the previous output, which
        is zero before the first step.

    Returns
    -------
    output : tensor of shape (batch, units) or (batch, timesteps, units)
        The last output, or all outputs.
    state : tensor of shape (batch, units)
        The state after the last step.

    References
    ----------
    .. [1] K. Cho et al. (2014), "Learning Phrase Representations using RNN
       Encoder-Decoder for Statistical Machine Translation", arXiv:1406.1078v3.
    .. [2] Y. Gal and Z. Ghahramani (2016), "A Theoretically Grounded Application of
       Dropout in Recurrent Neural Networks", arXiv:1512.05287.

    Examples
    --------
    >>> import tensorflow as tf
    >>> x = tf.ones((2, 5, 3))
    >>> kernel, recurrent_kernel = tf.ones((3, 12)), tf.ones((4, 12))
    >>> output, state = fused_gru(x, None, kernel, recurrent_kernel, tf.zeros((2, 12)))
    >>> output.shape, state.shape
    (TensorShape([2, 4]), TensorShape([2, 4]))
    """
    inputs, kernel, recurrent_kernel, bias = map(
        tf.convert_to_tensor, (inputs, kernel, recurrent_kernel, bias)
    )
    batch, timesteps = _size(inputs, 0), _size(inputs, 1)
    starts_at_zero = initial_state is None
    if starts_at_zero:
        initial_state = tf.zeros((batch, recurrent_kernel.shape[0]), inputs.dtype)
    initial_state = tf.convert_to_tensor(initial_state)
    if mask is not None:
        mask = tf.cast(tf.transpose(mask), tf.bool)  # (timesteps, batch)

    n_steps = timesteps if mask is None else _visited(mask, timesteps)
    states, state = _recurrence(
        tf.transpose(inputs, (1, 0, 2)),
        initial_state,
        kernel,
        recurrent_kernel,
        bias,
        mask,
        recurrent_dropout_mask,
        n_steps,
        return_sequences,
        go_backwards,
    )
    if return_sequences and mask is not None:
        # The state after the last step visited, and where none is visited.
        step = tf.range(timesteps)[:, None, None]
        if go_backwards:
            states = tf.where(step < n_steps, states, initial_state)
        else:
            states = tf.where(step < n_steps - 1, states, state)
    output = states if return_sequences else state
    if mask is not None:
        shown = _shown(mask, timesteps, go_backwards, zero_output_for_mask)
        if not return_sequences:
            shown = shown[0 if go_backwards else -1]
        if zero_output_for_mask or not starts_at_zero:
            output *= tf.cast(shown, output.dtype)[..., None]
    if return_sequences:
        if go_backwards:
            output = tf.reverse(output, (0,))
        output = tf.transpose(output, (1, 0, 2))
    return output, state


def _size(tensor, axis):
    """Return the static size of an axis where it is known, else the run-time one."""
    return tensor.shape[axis] if tensor.shape[axis] else tf.shape(tensor)[axis]


def _visited(mask, timesteps):
    """Return the number of steps, from the first, that are not all padding."""
    step = tf.range(timesteps)[:, None]
    return tf.maximum(1, tf.reduce_max(tf.where(mask, step + 1, 0)))


def _shown(mask, timesteps, go_backwards, zero_output_for_mask):
    """Where the output is the state rather than zero, (timesteps, batch)."""
    if zero_output_for_mask:
        return mask
    # A masked step repeats the output before it, and that is zero, not the initial
    # state, until a sample's first unmasked step.
    step = tf.range(timesteps)[:, None]
    if go_backwards:
        step = timesteps - 1 - step
    return step >= tf.reduce_min(tf.where(mask, step, timesteps), axis=0)


def _recurrence(
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
):
    """Return all states (None unless `return_sequences`) and the last one.

    Inputs, states and the mask are time-major. Time is always that of the inputs:
    running backwards only changes the order in which the loops visit it. They visit
    the first `n_steps` times; where `n_steps` is below the number of time steps, all
    later ones must be masked, and the states there are undefined.

    What is done how was decided by measurement under XLA on CPU:

    - The input projections are one array for each gate. A slice of a slice of one
      wide array keeps XLA from vectorising the gates: seven times slower.
    - The recurrent products are one product for all gates. Slices of its result do
      vectorise, and three products, with three arrays to store, cost more.
    - The loops store only what the next pass cannot compute for all steps at once:
      the products, and the states. All gates are then computed in one sweep again,
      which is faster than storing each of them step by step.
    - A loop body compiles to seven operations. XLA runs up to eight in sequence, and
      hands more than that to a scheduler that costs small networks more than the
      sweeps would save.
    """
    timesteps, batch = _size(inputs, 0), _size(inputs, 1)
    units = recurrent_kernel.shape[0]
    mask = None if mask is None else mask[:, :, None]

    def time_of(step):
        return n_steps - 1 - step if go_backwards else step

    @tf.custom_gradient
    def forward(inputs, initial_state, kernel, recurrent_kernel, bias):
        # A column of ones makes the bias a row of the kernel: its gradient comes out
        # of the kernel's product. Of the recurrent biases only cg cannot join it.
        rows = _rows(tf.pad(inputs, [(0, 0), (0, 0), (0, 1)], constant_values=1))
        input_bias, candidate_bias = bias[0], bias[1, 2 * units :]
        of_z_and_r = bias[1, : 2 * units]
        input_bias += tf.concat((of_z_and_r, tf.zeros_like(candidate_bias)), 0)
        kernel_and_bias = tf.concat((kernel, input_bias[None]), axis=0)
        projections = [
            tf.reshape(tf.matmul(rows, k), (timesteps, batch, units))
            for k in _thirds(kernel_and_bias)
        ]
        recurrent_kernels = _thirds(recurrent_kernel)

        def gates(projections, products, mask):
            """Return z, r, g and a = h Ug + cg, of one step or of all."""
            z, r, a = _thirds(products)
            z, r = _sigmoid(projections[0] + z), _sigmoid(projections[1] + r)
            a += candidate_bias
            if mask is not None:
                z = tf.where(mask, z, tf.ones_like(z))
            return z, r, tf.tanh(projections[2] + r * a), a

        def recurrent_product(state):
            if dropout_mask is None:
                return tf.matmul(state, recurrent_kernel)
            return tf.concat(
                [
                    tf.matmul(state * dropout_mask[i], recurrent_kernels[i])
                    for i in range(3)
                ],
                axis=1,
            )

        def step(i, state, products, states):
            t = time_of(i)
            product = recurrent_product(state)
            z, _, g, _ = gates(
                [tf.gather(p, t) for p in projections],
                product,
                None if mask is None else tf.gather(mask, t),
            )
            return (
                i + 1,
                z * state + (1 - z) * g,  # exactly the state where z is 1
                products.write(t, product),
                states.write(t, state),
            )

        _, last_state, products, states = tf.while_loop(
            lambda i, *_: i < n_steps,
            step,
            (
                tf.constant(0),
                initial_state,
                _array(inputs.dtype, timesteps, (initial_state.shape[0], 3 * units)),
                _array(inputs.dtype, timesteps, initial_state.shape),
            ),
        )
        products, states = products.stack(), states.stack()

        def backward(*upstream):
            return _backward(
                gates(projections, products, mask),
                states,
                rows,
                kernel,
                recurrent_kernel,
                dropout_mask,
                upstream[0] if return_sequences else None,
                upstream[-1],
                n_steps,
                time_of,
            )

        if not return_sequences:
            return last_state, backward
        # `states` holds the state before each step: that after the one visited before.
        if go_backwards:
            after = (last_state[None], states[:-1])
        else:
            after = (states[1:], last_state[None])
        return (tf.concat(after, axis=0), last_state), backward

    result = forward(inputs, initial_state, kernel, recurrent_kernel, bias)
    return result if return_sequences else (None, result)


def _backward(
    gates,
    states,
    rows,
    kernel,
    recurrent_kernel,
    dropout_mask,
    outputs_gradient,
    state_gradient,
    n_steps,
    time_of,
):
    """Gradients of inputs, initial state, kernel, recurrent kernel and bias.

    With the upstream gradient dh of h', and a = h Ug + cg, the chain rule through the
    equations of :func:`fused_gru` gives the gradients before the activations::

        dz = dh * (h - g) * z * (1 - z)
        dg = dh * (1 - z) * (1 - g * g)
        da = dg * r
        dr = da * a * (1 - r)
        dh_before = dh * z + dz Uz' + dr Ur' + da Ug'

    Each is dh times a factor known before the loop, so the loop stores dh alone. A
    masked step has z = 1: the factors are zero and dh passes unchanged.
    """
    z, r, g, a = gates
    timesteps, batch, units = (_size(states, axis) for axis in range(3))
    dg_factor = (1 - z) * (1 - g * g)
    da_factor = dg_factor * r
    dz_factor = (states - g) * z * (1 - z)
    dr_factor = da_factor * a * (1 - r)
    factors = tf.concat((dz_factor, dr_factor, da_factor), axis=2)

    def step(i, gradient, gradients, transposed):
        t = time_of(n_steps - 1 - i)
        if outputs_gradient is not None:
            gradient += tf.gather(outputs_gradient, t)
        deltas = _times_each_third(tf.gather(factors, t), gradient)
        if dropout_mask is None:
            through = tf.matmul(deltas, transposed)
        else:
            pairs = zip(_thirds(deltas), tf.split(transposed, 3), strict=True)
            through = tf.add_n(
                [
                    dropout_mask[k] * tf.matmul(delta, block)
                    for k, (delta, block) in enumerate(pairs)
                ]
            )
        return (
            i + 1,
            gradient * tf.gather(z, t) + through,
            gradients.write(t, gradient),
            transposed,
        )

    # As a loop variable the transposed kernel is laid out once, before the loop. XLA
    # folds any other transposition into the product, which takes twice the time.
    _, initial_gradient, gradients, _ = tf.while_loop(
        lambda i, *_: i < n_steps,
        step,
        (
            tf.constant(0),
            state_gradient,
            _array(states.dtype, timesteps, state_gradient.shape),
            tf.transpose(recurrent_kernel),
        ),
    )
    gradients = gradients.stack()

    deltas = _rows(_times_each_third(factors, gradients))  # dz, dr, da
    candidate_delta = _rows(gradients * dg_factor)  # dg
    if dropout_mask is None:
        recurrent_gradient = tf.matmul(_rows(states), deltas, transpose_a=True)
    else:
        recurrent_gradient = tf.concat(
            [
                tf.matmul(_rows(states * dropout_mask[k]), delta, transpose_a=True)
                for k, delta in enumerate(_thirds(deltas))
            ],
            axis=1,
        )
    # The kernel, and below it the bias: see the column of ones.
    with_da = tf.matmul(rows, deltas, transpose_a=True)
    with_dg = tf.matmul(rows, candidate_delta, transpose_a=True)
    kernel_gradient = tf.concat((with_da[:, : 2 * units], with_dg), axis=1)
    inputs_gradient = tf.matmul(
        tf.concat((deltas[:, : 2 * units], candidate_delta), axis=1),
        kernel,
        transpose_b=True,
    )
    return (
        tf.reshape(inputs_gradient, (timesteps, batch, kernel.shape[0])),
        initial_gradient,
        kernel_gradient[:-1],
        recurrent_gradient,
        tf.stack((kernel_gradient[-1], with_da[-1])),
    )


def _rows(values):
    """Lay time-major values out as one row for each step of each sample."""
    return tf.reshape(values, (-1, values.shape[-1]))


def _thirds(values):
    """Return the parts of z, r and g, side by side along the last axis."""
    return tf.split(values, 3, axis=-1)


def _times_each_third(values, factor):
    """Multiply each third of `values` along the last axis by `factor`."""
    thirds = tf.reshape(values, tf.concat((tf.shape(factor)[:-1], (3, -1)), axis=0))
    return tf.reshape(thirds * factor[..., None, :], tf.shape(values))


def _sigmoid(x):
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: XLA vectorises tanh and has no division left.
    return 0.5 * tf.tanh(0.5 * x) + 0.5


def _array(dtype, size, element_shape):
    return tf.TensorArray(dtype, size, element_shape=element_shape)
