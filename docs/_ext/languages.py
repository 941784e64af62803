"""The languages of the documentation: a switch on every page, and one build of both.

English stands in ``docs/``, Chinese in ``docs/zh/`` with the same names. Each language
is a Sphinx project of its own, because a project has one language: that of the search,
which must know where Chinese words end, and of the words around a page. The English
build starts the Chinese one, which finds the API reference through the inventory of the
English one.
"""

import os
import subprocess
import sys
from pathlib import Path

from sphinx.errors import ExtensionError
from sphinx.search.zh import SearchChinese
from sphinx.util.osutil import relative_uri
from translations import DOCS, has_chinese

OTHER = {"en": "中文", "zh_CN": "English"}


class Chinese(SearchChinese):
    """The search of Chinese pages, by jieba.

    Sphinx 9.0 calls the stemmer of a page by the name of its language, but the one that
    it ships for Chinese pages is that of the English words in them.
    """

    language_name = "English"


def add_switch(app, page, template, context, doctree):
    """Tell the template of the switch where the page is in the other language."""
    language = app.config.language
    if language == "en":
        target = f"zh/{page}" if has_chinese(page) else "zh/index"
        here = page
    else:
        target = page if doctree is not None else "index"
        here = f"zh/{page}"
    context["other_language"] = OTHER[language]
    context["other_language_code"] = "zh-CN" if language == "en" else "en"
    context["other_language_href"] = relative_uri(f"{here}.html", f"{target}.html")


def build_chinese(app, error):
    """Build the Chinese pages into the folder ``zh`` of the English ones."""
    if error is not None or app.config.language != "en":
        return
    if app.builder.name != "html":
        return
    out = Path(app.outdir)
    command = [sys.executable, "-m", "sphinx", "-q"]
    command += ["-d", str(Path(app.doctreedir) / "zh")]
    if app.warningiserror:
        command.append("-W")
    command += [str(DOCS / "zh"), str(out / "zh")]
    environment = os.environ | {"SKGRU_DOCS_INVENTORY": str(out / "objects.inv")}
    if subprocess.run(command, env=environment, check=False).returncode:
        raise ExtensionError("The Chinese pages could not be built; see above.")


def setup(app):
    """Connect to Sphinx."""
    app.add_search_language(Chinese)
    app.connect("html-page-context", add_switch)
    app.connect("build-finished", build_chinese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
