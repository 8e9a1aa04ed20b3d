"""A page as a reader or a program sees it: what its HTML says, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from lanzarote.app import create_app
from litestar.testing import TestClient

if TYPE_CHECKING:
    from lanzarote.instance import Instance

VOID = {"meta", "link", "br", "input", "hr", "img", "path", "circle", "rect", "source", "col", "wbr"}
WORDS_ONLY = {"title", "desc", "option", "textarea"}
SPEAKING = {"title", "h1", "h2", "h3", "h4", "p", "li", "a", "dt", "dd", "th", "caption", "button", "label", "summary"}
"""Elements that a reader expects to find something in."""


def client_of(instance: Instance, address: str = "http://lanzarote.test") -> TestClient[Any]:
    """A client of the application of *instance*, which the test opens and closes."""
    app: Any = create_app(instance)
    return TestClient(app, base_url=address)


class PageRead(HTMLParser):
    """What stands in a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.lang = ""
        self.title = ""
        self.headings: list[str] = []
        self.empty: list[str] = []
        self.links: list[dict[str, str]] = []
        self.heads: list[dict[str, str]] = []
        self.ids: list[str] = []
        self.forms = 0
        self.words = ""
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if "id" in found:
            self.ids.append(found["id"])
        if tag == "html":
            self.lang = found.get("lang", "")
        elif tag == "a":
            self.links.append(found)
        elif tag in ("link", "meta"):
            self.heads.append(found)
        elif tag in ("form", "input"):
            self.forms += 1
        if tag not in VOID:
            self._open.append((tag, found, []))

    def handle_data(self, data: str) -> None:
        for _, _, texts in self._open:
            texts.append(data)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A shape of a drawing."""

    def handle_endtag(self, tag: str) -> None:
        while tag in {name for name, _, _ in self._open}:
            name, attributes, texts = self._open.pop()
            said = " ".join("".join(texts).split())
            self._note(name, attributes, said)
            if name == tag:
                break

    def _note(self, name: str, attributes: dict[str, str], said: str) -> None:
        if name == "title" and not self.title:
            self.title = said
        elif name == "h1":
            self.headings.append(said)
        elif name == "main":
            self.words = said
        if name in SPEAKING and not said:
            self.empty.append(f"<{name} {attributes}>")

    def named(self, **wanted: str) -> list[dict[str, str]]:
        """The links and metadata in the head that have these attributes."""
        return [found for found in self.heads if wanted.items() <= found.items()]


class Spoken(HTMLParser):
    """Each piece of text with the language that its elements say it is in, as a screen reader would speak it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.pieces: list[tuple[str, str]] = []
        self.titles: list[tuple[str, str]] = []
        """Text of elements that hold no others: each can be in one language only."""
        self.attributes: list[str] = []
        self.labels: list[tuple[str, str]] = []
        """Of the parts of the page that one can go to."""
        self._open: list[tuple[str, str, bool]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.attributes += found.values()
        _, inherited, silent = self._open[-1] if self._open else ("", "", False)
        if tag in ("nav", "aside") and "aria-label" in found and found.get("class") != "pagination":
            self.labels.append((found.get("lang") or inherited, found["aria-label"]))
        silent = silent or tag in ("script", "style", "code", "pre") or found.get("translate") == "no"
        if tag not in VOID:
            self._open.append((tag, found.get("lang") or inherited, silent))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [value or "" for _, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _, _ in self._open):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        tag, lang, silent = self._open[-1] if self._open else ("", "", True)
        if data.strip() and not silent:
            (self.titles if tag in WORDS_ONLY else self.pieces).append((lang, " ".join(data.split())))
