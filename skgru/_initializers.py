"""Initial weights, drawn by Keras' initializers."""

import inspect
from functools import lru_cache

import keras
import numpy as np

from ._engine.interrupts import InterruptLater

# Recently drawn initial weights are cached if they have at most this many values.
REMEMBERED_VALUES = 2**17


def draw_weights(names, shapes, initializers, seeds):
    """Return freshly drawn weights.

    Parameters
    ----------
    names : list of str
        Name of each weight in its Keras layer.
    shapes : list of tuple
    initializers : dict of str to (str or keras.Initializer)
        By name of the weight. Scales (``gamma``) are 1, all others are 0.
    seeds : numpy.random.Generator
        Draws a seed for every initializer that has none.

    Returns
    -------
    weights : list of ndarray, dtype float32
    """
    weights = []
    for name, shape in zip(names, shapes, strict=True):
        if name not in initializers:
            value = 1.0 if name == "gamma" else 0.0
            weights.append(np.full(shape, value, np.float32))
            continue
        initializer, seed = initializers[name], int(seeds.integers(2**31 - 1))
        # A search fits the same network with the same seed many times.
        small = isinstance(initializer, str) and np.prod(shape) <= REMEMBERED_VALUES
        draw = _drawn_before if small else _draw
        weights.append(draw(initializer, shape, seed))
    return weights


def _draw(initializer, shape, seed):
    with InterruptLater():
        seeded = seed_initializer(initializer, seed)
        return np.asarray(seeded(shape, dtype="float32"))


_drawn_before = lru_cache(maxsize=16)(_draw)


# A base class, and one whose kernels are of three axes.
_FOR_NO_GRU = {keras.initializers.Initializer, keras.initializers.STFT}
# Keras exports each initializer under its class name and its string name.
INITIALIZERS = {
    name: value
    for name, value in vars(keras.initializers).items()
    if inspect.isclass(value) and value not in _FOR_NO_GRU
}


def seed_initializer(initializer, seed):
    """Return the initializer with ``seed``, unless the user has given it one.

    A Keras initializer made without a seed draws one from Python's global random
    state; making it with one leaves that state alone.
    """
    if isinstance(initializer, str):
        cls, config = INITIALIZERS[initializer], {}
        if "seed" in inspect.signature(cls).parameters:
            config["seed"] = seed
        return cls(**config)
    config = initializer.get_config()
    if "seed" in config and config["seed"] is None:
        return type(initializer).from_config({**config, "seed": seed})
    return initializer
