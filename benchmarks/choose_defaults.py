"""The defaults of the estimators, chosen by cross-validation inside training splits.

Every candidate is a set of parameters of `GRUClassifier`, and of `GRURegressor`. On
each data set it is fitted on the recordings as they are, in three folds of the official
training split (stratified for classes) and with several seeds; the official test splits
are not read. Few sets with targets are shipped, so `ahead` makes some more. The tables
have the mean accuracy, or R2, of each candidate on each set, its mean over the sets and
its mean rank. Texts and forecasts have settings of their own: ``bench_text.py --inner``
and ``bench_forecasting.py --inner``.
"""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import ahead
import archive
import harness
import joblib
import numpy as np
from scipy.stats import rankdata
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score

from skgru import GRUClassifier, GRURegressor

CLASSES = (
    "UnitTest",
    "ArrowHead",
    "BasicMotions",
    "GunPoint",
    "PickupGestureWiimoteZ",
    "ItalyPowerDemand",
    "OSULeaf",
    "JapaneseVowels",
)
TARGETS = (*archive.TARGETS, *ahead.NAMES)
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
    "128 filters": {"filters": 128},
    "32 units": {"units": 32},
    "200 epochs": {"epochs": 200},
    "dropout 0.3": {"dropout": 0.3},
    "L2 1e-4": {"l2": 1e-4},
    "dropout 0.5": {"dropout": 0.5},
    "cosine decay": {"schedule": "cosine_decay"},
    "cosine decay, dropout 0.5": {"schedule": "cosine_decay", "dropout": 0.5},
    "not standardised": {"standardize": False},
    "no convolution": {"filters": None},
    "plain GRU": {"filters": None, "pooling": "last", "bidirectional": False},
}


def main():
    parser = harness.parser(__doc__, rounds=2, fewest=1)
    parser.add_argument("--only", nargs="*", help="candidates, by name")
    options, scores = harness.parsed_with_memory(parser, score)
    # All candidates compile more networks than one process can hold.
    pool = ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=20)
    with harness.Bench(options) as bench, pool:
        bench.describe_one_process("skgru", "tensorflow", "scikit-learn", "aeon")
        changes = {
            name: START | change | ({"epochs": 2} if bench.quick else {})
            for name, change in CHANGES.items()
            if not options.only or name in options.only
        }
        answers = {}
        for task, sets in (("classes", CLASSES), ("targets", TARGETS)):
            sets = sets[:1] if bench.quick else sets
            answers[task] = {candidate: {} for candidate in changes}
            for candidate, parameters in changes.items():
                for name in sets:
                    answers[task][candidate][name] = [
                        pool.submit(scores, task, name, parameters, seed).result()
                        for seed in range(bench.rounds)
                    ]
                mean = np.mean(list(answers[task][candidate].values()))
                print(f"{task}, {candidate}: {mean:.3f}", flush=True)
        report(bench, answers)


def score(task, name, parameters, seed):
    """Return the mean score over the folds: accuracy, or R2."""
    if task == "classes":
        X, y = archive.read(name, "TRAIN", archive.CLASSES)
        estimator, folds = GRUClassifier, StratifiedKFold
    else:
        made = name in ahead.NAMES
        X, y = (
            ahead.read(name) if made else archive.read(name, "TRAIN", archive.TARGETS)
        )
        estimator, folds = GRURegressor, KFold
    with joblib.parallel_config("threading"):
        return cross_val_score(
            estimator(random_state=seed, **parameters),
            X,
            y,
            cv=folds(3, shuffle=True, random_state=seed),
            n_jobs=2,
            error_score="raise",
        ).mean()


def report(bench, answers):
    report = harness.Report(
        "choose_defaults",
        "The defaults, by cross-validation inside the training splits",
        f"Three folds, seeds 0 to {bench.rounds - 1}; each candidate is the start, "
        f"{START}, with one change.",
        raw=answers,
    )
    for task, measure in (("classes", "accuracy"), ("targets", "R2")):
        of_task = answers[task]
        names = list(next(iter(of_task.values())))
        table = np.array([[np.mean(of[n]) for n in names] for of in of_task.values()])
        ranks = np.mean([rankdata(-column) for column in table.T], axis=0)
        report.table(
            f"Mean {measure} in cross-validation, its mean over the sets, and the mean "
            "rank.",
            ["", *names, "mean", "mean rank"],
            [
                [name, *(f"{v:.3f}" for v in row), f"{row.mean():.3f}", f"{rank:.1f}"]
                for name, row, rank in zip(of_task, table, ranks, strict=True)
            ],
        )
        means = table.mean(axis=1).tolist()
        report.bars(
            "candidates", f"mean {measure}", dict(zip(of_task, means, strict=True))
        )
    report.write(bench)


if __name__ == "__main__":
    main()
