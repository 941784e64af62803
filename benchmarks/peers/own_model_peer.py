"""The user's own network on skgru, in stock Model.fit, and in scikeras."""

import time

import numpy as np
from own_network import build
from protocol import serve
from tasks import grid_search, load

STEPS_OF_AN_EPOCH = 4  # 50 recordings in batches of 16


def make(library, config, seed):
    if library == "skgru":
        from skgru import GRUClassifier

        return GRUClassifier(model=build, random_state=seed, **config)
    from scikeras.wrappers import KerasClassifier

    names = {"learning_rate": "optimizer__learning_rate"}
    return KerasClassifier(
        model=build,
        loss="binary_crossentropy",
        optimizer="adam",
        random_state=seed,
        verbose=0,
        model__dropout=0.2,
        **{names.get(name, name): value for name, value in config.items()},
    )


def step(library, data, config, fits):
    """Return the milliseconds of a training step in warm fits."""
    X, y, _, _ = load(data)
    n_steps = STEPS_OF_AN_EPOCH * config["epochs"]
    if library == "keras":
        model = build({"X_shape_": X.shape})
        model.compile("adam", "binary_crossentropy")
        arguments = {k: config[k] for k in ("epochs", "batch_size")}

        def fit(seed):
            model.fit(X, y, verbose=0, **arguments)

    else:

        def fit(seed):
            make(library, config, seed).fit(X, y)

    fit(0)  # traces and compiles
    times = []
    for seed in range(fits):
        began = time.perf_counter()
        fit(seed)
        times.append(1e3 * (time.perf_counter() - began) / n_steps)
    return {"milliseconds": times}


def search(library, data, config, grid, folds, seed):
    """Search; return the accuracy on the test set of what was chosen."""
    X, y, X_test, y_test = load(data)
    if library != "skgru":
        names = {"learning_rate": "optimizer__learning_rate"}
        grid = {names.get(name, name): values for name, values in grid.items()}
    found = grid_search(make(library, config, seed), grid, folds).fit(X, y)
    predicted = np.asarray(found.predict(X_test)).ravel()
    return {"accuracy": float(np.mean(predicted == y_test))}


def accuracy(library, data, config, seed):
    """Return the accuracy of one fit on the test set."""
    X, y, X_test, y_test = load(data)
    predicted = make(library, config, seed).fit(X, y).predict(X_test)
    return {"accuracy": float(np.mean(np.asarray(predicted).ravel() == y_test))}


if __name__ == "__main__":
    serve(step=step, search=search, accuracy=accuracy)
