"""The user's own network on skgru, in stock Model.fit, and in scikeras."""

import time

import numpy as np
from own_network import build
from protocol import serve
from tasks import grid_search, load

STEPS_OF_AN_EPOCH = 4  # 50 recordings in batches of 16
# How many times longer the long fit is than the short one: a difference of a second and
# more, so that what varies in the beginning of a fit is little of it.
TIMES_LONGER = {"keras": 3, "skgru": 11}


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
    """Return the milliseconds of a training step in warm fits, and of their beginning.

    Fits of few and of many epochs: their difference is steps alone; what the short one
    takes beyond its steps is its beginning. In skgru that is calling the function and
    building the network, which `Model.fit` is given.
    """
    X, y, _, _ = load(data)
    model = None
    if library == "keras":
        model = build({"X_shape_": X.shape})
        model.compile("adam", "binary_crossentropy")

    def seconds(epochs, seed):
        began = time.perf_counter()
        if model is None:
            make(library, config | {"epochs": epochs}, seed).fit(X, y)
        else:
            size = config["batch_size"]
            model.fit(X, y, epochs=epochs, batch_size=size, verbose=0)
        return time.perf_counter() - began

    few = config["epochs"]
    many = few * TIMES_LONGER[library]
    seconds(few, 0)  # traces and compiles
    steps, beginnings = [], []
    for seed in range(fits):
        short, long = seconds(few, seed), seconds(many, seed)
        of_a_step = (long - short) / ((many - few) * STEPS_OF_AN_EPOCH)
        steps.append(1e3 * of_a_step)
        beginnings.append(1e3 * (short - few * STEPS_OF_AN_EPOCH * of_a_step))
    return {"steps": steps, "beginnings": beginnings}


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
