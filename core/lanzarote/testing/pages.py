"""A page as a reader or a program sees it: what its HTML says, without a browser."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "input", "hr", "img", "path", "circle", "rect", "source", "col", "wbr"}
SPEAKING = {"title", "h1", "h2", "h3", "h4", "p", "li", "a", "dt", "dd", "th", "caption", "button", "label", "summary"}
"""Elements that a reader expects to find something in."""


class PageRead(HTMLParser):
    """What a page contains."""

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
