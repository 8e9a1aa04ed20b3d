"""A document of the change log, field by field, for people: everything that stands in it, and nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.results.field_words import FIELDS, LABELLED
from lanzarote.translation import format_date, language_name, pick
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.web.site import View


IN_LANGUAGES: Final = frozenset({"original", "language", "languages", "draft", "stale"})
"""Fields that hold codes of languages."""


class Line(Struct, frozen=True, kw_only=True):
    """A field: what it says, or the fields in it."""

    label: str
    text: str = ""
    lang: str = ""
    """Language of the text, where it is not the page's."""
    lines: tuple[Line, ...] = ()


class Reader:
    """Puts documents of one region into the words of a page."""

    def __init__(self, view: View) -> None:
        self.view = view
        header = view.vocabulary.header
        self.languages = frozenset((*header.languages, *view.site.languages))
        self.sectors = {key: view.say(one.name) for key, one in view.vocabulary.sectors.items()}
        self.bodies = {name: view.say(one.organisation.name) for one in view.directory for name in (one.id, *one.names)}

    def read(self, body: bytes) -> tuple[Line, ...]:
        """Everything in *body*, a JSON object."""
        return self._fields(msgspec.json.decode(body))

    def _fields(self, said: Mapping[str, Any], lang: str = "") -> tuple[Line, ...]:
        told = ((name, value) for name, value in said.items() if value not in (None, "", [], {}))
        return tuple(self._line(name, value, lang) for name, value in told)

    def _line(self, name: str, value: Any, lang: str) -> Line:
        if name in self.languages and isinstance(value, str | dict):
            # What stands under a language is written in it.
            label, lang = language_name(name, self.view.lang), name
        else:
            label = self.view._(FIELDS[name]) if name in FIELDS else self._named(name)
        return self._said(name, label, value, lang)

    def _said(self, name: str, label: str, value: Any, lang: str) -> Line:
        if isinstance(value, dict):
            return Line(label=label, lines=self._fields(value, lang))
        if isinstance(value, list):
            if all(isinstance(one, str | int | float) for one in value):
                return Line(
                    label=label, text=", ".join(self._word(name, one) for one in value), lang=self._foreign(lang)
                )
            return Line(label=label, lines=self._each(name, value, lang))
        return Line(label=label, text=self._word(name, value), lang=self._foreign(lang))

    def _each(self, name: str, values: Sequence[Any], lang: str) -> tuple[Line, ...]:
        lines = []
        for number, one in enumerate(values, 1):
            label = str(number)
            if isinstance(one, dict) and isinstance(key := one.get("key", one.get("organisation")), str):
                label = self._named(key)
            lines.append(self._said(name, label, one, lang))
        return tuple(lines)

    def _word(self, name: str, value: Any) -> str:
        if name in IN_LANGUAGES:
            return language_name(str(value), self.view.lang)
        if isinstance(value, bool):
            return self.view._("yes") if value else self.view._("no")
        if name in LABELLED:
            return labels.label(LABELLED[name], str(value), self.view.translator)
        text = str(value)
        if name.endswith("_at") and len(text) > len("2030-01-01"):
            return format_date(self.view.day_of(msgspec.convert(text, type=datetime)), self.view.lang)
        return self._named(text)

    def _named(self, name: str) -> str:
        """What *name* stands for, where it is the key of a sector or of a body."""
        return self.sectors.get(name) or self.bodies.get(name) or name

    def _foreign(self, lang: str) -> str:
        return lang if lang != self.view.lang else ""


def title_of(view: View, kind: str, body: bytes) -> tuple[str, str]:
    """What the document is called and in which language; empty where it has no name."""
    said = msgspec.json.decode(body)
    texts: Any = {}
    match kind:
        case "region":
            texts = said["name"]
        case "practice":
            texts = {lang: each["title"] for lang, each in said["practice"]["text"].items()}
        case "stakeholder":
            texts = said["organisation"]["name"]
        case "improvement" | "procedure":
            texts = {lang: each["title"] for lang, each in said[kind]["text"].items()}
        case "indicator":
            texts = {lang: each["title"] for lang, each in said["text"].items()}
        case "evaluation":
            texts = said["title"]
        case "transfer":
            texts = said["origin"]["region_name"]  # it says where from, and not what it is called there
    texts = {lang: text for lang, text in texts.items() if text}
    return pick(texts, view.lang, None, view.vocabulary.header.languages) if texts else ("", "")


def slug_of(body: bytes) -> str:
    return _Slugged.decode(body).slug


class _HasSlug(Struct):
    slug: str = ""


_Slugged = msgspec.json.Decoder(_HasSlug)
