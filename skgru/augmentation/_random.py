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
