"""What can be imported, and how each kind is read and written: as its form does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from msgspec import Struct

from lanzarote import guard
from lanzarote.importing.columns import Columns
from lanzarote.kinds import law_and_sources
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.entered import Disclosure
from lanzarote.kinds.fields import MORE
from lanzarote.kinds.form import read, typed_from
from lanzarote.kinds.sent import SentForm
from lanzarote.practices import form_sent, saving, sheets
from lanzarote.practices.kind import PRACTICES as PRACTICE
from lanzarote.records import drafts
from lanzarote.records.permissions import Action
from lanzarote.stakeholders import entries
from lanzarote.stakeholders import saving as entry_writing
from lanzarote.translation import N_
from lanzarote.types import Imported, Organisation, PracticeSheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.importing.cells import Kept
    from lanzarote.importing.columns import Column
    from lanzarote.importing.ground import Ground
    from lanzarote.kinds.service import Checked
    from lanzarote.records.records import Record
    from lanzarote.records.save_checks import Checks

DISCLOSED: Final = "It reads like somebody telling of a child in danger; nothing of it was kept."
Values = dict[str, tuple[str, ...]]
"""Place in the form → what stands there."""


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of records that can be imported."""

    name: Imported
    record: Literal["practice", "stakeholder"]
    title: str
    read: Action
    write: Action
    columns: Callable[[Columns], Iterator[Column]]
    decode: Callable[[bytes], Any]
    languages: Callable[[Any], Collection[str]]
    values: Callable[[Ground, Any], Values]
    """What the form would hold of what was saved."""
    taken: Callable[[Ground, Values, Kept | None, Collection[str]], Any]
    """What *values* say; of what was saved everything but the fields that changed. Raises Faulty."""
    checked: Callable[[Ground, Any, Checks, frozenset[str]], Any]
    """The names are those by which organisations may be named. Raises Disclosure, Identifying, Faulty, Objected."""
    writing: Any
    """The services that begin and save one."""
    titles: Callable[[Any], Mapping[str, str]]
    """Language → by what people know it."""

    def begin(self, session: Session, ground: Ground, given: Any, record_id: str, at: datetime) -> None:
        self.writing.begin(session, ground.region_id, given, by=ground.by, at=at, record_id=record_id)

    def save(self, session: Session, ground: Ground, record: Record, given: Any, expected: int, at: datetime) -> None:
        self.writing.save(session, record, given, expected=expected, by=ground.by, at=at)


def _keys_of(ground: Ground, kept: Kept | None) -> drafts.Earlier:
    return drafts.keys_of(ground.instance.database, ground.region_id, kept.id if kept else "")


def _filled(typed: Mapping[str, Any]) -> Values:
    """What a form holds, without the fields that are empty."""
    lists = {place: tuple(value) if isinstance(value, list) else (str(value),) for place, value in typed.items()}
    return {place: kept for place, values in lists.items() if (kept := tuple(filter(None, values)))}


def _names_of(changed: Collection[str]) -> set[str]:
    """Fields of a record of which some place *changed*."""
    return {place.partition("[")[0].partition(".")[0] for place in changed}


# Practices


def _practice_values(ground: Ground, sheet: PracticeSheet) -> Values:
    typed = form_sent.present(ground, typed_from(PRACTICE.shapes, sheet)) | {"convention": list(sheet.convention)}
    typed.pop(f"convention{MORE}", None)
    for key, answer in sheet.answers.items():
        if isinstance(answer, str) and (place := f"answers.{ground.vocabulary.present_key('field', key)}") in typed:
            # A text that says no language is in the one that the practice was written in.
            typed[f"{place}.{sheet.original}"] = typed[place]
    return _filled(typed)


def _practice_taken(ground: Ground, values: Values, kept: Kept | None, changed: Collection[str]) -> PracticeSheet:
    before: PracticeSheet | None = kept.said if kept else None
    original = next(iter(values.get("original", ())), before.original if before else _original_in(values, ground))
    written = (place.split(".")[1] for place in values if place.startswith(("text.", "note.")))
    languages = dict.fromkeys((original, *written, *_languages_in(values)))
    data = {place: list(some) if len(some) > 1 else some[0] for place, some in values.items()} | {"original": original}
    sent = form_sent.keyed(SentForm(data), _keys_of(ground, kept))
    # The form knows the region's languages, a file any that is written here.
    there = PracticeSheet(original=original, note=dict.fromkeys(languages, "-"))
    sheet = read(ground, PRACTICE.shapes, sent, PracticeSheet, there)
    return sheet if before is None else _beside(ground, before, sheet, changed)


def _original_in(values: Values, ground: Ground) -> str:
    """The language that a new practice was written in, if it does not say so: one that it has a title in."""
    offered = (ground.lang, *ground.vocabulary.header.languages)
    return next((lang for lang in offered if f"text.{lang}.title" in values), ground.lang)


