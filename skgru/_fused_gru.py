"""A GRU layer whose forward and backward passes are written for XLA on CPU."""

import keras
import tensorflow as tf


def can_fuse(layer_or_config):
    """Whether a GRU layer computes what :func:`fused_gru` computes.

    This is the one eligibility rule. A layer is fused when all of these hold:

    1. Keras runs on TensorFlow.
    2. ``activation`` is ``"tanh"`` and ``recurrent_activation`` is ``"sigmoid"``.
    3. ``use_bias`` is True and ``reset_after`` is True.
    4. ``unroll`` and ``stateful`` are False.
    5. ``dropout`` and ``recurrent_dropout`` are not both above zero (Keras then
       draws one input mask for each gate).
    6. It computes in float32 or float64.

    Any other layer runs as the stock ``keras.layers.GRU`` does.

    Parameters
    ----------
    layer_or_config : keras.layers.GRU or dict
        The layer, or what its ``get_config`` returns.

    Returns
    -------
    bool

    Examples
    --------
    >>> import keras
    >>> can_fuse(keras.layers.GRU(8))
    True
    >>> can_fuse(keras.layers.GRU(8, activation="relu"))
    False
    """
    config = layer_or_config
    if not isinstance(config, dict):
        config = config.get_config()
    dtype = keras.dtype_policies.get(config.get("dtype")).compute_dtype
    return (
        keras.backend.backend() == "tensorflow"
        and config.get("activation", "tanh") == "tanh"
        and config.get("recurrent_activation", "sigmoid") == "sigmoid"
        and bool(config.get("use_bias", True))
        and bool(config.get("reset_after", True))
        and not config.get("unroll", False)
        and not config.get("stateful", False)
        and not (config.get("dropout", 0.0) and config.get("recurrent_dropout", 0.0))
        and dtype in ("float32", "float64")
    )


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
        False (or zero) where a step is to be skipped.
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
        initial_state = tf.zeros((batch, _size(recurrent_kernel, 0)), inputs.dtype)
    if mask is not None:
        mask = tf.cast(tf.transpose(mask), tf.bool)  # (timesteps, batch)

    states, state = _recurrence(
        tf.transpose(inputs, (1, 0, 2)),
        tf.convert_to_tensor(initial_state),
        kernel,
        recurrent_kernel,
        bias,
        mask,
        recurrent_dropout_mask,
        return_sequences,
        go_backwards,
    )
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
    return_sequences,
    go_backwards,
):
    """Return all states (None unless `return_sequences`) and the last one.

    Inputs, states and the mask are time-major. Time is always that of the inputs:
    running backwards only changes the order in which the loops visit it.
    """
    timesteps = _size(inputs, 0)
    batch = _size(inputs, 1)
    units = _size(recurrent_kernel, 0)
    n_features = _size(inputs, 2)
    dtype = inputs.dtype

    def time_of(step):
        return timesteps - 1 - step if go_backwards else step

    def dropped(state):
        """Return the state that each gate sees."""
        if dropout_mask is None:
            return state, state, state
        return state * dropout_mask[0], state * dropout_mask[1], state * dropout_mask[2]

    @tf.custom_gradient
    def forward(inputs, initial_state, kernel, recurrent_kernel, bias):
        # The reset gate scales cg, so it stays inside the loop; the other two
        # recurrent biases join the input biases.
        kernels = tf.split(kernel, 3, axis=1)
        recurrent_kernels = tf.split(recurrent_kernel, 3, axis=1)
        bias_z, bias_r, _ = tf.split(tf.reduce_sum(bias, axis=0), 3)
        bias_g = bias[0, 2 * units :]
        candidate_bias = bias[1, 2 * units :]
        flat_inputs = tf.reshape(inputs, (timesteps * batch, n_features))
        projections = [
            tf.reshape(tf.matmul(flat_inputs, w) + b, (timesteps, batch, units))
            for w, b in zip(kernels, (bias_z, bias_r, bias_g), strict=True)
        ]
        # Each gate is written over the projection it was computed from.
        gates = tuple(_array(dtype, timesteps).unstack(p) for p in projections)
        empty = [_array(dtype, timesteps, initial_state.shape) for _ in range(2)]

        def step(i, state, z_all, r_all, g_all, a_all, previous_all):
            t = time_of(i)
            seen = dropped(state)
            z = z_all.read(t) + tf.matmul(seen[0], recurrent_kernels[0])
            r = r_all.read(t) + tf.matmul(seen[1], recurrent_kernels[1])
            a = tf.matmul(seen[2], recurrent_kernels[2]) + candidate_bias
            z, r = _sigmoid(z), _sigmoid(r)
            g = tf.tanh(g_all.read(t) + r * a)
            if mask is not None:
                z = tf.where(tf.gather(mask, t)[:, None], z, tf.ones_like(z))
            return (
                i + 1,
                z * state + (1 - z) * g,  # exactly the state where z is 1
                z_all.write(t, z),
                r_all.write(t, r),
                g_all.write(t, g),
                a_all.write(t, a),
                previous_all.write(t, state),
            )

        _, last_state, *saved = tf.while_loop(
            lambda i, *_: i < timesteps,
            step,
            (tf.constant(0), initial_state, *gates, *empty),
        )
        previous = saved[-1].stack()
        states = ()
        if return_sequences:
            # The state after a step is the state before the next one visited.
            if go_backwards:
                states = (tf.concat((last_state[None], previous[:-1]), axis=0),)
            else:
                states = (tf.concat((previous[1:], last_state[None]), axis=0),)

        def backward(*upstream):
            return _backward(
                inputs,
                kernels,
                recurrent_kernels,
                [array.stack() for array in saved],
                upstream[0] if return_sequences else None,
                upstream[-1],
                dropped,
                time_of,
            )

        return (*states, last_state), backward

    *states, last_state = forward(inputs, initial_state, kernel, recurrent_kernel, bias)
    return (states[0] if states else None), last_state


