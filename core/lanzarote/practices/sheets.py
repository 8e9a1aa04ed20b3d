"""Practices that are being written: what is missing, what the region does not know, what may identify somebody."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, TypeVar

import msgspec

from lanzarote import guard
from lanzarote.kinds import law_and_sources
from lanzarote.records import validation
from lanzarote.records.records import encode, now
from lanzarote.records.validation import (
    GREATEST_NUMBER,
    MALFORMED,
    NO_ADDRESS,
    NO_CHOICE,
    NO_DATE,
    TOO_MANY,
    is_address,
    is_date,
    read_as,
    refuse_long,
    unfit_period,
    unfit_text,
    unfit_year,
)
from lanzarote.runtime.reading import decoded
from lanzarote.translation import N_
from lanzarote.types import Finding, Improvement, Practice, PracticeSheet, SheetText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeField

REQUIRED_TEXTS: Final = ("title", "summary", "problem", "activities", "transfer")
REQUIRED: Final = ("sectors", "partners", "target_groups", "scope", "running")
"""The ten questions that a practice answers before it is submitted; the first two suffice to keep a draft."""

S = TypeVar("S", PracticeSheet, Finding, Improvement)
Fault = validation.Fault
Faulty = validation.Faulty
MISSING: Final = validation.MISSING
UNSHOWABLE: Final = validation.UNSHOWABLE
is_unshowable = validation.is_unshowable

NOBODY: Final = N_("A partner is an organisation of the directory, or a sector and a side.")
NO_NUMBER: Final = N_("Write a number, such as 12 or 7.5.")
IN_WORDS: Final = N_("This question is answered in words: write the answer anew.")
YES_OR_NO: Final = N_("This question is answered with yes or no.")
TOO_GREAT: Final = N_("This number is too great to be shown: count in millions, and say so behind it.")

LONGEST: Final = {"title": 300, "summary": 4_000}
LONGEST_TEXT: Final = 20_000
LONGEST_LINE: Final = 1_000
"""Of what is written beside the texts: what a partner does, a figure's unit, a source's title."""
MOST: Final = {"partners": 60, "evidence": 60, "own_sources": 60, "sectors": 60, "related": 30}


def read(value: Any) -> PracticeSheet:
    """The sheet in *value*, a JSON object or its bytes. Raises Faulty."""
    return read_as(value, PracticeSheet)


def whole(sheet: PracticeSheet) -> Practice:
    """The practice on a sheet of which nothing is missing. Raises Faulty."""
    if missing := [Fault(field=field, text=MISSING) for field in missing_in(sheet)]:
        raise Faulty(missing)
    return decoded(encode(sheet), Practice)


def missing_in(sheet: PracticeSheet) -> Iterator[str]:
    """Fields that have to be filled in before *sheet* is submitted."""
    original = sheet.text.get(sheet.original, SheetText())
    for name in REQUIRED_TEXTS:
        if not getattr(original, name):
            yield f"text.{sheet.original}.{name}"
    for language, texts in sheet.text.items():
        if language != sheet.original:
            yield from (f"text.{language}.{name}" for name in ("title", "summary") if not getattr(texts, name))
    for name in REQUIRED:
        if not getattr(sheet, name):
            yield name


def missing_answers(sheet: PracticeSheet, vocabulary: Vocabulary) -> Iterator[str]:
    """The region's own required questions that have no answer."""
    for key, field in vocabulary.fields.items():
        if field.required and not vocabulary.is_retired("field", key) and sheet.answers.get(key) in (None, "", []):
            yield f"answers.{key}"


def faults_in(sheet: PracticeSheet, vocabulary: Vocabulary, organisations: Collection[str]) -> Iterator[Fault]:
    """Everything on *sheet* that cannot be kept as it is."""
    if not title_of(sheet):
        yield Fault(field=f"text.{sheet.original}.title", text=MISSING)
    yield from _unfit_in(sheet)
    yield from unknown_in(sheet, vocabulary, organisations)
    for key, answer in sheet.answers.items():
        field = vocabulary.fields.get(vocabulary.present_key("field", key))
        if field is not None and (why := unfit_answer(field, answer)):
            yield Fault(field=f"answers.{key}", text=why)


def unknown_in(sheet: PracticeSheet, vocabulary: Vocabulary, organisations: Collection[str]) -> Iterator[Fault]:
    """What *sheet* refers to and the region does not know."""
    yield from law_and_sources.unknown_in(sheet, vocabulary, organisations)
    for number, partner in enumerate(sheet.partners):
        if not partner.organisation and not (partner.sector and partner.side):
            yield Fault(field=f"partners[{number}]", text=NOBODY)


