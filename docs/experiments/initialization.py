"""
Initialisation
==============

Two stacked layers that read JapaneseVowels in one direction, started from input kernels
and recurrent kernels of different scale. Every curve is the mean of three seeds.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

X, y = load_japanese_vowels(return_X_y=True)
X, X_val, y, y_val = train_test_split(X, y, stratify=y, random_state=0, test_size=0.4)
scaler = SequenceScaler().fit(X)
X, X_val = scaler.transform(X), scaler.transform(X_val)
normal = keras.initializers.RandomNormal
inputs = {
    "zeros": "zeros",
    "normal, 0.001": normal(stddev=0.001),
    "glorot_uniform": "glorot_uniform",
    "he_normal": "he_normal",
    "normal, 1": normal(stddev=1.0),
}
recurrent = {
    "orthogonal": "orthogonal",
    "glorot_uniform": "glorot_uniform",
    "he_normal": "he_normal",
    "normal, 1": normal(stddev=1.0),
}


def accuracy(**initializer):
    of_seeds = []
    for seed in range(3):
        classifier = GRUClassifier(
            32,
            n_layers=2,
            filters=None,
            bidirectional=False,
            pooling="last",
            epochs=20,
            scoring="accuracy",
            random_state=seed,
            **initializer,
        )
        classifier.fit(X, y, X_val=X_val, y_val=y_val)
        of_seeds.append(classifier.history_["val_accuracy"])
    return np.mean(of_seeds, axis=0)


of_inputs = {name: accuracy(kernel_initializer=k) for name, k in inputs.items()}
of_recurrent = {
    name: accuracy(recurrent_initializer=k) for name, k in recurrent.items()
}

# %%

fig, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharey=True)
for ax, curves in zip(axes, (of_inputs, of_recurrent), strict=True):
    for name, values in curves.items():
        ax.plot(values, label=name)
    ax.set(xlabel="Epoch", ylim=(0, 1.02), xticks=range(0, 20, 5))
    ax.legend(loc="lower right", bbox_to_anchor=(1, 0.12), fontsize=8)
axes[0].set(title="kernel_initializer", ylabel="Validation accuracy")
axes[1].set(title="recurrent_initializer")
plt.show()

# %%
# What the guide says: the scale decides, and Glorot's and He's are both good; zeros
# learn nothing.

end = {name: values[-1] for name, values in of_inputs.items()}
for name, value in [*end.items(), *((n, v[-1]) for n, v in of_recurrent.items())]:
    print(f"{name}: {value:.3f}")
assert end["zeros"] < 0.2
assert min(end["glorot_uniform"], end["he_normal"]) > 0.9
assert max(end["normal, 0.001"], end["normal, 1"]) < 0.85
assert of_recurrent["orthogonal"][-1] > 0.9 > of_recurrent["normal, 1"][-1] + 0.2
