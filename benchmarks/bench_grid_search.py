"""The same grid search for skgru and its peers, whole processes.

12 candidates (3 learning rates, clipnorm off and on, an L2 penalty or dropout), 3 folds
and the fit of the best on all recordings: 37 fits. What is timed is the process, from
its start to its end: importing, compiling, searching, predicting the test set.
The seed is the round's number. skgru keeps no programs on disk here, but for "skgru,
programs on disk", which finds those that an earlier process left.

Where recordings differ in length, all get them padded with zeros to the longest: no
peer's classifier takes them otherwise. skgru does, and runs on them as they are too.

With ``--environments`` each peer has an environment of its own, as if nothing else had
been installed; without, all have that of this script.
"""

import environments
import harness

GRID = [
    {
        "learning_rate": [1e-3, 3e-3, 1e-2],
        "clipnorm": [None, 1.0],
        "l2": l2,
        "dropout": dropout,
    }
    for l2, dropout in [([1e-4], [0.0]), ([0.0], [0.2])]
]
# What a fit is on each data set; None of it is searched over.
SETS = {
    "JapaneseVowels": {"units": 64, "epochs": 30, "batch_size": 16},
    "BasicMotions": {"units": 64, "epochs": 30, "batch_size": 16},
    "ItalyPowerDemand-1029": {"units": 128, "epochs": 10, "batch_size": 32},
}
PADDED = "skgru"
CACHED = "skgru, programs on disk"
UNPADDED = "skgru, recordings as they are"
PEERS = {
    PADDED: "skgru",
    CACHED: "skgru",
    UNPADDED: "skgru",
    "scikeras": "scikeras",
    "skorch": "skorch",
    "sktime": "sktime",
}
OF_EQUAL_LENGTH = {"BasicMotions", "ItalyPowerDemand-1029"}
AIMS = {"JapaneseVowels": {"scikeras": 15, "skorch": 5, "sktime": 5}}


def main():
    parser = harness.parser(__doc__, rounds=2)
    parser.add_argument("--data", choices=SETS, default="JapaneseVowels")
    parser.add_argument(
        "--once-above",
        type=float,
        default=300,
        metavar="SECONDS",
        help="a peer slower than this in its first round runs once (default 300)",
    )
    parser.add_argument(
        "--environments",
        metavar="DIR",
        help="folder of an environment for each peer, made where they are missing",
    )
    options = parser.parse_args()
    with harness.Bench(options) as bench:
        if options.environments:
            bench.interpreters |= environments.interpreters(options.environments)
        config = SETS[options.data] | {"learning_rate": 1e-3}
        grid, folds = GRID, 3
        if bench.quick:
            config |= {"epochs": 1}
            grid = [{k: values[:1] for k, values in part.items()} for part in GRID]
            folds = 2
        request = {
            "data": bench.data(options.data),
            "config": config,
            "grid": grid,
            "folds": folds,
        }
        cache = {"SKGRU_CACHE_DIR": str(bench.directory / "programs")}
        bench.run(
            "skgru", "search", cache, seed=0, **request
        )  # leaves its programs on disk
        runs = {label: [] for label in PEERS}
        if options.data in OF_EQUAL_LENGTH:
            del runs[UNPADDED]
        for seed, label in bench.interleaved(list(runs)):
            if runs[label] and runs[label][0]["seconds"] > options.once_above:
                continue
            environment = cache if label == CACHED else None
            more = {"unpadded": True} if label == UNPADDED else {}
            seconds, answer = bench.run(
                PEERS[label], "search", environment, seed=seed, **request, **more
            )
            runs[label].append({"seconds": seconds, **answer})
        alone = bool(options.environments)
        report(bench, options.data, request, runs, alone)


def report(bench, name, request, runs, alone):
    n_candidates = sum(
        len(part["learning_rate"]) * len(part["clipnorm"]) for part in request["grid"]
    )
    report = harness.Report(
        f"bench_grid_search_{name}" + "_alone" * alone,
        f"Whole grid search: {name}"
        + ", each peer in an environment of its own" * alone,
        f"{n_candidates} candidates, {request['folds']} folds, n_jobs=1; "
        f"{request['config']}; grid {request['grid']}. sktime cannot clip: it fits the "
        "candidates that differ in that twice.",
        raw=runs,
    )
    seconds, accuracy = (
        {label: harness.median(run[k] for run in runs[label]) for label in runs}
        for k in ("seconds", "accuracy")
    )
    for label in (PADDED, UNPADDED):
        if label not in runs:
            continue
        for peer in ("scikeras", "skorch", "sktime"):
            report.claim(
                f"whole process, {peer} / {label}",
                seconds[peer] / seconds[label],
                at_least=AIMS.get(name, {}).get(peer),
            )
            report.claim(
                f"accuracy, {label} - {peer}",
                accuracy[label] - accuracy[peer],
                at_least=0,
            )
    report.table(
        "Seconds of the whole process (median), of the search within it, and accuracy "
        "on the test set of the candidate chosen: the median, and each seed's.",
        ["", "seconds", "rounds", "search", "accuracy", "of each seed", "chosen"],
        [
            [
                label,
                seconds[label],
                len(runs[label]),
                harness.median(run["search_seconds"] for run in runs[label]),
                accuracy[label],
                " ".join(f"{run['accuracy']:.3f}" for run in runs[label]),
                ", ".join(f"{k}={v}" for k, v in runs[label][0]["best_params"].items()),
            ]
            for label in runs
        ],
    )
    report.bars(name, "seconds, whole process", seconds)
    report.bars(name, "accuracy on the test set", accuracy)
    report.write(bench)


if __name__ == "__main__":
    main()
