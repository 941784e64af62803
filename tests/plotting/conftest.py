"""Every figure that a test makes is drawn, and closed."""

import pytest

from skgru.datasets import load_co2, load_japanese_vowels


@pytest.fixture(autouse=True)
def drawable_and_closed():
    """Draw every figure, which warns of what does not fit, and leave none open."""
    pytest.importorskip("matplotlib").use("Agg")
    plt = pytest.importorskip("matplotlib.pyplot")
    yield
    for number in plt.get_fignums():
        plt.figure(number).canvas.draw()
    plt.close("all")


@pytest.fixture(scope="module")
def vowels():
    X, y = load_japanese_vowels(padded=True, return_X_y=True)
    return X[y < 3], y[y < 3]


@pytest.fixture(scope="module")
def series():
    return load_co2(interpolate=True, as_frame=True).data
