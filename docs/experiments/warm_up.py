"""
Warm-up
=======

Three stacked layers and a large learning rate, with and without five epochs of linear
warm-up; by Adam and by gradient descent with momentum. Every curve is the mean of four
seeds.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler
from skgru.schedules import TimeDecay

X, y = load_japanese_vowels(return_X_y=True)
X, X_val, y, y_val = train_test_split(X, y, stratify=y, random_state=0, test_size=0.4)
scaler = SequenceScaler().fit(X)
X, X_val = scaler.transform(X), scaler.transform(X_val)

optimizers = {
    "adam, 0.03": {"optimizer": "adam", "learning_rate": 0.03},
    "sgd, 0.3": {
        "optimizer": "sgd",
        "optimizer__momentum": 0.9,
        "learning_rate": 0.3,
    },
}
accuracy = {}
for name, settings in optimizers.items():
    for warmup in (0, 5):
        of_seeds = []
        for seed in range(4):
            classifier = GRUClassifier(
                32,
                n_layers=3,
                filters=None,
                batch_size=32,
                schedule=TimeDecay(0.0, warmup=warmup),
                epochs=20,
                scoring="accuracy",
                random_state=seed,
                **settings,
            )
            classifier.fit(X, y, X_val=X_val, y_val=y_val)
            of_seeds.append(classifier.history_["val_accuracy"])
        accuracy[name, warmup] = np.mean(of_seeds, axis=0)
        end = accuracy[name, warmup][-5:].mean()
        print(f"{name}, warmup={warmup}: accuracy in the last five epochs {end:.3f}")

# %%

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6), sharey=True)
for ax, name in zip(axes, optimizers, strict=True):
    for warmup in (0, 5):
        ax.plot(accuracy[name, warmup], label=f"warmup={warmup}")
    ax.set(xlabel="Epoch", title=name, ylim=(0, 1.02))
axes[0].set_ylabel("Validation accuracy")
axes[1].legend(loc="lower right")
plt.show()

# %%
# What the guide says: early on warm-up is ahead where the rate is too large at first.

for name in optimizers:
    assert accuracy[name, 5][:3].mean() > accuracy[name, 0][:3].mean()
assert accuracy["sgd, 0.3", 5][-5:].mean() > accuracy["sgd, 0.3", 0][-5:].mean()
