"""Documents that leave a region, field by field: what the fields are called, and all that they hold."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.kinds.fields import fields_within
from lanzarote.kinds.kind import written
from lanzarote.runtime.reading import LateDecoder, converted
from lanzarote.translation import N_, format_date, language_name, pick
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.records.kinds import RecordKind
    from lanzarote.web.site import View


FIELDS: Final[Mapping[str, str]] = {
    "about": N_("About"),
    "abstentions_count": N_("Abstentions count"),
    "act": N_("Act"),
    "adopted_by": N_("Adopted by"),
    "answers": N_("Answers"),
    "audiences": N_("Meant for"),
    "baseline": N_("Starting point"),
    "body": N_("Entry"),
    "choices": N_("Choices"),
    "cite": N_("Cited as"),
    "common": N_("Common words"),
    "computed": N_("Computed"),
    "confirmed": N_("Confirmed"),
    "contact": N_("Contact"),
    "convention": N_("Articles of the Convention"),
    "convention_status": N_("The State and the Convention"),
    "corrected": N_("Corrected"),
    "counts": N_("Counts"),
    "date": N_("Day"),
    "day": N_("Day"),
    "decision": N_("Decision"),
    "derived": N_("Adapted from"),
    "description": N_("Description"),
    "draft": N_("Languages to be reviewed"),
    "due_on": N_("Due on"),
    "editorial": N_("Editorial"),
    "eli": N_("Identifier of the law"),
    "entries": N_("Entries"),
    "facet": N_("Narrows lists"),
    "figures": N_("Figures"),
    "for_whom": N_("For whom"),
    "format": N_("Format"),
    "former": N_("Former keys"),
    "former_name": N_("Former name"),
    "from": N_("From"),
    "gate": N_("Has to be met"),
    "help": N_("Help text"),
    "hidden": N_("Not published"),
    "history": N_("History"),
    "hours": N_("Hours"),
    "id": N_("Identifier"),
    "identifier": N_("Identifier"),
    "in_force": N_("In force since"),
    "instrument": N_("Legal text"),
    "introduced_by": N_("Introduced by"),
    "key": N_("Key"),
    "kind": N_("Kind"),
    "label": N_("Label"),
    "language": N_("Language"),
    "languages": N_("Languages"),
    "latest": N_("Last value"),
    "law": N_("Law"),
    "leading_sectors": N_("Leading sectors"),
    "licence": N_("Licence"),
    "majority": N_("Majority"),
    "mandates": N_("Mandates"),
    "name": N_("Name"),
    "named_in_mandate": N_("Named in the mandate"),
    "note": N_("Note"),
    "number": N_("Number"),
    "objectives": N_("Objectives"),
    "official_url": N_("Official address"),
    "on": N_("On"),
    "organisation": N_("Organisation"),
    "original": N_("Original language"),
    "period": N_("Period"),
    "personal_identifiers": N_("Personal numbers that are looked for"),
    "practice": N_("Practice"),
    "prominent": N_("On every page"),
    "provisions": N_("Provisions"),
    "published_at": N_("Published on"),
    "publisher": N_("Publisher"),
    "questions": N_("Questions"),
    "quorum_share": N_("Share needed for a quorum"),
    "quorum_sides": N_("Sides needed for a quorum"),
    "ratified": N_("Ratified"),
    "read_on": N_("Read on"),
    "reason": N_("Reason"),
    "recheck": N_("To be checked again"),
    "record": N_("Entry"),
    "ref": N_("Article"),
    "region": N_("Region"),
    "region_name": N_("Name of the region"),
    "released_on": N_("Released on"),
    "replaced_by": N_("Replaced by"),
    "required": N_("Required"),
    "requires_api": N_("Version of the platform"),
    "retired": N_("No longer in use"),
    "review_after": N_("To be reviewed after"),
    "reviewer": N_("Reviewer"),
    "reviewers": N_("Number of reviewers"),
    "rounded": N_("Rounded"),
    "scale": N_("Scale"),
    "share": N_("Leaves the region"),
    "side": N_("Side"),
    "signed": N_("Signed"),
    "since": N_("Since"),
    "slug": N_("Address"),
    "source": N_("Source"),
    "sources": N_("Sources"),
    "stale": N_("Languages older than the original"),
    "state": N_("State"),
    "steps": N_("Steps"),
    "strip": N_("Short text"),
    "summary": N_("Summary"),
    "target": N_("Aim"),
    "territory": N_("Territory"),
    "text": N_("Text"),
    "text_messages": N_("By text message"),
    "through": N_("Transfer by which it came"),
    "time_zone": N_("Time zone"),
    "title": N_("Title"),
    "type": N_("Kind"),
    "unit": N_("Unit"),
    "until": N_("Until"),
    "updated_at": N_("Last changed"),
    "url": N_("Link"),
    "url_level": N_("What the link leads to"),
    "url_note": N_("Note on the link"),
    "value": N_("Value"),
    "verified": N_("Verified"),
    "version": N_("Version"),
    "versions": N_("Versions"),
    "vocabulary": N_("Part of the package"),
    "when": N_("When"),
    "where": N_("Where it can be read"),
    "witness": N_("Witness"),
    "years": N_("Years"),
}
"""What fields are called in documents about a region, and in those of several kinds."""
LABELLED: Final[Mapping[str, str]] = {
    "side": "side",
    "domains": "domain",
    "target_groups": "target",
    "standing": "standing",
    "vouching": "vouching",
    "strength": "strength",
    "running": "running",
    "scope": "scope",
    "cost": "cost",
    "agreement": "agreement",
    "editorial": "text",
}
"""Field → table of ``web.labels`` in which its codes are words."""


# --- A document of the change log, field by field, for people: everything that it holds, and nothing else ---

IN_LANGUAGES: Final = frozenset({"original", "language", "languages", "draft", "stale"})
"""Fields that hold codes of languages."""


class Line(Struct, frozen=True, kw_only=True):
    """A field: what it says, or the fields in it."""

    label: str
    text: str = ""
    lang: str = ""
    """Language of the text, where it is not the page's."""
    lines: tuple[Line, ...] = ()


