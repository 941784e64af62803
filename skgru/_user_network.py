"""A user's Keras model as an architecture of the engine."""

import json
from dataclasses import dataclass, field
from functools import cache

import keras
import numpy as np

from ._custom_objects import (
    anonymous_lambdas,
    behaviour,
    check_from_file,
    check_travels,
    custom_names,
    custom_objects,
    registered_name,
)
from ._digest import digest_of_arrays
from ._engine.model_key import model_key
from ._keras import default_seeds, has_graph, is_of_keras, layers_of, private_names
from ._portable import is_plain


@dataclass(frozen=True)
class UserNetwork:
    """What changes the compiled graph of a user's model, and how to rebuild the model.

    Parameters
    ----------
    key : str
        The model's configuration without what programs take as inputs, as JSON.
    objects : tuple of types and functions
        The custom objects that its configuration names.
    behaviours : tuple
        Distinguishes them from others of the same names, see `behaviour`.
    input_shape : tuple
        Shape of one sequence for it; None where any number of steps will do.
    n_outputs : int
        Width of its head.
    masks : bool
        Whether it has a layer that masks padding: ``Masking`` or ``mask_zero``.
    config : str or None
        The whole configuration, as JSON; None if a part of it has none.
    factory : callable or None
        Returns a new instance of the model; not saved in files.
    """

    key: str
    objects: tuple = field(compare=False)
    behaviours: tuple = field(repr=False)
    input_shape: tuple
    n_outputs: int
    masks: bool
    config: str | None = field(compare=False, repr=False)
    factory: object = field(compare=False, repr=False)

    # Padded steps are zeros, as Keras' Masking expects them.
    padding = 0.0
    batch_first = False

    def __getstate__(self):
        if self.config is None:
            names = [c.__qualname__ for c in self.objects]
            raise TypeError(
                "A fitted network can be kept only if each of its parts has a "
                f"configuration, and one of {names} has none. Give it a get_config() "
                "that returns the arguments of its __init__."
            )
        check_travels(self.config, self.objects)
        if is_plain():
            for name in anonymous_lambdas(self.config):
                raise TypeError(
                    f"The fitted network cannot be saved: its Lambda layer {name!r} "
                    "holds a function without a name, which is code. Use a function "
                    "or a keras.layers.Layer of a module."
                )
        # Behaviours contain code objects, which cannot be pickled: __setstate__
        # computes them again.
        return {**vars(self), "behaviours": None, "factory": None}

    def __setstate__(self, state):
        if is_plain():
            check_from_file(state["config"], state["objects"])
        behaviours = tuple(map(behaviour, state["objects"]))
        vars(self).update({**state, "behaviours": behaviours})

    def __deepcopy__(self, memo):
        return self  # immutable

    @property
    def any_length(self):
        """Whether the model takes sequences of any number of steps."""
        return self.input_shape[0] is None

    def at_prediction(self):
        """Return the network without what is only used in training."""
        return self

    def continues(self, other):
        """Whether weights of ``other`` that have the same shapes mean the same here."""
        return isinstance(other, UserNetwork)

    def build(self):
        """Return a new instance of the model, whose weights must be set."""
        if self.factory is None:
            return self._from_config()
        model = self.factory()
        if self.config is not None and _key(model)[0] != self.key:
            raise ValueError(
                "The 'model' function returns another network at every call, though it "
                "gets the same arguments. Let them alone determine its layers."
            )
        return model

    def _from_config(self):
        with private_names(), default_seeds(np.random.default_rng(0)):
            # Outside safe mode some Keras layers run code from their configuration or
            # read files. Only Lambda layers from a pickle, which its reader trusts,
            # need that: __setstate__ accepts none from a file.
            has_code = "__lambda__" in custom_names(self.config)
            model = keras.saving.deserialize_keras_object(
                json.loads(self.config),
                custom_objects={registered_name(o): o for o in self.objects},
                safe_mode=not has_code,
            )
            call_symbolically(model, self.input_shape)
        return model


def call_symbolically(model, input_shape):
    """Create the variables of a model that has no input shape yet.

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
        Returns a new, built instance of the same model.
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
    key, config = _key(model)
    if config is None:
        # Its behaviour is in the function's code and arguments, so they are the key.
        known = {name: _telling(value) for name, value in sorted(arguments.items())}
        key = json.dumps({**json.loads(key), "arguments": known})
        types = {type(part): None for part in (model, *layers)}
        objects = tuple(cls for cls in types if not is_of_keras(cls))
        telling = (function, *objects)
    else:
        objects = custom_objects([model, *layers], custom_names(config))
        lambdas = [la for la in layers if isinstance(la, keras.layers.Lambda)]
        telling = dict.fromkeys([*objects, *(layer.function for layer in lambdas)])
    return UserNetwork(
        key=key,
        objects=objects,
        behaviours=tuple(map(behaviour, telling)),
        input_shape=tuple(input_shape),
        n_outputs=n_outputs,
        masks=masks,
        config=config,
        factory=factory,
    )


def _key(model):
    """Return the key of a model, and its configuration or None if a part has none."""
    attributes = _attributes(model)
    try:
        config = keras.saving.serialize_keras_object(model)
    except (NotImplementedError, TypeError):
        # Use its layers and their weights: nothing else is known.
        parts = {layer.path: _known(layer) for layer in layers_of(model)}
        return json.dumps(
            {"parts": parts, "attributes": attributes}, default=repr
        ), None
    config["compile_config"] = None
    key = model_key(config)
    if attributes:
        key = json.dumps({"config": json.loads(key), "attributes": attributes})
    return key, json.dumps(config, default=repr)


def _known(layer):
    shapes = [str(weight.shape) for weight in layer.weights]
    try:
        config = keras.saving.serialize_keras_object(layer)
    except (NotImplementedError, TypeError):
        return [type(layer).__qualname__, shapes]
    return [json.loads(model_key(config)), shapes]


def _attributes(model):
    """Return what the user's own parts of a model hold, by their names.

    The configuration of a part may leave something out: that of a constraint without a
    ``get_config`` is empty.
    """
    parts = {layer.path: layer for layer in (model, *layers_of(model))}
    for variable in model.trainable_variables:
        parts[f"{variable.path} constraint"] = variable.constraint
        parts[f"{variable.path} regularizer"] = variable.regularizer
    parts = {
        name: vars(part)
        for name, part in parts.items()
        if hasattr(part, "__dict__") and not is_of_keras(type(part))
    }
    of_keras = _attributes_of_keras() if parts else ()
    return {
        name: {
            attribute: _telling(value)
            for attribute, value in sorted(attributes.items())
            if attribute not in of_keras and isinstance(value, _PLAIN)
        }
        for name, attributes in parts.items()
    }


_PLAIN = (bool, int, float, str, np.ndarray, np.generic)


@cache
def _attributes_of_keras():
    """Return the names of the attributes that every layer and model has."""
    with private_names():
        return frozenset(vars(keras.Model()))


def _telling(value):
    """Return text that differs for different values, also of long arrays."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return digest_of_arrays(value)
    return repr(value)
