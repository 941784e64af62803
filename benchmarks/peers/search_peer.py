"""Searches of one space over one estimator, each by its own engine.

A search answers with what it had found by when: for every candidate the seconds and the
epochs spent so far, and its score if it was trained for all epochs.
"""

import time
import warnings

import numpy as np
import optuna
import skopt
from optuna_integration import OptunaSearchCV
from protocol import serve
from skgru_peer import make
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.metrics import accuracy_score
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    StratifiedKFold,
)
from tasks import load

from skgru import cache_info, tuning

# OptunaSearchCV calls itself experimental and uses its own deprecated terminator.
warnings.filterwarnings("ignore", module="optuna")
optuna.logging.set_verbosity(optuna.logging.WARNING)

FOLDS = 3
FACTOR = 3


class Clock:
    """A scorer: the accuracy, and when it was asked for."""

    def __init__(self):
        self.times = []

    def __call__(self, estimator, X, y):
        score = accuracy_score(y, estimator.predict(X))
        self.times.append(time.perf_counter())
        return score


def make_search(engine, estimator, n_candidates, epochs, seed, clock):
    """Return a search that spends up to as much as a full grid."""
    common = {
        "cv": StratifiedKFold(FOLDS, shuffle=True, random_state=seed),
        "scoring": clock,
        "refit": False,
        "error_score": "raise",
    }
    halving = {
        "resource": "epochs",
        "min_resources": max(1, epochs // FACTOR**2),
        "max_resources": epochs,
        "factor": FACTOR,
        "random_state": seed,
        "return_train_score": False,  # as by default in the other searches
        **common,
    }
    if engine == "grid":
        return GridSearchCV(estimator, grid(n_candidates), **common)
    if engine == "random":
        return RandomizedSearchCV(
            estimator,
            tuning.param_distributions(),
            n_iter=n_candidates,
            random_state=seed,
            **common,
        )
    if engine == "halving grid":
        return HalvingGridSearchCV(estimator, grid(n_candidates), **halving)
    if engine == "halving random":
        return HalvingRandomSearchCV(
            estimator,
            tuning.param_distributions(),
            n_candidates=n_candidates,
            **halving,
        )
    if engine == "skopt":
        return skopt.BayesSearchCV(
            estimator,
            tuning.skopt_spaces(),
            n_iter=n_candidates,
            random_state=seed,
            **common,
        )
    pruning = engine == "Optuna, pruned"
    study = optuna.create_study(
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=seed),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=2),
    )

    def stop_when_spent(study, _):
        if FOLDS * sum(map(epochs_of, study.trials)) >= spent_by_grid:
            study.stop()

    def epochs_of(trial):
        return len(trial.intermediate_values) if pruning else epochs

    spent_by_grid = FOLDS * n_candidates * epochs
    return OptunaSearchCV(
        estimator,
        tuning.optuna_distributions(),
        n_trials=20 * n_candidates,
        callbacks=[stop_when_spent],
        enable_pruning=pruning,
        max_iter=epochs,
        study=study,
        random_state=seed,
        **common,
    )


def grid(n_candidates):
    """Return the small grid of 24 candidates that compile nothing new.

    A quick run has the first values only.
    """
    space = tuning.param_grid()
    del space["kernel_size"]
    if n_candidates < 24:
        space = {name: values[:2] for name, values in space.items()}
        space |= {"dropout": [0.0], "l2": [0.0]}
    return space


def search(engine, data, config, n_candidates, seed):
    """Search in a process that has compiled; return the course of the search."""
    X_train, y_train, X_test, y_test = load(data)
    epochs = config["epochs"]
    make(config | {"epochs": 1}, seed).fit(X_train, y_train).predict(X_test)
    compiled = cache_info().misses
    clock = Clock()
    estimator = make(config, seed)
    candidates = make_search(engine, estimator, n_candidates, epochs, seed, clock)
    began = time.perf_counter()
    candidates.fit(X_train, y_train)
    seconds = time.perf_counter() - began
    if engine.startswith("Optuna"):
        course, best = course_of_study(candidates.study_, epochs, engine)
    else:
        course, best = course_of_results(candidates.cv_results_, epochs)
        ends = np.array(clock.times[FOLDS - 1 :: FOLDS]) - began
        course = [
            {"seconds": end, **point} for end, point in zip(ends, course, strict=True)
        ]
    best = {k: v for k, v in best.items() if k != "epochs"}
    chosen = make(config | best, seed).fit(X_train, y_train)
    return {
        "seconds": seconds,
        "epochs": course[-1]["epochs"],
        "course": course,
        "best_score": max(p["score"] for p in course if p["score"] is not None),
        "accuracy": float(chosen.score(X_test, y_test)),
        "compiled": cache_info().misses - compiled,
    }


def course_of_results(results, epochs):
    """Return the course of a search of scikit-learn's form, and its best candidate."""
    n = len(results["params"])
    spent = np.asarray(results.get("n_resources", np.full(n, epochs)))
    scores = np.asarray(results["mean_test_score"])
    course = [
        {"epochs": int(total), "score": float(score) if of == epochs else None}
        for total, of, score in zip(FOLDS * spent.cumsum(), spent, scores, strict=True)
    ]
    best = int(np.argmax(np.where(spent == epochs, scores, -np.inf)))
    return course, results["params"][best]


def course_of_study(study, epochs, engine):
    """Return the course of a study, and its best candidate."""
    course, spent = [], 0
    began = study.trials[0].datetime_start
    for trial in study.trials:
        spent += len(trial.intermediate_values) if engine.endswith("pruned") else epochs
        complete = trial.state == optuna.trial.TrialState.COMPLETE
        seconds = (trial.datetime_complete - began).total_seconds()
        score = trial.value if complete else None
        course.append({"seconds": seconds, "epochs": FOLDS * spent, "score": score})
    return course, study.best_params


if __name__ == "__main__":
    serve(search=search)
