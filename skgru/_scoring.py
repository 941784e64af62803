"""Scores on the validation data at every epoch, by scikit-learn's scorers."""

from dataclasses import replace
from numbers import Real
from types import SimpleNamespace

import numpy as np
from sklearn.metrics import check_scoring, get_scorer_names

from ._at_once import shallow_copy
from ._other_names import hint_of_scorer
from ._sklearn import metric_of


def scorers_of(estimator):
    """Return the scorers that an estimator's ``scoring`` asks for.

    Returns
    -------
    scorers : dict of str to callable
        By the names of their values in ``history_``, such as ``"val_accuracy"``.

    Raises
    ------
    ValueError
        An unknown name, a callable that is no scorer or has no name, or one name twice.
    """
    scoring, owner = estimator.scoring, type(estimator).__name__
    if scoring is None:
        return {}
    if isinstance(scoring, dict):
        named = list(scoring.items())
    else:
        each = scoring if isinstance(scoring, list | tuple) else [scoring]
        named = [(None, value) for value in each]
    if not named:
        raise ValueError(
            f"The 'scoring' parameter of {owner} must hold at least one scorer. Got "
            f"{scoring!r} instead."
        )
    scorers = {}
    for name, value in named:
        scorer = _scorer(value, estimator, owner)
        if not isinstance(scoring, dict):
            name = _name(value, owner)
        if not isinstance(name, str) or name == "loss":
            raise ValueError(
                f"The names of scorers in the 'scoring' parameter of {owner} must be "
                f"str, and not 'loss', which history_ has. Got {name!r} instead."
            )
        if f"val_{name}" in scorers:
            raise ValueError(
                f"The 'scoring' parameter of {owner} has two scorers named "
                f"{name!r}. Give it as a dict of names and scorers."
            )
        scorers[f"val_{name}"] = scorer
    return scorers


def _name(value, owner):
    if isinstance(value, str):
        return value
    name = getattr(metric_of(value) or value, "__name__", None)
    if name is None:
        raise ValueError(
            f"The 'scoring' parameter of {owner} holds {value!r}, which has no "
            "__name__. Give it as a dict: {'name': scorer}."
        )
    return name


def _scorer(value, estimator, owner):
    if (getattr(value, "__module__", None) or "").split(".")[0] == "keras":
        name = getattr(value, "__name__", type(value).__name__)
        raise ValueError(
            f"The 'scoring' parameter of {owner} takes scorers of scikit-learn. Got "
            f"{name} of Keras instead.{hint_of_scorer(name, get_scorer_names())}"
        )
    if isinstance(value, str) and value not in get_scorer_names():
        raise ValueError(
            f"The 'scoring' parameter of {owner} must be the name of a scorer, as "
            "sklearn.metrics.get_scorer_names() lists them, a callable, or a list or "
            f"dict of them. Got {value!r} instead."
            + hint_of_scorer(value, get_scorer_names())
        )
    if not isinstance(value, str) and not callable(value):
        raise ValueError(
            f"The 'scoring' parameter of {owner} must hold names of scorers or "
            f"callables. Got {value!r} instead."
        )
    try:
        return check_scoring(estimator, value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The 'scoring' parameter of {owner}: {error}") from error


class ValidationScores:
    """Measures scorers on validation data whose outputs are known.

    Parameters
    ----------
    estimator : BaseGRU
        The estimator while it is being fitted.
    scorers : dict of str to callable
    X, y : array-like
        The validation data, before they are encoded.
    """

    def __init__(self, estimator, scorers, X, y):
        self._estimator, self._scorers = estimator, scorers
        self._X, self._y = X, y

    def try_out(self, targets, encoded):
        """Score perfect predictions, so that a score that cannot be measured fails now.

        The user's callables are left out: they may need more than predictions.

        Parameters
        ----------
        targets : Labels or RealTargets
        encoded : ndarray of shape (n_samples, n_outputs)
            The targets as the network's outputs.

        Raises
        ------
        ValueError
            A scorer raises an error, or its score is not finite.
        """
        stand_in = self._stand_in(encoded, lambda: SimpleNamespace(targets=targets))
        owner = type(self._estimator).__name__
        for name, scorer in self._scorers.items():
            if metric_of(scorer) is None:
                continue
            try:
                score = scorer(stand_in, self._X, self._y)
                problem = None if np.isfinite(score) else f"it is {score}"
            except (AttributeError, TypeError, ValueError) as error:
                problem = error
            if problem is not None:
                raise ValueError(
                    f"The 'scoring' parameter of {owner} cannot be measured on these "
                    f"validation data: {name.removeprefix('val_')}: {problem}"
                )

    def measure(self, fitted, outputs, training):
        """Return the scores of the network's outputs for the validation data.

        Parameters
        ----------
        fitted : Fitted
            The record of the fit, with the weights before it.
        outputs : ndarray of shape (n_samples, n_outputs)
        training : Training

        Returns
        -------
        scores : dict of str to float
        """
        stand_in = self._stand_in(
            outputs, lambda: replace(fitted, state=training.state)
        )
        return {
            name: self._number(name, scorer(stand_in, self._X, self._y))
            for name, scorer in self._scorers.items()
        }

    def _stand_in(self, outputs, fitted):
        """Return a copy of the estimator that returns ``outputs`` for the stored X."""
        cls = type(self._estimator)
        copy = shallow_copy(self._estimator)
        copy._fitted = fitted()

        def outputs_for(X):
            return outputs if X is self._X else cls._outputs(copy, X)

        copy._outputs = outputs_for
        return copy

    def _number(self, name, score):
        if isinstance(score, Real | np.number):
            return float(score)
        owner, name = type(self._estimator).__name__, name.removeprefix("val_")
        raise TypeError(
            f"The 'scoring' parameter of {owner} must return numbers. Got {score!r} of "
            f"{name} instead."
        )
