"""Prediction: latency of one sample, throughput of many.

Warm calls of ``predict`` as each library offers it: skgru's and scikeras' estimators,
Keras' Model.predict, a torch.nn.GRU module without gradients in batches of 256.
"""

import statistics

import harness

PEERS = {"skgru": "skgru", "scikeras": "scikeras", "Keras": "keras", "torch": "torch"}
TIMESTEPS, FEATURES = 29, 12


def main():
    with harness.Bench(harness.parser(__doc__, rounds=3).parse_args()) as bench:
        config = {"units": 64, "epochs": 1, "batch_size": 16, "learning_rate": 1e-3}
        request = {
            "n_fit": 64,
            "timesteps": TIMESTEPS,
            "features": FEATURES,
            "config": config,
            "calls": 20 if bench.quick else 300,
            "n_many": 256 if bench.quick else 20_000,
        }
        peers = {label: bench.start(peer) for label, peer in PEERS.items()}
        answers = {label: [] for label in PEERS}
        for _, label in bench.interleaved(PEERS):
            answers[label].append(peers[label].ask("latency", **request))
        report(bench, request, answers)


def report(bench, request, answers):
    n_many = request["n_many"]
    report = harness.Report(
        "bench_predict",
        "Prediction",
        f"T={TIMESTEPS}, {FEATURES} channels, {request['config']['units']} units; each "
        f"round {request['calls']} calls with one sample, and one with {n_many}.",
        raw=answers,
    )
    rows = {}
    for label, rounds in answers.items():
        single = [1e3 * value for answer in rounds for value in answer["single"]]
        many = harness.median(answer["many"] for answer in rounds)
        p99 = statistics.quantiles(single, n=100)[98]
        rows[label] = [harness.median(single), p99, n_many / many]
    report.claim("one sample, skgru, median in ms", rows["skgru"][0], at_most=3)
    for peer in ("scikeras", "Keras", "torch"):
        report.claim(
            f"latency of one sample, {peer} / skgru", rows[peer][0] / rows["skgru"][0]
        )
        report.claim(
            f"throughput of many, skgru / {peer}", rows["skgru"][2] / rows[peer][2]
        )
    report.table(
        "Milliseconds for one sample; samples a second for many.",
        ["", "median, ms", "99th percentile, ms", "samples / s"],
        [[label, *row] for label, row in rows.items()],
    )
    report.bars("one sample", "ms, median", {k: row[0] for k, row in rows.items()})
    report.bars(
        f"{n_many} samples", "samples / s", {k: row[2] for k, row in rows.items()}
    )
    report.write(bench)


if __name__ == "__main__":
    main()
