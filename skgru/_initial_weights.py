"""The weights that a network starts from, drawn by Keras' initializers."""

import inspect
from functools import lru_cache

import keras
import numpy as np

# Initial weights of up to so many values are kept, the last few of them.
REMEMBERED_VALUES = 2**17


def initial_weights(spec, kernel_initializer, recurrent_initializer, seeds):
    """Return freshly drawn weights, in the order of ``Network.variables``.

    Kernels of the GRU layers and of the head come from ``kernel_initializer``,
    recurrent kernels from ``recurrent_initializer``, embeddings from Keras' uniform
    default, and biases are 0.

    Parameters
    ----------
    spec : NetworkSpec
    kernel_initializer, recurrent_initializer : str or keras.Initializer
    seeds : numpy.random.Generator
        Gives every initializer without a seed of its own one.

    Returns
    -------
    weights : list of ndarray, dtype float32
    """
    weights = []

    def draw(initializer, shape):
        seed = int(seeds.integers(2**31 - 1))
        # A search fits the same network from the same seed again and again.
        small = isinstance(initializer, str) and np.prod(shape) <= REMEMBERED_VALUES
        weights.append((_drawn_before if small else _draw)(initializer, shape, seed))

    width = spec.n_features
    if spec.vocabulary_size is not None:
        draw("random_uniform", (spec.vocabulary_size, spec.embedding_dim))
        width = spec.embedding_dim
    for units in spec.units:
        for _ in range(1 + spec.bidirectional):
            draw(kernel_initializer, (width, 3 * units))
            draw(recurrent_initializer, (units, 3 * units))
            weights.append(np.zeros((2, 3 * units), np.float32))
        width = units * (1 + spec.bidirectional)
    draw(kernel_initializer, (width, spec.n_outputs))
    weights.append(np.zeros(spec.n_outputs, np.float32))
    return weights


def _draw(initializer, shape, seed):
    seeded = seed_initializer(initializer, seed)
    return np.asarray(seeded(shape, dtype="float32"))


_drawn_before = lru_cache(maxsize=16)(_draw)


# Keras exports each initializer under its class name and its string name.
INITIALIZERS = {
    name: value
    for name, value in vars(keras.initializers).items()
    if inspect.isclass(value) and value is not keras.initializers.Initializer
}


def seed_initializer(initializer, seed):
    """Return the initializer with ``seed``, unless it carries one of the user's.

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
