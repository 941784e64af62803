"""
L1, L2 and dropout on a small text corpus
=========================================

Sentences of product reviews, of which the network learns every one by heart. How much
does each penalty, and each dropout rate, change the score of sentences of other
reviews? Every point is the mean of two folds and two seeds.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from skgru import GRUClassifier
from skgru.datasets import load_product_reviews
from skgru.preprocessing import TextSequencer

reviews = load_product_reviews(min_intensity=1.5)
folds = []
for train, test in StratifiedGroupKFold(2).split(
    reviews.data, reviews.target, reviews.groups
):
    sequencer = TextSequencer(max_length=40, min_df=2).fit(reviews.data[train])
    X, X_test = map(sequencer.transform, (reviews.data[train], reviews.data[test]))
    folds.append((X, reviews.target[train], X_test, reviews.target[test]))


def scores(**parameters):
    """Return the cross-entropy and the area under the ROC curve of unseen sentences."""
    of_fits = []
    for X, y, X_test, y_test in folds:
        for seed in range(2):
            network = GRUClassifier(
                24, epochs=8, learning_rate=0.005, random_state=seed, **parameters
            ).fit(X, y)
            probability = network.predict_proba(X_test)[:, 1]
            of_fits.append(
                [log_loss(y_test, probability), roc_auc_score(y_test, probability)]
            )
    return np.mean(of_fits, axis=0)


grids = {
    "l1": [0.0, 1e-5, 1e-4, 1e-3],
    "l2": [0.0, 1e-4, 1e-3, 1e-2],
    "dropout": [0.0, 0.2, 0.4, 0.6],
    "recurrent_dropout": [0.0, 0.1, 0.3, 0.5],
}
plain = scores()
results = {
    name: np.array([plain if v == 0 else scores(**{name: v}) for v in values])
    for name, values in grids.items()
}
for name, values in grids.items():
    for value, (loss, auc) in zip(values, results[name], strict=True):
        print(f"{name}={value}: cross-entropy {loss:.3f}, ROC AUC {auc:.3f}")

# %%

fig, axes = plt.subplots(1, 2, figsize=(9, 3.6))
for ax, column, label in zip(axes, (0, 1), ("Cross-entropy", "ROC AUC"), strict=True):
    for name, values in grids.items():
        labelled = f"{name}: {', '.join(f'{v:g}' for v in values[1:])}"
        ax.plot(results[name][:, column], "o-", markersize=4, label=labelled)
    ax.set(xlabel="Value of the parameter, from off to largest", ylabel=label)
    ax.set_xticks(range(4), ["off", "1st", "2nd", "3rd"])
axes[1].legend(loc="lower left", fontsize=8)
plt.show()

# %%
# What the guide says: penalties make the probabilities honest long before they cost
# accuracy, and too much of one does cost it. The gains of dropout are small here.

loss = {name: values[:, 0] for name, values in results.items()}
auc = {name: values[:, 1] for name, values in results.items()}
assert loss["l2"][2] < loss["l2"][0] - 0.08
assert auc["l2"][2] > auc["l2"][0] - 0.015
assert auc["l2"][3] < auc["l2"][2]
assert loss["recurrent_dropout"][3] < loss["recurrent_dropout"][0]
