"""The documentation: its code runs, its links lead somewhere, nothing is left out."""

import importlib
import inspect
import pkgutil
import re
import subprocess
import sys
import warnings
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import skgru

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS / "_ext"))

import translations  # noqa: E402

ENGLISH = translations.english_pages()
CHINESE = translations.chinese_pages()
_BLOCK = re.compile(
    r"(?:^% (?P<mark>[^\n]+)\n\s*)?^(?P<fence>`{3})python\n(?P<code>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)


# ---- the code of the pages ----


def blocks(path):
    """Yield the Python blocks of a page: its mark, the line it begins at, its code.

    A mark is a comment before the block: ``% needs MODULE...``, ``% slow``, ``% no
    test``.
    """
    text = path.read_text(encoding="utf-8")
    for match in _BLOCK.finditer(text):
        line = text.count("\n", 0, match.start("code")) + 1
        yield match["mark"] or "", line, match["code"]


def run(path, slow=False):
    """Run the blocks of a page one after the other, as a reader would."""
    names = {"__name__": "page"}
    for mark, line, code in blocks(path):
        kind, *modules = mark.split() or [""]
        if mark == "no test" or (kind in ("slow", "needs") and not slow):
            continue
        if kind == "needs" and not all(map(find_spec, modules)):
            continue
        compiled = compile("\n" * (line - 1) + code, str(path), "exec")
        with warnings.catch_warnings():
            # Keras, of what NumPy has deprecated.
            warnings.filterwarnings("ignore", "__array__ implementation")
            if kind in ("slow", "needs"):  # those of other libraries are theirs
                warnings.simplefilter("ignore")
            exec(compiled, names)


@pytest.fixture
def somewhere(tmp_path, monkeypatch):
    """Be in an empty folder, and close the figures that a page draws."""
    plt = pytest.importorskip("matplotlib.pyplot")
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def with_code(pages, folder):
    return [page for page in pages if any(blocks(folder / page))]


@pytest.mark.long
@pytest.mark.parametrize("page", with_code(ENGLISH, DOCS))
def test_the_code_of_a_page_runs(page, somewhere):
    run(DOCS / page)


@pytest.mark.long
def test_the_code_of_the_readme_runs(somewhere):
    run(ROOT / "README.md")


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", ["coming_from.md", "saving.md", "sequences/chinese_text.md"]
)
def test_code_that_needs_other_libraries_runs(page, somewhere):
    run(DOCS / page, slow=True)


@pytest.mark.parametrize("page", with_code(CHINESE, DOCS / "zh"))
def test_a_translated_page_has_the_code_of_its_source(page):
    """But for comments and texts, so that it need not run again."""
    assert code_of(DOCS / "zh" / page) == code_of(DOCS / page)


def test_the_chinese_readme_has_the_code_of_the_english_one():
    assert code_of(ROOT / "README.zh.md") == code_of(ROOT / "README.md")


def code_of(path):
    """Return the words of a page's code, without comments and Chinese texts."""
    code = "".join(code for _, _, code in blocks(path))
    return re.sub(r"#.*|\"[^\"\n]*[^\x00-\x7f][^\"\n]*\"", "", code).split()


# ---- the translation ----


@pytest.mark.parametrize("page", CHINESE)
def test_a_translated_page_is_not_behind_its_source(page):
    assert page in ENGLISH, f"docs/zh/{page} has no source docs/{page}"
    assert translations.recorded(page) == translations.fingerprint(page), (
        f"docs/{page} has changed since docs/zh/{page} was written. Bring it up to "
        f"date, then run python docs/_ext/translations.py zh/{page}"
    )


