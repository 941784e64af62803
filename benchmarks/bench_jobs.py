"""Two cores: searches with two fits at a time, and the cores that one fit uses.

GridSearchCV of 8 candidates on 3 folds of JapaneseVowels, without the last fit:
n_jobs=1, n_jobs=2 in threads (joblib.parallel_config("threading")) and in processes
("loky"), these also with TF_NUM_INTRAOP_THREADS=1: otherwise TensorFlow starts as many
threads as there are cores in every process. Programs are on disk, as they are by
default after the first use. The first search of a process starts workers, imports and
loads programs; the second is warm.
"""

import harness

GRID = {
    "learning_rate": [1e-3, 3e-3],
    "clipnorm": [None, 1.0],
    "dropout": [0.0, 0.2],
}
ONE_BY_ONE = "n_jobs=1"
PROCESSES_OF_ONE_THREAD = "n_jobs=2, processes of one thread"
MODES = {
    ONE_BY_ONE: {"n_jobs": 1, "backend": "threading"},
    "n_jobs=2, threads": {"n_jobs": 2, "backend": "threading"},
    "n_jobs=2, processes": {"n_jobs": 2, "backend": "loky"},
    PROCESSES_OF_ONE_THREAD: {"n_jobs": 2, "backend": "loky"},
}
UNITS = [64, 128]
# (T, U, batch, n) of one fit alone.
ALONE = [(29, 64, 16, 512), (100, 128, 32, 1024), (50, 256, 64, 1024)]


def main():
    with harness.Bench(harness.parser(__doc__, rounds=3).parse_args()) as bench:
        epochs, folds, grid = 20, 3, GRID
        all_units, alone = UNITS, ALONE
        if bench.quick:
            epochs, folds, grid = 1, 2, {"learning_rate": [1e-3, 3e-3]}
            all_units, alone = UNITS[:1], [(29, 64, 16, 64)]
        config = {"epochs": epochs, "batch_size": 16, "learning_rate": 1e-3}
        data = bench.data("JapaneseVowels")
        cache = {"SKGRU_CACHE_DIR": str(bench.directory / "programs")}
        searches = {(units, mode): [] for units in all_units for mode in MODES}
        requests = {
            units: {
                "data": data,
                "config": config | {"units": units},
                "grid": grid,
                "folds": folds,
            }
            for units in all_units
        }
        for request in requests.values():  # leaves its programs on disk
            bench.run("skgru", "jobs", cache, **request, **MODES[ONE_BY_ONE])
        for _, (units, mode) in bench.interleaved(searches):
            environment = dict(cache)
            if mode == PROCESSES_OF_ONE_THREAD:
                environment["TF_NUM_INTRAOP_THREADS"] = "1"
            with bench.start("skgru", **environment) as process:
                cold, warm = (
                    process.ask("jobs", **requests[units], **MODES[mode])
                    for _ in range(2)
                )
            searches[units, mode].append({"cold": cold, "warm": warm})
        process = bench.start("skgru")
        cores = {shape: [] for shape in alone}
        for _, (T, U, batch, n) in bench.interleaved(alone):
            config = {
                "units": U,
                "batch_size": batch,
                "epochs": 1 if bench.quick else 5,
                "learning_rate": 1e-3,
            }
            answer = process.ask("cores", n=n, timesteps=T, features=12, config=config)
            cores[T, U, batch, n].append(answer)
        report(bench, searches, cores)


def report(bench, searches, cores):
    report = harness.Report(
        "bench_jobs",
        "Two cores",
        f"Searches on JapaneseVowels, batches of 16, grid {GRID}; then one warm fit "
        "alone: processor time over time.",
        raw={
            "searches": {str(k): v for k, v in searches.items()},
            "cores": {str(k): v for k, v in cores.items()},
        },
    )
    rate = {
        key: {
            when: harness.median(run[when]["fits_per_second"] for run in runs)
            for when in ("cold", "warm")
        }
        for key, runs in searches.items()
    }
    for units, mode in searches:
        if mode != ONE_BY_ONE:
            report.claim(
                f"{units} units, {mode}: fits a second / those of n_jobs=1",
                rate[units, mode]["warm"] / rate[units, ONE_BY_ONE]["warm"],
            )
    same = all(
        run[when]["scores"] == searches[units, ONE_BY_ONE][0]["warm"]["scores"]
        for (units, _), runs in searches.items()
        for run in runs
        for when in ("cold", "warm")
    )
    report.claim("scores of all modes are identical (1: yes)", same, at_least=1)
    report.table(
        "Fits a second, medians.",
        ["units", "", "first search", "second search", "second / that of n_jobs=1"],
        [
            [
                units,
                mode,
                value["cold"],
                value["warm"],
                value["warm"] / rate[units, ONE_BY_ONE]["warm"],
            ]
            for (units, mode), value in rate.items()
        ],
    )
    report.table(
        "One warm fit alone.",
        ["T", "U", "batch", "n", "cores busy", "ms a step"],
        [
            [
                *shape,
                harness.median(a["cores"] for a in answers),
                harness.median(a["milliseconds"] for a in answers),
            ]
            for shape, answers in cores.items()
        ],
    )
    for units in dict.fromkeys(units for units, _ in searches):
        report.bars(
            f"{units} units",
            "fits a second, second search",
            {mode: rate[units, mode]["warm"] for mode in MODES},
        )
    report.write(bench)


if __name__ == "__main__":
    main()
