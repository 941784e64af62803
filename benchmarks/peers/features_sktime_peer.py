"""The table of features: sktime's GRUClassifier, and what sktime has around it.

X is (n, channels, timesteps). `batch_first=True`, as the recurrence runs across batches
otherwise.
"""

from unittest import mock

import numpy as np
import pandas as pd
import torch
from feature_checks import EVEN_ODD, Checks
from protocol import serve
from sklearn.model_selection import ParameterGrid
from sktime.classification.deep_learning.gru import GRUClassifier
from sktime.classification.model_selection import TSCGridSearchCV
from sktime.forecasting.naive import NaiveForecaster
from sktime.transformations.augmenter import WhiteNoiseAugmenter
from sktime.transformations.padder import PaddingTransformer

SMALL = {"num_epochs": 4, "batch_size": 8, "lr": 0.01, "random_state": 0}
SMALL |= {"optimizer": "Adam"}  # the default one takes no optimizer_kwargs


class Loss(torch.nn.CrossEntropyLoss):
    def forward(self, predicted, y):
        return 2 * super().forward(predicted, y)


class Sktime(Checks):
    name = package = "sktime"
    names = {
        "learning_rate": "lr",
        "clipnorm": "clipnorm",
        "l2": "optimizer_kwargs",
        "dropout": "fc_dropout",
    }
    noise = {"fc_dropout": 0.5}
    words = {
        "grid_search": ("", "`TSCGridSearchCV`"),
        "optimizer_parameters": ("", "`lr`; no clipping"),
        "network_parameters": ("`optimizer_kwargs`, `fc_dropout`", ""),
        "stratified_folds": ("in `TSCGridSearchCV`", ""),
        "lengths": ("", "`PaddingTransformer` first"),
        "multilabel": ("a network for each label", ""),
        "augmentation": ("", "`WhiteNoiseAugmenter` fails on several channels"),
        "threads": ("", "other bits"),
        "global_state": ("", "seeds PyTorch"),
        "without_pickle": ("", "`save` pickles"),
        "forecaster": ("many", ""),
    }
    refusals = {
        "grid_search": "__sklearn_tags__",
        "lengths": "unequal",
        "nan_padding": "missing",
        "sample_weight": "unexpected keyword argument",
        "augmentation": "KeyError: 0",
        "own_loss": "for `criterion`",
        "own_loader": "must be in an sktime compatible format",
        "several_inputs": "must be in an sktime compatible format",
        "without_pickle": "construct TensorBase",
    }

    def make(self, **changes):
        network = {
            "hidden_dim": 4,
            "n_layers": 1,
            "batch_first": True,
            "optimizer": "Adam",
        }
        return GRUClassifier(**{**network, **SMALL, **changes})

    def form(self, X):
        return np.swapaxes(X, 1, 2)

    def acts(self, **changes):
        if "optimizer_kwargs" in changes:
            changes = {"optimizer_kwargs": {"weight_decay": 0.1}}
        return super().acts(**changes)

    # ---- tuning ----

    def stratified_folds(self):
        """Search over labels in order: a training part without a class learns none."""
        order = np.argsort(self.y, kind="stable")
        search = TSCGridSearchCV(
            self.make(num_epochs=60), {"lr": [0.03]}, cv=3, error_score="raise"
        )
        self.fit(search, self.X[order], self.y[order])
        return search.best_score_ > 0

    def programs(self):
        grid = {"lr": [0.01, 0.03, 0.1], "fc_dropout": [0.0, 0.2], "num_epochs": [1, 2]}
        if len(ParameterGrid(grid)) != 12:
            raise RuntimeError("The search must have 12 candidates.")
        search = TSCGridSearchCV(self.make(), grid, cv=EVEN_ODD, error_score="raise")
        with mock.patch("torch.compile", wraps=torch.compile) as compiled:
            self.fit(search)
        return str(compiled.call_count)

    # ---- data ----

    def nested(self):
        """Return series of different lengths in sktime's nested frame."""
        columns = [[pd.Series(x[:, i]) for x in self.series()] for i in range(2)]
        return pd.DataFrame({"first": columns[0], "second": columns[1]})

    def lengths(self):
        X = self.nested()

        def fit_and_predict():
            self.make().fit(X, self.y).predict(X)

        refused = self.refuses("lengths", fit_and_predict)
        # What takes them is a pipeline.
        (PaddingTransformer() * self.make()).fit(X, self.y).predict(X)
        return not refused

    def several_targets(self):
        return self.includes("GRURegressor")

    # ---- training ----

    def early_stopping(self):
        return any(self.acts(**{name: True}) for name in ("early_stopping", "patience"))

    def schedule(self):
        return self.acts(callbacks="ExponentialLR")

    def resumed(self):
        return any(self.acts(**{name: "."}) for name in ("checkpoint", "callbacks"))

    # ---- random numbers ----

    def seed_all(self):
        super().seed_all()
        torch.manual_seed(5)

    def draws(self):
        return [*super().draws(), float(torch.rand(()))]

    # ---- what else is there ----

    def augmentation(self):
        pipeline = WhiteNoiseAugmenter(0.5, random_state=0) * self.make()
        fitted = []
        if self.refuses("augmentation", lambda: fitted.append(self.fit(pipeline))):
            return False
        return not np.array_equal(self.proba(fitted[0]), self.usual)

    def forecaster(self):
        fitted = NaiveForecaster().fit(pd.Series(np.sin(np.arange(60.0))))
        return bool(np.isfinite(fitted.predict([1, 2, 3])).all())

    def own_network(self):
        return any(self.acts(**{name: None}) for name in ("model", "network", "module"))

    def several_inputs(self):
        X = {"first": self.X, "second": self.X}
        return not self.refuses("several_inputs", lambda: self.make().fit(X, self.y))

    def own_loss(self):
        acts = []
        own = {"criterion": Loss()}
        refused = self.refuses("own_loss", lambda: acts.append(self.acts(**own)))
        return not refused and acts[0]

    def trained_network(self):
        return self.own_network()

    def own_loader(self):
        samples = torch.utils.data.TensorDataset(torch.as_tensor(self.X))
        return not self.refuses("own_loader", lambda: self.make().fit(samples, self.y))

    def on_pytorch(self):
        return isinstance(self.fit().network, torch.nn.Module)


if __name__ == "__main__":
    serve(cells=Sktime().cells)
