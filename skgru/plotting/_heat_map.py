"""Scores against two parameters: a heat map of a grid, or coloured points."""

import numpy as np

from ._axes import BLACK, VERMILLION, in_digits, light_grid


def is_grid(axes, n_candidates):
    """Return whether candidates fill at least half of a table of the values.

    Parameters
    ----------
    axes : list of two ValueAxis
    n_candidates : int

    Returns
    -------
    bool
    """
    filled = len(set(zip(axes[0].index, axes[1].index, strict=True)))
    cells = len(axes[0].levels) * len(axes[1].levels)
    # A random search of k candidates has k * k cells, of which k are filled. A lone
    # candidate, and a single row of different values, are tables.
    return 2 * filled >= cells


def draw_heat_map(ax, candidates, axes, aggregate, cmap):
    """Draw a table of scores.

    Parameters
    ----------
    ax : matplotlib Axes
    candidates : Candidates
    axes : list of two ValueAxis
    aggregate : {"best", "mean"}
    cmap : str or Colormap

    Returns
    -------
    image : QuadMesh
        Rows are levels of the second parameter.
    text : ndarray of Text of shape (n_rows, n_columns)
        Empty where no candidate was tried.
    best : Line2D
        Frame of the cell of the best candidate.
    """
    columns, rows = axes
    table = _table(candidates, rows, columns, aggregate)
    x, y = np.arange(len(columns.levels)), np.arange(len(rows.levels))
    image = ax.pcolormesh(
        x, y, np.ma.masked_invalid(table), cmap=cmap, edgecolors="white", linewidth=1.5
    )
    ax.set_facecolor("#E8E8E8")  # shows where a cell has no score
    text = np.empty(table.shape, object)
    for (row, column), score in np.ndenumerate(table):
        missing = not np.isfinite(score)
        tried = ((rows.index == row) & (columns.index == column)).any()
        dark = not missing and _is_dark(image.cmap(image.norm(score)))
        text[row, column] = ax.text(
            column,
            row,
            in_digits(score) if not missing else "failed" if tried else "",
            ha="center",
            va="center",
            color="white" if dark else BLACK,
        )
    best = candidates.best
    column, row = columns.index[best], rows.index[best]
    (frame,) = ax.plot(
        column + np.array([-0.5, 0.5, 0.5, -0.5, -0.5]) * 0.97,
        row + np.array([-0.5, -0.5, 0.5, 0.5, -0.5]) * 0.97,
        color=VERMILLION,
        linewidth=2.5,
        solid_joinstyle="miter",
        label="Best candidate",
    )
    columns.tick_levels(ax.xaxis, x)
    rows.tick_levels(ax.yaxis, y)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return image, text, frame


def draw_scatter(ax, candidates, axes, cmap):
    """Draw a coloured point for each candidate.

    Parameters
    ----------
    ax : matplotlib Axes
    candidates : Candidates
    axes : list of two ValueAxis
    cmap : str or Colormap

    Returns
    -------
    scatter : PathCollection
    best : Line2D
    failed : Line2D or None
    """
    axes[0].apply(ax.xaxis)
    axes[1].apply(ax.yaxis)
    x, y = axes[0].positions, axes[1].positions
    scored = np.isfinite(candidates.means)
    # The best last, so that none hides it.
    order = np.argsort(candidates.means)[: scored.sum()]
    scatter = ax.scatter(
        x[order],
        y[order],
        c=candidates.means[order],
        cmap=cmap,
        s=55,
        edgecolors="white",
        linewidths=0.7,
        zorder=3,
    )
    best = candidates.best
    (ring,) = ax.plot(
        x[best],
        y[best],
        linestyle="",
        marker="o",
        markersize=12,
        markerfacecolor="none",
        markeredgecolor=VERMILLION,
        markeredgewidth=2,
        label=f"Best candidate ({in_digits(candidates.means[best])})",
        zorder=4,
    )
    failed = None
    if not scored.all():
        (failed,) = ax.plot(
            x[~scored], y[~scored], "x", color=BLACK, label="Failed", zorder=3
        )
    light_grid(ax)
    ax.legend(framealpha=0.9)
    return scatter, ring, failed


def _is_dark(color):
    """Return whether white has more contrast to an RGB colour than black has.

    Relative luminance as in the Web Content Accessibility Guidelines 2.2.
    """
    rgb = np.asarray(color[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    # Where (1 + 0.05) / (luminance + 0.05) = (luminance + 0.05) / (black + 0.05).
    return luminance < 0.21


def _table(candidates, rows, columns, aggregate):
    """Return the scores by levels; NaN where no candidate has any."""
    means = candidates.means
    if candidates.rounds is not None:
        # Rounds come in order: the last index of equal parameters is the last round.
        last = {repr(sorted(p.items())): i for i, p in enumerate(candidates.params)}
        dropped = np.ones(len(means), bool)
        dropped[list(last.values())] = False
        means = np.where(dropped, np.nan, means)
    table = np.full((len(rows.levels), len(columns.levels)), np.nan)
    for row, column in np.ndindex(table.shape):
        here = means[(rows.index == row) & (columns.index == column)]
        here = here[np.isfinite(here)]
        if len(here):
            table[row, column] = here.max() if aggregate == "best" else here.mean()
    return table
