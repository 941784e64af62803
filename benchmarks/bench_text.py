"""A GRU on product reviews beside TF-IDF of words and word pairs.

The data and the split are those of ``examples/text_classification.py``: sentences of
one review never stand on both sides. Both are tuned by cross-validation inside the
training part, for each seed of the network anew. ``--inner`` compares settings of the
network by cross-validation inside the training part alone; the search space of the
comparison was chosen by it.
"""

import harness
import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score, roc_auc_score
from sklearn.model_selection import (
    GridSearchCV,
    StratifiedGroupKFold,
    cross_val_score,
)
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.augmentation import TokenDeletion
from skgru.datasets import load_product_reviews
from skgru.preprocessing import TextSequencer

PACKAGES = ("skgru", "scikit-learn", "keras", "tensorflow")
SETTINGS = {
    "units": 32,
    "dropout": 0.5,
    "learning_rate": 0.005,
    "epochs": 10,
    "augmenter": TokenDeletion(0.2),
}
# Settings, and how many dimensions of latent semantic analysis the embedding starts
# from (0: it is drawn).
CHANGES = {
    "start": ({}, 0),
    "no words dropped": ({"augmenter": None}, 0),
    "0.4 of the words dropped": ({"augmenter": TokenDeletion(0.4)}, 0),
    "dropout 0.2": ({"dropout": 0.2}, 0),
    "one direction": ({"bidirectional": False}, 0),
    "mean over time": ({"pooling": "mean"}, 0),
    "last state": ({"pooling": "last"}, 0),
    "convolution of 3": ({"filters": 64, "kernel_size": 3, "pool_size": 1}, 0),
    "l2 0.001": ({"l2": 1e-3}, 0),
    "l2 0.0001": ({"l2": 1e-4}, 0),
    "AdamW, decay 0.05": ({"optimizer": "adamw", "optimizer__weight_decay": 0.05}, 0),
    "20 epochs": ({"epochs": 20}, 0),
    "embedding of 64": ({"embedding_dim": 64}, 0),
    "vectors of latent semantic analysis": ({}, 32),
}
# The number of epochs was all that mattered beyond the noise of the seeds.
GRID = {
    "gruclassifier__epochs": [10, 20, 40],
    "gruclassifier__dropout": [0.2, 0.5],
}
FOLDS = StratifiedGroupKFold(3)


def read():
    """Return texts, classes, reviews, and the rows of the training and test part."""
    reviews = load_product_reviews(min_intensity=2.0)
    parts = StratifiedGroupKFold(4).split(reviews.data, reviews.target, reviews.groups)
    return reviews.data, reviews.target, reviews.groups, *next(parts)


def gru(seed, **change):
    return GRUClassifier(random_state=seed, **(SETTINGS | change))


def latent_vectors(sequencer, texts, dimensions):
    """Return vectors of the tokens by latent semantic analysis of the texts."""
    tokens = list(sequencer.vocabulary_)
    tfidf = TfidfVectorizer(vocabulary=tokens, token_pattern=sequencer.token_pattern)
    svd = TruncatedSVD(dimensions, random_state=0).fit(tfidf.fit_transform(texts))
    vectors = np.zeros((len(tokens) + 2, dimensions))
    vectors[2:] = svd.components_.T
    return vectors / vectors.std()


def inner(bench):
    """Compare settings of the network inside the training part."""
    X, y, groups, train, _ = read()
    texts, y, groups = X[train], y[train], groups[train]
    # Fitted once, as the vectors need it; it sees no class.
    sequencer = TextSequencer(max_length=40)
    ids = sequencer.fit_transform(texts)
    changes = dict(list(CHANGES.items())[:2]) if bench.quick else CHANGES
    answers = {}
    for name, (change, dimensions) in changes.items():
        if dimensions:
            vectors = 0.05 * latent_vectors(sequencer, texts, dimensions)
            change = {**change, "embedding_weights": vectors}
        answers[name] = [
            float(
                cross_val_score(
                    gru(seed, **change),
                    ids,
                    y,
                    groups=groups,
                    cv=FOLDS,
                    scoring="balanced_accuracy",
                ).mean()
            )
            for seed in range(bench.rounds)
        ]
        print(name, np.round(answers[name], 3), flush=True)
    report = harness.Report(
        "bench_text_inner",
        "Text: settings of the network, inside the training part",
        f"Balanced accuracy in three folds by review, seeds 0 to {bench.rounds - 1}; "
        "each candidate is the start with one change.",
        raw=answers,
    )
    report.table(
        "Mean and standard deviation over the seeds.",
        ["", "balanced accuracy"],
        [[name, _spread(scores)] for name, scores in answers.items()],
    )
    report.write(bench)


def searches(seed):
    """Return name -> a search over a pipeline, for a seed."""
    return {
        "GRU": GridSearchCV(
            make_pipeline(TextSequencer(max_length=40), gru(seed)),
            {"textsequencer__min_df": [1, 2], **GRID},
            scoring="balanced_accuracy",
            cv=FOLDS,
        ),
        "TF-IDF of words and pairs": GridSearchCV(
            make_pipeline(
                TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
                LogisticRegression(class_weight="balanced", max_iter=1000),
            ),
            {
                "tfidfvectorizer__min_df": [1, 2],
                "logisticregression__C": [0.3, 1, 3, 10, 30],
            },
            scoring="balanced_accuracy",
            cv=FOLDS,
        ),
    }


def compare(bench):
    """Tune both inside the training part, and compare them on the test part."""
    X, y, groups, train, test = read()
    answers = {}
    for seed in range(bench.rounds):
        for name, search in searches(seed).items():
            if name != "GRU" and seed > 0:
                continue  # it draws nothing
            search.fit(X[train], y[train], groups=groups[train])
            probabilities = search.predict_proba(X[test])[:, 1]
            answer = {
                "inner": float(search.best_score_),
                "balanced": balanced_accuracy_score(y[test], search.predict(X[test])),
                "auc": roc_auc_score(y[test], probabilities),
                "best": {k: str(v) for k, v in search.best_params_.items()},
            }
            answers.setdefault(name, []).append(answer)
            print(seed, name, answer, flush=True)
    report = harness.Report(
        "bench_text",
        "Text: a GRU beside TF-IDF",
        f"{len(train)} sentences of product reviews to train and tune on, {len(test)} "
        f"of other reviews to test on; seeds 0 to {bench.rounds - 1} of the network, "
        "mean and standard deviation.",
        raw=answers,
    )
    means = {
        name: np.mean([answer["balanced"] for answer in of])
        for name, of in answers.items()
    }
    gru_mean, other = means.values()
    report.claim("balanced accuracy, GRU - TF-IDF", gru_mean - other, at_least=0)
    keys = ("inner", "balanced", "auc")
    report.table(
        "Balanced accuracy in cross-validation and on the test part; ROC AUC there.",
        ["", "cross-validation", "test", "test, ROC AUC"],
        [
            [name, *(_spread([answer[key] for answer in of]) for key in keys)]
            for name, of in answers.items()
        ],
    )
    report.bars("test part", "balanced accuracy", means)
    report.write(bench)


def _spread(values):
    text = f"{np.mean(values):.3f}"
    return text if len(values) == 1 else f"{text} ± {np.std(values, ddof=1):.3f}"


def main():
    parser = harness.parser(__doc__, rounds=5)
    parser.add_argument(
        "--inner", action="store_true", help="compare settings in the training part"
    )
    with harness.Bench(parser.parse_args()) as bench:
        bench.describe_one_process(*PACKAGES)
        inner(bench) if bench.options.inner else compare(bench)


if __name__ == "__main__":
    main()
