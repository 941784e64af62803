"""Convert an estimator's state to plain values: Keras objects become configurations."""

import contextlib
import contextvars
import os

import keras

from ._keras_config import mappings_in

_plain = contextvars.ContextVar("plain", default=False)
_MARK = "__keras_object__"
_KERAS_OBJECTS = (
    keras.initializers.Initializer,
    keras.optimizers.Optimizer,
    keras.optimizers.schedules.LearningRateSchedule,
)
_MODULES = {
    "keras.initializers": keras.initializers,
    "keras.optimizers": keras.optimizers,
    "keras.optimizers.schedules": keras.optimizers.schedules,
}


@contextlib.contextmanager
def without_keras_objects():
    """Make estimators return their state as plain values, without callbacks."""
    token = _plain.set(True)
    try:
        yield
    finally:
        _plain.reset(token)


def is_plain():
    """Whether a state is being made for a file, or taken from one, without pickle."""
    return _plain.get()


def to_state(state):
    """Return an estimator's attributes as they are to be written."""
    if not _plain.get():
        return state
    state = {**state, "callbacks": None}
    for name, value in state.items():
        if isinstance(value, _KERAS_OBJECTS):
            state[name] = {_MARK: keras.saving.serialize_keras_object(value)}
        elif isinstance(value, os.PathLike):
            state[name] = os.fspath(value)
    return state


def from_state(state):
    """Return the attributes that `to_state` was given.

    Raises
    ------
    ValueError
        A configuration describes an object that `to_state` does not write.
    """
    return {
        name: _keras_object(name, value[_MARK])
        if isinstance(value, dict) and _MARK in value
        else value
        for name, value in state.items()
    }


def _keras_object(name, config):
    for item in mappings_in(config):
        if "class_name" not in item:
            continue
        class_name, module = item["class_name"], item.get("module")
        registered = item.get("registered_name") or class_name
        cls = keras.saving.get_registered_object(registered)
        if cls is None and module in _MODULES:
            cls = getattr(_MODULES[module], class_name, None)
        if not (isinstance(cls, type) and issubclass(cls, _KERAS_OBJECTS)):
            raise ValueError(
                f"The {name!r} parameter holds {module}.{class_name}, which is no "
                "initializer, optimizer or schedule of Keras' or registered with it."
            )
    return keras.saving.deserialize_keras_object(config)