@pytest.mark.parametrize("page", CHINESE)
def test_a_chinese_page_is_set_as_chinese_is(page):
    """Full-width punctuation, and a paragraph on one line: a break would be a space."""
    text = (DOCS / "zh" / page).read_text(encoding="utf-8")
    prose = re.sub(r"^```.*?^```$|`[^`]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"[\u4e00-\u9fff][,;:!?]", prose) == []
    broken = r"[\u4e00-\u9fff\uff0c\u3001\uff1b]\n[\u4e00-\u9fff]"
    assert re.findall(broken, prose) == []


def test_every_page_is_translated():
    assert CHINESE == ENGLISH


# ---- the reference ----


def public_modules():
    yield skgru
    for module in pkgutil.iter_modules(skgru.__path__):
        if not module.name.startswith("_"):
            yield importlib.import_module(f"skgru.{module.name}")


def test_every_public_name_is_in_the_reference():
    listed = set()
    for page in (DOCS / "api").glob("*.rst"):
        module = f"skgru.{page.stem}" if page.stem != "index" else "skgru"
        text = page.read_text(encoding="utf-8")
        listed |= {f"{module}.{name}" for name in re.findall(r"^   (\w+)$", text, re.M)}
    documented = [_object(name) for name in listed if _object(name) is not None]
    missing = [
        f"{module.__name__}.{name}"
        for module in public_modules()
        for name in module.__all__
        if not name.startswith("__")
        and not inspect.ismodule(getattr(module, name))
        and not any(getattr(module, name) is known for known in documented)
    ]
    assert missing == []
    modules = {module.__name__ for module in public_modules()} - {"skgru"}
    # save and load are skgru's own names as well.
    assert modules - {"skgru.persistence"} <= {f"skgru.{n}" for n in _pages_of_api()}


def _object(name):
    module, _, name = name.rpartition(".")
    return getattr(importlib.import_module(module), name, None)


def _pages_of_api():
    return {page.stem for page in (DOCS / "api").glob("*.rst")}


@pytest.mark.parametrize("page", ["docs/images/fit.svg", "CONTRIBUTING.md"])
def test_where_things_live_names_files_that_exist(page):
    """The drawing of a fit's way, and the text beside it."""
    text = (ROOT / page).read_text(encoding="utf-8")
    named = set(re.findall(r"\b_?[a-z][a-z0-9_]*\.py\b", text))
    known = {path.name for folder in ("skgru", "docs") for path in _python(folder)}
    assert named - known == set()


def _python(folder):
    return (ROOT / folder).rglob("*.py")


# ---- the site ----


class Page(HTMLParser):
    """The addresses that a page refers to, and the anchors that it has."""

    def __init__(self, path):
        super().__init__()
        self.addresses, self.anchors = [], set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        for name in ("href", "src"):
            if attributes.get(name):
                self.addresses.append(attributes[name])
        self.anchors |= {attributes[n] for n in ("id", "name") if attributes.get(n)}


def broken_links(folder):
    """Return the links inside a built site that lead nowhere."""
    pages = {
        path.resolve(): Page(path)
        for path in folder.resolve().rglob("*.html")
        if "_static" not in path.parts  # templates of the theme
    }
    broken = []
    for path, page in pages.items():
        for address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = path
            if parts.path:
                target = (path.parent / unquote(parts.path)).resolve()
            if not target.exists():
                broken.append(f"{path}: {address}")
            elif parts.fragment and target in pages:
                if unquote(parts.fragment) not in pages[target].anchors:
                    broken.append(f"{path}: {address}")
    return broken


def build(folder, *options):
    pytest.importorskip("sphinx_gallery")
    command = [sys.executable, "-m", "sphinx", "-W", "-q", *options, str(DOCS)]
    result = subprocess.run(
        [*command, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr[-4000:]


@pytest.mark.slow
@pytest.mark.timeout(2400)
def test_the_site_is_built_without_a_warning_and_has_no_broken_link():
    """The one command, and what it leaves: a folder that needs no network.

    The examples are shown here, not run: ``test_examples.py`` runs them.
    """
    folder = DOCS / "_build" / "html"
    shown = "sphinx_gallery_conf.filename_pattern=experiments"
    build(folder, "-D", shown)
    assert broken_links(folder) == []
    english = {path.name for path in folder.glob("*.html")}
    assert {"index.html", "search.html"} <= english
    for page in CHINESE:
        assert (folder / "zh" / page).with_suffix(".html").exists()
    page = (folder / "zh" / "first_model.html").read_text(encoding="utf-8")
    assert '<html lang="zh-CN"' in page
    search = (folder / "zh/_static/language_data.js").read_text(encoding="utf-8")
    assert "var EnglishStemmer" in search
    assert "window.Stemmer = EnglishStemmer" in search
