"""Pictures need matplotlib; nothing else does."""

import subprocess
import sys

import pytest

from skgru.plotting import ForecastDisplay, TrainingCurveDisplay

pytest.importorskip("matplotlib")


@pytest.mark.parametrize(
    "display",
    [
        TrainingCurveDisplay({"loss": [1.0]}),
        ForecastDisplay([1.0], [1.0]),
    ],
)
def test_a_missing_matplotlib_is_named_with_its_extra(display, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    message = rf"{type(display).__name__}.plot needs matplotlib.*skgru\[plots\]"
    with pytest.raises(ImportError, match=message):
        display.plot()


def test_the_module_can_be_imported_without_matplotlib():
    without = "import sys; sys.modules['matplotlib'] = None; import skgru.plotting"
    subprocess.run([sys.executable, "-c", without], check=True)
