"""Accuracy on real data: skgru beside stock Keras' Model.fit.

The same network, hyperparameters, batches and seeds on the data sets of the archive
that aeon's wheel ships; the streams of randomness differ, so the comparison is one of
means. "No worse beyond the noise of the seeds": the upper end of the confidence
interval of skgru's accuracy less Keras', paired by seed, is not below zero. The
intervals of the sets hold all at once with 95 % (Student's t, Bonferroni), since among
many sets some would differ by chance; that over all sets holds with 95 % by itself.
"""

import statistics

import harness
from scipy.stats import t as student

# Epochs: enough steps to learn something on the small sets. PickupGestureWiimoteZ is
# long and is given fewer.
EPOCHS = {
    "JapaneseVowels": 50,
    "BasicMotions": 100,
    "ItalyPowerDemand": 100,
    "GunPoint": 100,
    "ArrowHead": 100,
    "Covid3Month": 50,
    "PickupGestureWiimoteZ": 60,
}
PEERS = {"skgru": "skgru", "Keras": "keras"}


def main():
    with harness.Bench(
        harness.parser(__doc__, rounds=5, fewest=2).parse_args()
    ) as bench:
        config = {"units": 64, "batch_size": 16, "learning_rate": 3e-3}
        names = list(EPOCHS)[:2] if bench.quick else list(EPOCHS)
        peers = {label: bench.start(peer) for label, peer in PEERS.items()}
        answers = {name: {label: [] for label in PEERS} for name in names}
        for seed, label in bench.interleaved(PEERS):
            for name in names:
                epochs = 1 if bench.quick else EPOCHS[name]
                answers[name][label].append(
                    peers[label].ask(
                        "fit",
                        data=bench.data(name),
                        config=config | {"epochs": epochs},
                        seed=seed,
                    )
                )
        report(bench, config, answers)


def report(bench, config, answers):
    report = harness.Report(
        "bench_accuracy",
        "Accuracy: skgru beside stock Keras",
        f"Official splits, zero-padded, standardised by the training split; {config}; "
        f"seeds 0 to {bench.rounds - 1}; mean and standard error over the seeds.",
        raw=answers,
    )
    rows, all_differences = [], []
    for name, by_label in answers.items():
        values = {
            label: [answer["accuracy"] for answer in of_label]
            for label, of_label in by_label.items()
        }
        differences = [
            a - b for a, b in zip(values["skgru"], values["Keras"], strict=True)
        ]
        all_differences += differences
        report.claim(
            f"{name}: skgru - Keras, upper end",
            _upper_end(differences, 0.05 / len(answers)),
            at_least=0,
        )
        seconds = {
            label: harness.median(answer["seconds"] for answer in of_label)
            for label, of_label in by_label.items()
        }
        rows.append(
            [
                name,
                EPOCHS[name],
                *(_with_error(values[label]) for label in PEERS),
                _with_error(differences),
                *(seconds[label] for label in PEERS),
            ]
        )
    report.claim(
        "all sets: skgru - Keras, upper end",
        _upper_end(all_differences, 0.05),
        at_least=0,
    )
    report.table(
        "Accuracy on the test split, and median seconds of a fit.",
        ["", "epochs", *PEERS, "difference", *(f"{label}, s" for label in PEERS)],
        rows,
    )
    for label in PEERS:
        report.bars(
            label,
            "mean accuracy",
            {
                name: harness.mean(a["accuracy"] for a in by_label[label])
                for name, by_label in answers.items()
            },
        )
    report.write(bench)


def _mean_and_error(values):
    return statistics.mean(values), statistics.stdev(values) / len(values) ** 0.5


def _upper_end(differences, level):
    """Return the upper end of the one-sided confidence interval of the mean."""
    mean, error = _mean_and_error(differences)
    return mean + error * student.ppf(1 - level, len(differences) - 1)


def _with_error(values):
    mean, error = _mean_and_error(values)
    return f"{mean:.3f} ± {error:.3f}"


if __name__ == "__main__":
    main()
