"""Whether each handler has been seen to succeed: what browsers and programs were answered, and the forms of pages."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Mapping

HIDDEN = ("hidden", "text", "email", "number", "date", "time", "url", "tel", "search", "password", "")


class Succeeded:
    """An application, and which of its handlers have done what they are there for."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self.seen: set[str] = set()
        self.broken: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def noted(message: Any) -> None:
            if message["type"] == "http.response.start":
                self.note(scope, message)
            await send(message)

        await self.app(scope, receive, noted)

    def note(self, scope: Any, message: Any) -> None:
        name = f"{scope['method']} {re.sub(r':[a-z]+}', '}', scope.get('path_template', '?'))}"
        to = dict(message["headers"]).get(b"location", b"")
        if message["status"] >= 500:
            self.broken.append(f"{scope['method']} {scope['path']}")
        elif message["status"] < 400 and (b"/account/sign-in" not in to or name.endswith("/sign-out")):
            self.seen.add(name)


class Form(Struct, kw_only=True):
    """A form of a page, filled in as somebody would who changes nothing that they need not change."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, **more: Any) -> dict[str, Any]:
        return {**self.fields, **more}


class Forms(HTMLParser):
    """The forms that a page sends by POST."""

    def __init__(self, html: str, path: str, words: Mapping[str, str]) -> None:
        super().__init__()
        self.found: list[Form] = []
        self.path, self.words = path, words
        self._form: Form | None = None
        self._area = self._select = ""
        self._required = False
        self._options: list[tuple[str, bool]] = []
        self._text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "form" and at.get("method", "").lower() == "post":
            self._form = Form(action=(at.get("action") or self.path).partition("#")[0])
        elif self._form is None or (not at.get("name") and tag != "option"):
            return
        elif tag == "input":
            self._input(at)
        elif tag == "textarea":
            self._area, self._text, self._required = at["name"], "", "required" in at
        elif tag == "select":
            self._select, self._options, self._required = at["name"], [], "required" in at
        elif tag == "option":
            self._options.append((at.get("value", ""), "selected" in at))
        elif tag == "button":
            self._form.fields.setdefault(at["name"], [at.get("value", "")])

    def _input(self, at: dict[str, str]) -> None:
        assert self._form is not None
        name, kind, given = at["name"], at.get("type", ""), self._form.fields
        if kind == "checkbox":
            # Whatever is to be confirmed is confirmed; of several that belong together, the first will do.
            if "checked" in at or name not in given:
                given.setdefault(name, []).append(at.get("value", "on"))
        elif kind == "radio":
            if "checked" in at:
                given[name] = [at.get("value", "")]
            else:
                given.setdefault(name, [at.get("value", "")])
        elif kind != "file":
            value = at.get("value", "")
            given.setdefault(name, []).append(value or self._word(name, "required" in at))

    def _word(self, name: str, required: bool) -> str:
        known = self.words.get(name.rpartition(".")[2] if name.startswith("text.") else name)
        return known or ("Nous en avons parlé ensemble." if required else "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._form is not None:
            self.found.append(self._form)
            self._form = None
        elif self._form is None:
            return
        elif tag == "textarea" and self._area:
            text = self._text.strip()
            self._form.fields[self._area] = [text or self._word(self._area, self._required)]
            self._area = ""
        elif tag == "select" and self._select:
            chosen = [value for value, selected in self._options if selected]
            some = [value for value, _ in self._options if value]
            word = self.words.get(self._select)
            self._form.fields[self._select] = (
                [word] if word in some else chosen or (some[:1] if self._required else [""])
            )
            self._select = ""
