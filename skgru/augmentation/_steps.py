"""Steps of padded sequences: masks, counts and interpolated values."""

from numbers import Integral

import numpy as np


def real_steps(lengths, n_timesteps):
    """Return which steps of a block belong to a sequence, (n_samples, timesteps)."""
    return np.arange(n_timesteps) < lengths[:, np.newaxis]


def steps_of(amount, lengths):
    """Return a number of steps: an int is one, a float a fraction of the length."""
    if isinstance(amount, Integral):
        return np.minimum(amount, lengths).astype(lengths.dtype)
    return np.ceil(amount * lengths).astype(lengths.dtype)


def at_times(X, lengths, time):
    """Return each sequence at given times, zero after the end of the new one.

    ``time`` has shape (n_samples, timesteps) and counts steps from 0; between steps
    the values are interpolated linearly. ``lengths`` are those of the new sequences,
    and the times within them lie inside the old ones.
    """
    _, n_timesteps, n_features = X.shape
    steps = np.flatnonzero(real_steps(lengths, n_timesteps))
    rows = X.reshape(-1, n_features)
    new = np.zeros(X.shape, dtype=X.dtype)  # in C order, whatever the order of X
    time = time.ravel()[steps]
    first_row = steps - steps % n_timesteps
    if time.dtype.kind == "i":
        new.reshape(-1, n_features)[steps] = rows.take(first_row + time, axis=0)
        return new
    # The last step of a sequence has nothing to its right. Rounding may also have put
    # a time just after it.
    last = np.repeat(lengths - 1, lengths)
    left = np.minimum(time.astype(np.intp), last)
    right = np.minimum(left + 1, last)
    share = np.minimum(time - left, 1).astype(X.dtype)[:, np.newaxis]
    before = rows.take(first_row + left, axis=0)
    after = rows.take(first_row + right, axis=0)
    after -= before
    after *= share
    after += before
    new.reshape(-1, n_features)[steps] = after
    return new
