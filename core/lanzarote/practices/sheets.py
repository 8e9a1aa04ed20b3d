"""Practices that are being written: what is missing, what the region does not know, what may identify somebody."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from lanzarote import guard
from lanzarote.kinds import law_and_sources
from lanzarote.records.days import NO_DATE, is_date, unfit_period, unfit_year
from lanzarote.records.records import encode, now
from lanzarote.records.validation import GREATEST_NUMBER, MISSING, NO_CHOICE, Fault, Faulty, Identifying, read_as
from lanzarote.runtime.reading import decoded
from lanzarote.store.ids import is_id
from lanzarote.translation import N_
from lanzarote.types import Practice, PracticeSheet, SheetText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeField

REQUIRED_TEXTS: Final = ("title", "summary", "problem", "activities", "transfer")
REQUIRED: Final = ("sectors", "partners", "target_groups", "scope", "running")
"""The ten questions that a practice answers before it is submitted; the first two suffice to keep a draft."""

NOBODY: Final = N_("A partner is an organisation of the directory, or a sector and a side.")
NO_NUMBER: Final = N_("Write a number, such as 12 or 7.5.")
IN_WORDS: Final = N_("This question is answered in words: write the answer anew.")
YES_OR_NO: Final = N_("This question is answered with yes or no.")
TOO_GREAT: Final = N_("This number is too great to be shown: count in millions, and say so behind it.")


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
    """What on *sheet* cannot be kept as it is, beyond what its type says."""
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
    """What is in no calendar, cannot be shown or leads nowhere."""
    yield from unfit_period("started", "ended", sheet.started, sheet.ended)
    for name in ("started", "ended"):
        yield from unfit_year(name, getattr(sheet, name), now().date())
    for number, evidence in enumerate(sheet.evidence):
        if evidence.value is not None and (why := unfit_number(evidence.value)):
            yield Fault(field=f"evidence[{number}].value", text=why)
    yield from law_and_sources.unfit_sources(sheet.own_sources)


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


def title_of(sheet: PracticeSheet) -> str:
    """A title for people, in the original language; empty when there is none yet."""
    return sheet.text.get(sheet.original, SheetText()).title or ""


def titles_of(sheet: PracticeSheet) -> dict[str, str]:
    """Language → title."""
    return {language: text.title for language, text in sheet.text.items() if text.title}


def refuse_in_names(sheet: PracticeSheet, vocabulary: Vocabulary) -> None:
    """Raise Identifying for what would identify somebody where only names of things are looked for."""
    named: Iterable[tuple[str, str]] = [
        *((f"related[{number}]", key) for number, key in enumerate(sheet.related)),
        *((f"own_sources[{number}].key", one.key) for number, one in enumerate(sheet.own_sources)),
    ]
    found = guard.check_texts(
        ((place, key) for place, key in named if not is_id(key)),
        identifiers=vocabulary.header.personal_identifiers,
        guesses=False,
    )
    if hard := tuple(one for one in found if one.hard):
        raise Identifying(hard)
