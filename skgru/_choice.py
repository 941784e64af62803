"""The network of a fit: the built-in one or the user's."""

from dataclasses import dataclass

import numpy as np

from ._engine.network import InputShape
from ._engine.samples import Samples


@dataclass(frozen=True)
class Choice:
    """A network for a fit.

    Parameters
    ----------
    architecture : BuiltInNetwork or UserNetwork
    inputs : InputShape
        Input shape of the training program.
    targets : Labels or RealTargets
        The encoder of y that matches the network's outputs.
    run_time_inputs : callable
        ``run_time_inputs(network)`` returns the rates of its layers.
    initial_values : callable
        ``initial_values(network, seed)`` returns weights and state before training.
    learning_rate : float or None, default=None
        What the user's function compiled the model with, where the estimator's own is
        left at its default.
    """

    architecture: object
    inputs: InputShape
    targets: object
    run_time_inputs: object
    initial_values: object
    learning_rate: float | None = None

    def encoded(self, samples):
        """Return samples with as many target columns as the network has outputs."""
        if samples is None or samples.y.shape[1] == self.targets.n_outputs:
            return samples
        # Two classes: a softmax of two outputs needs two columns.
        y = np.hstack([1 - samples.y, samples.y])
        return Samples(samples.sequences, y, samples.sample_weight)
