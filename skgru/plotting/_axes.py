"""Shared by the displays: colours, axes, markers, and names of scores."""

from sklearn.base import is_classifier, is_regressor

# Okabe and Ito (2008), "Color Universal Design": https://jfly.uni-koeln.de/color/
BLUE, VERMILLION, GREEN = "#0072B2", "#D55E00", "#009E73"
BLACK, GREY = "#222222", "#777777"

_WORDS = {"auc": "AUC", "f1": "F1", "neg": "negative", "r2": "R²", "roc": "ROC"}


def new_axes(display, ax, figsize=(6.4, 4), grid="both"):
    """Return ``ax``, or axes of a new figure, with half a frame and a light grid."""
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{type(display).__name__}.plot needs matplotlib. Install it with the "
            "extra 'plots': pip install \"skgru[plots]\"."
        ) from error
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    if grid:
        ax.grid(axis=grid, color="#DDDDDD", linewidth=0.6)
        ax.set_axisbelow(True)
    return ax


def shorten_dates(ax):
    """Write dates on the horizontal axis, if they are, without repeating the year."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = ax.xaxis.get_major_locator()
    if isinstance(locator, AutoDateLocator):
        ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))
        ax.set_xlabel("Date")


def draw_best(ax, x, y, label, color=VERMILLION):
    """Draw a star, which stands before all else, and return it."""
    style = {"markersize": 14, "markeredgecolor": "white", "clip_on": False}
    (star,) = ax.plot(x, y, "*", color=color, label=label, zorder=5, **style)
    return star


def draw_failed(ax, x, y, **where):
    """Draw crosses, and return them; without any, None."""
    crosses = ax.plot(x, y, "x", color=BLACK, label="Failed", **where) if len(x) else []
    return next(iter(crosses), None)


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