def _languages_in(values: Values) -> Iterator[str]:
    """Languages of what stands in rows and answers: ``partners[0].part.fr``."""
    for place in values:
        head, _, last = place.rpartition(".")
        if head.count(".") and (head.startswith("answers.") or "[" in head):
            yield last


def _beside(ground: Ground, before: PracticeSheet, sheet: PracticeSheet, changed: Collection[str]) -> PracticeSheet:
    """*before* with what *changed* as *sheet* has it: what no file can say is not lost."""
    names = _names_of(changed)
    new: dict[str, Any] = {name: getattr(sheet, name) for name in names if name != "answers"}
    if "answers" in names:
        keys = {place.split(".")[1] for place in changed if place.startswith("answers.")}
        present = ground.vocabulary.present_key
        kept = {key: answer for key, answer in before.answers.items() if present("field", key) not in keys}
        new["answers"] = kept | {key: answer for key, answer in sheet.answers.items() if key in keys}
    if "own_sources" in names:
        new["own_sources"] = drafts.kept(sheet.own_sources, before.own_sources, unshown=("language",))
    return msgspec.structs.replace(before, **new)


def _practice_checked(
    ground: Ground, sheet: PracticeSheet, checks: Checks, names: frozenset[str]
) -> Checked[PracticeSheet]:
    if guard.reads_like_disclosure(*(text for _, text in written_in(PRACTICE.shapes, sheet))):
        raise Disclosure(DISCLOSED)
    return saving.checked(sheet, ground.vocabulary, names, reasons={}, by=ground.by.account_id, checks=checks)


PRACTICES: Final = Kind(
    name="practices",
    record="practice",
    title=N_("Practices"),
    read="practice.read",
    write="practice.write",
    columns=Columns.practices,
    decode=sheets.read,
    languages=lambda sheet: (*sheet.text, *sheet.note),
    values=_practice_values,
    taken=_practice_taken,
    checked=_practice_checked,
    writing=saving,
    titles=lambda sheet: {lang: text.title for lang, text in sheet.text.items() if text.title},
)


# Organisations


def _entry_values(ground: Ground, entry: Organisation) -> Values:
    present = ground.vocabulary.present_key
    typed = typed_from(entries.SHAPES, entry)
    typed |= {name: [present(name[:-1], key) for key in typed[name]] for name in ("sectors", "sources")}
    return _filled(typed)


def _entry_taken(ground: Ground, values: Values, kept: Kept | None, changed: Collection[str]) -> Organisation:
    before: Organisation | None = kept.said if kept else None
    several = ("sectors", "sources")
    data: dict[str, Any] = {place: list(some) if place in several else some[0] for place, some in values.items()}
    entry = read(ground, entries.SHAPES, SentForm(data | {"verified": _ticked(values)}), Organisation, before)
    sources, record_id = before.own_sources if before else (), kept.id if kept else ""
    keyed = law_and_sources.keyed(ground.instance, ground.region_id, record_id, entry.own_sources, sources)
    entry = msgspec.structs.replace(entry, own_sources=keyed)
    texts: dict[str, Any] = {name: {} for name in ("name", "role", "note")}
    for place, some in values.items():  # the form knows the region's languages, a file any that is written here
        name, _, lang = place.partition(".")
        if name in texts:
            texts[name][lang] = some[0]
    entry = msgspec.structs.replace(entry, **texts)
    if before is None:
        return entry
    return msgspec.structs.replace(before, **{name: getattr(entry, name) for name in _names_of(changed)})


def _ticked(values: Values) -> str:
    return "yes" if values.get("verified") == ("yes",) else ""


def _entry_checked(ground: Ground, entry: Organisation, checks: Checks, names: frozenset[str]) -> entry_writing.Checked:
    if guard.reads_like_disclosure(*(text for _, text in written_in(entries.SHAPES, entry))):
        raise Disclosure(DISCLOSED)
    return entry_writing.checked(entry, ground.vocabulary, names, reasons={}, by=ground.by.account_id, checks=checks)


ORGANISATIONS: Final = Kind(
    name="organisations",
    record="stakeholder",
    title=N_("Organisations"),
    read="stakeholder.read",
    write="stakeholder.write",
    columns=Columns.organisations,
    decode=entries.read,
    languages=lambda entry: (*entry.name, *entry.role, *entry.note),
    values=_entry_values,
    taken=_entry_taken,
    checked=_entry_checked,
    writing=entry_writing,
    titles=lambda entry: entry.name,
)
KINDS: Final[Mapping[str, Kind]] = {kind.name: kind for kind in (PRACTICES, ORGANISATIONS)}
