"""
Adaptive optimizers
===================

How wide is the range of learning rates that work, for each optimizer? Fifteen epochs on
the JapaneseVowels recordings at each of nine learning rates.
"""

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

optimizers = {
    "sgd": {},
    "sgd, momentum 0.9": {"optimizer__momentum": 0.9},
    "rmsprop": {},
    "adam": {},
    "adamw": {},
}
rates = np.logspace(-4, 0, 9)
accuracy = {}
for name, settings in optimizers.items():
    accuracy[name] = np.array(
        [
            GRUClassifier(
                32,
                optimizer=name.split(",")[0],
                learning_rate=rate,
                epochs=15,
                random_state=0,
                **settings,
            )
            .fit(X, y)
            .score(X_val, y_val)
            for rate in rates
        ]
    )
    best = accuracy[name].argmax()
    print(f"{name}: best {accuracy[name][best]:.3f} at {rates[best]:.0e}")

# %%

fig, ax = plt.subplots()
for name, values in accuracy.items():
    ax.semilogx(rates, values, "o-", markersize=4, label=name)
ax.set(xlabel="Learning rate", ylabel="Validation accuracy", ylim=(0, 1.03))
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
plt.show()

# %%
# What the guide says: at 1e-3, Adam learns and plain gradient descent does not; all of
# them come to the same accuracy at a learning rate of their own.

at_1e_3 = np.isclose(rates, 1e-3)
assert accuracy["adam"][at_1e_3] > accuracy["sgd"][at_1e_3] + 0.3
best = [values.max() for values in accuracy.values()]
assert min(best) > 0.9
assert np.ptp(best) < 0.05
