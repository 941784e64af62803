"""skgru.GRUClassifier."""

import resource
import time
from functools import partial

import joblib
import numpy as np
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from streaming import streamed
from tasks import grid_search, load, random_data, search, serve_classifier

from skgru import GRUClassifier, cache_info
from skgru import augmentation as augmenters

AUGMENTERS = [
    augmenters.Jitter(),
    augmenters.Scaling(),
    augmenters.MagnitudeWarp(),
    augmenters.TimeWarp(),
    augmenters.TimeShift(),
    augmenters.WindowSlice(),
    augmenters.TimeMask(),
    augmenters.ChannelDropout(),
    augmenters.Mixup(),
    augmenters.TokenInsertion(),
    augmenters.TokenDeletion(),
    augmenters.TokenSwap(),
    augmenters.TokenReplacement(),
]


# The network that all peers train.
PLAIN = {
    "standardize": False,
    "filters": None,
    "bidirectional": False,
    "pooling": "last",
}


def make(config, seed):
    config = dict(config)
    network = {} if config.pop("default_network", False) else PLAIN
    return GRUClassifier(**network | config, random_state=seed)


def make_search(config, grid, folds, seed):
    return grid_search(make(config, seed), grid, folds)


def jobs(data, config, grid, folds, n_jobs, backend):
    """Time a search without its last fit, ``n_jobs`` fits at a time.

    The first request of a process also starts workers and compiles.
    """
    X, y, _, _ = load(data)
    candidates = GridSearchCV(
        make(config, 0),
        grid,
        cv=StratifiedKFold(folds),
        n_jobs=n_jobs,
        refit=False,
        error_score="raise",
    )
    began = time.perf_counter()
    with joblib.parallel_config(backend):
        candidates.fit(X, y)
    seconds = time.perf_counter() - began
    scores = candidates.cv_results_["mean_test_score"]
    return {
        "fits_per_second": len(scores) * folds / seconds,
        "scores": [float(score) for score in scores],
        "programs": cache_info().currsize,
    }


def cores(n, timesteps, features, config):
    """Return how many cores one warm fit keeps busy."""
    X, y = random_data(n, timesteps, features)
    make(config | {"epochs": 1}, 0).fit(X, y)
    before, began = _processor_seconds(), time.perf_counter()
    make(config, 0).fit(X, y)
    seconds = time.perf_counter() - began
    n_steps = config["epochs"] * int(np.ceil(n / config["batch_size"]))
    return {
        "cores": (_processor_seconds() - before) / seconds,
        "milliseconds": 1e3 * seconds / n_steps,
    }


def unequal(lengths, config):
    """Time a fit of sequences of these lengths, and their prediction."""
    rng = np.random.default_rng(0)
    X = [rng.normal(size=(length, 4)) for length in lengths]
    y = rng.integers(0, 2, len(X))
    network = make(config, 0)
    began = time.perf_counter()
    network.fit(X, y)
    fitted = time.perf_counter()
    network.predict(X)
    return {"fit": fitted - began, "predict": time.perf_counter() - fitted}


def augmentation(data, config):
    """Time a warm epoch without an augmenter, and one call of each augmenter."""
    X, y, _, _ = load(data)
    began = time.perf_counter()
    make(config, 0).fit(X, y)
    epoch = (time.perf_counter() - began) / config["epochs"]
    rng = np.random.default_rng(0)
    lengths = np.full(len(X), X.shape[1], np.int32)
    tokens = rng.integers(1, 500, X.shape[:2]).astype(np.int32)
    targets = np.eye(9, dtype=np.float32)[rng.integers(0, 9, len(X))]
    weights = np.ones(len(X), np.float32)
    seconds = {}
    for augmenter in AUGMENTERS:
        block = tokens if augmenter.kind == "tokens" else X.astype(np.float32)
        times = []
        for _ in range(5):
            began = time.perf_counter()
            augmenter.augment(block, lengths, targets, weights, rng)
            times.append(time.perf_counter() - began)
        seconds[type(augmenter).__name__] = sorted(times)[2]
    return {"epoch": epoch, "augment": seconds}


def _processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    serve_classifier(
        make,
        search=lambda **request: search(make_search, **request),
        jobs=jobs,
        cores=cores,
        unequal=unequal,
        augmentation=augmentation,
        streamed=partial(streamed, make),
    )
