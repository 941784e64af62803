"""Prepare sequences
=================

Fill gaps, cut, resample and scale sequences inside a pipeline.

python examples/prepare_sequences.py
"""

import numpy as np
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import (
    SequenceImputer,
    SequenceResampler,
    SequenceScaler,
    SequenceTruncator,
)

X, y = load_japanese_vowels(return_X_y=True)  # recordings of 7 to 26 steps
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)

# A sensor that fails now and then: every tenth value of a recording is lost.
rng = np.random.default_rng(0)
for recording in [*X, *X_test]:
    recording[rng.random(recording.shape) < 0.1] = np.nan


def network():
    return GRUClassifier(
        32, epochs=30, batch_size=16, learning_rate=0.005, random_state=0
    )


pipelines = {
    "as they are": make_pipeline(SequenceImputer("linear"), SequenceScaler()),
    "the last 10 steps": make_pipeline(
        SequenceImputer("linear"), SequenceTruncator(10), SequenceScaler()
    ),
    "resampled to 16 steps": make_pipeline(
        SequenceImputer("linear"), SequenceResampler(16), SequenceScaler()
    ),
}
for name, prepare in pipelines.items():
    pipeline = make_pipeline(prepare, network()).fit(X, y)
    print(f"{name}: test accuracy {pipeline.score(X_test, y_test):.3f}")
