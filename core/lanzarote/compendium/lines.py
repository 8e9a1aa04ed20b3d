"""Words of a page as lines of a document: without markup, each piece with its language and where it leads."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from lanzarote.translation import Foreign
from lanzarote.types import Line, Words

if TYPE_CHECKING:
    from lanzarote.web.labels import Voice


def line(voice: Voice, *pieces: Any) -> Line:
    """*pieces* one after the other; nothing for those that are empty."""
    return tuple(one for piece in pieces if piece for one in _words(voice, piece))


def words(text: str, href: str = "") -> Words:
    """Words of the platform, which know when they are in another language than the document."""
    return Words(str(text), text.lang if isinstance(text, Foreign) else "", href)


def _words(voice: Voice, piece: Any) -> Line:
    if isinstance(piece, Words):
        return (piece,)
    if not isinstance(piece, Markup):
        return (words(piece),)
    if "<" not in piece:
        return (Words(piece.unescape()),)
    parser = _Pieces(voice)
    parser.feed(str(piece))
    parser.close()
    return tuple(parser.found)


class _Pieces(HTMLParser):
    """Reads the few elements that our own words hold: spans with a language, and links."""

    def __init__(self, voice: Voice) -> None:
        super().__init__(convert_charrefs=True)
        self._voice = voice
        self._open: list[tuple[str, str]] = []
        self.found: list[Words] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.found.append(Words("; "))
            return
        lang, href = self._open[-1] if self._open else ("", "")
        given = dict(attrs)
        self._open.append((given.get("lang") or lang, leading(self._voice, given.get("href") or "") or href))

    def handle_endtag(self, tag: str) -> None:
        if self._open and tag != "br":
            self._open.pop()

    def handle_data(self, data: str) -> None:
        lang, href = self._open[-1] if self._open else ("", "")
        self.found.append(Words(data, "" if lang == self._voice.lang else lang, href))


def leading(voice: Voice, href: str) -> str:
    """*href* as it leads there from anywhere; nothing for what is no page."""
    if href.startswith("/"):
        return voice.absolute(href)
    return href if href.startswith(("https://", "http://")) else ""


def together(lines: list[Line], by: str) -> Line:
    """*lines* as one, with *by* between them."""
    return tuple(piece for number, one in enumerate(lines) for piece in ((Words(by), *one) if number else one))
