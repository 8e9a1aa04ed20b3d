"""Practices that are being written: what is missing, what the region does not know, what may identify somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote import guard
from lanzarote.convention import Reference, UnknownReference
from lanzarote.errors import LanzaroteError
from lanzarote.records import encode
from lanzarote.translation import N_
from lanzarote.types import Practice, PracticeSheet, SheetText

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lanzarote.regions.vocabulary import Vocabulary

REQUIRED_TEXTS: Final = ("title", "summary", "problem", "activities", "transfer")
REQUIRED: Final = ("sectors", "partners", "target_groups", "scope", "running")
"""The ten questions that a practice answers before it is submitted; the first two suffice to keep a draft."""

MISSING: Final = N_("This is still missing.")
UNKNOWN: Final = N_("The region does not know this: %(value)s.")
NO_PERIOD: Final = N_("It cannot end before it began.")
NOBODY: Final = N_("A partner is an organisation of the directory, or a sector and a side.")
MALFORMED: Final = N_("This cannot be read: %(value)s.")
LONGEST_TEXT: Final = 20_000


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong with a field; *text* is to be translated, with *value* put in."""

    field: str
    """Such as ``text.fr.title`` or ``partners[0].organisation``."""
    text: str
    value: str = ""


class Faulty(LanzaroteError):
    """What was written cannot be taken as it is; ``faults`` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        told = "; ".join(f"{one.field}: {one.text % {'value': one.value}}" for one in faults)
        super().__init__(told)
        self.faults = tuple(faults)


def read(value: Any) -> PracticeSheet:
    """The sheet in *value*, a JSON object or its bytes. Raises Faulty."""
    try:
        if isinstance(value, bytes):
            return msgspec.json.decode(value, type=PracticeSheet)
        return msgspec.convert(value, PracticeSheet)
    except (msgspec.ValidationError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        text, _, place = str(error).partition(" - at `$.")
        raise Faulty([Fault(field=place.rstrip("`"), text=MALFORMED, value=text[:200])]) from None


def whole(sheet: PracticeSheet) -> Practice:
    """The practice on a sheet of which nothing is missing. Raises Faulty."""
    if missing := [Fault(field=field, text=MISSING) for field in missing_in(sheet)]:
        raise Faulty(missing)
    return msgspec.json.decode(encode(sheet), type=Practice)


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


def unknown_in(sheet: PracticeSheet, vocabulary: Vocabulary, organisations: Collection[str]) -> Iterator[Fault]:
    """What *sheet* refers to and the region does not know."""

    def lacking(kind: str, keys: Sequence[str], field: str) -> Iterator[Fault]:
        known = vocabulary.entries.get(kind, {})
        for key in keys:
            if vocabulary.present_key(kind, key) not in known:
                yield Fault(field=field, text=UNKNOWN, value=key)

    yield from lacking("sector", sheet.sectors, "sectors")
    yield from lacking("provision", sheet.legal_basis, "legal_basis")
    yield from lacking("source", sheet.sources, "sources")
    yield from lacking("field", tuple(sheet.answers), "answers")
    for number, evidence in enumerate(sheet.evidence):
        yield from lacking("source", evidence.sources, f"evidence[{number}].sources")
    for number, partner in enumerate(sheet.partners):
        place = f"partners[{number}]"
        if not partner.organisation and not (partner.sector and partner.side):
            yield Fault(field=place, text=NOBODY)
        if partner.organisation and partner.organisation not in organisations:
            yield Fault(field=f"{place}.organisation", text=UNKNOWN, value=partner.organisation)
        yield from lacking("sector", (partner.sector,) if partner.sector else (), f"{place}.sector")
    for reference in sheet.convention:
        try:
            Reference.parse(reference)
        except UnknownReference:
            yield Fault(field="convention", text=UNKNOWN, value=reference)
    if sheet.started and sheet.ended and sheet.ended < sheet.started[: len(sheet.ended)]:
        yield Fault(field="ended", text=NO_PERIOD)


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
    for key, answer in sheet.answers.items():
        yield from _strings(f"answers.{key}", answer)


def concerns_about(sheet: PracticeSheet, vocabulary: Vocabulary) -> tuple[guard.Concern, ...]:
    """What on *sheet* may tell who a person is."""
    return guard.check_texts(texts_of(sheet), identifiers=vocabulary.header.personal_identifiers)


def named_in(sheet: PracticeSheet) -> frozenset[str]:
    """Keys or ids of the organisations that *sheet* names."""
    return frozenset(partner.organisation for partner in sheet.partners if partner.organisation)


def with_stale(before: PracticeSheet | None, after: PracticeSheet, *, fresh: Collection[str]) -> PracticeSheet:
    """Mark the languages whose texts are older than the original's last change; those in *fresh* are up to date.

    A language is up to date again when its own texts change, or somebody says that they fit.
    """
    if before is None:
        return msgspec.structs.replace(after, stale=())
    moved = {language for language, texts in after.text.items() if texts != before.text.get(language)}
    stale = set(before.stale)
    if after.original in moved:
        stale |= set(after.text) - moved
    stale -= {*moved, *fresh, after.original}
    return msgspec.structs.replace(after, stale=tuple(sorted(stale & set(after.text))))


def title_of(sheet: PracticeSheet) -> str:
    """A title for people, in the original language; empty when there is none yet."""
    return sheet.text.get(sheet.original, SheetText()).title or ""


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
