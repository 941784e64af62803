"""
The learning rate first
=======================

Two searches on the JapaneseVowels recordings. The first one moves the learning rate
alone, over five orders of magnitude. The second moves every parameter of
:func:`skgru.tuning.param_grid` and a few more, one at a time, from the best learning
rate on: how far does each move the score?
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

X, y = load_japanese_vowels(return_X_y=True)
pipeline = make_pipeline(SequenceScaler(), GRUClassifier(32, epochs=15, random_state=0))
folds = StratifiedKFold(3, shuffle=True, random_state=0)


def search(grid):
    grid = {f"gruclassifier__{name}": values for name, values in grid.items()}
    return GridSearchCV(pipeline, grid, cv=folds).fit(X, y)


# %%
# The learning rate alone
# -----------------------

rates = np.logspace(-5, 0, 11)
scores = search({"learning_rate": rates}).cv_results_["mean_test_score"]
for rate, score in zip(rates, scores, strict=True):
    print(f"learning rate {rate:.0e}: accuracy {score:.3f}")
best = rates[scores.argmax()]
pipeline.set_params(gruclassifier__learning_rate=best)

# %%
# Every parameter, one at a time
# ------------------------------

grids = {
    "learning_rate": rates,
    "units": [16, 32, 64],
    "batch_size": [16, 64],
    "dropout": [0.0, 0.2, 0.5],
    "clipnorm": [None, 0.1, 1.0, 10.0],
    "l2": [0.0, 1e-6, 1e-4, 1e-2],
    "kernel_initializer": ["glorot_uniform", "he_normal"],
}
spread = {"learning_rate": scores}
for name, values in grids.items():
    if name not in spread:
        spread[name] = search({name: values}).cv_results_["mean_test_score"]
for name, of_values in spread.items():
    print(f"{name}: accuracy {of_values.min():.3f} to {of_values.max():.3f}")

# %%

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6))
left.semilogx(rates, scores, "o-")
left.set(xlabel="Learning rate", ylabel="Accuracy (3 folds)", ylim=(0, 1.03))
for row, of_values in enumerate(spread.values()):
    right.plot(of_values, [row] * len(of_values), "o-", markersize=4)
right.set(xlabel="Accuracy of each value", yticks=range(len(spread)))
right.set_yticklabels(spread)
right.invert_yaxis()
plt.show()

# %%
# What the guide says.

assert 1e-3 <= best <= 3.2e-2
assert scores[rates < 3e-4].max() < scores.max() - 0.05  # too slow
assert scores[rates > 0.3].max() < scores.max() - 0.05  # too fast
others = [np.ptp(values) for name, values in spread.items() if name != "learning_rate"]
assert np.ptp(scores) > 3 * max(others)
