"""What a browser would send of the form on a page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Form(HTMLParser):
    """The fields of the one form in the page's main part, as they stand there."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}
        self._inside = False
        self._open = ""
        """The name of the text box or list that is being read."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("method") == "post" and "/team/" in given.get("action", "")
        elif not self._inside:
            return
        elif tag == "button":
            if given.get("name") == "do" and given["value"] == "merge":
                self._add("do", "merge")
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._add(given["name"], given.get("value", ""))
        elif tag in ("textarea", "select"):
            self._open = given["name"]
            if tag == "textarea":
                self.fields[self._open] = ""
        elif tag == "option" and "selected" in given:
            self._add(self._open, given["value"])

    def handle_data(self, data: str) -> None:
        if self._open in self.fields and isinstance(self.fields[self._open], str) and self.lasttag == "textarea":
            self.fields[self._open] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag in ("textarea", "select"):
            self._open = ""

    def _add(self, name: str, value: str) -> None:
        before = self.fields.get(name)
        if before is None:
            self.fields[name] = value
        else:
            self.fields[name] = [*(before if isinstance(before, list) else [before]), value]


def fields_of(page: str) -> dict[str, Any]:
    """Name → what stands there, of the form on *page*."""
    form = _Form()
    form.feed(page)
    return {name: value for name, value in form.fields.items() if name != "key"}
