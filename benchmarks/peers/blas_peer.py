"""The BLAS limit: the matrix products of one training step of a GRU layer, in NumPy.

Nothing else is done: no gates, no head, no optimizer. With ``units`` U, ``features`` F,
batch B and T steps these are, in float32 and into memory that is there already:

- forward: X W of all steps at once, (B T, F) (F, 3 U); and T times h R, (B, U) (U, 3 U)
- backward: T times the gates' gradients times R transposed, (B, 3 U) (3 U, U)
- weight gradients: (F, B T) (B T, 3 U) and (U, B T) (B T, 3 U)

The gradient of X is left out: a first layer needs none. A layer may compute its three
gates in one product or in three; the limit is the faster.
"""

import time

import numpy as np
from protocol import serve
from threadpoolctl import threadpool_limits


def steps(n, timesteps, features, config):
    """Return the seconds of as many steps as the fit has."""
    batch_size, units = config["batch_size"], config["units"]
    repeats = config["epochs"] * int(np.ceil(n / batch_size))
    forms = [
        _products(timesteps, batch_size, features, units, n_gates) for n_gates in (1, 3)
    ]
    with threadpool_limits(config["threads"], user_api="blas"):
        return {"seconds": repeats * min(_seconds_a_step(form) for form in forms)}


def _seconds_a_step(form, at_least=0.25):
    form()
    repeats, began = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - began) < at_least or repeats < 5:
        form()
        repeats += 1
    return elapsed / repeats


def _products(timesteps, batch_size, features, units, n_products):
    """Return a function that does one step, its gates in one or in three products."""
    rng = np.random.default_rng(0)

    def random(*shape):
        return rng.standard_normal(shape, dtype=np.float32)

    width = 3 * units // n_products
    X = random(timesteps * batch_size, features)
    states = random(timesteps, batch_size, units)
    kernels = [random(features, width) for _ in range(n_products)]
    recurrent = [random(units, width) for _ in range(n_products)]
    gradients = [random(timesteps, batch_size, width) for _ in range(n_products)]
    projected = random(timesteps * batch_size, width)
    gates, state = random(batch_size, width), random(batch_size, units)
    kernel_gradient = random(features, width)
    recurrent_gradient = random(units, width)
    flat_states = states.reshape(-1, units)

    def step():
        for W in kernels:
            np.matmul(X, W, out=projected)
        for h in states:
            for R in recurrent:
                np.matmul(h, R, out=gates)
        for t in range(timesteps):
            for gradient, R in zip(gradients, recurrent, strict=True):
                np.matmul(gradient[t], R.T, out=state)
        for gradient in gradients:
            flat = gradient.reshape(-1, width)
            np.matmul(X.T, flat, out=kernel_gradient)
            np.matmul(flat_states.T, flat, out=recurrent_gradient)

    return step


if __name__ == "__main__":
    serve(steps=steps)
