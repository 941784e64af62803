"""The table of features: skorch."""

import tempfile
from unittest import mock

import numpy as np
import torch
from feature_checks import Checks
from feature_library import N_FEATURES, Interrupted
from protocol import serve
from skorch import NeuralNet, NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import (
    Callback,
    Checkpoint,
    EarlyStopping,
    GradientNormClipping,
    LoadInitState,
    LRScheduler,
)
from skorch.dataset import ValidSplit
from torch.nn.utils.rnn import pad_sequence

SMALL = {"max_epochs": 4, "batch_size": 8, "lr": 0.01, "verbose": 0}


class GRU(torch.nn.Module):
    """One GRU layer and a linear head; ``masked`` takes the state before padding."""

    def __init__(self, n_outputs=3, dropout=0.0, masked=False, seeded=True):
        super().__init__()
        if seeded:
            torch.manual_seed(0)  # skorch has no random_state
        self.gru = torch.nn.GRU(N_FEATURES, 4, batch_first=True)
        self.dropout = torch.nn.Dropout(dropout)
        self.head = torch.nn.Linear(4, n_outputs)
        self.masked = masked

    def forward(self, X):
        states = self.gru(X)[0]
        last = torch.full((len(X),), X.shape[1] - 1)
        if self.masked:
            last = (X != 0).any(2).sum(1) - 1
        return self.head(self.dropout(states[torch.arange(len(X)), last]))


class OfTwoInputs(GRU):
    def forward(self, first, second):
        return super().forward(first + second)


class WithoutGRU(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.head = torch.nn.Linear(N_FEATURES, 3)

    def forward(self, X):
        return self.head(X.mean(1))


class Loss(torch.nn.CrossEntropyLoss):
    def forward(self, predicted, y):
        return 2 * super().forward(predicted, y)


class Interrupt(Callback):
    """End the training after its second epoch."""

    def on_epoch_end(self, net, **_):
        if len(net.history) == 2:
            raise Interrupted


def collate(samples):
    """Pad the sequences of a batch."""
    X, y = zip(*samples, strict=True)
    return pad_sequence(X, batch_first=True), torch.as_tensor(y)


class OfLists(torch.utils.data.Dataset):
    """Sequences of different lengths."""

    def __init__(self, X, y=None):
        self.X, self.y = X, np.zeros(len(X), int) if y is None else y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, i):
        return torch.as_tensor(self.X[i]), int(self.y[i])


