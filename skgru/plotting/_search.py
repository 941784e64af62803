"""SearchDisplay: the candidates of a search against one parameter or two."""

import numpy as np

from ._axes import (
    BLACK,
    BLUE,
    GREY,
    VERMILLION,
    in_digits,
    light_grid,
    new_axes,
    pyplot,
)
from ._candidates import (
    candidates_of_results,
    candidates_of_search,
    find_parameter,
)
from ._heat_map import draw_heat_map, draw_scatter, is_grid
from ._value_axis import value_axis


class SearchDisplay:
    """Scores of a search's candidates against one parameter, or two.

    Use :meth:`from_estimator` or :meth:`from_cv_results` to make one.

    With one parameter each candidate is a point at its mean test score, with the
    standard deviation of the folds as its error bar. Candidates of equal value, which
    differ in other parameters, stand side by side in order of their scores, and a line
    joins the best at each value. The candidates of a halving search are coloured by
    round: their scores compare within a round only.

    With two parameters a heat map shows, for each pair of values, the best candidate
    or the mean over the other parameters. Where the candidates form no grid (random and
    Bayesian search) each is a coloured point.

    Numbers that the search drew by order of magnitude, or that are spread so, lie on
    logarithmic axes; values that are not numbers stand side by side. Candidates whose
    fits failed are crosses.

    Parameters
    ----------
    candidates : Candidates
        Parameters and scores.
    param : str or tuple of two str
        The parameters to draw against: the horizontal axis, then the vertical one.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    errorbar_ : list of matplotlib ErrorbarContainer
        With one parameter: one for each round of a halving search, else one.
    best_line_ : matplotlib Line2D or None
        With one parameter: the best at each value.
    best_point_ : matplotlib Line2D
        The best candidate; in a heat map, its cell.
    failed_points_ : matplotlib Line2D or None
        Candidates whose fits failed.
    image_ : matplotlib QuadMesh or None
        The heat map.
    text_ : ndarray of matplotlib Text, or None
        The numbers in its cells.
    scatter_ : matplotlib PathCollection or None
        With two parameters: the candidates that form no grid.
    colorbar_ : matplotlib Colorbar or None

    See Also
    --------
    TrainingCurveDisplay : Losses of one training.
    sklearn.model_selection.ValidationCurveDisplay : Scores against one parameter, the
        others fixed.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from sklearn.model_selection import GridSearchCV
    >>> from skgru import GRUClassifier
    >>> from skgru.plotting import SearchDisplay
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(60, 10, 2))
    >>> y = X[:, -1, 0] > 0
    >>> grid = {"learning_rate": [1e-3, 1e-2], "l2": [0.0, 1e-3]}
    >>> classifier = GRUClassifier(16, epochs=5, random_state=0)
    >>> search = GridSearchCV(classifier, grid, cv=2).fit(X, y)
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
            pruned and failed trials are left out.
        param : str or tuple of two str
            The parameters to draw against. Names of pipeline steps before them may be
            left out: ``"learning_rate"`` for ``"gruclassifier__learning_rate"``.
        metric : str, default=None
            Which metric, if the search has several. None means that of ``refit``.
        ax : matplotlib Axes, default=None
            Axes to draw on. None makes a new figure.
        **plot_kw : dict
            Further parameters of :meth:`plot`.

        Returns
        -------
        display : SearchDisplay

        Raises
        ------
        sklearn.exceptions.NotFittedError
            The search has not been fitted.
        ValueError
            ``param`` was not searched, ``metric`` not computed, or all fits failed.
        TypeError
            ``search`` is no search.
        """
        return cls(candidates_of_search(search, metric), param).plot(ax, **plot_kw)

    @classmethod
    def from_cv_results(
        cls, cv_results, param, *, metric=None, score_name=None, ax=None, **plot_kw
    ):
        """Draw the results of a search.

        Parameters
        ----------
        cv_results : dict
            The ``cv_results_`` of a search.
        param : str or tuple of two str
            The parameters to draw against.
        metric : str, default=None
            ``"accuracy"`` for ``"mean_test_accuracy"``. None means the only one.
        score_name : str, default=None
            The score in words. None makes them from the metric's name.
        ax : matplotlib Axes, default=None
            Axes to draw on. None makes a new figure.
        **plot_kw : dict
            Further parameters of :meth:`plot`.

        Returns
        -------
        display : SearchDisplay

        Raises
        ------
        ValueError
            ``param`` was not searched, ``metric`` not computed, or all fits failed.
        """
        candidates = candidates_of_results(cv_results, metric, score_name)
        return cls(candidates, param).plot(ax, **plot_kw)

    def plot(self, ax=None, *, aggregate="best", cmap="viridis"):
        """Draw the candidates.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Axes to draw on. None makes a new figure.
        aggregate : {"best", "mean"}, default="best"
            What a cell of a heat map shows of the candidates that differ in other
            parameters. In a halving search each candidate counts with its last round.
        cmap : str or matplotlib Colormap, default="viridis"
            Colours of scores with two parameters, and of rounds with one.

        Returns
        -------
        display : SearchDisplay

        Raises
        ------
        ValueError
            ``param`` was not searched, or no candidate that has it was scored.
        ImportError
            matplotlib is not installed.
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
        having = [
            i
            for i, params in enumerate(self.candidates.params)
            if all(name in params for name in names)
        ]
        candidates = self.candidates.take(having)
        if not np.isfinite(candidates.means).any():
            raise ValueError(
                "There is nothing to draw: no candidate with "
                f"{' and '.join(names)} has a score, all their fits failed. Search "
                "with error_score='raise' to see why."
            )
        self.errorbar_ = self.best_line_ = self.failed_points_ = None
        self.image_ = self.text_ = self.scatter_ = self.colorbar_ = None
        axes = [
            value_axis(
                [params[name] for params in candidates.params],
                candidates.logarithmic.get(name),
            )
            for name in names
        ]
        if len(names) == 1:
            ax = new_axes(self, ax, (6.4, 4.0))
            self._plot_one(ax, candidates, axes[0], cmap)
        else:
            self._plot_two(ax, candidates, axes, aggregate, cmap)
            ax = self.ax_
            ax.set_ylabel(given[1])
        ax.set_xlabel(given[0])
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def _plot_one(self, ax, candidates, axis, cmap):
        axis.apply(ax.xaxis)
        means, spreads = candidates.means, candidates.spreads
        scored = np.isfinite(means)
        rounds = candidates.rounds
        if rounds is None:
            rounds = np.zeros(len(means), int)
        numbers = np.unique(rounds)
        if len(numbers) > 1:
            colormap = pyplot(self).get_cmap(cmap)
            colors = colormap(np.linspace(0.85, 0.1, len(numbers)))
        else:
            colors = [BLUE]
        x = _side_by_side(ax.xaxis.get_transform(), axis, means, rounds)
        self.errorbar_ = []
        for number, color in zip(numbers, colors, strict=True):
            here = scored & (rounds == number)
            label = "Candidate"
            if len(numbers) > 1:
                resources = candidates.resources[rounds == number][0]
                label = f"{resources:g} {candidates.resource_name}"
            self.errorbar_.append(
                ax.errorbar(
                    x[here],
                    means[here],
                    yerr=spreads[here],
                    fmt="o",
                    color=color,
                    markersize=4.5,
                    elinewidth=1,
                    ecolor=(*_rgb(color), 0.45),
                    label=label,
                    zorder=3,
                )
            )
        grid_like = len(axis.levels) < len(means)
        if len(numbers) == 1 and grid_like and len(axis.levels) > 1:
            self._join_best(ax, axis, means)
        best = candidates.best
        (self.best_point_,) = ax.plot(
            x[best : best + 1],
            means[best : best + 1],
            linestyle="",
            marker="*",
            markersize=14,
            color=VERMILLION,
            markeredgecolor="white",
            label=f"Best candidate ({in_digits(means[best])})",
            zorder=5,
        )
        if not scored.all():
            # At the foot of the axes: these have a value, but no score.
            (self.failed_points_,) = ax.plot(
                x[~scored],
                np.full((~scored).sum(), 0.03),
                linestyle="",
                marker="x",
                color=BLACK,
                transform=ax.get_xaxis_transform(),
                label="Failed",
                zorder=4,
            )
        label = candidates.score_name
        if candidates.n_splits > 1:
            label += f" (mean ± std of {candidates.n_splits} folds)"
        ax.set_ylabel(label)
        light_grid(ax, "both" if axis.scale != "category" else "y")
        handles = [self.best_point_, self.best_line_, self.failed_points_]
        drawn = [handle for handle in handles if handle is not None]
        ax.legend(handles=[*self.errorbar_, *drawn], framealpha=0.9)

    def _join_best(self, ax, axis, means):
        best = np.full(len(axis.levels), -np.inf)
        scored = np.isfinite(means)
        np.maximum.at(best, axis.index[scored], means[scored])
        has_any = np.isfinite(best)
        (self.best_line_,) = ax.plot(
            axis.coordinates[has_any],
            best[has_any],
            color=GREY,
            linewidth=1.2,
            linestyle=(0, (4, 2)),
            label="Best at each value",
            zorder=2,
        )

    def _plot_two(self, ax, candidates, axes, aggregate, cmap):
        if is_grid(axes, len(candidates.params)):
            ax = new_axes(self, ax, (6.4, 4.8))
            self.image_, self.text_, self.best_point_ = draw_heat_map(
                ax, candidates, axes, aggregate, cmap
            )
            drawn, more = self.image_, _over_others(candidates, axes, aggregate)
        else:
            ax = new_axes(self, ax, (6.4, 4.8))
            self.scatter_, self.best_point_, self.failed_points_ = draw_scatter(
                ax, candidates, axes, cmap
            )
            drawn, more = self.scatter_, ""
        self.colorbar_ = ax.figure.colorbar(drawn, ax=ax)
        self.colorbar_.set_label(f"Mean {_inner(candidates.score_name)}{more}")
        self.colorbar_.outline.set_visible(False)
        self.ax_ = ax


def _side_by_side(transform, axis, means, rounds):
    """Return x, with candidates of equal value moved apart in order of their scores."""
    places = transform.transform(axis.coordinates)
    gaps = np.diff(np.sort(places))
    # Equal values stand within a fifth of the way to the next value.
    reach = 0.2 * gaps.min() if len(gaps) else 0.05
    x = places[axis.index].astype(float)
    for level in range(len(axis.levels)):
        here = np.flatnonzero(axis.index == level)
        order = here[np.lexsort((means[here], rounds[here]))]
        if len(order) > 1:
            x[order] += np.linspace(-reach, reach, len(order))
    return transform.inverted().transform(x)


def _over_others(candidates, axes, aggregate):
    cells = len(set(zip(axes[0].index, axes[1].index, strict=True)))
    if cells == len(candidates.params):
        return ""
    return f", {aggregate} over the other parameters"


def _inner(name):
    # "Accuracy" within a sentence; "R²" and "ROC AUC" stay.
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _rgb(color):
    from matplotlib.colors import to_rgb

    return to_rgb(color)
