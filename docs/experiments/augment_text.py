"""
Augmentation of text
====================

Sentences of product reviews, edited anew at every epoch: tokens are deleted, swapped,
inserted or replaced. Each point is a fold.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, cross_validate
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.augmentation import (
    TokenDeletion,
    TokenInsertion,
    TokenReplacement,
    TokenSwap,
)
from skgru.datasets import load_product_reviews
from skgru.preprocessing import TextSequencer

reviews = load_product_reviews(min_intensity=1.5)
augmenters = {
    "None": None,
    "TokenDeletion(0.1)": TokenDeletion(0.1),
    "TokenDeletion(0.3)": TokenDeletion(0.3),
    "TokenSwap(0.1)": TokenSwap(0.1),
    "TokenInsertion(0.1)": TokenInsertion(0.1),
    "TokenReplacement(0.1)": TokenReplacement(0.1),
}
scores = {}
for name, augmenter in augmenters.items():
    network = GRUClassifier(
        24, epochs=8, learning_rate=0.005, augmenter=augmenter, random_state=0
    )
    scores[name] = cross_validate(
        make_pipeline(TextSequencer(max_length=40, min_df=2), network),
        reviews.data,
        reviews.target,
        groups=reviews.groups,  # sentences of one review stay together
        cv=StratifiedGroupKFold(3, shuffle=True, random_state=0),
        scoring=["neg_log_loss", "roc_auc"],
    )
    loss = -scores[name]["test_neg_log_loss"].mean()
    auc = scores[name]["test_roc_auc"].mean()
    print(f"{name}: cross-entropy {loss:.3f}, ROC AUC {auc:.3f}")

# %%

fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), sharey=True)
for ax, metric, label in zip(
    axes, ("neg_log_loss", "roc_auc"), ("Cross-entropy", "ROC AUC"), strict=True
):
    for row, of_folds in enumerate(scores.values()):
        values = np.abs(of_folds[f"test_{metric}"])
        ax.plot(values, [row] * len(values), "o", alpha=0.5)
        ax.plot(values.mean(), row, "k|", markersize=14)
    ax.set(xlabel=f"{label} (line: mean)", yticks=range(len(scores)))
axes[0].set_yticklabels(scores)
axes[0].invert_yaxis()
plt.show()

# %%
# What the guide says: every edit lowers the cross-entropy of unseen sentences.

loss = {name: -of["test_neg_log_loss"].mean() for name, of in scores.items()}
plain = loss.pop("None")
assert max(loss.values()) < plain
