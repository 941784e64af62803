"""A search that is killed and started again
==========================================

A search that is killed and started again, and fits nothing twice.

joblib's ``Memory`` keeps what every finished fit has learnt, whichever search asked for
it, and ``checkpoint`` how far the one has come that was killed. (A pipeline's own
``memory`` keeps its transformers, but not its last step.) In a directory of yours::

    python resumed_search.py directory

Without one, the script starts itself, kills that process by SIGKILL after four fits,
and does the rest. For an Optuna study see ``optuna_study.py``: its storage keeps it.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from joblib import Memory
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skgru import GRUClassifier
from skgru.datasets import load_japanese_vowels
from skgru.preprocessing import SequenceScaler

GRID = {"keptclassifier__learning_rate": [0.003, 0.01], "keptclassifier__l2": [0, 1e-4]}


class KeptClassifier(GRUClassifier):
    """Takes over what an equal fit has learnt, in this process or an earlier one."""

    def fit(self, X, y):
        learnt = Memory(directory / "fits", verbose=0).cache(fit)(clone(self), X, y)
        vars(self).update(vars(learnt))
        return self


def fit(classifier, X, y):
    with (directory / "log.txt").open("a") as log:
        print(classifier.learning_rate, classifier.l2, file=log)
    return GRUClassifier.fit(classifier, X, y)


def n_finished():
    return len(list((directory / "fits").rglob("output.pkl")))


def n_begun():
    return len((directory / "log.txt").read_text().splitlines())


def run():
    X, y = load_japanese_vowels(padded=True, return_X_y=True)
    classifier = KeptClassifier(
        16, epochs=20, random_state=0, checkpoint=f"{directory}/checkpoints/"
    )
    search = GridSearchCV(make_pipeline(SequenceScaler(), classifier), GRID, cv=3)
    search.fit(X, y)
    print(f"Best: accuracy {search.best_score_:.3f}, {search.best_params_}")


if len(sys.argv) > 1:
    directory = Path(sys.argv[1])
    run()
else:
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        process = subprocess.Popen([sys.executable, sys.argv[0], name])
        while n_finished() < 4 and process.poll() is None:
            time.sleep(0.01)
        process.kill()
        process.wait()
        finished, begun = n_finished(), n_begun()
        print(f"Killed after {finished} fits; {begun} had begun")
        run()
        print(f"{n_begun() - begun} more fits, {n_finished()} in all")
