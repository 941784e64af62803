"""What the scripts of the gallery start from."""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

# The look of the figures, readable on a light page and on a dark one.
STYLE = {
    "figure.dpi": 100,
    "figure.figsize": (7, 3.6),
    "figure.constrained_layout.use": True,
    "axes.grid": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "grid.color": "0.9",
    "font.size": 10,
}


def reset(gallery_conf, name):
    """Set matplotlib's style, which sphinx-gallery has just set back."""
    plt.rcdefaults()
    plt.rcParams.update(STYLE)


def arguments(gallery_conf, script):
    """Return the arguments of a script: where one that writes files may write them."""
    name = Path(script["src_file"]).name
    return [tempfile.mkdtemp()] if name == "plots.py" else []
