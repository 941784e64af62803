"""Classify texts
==============

Classify sentences of product reviews, and tune the tokenizer with the network.

python examples/text_classification.py
"""

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.augmentation import TokenDeletion
from skgru.datasets import load_product_reviews
from skgru.preprocessing import TextSequencer

# Sentences of one review never stand on both sides of a split.
reviews = load_product_reviews(min_intensity=2.0)
X, y, groups = reviews.data, reviews.target, reviews.groups
train, test = next(StratifiedGroupKFold(4).split(X, y, groups))
folds = StratifiedGroupKFold(3)

network = GRUClassifier(
    32,
    pooling="max",
    dropout=0.5,
    learning_rate=0.005,
    epochs=10,
    augmenter=TokenDeletion(0.2),  # another fifth of the words is lost at every epoch
    random_state=0,
)
# The network learns the size of the vocabulary from the tokens.
gru = GridSearchCV(
    make_pipeline(TextSequencer(max_length=40), network),
    {"textsequencer__min_df": [1, 2], "gruclassifier__dropout": [0.2, 0.5]},
    scoring="balanced_accuracy",
    cv=folds,
)
bag_of_words = GridSearchCV(
    make_pipeline(CountVectorizer(), LogisticRegression(max_iter=1000)),
    {"countvectorizer__min_df": [1, 2], "logisticregression__C": [0.3, 1, 3]},
    scoring="balanced_accuracy",
    cv=folds,
)
for name, search in {"GRU": gru, "Bag of words": bag_of_words}.items():
    search.fit(X[train], y[train], groups=groups[train])
    balanced = balanced_accuracy_score(y[test], search.predict(X[test]))
    auc = roc_auc_score(y[test], search.predict_proba(X[test])[:, 1])
    print(f"{name}: best {search.best_params_}")
    print(f"{name}: balanced test accuracy {balanced:.3f}, ROC AUC {auc:.3f}")
