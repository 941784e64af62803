"""Settings of the documentation, in English here and in Chinese in ``zh/conf.py``.

One command builds both, without a network::

    python -m sphinx -W docs docs/_build/html
"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

# The gallery looks up what scripts import, also where it does not run them.
from sklearn.experimental import enable_halving_search_cv  # noqa: E402, F401

import skgru  # noqa: E402

project = "skgru"
author = "the authors of skgru"
copyright = author
version = release = skgru.__version__
language = "en"

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
    "languages",
]
templates_path = ["_templates"]
exclude_patterns = ["_build", "experiments", "zh"]
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
numpydoc_show_class_members = False
# The classes of a docstring are linked by their roles; words in types are not.
numpydoc_xref_param_type = False

# Every example and every experiment runs, and an error of one is an error of the
# build. A script that has not changed since the last build does not run again.
sphinx_gallery_conf = {
    "examples_dirs": ["../examples", "experiments"],
    "gallery_dirs": ["auto_examples", "auto_experiments"],
    "filename_pattern": r"\.py",
    "within_subsection_order": "FileNameSortKey",
    "matplotlib_animations": False,
    "image_scrapers": ("matplotlib",),
    "reset_modules": ("gallery_state.reset",),
    "reset_argv": "gallery_state.arguments",
    "abort_on_example_error": True,
    "show_memory": False,
    "download_all_examples": False,
    "remove_config_comments": True,
}

html_theme = "pydata_sphinx_theme"
html_title = "skgru"
html_static_path = ["_static"]
html_css_files = ["skgru.css"]
html_show_sourcelink = False
html_theme_options = {
    "logo": {"text": "skgru"},
    "navbar_end": ["language-switch", "theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
