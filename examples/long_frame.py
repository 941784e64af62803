"""Sequences from a long DataFrame
===============================

From a DataFrame with one row a step to sequences with one label each.

python examples/long_frame.py
"""

import pandas as pd
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler, sequences_from_frame

# As a database would return it: rows of all recordings, in no order at all.
vowels = load_japanese_vowels()
frame = pd.concat(
    pd.DataFrame(recording, columns=vowels.feature_names).assign(
        recording=f"r{number:03d}", frame=range(len(recording))
    )
    for number, recording in enumerate(vowels.data)
).sample(frac=1, random_state=0)
names = [f"r{number:03d}" for number in range(len(vowels.data))]
speaker = pd.Series(vowels.target, index=names).sample(frac=1, random_state=1)
print(f"{len(frame)} rows, columns {list(frame.columns[:2])} ...")

X, recordings = sequences_from_frame(frame, id="recording", time="frame")
y = speaker.loc[recordings].to_numpy()  # labels in the order of the sequences
print(f"{len(X)} sequences of {min(map(len, X))} to {max(map(len, X))} steps")

network = GRUClassifier(
    32, epochs=20, batch_size=16, learning_rate=0.005, random_state=0
)
scores = cross_val_score(make_pipeline(SequenceScaler(), network), X, y, cv=3)
print(f"accuracy in 3 folds: {scores.mean():.3f}")
