"""ImportanceDisplay: permutation importance of each channel or step."""

import numpy as np

from ..inspection import permutation_importance
from ._display import BLACK, BLUE, GREY, Display, in_words


class ImportanceDisplay(Display):
    """Permutation importances as horizontal bars, with a point for each repeat.

    Use :meth:`from_estimator` or :meth:`from_result` to make one.

    Parameters
    ----------
    result : sklearn.utils.Bunch
        Of one metric, from :func:`skgru.inspection.permutation_importance` or
        scikit-learn's function of that name.
    names : array-like of str, default=None
        Names of the channels or steps. None takes those of the result, else numbers.
    score_name : str, default="score"
        The score in words.

    Attributes
    ----------
    {axes}
    bars_ : matplotlib BarContainer
        The means, in the order of the result.
    points_ : matplotlib Line2D
        Every repeat.

    See Also
    --------
    skgru.inspection.permutation_importance : Says what is permuted with what.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skgru import GRUClassifier
    >>> from skgru.plotting import ImportanceDisplay
    >>> X = np.random.default_rng(0).normal(size=(60, 10, 2))
    >>> y = X[:, -1, 0] > 0
    >>> classifier = GRUClassifier(16, epochs=5, random_state=0).fit(X, y)
    >>> display = ImportanceDisplay.from_estimator(classifier, X, y, random_state=0)
    >>> display.ax_.get_xlabel()
    'Decrease in accuracy'
    >>> plt.close(display.figure_)
    """

    def __init__(self, result, *, names=None, score_name="score"):
        self.result = result
        self.names = names
        self.score_name = score_name

    @classmethod
    def from_estimator(cls, estimator, X, y, *, names=None, ax=None, **parameters):
        """Permute, score and draw.

        Parameters
        ----------
        estimator : estimator
            A fitted estimator.
        X : array-like
            Sequences that were not trained on.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), or None
            Targets.
        names : array-like of str, default=None
            As of the class.
        {ax}
        **parameters : dict
            Of :func:`skgru.inspection.permutation_importance`; a single ``scoring``.

        {returns_and_raises}
        """
        scoring = parameters.get("scoring")
        if isinstance(scoring, list | tuple | set | dict):
            raise ValueError(
                "The 'scoring' parameter of ImportanceDisplay must be a single score. "
                f"Got {scoring!r} instead. Draw each with from_result(result[name])."
            )
        result = permutation_importance(estimator, X, y, **parameters)
        score_name = in_words(scoring, estimator)
        return cls(result, names=names, score_name=score_name).plot(ax)

    @classmethod
    def from_result(cls, result, *, ax=None, **parameters):
        """Draw a result.

        Parameters
        ----------
        result : sklearn.utils.Bunch
            As of the class.
        {ax}
        **parameters : dict
            ``names`` and ``score_name``, as of the class.

        {returns_and_raises}
        """
        return cls(result, **parameters).plot(ax)

    def plot(self, ax=None):
        """Draw channels with the most important on top, and steps in order of time.

        Parameters
        ----------
        {ax}

        {returns_and_raises}
        """
        if "importances" not in self.result:
            raise ValueError(
                "The result must be of one metric, with the key 'importances'. Got the "
                f"keys {sorted(self.result)}. Draw result[name]."
            )
        importances = self.result["importances"]
        means, n_parts = importances.mean(axis=1), len(importances)
        names = self.result.get("names") if self.names is None else self.names
        names = np.arange(n_parts) if names is None else np.asarray(names)
        if names.shape != (n_parts,):
            raise ValueError(
                "The 'names' parameter of ImportanceDisplay must hold "
                f"{n_parts} names, one for each importance. Got {self.names!r} instead."
            )
        over = self.result.get("over", "features")
        steps = over == "steps"
        order = np.arange(n_parts) if steps else np.argsort(-means, kind="stable")
        place = np.argsort(order)
        ax = self._set_up(ax, figsize=(6.4, min(1 + 0.3 * n_parts, 12)), grid="x")
        self.bars_ = ax.barh(place, means, color=BLUE, alpha=0.5)
        y = np.repeat(place, importances.shape[1])
        (self.points_,) = ax.plot(importances.ravel(), y, ".", color=BLACK)
        ax.axvline(0, color=GREY, linewidth=1)
        ax.set(xlabel=f"Decrease in {self.score_name}", ylabel=over[:-1].capitalize())
        every = -(-n_parts // 40)  # label as many parts as fit
        ax.set_yticks(np.arange(n_parts)[::every], names[order][::every])
        ax.set_ylim(n_parts - 0.4, -0.6)
        return self
