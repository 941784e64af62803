"""One warm fit of JapaneseVowels: skgru beside scikeras with keras.layers.GRU.

270 recordings, 29 steps (zero-padded), 12 channels, 9 speakers; 50 epochs, batches of
16, 64 units, adam at 1e-3. Each peer fits once in a fresh process, which is not
counted, and then once a round with the round's number as its seed.
"""

import harness

PEERS = {"skgru": "skgru", "scikeras": "scikeras"}


def main():
    with harness.Bench(harness.parser(__doc__, rounds=5).parse_args()) as bench:
        config = {
            "units": 64,
            "epochs": 2 if bench.quick else 50,
            "batch_size": 16,
            "learning_rate": 1e-3,
        }
        data = bench.data("JapaneseVowels")
        peers = {label: bench.start(peer) for label, peer in PEERS.items()}
        first = {
            label: peer.ask("fit", data=data, config=config, seed=0)["seconds"]
            for label, peer in peers.items()
        }
        fits = {label: [] for label in PEERS}
        for seed, label in bench.interleaved(PEERS):
            answer = peers[label].ask("fit", data=data, config=config, seed=seed)
            fits[label].append(answer)
        report(bench, config, first, fits)


def report(bench, config, first, fits):
    report = harness.Report(
        "bench_scikeras",
        "One warm fit: skgru beside scikeras",
        f"JapaneseVowels, 270 x 29 x 12, zero-padded; {config}; a seed a round; "
        "accuracy on the 370 test recordings.",
        raw={"first": first, "fits": fits},
    )
    seconds, accuracy = (
        {label: harness.median(f[k] for f in fits[label]) for label in fits}
        for k in ("seconds", "accuracy")
    )
    report.claim(
        "median of scikeras' fits / median of skgru's",
        seconds["scikeras"] / seconds["skgru"],
        at_least=5,
    )
    mean = {label: harness.mean(f["accuracy"] for f in fits[label]) for label in fits}
    report.claim(
        "mean accuracy, skgru - scikeras", mean["skgru"] - mean["scikeras"], at_least=0
    )
    report.table(
        "Seconds of a fit; accuracy over the seeds.",
        ["", "median", "fastest", "slowest", "first fit", "accuracy", "of each seed"],
        [
            [
                label,
                seconds[label],
                min(f["seconds"] for f in fits[label]),
                max(f["seconds"] for f in fits[label]),
                first[label],
                mean[label],
                ", ".join(f"{f['accuracy']:.3f}" for f in fits[label]),
            ]
            for label in fits
        ],
    )
    report.bars("one warm fit", "seconds, median", seconds)
    report.bars("test set", "accuracy, median", accuracy)
    report.write(bench)


if __name__ == "__main__":
    main()
