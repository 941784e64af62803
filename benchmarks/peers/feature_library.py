"""How a library is used in the checks of features, and what its errors mean.

An error that a library gives is expected by its text: any other one ends the run.
"""

import functools
import importlib.util
import io
import re
import warnings
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import numpy as np
from sklearn.base import clone

N_SAMPLES, N_TIMESTEPS, N_FEATURES = 24, 8, 2
CHANGED = {"learning_rate": 0.05, "clipnorm": 1e-3, "l2": 0.1, "dropout": 0.5}


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

    def changed(self, **changes):
        """Return an estimator with these parameters set; None if it has none such."""
        try:
            return clone(self.make()).set_params(**changes)
        except ValueError as error:
            if "nvalid parameter" not in str(error):
                raise
            return None

    def acts(self, **changes):
        """Whether these are parameters, and change the result."""
        changed = self.changed(**changes)
        if changed is None:
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
