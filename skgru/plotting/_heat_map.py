"""Scores against two parameters: a heat map of a grid, or coloured points."""

from dataclasses import replace

import numpy as np
from scipy.stats import binned_statistic_2d

from ._display import BLACK, VERMILLION, draw_failed, draw_legend


def is_grid(axes):
    """Return whether candidates fill at least half of a table of the values.

    A random search of k candidates has k * k cells, of which k are filled. A lone
    candidate, and a single row of different values, are tables.
    """
    filled = len(set(zip(axes[0].index, axes[1].index, strict=True)))
    return 2 * filled >= len(axes[0].levels) * len(axes[1].levels)


def draw_heat_map(ax, candidates, axes, aggregate, cmap):
    """Draw a table of scores whose rows are the levels of the second parameter.

    Returns the QuadMesh, the Text of every cell, the Line2D that frames the best
    candidate's, and whether any cell holds several candidates.
    """
    import matplotlib

    columns, rows = (replace(axis, scale="category") for axis in axes)
    edges = [np.arange(len(axis.levels) + 1) - 0.5 for axis in (rows, columns)]
    # In a halving search, the last round of a candidate counts; rounds are in order.
    keys = [repr(sorted(params.items())) for params in candidates.params]
    last = dict(zip(keys, candidates.rounds, strict=True))
    counts = candidates.rounds == [last[key] for key in keys]
    tried, *_ = np.histogram2d(rows.index[counts], columns.index[counts], edges)
    scored = counts & np.isfinite(candidates.means)
    statistic = "max" if aggregate == "best" else "mean"
    values = (axis[scored] for axis in (rows.index, columns.index, candidates.means))
    table = np.ma.masked_invalid(binned_statistic_2d(*values, statistic, edges)[0])
    cmap = matplotlib.colormaps.get_cmap(cmap).with_extremes(bad="#E8E8E8")
    style = {"cmap": cmap, "edgecolors": "white", "linewidth": 1.5}
    image = ax.pcolormesh(*reversed(edges), table, **style)
    # White text on dark cells: relative luminance of the Web Content Accessibility
    # Guidelines 2.2, with sRGB approximated by a power.
    dark = image.to_rgba(table)[..., :3] ** 2.2 @ [0.2126, 0.7152, 0.0722] < 0.21
    text = np.empty(table.shape, object)
    for cell in np.ndindex(table.shape):
        label = "failed" if tried[cell] else ""
        label = label if np.ma.is_masked(table[cell]) else f"{table[cell]:#.3g}"
        style = {"color": "white" if dark[cell] else BLACK, "ha": "center"}
        text[cell] = ax.text(*reversed(cell), label, va="center", **style)
    best = candidates.best
    x = columns.index[best] + 0.485 * np.array([-1, 1, 1, -1, -1])
    y = rows.index[best] + 0.485 * np.array([-1, -1, 1, 1, -1])
    (frame,) = ax.plot(x, y, color=VERMILLION, linewidth=2.5)
    columns.apply(ax.xaxis)
    rows.apply(ax.yaxis)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    return image, text, frame, tried.max() > 1


def draw_scatter(ax, candidates, axes, cmap):
    """Draw a coloured point for each candidate.

    Returns their PathCollection, the Line2D that rings the best, and that of the
    failed, or None.
    """
    axes[0].apply(ax.xaxis)
    axes[1].apply(ax.yaxis)
    x, y = (axis.coordinates[axis.index] for axis in axes)
    means, best = candidates.means, candidates.best
    scored = np.isfinite(means)
    order = np.argsort(means)[: scored.sum()]  # the best is drawn last, on top
    style = {"cmap": cmap, "edgecolors": "white", "s": 55, "zorder": 3}
    scatter = ax.scatter(x[order], y[order], c=means[order], **style)
    style = {"markersize": 12, "markeredgecolor": VERMILLION, "markeredgewidth": 2}
    style["label"] = f"Best candidate ({means[best]:#.3g})"
    (ring,) = ax.plot(x[best], y[best], "o", fillstyle="none", zorder=4, **style)
    failed = draw_failed(ax, x[~scored], y[~scored])
    draw_legend(ax)
    return scatter, ring, failed
