"""The part of a Keras model's configuration that its compiled program depends on."""

import json

from .gru.layer import can_fuse

_INITIALIZERS = "_initializer"
_PENALTIES = {"L1", "L2", "L1L2"}


def model_key(config):
    """Return a model's configuration without what is an input of programs, as JSON.

    It leaves out initializers and seeds (weights and states of random generators are
    inputs), dropout rates, factors of L1 and L2 regularizers, and the arguments of
    ``compile``. Models with equal keys share programs.

    Parameters
    ----------
    config : dict
        What ``keras.saving.serialize_keras_object(model)`` returns.

    Returns
    -------
    key : str

    Examples
    --------
    >>> import keras
    >>> def key(rate):
    ...     layers = [
    ...         keras.Input((5, 2), name="input"),
    ...         keras.layers.GRU(3, name="gru"),
    ...         keras.layers.Dropout(rate, name="dropout"),
    ...     ]
    ...     model = keras.Sequential(layers, name="model")
    ...     return model_key(keras.saving.serialize_keras_object(model))
    >>> key(0.1) == key(0.5)
    True
    """
    return json.dumps(_without_inputs(config), sort_keys=True, default=repr)


def _without_inputs(value):
    if isinstance(value, list | tuple):
        return [_without_inputs(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _is_of(value, "keras.regularizers") and value["class_name"] in _PENALTIES:
        return "L1L2"
    kept = {
        name: item
        for name, item in value.items()
        if name != "compile_config" and not name.endswith(_INITIALIZERS)
    }
    if _is_of(value, "keras.layers"):
        kept["config"] = _of_layer(value["class_name"], value["config"])
    return {name: _without_inputs(item) for name, item in kept.items()}


def _of_layer(class_name, config):
    config = {name: item for name, item in config.items() if name != "seed"}
    if class_name == "Dropout":
        del config["rate"]
    if class_name == "GRU" and can_fuse(config):
        # Whether a rate is above 0 changes the graph; its value does not.
        for name in ("dropout", "recurrent_dropout"):
            config[name] = config[name] > 0
    return config


def _is_of(config, module):
    return config.get("module") == module and "class_name" in config
