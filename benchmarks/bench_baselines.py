"""The GRU beside what people would use instead, on real data sets as they come.

Test accuracy, and R2 for regression, on the official splits: the estimators with their
defaults, tuned by 16 random candidates of the small search space in three folds of the
training split, and the baselines. Mean over the seeds, mean rank over the sets, and a
critical difference diagram (Demsar 2006: Friedman's test, then Wilcoxon's with Holm's
correction), drawn by aeon. Seconds are those of fit and prediction, compiling included,
one method after the other in one process. A method that takes longer than some minutes
on a set is run with one seed there.
"""

import time
import warnings

import archive
import baselines
import harness
import joblib
import numpy as np
import published
from scipy.stats import rankdata

TASKS = {
    "classes": (archive.CLASSES, baselines.CLASSIFIERS),
    "targets": (archive.TARGETS, baselines.REGRESSORS),
}


def main():
    parser = harness.parser(__doc__, rounds=5)
    parser.add_argument("--only", nargs="*", help="methods, by name")
    parser.add_argument("--sets", nargs="*", help="data sets, by name")
    parser.add_argument(
        "--once-above",
        type=float,
        default=120,
        metavar="SECONDS",
        help="a method slower than this with seed 0 has no other seed on that set",
    )
    options, scores = harness.parsed_with_memory(parser, score)
    with harness.Bench(options) as bench, joblib.parallel_config("threading"):
        bench.describe_one_process(
            *("skgru", "tensorflow", "keras", "scikeras", "scikit-learn"),
            *("aeon", "sktime", "torch"),
        )
        classes = score_all(bench, options, scores, "classes")
        targets = score_all(bench, options, scores, "targets")
        report(bench, classes, targets)


def score_all(bench, options, scores, task):
    """Return runs by method and set: pairs of the score and the seconds."""
    sets, methods = TASKS[task]
    names = [n for n in sets if not options.sets or n in options.sets]
    if bench.quick:
        names = [n for n in names if n in ("UnitTest", "CardanoSentiment")]
    runs = {m: {} for m in methods if not options.only or m in options.only}
    for name in names:
        for method, of_method in runs.items():
            if (method, name) in baselines.TOO_SLOW:
                continue
            of_method[name] = [scores(task, method, name, seed=0)]
            seconds = of_method[name][0][1]
            once = bench.quick or method in baselines.DETERMINISTIC
            if not once and seconds <= options.once_above:
                of_method[name] += [
                    scores(task, method, name, seed) for seed in range(1, bench.rounds)
                ]
            mean, seconds = np.mean(of_method[name], axis=0)
            print(f"{name:24}{method:24}{mean:.3f} {seconds:8.1f} s", flush=True)
    return runs


def score(task, method, name, seed):
    """Return the score of one method on one set with one seed, and the seconds."""
    sets, methods = TASKS[task]
    train, test = (archive.read(name, split, sets) for split in ("TRAIN", "TEST"))
    estimator = methods[method](seed)
    began = time.perf_counter()
    with warnings.catch_warnings():
        # Some of the peers' own: of convergence, and of versions to come.
        warnings.simplefilter("ignore")
        result = estimator.fit(*train).score(*test)
    return float(result), time.perf_counter() - began


def mean_scores(runs, sets):
    """Return the means over the seeds, shape ``(methods, sets)``."""
    return np.array([[np.mean(of[s], axis=0)[0] for s in sets] for of in runs.values()])


def of_all(runs):
    """Return the sets that all methods were run on."""
    every = [set(of) for of in runs.values()]
    return sorted(set.intersection(*every)) if every else []


def report(bench, classes, targets):
    report = harness.Report(
        "bench_baselines",
        "The GRU beside what people would use instead",
        f"Official splits, raw recordings; seeds 0 to {bench.rounds - 1}; tuned: "
        f"{baselines.N_CANDIDATES} random candidates, {baselines.FOLDS} folds.",
        raw={"classes": classes, "targets": targets},
    )
    for title, runs in (
        ("Test accuracy", classes),
        ("R2 on the test split", targets),
    ):
        if runs:
            tables(report, title, runs)
    beside_published(report, classes)
    report.write(bench)
    draw(bench, classes)


def tables(report, title, runs):
    sets = of_all(runs)
    ranks = np.mean([rankdata(-column) for column in mean_scores(runs, sets).T], axis=0)
    rows = sorted({s for of in runs.values() for s in of})

    def cell(runs_of_set, text):
        return text.format(*np.mean(runs_of_set, 0), np.std(runs_of_set, 0)[0])

    def cells(s, text):
        return [cell(of[s], text) if s in of else "" for of in runs.values()]

    report.table(
        f"{title}: mean and standard deviation over the seeds; the mean rank is over "
        f"the {len(sets)} sets that all were run on.",
        ["", *runs],
        [[s, *cells(s, "{0:.3f} ± {2:.3f}")] for s in rows]
        + [["mean rank", *(f"{r:.2f}" for r in ranks)]],
    )
    report.table(
        "Seconds of a fit and the prediction, mean.",
        ["", *runs],
        [[s, *cells(s, "{1:.1f}")] for s in rows],
    )
    report.bars(title, "mean rank", dict(zip(runs, ranks.tolist(), strict=True)))


def beside_published(report, runs):
    """Set the mean accuracies beside those that others have published."""
    ours = [name for name in runs if name.startswith("GRUClassifier")]
    if not ours:
        return
    sources = published.ACCURACIES
    report.table(
        "Test accuracy beside published ones, which were trained at more expense. "
        + " ".join(f"{name}: {text}." for name, text in published.SOURCES.items()),
        ["", *ours, *sources],
        [
            [
                s,
                *(
                    f"{np.mean(runs[name][s], axis=0)[0]:.3f}"
                    if s in runs[name]
                    else ""
                    for name in ours
                ),
                *(f"{of[s]:.3f}" if s in of else "" for of in sources.values()),
            ]
            for s in next(iter(runs.values()))
            if any(s in of for of in sources.values())
        ],
    )


def draw(bench, runs):
    """Draw the critical difference diagram, where there are sets enough for a test."""
    sets = of_all(runs)
    if len(sets) < 3 or len(runs) < 3:
        return
    from aeon.visualisation import plot_critical_difference

    scores = mean_scores(runs, sets).T
    figure, _ = plot_critical_difference(scores, list(runs), test="wilcoxon")
    figure.savefig(
        bench.out / "bench_baselines_ranks.png", dpi=120, bbox_inches="tight"
    )


if __name__ == "__main__":
    main()