def words_of(kind: RecordKind[Any, Any] | None) -> tuple[dict[str, str], dict[str, Mapping[Any, str]]]:
    """Field → what it is called, and field → words of its codes, in documents of *kind*, or about a region."""
    fields = {**FIELDS, **(kind.released.fields if kind and kind.released else {})}
    codes: dict[str, Mapping[Any, str]] = {name: labels.LABELS[table] for name, table in LABELLED.items()}
    declared = written(kind) if kind else None
    for field in fields_within(declared.fields) if declared else ():
        fields |= {field.name: field.label} if field.label else {}
        codes |= {field.name: field.words} if field.words else {}
    return fields, codes


class Reader:
    """Puts documents of one region into the words of a page."""

    def __init__(self, view: View, kind: str = "") -> None:
        """*kind*: of the record that the documents are about; otherwise they are about the region."""
        self.view = view
        self.fields, self.codes = words_of(view.instance.kinds.get(kind))
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
            label = self.view._(self.fields[name]) if name in self.fields else self._named(name)
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
        text = str(value)
        if words := self.codes.get(name, {}).get(text):
            return self.view._(words)
        if name.endswith("_at") and len(text) > len("2030-01-01"):
            return format_date(self.view.day_of(converted(text, datetime)), self.view.lang)
        return self._named(text)

    def _named(self, name: str) -> str:
        """What *name* stands for, where it is the key of a sector or of a body."""
        return self.sectors.get(name) or self.bodies.get(name) or name

    def _foreign(self, lang: str) -> str:
        return lang if lang != self.view.lang else ""


def title_of(view: View, kind: str, body: bytes) -> tuple[str, str]:
    """What the document is called and in which language; empty where it has no name."""
    said = msgspec.json.decode(body)
    released = view.instance.kinds[kind].released if kind in view.instance.kinds else None
    titles = released.title(said)[1] if released else said["name"] if kind == "region" else {}
    return pick(titles, view.lang, None, view.vocabulary.header.languages) if titles else ("", "")


def slug_of(body: bytes) -> str:
    return _Slugged.decode(body).slug


class _HasSlug(Struct):
    slug: str = ""


_Slugged = LateDecoder(_HasSlug)
