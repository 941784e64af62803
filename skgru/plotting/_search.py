"""SearchDisplay: scores of candidates against one parameter or two."""

import numpy as np
from scipy.stats import binned_statistic

from ._candidates import candidates_of_results, candidates_of_search, find_parameter
from ._display import BLUE, GREY, Display, as_title, draw_failed, draw_legend
from ._heat_map import draw_heat_map, draw_scatter, is_grid
from ._value_axis import value_axis


class SearchDisplay(Display):
    """Scores of a search's candidates against one parameter, or two.

    Use :meth:`from_estimator` or :meth:`from_cv_results` to make one.

    With one parameter, each candidate is a point at its mean test score, with the
    standard deviation over the folds as its error bar. Candidates of equal value stand
    side by side in order of their scores, and a line joins the best at each value. The
    rounds of a halving search, whose scores cannot be compared, differ in colour.

    With two parameters, a heat map shows the best or mean score of each pair of values.
    Where the pairs form no grid, as in a random search, each is a coloured point.

    Numbers spread over orders of magnitude have a logarithmic axis; values that are no
    numbers stand side by side. Candidates whose fits failed are crosses.

    Parameters
    ----------
    candidates : Candidates
        Parameters and scores.
    param : str or tuple of two str
        The parameters to draw against: the horizontal axis, then the vertical one.

    Attributes
    ----------
    {axes}
    errorbar_ : list of matplotlib ErrorbarContainer, or None
        With one parameter: one for each round of a halving search, else one.
    best_line_, best_point_, failed_points_ : matplotlib Line2D or None
        The best at each value; the best of all, in a heat map the frame of its cell;
        candidates whose fits failed.
    image_, text_ : matplotlib QuadMesh and ndarray of matplotlib Text, or None
        The heat map and the numbers in its cells.
    scatter_ : matplotlib PathCollection or None
        With two parameters: the candidates that form no grid.
    colorbar_ : matplotlib Colorbar or None
        With two parameters: the scores of the colours.

    See Also
    --------
    TrainingCurveDisplay : Losses of one training.
    sklearn.model_selection.ValidationCurveDisplay : The other parameters are fixed.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skgru import GRUClassifier
    >>> from skgru.plotting import SearchDisplay
    >>> X = np.random.default_rng(0).normal(size=(60, 10, 2))
    >>> grid = {"learning_rate": [1e-3, 1e-2], "l2": [0.0, 1e-3]}
    >>> search = GridSearchCV(GRUClassifier(16, epochs=5, random_state=0), grid, cv=2)
    >>> search = search.fit(X, X[:, -1, 0] > 0)
    >>> display = SearchDisplay.from_estimator(search, "learning_rate")
    >>> display.ax_.get_ylabel(), display.ax_.get_xscale()
    ('Accuracy (mean ± std of 2 folds)', 'log')
    >>> display = SearchDisplay.from_estimator(search, ("learning_rate", "l2"))
    >>> display.image_.get_array().shape
    (2, 2)
    >>> plt.close("all")
    """

    def __init__(self, candidates, param):
        self.candidates = candidates
        self.param = param

    @classmethod
    def from_estimator(cls, search, param, *, metric=None, ax=None, **plot_kw):
        """Draw a fitted search.

        Parameters
        ----------
        search : fitted search
            ``GridSearchCV``, ``RandomizedSearchCV``, the halving searches,
            scikit-optimize's ``BayesSearchCV`` or Optuna's ``OptunaSearchCV``, whose
            pruned and failed trials are left out. A candidate of a list of grids has
            the estimator's own value of a parameter that its grid does not search.
        param : str or tuple of two str
            The parameters to draw against. Names of pipeline steps before them may be
            left out: ``"learning_rate"`` for ``"gruclassifier__learning_rate"``.
        metric : str, default=None
            Which metric, if the search has several. None means that of ``refit``.
        {ax}
        {plot_kw}

        {returns_and_raises}
        sklearn.exceptions.NotFittedError, TypeError
            The search has not been fitted, or is no search.
        """
        return cls(candidates_of_search(search, metric), param).plot(ax, **plot_kw)

    @classmethod
    def from_cv_results(
        cls, cv_results, param, *, metric=None, score_name=None, ax=None, **plot_kw
    ):
        """Draw the ``cv_results_`` of a search.

        Parameters
        ----------
        cv_results : dict
            Results. Candidates that lack a parameter to draw against are left out.
        param : str or tuple of two str
            As in :meth:`from_estimator`.
        metric : str, default=None
            Which metric, if the search had several. None means the only one.
        score_name : str, default=None
            The score in words. None makes them from the metric's name.
        {ax}
        {plot_kw}

        {returns_and_raises}
        """
        candidates = candidates_of_results(cv_results, metric, score_name)
        return cls(candidates, param).plot(ax, **plot_kw)

    def plot(self, ax=None, *, aggregate="best", cmap="viridis"):
        """Draw the candidates.

        Parameters
        ----------
        {ax}
        aggregate : {"best", "mean"}, default="best"
            What a cell of a heat map shows of the candidates that differ in other
            parameters. In a halving search each candidate counts with its last round.
        cmap : str or matplotlib Colormap, default="viridis"
            Colours of scores with two parameters, and of rounds with one.

        {returns_and_raises}
        """
        if aggregate not in ("best", "mean"):
            raise ValueError(
                "The 'aggregate' parameter of SearchDisplay must be a str among 'best' "
                f"or 'mean'. Got {aggregate!r} instead."
            )
        given = (self.param,) if isinstance(self.param, str) else tuple(self.param)
        if len(given) not in (1, 2):
            raise ValueError(
                "The 'param' parameter of SearchDisplay must be a parameter's name or "
                f"a tuple of two. Got {self.param!r} instead."
            )
        names = [find_parameter(self.candidates, name) for name in given]
        candidates = self.candidates.having(names)
        axes = [value_axis([p[name] for p in candidates.params]) for name in names]
        self.errorbar_ = self.best_line_ = self.failed_points_ = None
        self.image_ = self.text_ = self.scatter_ = self.colorbar_ = None
        if len(names) == 1:
            grid = "y" if axes[0].scale == "category" else "both"
            self._plot_one(self._set_up(ax, grid=grid), candidates, *axes, cmap)
        else:
            grid = None if is_grid(axes) else "both"
            ax = self._set_up(ax, figsize=(6.4, 4.8), grid=grid)
            self._plot_two(ax, candidates, axes, aggregate, cmap)
            self.ax_.set_ylabel(given[1])
        self.ax_.set_xlabel(given[0])
        return self

    def _plot_one(self, ax, candidates, axis, cmap):
        axis.apply(ax.xaxis)
        x = _side_by_side(ax.xaxis.get_transform(), axis, candidates)
        means, best = candidates.means, candidates.best
        scored, n_levels = np.isfinite(means), len(axis.levels)
        self._draw_rounds(ax, candidates, x, scored, cmap)
        if len(self.errorbar_) == 1 and 1 < n_levels < len(means):
            levels, edges = axis.index[scored], np.arange(n_levels + 1) - 0.5
            highest, *_ = binned_statistic(levels, means[scored], "max", edges)
            known = np.isfinite(highest)
            points = axis.coordinates[known], highest[known]
            style = {"color": GREY, "label": "Best at each value", "zorder": 2}
            (self.best_line_,) = ax.plot(*points, "--", **style)
        label = f"Best candidate ({means[best]:#.3g})"
        self.best_point_ = self._draw_best(ax, x[best], means[best], label)
        # Candidates without a score are drawn at the bottom of the axes.
        bottom = np.full((~scored).sum(), 0.03)
        where = {"transform": ax.get_xaxis_transform()}
        self.failed_points_ = draw_failed(ax, x[~scored], bottom, **where)
        folds = f" (mean ± std of {candidates.n_splits} folds)"
        folds = folds if candidates.n_splits > 1 else ""
        ax.set_ylabel(as_title(candidates.score_name) + folds)
        lines = [self.best_point_, self.best_line_, self.failed_points_]
        draw_legend(ax, [*self.errorbar_, *lines])

    def _draw_rounds(self, ax, candidates, x, scored, cmap):
        import matplotlib

        rounds, first = np.unique(candidates.rounds, return_index=True)
        colors, labels = [BLUE], ["Candidate"]
        if len(rounds) > 1:
            shades = np.linspace(0.85, 0.1, len(rounds))
            colors = matplotlib.colormaps.get_cmap(cmap)(shades)
            resources = candidates.resources[first]
            labels = [f"{n:g} {candidates.resource_name}" for n in resources]
        self.errorbar_ = []
        for number, color, label in zip(rounds, colors, labels, strict=True):
            here = scored & (candidates.rounds == number)
            points = x[here], candidates.means[here], candidates.spreads[here]
            style = {"markersize": 4.5, "elinewidth": 1, "ecolor": (color, 0.45)}
            bars = ax.errorbar(*points, fmt="o", color=color, label=label, **style)
            self.errorbar_.append(bars)

    def _plot_two(self, ax, candidates, axes, aggregate, cmap):
        label = f"Mean {candidates.score_name}"
        if is_grid(axes):
            drawn = draw_heat_map(ax, candidates, axes, aggregate, cmap)
            self.image_, self.text_, self.best_point_, several = drawn
            label += f", {aggregate} over the other parameters" if several else ""
        else:
            drawn = draw_scatter(ax, candidates, axes, cmap)
            self.scatter_, self.best_point_, self.failed_points_ = drawn
        self.colorbar_ = ax.figure.colorbar(drawn[0], ax=ax, label=label)
        self.colorbar_.outline.set_visible(False)


def _side_by_side(transform, axis, candidates):
    """Return x, with candidates of equal value moved apart in order of their scores."""
    places = transform.transform(axis.coordinates)
    # Equal values are spread over at most a fifth of the gap to the next value.
    gaps = np.diff(places)
    reach = 0.2 * gaps.min() if len(gaps) else 0.05
    x = places[axis.index]
    ranked = np.lexsort((candidates.means, candidates.rounds))
    for level in range(len(places)):
        here = ranked[axis.index[ranked] == level]
        if len(here) > 1:
            x[here] += np.linspace(-reach, reach, len(here))
    return transform.inverted().transform(x)
