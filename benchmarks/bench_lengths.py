"""Sequences of very different lengths: what they cost beside their steps alone.

Lengths are drawn from 8 to 512, uniformly on a logarithmic scale. The other side holds
as many sequences, and as many steps in all, of one length. Warm fits and predictions.
"""

import harness
import numpy as np

SHORTEST, LONGEST = 8, 512
# Sequences, units, batch size.
CASES = [(640, 64, 32), (640, 32, 32), (640, 128, 32), (640, 64, 16), (2000, 64, 32)]


def lengths_of(n):
    """Return lengths that differ, and their mean as many times."""
    exponents = np.random.default_rng(0).uniform(np.log(SHORTEST), np.log(LONGEST), n)
    different = np.round(np.exp(exponents)).astype(int)
    equal = np.full(n, round(different.mean()))
    return {"different": different.tolist(), "equal": equal.tolist()}


def main():
    with harness.Bench(harness.parser(__doc__, rounds=9).parse_args()) as bench:
        cases = [(64, 8, 32)] if bench.quick else CASES
        peer = bench.start("skgru")
        answers = {case: {"different": [], "equal": []} for case in cases}
        for n, units, batch_size in cases:
            case = n, units, batch_size
            config = {"units": units, "batch_size": batch_size, "epochs": 2}
            lengths = lengths_of(n)
            for kind in lengths:  # compiles
                peer.ask("unequal", lengths=lengths[kind], config=config)
            for _, kind in bench.interleaved(lengths):
                request = {"lengths": lengths[kind], "config": config}
                answers[case][kind].append(peer.ask("unequal", **request))
        report(bench, answers)


def report(bench, answers):
    report = harness.Report(
        "bench_lengths",
        "Sequences of different lengths",
        f"{SHORTEST} to {LONGEST} steps of 4 channels, against as many "
        "sequences, and steps in all, of one length. Lists of arrays.",
        raw={str(case): answer for case, answer in answers.items()},
    )
    rows = []
    for case, kinds in answers.items():
        seconds = {
            (what, kind): harness.median(answer[what] for answer in rounds)
            for kind, rounds in kinds.items()
            for what in ("fit", "predict")
        }
        # Of each round: the machine's speed may change from one to another.
        ratios = [
            harness.median(
                different[what] / equal[what]
                for different, equal in zip(
                    kinds["different"], kinds["equal"], strict=True
                )
            )
            for what in ("fit", "predict")
        ]
        rows.append([*case, *(1e3 * value for value in seconds.values()), *ratios])
    for i, what in enumerate(("fit", "predict")):
        for case, row in zip(answers, rows, strict=True):
            text = "{}: different / equal; n={}, U={}, B={}".format(what, *case)
            report.claim(text, row[7 + i], at_most=1.5)
    report.table(
        "Milliseconds of two epochs, and of predicting all: medians. The ratios are "
        "medians of those of each round.",
        ["n", "U", "B", "fit, different", "predict, different", "fit, equal"]
        + ["predict, equal", "fit, ratio", "predict, ratio"],
        rows,
    )
    report.bars(
        "fit", "different / equal", {str(row[:3]): float(row[7]) for row in rows}
    )
    report.bars(
        "predict", "different / equal", {str(row[:3]): float(row[8]) for row in rows}
    )
    report.write(bench)


if __name__ == "__main__":
    main()
