"""Reads the sheet out of a filled form, and says of each field that cannot be read why not."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec

from lanzarote.facts.convention import written_references
from lanzarote.practices.form_fields import TEXTS
from lanzarote.practices.sheets import NO_NUMBER
from lanzarote.records import drafts
from lanzarote.records.validation import NO_CHOICE, NO_DATE, Fault, is_date, read_references, unread_number
from lanzarote.translation.typed_dates import is_iso_day, typed_date
from lanzarote.translation.typed_numbers import NotRead, read_number
from lanzarote.types import (
    Cost,
    Domain,
    Evidence,
    OwnSource,
    Partner,
    PracticeSheet,
    Running,
    Scope,
    SheetText,
    Side,
    SourceKind,
    TargetGroup,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.kinds.entered import Entered
    from lanzarote.records.drafts import Earlier
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeField

CODES: Final[dict[str, tuple[str, ...]]] = {
    "scope": get_args(Scope),
    "running": get_args(Running),
    "cost": get_args(Cost),
    "target_groups": get_args(TargetGroup),
    "domains": get_args(Domain),
    "side": get_args(Side),
    "kind": get_args(SourceKind),
}
_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST_KEY: Final = 64


def sheet_from(
    entered: Entered, vocabulary: Vocabulary, lang: str, earlier: Earlier = frozenset
) -> tuple[PracticeSheet, tuple[Fault, ...]]:
    """The sheet in *entered*, filled in by a reader of *lang*, without what cannot be read, and why that is so.

    *earlier*: keys that sources of this practice have had; no new one gets one of them.
    """
    reading = _Reading(entered, lang)
    sheet = PracticeSheet(
        original=entered.original,
        text={code: text for code in entered.languages if (text := reading.text(code))},
        sectors=reading.keys("sectors"),
        partners=tuple(reading.partner(number) for number in range(entered.rows("partners"))),
        target_groups=reading.codes("target_groups"),
        scope=reading.code("scope", "scope"),
        running=reading.code("running", "running"),
        started=reading.partial_date("started"),
        ended=reading.partial_date("ended"),
        domains=reading.codes("domains"),
        convention=reading.articles(),
        legal_basis=reading.keys("legal_basis"),
        evidence=tuple(reading.evidence(number) for number in range(entered.rows("evidence"))),
        cost=reading.code("cost", "cost"),
        related=reading.keys("related"),
        own_sources=reading.own_sources(earlier),
        sources=reading.keys("sources"),
        verified=entered.one("verified") == "yes",
        no_published_effect=entered.one("no_published_effect") == "yes",
        note={code: note for code in entered.languages if (note := entered.one(f"note.{code}"))},
        answers={
            key: found for key, field in vocabulary.fields.items() if (found := reading.answer(key, field)) is not None
        },
    )
    return msgspec.structs.replace(sheet, **reading.field_sources(sheet, vocabulary)), tuple(reading.faults)


class _Reading:
    def __init__(self, entered: Entered, lang: str) -> None:
        self._entered = entered
        self._lang = lang
        self.faults: list[Fault] = []

    def _fault(self, place: str, text: str, value: str = "") -> None:
        self.faults.append(Fault(field=place, text=text, value=value))

    def text(self, lang: str) -> SheetText | None:
        """The texts in *lang*; None when nothing is written."""
        written = {name: found for name in TEXTS if (found := self._entered.one(f"text.{lang}.{name}"))}
        return SheetText(**written) if written or lang == self._entered.original else None

    def code(self, place: str, kind: str) -> Any:
        value = self._entered.one(place)
        if value and value not in CODES[kind]:
            self._fault(place, NO_CHOICE)
            return None
        return value or None

    def codes(self, name: str) -> tuple[Any, ...]:
        given = self._entered.many(name)
        if any(one not in CODES[name] for one in given):
            self._fault(name, NO_CHOICE)
        return tuple(one for one in given if one in CODES[name])

    def keys(self, place: str) -> tuple[str, ...]:
        given = self._entered.many(place)
        if any(not _is_key(one) for one in given):
            self._fault(place, NO_CHOICE)
        return tuple(one for one in given if _is_key(one))

    def key(self, place: str) -> str | None:
        return next(iter(self.keys(place)), None)

    def articles(self) -> tuple[str, ...]:
        """Those ticked, and those written in as 10.3, 18.1.a."""
        written = [one for text in self._entered.many("convention.more") for one in written_references(text)]
        ticked = self._entered.many("convention")
        return tuple(read_references({"convention.more": [*ticked, *written]}, self.faults))

    def partial_date(self, place: str) -> str | None:
        text = self._entered.one(place)
        if text and (found := read_partial_date(text, self._lang)) is None:
            self._fault(place, NO_DATE)
        return found if text else None

    def partner(self, number: int) -> Partner:
        place = f"partners[{number}]"
        organisation = self.key(f"{place}.organisation")
        return Partner(
            organisation=organisation,
            # A named organisation has its own sectors and side.
            sector=None if organisation else self.key(f"{place}.sector"),
            side=None if organisation else self.code(f"{place}.side", "side"),
            part=self._by_language(f"{place}.part"),
        )

    def evidence(self, number: int) -> Evidence:
        place = f"evidence[{number}]"
        value = self._entered.one(f"{place}.value")
        figure = self._number(f"{place}.value", value) if value else None
        return Evidence(
            value=figure,
            unit=self._by_language(f"{place}.unit"),
            period=self._by_language(f"{place}.period"),
            text=self._by_language(f"{place}.text"),
            sources=self.keys(f"{place}.sources"),
        )

    def _number(self, place: str, text: str) -> float | None:
        try:
            return read_number(text, self._lang)
        except NotRead as error:
            self.faults.append(unread_number(place, error, NO_NUMBER))
            return None

    def own_sources(self, earlier: Earlier) -> tuple[OwnSource, ...]:
        places = [f"own_sources[{number}]" for number in range(self._entered.rows("own_sources"))]
        free = drafts.new_keys({self._entered.one(f"{place}.key") for place in places}, earlier)
        return tuple(self._own_source(place, free) for place in places)

    def _own_source(self, place: str, free: Iterator[str]) -> OwnSource:
        key = self._entered.one(f"{place}.key")
        if not _is_key(key):
            key = next(free)
        read_on = self._entered.one(f"{place}.read_on")
        day = read_day(read_on, self._lang) if read_on else None
        if read_on and day is None:
            self._fault(f"{place}.read_on", NO_DATE)
        return OwnSource(
            key=key,
            title=self._entered.one(f"{place}.title"),
            publisher=self._entered.one(f"{place}.publisher"),
            url=self._entered.one(f"{place}.url") or None,
            kind=self.code(f"{place}.kind", "kind") or "organisation",
            read_on=day,
        )

    def field_sources(self, sheet: PracticeSheet, vocabulary: Vocabulary) -> dict[str, Any]:
        """Which sources say which field of *sheet*: of what is written, by what there is still."""
        known = vocabulary.entries.get("source", {}).keys() | {source.key for source in sheet.own_sources}
        given = {name: self._entered.many(f"field_sources.{name}") for name in sheet.filled}
        named = {name: tuple(key for key in keys if key in known) for name, keys in given.items()}
        return {
            "field_sources": {name: keys for name, keys in named.items() if keys},
            "editorial": tuple(name for name in sheet.filled if self._entered.one(f"field_sources.{name}.editorial")),
        }

    def answer(self, key: str, field: PracticeField) -> Any:
        place = f"answers.{key}"
        given = self._entered.many(place)
        if field.type == "text":
            texts = self._by_language(place)
            return texts or next(iter(given), None)
        if field.type == "choices":
            return list(self.keys(place)) or None
        if not given:
            return None
        return self._single_answer(place, field, given[0])

    def _single_answer(self, place: str, field: PracticeField, text: str) -> Any:
        if field.type == "yes-no":
            return text == "yes"
        found: Any = text
        if field.type == "number":
            return self._number(place, text)
        if field.type == "date" and (found := read_partial_date(text, self._lang)) is None:
            self._fault(place, NO_DATE)
        return found

    def _by_language(self, place: str) -> dict[str, str]:
        return {lang: text for lang in self._entered.languages if (text := self._entered.one(f"{place}.{lang}"))}


def read_partial_date(text: str, lang: str) -> str | None:
    """A year, month or day as readers of *lang* write it; None for what is none."""
    found = typed_date(text, lang)
    return found if is_date(found) else None


def read_day(text: str, lang: str) -> date | None:
    found = typed_date(text, lang)
    return date.fromisoformat(found) if is_iso_day(found) else None


def _is_key(text: str) -> bool:
    return len(text) <= _LONGEST_KEY and _KEY.fullmatch(text) is not None
