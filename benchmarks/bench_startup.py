"""Start-up: importing skgru and fitting once, with and without programs on disk.

Beside a process that imports tensorflow, keras and scikit-learn and nothing more. The
first fit is one epoch of JapaneseVowels with 64 units.
"""

import tempfile

import harness

BASE = "tensorflow, keras, sklearn"
COLD, WARM, NONE = "skgru, empty cache", "skgru, warm cache", "skgru, no cache"


def main():
    with harness.Bench(harness.parser(__doc__, rounds=5).parse_args()) as bench:
        config = {"units": 64, "epochs": 1, "batch_size": 16, "learning_rate": 1e-3}
        fit = {
            "modules": ["skgru"],
            "data": bench.data("JapaneseVowels"),
            "config": config,
        }
        base = {"modules": ["tensorflow", "keras", "sklearn"]}
        warm = {"SKGRU_CACHE_DIR": str(bench.directory / "warm")}
        # Not counted: files come into memory, programs onto the disk.
        bench.run("startup", "start", **base)
        bench.run("startup", "start", warm, **fit)
        times = {label: [] for label in (BASE, NONE, COLD, WARM)}
        for _, label in bench.interleaved(times):
            environment = warm if label == WARM else {}
            if label == COLD:
                empty = tempfile.mkdtemp(dir=bench.directory)
                environment = {"SKGRU_CACHE_DIR": empty}
            seconds, answer = bench.run(
                "startup", "start", environment, **(base if label == BASE else fit)
            )
            times[label].append({"process": seconds, **answer})
        report(bench, config, times)


def report(bench, config, times):
    report = harness.Report(
        "bench_startup",
        "Start-up",
        f"JapaneseVowels, {config}. The process is timed from its start to its end.",
        raw=times,
    )
    columns = ["import", "first fit", "second fit", "first predict", "process"]
    rows = {
        label: {
            column: harness.median(run[column] for run in runs)
            for column in columns
            if column in runs[0]
        }
        for label, runs in times.items()
    }
    for label in (WARM, COLD, NONE):
        report.claim(
            f"{label}: import and first fit less importing {BASE}, seconds",
            rows[label]["import"] + rows[label]["first fit"] - rows[BASE]["import"],
            at_most=2 if label == WARM else None,
        )
    report.table(
        "Seconds, medians.",
        ["", *columns],
        [
            [label, *(row.get(column, "") for column in columns)]
            for label, row in rows.items()
        ],
    )
    report.bars(
        "import and first fit",
        "seconds",
        {
            label: row["import"] + row.get("first fit", 0.0)
            for label, row in rows.items()
        },
    )
    report.write(bench)


if __name__ == "__main__":
    main()
