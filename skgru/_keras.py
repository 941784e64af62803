"""All uses of Keras' private names; other modules import them from here.

``tests/test_private_names.py`` has a test for each.
"""

import contextlib
import contextvars
import threading
from collections import defaultdict

import keras
from keras.src.backend.common import global_state
from keras.src.backend.tensorflow import random as _backend_random
from keras.src.random import seed_generator as _seed_generator

_OPTIMIZER_BASES = {cls.__name__: cls for cls in keras.optimizers.Optimizer.__mro__}
BaseOptimizer = _OPTIMIZER_BASES["BaseOptimizer"]
TFOptimizer = _OPTIMIZER_BASES["TFOptimizer"]

_NAME_COUNTERS = "object_name_uids"


def layers_of(model):
    """Return all layers of a model, those inside wrappers and other models included."""
    return list(model._flatten_layers(include_self=False, recursive=True))


def has_graph(model):
    """Whether a model is a graph of layers, as functional models are.

    A subclassed model and a Sequential model of unknown input shape are not.
    """
    if isinstance(model, keras.Sequential):
        return model._functional is not None
    return hasattr(model, "operations")


def last_operation(model):
    """Return the layer or operation that makes a model's output, None if unknown."""
    if not is_of_keras(model.call):
        return None  # a subclass may do more than its graph
    if isinstance(model, keras.Sequential):
        return model.layers[-1] if model.layers else None
    if not has_graph(model):
        return None
    return model.outputs[0]._keras_history.operation


def is_of_keras(thing):
    """Whether a class, function or method is one of Keras' own."""
    return thing.__module__.split(".")[0] == "keras"


def takes_training(model):
    """Whether the ``call`` of a model has an argument ``training``."""
    return model._call_has_training_arg


def only_output(model, X, training):
    """Call a model of one output, in whatever structure, and return that.

    As in Keras, a model whose ``call`` has no argument ``training`` is not in training.
    """
    mode = {"training": training} if takes_training(model) else {}
    (output,) = keras.tree.flatten(model(X, **mode))
    return output


def is_shared(layer):
    """Whether a layer is called at several places of a graph."""
    return len(layer._inbound_nodes) > 1


def learning_rate_variable(optimizer):
    """Return the variable that holds an optimizer's learning rate."""
    return optimizer._learning_rate


def compile_settings(model):
    """Return what a model was compiled with, as a dict, or None if it was not."""
    if not model.compiled:
        return None
    return dict(model._compile_config.config)


@contextlib.contextmanager
def private_names():
    """Name layers as if none had been made before, and count none of them.

    Keras numbers layers (``dense_7``) by counters of the thread.
    """
    before = global_state.get_global_attribute(_NAME_COUNTERS)
    global_state.set_global_attribute(_NAME_COUNTERS, defaultdict(int))
    try:
        yield
    finally:
        global_state.set_global_attribute(_NAME_COUNTERS, before)


_draws = contextvars.ContextVar("skgru_default_seeds", default=None)
_substituted, _lock = 0, threading.Lock()
_keras_default_seed = _seed_generator.make_default_seed


def _default_seed():
    rng = _draws.get()
    return _keras_default_seed() if rng is None else int(rng.integers(1, 10**9))


@contextlib.contextmanager
def default_seeds(rng):
    """Draw Keras' default seeds from ``rng`` inside this block, in this thread.

    Otherwise, initializers and dropout without a seed draw one from Python's global
    random state: results would differ from call to call, and that state would change.
    Keras has no setting for it, so its function is replaced while any thread is in such
    a block; all other threads still get Keras' own seeds.
    """
    global _substituted
    token = _draws.set(rng)
    with _lock:
        _substituted += 1
        for module in (_seed_generator, _backend_random):
            module.make_default_seed = _default_seed
    try:
        yield
    finally:
        with _lock:
            _substituted -= 1
            if not _substituted:
                for module in (_seed_generator, _backend_random):
                    module.make_default_seed = _keras_default_seed
        _draws.reset(token)
