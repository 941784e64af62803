"""Whether a user's model fits the data and the estimator's parameters."""

import json
import threading
import warnings
import weakref

import keras
import numpy as np

from ._engine.optimizers import resolve_optimizer
from ._keras import (
    compile_settings,
    has_graph,
    is_of_keras,
    last_operation,
    layers_of,
    takes_training,
)
from ._model_function import name_of

_LOSSES = {
    "categorical_crossentropy": {
        "categorical_crossentropy",
        "sparse_categorical_crossentropy",
    },
    "binary_crossentropy": {"binary_crossentropy"},
    "mse": {"mse", "mean_squared_error"},
    "mae": {"mae", "mean_absolute_error"},
    "huber": {"huber"},
}
# Arguments of compile about execution, which the engine decides: they are ignored.
_OF_EXECUTION = {"jit_compile", "run_eagerly", "steps_per_execution", "auto_scale_loss"}


# What a model may override, and the engine does not call.
_OF_TRAINING = ("train_step", "test_step", "predict_step", "compute_loss")
# Layers that do something else in training.
_WITH_MODES = (
    keras.layers.BatchNormalization,
    keras.layers.Dropout,
    keras.layers.GaussianDropout,
    keras.layers.GaussianNoise,
    keras.layers.SpatialDropout1D,
)
_CELLS = (
    keras.layers.GRUCell,
    keras.layers.LSTMCell,
    keras.layers.SimpleRNNCell,
    keras.layers.StackedRNNCells,
)
# Activations that are layers of their own.
_UNBOUNDED = (
    keras.layers.ReLU,
    keras.layers.LeakyReLU,
    keras.layers.PReLU,
    keras.layers.ELU,
)

_returned, _lock = weakref.WeakSet(), threading.Lock()


def check_is_model(model, function, owner):
    """Raise unless a function returned a new model of one input and one output."""
    where = f"The function {name_of(function)}, the 'model' parameter of {owner},"
    if not isinstance(model, keras.Model):
        raise TypeError(f"{where} must return a keras.Model. Got {model!r} instead.")
    with _lock:
        if model in _returned:
            raise ValueError(
                f"{where} must return a new model at every call. Got one that it has "
                "returned before."
            )
        _returned.add(model)
    for step in _OF_TRAINING:
        if not is_of_keras(getattr(model, step)):
            raise ValueError(
                f"{where} must return a model that is trained as Keras does. Got "
                f"{type(model).__name__} with a {step} of its own, which would never "
                "be called. Leave it out, or put what it adds to the loss into a layer "
                "that calls add_loss()."
            )
    _warn_of_inference_mode(model, where)
    for layer in layers_of(model):
        if isinstance(layer, keras.layers.RNN):
            _check_cell(layer, where)
        if getattr(layer, "stateful", False):
            raise ValueError(
                f"{where} must return a model that keeps no state between batches, as "
                f"samples are shuffled. Got stateful=True in layer {layer.name!r}."
            )
    if not has_graph(model):
        return
    _check_single("input", model.inputs, where)
    _check_single("output", model.outputs, where)
    batch_size = model.inputs[0].shape[0]
    if batch_size is not None:
        raise ValueError(
            f"{where} must return a model of any batch size. Got an input of "
            f"{batch_size} samples: leave out batch_size and batch_shape."
        )


def check_outputs(outputs, function, owner):
    """Return the only output of a model without a graph."""
    where = f"The function {name_of(function)}, the 'model' parameter of {owner},"
    outputs = keras.tree.flatten(outputs)
    _check_single("output", outputs, where)
    return outputs[0]


def _check_single(what, tensors, where):
    if len(tensors) != 1:
        raise ValueError(
            f"{where} must return a model of one {what}. Got {len(tensors)} of them."
        )


def _warn_of_inference_mode(model, where):
    if takes_training(model):
        return
    for layer in layers_of(model):
        if isinstance(layer, _WITH_MODES):
            warnings.warn(
                f"{where} returned a model whose call has no argument 'training'. As "
                f"in Keras, its layer {layer.name!r} ({type(layer).__name__}) is then "
                "in inference mode also while it is trained: write call(self, inputs, "
                "training=False).",
                UserWarning,
                stacklevel=2,
            )
            return


def _check_cell(layer, where):
    """Raise if a layer inside a cell has state, which would change at every step."""
    for inner in layers_of(layer):
        if inner is layer.cell or isinstance(inner, _CELLS):
            continue
        if isinstance(inner, keras.layers.Dropout) or inner.non_trainable_variables:
            raise ValueError(
                f"{where} must return a model whose cells keep no state but their own. "
                f"Got layer {inner.name!r} ({type(inner).__name__}) in the cell of "
                f"{layer.name!r}: its averages or random numbers would change at every "
                "time step, which compiled programs do not support. Put it before or "
                "after the recurrent layer, or use the dropout of a Keras cell."
            )


