"""scikeras.KerasClassifier around keras.layers.GRU."""

from keras_model import build
from scikeras.wrappers import KerasClassifier
from tasks import grid_search, search, serve_classifier

NAMES = {
    "learning_rate": "optimizer__learning_rate",
    "clipnorm": "optimizer__clipnorm",
    "units": "model__units",
    "l2": "model__l2",
    "dropout": "model__dropout",
}


def build_model(units, l2, dropout, meta):
    return build(meta["X_shape_"][1:], meta["n_classes_"], units, l2, dropout)


def make(config, seed):
    config = {"l2": 0.0, "dropout": 0.0} | config
    return KerasClassifier(
        model=build_model,
        loss="sparse_categorical_crossentropy",
        optimizer="adam",
        random_state=seed,
        verbose=0,
        **{NAMES.get(name, name): value for name, value in config.items()},
    )


def make_search(config, grid, folds, seed):
    grid = [{NAMES[k]: values for k, values in part.items()} for part in grid]
    return grid_search(make(config, seed), grid, folds)


if __name__ == "__main__":
    serve_classifier(make, search=lambda **request: search(make_search, **request))
