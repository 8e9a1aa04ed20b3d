"""Texts on a page: a few signs of Markdown, two texts beside each other, facts for machines."""

from __future__ import annotations

import json
import re
from collections import Counter
from difflib import SequenceMatcher
from functools import cache
from html.parser import HTMLParser
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import unquote

import nh3
from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from difflib import Match

    from markdown_it import MarkdownIt


# --- What people write with a few signs of Markdown, as elements that nothing can run in ---
# Two that know nothing of each other see to it: the reader of Markdown passes on no HTML, and what it made keeps only
# the elements on a short list.

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
    from markdown_it.common.normalize_url import validateLink

    return not re.match(r"[/\\]{2}", address) and validateLink(address)


@cache
def _reader() -> MarkdownIt:
    from markdown_it import MarkdownIt  # sixty modules that a start does without

    reader = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 12})
    reader.validateLink = _leads_where_it_says  # type: ignore[method-assign,assignment]
    return reader.disable(["heading", "lheading", "image", "reference", "html_inline", "html_block"])


# --- Two texts beside each other: what stayed, what went, what came ---

Piece = tuple[Literal["same", "gone", "new", "skipped"], str]
Word = tuple[str, str]
"""A word and the blank after it."""

AROUND: Final = 12
"""Words of unchanged text that are shown on either side of a change."""
STEPS_PER_WORD: Final = 100
"""Steps that a search may take for each word of both texts. Where every sentence changed a little, it needs 75."""
MOST_STEPS: Final = 200_000
"""Steps of the longest search: a tenth of a second."""
_WORD: Final = re.compile(r"(\S*)(\s*)")


def compare(before: str, after: str) -> Iterator[Piece]:
    """Cut two texts into what stayed, what went and what came; long stretches that stayed are left out.

    The time grows with the length and no faster: where a search would take longer, what differs is shown whole.

    >>> list(compare("since 1999 in Béziers", "since 1999 in Paris"))
    [('same', 'since 1999 in '), ('gone', 'Béziers'), ('new', 'Paris')]
    """
    pairs = filter(any, _pairs(_WORD.findall(before), _WORD.findall(after)))
    runs = [(same, list(some)) for same, some in groupby(pairs, key=lambda pair: pair[0] == pair[1])]
    for number, (same, some) in enumerate(runs):
        if same:
            yield from _unchanged([text for text, _ in some], first=number == 0, last=number == len(runs) - 1)
            continue
        gone, new = ("".join(texts) for texts in zip(*some, strict=True))
        if gone:
            yield "gone", gone
        if new:
            yield "new", new


def _pairs(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """Both texts in order: a word beside itself, its blank beside its blank, what changed beside what replaces it."""
    start = new_start = 0
    for at, new_at, size in _matches([word for word, _ in old], [word for word, _ in new]):
        yield from _changed(old[start:at], new[new_start:new_at])
        start, new_start = at + size, new_at + size
        for (word, blank), (_, new_blank) in zip(old[at:start], new[new_at:new_start], strict=True):
            yield word, word
            yield blank, new_blank
    yield from _changed(old[start:], new[new_start:])


def _changed(old: Sequence[Word], new: Sequence[Word]) -> Iterator[tuple[str, str]]:
    """One change; the blank after it stayed if both have the same."""
    blank = old[-1][1] if old and new and old[-1][1] == new[-1][1] else ""
    gone, came = ("".join(map("".join, words)).removesuffix(blank) for words in (old, new))
    yield gone, came
    yield blank, blank


def _matches(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where in *old* and where in *new* how many words are the same."""
    head = _shared(old, new)
    tail = _shared(reversed(old[head:]), reversed(new[head:]))
    end, new_end = len(old) - tail, len(new) - tail
    yield 0, 0, head
    for at, new_at, size in _Search(old[head:end], new[head:new_end]).matches():
        yield head + at, head + new_at, size
    yield end, new_end, tail


def _shared(one: Iterable[str], other: Iterable[str]) -> int:
    """How many words are the same from the first on."""
    count = 0
    for word, another in zip(one, other, strict=False):
        if word != another:
            break
        count += 1
    return count


class _TooMuch(Exception):
    """The search would take too long."""


class _Search(SequenceMatcher[str]):
    """Counts its steps before it takes them: of one search, each place in *new* of each word of *old*."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._left = min(MOST_STEPS, STEPS_PER_WORD * (len(old) + len(new)))
        places = Counter(new)
        self._steps = [0, *accumulate(1 + places[word] for word in old)]

    def matches(self) -> Sequence[tuple[int, int, int]]:
        """As ``get_matching_blocks``; none where it would take too long."""
        try:
            return self.get_matching_blocks()
        except _TooMuch:
            return ()

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        self._left -= self._steps[-1 if ahi is None else ahi] - self._steps[alo]
        if self._left < 0:
            raise _TooMuch
        return super().find_longest_match(alo, ahi, blo, bhi)


def _unchanged(tokens: Sequence[str], *, first: bool, last: bool) -> Iterator[Piece]:
    kept = 2 * AROUND  # a word and the blank after it
    head = 0 if first else kept
    tail = 0 if last else kept
    if len(tokens) <= head + tail + kept:
        yield "same", "".join(tokens)
        return
    if head:
        yield "same", "".join(tokens[:head])
    yield "skipped", "…"
    if tail:
        yield "same", "".join(tokens[-tail:])


# --- Facts for machines inside a page (schema.org as JSON-LD) ---

_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def script(data: Mapping[str, Any]) -> Markup:
    """*data* as a data block that nothing in it can end or turn into markup.

    >>> script({"name": "</script>"})
    Markup('<script type="application/ld+json">{"name": "\\\\u003c/script\\\\u003e"}</script>')
    """
    text = json.dumps(data, ensure_ascii=False).translate(_ESCAPES)
    return Markup('<script type="application/ld+json">' + text + "</script>")  # noqa: S704 - escaped above
