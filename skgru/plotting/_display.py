"""What the displays share: axes, colours, markers, names of scores, documentation."""

import inspect

from sklearn.base import is_classifier, is_regressor

from .._docstrings import with_shared_sections

# Okabe and Ito (2008), "Color Universal Design": https://jfly.uni-koeln.de/color/
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
BLACK, GREY = "#222222", "#777777"

_WORDS = {"auc": "AUC", "f1": "F1", "neg": "negative", "r2": "R²", "roc": "ROC"}

_SECTIONS = {
    "{axes}": """ax_, figure_ : matplotlib Axes and Figure
        What was drawn on.""",
    "{ax}": """ax : matplotlib Axes, default=None
        Axes to draw on. None makes a new figure.""",
    "{plot_kw}": """**plot_kw : dict
        Further parameters of :meth:`plot`.""",
    "{returns_and_raises}": """Returns
    -------
    display : {display}
        The display, with what it has drawn.

    Raises
    ------
    ImportError
        matplotlib is not installed.
    ValueError
        A parameter is not as described, or there is nothing to draw.""",
}


class Display:
    """Base of the displays: fills in their docstrings, and sets up axes."""

    def __init_subclass__(cls):
        super().__init_subclass__()
        methods = [getattr(member, "__func__", member) for member in vars(cls).values()]
        for documented in [cls, *filter(inspect.isfunction, methods)]:
            if documented.__doc__:
                sections = {**_SECTIONS, "{display}": cls.__name__}
                text = with_shared_sections(documented.__doc__, sections)
                documented.__doc__ = text

    def _set_up(self, ax, x=None, figsize=(6.4, 4), grid="both"):
        """Return axes with half a frame and a light grid, and with the units of x."""
        try:
            import matplotlib.pyplot as plt
        except ImportError as error:
            raise ImportError(
                f"{type(self).__name__}.plot needs matplotlib. Install it with the "
                "extra 'plots': pip install \"skgru[plots]\"."
            ) from error
        if ax is None:
            _, ax = plt.subplots(figsize=figsize, layout="constrained")
        ax.spines[["top", "right"]].set_visible(False)
        if grid:
            ax.grid(axis=grid, color="#DDDDDD", linewidth=0.6)
            ax.set_axisbelow(True)
        if x is not None:
            # The concise converter of dates does not repeat the year in every label.
            with plt.rc_context({"date.converter": "concise"}):
                ax.xaxis.update_units(x)
        self.ax_, self.figure_ = ax, ax.figure
        return ax

    @staticmethod
    def _draw_line(ax, *points, **style):
        """Draw a line, or a dot where there is only one value, and return it."""
        marker = "o" if len(points[-1]) == 1 else None
        return ax.plot(*points, marker=marker, **style)[0]

    @staticmethod
    def _draw_best(ax, x, y, label, color=VERMILLION):
        """Draw a star in front of all else, and return it."""
        style = {"markersize": 14, "markeredgecolor": "white", "clip_on": False}
        (star,) = ax.plot(x, y, "*", color=color, label=label, zorder=5, **style)
        return star


def draw_legend(ax, handles=None):
    """Draw a legend above the axes: what is drawn may leave no corner free."""
    handles = None if handles is None else [*filter(None, handles)]
    where = {"loc": "lower left", "bbox_to_anchor": (0, 1), "ncols": 2}
    ax.legend(handles=handles, frameon=False, **where)


def draw_failed(ax, x, y, **where):
    """Draw crosses, and return them; without any, None."""
    crosses = ax.plot(x, y, "x", color=BLACK, label="Failed", **where) if len(x) else []
    return crosses[0] if crosses else None


def in_words(scoring, estimator=None):
    """Return "negative log loss" for "neg_log_loss"; None is the estimator's own."""
    if scoring is None and is_classifier(estimator):
        scoring = "accuracy"
    elif scoring is None and is_regressor(estimator):
        scoring = "r2"
    words = scoring.split("_") if isinstance(scoring, str) else ["score"]
    return " ".join(_WORDS.get(word, word) for word in words)


def as_title(text):
    """Return the text with a capital letter first."""
    return text[:1].upper() + text[1:]
