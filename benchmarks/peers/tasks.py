"""What every peer is asked to do, written once for all of them.

A peer gives ``make(config, seed)``, a classifier with ``fit``, ``predict`` and an
attribute ``epochs``. ``config`` holds ``units``, ``epochs``, ``batch_size``,
``learning_rate`` and, where they are not off, ``clipnorm``, ``l2`` and ``dropout``.
"""

import gc
import time
from functools import partial

import numpy as np
from protocol import serve


def serve_classifier(make, **more):
    """Serve the tasks of this module, and those of the peer alone, for a classifier."""
    names = ("fit", "steps", "growth", "peak", "latency")
    tasks = {name: partial(globals()[name], make) for name in names}
    tasks["steps"] = partial(steps, make, {})
    serve(**tasks, **more)


def load(data):
    """Return ``X_train, y_train, X_test, y_test`` of a prepared file."""
    with np.load(data) as arrays:
        return tuple(arrays[k] for k in ("X_train", "y_train", "X_test", "y_test"))


def fit(make, data, config, seed):
    """Fit a new classifier; return its seconds and its accuracy on the test set."""
    X_train, y_train, X_test, y_test = load(data)
    classifier = make(config, seed)
    began = time.perf_counter()
    classifier.fit(X_train, y_train)
    seconds = time.perf_counter() - began
    accuracy = float(np.mean(np.asarray(classifier.predict(X_test)) == y_test))
    return {"seconds": seconds, "accuracy": accuracy}


def search(make_search, data, unpadded=False, **arguments):
    """Run a whole search; return the accuracy on the test set of what it chose.

    With ``unpadded`` the recordings are lists of arrays, each of its own length.
    """
    X_train, y_train, X_test, y_test = load(data)
    if unpadded:
        with np.load(data) as arrays:
            lengths = arrays["lengths_train"], arrays["lengths_test"]
        X_train, X_test = (
            [x[:length] for x, length in zip(X, each, strict=True)]
            for X, each in zip((X_train, X_test), lengths, strict=True)
        )
    began = time.perf_counter()
    found = make_search(**arguments).fit(X_train, y_train)
    seconds = time.perf_counter() - began
    accuracy = float(np.mean(np.asarray(found.predict(X_test)) == y_test))
    return {
        "search_seconds": seconds,
        "accuracy": accuracy,
        "best_score": float(found.best_score_),
        "best_params": {k: repr(v) for k, v in found.best_params_.items()},
    }


def grid_search(estimator, param_grid, folds):
    """Return scikit-learn's search, with the same folds for every peer."""
    from sklearn.model_selection import GridSearchCV, StratifiedKFold

    return GridSearchCV(
        estimator, param_grid, cv=StratifiedKFold(folds), error_score="raise"
    )


def random_data(n, timesteps, features, seed=0):
    """Return noise, as float32 and without a temporary, and four classes."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, timesteps, features), dtype=np.float32)
    return X, rng.integers(0, 4, n)


def steps(make, known, n, timesteps, features, config):
    """Time one whole fit in a warm process.

    The first request for a shape fits one epoch beforehand, so that everything is
    traced, compiled and allocated. ``known`` keeps the classifiers: a raw Keras model
    continues with its traced function, which is its best case.
    """
    X, y = random_data(n, timesteps, features)
    key = (n, timesteps, features, tuple(sorted(config.items())))
    if key not in known:
        known[key] = make(config, 0)
        known[key].epochs = 1
        known[key].fit(X, y)
    known[key].epochs = config["epochs"]
    began = time.perf_counter()
    known[key].fit(X, y)
    return {"seconds": time.perf_counter() - began}


def growth(make, data, config, fits):
    """Return the resident memory, in MiB, after each of many fits of one architecture.

    The hyperparameters differ from fit to fit, as in a search. Each estimator is
    dropped before the next is made.
    """
    X_train, y_train, X_test, _ = load(data)
    resident = []
    for i in range(fits):
        candidate = {
            "learning_rate": 1e-3 * (1 + i % 7),
            "l2": 1e-5 * (1 + i % 3),
            "dropout": 0.1 * (1 + i % 2),
            "clipnorm": 1.0 + i % 5,
        }
        classifier = make(config | candidate, i).fit(X_train, y_train)
        classifier.predict(X_test)
        del classifier
        gc.collect()
        resident.append(_memory("VmRSS"))
    return {"resident": resident}


def peak(make, megabytes, timesteps, features, config):
    """Return the peak of one fit above the process after import, in MiB.

    X counts as part of the fit: it is made after the baseline is taken.
    """
    before = _memory("VmRSS")
    n = int(megabytes * 1e6 / (4 * timesteps * features))
    X, y = random_data(n, timesteps, features)
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak starts anew from what is resident now
    make(config, 0).fit(X, y)
    return {"peak": _memory("VmHWM") - before, "X": X.nbytes / 2**20, "before": before}


def _memory(field):
    """Return a field of this process' status in MiB (Linux)."""
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    raise RuntimeError(f"/proc/self/status has no {field}.")


def latency(make, n_fit, timesteps, features, config, calls, n_many):
    """Return seconds of single predictions, and of one prediction of many samples."""
    X, y = random_data(n_fit, timesteps, features)
    classifier = make(config, 0).fit(X, y)
    single = []
    for i in range(calls + 10):
        began = time.perf_counter()
        classifier.predict(X[i % n_fit][None])
        single.append(time.perf_counter() - began)
    many, _ = random_data(n_many, timesteps, features)
    classifier.predict(many)
    began = time.perf_counter()
    classifier.predict(many)
    return {"single": single[10:], "many": time.perf_counter() - began}
