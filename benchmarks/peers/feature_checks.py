"""What is asked of every library: one method a feature.

A method tries the thing on a few short series and returns whether it works, or a
number. It is written as far as possible once for all libraries; a library says in its
own file how it is used, and what its users do instead.
"""

import os
import pickle
import random
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import skops.io
from feature_library import CHANGED, N_FEATURES, N_SAMPLES, N_TIMESTEPS, Library
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold, check_cv

GRID = {"learning_rate": [0.01, 0.03, 0.1], "clipnorm": [1.0, 5.0], "l2": [0.0, 0.1]}
EVEN_ODD = [(np.arange(0, N_SAMPLES, 2), np.arange(1, N_SAMPLES, 2))]


class Checks(Library):
    """Every feature, tried as most libraries do it."""

    # ---- tuning ----

    def grid_search(self):
        name = self.names["learning_rate"]
        return self._searches({name: [0.01, 0.05]})

    def _searches(self, grid):
        search = GridSearchCV(self.make(), grid, cv=EVEN_ODD, error_score="raise")
        refused = self.refuses("grid_search", lambda: self.fit(search))
        return not refused and len(search.cv_results_["params"]) == 2

    def _act(self, *names):
        return all(self.acts(**{self.names[k]: CHANGED[k]}) for k in names)

    def optimizer_parameters(self):
        return self._act("learning_rate", "clipnorm")

    def network_parameters(self):
        return self._act("l2", "dropout")

    def stratified_folds(self):
        folds = check_cv(3, self.y, classifier=is_classifier(self.make()))
        return isinstance(folds, StratifiedKFold)

    def programs(self):
        counted = []

        def score(estimator, X, y):
            estimator.predict(X)
            counted.append(self.count_programs(estimator))
            return 0.0

        search = GridSearchCV(
            self.make(), self.grid(), cv=EVEN_ODD, refit=False, scoring=score
        )
        self.before_search()
        self.fit(search.set_params(error_score="raise"))
        return str(self.total_of_programs(counted))

    def grid(self):
        return {self.names[name]: values for name, values in GRID.items()}

    def before_search(self):
        """Prepare the counting of programs."""

    def total_of_programs(self, counted):
        return sum(counted)

    def clone_keeps_all(self):
        estimator = self.make()
        described = [
            {
                name: re.sub(" at 0x\\w+", "", repr(value))
                for name, value in each.get_params(deep=False).items()
            }
            for each in (estimator, clone(estimator))
        ]
        return described[0] == described[1]

    # ---- data ----

    def series(self):
        """Return series of 3 to 8 steps."""
        return [x[: 3 + i % 6] for i, x in enumerate(self.X)]

    def padded(self, n_timesteps, value):
        X = np.full((N_SAMPLES, n_timesteps, N_FEATURES), value, "float32")
        for row, x in zip(X, self.series(), strict=True):
            row[: len(x)] = x
        return X

    def lengths(self):
        def fit_and_predict():
            estimator = self.make().fit(self.series(), self.y)
            estimator.predict(self.series())

        return not self.refuses("lengths", fit_and_predict)

    def masking(self):
        probabilities = []
        for n_timesteps in (N_TIMESTEPS, N_TIMESTEPS + 4):
            X = self.padded(n_timesteps, self.padding)
            probabilities.append(self.proba(self.fit(self.make_masked(), X), X))
        return np.allclose(*probabilities, atol=1e-5)

    def nan_padding(self):
        X, predicted = self.padded(N_TIMESTEPS, np.nan), []

        def fit_and_predict():
            predicted.append(self.proba(self.fit(X=X), X))

        refused = self.refuses("nan_padding", fit_and_predict)
        return not refused and bool(np.isfinite(predicted[0]).all())

    def text_labels(self):
        labels, predicted = np.array(["low", "middle", "high"]), []

        def fit_and_predict():
            fitted = self.fit(y=labels[self.y])
            predicted.extend(fitted.predict(self.form(self.X)))

        refused = self.refuses("text_labels", fit_and_predict)
        return not refused and bool(np.isin(predicted, labels).all())

    def multilabel(self):
        y = np.stack([self.y > 0, self.y > 1], axis=1).astype(int)
        predicted = []

        def fit_and_predict():
            fitted = self.fit(self.make_multilabel(), y=y)
            predicted.append(np.asarray(fitted.predict(self.form(self.X))))

        if self.refuses("multilabel", fit_and_predict):
            return False
        return predicted[0].shape == y.shape and bool(np.isin(predicted, [0, 1]).all())

    def make_multilabel(self):
        return self.make()

    def several_targets(self):
        y = self.X[:, -1].astype("float32")
        predicted = []

        def fit_and_predict():
            fitted = self.fit(self.make_regressor(), y=y)
            predicted.append(np.asarray(fitted.predict(self.form(self.X))))

        refused = self.refuses("several_targets", fit_and_predict)
        return not refused and predicted[0].shape == y.shape

    # ---- training ----

    def early_stopping(self):
        """Hold out a third of samples sorted by class; then stop at once."""
        order = np.argsort(self.y, kind="stable")
        X, y = self.X[order], self.y[order]
        patient = self.fit(self.make_stopping(60, patience=60), X, y)
        learns_all = set(patient.predict(self.form(X))) == set(y)
        impatient = self.fit(self.make_stopping(60, patience=2, min_delta=9.0), X, y)
        return learns_all and self.n_epochs(impatient) < 10

    def sample_weight(self):
        weight, predicted = np.where(self.y == 0, 5.0, 1.0), []

        def fit():
            fitted = self.fit(sample_weight=weight)
            predicted.append(self.proba(fitted))

        refused = self.refuses("sample_weight", fit)
        return not refused and not np.array_equal(predicted[0], self.usual)

    def class_weight(self):
        """Try "balanced" on labels of 4, 8 and 12 samples."""
        y = np.repeat([0, 1, 2], [4, 8, 12])
        weighted = self.changed(class_weight="balanced")
        if weighted is None:
            return False
        weighted, plain = (self.fit(each, y=y) for each in (weighted, self.make()))
        return not np.array_equal(self.proba(weighted), self.proba(plain))

    def partial_fit(self):
        if not hasattr(estimator := self.make(), "partial_fit"):
            return False
        first, second = (
            self.proba(estimator.partial_fit(self.form(self.X), self.y))
            for _ in range(2)
        )
        return not np.array_equal(first, second)

    def warm_start(self):
        estimator = self.make()
        if "warm_start" not in estimator.get_params():
            return False
        estimator.set_params(warm_start=True)
        first, second = (self.proba(self.fit(estimator)) for _ in range(2))
        return not np.array_equal(first, second)

    # ---- random numbers ----

    def same_seed(self):
        estimator = self.make(**self.noise)
        if "random_state" not in estimator.get_params():
            return False
        first, second = (self.proba(self.fit(clone(estimator))) for _ in range(2))
        return np.array_equal(first, second)

    def threads(self):
        """Compare two fits at a time with the same fits alone, three times."""
        if "random_state" not in self.make().get_params():
            return False

        def run(seed):
            return self.proba(self.fit(self.make(random_state=seed, **self.noise)))

        alone, together = [run(seed) for seed in (1, 2)], []

        def run_together():
            with ThreadPoolExecutor(2) as pool:
                together[:] = pool.map(run, (1, 2))

        for _ in range(3):
            if self.refuses("threads", run_together):
                return False
            if not all(map(np.array_equal, alone, together)):
                return False
        return True

    def global_state(self):
        """Compare what the global generators draw after a fit with what they would."""
        self.seed_all()
        self.draws()
        self.fit(self.make_unseeded())
        after = self.draws()
        self.seed_all()
        self.draws()
        return after == self.draws()

    def make_unseeded(self):
        return self.make()

    def seed_all(self):
        random.seed(5)
        np.random.seed(5)

    def draws(self):
        return [random.random(), np.random.random()]

    # ---- keeping ----

    def pickling(self):
        fitted = self.fit()
        restored = pickle.loads(pickle.dumps(fitted))
        return np.array_equal(self.proba(restored), self.proba(fitted))

    def without_pickle(self):
        """Keep the whole estimator by skops, and see whether that unpickles."""
        fitted, restored, unpickled = self.fit(), [], []

        def hear(event, arguments):
            if event == "pickle.find_class" and not restored:
                unpickled.append(arguments)

        def keep():
            kept = skops.io.dumps(fitted)
            trusted = skops.io.get_untrusted_types(data=kept)
            sys.addaudithook(hear)
            restored.append(skops.io.loads(kept, trusted=trusted))

        if self.refuses("without_pickle", keep) or unpickled:
            return False
        return np.array_equal(self.proba(restored[0]), self.proba(fitted))

    # ---- what else is there ----

    def augmentation(self):
        return self.includes("Augment|Jitter|Mixup|TimeWarp")

    def texts(self):
        return self.includes("HuggingfaceTokenizer|TextTokenizer|TextVector")

    def forecaster(self):
        return self.includes("Forecaster")

    def on_pytorch(self):
        """Fit in a process whose Keras computes with PyTorch."""
        module = Path(sys.modules[type(self).__module__].__file__).stem
        code = f"import {module} as peer; peer.{type(self).__name__}().fit()"
        ended = subprocess.run(
            [sys.executable, "-c", code],
            cwd=Path(__file__).parent,
            env=os.environ | {"KERAS_BACKEND": "torch"},
            capture_output=True,
            text=True,
        )
        refusal = self.refusals.get("on_pytorch", "never refused")
        if ended.returncode and not re.search(refusal, ended.stderr):
            raise RuntimeError(ended.stderr)
        return ended.returncode == 0
