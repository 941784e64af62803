"""The network as a stock Keras model with the fitted weights, for the user."""

import keras

from ._engine.interrupts import InterruptLater
from ._engine.parts import ModelParts
from ._keras import has_graph, layers_of, private_names


class StockModel:
    """A ``keras.Model`` that predicts as the estimator does.

    Parameters
    ----------
    model : keras.Model
        The network.
    input_shape : tuple
        Shape of one sequence.
    rescaling : tuple of two lists or None, default=None
        Scale and offset that turn the network's outputs into the user's units.

    Attributes
    ----------
    model : keras.Model
    """

    def __init__(self, model, input_shape, rescaling=None):
        self._parts = ModelParts(model)
        self.model = model
        if rescaling is not None:
            with private_names():
                self.model = _rescaled(model, input_shape, *rescaling)

    def set_values(self, values):
        """Set the weights and the state, as `Training.get_weights` returns them.

        An embedding may have fewer rows than the trained one, see ``_whole_rows``.
        """
        variables = self._variables()
        with InterruptLater():
            for variable, value in zip(variables, values, strict=True):
                variable.assign(value[: variable.shape[0]] if value.ndim else value)
            for layer in layers_of(self.model):
                if isinstance(layer, keras.layers.Normalization):
                    layer.finalize_state()  # recomputes its tensors from its weights

    def values(self, values):
        """Return the weights and the state; rows that the model lacks are kept."""
        present = []
        for variable, value in zip(self._variables(), values, strict=True):
            array = variable.numpy()
            if array.shape != value.shape:
                whole = value.copy()
                whole[: len(array)] = array
                array = whole
            present.append(array)
        return present

    def _variables(self):
        return [*self._parts.trainable, *self._parts.state]


def _rescaled(model, input_shape, scale, offset):
    layer = keras.layers.Rescaling(scale, offset, dtype="float32", name="rescaling")
    if has_graph(model):
        return keras.Model(model.inputs, layer(model.outputs[0]), name=model.name)
    # A subclassed model has no graph to extend.
    dtype = "float32" if len(input_shape) == 2 else "int32"
    inputs = keras.Input(input_shape, dtype=dtype)
    return keras.Model(inputs, layer(model(inputs)))
