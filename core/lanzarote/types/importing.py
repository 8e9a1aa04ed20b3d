"""What crosses when a file is taken in: what it may hold, and what was read, each value with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct

from lanzarote.types.values import Key, Language, Text, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

Imported = Literal["practices", "organisations"]
ColumnKind = Literal["line", "text", "choice", "choices", "date", "number", "kept"]
"""line, text: one line, or several; choice, choices: of those offered; kept: what the platform wrote and reads again,
which nobody changes."""


class ImportChoice(Value, frozen=True, kw_only=True):
    """Something that a column offers to choose from."""

    value: str
    """As the platform keeps it; understood wherever it is written instead of the label."""
    label: str
    """What people read and write."""


class ImportColumn(Value, frozen=True, kw_only=True):
    """A column that a file may have."""

    field: Annotated[str, Meta(pattern=r"^[a-z_]+(\.[A-Za-z0-9_-]+)*$")]
    """Which field of the record, such as ``text.fr.title`` or ``partners.organisation``."""
    titles: dict[Language, str]
    """Language → its heading: a file is read whatever language its headings are in."""
    help: str = ""
    kind: ColumnKind = "line"
    group: str = ""
    """What may be said more than once, such as ``partners``; each is a line of its own, or whatever the format has."""
    choices: tuple[ImportChoice, ...] = ()
    required: bool = False
    former: tuple[str, ...] = ()
    """Fields that it was before a question of the region was renamed: a file that was taken out then is read still."""


class ImportForm(Value, frozen=True, kw_only=True):
    """What may be written about records of one kind in one region, for a writer of one language."""

    of: Imported
    region: Key
    language: Language
    title: str
    instructions: tuple[str, ...] = ()
    columns: tuple[ImportColumn, ...]
    words: dict[str, str] = {}
    """``instructions``, ``choices``, ``number``: what a file calls these parts of itself."""
    most: int = 0
    """Records that a file may hold, those that it leaves as they are included; a reader may stop there. 0: no limit."""


class ImportPlace(Value, frozen=True, kw_only=True):
    """Where in a file something is, as people count: from 1."""

    sheet: str = ""
    row: int = 0
    column: int = 0
    """0: the whole row."""


class ImportAnswer(Value, frozen=True, kw_only=True):
    """What a file says in one field."""

    field: str
    """As the column has it; of what may be said more than once with its number: ``partners[2].organisation``."""
    text: str
    place: ImportPlace = ImportPlace()


class ImportProblem(Value, frozen=True, kw_only=True):
    """Why something cannot be read, and what to do about it."""

    text: Text
    """Language → the words. They quote no text that somebody wrote: it may be one that nobody may keep."""
    place: ImportPlace = ImportPlace()


class ImportDraft(Value, frozen=True, kw_only=True):
    """A record as a file has it: new, or the next version of one that is there."""

    place: ImportPlace = ImportPlace()
    answers: tuple[ImportAnswer, ...] = ()
    """A field that is left empty is not there."""
    problems: tuple[ImportProblem, ...] = ()
    """Why it cannot be taken as it is; the others can."""


class ImportReading(Value, frozen=True, kw_only=True):
    """What was read out of a file."""

    fields: tuple[str, ...] = ()
    """Columns that the file has: what has none stays as it is, what is empty in one is emptied."""
    drafts: tuple[ImportDraft, ...] = ()
    problems: tuple[ImportProblem, ...] = ()
    """Why nothing of the file can be taken."""


class Importer(Struct, frozen=True, kw_only=True):
    """A file format that practices and the directory can be taken in from. It reads and writes no record itself."""

    format: Key
    label: str
    media_type: str
    extensions: Annotated[tuple[str, ...], Meta(min_length=1)]
    """Endings of its files' names, without a dot; a template gets the first."""
    write: Callable[[ImportForm, Iterable[ImportDraft]], bytes]
    """A file to be filled in: a template without drafts, else with what there is."""
    read: Callable[[bytes, ImportForm], ImportReading]
    """Never trust the file: refuse what is too large or does anything, and say so in ``problems``."""
