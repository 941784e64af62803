"""The user's own classes and functions that a model's configuration names."""

import functools
import json
import sys
import types

import keras

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
    """Return the names, in a model's configuration, of what is not Keras' own.

    Parameters
    ----------
    config : str
        JSON.

    Returns
    -------
    names : set of str
        ``"__lambda__"`` stands for a function without a name.
    """
    return set(_names(json.loads(config)))


def _names(value):
    if isinstance(value, list):
        for item in value:
            yield from _names(item)
    if not isinstance(value, dict):
        return
    if "class_name" in value and "config" in value:
        name, module = value["class_name"], value.get("module")
        if name == _LAMBDA:
            yield name
        elif name == "function":
            yield value["config"]
        elif not name.startswith("__") and (module or "").split(".")[0] != "keras":
            yield value.get("registered_name") or name
    for item in value.values():
        yield from _names(item)


def custom_objects(parts, names):
    """Return the classes and functions of these names that a model is made of.

    Parameters
    ----------
    parts : list of keras.layers.Layer
        The model and all its layers.
    names : set of str
        Of `custom_names`.

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


def is_of_keras(thing):
    """Whether a class or function is one of Keras' own."""
    return thing.__module__.split(".")[0] == "keras"


def behaviour(function):
    """Return what a function does, as far as can be compared, as something hashable.

    A function that is defined inside another is a new one at every call of that, with
    the same code. What it has taken from there is compared as well.
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
    """Refuse a configuration from which its model could not be made elsewhere.

    Raises
    ------
    TypeError
    """
    found = [registered_name(thing) for thing in objects]
    for name in sorted(custom_names(config) - {_LAMBDA}):
        if found.count(name) != 1:
            problem = "two things of that name" if name in found else "no such thing"
            raise TypeError(
                "The fitted network cannot be kept: its configuration names "
                f"{name!r}, and there is {problem} in its layers. Give each class and "
                "function a name of its own, and have layers keep them as attributes."
            )


def anonymous_lambdas(config):
    """Return the names of the ``Lambda`` layers whose functions have no name."""

    def names(value):
        if isinstance(value, list):
            return [name for item in value for name in names(item)]
        if not isinstance(value, dict):
            return []
        found = [name for item in value.values() for name in names(item)]
        function = value.get("function")
        if isinstance(function, dict) and function.get("class_name") == _LAMBDA:
            found.append(value.get("name"))
        return found

    return names(json.loads(config))


def check_from_file(config, objects):
    """Refuse a configuration, read from a file, that could run code nobody trusts.

    Parameters
    ----------
    config : str
    objects : sequence of types and functions
        What the file names, and the user trusts.

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
    for module, name in _keras_names(json.loads(config)):
        # A function would be called with what the configuration says.
        if not isinstance(getattr(sys.modules.get(module), name, None), type):
            raise ValueError(
                f"The file's network holds {module}.{name}, which is no class of Keras."
            )


def _keras_names(value):
    """Yield module and name of each object of Keras' own in a configuration."""
    if isinstance(value, list):
        for item in value:
            yield from _keras_names(item)
    if not isinstance(value, dict):
        return
    if "class_name" in value and "config" in value:
        module, name = value.get("module"), value["class_name"]
        if (module or "").split(".")[0] == "keras" and name != "function":
            yield module, name
    for item in value.values():
        yield from _keras_names(item)
