"""Settings of the Chinese pages: those of the English ones, but for these."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conf import *  # noqa: F403

language = "zh_CN"
templates_path = ["../_templates"]
html_static_path = ["../_static"]
exclude_patterns = []
# The reference and the gallery are in English. They are linked by the inventory of the
# English build, which stands one folder up.
_inventory = HERE / "_build" / "html" / "objects.inv"  # noqa: F405
_inventory = os.environ.get("SKGRU_DOCS_INVENTORY", str(_inventory))
intersphinx_mapping = {"en": ("../", _inventory)}
extensions = [
    "myst_parser",
    "sphinx.ext.intersphinx",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
    "sphinx_design",
    "languages",
]