class Skorch(Checks):
    name = package = "skorch"
    names = {
        "learning_rate": "lr",
        "clipnorm": "callbacks__clip__gradient_clip_value",
        "l2": "optimizer__weight_decay",
        "dropout": "module__dropout",
    }
    noise = {"module__dropout": 0.5}
    words = {
        "optimizer_parameters": ("`lr`; clipping is a callback's", ""),
        "network_parameters": ("`optimizer__weight_decay`; dropout of your module", ""),
        "lengths": ("", "your `collate_fn`"),
        "masking": ("in your module", ""),
        "text_labels": ("", "numbers from 0"),
        "multilabel": ("", "probabilities of `NeuralNet`"),
        "own_loader": ("", ""),
        "early_stopping": ("callback", ""),
        "schedule": ("callback", ""),
        "sample_weight": ("", "a loss of your own"),
        "class_weight": ("", "`criterion__weight`"),
        "augmentation": ("", "in your `Dataset`"),
        "resumed": ("", "`LoadInitState`: other bits"),
        "same_seed": ("", "no `random_state`"),
        "threads": ("", "no `random_state`"),
        "global_state": ("", "draws from PyTorch's"),
        "without_pickle": ("", "skops finds a pickle inside"),
        "own_network": ("PyTorch", ""),
        "several_inputs": ("X is a dict", ""),
        "texts": ("Hugging Face's", ""),
    }
    refusals = {
        "lengths": "consistent lengths",
        "text_labels": "numpy.str_",
        "sample_weight": "unexpected keyword argument",
    }

    def make(self, **changes):
        settings = {
            "criterion": torch.nn.CrossEntropyLoss,
            "optimizer": torch.optim.Adam,
            "train_split": None,
            "callbacks": [("clip", GradientNormClipping(None))],
            "iterator_train__shuffle": True,
            **SMALL,
        }
        return NeuralNetClassifier(**{"module": GRU, **settings, **changes})

    def make_masked(self):
        return self.make(module__masked=True)

    def make_unseeded(self):
        return self.make(module__seeded=False)

    def make_multilabel(self):
        loss = torch.nn.BCEWithLogitsLoss
        return NeuralNet(GRU, module__n_outputs=2, criterion=loss, **SMALL)

    def make_regressor(self):
        return NeuralNetRegressor(GRU, module__n_outputs=N_FEATURES, **SMALL)

    def make_stopping(self, epochs, patience, min_delta=0.0):
        stopping = EarlyStopping(
            patience=patience,
            threshold=min_delta or 1e-4,
            threshold_mode="abs",
            load_best=True,
        )
        return self.make(
            max_epochs=epochs,
            lr=0.03,
            callbacks=[stopping],
            train_split=ValidSplit(3, stratified=True),
        )

    def n_epochs(self, fitted):
        return len(fitted.history)

    # ---- tuning ----

    def programs(self):
        with mock.patch("torch.compile", wraps=torch.compile) as compiled:
            super().programs()
        return str(compiled.call_count)

    def count_programs(self, estimator):
        return 0

    # ---- data ----

    def fit(self, estimator=None, X=None, y=None, **more):
        """Fit; labels of several columns are floats to PyTorch's loss."""
        if np.ndim(y) == 2:
            y = y.astype("float32")
        return super().fit(estimator, X, y, **more)

    # ---- training ----

    def schedule(self):
        scheduler = LRScheduler(torch.optim.lr_scheduler.ExponentialLR, gamma=0.5)
        scheduled = self.fit(self.make(callbacks=[scheduler]))
        return not np.array_equal(self.proba(scheduled), self.usual)

    def resumed(self):
        """Let a second net go on from the checkpoint of the first."""
        with tempfile.TemporaryDirectory() as folder:
            checkpoint = Checkpoint(monitor=None, dirname=folder)
            try:
                self.fit(self.make(callbacks=[checkpoint, Interrupt()], **self.noise))
            except Interrupted:
                pass
            callbacks = [checkpoint, LoadInitState(checkpoint)]
            settings = {"callbacks": callbacks, "max_epochs": 2, **self.noise}
            parts = self.fit(self.make(**settings))
        if len(parts.history) != SMALL["max_epochs"]:
            raise RuntimeError("skorch did not go on from its checkpoint.")
        whole = self.fit(self.make(**self.noise))
        return np.array_equal(self.proba(parts), self.proba(whole))

    # ---- random numbers ----

    def seed_all(self):
        super().seed_all()
        torch.manual_seed(5)

    def draws(self):
        return [*super().draws(), float(torch.rand(()))]

    # ---- what else is there ----

    def own_network(self):
        return self.proba(self.fit(self.make(module=WithoutGRU))).shape[1] == 3

    def several_inputs(self):
        X = {"first": self.X, "second": self.X}
        fitted = self.make(module=OfTwoInputs).fit(X, self.y)
        return fitted.predict_proba(X).shape == (len(self.X), 3)

    def own_loss(self):
        return self.acts(criterion=Loss)

    def trained_network(self):
        """Train a trained network no further, and compare what it predicts."""
        trained = self.fit().module_
        fitted = self.fit(self.make(module=trained, lr=0.0))
        return np.allclose(self.proba(fitted), self.usual)

    def own_loader(self):
        """Fit sequences of different lengths, padded by a function of the user's."""
        samples = OfLists(self.series(), self.y)
        own = {f"iterator_{part}__collate_fn": collate for part in ("train", "valid")}
        fitted = self.make(**own).fit(samples, None)
        return len(fitted.predict(samples)) == len(samples)

    def on_pytorch(self):
        return isinstance(self.fit().module_, torch.nn.Module)


if __name__ == "__main__":
    serve(cells=Skorch().cells)
