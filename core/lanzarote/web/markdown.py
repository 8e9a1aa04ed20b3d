"""What people write with a few signs of Markdown, as elements that nothing can run in.

Two that know nothing of each other see to it: the reader of Markdown passes on no HTML, and what it made keeps only
the elements on a short list.
"""

from __future__ import annotations

from functools import cache
from typing import Final

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

ELEMENTS: Final = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "a"}
"""No headings, which would stand in the outline of a page that is not the writer's; no pictures from elsewhere."""
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


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12})
    return reader.disable(["heading", "lheading", "image", "reference", "html_inline", "html_block"])
