"""What skgru and its peers can do: every cell of the table is tried by code that runs.

The peers are used as their documentation says, on 24 series of 8 steps: scikeras'
KerasClassifier, keras.wrappers' SKLearnClassifier, skorch's NeuralNetClassifier, and
sktime's GRUClassifier. The checks are in peers/feature_checks.py, and what differs by
library in peers/features_*.py.
"""

import harness

LIBRARIES = {
    "skgru": "skgru",
    "scikeras": "scikeras",
    "keras_wrappers": "keras.wrappers",
    "skorch": "skorch",
    "sktime": "sktime",
}

# A name of a check, and what it is called in the table.
FEATURES = {
    "Tuning": {
        "grid_search": "scikit-learn's `GridSearchCV` takes it",
        "optimizer_parameters": "learning rate and gradient clipping are parameters",
        "network_parameters": "L2 and dropout are parameters",
        "stratified_folds": "`cv=3` stratifies",
        "clone_keeps_all": "`clone` keeps every parameter",
        "programs": "programs compiled for 12 candidates",
    },
    "Data": {
        "lengths": "sequences of different lengths, as they are",
        "masking": "padding changes no prediction",
        "nan_padding": "NaN at the end is padding",
        "text_labels": "labels of any type",
        "multilabel": "multilabel y",
        "several_targets": "regression on several targets",
        "own_loader": "a data loader of your own as X",
    },
    "Training": {
        "early_stopping": "early stopping on a stratified part of the data",
        "schedule": "learning-rate schedules",
        "sample_weight": "`sample_weight`",
        "class_weight": '`class_weight="balanced"`',
        "partial_fit": "`partial_fit`",
        "warm_start": "`warm_start`",
        "own_loss": "a loss function of your own",
        "augmentation": "augmentation of series included",
        "resumed": "a killed fit goes on, and ends with the same bits",
    },
    "Random numbers": {
        "same_seed": "the same `random_state`, the same bits",
        "threads": "two fits at once in threads end as each alone",
        "global_state": "a fit leaves global random states alone",
    },
    "Keeping": {
        "pickling": "pickle of a fitted estimator",
        "without_pickle": "a fitted estimator kept without pickle",
    },
    "Networks and tasks": {
        "own_network": "any network of your own, also without a GRU",
        "several_inputs": "networks of several inputs",
        "trained_network": "begin with a trained network",
        "on_pytorch": "runs on PyTorch",
        "texts": "from texts to token ids included",
        "forecaster": "forecaster included",
    },
}
# The rows of the short table in README.md and docs/coming_from.md.
SHORT = [
    "grid_search",
    "optimizer_parameters",
    "network_parameters",
    "programs",
    "lengths",
    "masking",
    "early_stopping",
    "resumed",
    "threads",
    "without_pickle",
    "multilabel",
    "own_network",
    "several_inputs",
    "own_loss",
    "on_pytorch",
]


def labels():
    """Return the label of every feature."""
    return {name: text for group in FEATURES.values() for name, text in group.items()}


def short_table(cells):
    """Return the lines of the short table; ``cells``: by library and feature."""
    columns = ["", *LIBRARIES.values()]
    rows = [
        [labels()[feature], *(cells[library][feature] for library in LIBRARIES)]
        for feature in SHORT
    ]
    return harness.markdown_table(columns, rows)


def main():
    with harness.Bench(harness.parser(__doc__, rounds=1).parse_args()) as bench:
        wanted = list(labels())
        cells = {}
        for library in LIBRARIES:
            peer = f"features_{library}"
            _, cells[library] = bench.run(peer, "cells", features=wanted)
        report(bench, cells)


def report(bench, cells):
    report = harness.Report(
        "features",
        "Features of skgru and its peers",
        "✓: tried, and it works, by what is named. ✗: tried, and it does not; what "
        "people do instead is named. `../features.py` and "
        "`../peers/feature_checks.py` say how.",
        raw={"cells": cells},
    )
    for group, features in FEATURES.items():
        rows = [
            [text, *(of_library[name] for of_library in cells.values())]
            for name, text in features.items()
        ]
        report.table(f"## {group}", ["", *LIBRARIES.values()], rows)
    report.write(bench)


if __name__ == "__main__":
    main()
