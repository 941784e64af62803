"""Engines that search one space: the best score against seconds and epochs.

Grid, random, successive halving, scikit-optimize, and Optuna with and without pruning,
over the small space of `skgru.tuning` (the grid without ``kernel_size``), on
JapaneseVowels in three folds. All but halving may spend as many epochs as the grid of
24 candidates; halving begins with as many candidates. Every search has its own
process, which has compiled before: what is timed is the search. A round is a seed: of
the folds, the network and the engine.
"""

import harness

ENGINES = [
    "grid",
    "random",
    "halving grid",
    "halving random",
    "skopt",
    "Optuna",
    "Optuna, pruned",
]


def main():
    with harness.Bench(harness.parser(__doc__, rounds=5).parse_args()) as bench:
        config = {"units": 32, "batch_size": 16, "epochs": 27}
        n_candidates = 24
        if bench.quick:
            config, n_candidates = config | {"units": 4, "epochs": 3}, 4
        data = bench.data("JapaneseVowels")
        runs = {engine: [] for engine in ENGINES}
        for seed, engine in bench.interleaved(ENGINES):
            _, answer = bench.run(
                "search",
                "search",
                engine=engine,
                data=data,
                config=config,
                n_candidates=n_candidates,
                seed=seed,
            )
            runs[engine].append(answer)
        report(bench, config, n_candidates, runs)


def report(bench, config, n_candidates, runs):
    report = harness.Report(
        "bench_search",
        "Searches",
        f"JapaneseVowels, 3 folds, {config}; the small space of skgru.tuning, "
        f"{n_candidates} candidates; one core's worth of work at a time (n_jobs=1); "
        f"seeds 0 to {bench.rounds - 1}.",
        raw=runs,
    )
    mean = {
        engine: {
            name: harness.mean(run[name] for run in of_engine)
            for name in ("seconds", "epochs", "best_score", "accuracy", "compiled")
        }
        for engine, of_engine in runs.items()
    }
    halving, grid, random = (mean[e] for e in ("halving grid", "grid", "random"))
    report.claim(
        "epochs, halving grid / grid", halving["epochs"] / grid["epochs"], at_most=0.5
    )
    report.claim("seconds, halving grid / grid", halving["seconds"] / grid["seconds"])
    report.claim(
        "best score, halving grid - grid",
        halving["best_score"] - grid["best_score"],
        at_least=0,
    )
    for engine in ("skopt", "Optuna", "Optuna, pruned"):
        report.claim(
            f"best score, {engine} - random, of equal epochs",
            mean[engine]["best_score"] - random["best_score"],
            at_least=0,
        )
    report.claim(
        "programs compiled by all searches after the first fit",
        max(of_engine["compiled"] for of_engine in mean.values()),
        at_most=0,
    )
    report.table(
        "Means over the seeds: the best mean score of the folds among candidates "
        "trained for all epochs, and the accuracy on the test set of that candidate, "
        "fitted on all training recordings.",
        ["", "seconds", "epochs", "candidates", "best score", "test accuracy"],
        [
            [
                engine,
                of_engine["seconds"],
                of_engine["epochs"],
                harness.mean(len(run["course"]) for run in runs[engine]),
                f"{of_engine['best_score']:.4f}",
                f"{of_engine['accuracy']:.4f}",
            ]
            for engine, of_engine in mean.items()
        ],
    )
    for name in ("seconds", "epochs"):
        report.lines(
            f"error of the best so far, against {name}",
            name,
            "1 - best score, mean of the seeds",
            {engine: best_so_far(runs[engine], name) for engine in ENGINES},
        )
    report.write(bench)


def best_so_far(of_engine, name):
    """Return means over the runs, candidate by candidate, of what was spent and found.

    They begin where every run has a candidate that was trained for all epochs.
    """
    xs, ys = [], []
    best = [0.0] * len(of_engine)
    for points in zip(*(run["course"] for run in of_engine), strict=False):
        best = [max(b, p["score"] or 0.0) for b, p in zip(best, points, strict=True)]
        if min(best) > 0:
            xs.append(harness.mean(point[name] for point in points))
            ys.append(1 - harness.mean(best))
    return xs, ys


if __name__ == "__main__":
    main()
