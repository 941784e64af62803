"""The run-time form of keras.layers.GRU, with arithmetic written for XLA on CPU."""

import keras
import tensorflow as tf

from ..randomness import dropout_factors
from ..scope import current_scope
from .recurrence import fused_gru
from .time_blocks import storage_shapes

_DECISIVE = (
    "activation",
    "recurrent_activation",
    "use_bias",
    "reset_after",
    "unroll",
    "stateful",
    "dropout",
    "recurrent_dropout",
)


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

    Any other layer stays a stock ``keras.layers.GRU``.

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
        # Not get_config(), which fails if a regularizer of the user's has none.
        config = {name: getattr(config, name) for name in _DECISIVE}
        config["dtype"] = layer_or_config.dtype_policy
        for name in ("activation", "recurrent_activation"):
            config[name] = keras.activations.serialize(config[name])
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


class FusedGRU(keras.layers.GRU):
    """The run-time form of ``keras.layers.GRU``: :func:`fused_gru` on its weights.

    It has the parameters, the weights, the configuration and the results of
    ``keras.layers.GRU``, and trains several times faster under XLA on CPU. Layers for
    which :func:`can_fuse` holds are eligible. Its dropout rates are run-time inputs.
    """

    def call(self, sequences, initial_state=None, mask=None, training=False):
        """Apply the layer, as ``keras.layers.GRU`` does.

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

        Returns
        -------
        tensor or tuple of tensors
            As ``keras.layers.GRU`` returns.
        """
        scope = current_scope()
        if isinstance(mask, list | tuple):
            mask = mask[0]
        if isinstance(initial_state, list | tuple):
            (initial_state,) = initial_state
        if initial_state is not None:
            initial_state = keras.ops.convert_to_tensor(
                initial_state, dtype=self.compute_dtype
            )
        if training and (self.dropout or self.recurrent_dropout):
            scope.check_mode(self)
        if scope.planning:
            return self._plan(scope, sequences, mask)
        if training and self.dropout:
            # Keras drops the same features at every step.
            factors = self._factors(scope, sequences[:, 0].shape, "dropout")
            sequences = sequences * factors[:, None]
        recurrent_factors = None
        if training and self.recurrent_dropout:
            shape = (3, sequences.shape[0], self.units)
            recurrent_factors = self._factors(scope, shape, "recurrent_dropout")
        output, state, stored = fused_gru(
            sequences,
            initial_state,
            keras.ops.convert_to_tensor(self.cell.kernel),
            keras.ops.convert_to_tensor(self.cell.recurrent_kernel),
            keras.ops.convert_to_tensor(self.cell.bias),
            mask,
            recurrent_factors,
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
            zero_output_for_mask=self.zero_output_for_mask,
            differentiable=scope.differentiable,
            storage=scope.next_storage(),
        )
        scope.stored.append(stored)
        return (output, state) if self.return_state else output

    def _factors(self, scope, shape, name):
        factors = dropout_factors(
            shape, scope.rate(self, name), scope.seed, scope.next_stream()
        )
        return tf.cast(factors, self.compute_dtype)

    def _plan(self, scope, sequences, mask):
        """Record the storage that the call will need; return zeros for its outputs."""
        batch, timesteps, _ = sequences.shape
        shapes = storage_shapes(timesteps, batch, self.units, mask is not None)
        scope.planned.append((shapes, self.compute_dtype))
        state = tf.zeros((batch, self.units), self.compute_dtype)
        output = state
        if self.return_sequences:
            output = tf.zeros((batch, timesteps, self.units), self.compute_dtype)
        return (output, state) if self.return_state else output
