"""Augment series
==============

Augment series while the network trains, and tune how much.

python examples/series_augmentation.py
"""

from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.augmentation import Compose, Jitter, TimeWarp
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

X, y = load_japanese_vowels(return_X_y=True)
X_test, y_test = load_japanese_vowels(split="test", return_X_y=True)
few = slice(None, None, 3)  # augmentation matters where data is scarce: 10 a speaker
X, y = X[few], y[few]

network = GRUClassifier(
    32,
    epochs=40,
    batch_size=16,
    learning_rate=0.005,
    augmenter=Compose([Jitter(), TimeWarp(0.2)]),
    random_state=0,
)
pipeline = make_pipeline(SequenceScaler(), network)
# Every epoch draws new noise for every recording; validation and prediction see the
# recordings as they are.
search = GridSearchCV(
    pipeline, {"gruclassifier__augmenter__jitter__scale": [0.3, 0.6]}, cv=3
)
search.fit(X, y)
(scale,) = search.best_params_.values()
plain = pipeline.set_params(gruclassifier__augmenter=None).fit(X, y)

print(f"the noise that did best in 3 folds: {scale} standard deviations")
print(f"test accuracy without augmentation: {plain.score(X_test, y_test):.3f}")
print(f"test accuracy with augmentation: {search.score(X_test, y_test):.3f}")
