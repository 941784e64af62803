"""
Augmentation of series
======================

Ten recordings of each of the nine speakers of JapaneseVowels, transformed anew at every
epoch, in several ways. Each point is a seed.
"""

import matplotlib.pyplot as plt
import numpy as np

from skgru import GRUClassifier
from skgru.augmentation import Compose, Jitter, MagnitudeWarp, TimeMask, TimeWarp
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

X, y = load_japanese_vowels(return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
scaler = SequenceScaler().fit(X)
X, X_test = scaler.transform(X), scaler.transform(X_test)
X_few, y_few = X[::3], y[::3]

augmenters = {
    "None": None,
    "Jitter(0.5)": Jitter(0.5),
    "MagnitudeWarp(0.3)": MagnitudeWarp(0.3),
    "TimeWarp(0.2)": TimeWarp(0.2),
    "TimeMask(0.2)": TimeMask(0.2),
    "Jitter(0.5), TimeWarp(0.2)": Compose([Jitter(0.5), TimeWarp(0.2)]),
}
accuracy = {}
for name, augmenter in augmenters.items():
    accuracy[name] = [
        GRUClassifier(
            32,
            epochs=40,
            learning_rate=0.005,
            filters=None,
            augmenter=augmenter,
            random_state=seed,
        )
        .fit(X_few, y_few)
        .score(X_test, y_test)
        for seed in range(5)
    ]
    print(f"{name}: test accuracy {np.mean(accuracy[name]):.3f}")

# %%

fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8))
channel = slice(None), 0
left.plot(X_few[1][channel], color="black", linewidth=2, label="recording")
for name in ("Jitter(0.5)", "MagnitudeWarp(0.3)", "TimeWarp(0.2)"):
    changed = augmenters[name]([X_few[1]], random_state=1)[0]
    left.plot(changed[channel], label=name)
left.set(xlabel="Step", ylabel="First channel")
left.legend(fontsize=8)
for row, of_seeds in enumerate(accuracy.values()):
    right.plot(of_seeds, [row] * len(of_seeds), "o", alpha=0.5)
    right.plot(np.mean(of_seeds), row, "k|", markersize=14)
right.set(xlabel="Test accuracy (line: mean)", yticks=range(len(accuracy)))
right.set_yticklabels(accuracy, fontsize=8)
right.invert_yaxis()
plt.show()

# %%
# What the guide says: noise and time warping together gain about a point, the others
# are within the noise of the seeds.

mean = {name: np.mean(of_seeds) for name, of_seeds in accuracy.items()}
assert mean["Jitter(0.5), TimeWarp(0.2)"] > mean["None"]
assert min(mean.values()) > mean["None"] - 0.02
