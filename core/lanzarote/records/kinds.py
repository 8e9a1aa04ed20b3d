"""A kind of record, as everything knows it that is made of all kinds: files, results, the activity, what is followed.

Each room declares its kinds in its ``record_kind.py``; ``composition.KINDS`` names them. Who makes something of all
kinds asks the session (``kinds_of``) or the instance for them, and names none. How people write one is declared by
``kinds.kind.Kind``, with its pages.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from msgspec import Struct

from lanzarote.records.lifecycle import Transitions
from lanzarote.types.values import Value

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Releasing
    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record
    from lanzarote.store.database import Regional

C = TypeVar("C", bound=Value)
"""What a person writes."""
S = TypeVar("S", bound=Value)
"""How far it is, and what was decided about it."""
Texts = Mapping[str, str]
"""Language → text."""
Faults = Iterable[tuple[str, str]]
"""Where something does not fit, and why."""
Counted = Iterable[tuple[str, str, str]]
"""What something counts for at an office: measure, of what, and of what besides."""


class Sectors(Struct, frozen=True, kw_only=True):
    """What the sectors of a region are, as its log last said."""

    common: Mapping[str, Sequence[str]] = {}
    """Key, or former key, → common sectors."""
    sides: Mapping[str, str] = {}

    def commons(self, keys: Iterable[str]) -> list[str]:
        return sorted({common for key in keys for common in self.common.get(key, ())})


class Beside(Struct, frozen=True, kw_only=True):
    """Rows that belong to a record and go with it in its line of a file, under the name of their table."""

    table: type[Regional]
    """Keyed by region, ``record_id`` and more."""
    row: type[Struct]
    """Its other columns, in the order by which rows are told apart; a column of JSON is ``Raw``."""
    texts: tuple[str, ...] = ()
    """Columns that hold what a person wrote: the guard looks at them."""
    markdown: tuple[str, ...] = ()
    """Those that are shown as Markdown: it looks at what readers see of them, too."""
    reads: dict[str, Any] = {}
    """Columns of JSON → what they are read as, where not anything will do."""

    @property
    def name(self) -> str:
        return str(self.table.__tablename__)  # type: ignore[attr-defined]


def titles_of(content: Mapping[str, Any]) -> tuple[str, Texts]:
    """The original language and the titles of a content as JSON, in each language that has one.

    >>> titles_of({"original": "fr", "text": {"fr": {"title": "Accueil"}, "en": {}}})
    ('fr', {'fr': 'Accueil'})
    >>> titles_of({"name": {"fr": "Tribunal"}})
    ('', {'fr': 'Tribunal'})
    """
    texts = content.get("title") or content.get("name")
    if texts is None:
        texts = {lang: said.get("title") for lang, said in content.get("text", {}).items()}
    return content.get("original", ""), {lang: text for lang, text in texts.items() if text}


class Released(Struct, frozen=True, kw_only=True):
    """What of a kind leaves the region, as a document of its change log."""

    make: Releasing
    """Writes the documents of some records."""
    document: type[Struct]
    """What whoever receives one reads it as."""
    plural: str = ""
    """What they are called together, where not all records of the kind leave."""
    content: str = ""
    """The field in which the content stands; empty: its fields are the document's own."""
    titled: Callable[[Mapping[str, Any]], tuple[str, Texts]] = titles_of
    """The original language and the titles of a content as JSON."""
    when_published: bool = False
    """The public reads nothing else of it unless something is published, withdrawn or erased."""
    unfit: Callable[[Any, datetime], Iterable[str]] = lambda *_: ()
    """What in a document no region may tell, besides what its type says; nothing in it was done after that moment."""
    counts: Callable[[Any, Sectors], Counted] | None = None
    """What an office counts it for; told the region's sectors. None: it is not counted."""
    measure: str = ""
    """The first of these, which counts each once."""
    by_sector: bool = False
    """What it counts for depends on these sectors."""

    fields: Mapping[str, str] = {}
    """What the fields of a document are called that are no field of the content."""

    def title(self, document: Mapping[str, Any]) -> tuple[str, Texts]:
        """The original language and the titles of a *document* as JSON."""
        return self.titled(document[self.content] if self.content else document)


class Followed(Struct, frozen=True, kw_only=True):
    """What people who follow a record are told."""

    news: Mapping[str, str]
    """What was done (a verb of the audit) → in words; nobody is told of anything else."""
    inside: bool = False
    """Who reads it as one of the team is told before the public reads it."""


class RecordKind(Struct, Generic[C, S], frozen=True, kw_only=True):
    """A kind of record."""

    name: str
    body: type[C]
    """What its versions say."""
    status: type[S]
    """How far it is, and what was decided about it."""
    lifecycle: Transitions = {}
    """Where each action leads from each state that the status can have; empty: it has none of its own."""
    draft: type[Any] | None = None
    """As what a version is read that is not published, where that may be unfinished."""
    room: str
    """Where the team's pages are, in addresses."""
    public: str = ""
    """Where the public's are; empty: there are none."""
    place: str = ""
    """The place of the team's bar in which its list stands (``activity.team_bar.PLACES``)."""
    page: tuple[str, ...] = ()
    """The page of the team where it has none for each record."""
    label: str
    """Such as "Practice"."""
    one: str
    """Such as "a practice"."""
    plural: str
    verbs: Mapping[str, str]
    """What is done to these records alone → in words (``activity.words`` has the verbs of all kinds)."""
    read: Action = "group.read"
    read_all: Action | None = None
    """What reading those takes that are ``unshared``; who wrote in one reads it, too."""
    unshared: Callable[[Record], bool] | None = None
    """Whether those who read the kind do not read this record yet."""
    withdraw: Action | None = None
    """What withdrawing one from the public takes, where a package may ask for it."""
    unfit: Callable[[Any, date], Faults] = lambda *_: ()
    """What in a content a file may not bring, beyond what its type says; told the day."""
    beside: tuple[Beside, ...] = ()
    fits: Callable[[Any, Container[str]], Faults] = lambda *_: ()
    """What is wrong in a line of a file with the rows beside its record together; told erased stakeholders."""
    checked: str = ""
    """The hook by which packages are asked before it is saved."""
    followed: Followed | None = None
    released: Released | None = None
    written: str = ""
    """Where its ``kinds.kind.Kind`` is, with its pages, such as ``lanzarote.visits.kind:VISITS``."""


Kinds = Mapping[str, "RecordKind[Any, Any]"]
"""Name → kind."""


def kinds_of(session: Session) -> Kinds:
    """The kinds of records that there are."""
    found: Kinds = session.info.get("kinds", {})
    return found
