"""
Warm-up
=======

Two stacked layers of 64 units and large learning rates of Adam, with and without five
epochs of linear warm-up before a cosine decay. Every curve is the mean of three seeds.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler
from skgru.schedules import CosineDecay

X, y = load_japanese_vowels(return_X_y=True)
X, X_val, y, y_val = train_test_split(X, y, stratify=y, random_state=0, test_size=0.4)
scaler = SequenceScaler().fit(X)
X, X_val = scaler.transform(X), scaler.transform(X_val)

losses, accuracy = {}, {}
for rate in (0.03, 0.06):
    for warmup in (0, 5):
        fits = [
            GRUClassifier(
                64,
                n_layers=2,
                filters=None,
                learning_rate=rate,
                schedule=CosineDecay(warmup=warmup),
                epochs=20,
                random_state=seed,
            ).fit(X, y)
            for seed in range(3)
        ]
        losses[rate, warmup] = np.mean([fit.history_["loss"] for fit in fits], axis=0)
        accuracy[rate, warmup] = np.mean([fit.score(X_val, y_val) for fit in fits])
        print(
            f"learning rate {rate}, warmup={warmup}: loss of the first epoch "
            f"{losses[rate, warmup][0]:.2f}, accuracy at the end "
            f"{accuracy[rate, warmup]:.3f}"
        )

# %%

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for ax, rate in zip(axes, (0.03, 0.06), strict=True):
    for warmup in (0, 5):
        ax.semilogy(losses[rate, warmup], label=f"warmup={warmup}")
    ax.set(xlabel="Epoch", title=f"learning rate {rate}", xticks=range(0, 20, 5))
axes[0].set_ylabel("Training loss")
axes[1].legend()
plt.show()

# %%
# What the guide says: warm-up spares the first epoch its jump, and this small network
# ends where it ends without.

for rate in (0.03, 0.06):
    assert losses[rate, 5][0] < losses[rate, 0][0]
    assert abs(accuracy[rate, 5] - accuracy[rate, 0]) < 0.04
