"""A page as a screen reader speaks it, and a client that asks for pages; ``PageRead`` tells what stands in one."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from lanzarote.app import create_app
from lanzarote.testing.pages import VOID, PageRead
from litestar.testing import TestClient

if TYPE_CHECKING:
    from lanzarote.instance import Instance

__all__ = ["PageRead", "Spoken", "client_of"]

WORDS_ONLY = {"title", "desc", "option", "textarea"}


def client_of(instance: Instance, address: str = "http://lanzarote.test") -> TestClient[Any]:
    """A client of the application of *instance*, which the test opens and closes."""
    app: Any = create_app(instance)
    return TestClient(app, base_url=address)


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
