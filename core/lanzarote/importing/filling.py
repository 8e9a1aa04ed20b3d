"""The form of a file: what may stand in it, and what there is, filled in to be worked on and handed in again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from lanzarote.importing.cells import Cell
from lanzarote.importing.columns import GROUPS, Columns
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version
from lanzarote.translation import N_
from lanzarote.translation.folding import fold
from lanzarote.types import ImportAnswer, ImportDraft, ImportForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lanzarote.importing.columns import Column
    from lanzarote.importing.ground import Ground
    from lanzarote.importing.kinds import Kind, Values

MOST_RECORDS: Final = 2_000
"""Rows that may begin or change something: to take one in is forty times the work of seeing that it is as it was."""
ROW: Final = re.compile(r"([a-z_]+)\[(\d{1,3})\]\.(.+)")
TITLES: Final[Mapping[str, str]] = {
    "practices": N_("Practices of %(region)s"),
    "organisations": N_("Organisations of %(region)s"),
}
INSTRUCTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "": (
        N_("One row for each record, on the first sheet. Leave the headings as they are; columns may be moved."),
        N_(
            "What may be said several times – a partner, a figure, a source – takes a row each: the further rows "
            "repeat the number in the first column and leave the rest empty."
        ),
        N_("Where several things can be chosen in one cell, separate them by a semicolon."),
        N_(
            "A row with an identifier changes that record; an empty cell empties the field, a column that you delete "
            "leaves it as it is. A row without an identifier begins a new record."
        ),
        N_(
            "Write no formulas and no links, and keep no macros in the file: only what can be read in the cells is "
            "taken."
        ),
        N_("Name no child, no victim and no accused person, and nothing by which one could be recognised."),
        N_(
            "You are shown what would happen before anything is kept. What is taken in is a draft: nothing is "
            "published."
        ),
    ),
    "practices": (
        N_("Partners are organisations of the directory, or a sector and a side. Hand in new organisations first."),
    ),
    "organisations": (N_("Organisations, never people. Contacts are not part of this file: they stay as they are."),),
}
WORDS: Final[Mapping[str, str]] = {
    "number": N_("No."),
    "instructions": N_("Instructions"),
    "choices": N_("Choices"),
    "needed": N_("Needed."),
}


class Kept(Struct, frozen=True, kw_only=True):
    """A record that is there, as it was saved last."""

    id: str
    version: int
    state: str
    stage: str
    said: Any

    @property
    def can_be_written(self) -> bool:
        try:
            next_state("record", self.state, "write")
            next_state("work", self.stage, "write")
        except IllegalTransition:
            return False
        return True


class Form(Struct, frozen=True, kw_only=True):
    """What a file may hold, with all that reads it."""

    told: ImportForm
    cells: Mapping[str, Cell]
    """Field → how its column is read and written."""
    kept: Mapping[str, Kept]
    """Id → what there is of this kind, as far as the writer may read it."""

    def columns(self) -> tuple[Column, ...]:
        return tuple(cell.column for cell in self.cells.values())


def form_of(ground: Ground, kind: Kind) -> Form:
    """What a file may hold in *ground*."""
    kept = dict(_kept(ground, kind))
    used = {lang for one in kept.values() for lang in kind.languages(one.said)}
    own = ground.vocabulary.header.languages
    first = (ground.lang,) if ground.lang in own else ()
    languages = tuple(dict.fromkeys((*first, *own, *sorted(used))))
    columns = tuple(_told_apart(kind.columns(Columns(ground, languages))))
    told = ImportForm(
        of=kind.name,
        region=ground.region_id,
        language=ground.lang,
        title=ground._(TITLES[kind.name]) % {"region": ground.say(ground.vocabulary.header.name)},
        instructions=tuple(ground._(line) for line in (*INSTRUCTIONS[kind.name], *INSTRUCTIONS[""])),
        columns=tuple(column.told for column in columns),
        words={name: ground._(words) for name, words in WORDS.items()},
        most=len(kept) + MOST_RECORDS,
    )
    cells = {column.field: Cell(column, ground.lang) for column in columns}
    return Form(told=told, cells=cells, kept=kept)


def _told_apart(columns: Iterable[Column]) -> Iterator[Column]:
    """*columns* of which no two have one heading: a region may call a question of its own as a common one is called."""
    taken: set[tuple[str, str]] = set()
    for column in columns:
        titles = column.told.titles
        if any((lang, fold(title)) in taken for lang, title in titles.items()):
            titles = {lang: f"{title} ({column.field})" for lang, title in titles.items()}
            column = replace(column, told=replace(column.told, titles=titles))
        taken |= {(lang, fold(title)) for lang, title in titles.items()}
        yield column


def drafts_of(ground: Ground, kind: Kind, form: Form) -> Iterator[ImportDraft]:
    """Everything that can be written on, as a file has it."""
    for one in form.kept.values():
        if one.state not in ("archived", "erased", "merged"):
            yield draft_of(form, kind.values(ground, one.said), one)


def draft_of(form: Form, values: Values, one: Kept) -> ImportDraft:
    answers = [
        ImportAnswer(field=place, text=text)
        for place, some in values.items()
        if (cell := form.cells.get(column_of(place))) is not None and (text := cell.written(some))
    ]
    answers += [ImportAnswer(field="id", text=one.id), ImportAnswer(field="version", text=str(one.version))]
    return ImportDraft(answers=tuple(answers))


def column_of(place: str) -> str:
    """The field of the column that *place* stands in.

    >>> column_of("partners[2].part.fr"), column_of("text.fr.title")
    ('partners.part.fr', 'text.fr.title')
    """
    match = ROW.fullmatch(place)
    return f"{match[1]}.{match[3]}" if match and match[1] in GROUPS else place


def _kept(ground: Ground, kind: Kind) -> Iterator[tuple[str, Kept]]:
    joined = (
        (Version.region_id == Record.region_id) & (Version.record_id == Record.id) & (Version.number == Record.version)
    )
    here = (Record.kind == kind.record) & (Record.state != "erased")
    query = (
        select(Record.id, Record.version, Record.state, Record.stage, Version.body)
        .join(Version, joined)
        .where(here, allowed(ground.by, kind.read))
        .order_by(Record.created_at, Record.id)
    )
    with ground.instance.database.read(ground.region_id) as session:
        for record_id, version, state, stage, body in session.execute(query):
            yield record_id, Kept(id=record_id, version=version, state=state, stage=stage, said=kind.decode(body))
