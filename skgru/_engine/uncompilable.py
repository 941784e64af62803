"""Errors that name the layer that XLA cannot compile and say what to do."""

import contextlib
import re

import tensorflow as tf

from .compiled import NotPureError

# Errors that TensorFlow raises if XLA cannot compile a function.
_REFUSALS = (
    tf.errors.InvalidArgumentError,
    tf.errors.UnimplementedError,
    tf.errors.NotFoundError,
)
_UNSUPPORTED = re.compile(r"(\w+) \(No registered '\w+' OpKernel")
_NODE = re.compile(r"\{\{node ([^}]+)\}\}")
# TensorFlow numbers repeated scopes of a name: `dense_1` may be the layer `dense`.
_NUMBER = re.compile(r"_\d+$")

_ADVICE = {
    **dict.fromkeys(
        ("EagerPyFunc", "PyFunc", "PyFuncStateless"),
        "it calls Python in every step. Write it with keras.ops, or do its work "
        "before the network, in a transformer of a Pipeline",
    ),
    **dict.fromkeys(
        ("PrintV2", "StringFormat"),
        "it prints or makes strings. Remove that, or print in a Keras callback",
    ),
    None: "it uses a variable, a table or random numbers that are not among its "
    "weights. Make variables with add_weight(), and give random functions "
    "seed=keras.random.SeedGenerator(...), an attribute of the layer; look words up "
    "before the network, in a transformer of a Pipeline",
}


@contextlib.contextmanager
def errors_that_name_layers(network):
    """Turn a compilation error of a network into one that names the layer.

    Parameters
    ----------
    network : Network
    """
    try:
        yield
    except NotPureError as error:
        advice = _ADVICE[None]
        if error.operation is not None:
            advice = (
                f"it draws with TensorFlow's {error.operation}, which random_state "
                "does not control. Use keras.random with "
                "seed=keras.random.SeedGenerator(...), an attribute of the layer"
            )
        name = network.find_operation(error.operation)
        raise _error(network, name, advice) from None
    except _REFUSALS as error:
        unsupported = _UNSUPPORTED.search(str(error))
        node = _NODE.search(str(error))
        if node is None:
            raise
        kind = unsupported[1] if unsupported else node[1].split("/")[-1]
        advice = _ADVICE.get(
            kind,
            f"XLA cannot compile TensorFlow's {kind} there. Write it with other "
            "functions of keras.ops, or do its work before the network, in a "
            "transformer of a Pipeline",
        )
        name = network.find_operation(kind) if unsupported else None
        raise _error(network, name or node[1], advice) from error


def _error(network, operation, advice):
    layer = layer_of(operation, network.layers)
    which = "A layer"
    if layer is not None:
        which = f"The layer {layer.name!r} ({type(layer).__name__})"
    return ValueError(
        f"{which} of the network that 'model' returned cannot be compiled: {advice}."
    )


def layer_of(operation, layers):
    """Return the innermost layer that an operation belongs to, or None.

    Parameters
    ----------
    operation : str or None
        Name of the operation, such as ``"while/functional/attention/MatMul"``.
    layers : list of keras.layers.Layer
    """
    by_name = {layer.name: layer for layer in layers}
    for part in reversed((operation or "").split("/")):
        for name in (part, _NUMBER.sub("", part)):
            if name in by_name:
                return by_name[name]
    return None
