"""The tables of features say what comes out when benchmarks/features.py tries them."""

import json
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT / "benchmarks"
sys.path[:0] = [str(BENCHMARKS), str(BENCHMARKS / "peers")]

import features  # noqa: E402
from features_scikeras_peer import Scikeras  # noqa: E402
from features_skgru_peer import Skgru  # noqa: E402

CELLS = json.loads((BENCHMARKS / "results" / "features.json").read_text("utf-8"))[
    "raw"
]["cells"]
SHORT_TABLE = [line for line in features.short_table(CELLS) if line]
# What takes few fits; the slow test tries all.
QUICK = {
    "skgru": [n for n in features.SHORT if n not in ("on_pytorch", "programs")],
    "scikeras": ["lengths", "masking", "multilabel", "own_network", "several_inputs"],
}
LIBRARIES = {"skgru": Skgru(), "scikeras": Scikeras()}


# ---- the cells ----


@pytest.mark.parametrize(
    ("library", "feature"), [(name, each) for name in QUICK for each in QUICK[name]]
)
def test_a_cell_of_the_short_table_is_what_comes_out(library, feature):
    assert LIBRARIES[library].cell(feature) == CELLS[library][feature]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("library", ["skgru", "scikeras"])
def test_every_cell_is_what_comes_out(library):
    """In a process of its own: two fits of scikeras in threads leave traces."""
    with features.harness.Peer(f"features_{library}", sys.executable, {}) as peer:
        cells = peer.ask("cells", features=list(features.labels()))
    assert cells == CELLS[library]


# ---- the pages ----


def table_of(page):
    """Return the lines of a page's table with a column for every library, if any."""
    text = (ROOT / page).read_text("utf-8")
    head = re.escape(" | ".join(features.LIBRARIES.values()))
    table = re.search(rf"^\|.*{head} \|\n(\|.*\n)+", text, re.MULTILINE)
    return table[0].splitlines() if table else []


def test_the_guide_has_the_short_table():
    assert table_of("docs/coming_from.md") == SHORT_TABLE


def test_the_readme_has_the_same_table_if_any():
    assert table_of("README.md") in ([], SHORT_TABLE)


@pytest.mark.parametrize("page", ["docs/zh/coming_from.md", "README.zh.md"])
def test_a_chinese_table_has_its_marks_and_numbers(page):
    def marks(table):
        return [re.findall(r"\| (✓|✗|\d+)", line) for line in table]

    table = table_of(page)
    assert table or page == "README.zh.md"
    assert not table or marks(table) == marks(SHORT_TABLE)
