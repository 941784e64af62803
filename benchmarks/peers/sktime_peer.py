"""sktime's GRUClassifier, in sktime's own search.

Its default ``batch_first=False`` gives (batch, time, feature) to a layer that expects
(time, batch, feature), so that the recurrence would run across the batch; it is set to
True here. It cannot clip gradients: candidates that differ in that alone are fitted
twice, so that the number of fits is the same. It never shuffles; the prepared data
are shuffled. scikit-learn's search refuses it, since it has no scikit-learn tags.
"""

import numpy as np
from sklearn.model_selection import ParameterGrid, StratifiedKFold
from sktime.classification.deep_learning.gru import GRUClassifier
from sktime.classification.model_selection import TSCGridSearchCV
from tasks import search, serve_classifier


class ChannelsFirst:
    """Turn (n, time, feature) into sktime's (n, feature, time)."""

    def __init__(self, classifier):
        self.classifier = classifier

    def __getattr__(self, name):
        return getattr(self.classifier, name)

    def fit(self, X, y):
        self.classifier.fit(np.swapaxes(X, 1, 2), y)
        return self

    def predict(self, X):
        return self.classifier.predict(np.swapaxes(X, 1, 2))


def make_classifier(config, seed):
    return GRUClassifier(
        hidden_dim=config["units"],
        n_layers=1,
        batch_first=True,
        num_epochs=config["epochs"],
        batch_size=config["batch_size"],
        lr=config["learning_rate"],
        optimizer="Adam",
        verbose=False,
        random_state=seed,
    )


def make_search(config, grid, folds, seed):
    candidates = [
        {
            "lr": [candidate["learning_rate"]],
            "optimizer_kwargs": [{"weight_decay": 2 * candidate["l2"]}],
            "fc_dropout": [candidate["dropout"]],
        }
        for candidate in ParameterGrid(grid)
    ]
    return ChannelsFirst(
        TSCGridSearchCV(
            make_classifier(config, seed),
            candidates,
            cv=StratifiedKFold(folds),
            error_score="raise",
        )
    )


def make(config, seed):
    return ChannelsFirst(make_classifier(config, seed))


if __name__ == "__main__":
    serve_classifier(make, search=lambda **request: search(make_search, **request))
