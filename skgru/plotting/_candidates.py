"""The candidates of a search with their scores, whichever engine searched."""

import re
from dataclasses import dataclass, field, replace

import numpy as np
from sklearn.base import is_classifier, is_regressor
from sklearn.utils.validation import check_is_fitted

from .._suggest import suggest

_WORDS = {"auc": "AUC", "f1": "F1", "neg": "negative", "r2": "R²", "roc": "ROC"}


@dataclass(frozen=True)
class Candidates:
    """Parameters and scores of candidates.

    ``rounds`` numbers the iterations of a halving search, ``resources`` is what each
    candidate was given in its round: None for other searches. ``logarithmic`` says of
    parameters whether the search drew them by order of magnitude, where it is known.
    """

    params: list
    means: np.ndarray
    spreads: np.ndarray
    n_splits: int
    score_name: str
    rounds: np.ndarray | None = None
    resources: np.ndarray | None = None
    resource_name: str = "resources"
    logarithmic: dict = field(default_factory=dict)

    def take(self, index):
        """Return the candidates of an index array."""
        return replace(
            self,
            params=[self.params[i] for i in index],
            means=self.means[index],
            spreads=self.spreads[index],
            rounds=None if self.rounds is None else self.rounds[index],
            resources=None if self.resources is None else self.resources[index],
        )

    @property
    def best(self):
        """Index of the best candidate, of the last round where there are rounds."""
        scores = self.means
        if self.rounds is not None:
            last = self.rounds[np.isfinite(scores)].max()
            scores = np.where(self.rounds == last, scores, np.nan)
        return int(np.nanargmax(scores))


def candidates_of_search(search, metric):
    """Return the candidates of a fitted search.

    Parameters
    ----------
    search : fitted search
        Of scikit-learn, scikit-optimize's ``BayesSearchCV`` or Optuna's
        ``OptunaSearchCV``. Of the latter, pruned and failed trials are left out.
    metric : str or None

    Returns
    -------
    candidates : Candidates
    """
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
    refit = getattr(search, "refit", None)
    if metric is None and isinstance(refit, str):
        metric = refit
    score_name = None
    if metric in (None, "score"):
        score_name = _name_of_default(search)
    candidates = candidates_of_results(results, metric, score_name)
    return replace(
        candidates,
        resource_name=getattr(search, "resource", "resources").removeprefix("n_"),
        logarithmic=_declared_scales(search),
    )


def candidates_of_results(results, metric, score_name=None):
    """Return the candidates of a ``cv_results_``.

    Parameters
    ----------
    results : dict
    metric : str or None
        ``"accuracy"`` for the key ``"mean_test_accuracy"``. None means the only one.
    score_name : str or None

    Returns
    -------
    candidates : Candidates
    """
    if "params" not in results:
        raise ValueError(
            "cv_results must be the 'cv_results_' of a search, with the key 'params'. "
            f"Got the keys {sorted(results)}."
        )
    metric = _check_metric(results, metric)
    splits = [key for key in results if re.fullmatch(rf"split\d+_test_{metric}", key)]
    return Candidates(
        [dict(params) for params in results["params"]],
        np.asarray(results[f"mean_test_{metric}"], float),
        np.asarray(results[f"std_test_{metric}"], float),
        len(splits),
        score_name or _in_words(metric),
        np.asarray(results["iter"]) if "iter" in results else None,
        np.asarray(results["n_resources"]) if "n_resources" in results else None,
    )


def _check_metric(results, metric):
    known = [key.removeprefix("mean_test_") for key in results if "mean_test_" in key]
    if metric is None and len(known) == 1:
        return known[0]
    if metric not in known:
        hint = suggest(str(metric), known, cutoff=0.6)
        raise ValueError(
            "The 'metric' parameter of SearchDisplay must be a metric of the search: "
            f"{known}. Got {metric!r} instead.{hint}"
        )
    return metric


def find_parameter(candidates, name):
    """Return the full name of a searched parameter.

    Parameters
    ----------
    candidates : Candidates
    name : str
        In full, or without the names of pipeline steps before it, if only one fits.

    Returns
    -------
    full_name : str
    """
    searched = list(
        dict.fromkeys(key for params in candidates.params for key in params)
    )
    if name in searched:
        return name
    ends = [key for key in searched if key.endswith(f"__{name}")]
    if len(ends) == 1:
        return ends[0]
    hint = suggest(str(name), searched, cutoff=0.6)
    reason = f"which fits several of them: {ends}" if ends else "instead"
    raise ValueError(
        "The 'param' parameter of SearchDisplay must be a searched parameter, or two "
        f"of them: {searched}. Got {name!r} {reason}.{hint}"
    )


def _results_of_trials(trials):
    """Return a ``cv_results_`` of Optuna's complete trials.

    ``OptunaSearchCV.cv_results_`` has scores but no parameters, and mixes those of
    pruned trials, after fewer epochs, with those of complete ones.
    """
    trials = [trial for trial in trials if trial.state.name == "COMPLETE"]
    if not trials:
        raise ValueError(
            "There is nothing to draw: no trial of the study was completed. Give the "
            "search more trials, or its pruner more startup trials."
        )
    names = [name for name in trials[0].user_attrs if name.endswith("test_score")]
    results = {name: [trial.user_attrs[name] for trial in trials] for name in names}
    return {"params": [trial.params for trial in trials], **results}


def _declared_scales(search):
    """Return of each parameter drawn from a range whether its scale is logarithmic."""
    spaces = getattr(search, "param_distributions", None)
    if spaces is None:
        spaces = getattr(search, "search_spaces", {})  # scikit-optimize
    scales = {}
    for space in [spaces] if isinstance(spaces, dict) else spaces:
        # scikit-optimize takes pairs of a space and a number of candidates, too.
        space = space[0] if isinstance(space, tuple) else space
        for name, drawn_from in space.items():
            if isinstance(getattr(drawn_from, "log", None), bool):  # Optuna
                scales[name] = drawn_from.log
            elif isinstance(getattr(drawn_from, "prior", None), str):  # scikit-optimize
                scales[name] = drawn_from.prior == "log-uniform"
            elif hasattr(drawn_from, "dist"):  # scipy.stats
                scales[name] = drawn_from.dist.name in ("loguniform", "reciprocal")
    return scales


def _name_of_default(search):
    scoring = getattr(search, "scoring", None)
    if isinstance(scoring, str):
        return _in_words(scoring)
    if scoring is None:
        # An estimator's own score method.
        if is_classifier(search.estimator):
            return "Accuracy"
        if is_regressor(search.estimator):
            return "R²"
    return "Score"


def _in_words(metric):
    words = metric.split("_")
    words = [_WORDS.get(word, word) for word in words]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
