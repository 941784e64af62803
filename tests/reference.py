"""What the estimators are compared with: a GRU in NumPy, and Keras' own training."""

import keras
import numpy as np
import pytest
from sklearn.base import clone

# NumPy's warning about the way in which Keras turns its variables into arrays.
ignore_keras_warning = pytest.mark.filterwarnings(
    "ignore:__array__ implementation:DeprecationWarning"
)

# One GRU layer and nothing else, which is what a network in NumPy is compared with.
PLAIN = {
    "standardize": False,
    "filters": None,
    "bidirectional": False,
    "pooling": "last",
}

# The network of most tests: every test that shares it shares its compiled programs.
SMALL = {
    **PLAIN,
    "units": 4,
    "epochs": 3,
    "batch_size": 16,
    "learning_rate": 0.02,
    "random_state": 0,
}


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def gru(steps, kernel, recurrent_kernel, bias):
    """Return the states of a GRU, shape ``(timesteps, units)``.

    Cho et al. (2014), arXiv:1406.1078, with the reset gate after the recurrent product,
    as in Keras (``reset_after=True``).
    """
    states, state = [], np.zeros(len(recurrent_kernel))
    for step in steps:
        update_x, reset_x, new_x = np.split(step @ kernel + bias[0], 3)
        update_h, reset_h, new_h = np.split(state @ recurrent_kernel + bias[1], 3)
        update = sigmoid(update_x + update_h)
        reset = sigmoid(reset_x + reset_h)
        new = np.tanh(new_x + reset * new_h)
        state = update * state + (1 - update) * new
        states.append(state)
    return np.array(states)


def logits(weights, sequence, *, bidirectional=False, pooling="last"):
    """Return what a network's head computes from one sequence, without padding."""
    *layers, head_kernel, head_bias = weights
    steps = np.asarray(sequence, np.float64)
    while layers:
        forward = gru(steps, *layers[:3])
        last, layers = forward[-1], layers[3:]
        if bidirectional:
            backward = gru(steps[::-1], *layers[:3])
            last, layers = np.concatenate([last, backward[-1]]), layers[3:]
            steps = np.hstack([forward, backward[::-1]])
        else:
            steps = forward
    pooled = {"last": last, "mean": steps.mean(axis=0), "max": steps.max(axis=0)}
    return pooled[pooling] @ head_kernel + head_bias


def untrained(estimator, X, y, **fit_params):
    """Return a copy of the estimator with the weights that its training begins with."""
    frozen = clone(estimator).set_params(
        epochs=1, schedule=no_learning, early_stopping=False, callbacks=None, verbose=0
    )
    return frozen.fit(X, y, **fit_params)


def no_learning(epoch, learning_rate):
    """A schedule."""
    return 0.0


def keras_fit(
    model,
    X,
    y,
    optimizer,
    loss,
    *,
    epochs=3,
    batch_size=16,
    l1=0.0,
    l2=0.0,
    **fit_params,
):
    """Train a stock model by stock ``keras.Model.fit`` in the order of the samples.

    Returns
    -------
    history : dict of str to list
    """
    for variable in model.trainable_variables:
        if variable.name.endswith("kernel"):
            variable.regularizer = keras.regularizers.L1L2(l1, l2)
    # Eagerly: nothing is compiled, and a step is the plainest form of itself.
    model.compile(optimizer, loss=loss, run_eagerly=True, jit_compile=False)
    fit_params = {"shuffle": False, "verbose": 0, **fit_params}
    history = model.fit(X, y, epochs=epochs, batch_size=batch_size, **fit_params)
    return history.history


def one_hot(labels):
    return (np.asarray(labels)[:, None] == np.unique(labels)).astype(np.float32)


def standardised(y):
    return ((y - y.mean()) / y.std())[:, None].astype(np.float32)
