"""A dense layer with few outputs as sums of products."""

import keras
import tensorflow as tf

# The most outputs that the form is used for. XLA runs the two matrix products of a
# dense layer's gradient, and everything that depends on them, in two threads. At the
# end of a network with 64 units and 9 outputs that costs 5 % of a training step.
FEW_OUTPUTS = 16


def has_few_outputs(layer):
    """Whether a ``Dense``, as a network's last layer, is eligible for this form.

    It is eligible if it has at most 16 outputs, one row per sample, no LoRA matrices
    and no quantization.
    """
    return (
        type(layer) is keras.layers.Dense
        and layer.units <= FEW_OUTPUTS
        and layer.built
        and len(layer.input.shape) == 2
        and not layer.lora_enabled
        and layer.quantization_mode is None
    )


class SumOfProductsDense(keras.layers.Dense):
    """``keras.layers.Dense`` with few outputs: elementwise products, then a sum."""

    def call(self, inputs, training=None):
        """Apply the layer to a tensor of shape (batch, features)."""
        outputs = tf.reduce_sum(inputs[:, :, None] * self.kernel, axis=1)
        if self.use_bias:
            outputs += self.bias
        return outputs if self.activation is None else self.activation(outputs)