def _backward(
    inputs,
    kernels,
    recurrent_kernels,
    saved,
    outputs_gradient,
    state_gradient,
    dropped,
    time_of,
):
    """Gradients of inputs, initial state, kernel, recurrent kernel and bias.

    With the upstream gradient dh of h', and a = h Ug + cg, the chain rule through the
    equations of :func:`fused_gru` gives the gradients before the activations::

        dz = dh * (h - g) * z * (1 - z)
        dg = dh * (1 - z) * (1 - g * g)
        dr = dg * a * r * (1 - r)
        da = dg * r
        dh_before = dh * z + dz Uz' + dr Ur' + da Ug'

    A masked step has z = 1, so dz = dg = dr = da = 0 and dh passes unchanged.
    """
    timesteps, batch, units = (_size(saved[0], axis) for axis in range(3))
    n_features = _size(inputs, 2)
    dtype = inputs.dtype
    previous = saved[-1]
    # Gate gradients are written over the gates.
    arrays = [_array(dtype, timesteps).unstack(values) for values in saved[:-1]]

    def step(i, gradient, z_all, r_all, g_all, a_all):
        t = time_of(timesteps - 1 - i)
        if outputs_gradient is not None:
            gradient += tf.gather(outputs_gradient, t)
        state = tf.gather(previous, t)
        z, r, g, a = (array.read(t) for array in (z_all, r_all, g_all, a_all))
        dg_z = gradient * (1 - z)
        dz = dg_z * (state - g) * z
        dg = dg_z * (1 - g * g)
        da = dg * r
        dr = da * a * (1 - r)
        through = [
            tf.matmul(d, u, transpose_b=True)
            for d, u in zip((dz, dr, da), recurrent_kernels, strict=True)
        ]
        through = [
            p * m for p, m in zip(through, dropped(tf.ones((), dtype)), strict=True)
        ]
        return (
            i + 1,
            gradient * z + through[0] + through[1] + through[2],
            z_all.write(t, dz),
            r_all.write(t, dr),
            g_all.write(t, dg),
            a_all.write(t, da),
        )

    _, initial_gradient, *arrays = tf.while_loop(
        lambda i, *_: i < timesteps,
        step,
        (tf.constant(0), state_gradient, *arrays),
    )

    def flat(values, width):
        return tf.reshape(values, (timesteps * batch, width))

    dz, dr, dg, da = (flat(array.stack(), units) for array in arrays)
    flat_inputs = flat(inputs, n_features)
    kernel_gradient = [
        tf.matmul(flat_inputs, d, transpose_a=True) for d in (dz, dr, dg)
    ]
    recurrent_gradient = [
        tf.matmul(flat(state, units), d, transpose_a=True)
        for state, d in zip(dropped(previous), (dz, dr, da), strict=True)
    ]
    inputs_gradient = tf.add_n(
        [
            tf.matmul(d, w, transpose_b=True)
            for d, w in zip((dz, dr, dg), kernels, strict=True)
        ]
    )
    dz, dr, dg, da = (tf.reduce_sum(d, axis=0) for d in (dz, dr, dg, da))
    return (
        tf.reshape(inputs_gradient, (timesteps, batch, n_features)),
        initial_gradient,
        tf.concat(kernel_gradient, axis=1),
        tf.concat(recurrent_gradient, axis=1),
        tf.stack((tf.concat((dz, dr, dg), 0), tf.concat((dz, dr, da), 0))),
    )


