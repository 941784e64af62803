"""The record of fitted state."""

from dataclasses import dataclass

from ._data import Reading
from ._early_stopping import Stopping
from ._engine.network import InputShape
from ._engine.optimizers import OptimizerSpec
from ._engine.training import TrainingState


@dataclass(frozen=True)
class Fitted:
    """The fitted state: what prediction and continued training need.

    Parameters
    ----------
    reading : Reading
        How X is read.
    targets : Labels or RealTargets
        How y is encoded.
    architecture : BuiltInNetwork or UserNetwork
    inputs : InputShape
        Input shape of the training program.
    optimizer : OptimizerSpec
    seed : int
        Seed of the fit: of shuffling, dropout, augmentation.
    shapes : tuple
        Shapes of the weights.
    state : TrainingState
        The weights and state for prediction.
    stopping : Stopping or None, default=None
        State of early stopping.
    """

    reading: Reading
    targets: object
    architecture: object
    inputs: InputShape
    optimizer: OptimizerSpec
    seed: int
    shapes: tuple
    state: TrainingState
    stopping: Stopping | None = None
