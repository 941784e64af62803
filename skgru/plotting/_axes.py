"""What the displays share: axes, colours, and how matplotlib is imported."""

# Okabe and Ito (2008), "Color Universal Design": https://jfly.uni-koeln.de/color/
BLUE = "#0072B2"
VERMILLION = "#D55E00"
GREEN = "#009E73"
BLACK = "#222222"
GREY = "#777777"

LINE_WIDTH = 1.6


def pyplot(display):
    """Return matplotlib.pyplot.

    Parameters
    ----------
    display : object
        The display that draws, named in the error.

    Returns
    -------
    matplotlib.pyplot : module

    Raises
    ------
    ImportError
        matplotlib is not installed.
    """
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            f"{type(display).__name__}.plot needs matplotlib. Install it with the "
            "extra 'plots': pip install \"skgru[plots]\"."
        ) from error
    return plt


def new_axes(display, ax, figsize):
    """Return ``ax``, or the axes of a new figure, without the frame's right and top.

    Parameters
    ----------
    display : object
    ax : matplotlib.axes.Axes or None
    figsize : tuple of float
        Width and height of a new figure, in inches.

    Returns
    -------
    ax : matplotlib.axes.Axes
    """
    plt = pyplot(display)
    if ax is None:
        _, ax = plt.subplots(figsize=figsize, layout="constrained")
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def in_digits(score):
    """Return a score as text, all of a size with as many digits.

    Parameters
    ----------
    score : float

    Returns
    -------
    text : str
    """
    return f"{score:.3f}" if abs(score) < 10 else f"{score:.4g}"


def light_grid(ax, axis="both"):
    """Draw a grid that stands behind the data.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
    axis : {"both", "x", "y"}, default="both"
    """
    ax.grid(axis=axis, color="#DDDDDD", linewidth=0.6)
    ax.set_axisbelow(True)
