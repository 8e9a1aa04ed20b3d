"""Forms of a page, as a browser understands them, filled in with no more than they ask for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from lxml import etree  # type: ignore[import-untyped,unused-ignore]

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEXT = "Réponse utile et claire pour tous."
BY_TYPE = {
    "email": "someone@school.example",
    "url": "https://example.org/page",
    "number": "3",
    "time": "14:00",
    "search": "école",
}


@dataclass
class Field:
    """One control: what it sends as it stands, and what it could send."""

    name: str
    kind: str
    value: str = ""
    required: bool = False
    on: bool = True
    """A box that is ticked, or anything that is no box."""
    options: list[str] = field(default_factory=list)
    longest: int = 0

    def answer(self, day: str) -> str:
        """Something that the browser takes."""
        if self.kind == "select":
            return next(filter(None, self.options), "")
        if self.kind in ("checkbox", "radio"):
            return self.value
        text = day if self.kind == "date" else BY_TYPE.get(self.kind, TEXT)
        return text[: self.longest] if self.longest else text


@dataclass
class Form:
    action: str
    method: str
    place: int = 0
    """Among the forms in the main part of the page."""
    fields: list[Field] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    """Name and value; empty for one that sends nothing of its own."""
    unchecked: list[tuple[str, str]] = field(default_factory=list)
    """Those of them with which a browser asks for nothing."""
    groups: list[str] = field(default_factory=list)
    """Names of boxes of which one at least is asked for."""
    multipart: bool = False
    any_of: list[list[str]] = field(default_factory=list)
    """Names of fields, such as one for each language, of which one at least is asked for."""

    @property
    def hidden(self) -> dict[str, str]:
        return {one.name: one.value for one in self.fields if one.kind == "hidden"}

    @property
    def required(self) -> list[str]:
        """Names of what has to be filled in, in the order of the form."""
        return list(dict.fromkeys([one.name for one in self.fields if one.required] + self.groups))

    @property
    def files(self) -> list[str]:
        """Names of the fields that take a file."""
        return [one.name for one in self.fields if one.kind == "file"]

    def field(self, name: str) -> Field:
        """The first field that is called so."""
        return next(one for one in self.fields if one.name == name)

    def is_chosen(self, name: str) -> bool:
        """Whether one of several stands chosen from the beginning, so that nobody can leave it out."""
        return any(one.name == name and one.kind == "radio" and one.on for one in self.fields)

    def filled(self, values: Mapping[str, str | list[str]], day: str) -> dict[str, list[str]]:
        """What is sent when only what is required is filled in; *values*: what to write there, where it matters.

        Of fields of which one is enough the last is filled in: the one that a form takes for granted least.
        """
        sent: dict[str, list[str]] = {}
        for one in self.fields:
            if one.kind not in ("submit", "file") and one.name and one.on:
                sent.setdefault(one.name, []).append(one.value)
        for names in self.any_of:
            if not any(values.get(name) or any(sent.get(name, [])) for name in names):
                values = {**values, names[-1]: self.field(names[-1]).answer(day)}
        for name in self.required:
            if not any(sent.get(name, [])):
                sent[name] = [self.field(name).answer(day)]
        return sent | {name: [value] if isinstance(value, str) else value for name, value in values.items()}

    def without(self, names: Iterable[str], sent: Mapping[str, list[str]]) -> dict[str, list[str]]:
        """*sent* with the fields *names* left out, as a browser would send it that asks for nothing."""
        texts = [name for name in names if self.field(name).kind not in ("checkbox", "radio")]
        return {key: value for key, value in sent.items() if key not in names} | {name: [""] for name in texts}


def encoded(sent: Mapping[str, Iterable[str]]) -> str:
    return urlencode([(name, value) for name, values in sent.items() for value in values])


class _Reader:
    """Told by a parser what stands on a page. Python's own takes longer to read a form than the site to make it."""

    def __init__(self, page: str, *, whole: bool) -> None:
        self.forms: list[Form] = []
        self.main = whole
        self._form: Form | None = None
        self._select: Field | None = None
        self._area: Field | None = None
        self._groups: list[tuple[str, bool]] = []
        """Groups around, by their tag, and whether something in them is required."""
        etree.fromstring(page.encode(), etree.HTMLParser(target=self, encoding="utf-8"))

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "main":
            self.main = True
        if tag == "form" and self.main:
            self._form = Form(given.get("action", ""), given.get("method", "get").lower(), len(self.forms))
            self._form.multipart = "multipart" in given.get("enctype", "")
            self.forms.append(self._form)
        if self._form is None or "disabled" in given:
            return
        name, required = given.get("name", ""), "required" in given
        longest = int(given.get("maxlength", "0") or 0)
        if tag in ("fieldset", "div"):
            self._groups.append((tag, "data-required" in given))
            if tag == "div" and "data-required" in given:
                self._form.any_of.append([])
        elif tag in ("input", "textarea") and ("div", True) in self._groups:
            self._form.any_of[-1].append(name)
        if tag == "input":
            kind = given.get("type", "text")
            value = given.get("value", "on" if kind in ("checkbox", "radio") else "")
            on = "checked" in given if kind in ("checkbox", "radio") else True
            self._form.fields.append(Field(name, kind, value, required, on, longest=longest))
            if kind == "checkbox" and ("fieldset", True) in self._groups and name not in self._form.groups:
                self._form.groups.append(name)
        elif tag == "textarea":
            self._area = Field(name, tag, "", required, longest=longest)
            self._form.fields.append(self._area)
        elif tag == "select":
            self._select = Field(name, tag, "", required)
            self._form.fields.append(self._select)
        elif tag == "option" and self._select is not None:
            value = given.get("value", "")
            if not self._select.options or "selected" in given:
                self._select.value = value
            self._select.options.append(value)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._form.buttons.append((name, given.get("value", "")))
            if "formnovalidate" in given:
                self._form.unchecked.append(self._form.buttons[-1])

    def data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data

    def end(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area is not None:
            self._area.value = self._area.value.removeprefix("\n")
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag in ("fieldset", "div") and self._groups:
            self._groups.pop()

    def close(self) -> None:
        """Asked for by the parser."""


def forms_in(page: str, *, whole: bool = False) -> list[Form]:
    """Forms in the main part of *page*; *whole*: also those in its head and foot."""
    return _Reader(page, whole=whole).forms if "<form" in page else []
