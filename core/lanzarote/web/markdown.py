"""What people write with a few signs of Markdown, as elements that nothing can run in.

Two that know nothing of each other see to it: the reader of Markdown passes on no HTML, and what it made keeps only
the elements on a short list.
"""

from __future__ import annotations

import re
from functools import cache
from html.parser import HTMLParser
from typing import Final
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.normalize_url import validateLink
from markupsafe import Markup

ELEMENTS: Final = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a"}
"""No headings, which would stand in the outline of a page that is not the writer's; no pictures from elsewhere."""
_WITHIN_A_LINE: Final = {"strong", "em", "code", "a"}
SCHEMES: Final = {"http", "https"}


def safe_html(text: str) -> Markup:
    """*text* as it is shown.

    >>> print(safe_html("**Agreed**, see <b>below</b>"))
    <p><strong>Agreed</strong>, see &lt;b&gt;below&lt;/b&gt;</p>
    >>> print(safe_html("[x](javascript:alert(1))"))
    <p>[x](javascript:alert(1))</p>
    """
    made = _reader().render(text)
    kept = nh3.clean(
        made,
        tags=ELEMENTS,
        attributes={"a": {"href"}},
        url_schemes=SCHEMES,
        link_rel="nofollow noopener noreferrer ugc",
    )
    return Markup(kept.strip())  # noqa: S704  # what was cleaned just now


def text_shown(text: str) -> str:
    """*text* as its readers see it, and the addresses that its links lead to: what the signs of Markdown may hide.

    >>> text_shown("**Lé**a, 9&nbsp;ans").replace("\\xa0", " ")
    'Léa, 9 ans'
    >>> text_shown("[see](https://example.org/%4012)")
    'see\\nhttps://example.org/@12'
    """
    shown = _Shown()
    shown.feed(safe_html(text))
    shown.close()
    return "\n".join(("".join(shown.pieces).strip(), *shown.addresses))


class _Shown(HTMLParser):
    """Puts together again what elements tear apart; only where a line ends do words stand apart."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _WITHIN_A_LINE:
            self.pieces.append("\n")
        self.addresses += [unquote(value) for name, value in attrs if name == "href" and value]

    def handle_endtag(self, tag: str) -> None:
        if tag not in _WITHIN_A_LINE:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        # What renders a line break as an element leaves the break itself beside it.
        self.pieces.append(data if data.strip("\n") else "")


def _leads_where_it_says(address: str) -> bool:
    """Whether a link may be made of *address*: not of one that looks like a page of ours and leads elsewhere.

    >>> _leads_where_it_says("//evil.example"), _leads_where_it_says("/fr/paris"), _leads_where_it_says("data:x")
    (False, True, False)
    """
    return not re.match(r"[/\\]{2}", address) and validateLink(address)


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12})
    reader.validateLink = _leads_where_it_says  # type: ignore[method-assign,assignment]
    return reader.disable(["heading", "lheading", "image", "reference", "html_inline", "html_block"])
