"""The prediction program: outputs and their loss for many rows in one call."""

from dataclasses import dataclass, replace

import tensorflow as tf

from .network import InputShape
from .program import Program, padded_length

# Bounded because even the prediction of one sample copies an input of full size.
BATCHES_OF_A_CALL = 32
# Rows that go through the network together.
ROWS = 32
# Padded lengths are rounded up to multiples of this: a padded step costs almost nothing
# at prediction, and more data shares one program.
PREDICT_STEPS = 8


@dataclass(frozen=True)
class ForwardSpec:
    """What a compiled prediction program depends on: its key in the cache.

    Parameters
    ----------
    architecture : hashable
        See `Network`.
    inputs : InputShape
    loss : str
        See `sample_losses`.
    """

    architecture: object
    inputs: InputShape
    loss: str

    def __post_init__(self):
        # Dropout is off at prediction: one program serves all dropout settings.
        architecture = self.architecture.at_prediction()
        object.__setattr__(self, "architecture", architecture)
        if self.inputs.padded and architecture.any_length:
            length = padded_length(self.inputs.n_timesteps, PREDICT_STEPS)
            inputs = replace(self.inputs, n_timesteps=length)
            object.__setattr__(self, "inputs", inputs)

    def build(self):
        """Trace the program."""
        return ForwardProgram(self)


class ForwardProgram(Program):
    """Outputs and their loss for many rows in one call."""

    def __init__(self, spec):
        super().__init__(spec, ROWS, BATCHES_OF_A_CALL)
        self._function = self.compile(
            self._forward,
            [*self.weights_signature(), self.chunk_signature()],
            "skgru_forward",
        )

    def __call__(self, weights, state, chunk):
        """Run the network on one chunk, without dropout.

        Returns
        -------
        outputs : tensor of shape (n_batches, rows, n_outputs)
        loss : tensor of shape ()
            Weighted sum of the samples' losses. It includes losses that layers add
            (``add_loss``), but not the L1 and L2 penalties.
        """
        return self._function(weights, state, chunk)

    def _forward(self, weights, state, chunk):
        weights = self.split(weights)

        def step(i, outputs, total):
            values, added = self.network.predict(
                weights, state, chunk.X[i], chunk.lengths[i]
            )
            losses = self.network.sample_losses(values, chunk.y[i])
            total += tf.reduce_sum(losses * chunk.sample_weight[i])
            if added:
                total += tf.add_n(added) * chunk.n_samples[i]
            outputs = outputs.write(i, self.network.outputs(values))
            return i + 1, outputs, total

        shape = (self.batch_size, self.network.n_outputs)
        outputs = tf.TensorArray(tf.float32, self.n_batches, element_shape=shape)
        _, outputs, total = tf.while_loop(
            lambda i, *_: i < chunk.n_steps, step, (0, outputs, tf.zeros(()))
        )
        return outputs.stack(), total
