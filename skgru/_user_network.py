"""A user's Keras model as an architecture of the engine."""

import json
from dataclasses import dataclass, field

import keras
import numpy as np

from ._engine.model_key import model_key
from ._keras import default_seeds, has_graph, layers_of, private_names


@dataclass(frozen=True)
class UserNetwork:
    """What changes the compiled graph of a user's model, and how to make it again.

    Parameters
    ----------
    key : str
        The model's configuration without what programs take as inputs, as JSON.
    classes : tuple of type
        The classes of its parts that are not Keras' own.
    input_shape : tuple
        Shape of one sequence for it; None where any number of steps will do.
    n_outputs : int
        Width of its head.
    masks : bool
        Whether it has a layer that masks padding: ``Masking`` or ``mask_zero``.
    config : str or None
        The whole configuration, as JSON; None if a part of it has none.
    factory : callable or None
        Returns the model anew; not kept in files.
    """

    key: str
    classes: tuple
    input_shape: tuple
    n_outputs: int
    masks: bool
    config: str | None = field(compare=False, repr=False)
    factory: object = field(compare=False, repr=False)

    # Padded steps are zeros, as Keras' Masking expects them.
    padding = 0.0

    def __getstate__(self):
        if self.config is None:
            names = [c.__qualname__ for c in self.classes if isinstance(c, type)]
            raise TypeError(
                "A fitted network can be kept in files only if each of its parts has a "
                f"configuration, and one of {names} has none. Give it a get_config() "
                "that returns the arguments of its __init__."
            )
        return {**vars(self), "factory": None}

    def __setstate__(self, state):
        vars(self).update(state)

    @property
    def any_length(self):
        """Whether the model takes sequences of any number of steps."""
        return self.input_shape[0] is None

    def at_prediction(self):
        """Return the network without what acts in training alone."""
        return self

    def build(self):
        """Return the model anew, with weights that are to be set."""
        if self.factory is not None:
            model = self.factory()
        else:
            with private_names(), default_seeds(np.random.default_rng(0)):
                model = keras.saving.deserialize_keras_object(
                    json.loads(self.config), custom_objects=self._custom_objects()
                )
                call_symbolically(model, self.input_shape)
        if self.config is not None and _key(model)[0] != self.key:
            raise ValueError(
                "The 'model' function returns another network at every call, though it "
                "gets the same arguments. Let them alone determine its layers."
            )
        return model

    def _custom_objects(self):
        return {keras.saving.get_registered_name(cls): cls for cls in self.classes}


def call_symbolically(model, input_shape):
    """Create the variables of a model that does not know its input's shape yet.

    Returns
    -------
    outputs : keras.KerasTensor or None
        None if there was nothing to do.
    """
    if model.built and has_graph(model):
        return None
    dtype = "float32" if len(input_shape) == 2 else "int32"
    return model(keras.Input(input_shape, dtype=dtype))


def user_network(model, input_shape, n_outputs, factory, function, arguments):
    """Return the `UserNetwork` of a built model.

    Parameters
    ----------
    model : keras.Model
    input_shape : tuple
    n_outputs : int
    factory : callable
        Returns the same model anew, built.
    function : callable
        Made the model.
    arguments : dict
        Of the function.
    """
    layers = layers_of(model)
    masks = any(
        isinstance(layer, keras.layers.Masking) or getattr(layer, "mask_zero", False)
        for layer in layers
    )
    types = {type(part): None for part in (model, *layers)}
    classes = tuple(c for c in types if not c.__module__.startswith("keras."))
    key, config = _key(model)
    if config is None:
        # What it does is in the function's code, and in what the function was given.
        key = json.dumps(
            {**json.loads(key), "arguments": repr(sorted(arguments.items()))}
        )
        classes = (function, *classes)
    return UserNetwork(
        key=key,
        classes=classes,
        input_shape=tuple(input_shape),
        n_outputs=n_outputs,
        masks=masks,
        config=config,
        factory=factory,
    )


def _key(model):
    """Return the key of a model, and its configuration or None if a part has none."""
    try:
        config = keras.saving.serialize_keras_object(model)
    except (NotImplementedError, TypeError):
        # Its layers and their weights, which is what can be known of it.
        parts = {layer.path: _known(layer) for layer in layers_of(model)}
        return json.dumps(parts, default=repr), None
    config["compile_config"] = None
    return model_key(config), json.dumps(config, default=repr)


def _known(layer):
    shapes = [str(weight.shape) for weight in layer.weights]
    try:
        config = keras.saving.serialize_keras_object(layer)
    except (NotImplementedError, TypeError):
        return [type(layer).__qualname__, shapes]
    return [json.loads(model_key(config)), shapes]
