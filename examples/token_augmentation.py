"""Augment texts
=============

Edit sentences at random while the network trains, or before.

python examples/token_augmentation.py
"""

from sklearn.model_selection import StratifiedGroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.augmentation import TokenDeletion, augment_text
from skgru.datasets import load_product_reviews
from skgru.preprocessing import TextSequencer

reviews = load_product_reviews(min_intensity=2.0)
X, y, groups = reviews.data, reviews.target, reviews.groups
print("a sentence:        ", X[5])
print("edited as a string:", augment_text(X[5], random_state=0))

for augmenter in (None, TokenDeletion(0.2)):
    network = GRUClassifier(
        32,
        pooling="max",
        dropout=0.5,
        learning_rate=0.005,
        epochs=10,
        augmenter=augmenter,
        random_state=0,
    )
    scores = cross_val_score(
        make_pipeline(TextSequencer(max_length=40), network),
        X,
        y,
        groups=groups,  # sentences of one review stay together
        cv=StratifiedGroupKFold(3),
        scoring="roc_auc",
    )
    print(f"augmenter={augmenter}: ROC AUC {scores.mean():.3f}")