def check_head(model, output_shape, function, targets, owner):
    """Return the width of a model's output, if it is one that the targets need."""
    expected = " or ".join(
        f"{width} output{'s' if width > 1 else ''} with activation {activation!r}"
        for width, activation in targets.heads
    )
    must = (
        f"The function {name_of(function)}, the 'model' parameter of {owner}, must "
        f"return a model that ends with {expected} for this y. "
    )
    if len(output_shape) != 2:
        raise ValueError(f"{must}Got outputs of shape {tuple(output_shape)}.")
    heads = dict(targets.heads)
    width = output_shape[-1]
    if width not in heads:
        raise ValueError(f"{must}Got {width} output{'s' if width != 1 else ''}.")
    activation = _activation(model)
    free = heads[width] == "linear" and targets.rescaling is None
    if activation is not None and activation != heads[width] and not free:
        raise ValueError(
            f"{must}Got activation {activation!r} of layer "
            f"{last_operation(model).name!r}."
        )
    if not model.trainable_variables:
        raise ValueError(f"{must}Got a model without trainable weights.")
    return int(width)


def _activation(model):
    """Return the name of a model's last activation, or None if it is unknown."""
    head = last_operation(model)
    if isinstance(head, keras.Model):
        return _activation(head)
    if isinstance(head, keras.layers.Softmax):
        return "softmax"
    if isinstance(head, _UNBOUNDED):
        return type(head).__name__
    if isinstance(head, keras.layers.Dense | keras.layers.Activation):
        return getattr(head.activation, "__name__", None)
    return None


def check_compiled(model, function, loss, optimizer, rates, owner):
    """Compare what a model was compiled with to the estimator's own parameters.

    Parameters
    ----------
    model : keras.Model
    function : callable
    loss : str
    optimizer : OptimizerSpec
    rates : dict of str to float
        The estimator's learning rate, unless it is left at its default, and clipping.
    owner : str

    Returns
    -------
    learning_rate : float or None
        The model's, where it was compiled and the estimator's is left at its default.

    Raises
    ------
    ValueError
        The two differ.
    """
    settings = compile_settings(model)
    if settings is None:
        return None
    compiled = f"The function {name_of(function)} compiles its model with "
    if not _is_loss(settings.pop("loss", None), loss):
        raise ValueError(
            f"{compiled}loss={model.loss!r}, but {owner} trains with {loss!r} for this "
            "y. Leave the loss to the estimator: return the model uncompiled."
        )
    settings.pop("optimizer", None)
    spec, own = resolve_optimizer(model.optimizer, {}, owner)
    learning_rate = float(model.optimizer.learning_rate.numpy())
    own.pop("learning_rate", None)
    if "learning_rate" in rates:
        own["learning_rate"], learning_rate = learning_rate, None
    if spec != optimizer:
        theirs, ours = _described(spec, optimizer), _described(optimizer, spec)
        raise ValueError(
            f"{compiled}optimizer {theirs}, but the 'optimizer' of {owner} is {ours}. "
            "Set the estimator's, or return the model uncompiled."
        )
    for name in {**own, **rates}:
        value, expected = own.get(name), rates.get(name)
        if (value is None) != (expected is None) or (
            value is not None and not np.isclose(value, expected)
        ):
            raise ValueError(
                f"{compiled}{name}={value}, but the '{name}' parameter of {owner} is "
                f"{expected}. Set the estimator's, or return the model uncompiled."
            )
    for name, value in settings.items():
        if value is None or value == [] or name in _OF_EXECUTION:
            continue
        if name in ("metrics", "weighted_metrics"):
            warnings.warn(
                f"{compiled}{name}={value!r}, which {owner} does not measure. Use its "
                f"'scoring' parameter, or leave {name} out.",
                UserWarning,
                stacklevel=2,
            )
            continue
        raise ValueError(
            f"{compiled}{name}={value!r}, which {owner} does not support. Leave it out."
        )
    return learning_rate


def _is_loss(value, name):
    """Whether a model's compiled loss is the given one, with default settings."""
    if isinstance(value, str):
        return value.lower() in _LOSSES[name] or _is_loss(keras.losses.get(value), name)
    if isinstance(value, keras.losses.Loss):
        default = type(value)().get_config()
        if value.get_config() != {**default, "name": value.name}:
            return False
        return _snake_case(type(value).__name__) in _LOSSES[name]
    return getattr(value, "__name__", None) in _LOSSES[name]


def _snake_case(name):
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name).lstrip("_")


def _described(spec, other):
    """Name an optimizer; if its class is the other's, also the settings that differ."""
    if spec.cls is not other.cls:
        return spec.cls.__name__
    config, rest = json.loads(spec.config), json.loads(other.config)
    own = [f"{name}={config[name]!r}" for name in config if config[name] != rest[name]]
    return f"{spec.cls.__name__}({', '.join(own)})"
