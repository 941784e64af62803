"""A GRU as one differentiable function, with the mask semantics of Keras."""

import tensorflow as tf

from .forward import recurrence
from .time_blocks import size


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
    differentiable=True,
    storage=(),
):
    """Run a GRU over a batch of sequences; differentiable, and fast under XLA.

    The equations are those of Keras' ``GRU(reset_after=True)``, the form of [1]_
    that cuDNN computes. With the gates z (update), r (reset) and the candidate g,
    and ``*`` the elementwise product::

        z = sigmoid(x Wz + bz + h Uz + cz)
        r = sigmoid(x Wr + br + h Ur + cr)
        g = tanh(x Wg + bg + r * (h Ug + cg))
        h' = z * h + (1 - z) * g

    At a masked step z is set to 1: the state and its gradient pass unchanged.

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
        False (or zero) where a step is to be skipped. The loops end at the last
        unmasked step of the batch, so padding beyond it costs little.
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
    differentiable : bool, default=True
        If False, nothing is stored for a gradient, and none can be computed.
    storage : list of tensors, default=()
        Arrays of the shapes that ``storage_shapes`` returns, with finite values. What a
        gradient needs is stored there instead of in new arrays, which XLA would fill
        with zeros first.

    Returns
    -------
    output : tensor of shape (batch, units) or (batch, timesteps, units)
        The last output, or all outputs.
    state : tensor of shape (batch, units)
        The state after the last step.
    storage : list of tensors
        The arrays with their new values; empty if none were given.

    References
    ----------
    .. [1] K. Cho et al. (2014), "Learning Phrase Representations using RNN
       Encoder-Decoder for Statistical Machine Translation", arXiv:1406.1078v1.
    .. [2] Y. Gal and Z. Ghahramani (2016), "A Theoretically Grounded Application of
       Dropout in Recurrent Neural Networks", arXiv:1512.05287.

    Examples
    --------
    >>> import tensorflow as tf
    >>> x = tf.ones((2, 5, 3))
    >>> kernel, recurrent_kernel = tf.ones((3, 12)), tf.ones((4, 12))
    >>> bias = tf.zeros((2, 12))
    >>> output, state, _ = fused_gru(x, None, kernel, recurrent_kernel, bias)
    >>> output.shape, state.shape
    (TensorShape([2, 4]), TensorShape([2, 4]))
    """
    inputs, kernel, recurrent_kernel, bias = map(
        tf.convert_to_tensor, (inputs, kernel, recurrent_kernel, bias)
    )
    batch, timesteps = size(inputs, 0), size(inputs, 1)
    starts_at_zero = initial_state is None
    if starts_at_zero:
        initial_state = tf.zeros((batch, recurrent_kernel.shape[0]), inputs.dtype)
    initial_state = tf.convert_to_tensor(initial_state)
    if mask is not None:
        mask = tf.cast(tf.transpose(mask), tf.bool)  # (timesteps, batch)

    n_steps = timesteps if mask is None else _visited(mask, timesteps)
    states, state, storage = recurrence(
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
        differentiable,
        storage,
    )
    if return_sequences and mask is not None:
        # States of steps that were not visited are undefined: fill them in.
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
    return output, state, storage


def _visited(mask, timesteps):
    """Return the number of steps up to the last that any sample has unmasked."""
    step = tf.range(timesteps)[:, None]
    return tf.maximum(1, tf.reduce_max(tf.where(mask, step + 1, 0)))


def _shown(mask, timesteps, go_backwards, zero_output_for_mask):
    """Return where the output is the state, not zero; shape (timesteps, batch)."""
    if zero_output_for_mask:
        return mask
    # A masked step repeats the previous output. Before a sample's first unmasked step
    # that is zero, not the initial state.
    step = tf.range(timesteps)[:, None]
    if go_backwards:
        step = timesteps - 1 - step
    return step >= tf.reduce_min(tf.where(mask, step, timesteps), axis=0)
