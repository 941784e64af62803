"""Memory: growth over many fits, the peak of one large fit, and what a file adds.

Growth is of the resident memory after the first fit; every fit has other
hyperparameters, and predicts. scikeras is given fewer fits, and its growth is shown a
fit. The peak of one epoch counts all above the process after import, X itself included.
What each use of a memory-mapped X adds counts the process' own memory alone, not the
pages of the file. Needs Linux (/proc).
"""

import harness

FITS = {"skgru": 200, "scikeras": 20}
MEGABYTES = [50, 200, 400]
TIMESTEPS, FEATURES = 100, 10


def main():
    options = harness.parser(__doc__, rounds=2)
    options.add_argument(
        "--file", type=int, default=2000, help="MB of the memory-mapped X"
    )
    with harness.Bench(options.parse_args()) as bench:
        fits = {"skgru": 5, "scikeras": 2} if bench.quick else FITS
        sizes = [5] if bench.quick else MEGABYTES
        config = {"units": 64, "epochs": 3, "batch_size": 16, "learning_rate": 1e-3}
        large = {"units": 16, "epochs": 1, "batch_size": 256, "learning_rate": 1e-3}
        data = bench.data("JapaneseVowels")
        resident = {peer: [] for peer in fits}
        peaks = {(peer, size): [] for size in sizes for peer in fits}
        for _, peer in bench.interleaved(fits):
            _, answer = bench.run(
                peer, "growth", data=data, config=config, fits=fits[peer]
            )
            resident[peer].append(answer["resident"])
            for size in sizes:
                _, answer = bench.run(
                    peer,
                    "peak",
                    megabytes=size,
                    timesteps=TIMESTEPS,
                    features=FEATURES,
                    config=large,
                )
                peaks[peer, size].append(answer)
        _, mapped = bench.run(
            "skgru",
            "streamed",
            megabytes=bench.options.file,
            timesteps=TIMESTEPS,
            features=FEATURES,
            config=large,
        )
        report(bench, config, large, resident, peaks, mapped)


def report(bench, config, large, resident, peaks, mapped):
    report = harness.Report(
        "bench_memory",
        "Memory",
        f"Growth: fits of JapaneseVowels, {config}, learning rate, L2, dropout and "
        f"clipnorm changing from fit to fit. Peak: one fit of n x {TIMESTEPS} x "
        f"{FEATURES} float32, {large}.",
        raw={
            "resident": resident,
            "peaks": {str(k): v for k, v in peaks.items()},
            "mapped": mapped,
        },
    )
    growth = {
        peer: harness.median(after[-1] - after[0] for after in runs)
        for peer, runs in resident.items()
    }
    n_fits = {peer: len(runs[0]) for peer, runs in resident.items()}
    report.claim(
        f"growth of skgru over {n_fits['skgru']} fits, MiB",
        growth["skgru"],
        at_most=20,
    )
    rows, worst = [], 0.0
    for (peer, size), answers in peaks.items():
        peak = harness.median(a["peak"] for a in answers)
        X = answers[0]["X"]
        rows.append([size, peer, X, peak, peak / X, peak - 3 * X])
        if peer == "skgru":
            worst = max(worst, peak - 3 * X)
    report.claim(
        "peak of skgru above three times X, MiB, the largest of all sizes",
        worst,
        at_most=300,
    )
    most = max(mapped["added"], key=mapped["added"].get)
    report.claim(
        f"what a memory-mapped X of {mapped['X']:.0f} MiB adds at most ({most}), MiB",
        mapped["added"][most],
        at_most=800,
    )
    report.table(
        "Resident memory, MiB.",
        ["", "fits", "after the first", "after the last", "growth", "a fit"],
        [
            [
                peer,
                n_fits[peer],
                harness.median(after[0] for after in runs),
                harness.median(after[-1] for after in runs),
                growth[peer],
                growth[peer] / (n_fits[peer] - 1),
            ]
            for peer, runs in resident.items()
        ],
    )
    report.table(
        "Peak of one fit above the process after import, MiB.",
        ["MB of X", "", "X", "peak", "peak / X", "peak - 3 X"],
        rows,
    )
    report.table(
        f"Added by each use of a memory-mapped X of {mapped['X']:.0f} MiB, MiB.",
        ["use", "added"],
        [[use, added] for use, added in mapped["added"].items()],
    )
    report.lines(
        "growth",
        "fits",
        "resident memory, MiB",
        {
            peer: (range(1, n_fits[peer] + 1), runs[0])
            for peer, runs in resident.items()
        },
        log=False,
    )
    report.lines(
        "peak of one fit",
        "X, MiB",
        "peak above import, MiB",
        {
            peer: (
                [row[2] for row in rows if row[1] == peer],
                [row[3] for row in rows if row[1] == peer],
            )
            for peer in resident
        },
        log=False,
    )
    report.write(bench)


if __name__ == "__main__":
    main()
