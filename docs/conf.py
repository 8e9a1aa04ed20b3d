"""How the documentation becomes pages to carry along: `python3 dev.py docs`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

DOCS = Path(__file__).resolve().parent
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#\s]+)(?:#[^)]*)?\)")

project = "Lanzarote platform"
extensions = ["myst_parser"]
exclude_patterns = ["examples/**"]
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_copyright = html_show_sphinx = False
myst_heading_anchors = 3
suppress_warnings = ["misc.highlighting_failure"]  # blocks of `text` and of shells are not all of one grammar


def setup(app: Sphinx) -> None:
    app.connect("source-read", _stay_inside)


def _stay_inside(app: Sphinx, page: str, source: list[str]) -> None:
    """What leads out of this folder leads nowhere for who has nothing but these pages: leave its words."""
    here = (DOCS / page).parent

    def link(found: re.Match[str]) -> str:
        words, target = found.groups()
        if "://" in target:
            return found[0]
        place = (here / target).resolve()
        if place.is_relative_to(DOCS) and place.suffix in (".md", ".json"):
            return found[0]
        return words

    source[0] = LINK.sub(link, source[0])
