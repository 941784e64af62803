"""Custom objects: the user's classes and functions in a model's configuration."""

import functools
import json
import sys
import types

import keras

from ._keras import is_of_keras
from ._keras_config import mappings_in

_KINDS = (
    keras.layers.Layer,
    keras.regularizers.Regularizer,
    keras.initializers.Initializer,
    keras.constraints.Constraint,
    types.FunctionType,
)
_LAMBDA = "__lambda__"


def registered_name(thing):
    """Return the name by which Keras' configurations refer to a class or function."""
    return keras.saving.get_registered_name(thing)


def custom_names(config):
    """Return the names of custom objects in a model's configuration.

    Parameters
    ----------
    config : str
        The configuration as JSON.

    Returns
    -------
    names : set of str
        ``"__lambda__"`` stands for a function without a name.
    """
    return set(_names(json.loads(config)))


def _names(config):
    for item in _objects_in(config):
        name = item["class_name"]
        if name == _LAMBDA:
            yield name
        elif name == "function":
            yield item["config"]
        elif not name.startswith("__") and not _describes_keras(item):
            yield item.get("registered_name") or name


def _objects_in(config):
    return (i for i in mappings_in(config) if "class_name" in i and "config" in i)


def _describes_keras(item):
    return (item.get("module") or "").split(".")[0] == "keras"


def custom_objects(parts, names):
    """Return a model's custom classes and functions with these names.

    Parameters
    ----------
    parts : list of keras.layers.Layer
        The model and all its layers.
    names : set of str
        Result of `custom_names`.

    Returns
    -------
    objects : tuple of types and functions
    """
    found = {}
    for part in parts:
        for thing in (part, *vars(part).values()):
            if not isinstance(thing, _KINDS):
                continue
            thing = thing if isinstance(thing, types.FunctionType) else type(thing)
            if not is_of_keras(thing) and registered_name(thing) in names:
                found[thing] = None
    return tuple(found)


def behaviour(function):
    """Return a hashable value that is equal for functions with the same behaviour.

    A nested function is a new object at every call of the outer function, although its
    code is the same. So code, defaults and the values of its closure are compared. If
    they are not hashable, the function itself is returned.
    """
    if isinstance(function, functools.partial):
        known = (behaviour(function.func), function.args, _items(function.keywords))
    elif isinstance(function, types.FunctionType):
        cells = tuple(cell.cell_contents for cell in function.__closure__ or ())
        defaults = (function.__defaults__, _items(function.__kwdefaults__ or {}))
        known = (function.__module__, function.__code__, cells, defaults)
    else:
        return function
    try:
        hash(known)
    except TypeError:
        return function
    return known


def _items(mapping):
    return tuple(sorted(mapping.items()))


def check_travels(config, objects):
    """Raise if a model could not be rebuilt from its configuration and objects.

    Raises
    ------
    TypeError
    """
    found = [registered_name(thing) for thing in objects]
    for name in sorted(custom_names(config) - {_LAMBDA}):
        if found.count(name) != 1:
            problem = "more than one" if name in found else "none"
            raise TypeError(
                "The fitted network cannot be kept: its configuration names a class or "
                f"function {name!r}, but its layers hold {problem} of that name. Give "
                "each a name of its own, and store it in an attribute of its layer."
            )


def anonymous_lambdas(config):
    """Return the names of the ``Lambda`` layers whose functions have no name."""
    return [
        item.get("name")
        for item in mappings_in(json.loads(config))
        if isinstance(function := item.get("function"), dict)
        and function.get("class_name") == _LAMBDA
    ]


def check_from_file(config, objects):
    """Raise if a configuration from a file could run code that is not trusted.

    Parameters
    ----------
    config : str
    objects : sequence of types and functions
        The custom objects that the file declares and the user trusts.

    Raises
    ------
    ValueError
    """
    known = {registered_name(thing) for thing in objects}
    for name in sorted(custom_names(config)):
        if name == _LAMBDA:
            raise ValueError(
                "The file holds a Lambda layer with a function that has no name, "
                "which is code. Write it as a keras.layers.Layer of a module."
            )
        if name not in known:
            raise ValueError(
                f"The file's network holds {name!r}, which is not among the types that "
                "it declares."
            )
    for item in _objects_in(json.loads(config)):
        module, name = item.get("module"), item["class_name"]
        if name == "function" or not _describes_keras(item):
            continue
        # Keras would call a function with arguments from the configuration.
        if not isinstance(getattr(sys.modules.get(module), name, None), type):
            raise ValueError(
                f"The file's network holds {module}.{name}, which is no class of Keras."
            )
