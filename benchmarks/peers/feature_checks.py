"""What is asked of every library: one method a feature.

A method tries the thing on a few short series and returns whether it works, or a
number. It is written as far as possible once for all libraries; a library says in its
own file how it is used, and what its users do instead. An error that a library gives is
expected by its text: any other one ends the run.
"""

import functools
import importlib.util
import io
import os
import pickle
import random
import re
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
import skops.io
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold, check_cv

N_SAMPLES, N_TIMESTEPS, N_FEATURES = 24, 8, 2
CHANGED = {"learning_rate": 0.05, "clipnorm": 1e-3, "l2": 0.1, "dropout": 0.5}
GRID = {"learning_rate": [0.01, 0.03, 0.1], "clipnorm": [1.0, 5.0], "l2": [0.0, 0.1]}
EVEN_ODD = [(np.arange(0, N_SAMPLES, 2), np.arange(1, N_SAMPLES, 2))]


class Interrupted(Exception):
    """What ends a fit in place of a signal."""


class Library:
    """One library, used as its documentation says.

    Attributes
    ----------
    names : dict of str to str
        What the library calls the keys of `CHANGED`: its nearest parameters.
    refusals : dict of str to str
        By feature, the expression that matches what a library says that lacks it.
    words : dict of str to pair of str
        By feature, what the cell says where it works, and where it does not.
    """

    name, package = "", ""
    names, refusals, words = {}, {}, {}
    noise = {}  # parameters that make a fit draw random numbers at every step
    padding = 0.0

    def __init__(self):
        rng = np.random.default_rng(0)
        self.y = np.arange(N_SAMPLES) % 3
        shape = (N_SAMPLES, N_TIMESTEPS, N_FEATURES)
        noise = 0.3 * rng.normal(size=shape)
        self.X = (noise + self.y[:, None, None] - 1).astype("float32")

    def cell(self, feature):
        """Return the cell of a feature: a mark and some words, or a number."""
        with warnings.catch_warnings(), redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            with redirect_stderr(io.StringIO()):
                works = getattr(self, feature)()
        if isinstance(works, str):
            return works
        how, otherwise = self.words.get(feature, ("", ""))
        return f"✓ {how}".strip() if works else f"✗ {otherwise}".strip()

    def cells(self, features):
        """Return the cells of several features, by their names."""
        return {feature: self.cell(feature) for feature in features}

    # ---- how the library is used ----

    def make(self, **changes):
        """Return a small classifier; ``changes`` are the library's own parameters."""
        raise NotImplementedError

    def make_masked(self):
        """Return one whose network leaves padding out, as far as there are means."""
        return self.make()

    def form(self, X):
        """Return (n, timesteps, features) as the library takes it."""
        return X

    def fit(self, estimator=None, X=None, y=None, **more):
        estimator = self.make() if estimator is None else estimator
        X, y = self.X if X is None else X, self.y if y is None else y
        return estimator.fit(self.form(X), y, **more)

    def proba(self, estimator, X=None):
        X = self.X if X is None else X
        return np.asarray(estimator.predict_proba(self.form(X)))

    def refuses(self, feature, call):
        """Whether a call ends with the error that the library is known to give."""
        try:
            call()
        except Exception as error:
            said = f"{type(error).__name__}: {error}"
            if feature in self.refusals and re.search(self.refusals[feature], said):
                return True
            raise
        return False

    @functools.cached_property
    def usual(self):
        """Return what a fit predicts, once it is sure that the next does the same."""
        first, second = (self.proba(self.fit()) for _ in range(2))
        if not np.array_equal(first, second):
            raise RuntimeError(f"Fits of {self.name} differ: nothing can be compared.")
        return first

    def acts(self, **changes):
        """Whether these are parameters that a search can set, and change the result."""
        try:
            changed = clone(self.make()).set_params(**changes)
        except ValueError as error:
            if "nvalid parameter" not in str(error):
                raise
            return False
        return not np.array_equal(self.usual, self.proba(self.fit(changed)))

    def includes(self, pattern):
        """Whether the library's code defines a class whose name matches."""
        folder = Path(importlib.util.find_spec(self.package).origin).parent
        named = re.compile(rf"^class \w*({pattern})", re.MULTILINE)
        return any(
            named.search(path.read_text(encoding="utf-8"))
            for path in folder.rglob("*.py")
        )

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
        try:
            weighted = clone(self.make()).set_params(class_weight="balanced")
        except ValueError as error:
            if "nvalid parameter" not in str(error):
                raise
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
        return self.includes(
            "HuggingfaceTokenizer|TextTokenizer|TextSequencer|TextVector"
        )

    def forecaster(self):
        return self.includes("Forecaster")

    def on_pytorch(self):
        """Fit in a process whose Keras computes with PyTorch."""
        module = Path(sys.modules[type(self).__module__].__file__).stem
        code = f"import {module} as peer; peer.{type(self).__name__}().fit()"
        ended = subprocess.run(
            [sys.executable, "-c", code.replace("__main__", module)],
            cwd=Path(__file__).parent,
            env=os.environ | {"KERAS_BACKEND": "torch"},
            capture_output=True,
            text=True,
        )
        if ended.returncode and "on_pytorch" not in self.refusals:
            raise RuntimeError(ended.stderr)
        if ended.returncode and not re.search(
            self.refusals["on_pytorch"], ended.stderr
        ):
            raise RuntimeError(ended.stderr)
        return not ended.returncode