def _sigmoid(x):
    # sigmoid(x) = (1 + tanh(x / 2)) / 2: XLA vectorises tanh and has no division left.
    return 0.5 * tf.tanh(0.5 * x) + 0.5


def _array(dtype, size, element_shape=None):
    return tf.TensorArray(
        dtype, size, element_shape=element_shape, clear_after_read=False
    )


@keras.saving.register_keras_serializable(package="skgru")
class FusedGRU(keras.layers.GRU):
    """A ``keras.layers.GRU`` that trains several times faster under XLA on CPU.

    It has the parameters, the weights, the configuration and the results of
    ``keras.layers.GRU``. Where :func:`can_fuse` holds, its arithmetic is
    :func:`fused_gru`; where it does not, it is the stock layer's.

    Parameters
    ----------
    *args, **kwargs
        Those of ``keras.layers.GRU``.

    Examples
    --------
    >>> import keras
    >>> layer = FusedGRU(4, return_sequences=True)
    >>> layer(keras.ops.ones((2, 5, 3))).shape
    TensorShape([2, 5, 4])
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fused = can_fuse(self)
        if self.fused:
            # Keras bars XLA where its cuDNN kernel may run; it never runs here.
            self.use_cudnn = False
            self.supports_jit = True

    def call(
        self,
        sequences,
        initial_state=None,
        mask=None,
        training=False,
        recurrent_dropout_mask=None,
    ):
        """Apply the layer.

        Parameters
        ----------
        sequences : tensor of shape (batch, timesteps, features)
            The input sequences.
        initial_state : tensor of shape (batch, units) or list of one, default=None
            The state before the first step. None means zeros.
        mask : tensor of shape (batch, timesteps), default=None
            False where a step is to be skipped.
        training : bool, default=False
            Whether to apply ``dropout`` and ``recurrent_dropout``.
        recurrent_dropout_mask : tensor of shape (3, batch, units), default=None
            Factors on the state, see :func:`fused_gru`. They are applied whatever
            ``training`` and ``recurrent_dropout`` say, and no mask is drawn.

        Returns
        -------
        tensor or tuple of tensors
            As ``keras.layers.GRU`` returns.

        Raises
        ------
        ValueError
            If `recurrent_dropout_mask` is given to a layer that is not fused.
        """
        if not self.fused:
            if recurrent_dropout_mask is not None:
                raise ValueError(
                    f"The 'recurrent_dropout_mask' of layer {self.name!r} must be None:"
                    " this configuration is not fused (see can_fuse). Got a tensor"
                    " instead."
                )
            return super().call(
                sequences, initial_state=initial_state, mask=mask, training=training
            )
        cell = self.cell
        if recurrent_dropout_mask is not None and mask is None:
            # Keras looks for the mask only where sequences are the only tensor.
            mask = getattr(sequences, "_keras_mask", None)
        if isinstance(mask, list | tuple):
            mask = mask[0]
        if isinstance(initial_state, list | tuple):
            (initial_state,) = initial_state
        if initial_state is not None:
            initial_state = keras.ops.convert_to_tensor(
                initial_state, dtype=self.compute_dtype
            )
        if training and 0.0 < cell.dropout < 1.0:
            dropout_mask = cell.get_dropout_mask(sequences[:, 0, :])
            cell.reset_dropout_mask()
            sequences = sequences * dropout_mask[:, None, :]
        if (
            training
            and recurrent_dropout_mask is None
            and 0.0 < cell.recurrent_dropout < 1.0
        ):
            ones = tf.ones((_size(sequences, 0), self.units), self.compute_dtype)
            recurrent_dropout_mask = cell.get_recurrent_dropout_mask(ones)
            cell.reset_recurrent_dropout_mask()
        output, state = fused_gru(
            sequences,
            initial_state,
            keras.ops.convert_to_tensor(cell.kernel),
            keras.ops.convert_to_tensor(cell.recurrent_kernel),
            keras.ops.convert_to_tensor(cell.bias),
            mask,
            recurrent_dropout_mask,
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
            zero_output_for_mask=self.zero_output_for_mask,
        )
        return (output, state) if self.return_state else output
