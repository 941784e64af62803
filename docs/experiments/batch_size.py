"""
Batch size and learning rate
============================

The same 15 epochs on JapaneseVowels, in batches of 4, 16 and 64 recordings, at several
learning rates.
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

rates = np.logspace(-4, -1, 7)
accuracy = {}
for batch_size in (4, 16, 64):
    accuracy[batch_size] = np.array(
        [
            GRUClassifier(
                32,
                batch_size=batch_size,
                learning_rate=rate,
                epochs=15,
                random_state=0,
            )
            .fit(X, y)
            .score(X_val, y_val)
            for rate in rates
        ]
    )
    steps = -(-len(X) // batch_size)
    print(f"batches of {batch_size}: {steps} steps an epoch, accuracy by learning rate")
    print(" ", np.round(accuracy[batch_size], 2))

# %%

fig, ax = plt.subplots()
for batch_size, values in accuracy.items():
    ax.semilogx(rates, values, "o-", label=f"batch_size={batch_size}")
ax.set(xlabel="Learning rate", ylabel="Validation accuracy", ylim=(0, 1.03))
ax.legend(loc="lower center")
plt.show()

# %%
# What the guide says: small batches bear small learning rates, large batches large
# ones, and each comes to the same accuracy at its own.

assert accuracy[4][0] > accuracy[64][0] + 0.2
assert accuracy[64][-1] > accuracy[4][-1] + 0.1
best = [values.max() for values in accuracy.values()]
assert np.ptp(best) < 0.05
