"""A dense layer of few outputs as sums of products."""

import keras
import tensorflow as tf

# XLA runs the two matrix products of a dense layer's gradient in two threads, and with
# them all that follows. At the end of a network of 64 units with 9 outputs that costs a
# twentieth of a training step.
FEW_OUTPUTS = 16


def has_few_outputs(layer):
    """Whether a layer is a ``Dense`` that is eligible as a network's last layer.

    It is where it has at most 16 outputs and one row a sample, and no LoRA matrices.
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
    """``keras.layers.Dense`` of few outputs: elementwise products, then a sum."""

    def call(self, inputs, training=None):
        """Apply the layer to a tensor of shape (batch, features)."""
        outputs = tf.reduce_sum(inputs[:, :, None] * self.kernel, axis=1)
        if self.use_bias:
            outputs += self.bias
        return outputs if self.activation is None else self.activation(outputs)
