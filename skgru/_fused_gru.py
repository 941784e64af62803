"""A GRU layer that is keras.layers.GRU with arithmetic written for XLA on CPU."""

import keras
import tensorflow as tf

from ._recurrence import fused_gru


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
        differentiable=True,
        storage=(),
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
        differentiable : bool, default=True
            If False, a fused layer stores nothing for a gradient.
        storage : list of tensors, default=()
            See :func:`fused_gru`.

        Returns
        -------
        tensor or tuple of tensors
            As ``keras.layers.GRU`` returns; with `storage`, a pair of that and of
            what is stored now.

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
            ones = tf.ones((tf.shape(sequences)[0], self.units), self.compute_dtype)
            recurrent_dropout_mask = cell.get_recurrent_dropout_mask(ones)
            cell.reset_recurrent_dropout_mask()
        output, state, storage = fused_gru(
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
            differentiable=differentiable,
            storage=storage,
        )
        result = (output, state) if self.return_state else output
        return (result, storage) if storage else result
