"""Which pages are translated, and which translations are behind their sources.

A Chinese page begins with the fingerprint of the English page that it translates::

    ---
    translates: 1f0c2e9a7b3d
    ---

When the English page changes, a test fails until someone has read the Chinese page
again and run ``python docs/_ext/translations.py zh/PAGE.md``, which writes the new
fingerprint. Without arguments the command lists what is missing and what is behind.
"""

import hashlib
import re
import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1]
CHINESE = DOCS / "zh"
# English alone: what is generated, and what includes an English file.
NOT_TRANSLATED = ("_", "api/", "auto_", "changelog", "experiments/", "zh/")
_FINGERPRINT = re.compile(r"\A---\ntranslates: (\w+)\n---\n")


def english_pages():
    """Return the pages of the guide: names below ``docs``, with suffix, sorted."""
    names = (path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md"))
    return sorted(name for name in names if not name.startswith(NOT_TRANSLATED))


def chinese_pages():
    """Return the translated pages: names below ``docs/zh``, with suffix, sorted."""
    return sorted(
        path.relative_to(CHINESE).as_posix() for path in CHINESE.rglob("*.md")
    )


def has_chinese(page):
    """Whether a page, by its name without a suffix, has been translated."""
    return (CHINESE / f"{page}.md").exists()


def fingerprint(page):
    """Return what stands for the text of an English page."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def recorded(page):
    """Return the fingerprint that a Chinese page says it translates, or None."""
    found = _FINGERPRINT.match((CHINESE / page).read_text(encoding="utf-8"))
    return found and found[1]


def record(page):
    """Write the fingerprint of the English page into the Chinese one."""
    path = CHINESE / page
    text = _FINGERPRINT.sub("", path.read_text(encoding="utf-8"))
    head = f"---\ntranslates: {fingerprint(page)}\n---\n"
    path.write_text(head + text, encoding="utf-8")


def main(arguments):
    """Record the pages that are named, or say how things stand."""
    for name in arguments:
        record(name.removeprefix("docs/").removeprefix("zh/"))
    translated = chinese_pages()
    for page in english_pages():
        if page not in translated:
            print("missing:", page)
        elif recorded(page) != fingerprint(page):
            print("behind: ", page)


if __name__ == "__main__":
    main(sys.argv[1:])
