"""The part of a Keras model's configuration that its compiled program depends on."""

import json

from .gru.layer import can_fuse

_INITIALIZERS = "_initializer"
_PENALTIES = {"L1", "L2", "L1L2"}


def model_key(config):
    """Return a model's configuration without what is an input of programs, as JSON.

    It leaves out initializers and seeds (weights and states of random generators are
    inputs), dropout rates, factors of L1 and L2 regularizers of weights, and the
    arguments of ``compile``. Rates that are constants of the program stay in it. Models
    with equal keys share programs.

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


def _without_inputs(value, of_keras=True, has_forms=True):
    """Leave out what is an input of the program.

    ``of_keras`` is whether all layers around ``value`` are Keras' own: a layer of the
    user may use the regularizers and rates in its configuration in any way.
    ``has_forms`` is whether layers there get their run-time forms.
    """
    if isinstance(value, list | tuple):
        return [_without_inputs(item, of_keras, has_forms) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {
        name: item
        for name, item in value.items()
        if name != "compile_config" and not name.endswith(_INITIALIZERS)
    }
    if "class_name" in value and "module" in value:
        of_keras = of_keras and (value["module"] or "").split(".")[0] == "keras"
        if value["module"] == "keras.layers":
            config = {k: v for k, v in value["config"].items() if k != "seed"}
            if of_keras:
                _leave_out_factors(config)
            if of_keras and has_forms:
                _leave_out_rates(value["class_name"], config)
            kept["config"] = config
        has_forms = has_forms and value["class_name"] != "TimeDistributed"
    return {
        name: _without_inputs(item, of_keras, has_forms) for name, item in kept.items()
    }


def _leave_out_rates(class_name, config):
    if class_name == "Dropout":
        del config["rate"]
    if class_name == "GRU" and can_fuse(config):
        # Whether a rate is above 0 changes the graph; its value does not.
        for name in ("dropout", "recurrent_dropout"):
            config[name] = config[name] > 0


def _leave_out_factors(config):
    for name, item in config.items():
        # Factors for weights are inputs, those for activities are not.
        of_weight = name.endswith("_regularizer") and name != "activity_regularizer"
        if of_weight and isinstance(item, dict) and _is_penalty(item):
            config[name] = "L1L2"


def _is_penalty(config):
    return (
        config.get("module") == "keras.regularizers"
        and config.get("class_name") in _PENALTIES
    )
