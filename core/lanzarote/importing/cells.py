"""The form of a file, and what stands in its cells: words that were chosen become keys, and keys words."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from lanzarote.importing.columns import GROUPS, Columns
from lanzarote.practices.sheets import NO_NUMBER
from lanzarote.records.days import is_date, why_no_date
from lanzarote.records.lifecycle import RECORD, WORK, IllegalTransition, next_state
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record, Version
from lanzarote.records.validation import unread_number
from lanzarote.translation import N_
from lanzarote.translation.folding import fold
from lanzarote.translation.typed_dates import typed_date
from lanzarote.translation.typed_numbers import NotRead, number_for, read_number
from lanzarote.types import ImportAnswer, ImportDraft, ImportForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lanzarote.importing.columns import Column, Option
    from lanzarote.importing.ground import Ground
    from lanzarote.importing.kinds import Kind, Values


UNKNOWN: Final = N_("“%(value)s” is not among what can be chosen here. Choose from: %(choices)s.")
UNKNOWN_OF_MANY: Final = N_(
    "“%(value)s” is not among what can be chosen here. Of %(count)s choices, these are the first: %(choices)s."
)
NOTHING_THERE: Final = N_("“%(value)s” cannot be chosen here: there is nothing to choose from yet.")
NEARLY: Final = N_("“%(value)s” is not among what can be chosen here. Did you mean “%(near)s”?")
SEPARATOR: Final = "; "
_SEPARATORS: Final = re.compile(r"\s*[;\n]\s*")
_REFERENCES: Final = re.compile(r"[\s,;]+")
_LONGEST_TOLD: Final = 80
_LIKE_ENOUGH: Final = 0.7
_MOST_TOLD: Final = 10
"""Choices that are told; a file such as CSV has no list of them."""


class Unreadable(Exception):
    """What stands in a cell fits none of what can be chosen; *text* is to be translated, with ``values`` put in."""

    def __init__(self, text: str, value: str = "", **values: str) -> None:
        super().__init__(text)
        self.text, self.values = text, {"value": value[:_LONGEST_TOLD], **values}


class Cell:
    """How one column is written and read."""

    def __init__(self, column: Column, lang: str) -> None:
        self.column = column
        self._lang = lang
        self._values: dict[str, str] = {}
        """What is written, folded → value. Keys count before labels, those before other words; never what means two."""
        for words in (_keys, _labels, _other_words):
            found: dict[str, set[str]] = {}
            for option in column.options:
                for word in words(option):
                    found.setdefault(_folded(word), set()).add(option.value)
            for word, values in found.items():
                if len(values) == 1:
                    self._values.setdefault(word, *values)
        self._labels = {
            option.value: option.label
            for option in column.options
            if self._values.get(_folded(option.label)) == option.value and not _SEPARATORS.search(option.label)
        }

    def written(self, values: tuple[str, ...]) -> str:
        """*values* as a file has them."""
        if self.column.told.kind == "number":
            return SEPARATOR.join(self._number_written(value) for value in values)
        return SEPARATOR.join(self._labels.get(value, value) for value in values)

    def read(self, text: str) -> tuple[str, ...]:
        """The values that *text* stands for. Raises Unreadable."""
        text = tidy(text)
        if not text:
            return ()
        kind = self.column.told.kind
        if kind == "choice":
            return (self._one(text),)
        if kind == "choices":
            if _folded(text) in self._values:
                return (self._one(text),)
            parts = (_REFERENCES if self.column.field == "convention" else _SEPARATORS).split(text)
            return tuple(dict.fromkeys(self._one(part) for part in parts if part))
        if kind == "date" and read_partial_date(text, self._lang) is None:
            raise Unreadable(why_no_date(typed_date(text, self._lang)))
        if kind == "number":
            self._number(text)
        return (text,)

    def same(self, text: str, values: tuple[str, ...]) -> bool:
        """Whether *text* says nothing else than *values*."""
        if tidy(text) == tidy(self.written(values)):
            return True
        try:
            read, before = self.read(text), self.read(self.written(values))
        except Unreadable:
            return False
        kind = self.column.told.kind
        if kind == "number" and read and before:
            return self._number(read[0]) == self._number(before[0])
        if kind == "date" and read and before:
            return read_partial_date(read[0], self._lang) == read_partial_date(before[0], self._lang)
        return set(read) == set(before) if kind == "choices" else read == before

    def _number(self, text: str) -> float:
        try:
            return read_number(text, self._lang)
        except NotRead as error:
            fault = unread_number(self.column.field, error, NO_NUMBER)
            raise Unreadable(fault.text, str(fault.value)) from None

    def _number_written(self, value: str) -> str:
        try:
            return number_for(float(value), self._lang)
        except ValueError:  # answered when the question did not ask for a number
            return value

    def _one(self, text: str) -> str:
        known = self._values.get(_folded(text))
        if known is not None:
            return known
        if self.column.free:
            return text
        near = get_close_matches(_folded(text), self._values, n=1, cutoff=_LIKE_ENOUGH)
        if not near:
            raise self._unknown(text)
        value = self._values[near[0]]
        label = next(one.label for one in self.column.options if one.value == value)
        raise Unreadable(NEARLY, text, near=label)

    def _unknown(self, text: str) -> Unreadable:
        labels = [choice.label for choice in self.column.told.choices]
        if not labels:
            return Unreadable(NOTHING_THERE, text)
        told = SEPARATOR.join(labels[:_MOST_TOLD])
        words = UNKNOWN if len(labels) <= _MOST_TOLD else UNKNOWN_OF_MANY
        return Unreadable(words, text, choices=told, count=str(len(labels)))


def _keys(option: Option) -> tuple[str, ...]:
    return (option.value,)


def _labels(option: Option) -> tuple[str, ...]:
    return (option.label,)


def _other_words(option: Option) -> tuple[str, ...]:
    return option.also


def tidy(text: str) -> str:
    """*text* with line breaks and ends as forms keep them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _folded(text: str) -> str:
    return " ".join(fold(text).split())


# --- The form of a file: what may stand in it, and what there is, filled in to be worked on and imported again ---

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
        N_("Write no formulas, links or macros: only the text of the cells is imported."),
        N_("Name no child, no victim and no accused person, and nothing by which one could be recognised."),
        N_("You see what would happen before anything is kept. Imported rows are drafts: nothing is published."),
    ),
    "practices": (
        N_("Partners are organisations of the directory, or a sector and a side. Import new organisations first."),
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
            next_state(RECORD, self.state, "write")
            next_state(WORK, self.stage, "write")
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


def read_partial_date(text: str, lang: str) -> str | None:
    """A year, month or day as readers of *lang* write it; None for what is none."""
    found = typed_date(text, lang)
    return found if is_date(found) else None
