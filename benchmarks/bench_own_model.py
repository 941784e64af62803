"""A user's own Keras model: on skgru's engine, in stock Model.fit, and in scikeras.

GunPoint, batches of 16: Conv1D (64 filters of 8 steps, stride 4), batch normalisation,
ReLU, a GRU of 64 units both ways, max over time, dropout. A step in warm fits beside
Model.fit; a whole grid search as a process, start and compiling included, beside
scikeras with the same function; accuracy of one fit over five seeds beside scikeras.
"""

import harness

CONFIG = {"epochs": 30, "batch_size": 16, "learning_rate": 1e-3}
GRID = {"learning_rate": [1e-3, 3e-3, 1e-2], "model__dropout": [0.0, 0.1, 0.2, 0.4]}
FOLDS, SEEDS = 3, 5
# The moving averages of batch normalisation need more steps than a step's time does.
EPOCHS_FOR_ACCURACY = 300


def main():
    with harness.Bench(harness.parser(__doc__, rounds=3).parse_args()) as bench:
        config, grid = CONFIG, GRID
        if bench.quick:
            config = CONFIG | {"epochs": 1}
            grid = {name: values[:1] for name, values in GRID.items()}
        data = bench.data("GunPoint")
        peers = {name: bench.start("own_model") for name in ("skgru", "keras")}
        steps = {name: [] for name in peers}
        beginnings = {name: [] for name in peers}
        for _, name in bench.interleaved(list(peers)):
            request = {"data": data, "config": config, "fits": 2}
            answer = peers[name].ask("step", library=name, **request)
            steps[name] += answer["steps"]
            beginnings[name] += answer["beginnings"]
        searches = {"skgru": [], "scikeras": []}
        request = {"data": data, "config": config, "grid": grid, "folds": FOLDS}
        for seed, name in bench.interleaved(list(searches)):
            seconds, answer = bench.run(
                "own_model", "search", library=name, seed=seed, **request
            )
            searches[name].append({"seconds": seconds, **answer})
        accuracies = {name: [] for name in searches}
        peers["scikeras"] = bench.start("own_model")
        for seed in range(1 if bench.quick else SEEDS):
            for name, of_peer in accuracies.items():
                epochs = 1 if bench.quick else EPOCHS_FOR_ACCURACY
                answer = peers[name].ask(
                    "accuracy",
                    library=name,
                    data=data,
                    config=config | {"epochs": epochs},
                    seed=seed,
                )
                of_peer.append(answer["accuracy"])
        report(bench, steps, beginnings, searches, accuracies)


def report(bench, steps, beginnings, searches, accuracies):
    report = harness.Report(
        "bench_own_model",
        "A user's own Keras model",
        f"GunPoint, 50 x 150; {CONFIG}; grid {GRID}, {FOLDS} folds, n_jobs=1.",
        raw={
            "steps": steps,
            "beginnings": beginnings,
            "searches": searches,
            "accuracies": accuracies,
        },
    )
    step = {name: harness.median(values) for name, values in steps.items()}
    seconds = {
        name: harness.median(run["seconds"] for run in runs)
        for name, runs in searches.items()
    }
    mean = {name: harness.mean(values) for name, values in accuracies.items()}
    report.claim(
        "a step: Model.fit / skgru", step["keras"] / step["skgru"], at_least=12
    )
    report.claim(
        "a whole search: scikeras / skgru",
        seconds["scikeras"] / seconds["skgru"],
        at_least=10,
    )
    report.claim(
        "mean accuracy, skgru - scikeras", mean["skgru"] - mean["scikeras"], at_least=0
    )
    report.table(
        "Milliseconds in warm fits: of a step (long fits less fits of 30 epochs, over "
        "the steps between), and of a fit's beginning. skgru calls the function and "
        "builds the network anew in each; Model.fit is given the same network again.",
        ["", "a step, median", "fastest", "slowest", "the beginning, median"],
        [
            [n, step[n], min(v), max(v), harness.median(beginnings[n])]
            for n, v in steps.items()
        ],
    )
    report.table(
        "Seconds of a whole search, and accuracy of one fit of "
        f"{EPOCHS_FOR_ACCURACY} epochs with each seed.",
        ["", "search, median", "mean accuracy", "of each seed"],
        [
            [n, seconds[n], mean[n], ", ".join(f"{a:.3f}" for a in accuracies[n])]
            for n in searches
        ],
    )
    report.bars("a training step", "milliseconds, median", step)
    report.bars("a whole grid search", "seconds, median", seconds)
    report.write(bench)


if __name__ == "__main__":
    main()
