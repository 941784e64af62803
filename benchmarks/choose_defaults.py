"""The defaults of the estimators, chosen by cross-validation inside training splits.

Every candidate is a set of parameters of `GRUClassifier`. On each data set it is fitted
on the recordings as they are, in three stratified folds of the official training split
and with several seeds; the official test splits are not read. The table has the mean
accuracy of each candidate on each set, its mean over the sets and its mean rank.
"""

import archive
import harness
import joblib
import numpy as np
from scipy.stats import rankdata
from sklearn.model_selection import StratifiedKFold, cross_val_score

from skgru import GRUClassifier

SETS = (
    "UnitTest",
    "ArrowHead",
    "BasicMotions",
    "GunPoint",
    "PickupGestureWiimoteZ",
    "ItalyPowerDemand",
    "OSULeaf",
    "JapaneseVowels",
)
START = {
    "filters": 64,
    "bidirectional": True,
    "pooling": "max",
    "learning_rate": 3e-3,
    "batch_size": 16,
    "epochs": 100,
}
CHANGES = {
    "start": {},
    "learning rate 0.001": {"learning_rate": 1e-3},
    "learning rate 0.01": {"learning_rate": 1e-2},
    "batch 32": {"batch_size": 32},
    "clipnorm 1": {"clipnorm": 1.0},
    "one direction": {"bidirectional": False},
    "last state": {"pooling": "last"},
    "mean over time": {"pooling": "mean"},
    "kernel of 8": {"kernel_size": 8},
    "pools of 4": {"pool_size": 4},
    "dropout 0.3": {"dropout": 0.3},
    "cosine decay": {"schedule": "cosine_decay"},
    "not standardised": {"standardize": False},
    "no convolution": {"filters": None},
    "plain GRU": {"filters": None, "pooling": "last", "bidirectional": False},
}


def accuracies(parameters, X, y, seeds):
    """Return the mean accuracy over the folds, of each seed."""
    means = []
    for seed in range(seeds):
        folds = StratifiedKFold(3, shuffle=True, random_state=seed)
        classifier = GRUClassifier(random_state=seed, **parameters)
        means.append(cross_val_score(classifier, X, y, cv=folds, n_jobs=2).mean())
    return means


def main():
    parser = harness.parser(__doc__, rounds=2, fewest=1)
    parser.add_argument("--only", nargs="*", help="candidates, by name")
    options = parser.parse_args()
    names = SETS[:1] if options.quick else SETS
    answers = {}
    with harness.Bench(options) as bench, joblib.parallel_config("threading"):
        bench.describe_one_process("skgru", "tensorflow", "scikit-learn", "aeon")
        for candidate, change in CHANGES.items():
            if options.only and candidate not in options.only:
                continue
            parameters = START | change | ({"epochs": 2} if options.quick else {})
            answers[candidate] = {
                name: accuracies(parameters, *archive.read(name, "TRAIN"), bench.rounds)
                for name in names
            }
            means = [float(np.mean(v)) for v in answers[candidate].values()]
            print(f"{candidate}: {np.mean(means):.3f}", flush=True)
        report(bench, names, answers)


def report(bench, names, answers):
    table = np.array([[np.mean(of[name]) for name in names] for of in answers.values()])
    ranks = np.mean([rankdata(-column) for column in table.T], axis=0)
    report = harness.Report(
        "choose_defaults",
        "The defaults, by cross-validation inside the training splits",
        f"Three stratified folds, seeds 0 to {bench.rounds - 1}; each candidate is the "
        f"start, {START}, with one change.",
        raw=answers,
    )
    report.table(
        "Mean accuracy in cross-validation, its mean over the sets, and the mean rank.",
        ["", *names, "mean", "mean rank"],
        [
            [name, *(f"{v:.3f}" for v in row), f"{row.mean():.3f}", f"{rank:.1f}"]
            for name, row, rank in zip(answers, table, ranks, strict=True)
        ],
    )
    report.bars(
        "candidates",
        "mean accuracy",
        dict(zip(answers, table.mean(axis=1).tolist(), strict=True)),
    )
    report.write(bench)


if __name__ == "__main__":
    main()