def _unfit_in(sheet: PracticeSheet) -> Iterator[Fault]:
    """What has no room, cannot be shown, is in no calendar or leads nowhere."""
    for place, text in texts_of(sheet):
        if fault := unfit_text(place, text, _room_for(place)):
            yield fault
    for name, most in MOST.items():
        if len(getattr(sheet, name)) > most:
            yield Fault(field=name, text=TOO_MANY, value=str(most))
    yield from unfit_period("started", "ended", sheet.started, sheet.ended)
    for name in ("started", "ended"):
        yield from unfit_year(name, getattr(sheet, name), now().date())
    for number, evidence in enumerate(sheet.evidence):
        if evidence.value is not None and (why := unfit_number(evidence.value)):
            yield Fault(field=f"evidence[{number}].value", text=why)
    seen: set[str] = set()
    for number, source in enumerate(sheet.own_sources):
        place = f"own_sources[{number}]"
        if source.url and not is_address(source.url):
            yield Fault(field=f"{place}.url", text=NO_ADDRESS)
        for name in ("title", "publisher"):
            if not getattr(source, name):
                yield Fault(field=f"{place}.{name}", text=MISSING)
        if source.key in seen:
            yield Fault(field=f"{place}.key", text=MALFORMED, value=source.key)
        seen.add(source.key)


def _room_for(place: str) -> int:
    if not place.startswith("text."):
        return LONGEST_TEXT if place.startswith(("note.", "answers.")) else LONGEST_LINE
    return LONGEST.get(place.rpartition(".")[2], LONGEST_TEXT)


def unfit_answer(field: PracticeField, answer: Any) -> str:
    """Why *answer* does not fit the region's own question; empty when it does."""
    offered = {choice.key for choice in field.choices}
    if field.type == "number":
        return unfit_number(answer) if _is_number(answer) else NO_NUMBER
    if field.type == "date":
        return "" if isinstance(answer, str) and is_date(answer) else NO_DATE
    if field.type == "text":
        return "" if isinstance(answer, str) or _is_text(answer) else IN_WORDS
    if field.type == "yes-no":
        return "" if isinstance(answer, bool) else YES_OR_NO
    if field.type == "choice":
        return "" if isinstance(answer, str) and answer in offered else NO_CHOICE
    return "" if isinstance(answer, list | tuple) and all(one in offered for one in answer) else NO_CHOICE


def unfit_number(value: float) -> str:
    """Why *value* cannot be shown; empty when it can."""
    if abs(value) <= GREATEST_NUMBER:
        return ""
    return NO_NUMBER if isinstance(value, float) and not math.isfinite(value) else TOO_GREAT


def _is_number(answer: Any) -> bool:
    return isinstance(answer, int | float) and not isinstance(answer, bool)


def _is_text(answer: Any) -> bool:
    return isinstance(answer, dict) and all(isinstance(text, str) for text in answer.values())


def texts_of(sheet: PracticeSheet) -> Iterator[tuple[str, str]]:
    """Everything on *sheet* that a person wrote, with its place."""
    for language, texts in sheet.text.items():
        for name in SheetText.__struct_fields__:
            if text := getattr(texts, name):
                yield f"text.{language}.{name}", text
    for number, partner in enumerate(sheet.partners):
        yield from _by_language(f"partners[{number}].part", partner.part)
    for number, evidence in enumerate(sheet.evidence):
        for name in ("text", "unit", "period"):
            yield from _by_language(f"evidence[{number}].{name}", getattr(evidence, name))
    yield from _by_language("note", sheet.note)
    for number, source in enumerate(sheet.own_sources):
        for name in ("title", "publisher", "url"):
            yield from _strings(f"own_sources[{number}].{name}", getattr(source, name))
    for key, answer in sheet.answers.items():
        yield from _strings(f"answers.{key}", answer)


def concerns_about(sheet: PracticeSheet, vocabulary: Vocabulary) -> tuple[guard.Concern, ...]:
    """What on *sheet* may tell who a person is. Raises Faulty for a text that is too long to be read."""
    texts = list(texts_of(sheet))
    refuse_long(texts, _room_for)
    return guard.check_texts(texts, identifiers=vocabulary.header.personal_identifiers)


def with_stale(before: S | None, after: S, *, fresh: Collection[str]) -> S:
    """Mark the languages whose texts are older than the original's last change; those in *fresh* are up to date.

    A language is up to date again when its own texts change, or somebody says that they fit.
    """
    if before is None:
        return msgspec.structs.replace(after, stale=())
    moved: set[str] = {language for language, texts in after.text.items() if texts != before.text.get(language)}
    stale = set(before.stale)
    if after.original in moved:
        stale |= set(after.text) - moved
    stale -= {*moved, *fresh, after.original}
    return msgspec.structs.replace(after, stale=tuple(sorted(stale & set(after.text))))


def title_of(sheet: PracticeSheet) -> str:
    """A title for people, in the original language; empty when there is none yet."""
    return sheet.text.get(sheet.original, SheetText()).title or ""


def titles_of(sheet: PracticeSheet) -> dict[str, str]:
    """Language → title."""
    return {language: text.title for language, text in sheet.text.items() if text.title}


def _by_language(place: str, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for language, text in texts.items():
        yield f"{place}.{language}", text


def _strings(place: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _strings(f"{place}.{key}", inner)
    elif isinstance(value, (list, tuple)):
        for number, inner in enumerate(value):
            yield from _strings(f"{place}[{number}]", inner)
