"""An estimator's state in plain values: Keras objects become their configurations."""

import contextlib
import contextvars
import os

import keras

_plain = contextvars.ContextVar("plain", default=False)
_MARK = "__keras_object__"
_KERAS_OBJECTS = (
    keras.initializers.Initializer,
    keras.optimizers.Optimizer,
    keras.optimizers.schedules.LearningRateSchedule,
)


@contextlib.contextmanager
def without_keras_objects():
    """Have estimators give their state in plain values, and without callbacks."""
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
    """Return the attributes that `to_state` was given."""
    return {
        name: keras.saving.deserialize_keras_object(value[_MARK])
        if isinstance(value, dict) and _MARK in value
        else value
        for name, value in state.items()
    }
