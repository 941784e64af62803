"""The candidates of a search with their scores, for all search engines."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from .._suggest import suggest
from ._display import in_words


@dataclass(frozen=True)
class Candidates:
    """Parameters and scores of candidates.

    ``rounds`` numbers the iterations of a halving search, ``resources`` is what they
    gave each candidate: 0 for other searches.
    """

    params: np.ndarray
    means: np.ndarray
    spreads: np.ndarray
    rounds: np.ndarray
    resources: np.ndarray
    n_splits: int
    score_name: str
    resource_name: str = "resources"

    def having(self, names):
        """Return the candidates that have a value of every parameter of ``names``."""
        here = np.array([set(names) <= set(params) for params in self.params])
        together = " and ".join(names)
        if not here.any():
            raise ValueError(
                f"There is nothing to draw: no candidate has both {together}: they are "
                "of different grids. Draw one of them, or use from_estimator, which "
                "knows the estimator's own values."
            )
        if not np.isfinite(self.means[here]).any():
            raise ValueError(
                f"There is nothing to draw: no candidate with {together} has a score, "
                "all their fits failed. Search with error_score='raise' to see why."
            )
        arrays = ("params", "means", "spreads", "rounds", "resources")
        return replace(self, **{name: getattr(self, name)[here] for name in arrays})

    @property
    def best(self):
        """Index of the best candidate, of the last round where there are rounds."""
        last = self.rounds[np.isfinite(self.means)].max()
        return int(np.nanargmax(np.where(self.rounds == last, self.means, np.nan)))


def candidates_of_search(search, metric):
    """Return the candidates of a fitted search; of Optuna's, the complete trials."""
    check_is_fitted(search)
    if hasattr(search, "trials_"):
        results = _results_of_trials(search.trials_)
    elif hasattr(search, "cv_results_"):
        results = search.cv_results_
    else:
        raise TypeError(
            "SearchDisplay.from_estimator needs a fitted search, such as GridSearchCV, "
            f"with 'cv_results_'. Got {type(search).__name__} instead."
        )
    if metric is None and isinstance(search.refit, str):
        metric = search.refit
    single = metric in (None, "score")
    name = in_words(search.scoring, search.estimator) if single else None
    candidates = candidates_of_results(results, metric, name)
    return replace(
        candidates,
        params=_completed(candidates.params, search.estimator),
        resource_name=getattr(search, "resource", "resources").removeprefix("n_"),
    )


def candidates_of_results(results, metric, score_name=None):
    """Return the candidates of a ``cv_results_``."""
    if "params" not in results:
        raise ValueError(
            "cv_results must be the 'cv_results_' of a search, with the key 'params'. "
            f"Got the keys {sorted(results)}."
        )
    known = [key.removeprefix("mean_test_") for key in results if "mean_test_" in key]
    if metric is None and len(known) == 1:
        metric = known[0]
    if metric not in known:
        raise ValueError(
            "The 'metric' parameter of SearchDisplay must be a metric of the search: "
            f"{known}. Got {metric!r} instead.{suggest(str(metric), known, 0.6)}"
        )
    none = np.zeros(len(results["params"]), int)
    folds = [key for key in results if key.endswith(f"_test_{metric}")]
    return Candidates(
        np.array(results["params"], object),
        np.asarray(results[f"mean_test_{metric}"], float),
        np.asarray(results[f"std_test_{metric}"], float),
        np.asarray(results.get("iter", none)),
        np.asarray(results.get("n_resources", none)),
        sum(key.startswith("split") for key in folds),
        score_name or in_words(metric),
    )


def find_parameter(candidates, name):
    """Return the full name of a parameter given without the steps before it."""
    searched = list(dict.fromkeys(key for p in candidates.params for key in p))
    ends = [key for key in searched if key.endswith(f"__{name}")]
    if name in searched or len(ends) == 1:
        return name if name in searched else ends[0]
    reason = f"which fits several of them: {ends}." if ends else "instead."
    hint = suggest(str(name), searched, cutoff=0.6)
    raise ValueError(
        "The 'param' parameter of SearchDisplay must be a searched parameter, or two "
        f"of them: {searched}. Got {name!r} {reason}{hint}"
    )


def _completed(params, estimator):
    """Add the estimator's own values of parameters that a candidate does not set."""
    searched = {name for candidate in params for name in candidate}
    completed = params.copy()
    for i, given in enumerate(params):
        if searched - set(given):
            # Cloned, because set_params would change the candidate's own objects.
            own = clone(estimator).set_params(**clone(given, safe=False)).get_params()
            completed[i] = {name: own[name] for name in searched & set(own)} | given
    return completed


def _results_of_trials(trials):
    """Return ``cv_results_`` of Optuna's complete trials; Optuna's lacks params."""
    trials = [trial for trial in trials if trial.state.name == "COMPLETE"]
    if not trials:
        raise ValueError(
            "There is nothing to draw: no trial of the study was completed. Give the "
            "search more trials, or its pruner more startup trials."
        )
    names = [name for name in trials[0].user_attrs if name.endswith("test_score")]
    results = {name: [trial.user_attrs[name] for trial in trials] for name in names}
    return {"params": [trial.params for trial in trials], **results}
