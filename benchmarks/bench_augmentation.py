"""What each augmenter adds to a training epoch of JapaneseVowels.

Time of one `augment` call on all 270 recordings (for tokens: as many rows of 29 ids),
beside that of a warm epoch without one: batches of 16, 64 units. One process.
"""

import harness


def main():
    with harness.Bench(harness.parser(__doc__, rounds=5).parse_args()) as bench:
        epochs = 2 if bench.quick else 20
        peer = bench.start("skgru")
        request = {
            "data": bench.data("JapaneseVowels"),
            "config": {"units": 64, "batch_size": 16, "epochs": epochs},
        }
        peer.ask("augmentation", **request)  # compiles
        answers = [
            peer.ask("augmentation", **request)
            for _ in bench.interleaved(["all augmenters"])
        ]
        report(bench, answers)


def report(bench, answers):
    report = harness.Report(
        "bench_augmentation",
        "Augmentation",
        "JapaneseVowels, 270 recordings of up to 29 steps; 64 units, batches of 16.",
        raw={"rounds": answers},
    )
    epoch = harness.median(answer["epoch"] for answer in answers)
    shares = {
        name: 100
        * harness.median(answer["augment"][name] for answer in answers)
        / epoch
        for name in answers[0]["augment"]
    }
    for name, share in shares.items():
        report.claim(f"{name}, percent of an epoch", share, at_most=10)
    report.table(
        "Milliseconds.",
        ["an epoch without one", *shares],
        [[1e3 * epoch, *(share * 10 * epoch for share in shares.values())]],
    )
    report.bars("one call of augment", "percent of an epoch", shares)
    report.write(bench)


if __name__ == "__main__":
    main()
