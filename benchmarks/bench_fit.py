"""One warm fit over a grid of shapes: time a training step beside the BLAS limit.

Seconds of a whole fit (checks, weights, batches, head, optimizer and all) over its
number of steps, for skgru, raw torch.nn.GRU, raw Keras Model.fit (jit_compile False and
True) and the BLAS limit: the matrix products of the GRU layer alone, in NumPy, on one
thread and on two. peers/blas_peer.py says which products. Raw Keras and torch go on
training the model of the first fit, so that they pay for no tracing. All train the
plain network of one GRU layer; skgru trains its default network as well.
"""

import math

import harness

DEFAULT = "skgru, default network"
PEERS = {
    "skgru": ("skgru", {}),
    DEFAULT: ("skgru", {"default_network": True}),
    "torch": ("torch", {}),
    "Keras": ("keras", {"jit_compile": False}),
    "Keras, jit": ("keras", {"jit_compile": True}),
    "BLAS, 1 thread": ("blas", {"threads": 1}),
    "BLAS, 2 threads": ("blas", {"threads": 2}),
}
LIMIT = "BLAS, 1 thread"
FEATURES = 12
# (T, U, batch, n, epochs), and how many times the limit a step may take at most.
AIMS = {
    (100, 128, 32, 1024, 2): 1.15,
    (29, 64, 16, 270, 20): 3.0,
    (50, 32, 32, 512, 20): 3.0,
}
BASE = {"T": 50, "U": 64, "batch": 32, "n": 1024, "epochs": 3}
SERIES = {
    "n": [256, 1024, 4096],
    "T": [25, 50, 100, 200],
    "U": [16, 32, 64, 128, 256],
    "batch": [8, 32, 128],
}


def points(quick):
    """Return the shapes: those with an aim, and one series for each dimension."""
    shapes = list(AIMS)
    for name, values in SERIES.items():
        shapes += [tuple((BASE | {name: value}).values()) for value in values]
    shapes = list(dict.fromkeys(shapes))
    if quick:
        return [(T, U, batch, min(n, 64), 1) for T, U, batch, n, _ in shapes[1:3]]
    return shapes


def main():
    with harness.Bench(harness.parser(__doc__, rounds=3).parse_args()) as bench:
        shapes = points(bench.quick)
        peers = {label: bench.start(peer) for label, (peer, _) in PEERS.items()}
        seconds = {shape: {label: [] for label in PEERS} for shape in shapes}
        for order in bench.orders(PEERS):
            for T, U, batch, n, epochs in shapes:
                config = {
                    "units": U,
                    "batch_size": batch,
                    "epochs": epochs,
                    "learning_rate": 1e-3,
                }
                for label in order:
                    answer = peers[label].ask(
                        "steps",
                        n=n,
                        timesteps=T,
                        features=FEATURES,
                        config=config | PEERS[label][1],
                    )
                    seconds[T, U, batch, n, epochs][label].append(answer["seconds"])
        report(bench, shapes, seconds)


def report(bench, shapes, seconds):
    fit = {
        shape: {label: harness.median(times) for label, times in by_label.items()}
        for shape, by_label in seconds.items()
    }
    step = {
        (T, U, batch, n, epochs): {
            label: 1e3 * value / (epochs * math.ceil(n / batch))
            for label, value in fit[T, U, batch, n, epochs].items()
        }
        for T, U, batch, n, epochs in shapes
    }
    report = harness.Report(
        "bench_fit",
        "Time a training step",
        f"One warm fit of n noise sequences of T steps and {FEATURES} channels, four "
        "classes, adam: milliseconds a training step, the whole fit over its steps.",
        raw={str(shape): times for shape, times in seconds.items()},
    )
    for shape, most in AIMS.items():
        if shape in step:
            T, U, batch, *_ = shape
            report.claim(
                f"step of skgru / {LIMIT}, T={T}, U={U}, batch {batch}",
                step[shape]["skgru"] / step[shape][LIMIT],
                at_most=most,
            )
    for shape in shapes:
        T, U, batch, n, _ = shape
        if T >= 30:  # shorter series leave little to pool
            report.claim(
                f"step of the default network / the plain one, T={T}, U={U}, "
                f"batch {batch}, n={n}",
                step[shape][DEFAULT] / step[shape]["skgru"],
                at_most=1,
            )
    report.table(
        "Milliseconds a step, medians.",
        ["T", "U", "batch", "n", "epochs", *PEERS, f"skgru / {LIMIT}", "torch / skgru"],
        [
            [
                *shape,
                *step[shape].values(),
                step[shape]["skgru"] / step[shape][LIMIT],
                step[shape]["torch"] / step[shape]["skgru"],
            ]
            for shape in shapes
        ],
    )
    for name, values in SERIES.items():
        of_series = [tuple((BASE | {name: value}).values()) for value in values]
        if not all(shape in step for shape in of_series):
            continue
        report.table(
            f"Seconds of the fit as {name} grows (the rest: {BASE}), and how much "
            "longer than at the value before.",
            [name, *PEERS],
            [
                [value, *(_growth(fit, of_series, i, label) for label in PEERS)]
                for i, value in enumerate(values)
            ],
        )
        report.lines(
            f"as {name} grows",
            name,
            "seconds of a fit",
            {
                label: (values, [fit[shape][label] for shape in of_series])
                for label in PEERS
            },
        )
    report.write(bench)


def _growth(fit, shapes, i, label):
    value = fit[shapes[i]][label]
    if i == 0:
        return value
    return f"{value:.3g} (x {value / fit[shapes[i - 1]][label]:.2f})"


if __name__ == "__main__":
    main()
