"""How a checkpoint tells parameters and data from others."""

import tracemalloc

import keras
import numpy as np
from sklearn.model_selection import KFold

from skgru._description import described
from skgru._digest import digest_of_arrays


class Scale:
    """A callable object without a configuration."""

    def __init__(self, factor):
        self.factor, self.itself = factor, self

    def __call__(self, epoch):
        return self.factor


def test_descriptions_tell_values_apart():
    def made(factor):
        return lambda epoch: factor * epoch

    values = [
        1, 1.0, True, "1", None, [1], (1,), {"a": 1}, {1}, np.arange(3), np.arange(4),
        np.array(["a", None], object), int, made(1), made(2), Scale(1), Scale(2),
        keras.optimizers.Adam(0.1), keras.optimizers.Adam(0.2),
        keras.initializers.HeNormal(seed=1), KFold(2), KFold(3), np.tanh, len,
        np.random.RandomState(0), np.random.RandomState(1),
    ]  # fmt: skip
    texts = [described(value) for value in values]
    assert len(set(texts)) == len(texts)
    assert not any(" at 0x" in text for text in texts)


def test_large_data_are_read_a_part_at_a_time(tmp_path):
    """Also those of which only some rows or columns are wanted."""
    shape = (32, 2**20)
    mapped = np.memmap(tmp_path / "X", np.float32, "w+", shape=shape)
    mapped[-1, -1] = 1
    tracemalloc.start()
    try:
        digests = {
            digest_of_arrays(mapped),
            digest_of_arrays(mapped[:, ::2]),
            digest_of_arrays(mapped[:, 1::2]),
        }
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(digests) == 3
    assert mapped.nbytes == 128 * 2**20
    assert peak < 64 * 2**20
