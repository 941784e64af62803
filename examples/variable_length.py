"""Sequences of unequal length
===========================

Sequences of unequal length: masked, or padded with zeros as if they were equal. It
matters most to a network that keeps its last state alone, as here: of padded recordings
that is the state after the padding.

python examples/variable_length.py
"""

import numpy as np

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

X, y = load_japanese_vowels(return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
scaler = SequenceScaler().fit(X)
X, X_test = scaler.transform(X), scaler.transform(X_test)


def zero_padded(X, n_timesteps=29):
    padded = np.zeros((len(X), n_timesteps, X[0].shape[1]))
    for row, sequence in zip(padded, X, strict=True):
        row[: len(sequence)] = sequence
    return padded


def accuracies(train, test):
    return [
        GRUClassifier(
            32,
            filters=None,
            bidirectional=False,
            pooling="last",
            epochs=30,
            random_state=seed,
        )
        .fit(train, y)
        .score(test, y_test)
        for seed in range(5)
    ]


masked = accuracies(X, X_test)  # lists of arrays: the network skips what is not there
padded = accuracies(zero_padded(X), zero_padded(X_test))
print(f"test accuracy over 5 seeds, masked:      {np.mean(masked):.3f}")
print(f"test accuracy over 5 seeds, zero-padded: {np.mean(padded):.3f}")
