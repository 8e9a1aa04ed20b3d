"""Rows beside a record: what people say of it, propose for it, plan because of it. Declared, found, and done.

A row is no record: it has no versions, and goes with the record that it stands beside. What is done with it is an
``EntryAction``: a form and a page, or a part of one, and a resource of the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from msgspec import Struct

from lanzarote.errors import Conflict, Gone, NotFound, NotPermitted
from lanzarote.kinds import service
from lanzarote.kinds.contents import faults_in, leaves, written_in
from lanzarote.kinds.fields import Field, Shape, shapes_of
from lanzarote.kinds.kind import given_to, required_of
from lanzarote.records import records
from lanzarote.records.drafts import CALL_FOR_HELP, Reason
from lanzarote.records.permissions import may_somewhere, require, subject_of
from lanzarote.records.records import Record
from lanzarote.records.validation import MISSING, Fault, Faulty, let_pass
from lanzarote.web.resources import BadRequest, Parameter
from lanzarote.web.texts import text_shown

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Action as Permission
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web import working_records
    from lanzarote.web.resources import Asked
    from lanzarote.web.site import View

R = TypeVar("R")
"""The table of the rows."""


OFFERED: Final = frozenset({"row", "given", "reasons", "language", "known", "vocabulary", "today", "by", "at"})
"""What the service of an action can ask for by naming a parameter so: the row, None for a new one; what was filled in;
why what the guard asked about in it stays; the language in which it is written unless it says another; what the region
has that may be named, its vocabulary, its day, who does it and when.
"""


class EntryAction(Struct, frozen=True, kw_only=True, dict=True):
    """Something that is done with a row: a form, and a resource of the API."""

    name: str
    label: str
    """Heading of its page, and its button."""
    may: Permission
    do: Callable[..., Any]
    """A service: it takes session, record, and of ``OFFERED`` what it names; it returns the row."""
    stops: Callable[[Record, Any], str] = lambda *_: ""
    """Why it cannot be done now, whoever asks; told the record and the row."""
    barred: Callable[[Any, Actor], str] = lambda *_: ""
    """Why somebody may not do it, whatever their role; told the row."""
    asks: type[Struct] | None = None
    """What has to be filled in: body of the resource, and with ``fields`` the form."""
    fields: tuple[Field, ...] = ()
    hidden: tuple[str, ...] = ()
    """What the form carries along without asking for it."""
    here: bool = False
    """Its form stands on the page of the row, or of all rows for a new one, not on one of its own."""
    leads_to: Callable[[str], tuple[str, Mapping[str, str]]] | None = None
    """Where its form is, if that depends on what the row is about: the path below the record, and the query."""
    holds: Callable[[View, Session, Record, Any], Mapping[str, Any]] = lambda *_: {}
    """What stands in the form before anybody writes in it."""
    known: Callable[[Instance, str], Any] = lambda *_: None
    """What a region has that may be named."""
    text: str = ""
    """What follows from it, above its form."""
    include: str = ""
    """A template whose words stand above that; it knows what the page of the row does."""
    grave: bool = False
    """It takes something away: its button says so."""
    done: str = ""
    """What is said when it is done."""
    told: str = ""
    """The description of the resource; without one, programs do it by another."""
    operation: str = ""
    """Of the API, where it is not its name with the entry's."""

    def __post_init__(self) -> None:
        if unknown := required_of(self.do) - OFFERED:
            raise TypeError(f"{self.name}: nobody gives {', '.join(sorted(unknown))}; there is {sorted(OFFERED)}.")
        self.shapes  # noqa: B018  # a declaration that does not fit its type is told when it is read

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        carried = (Field(name=name, label="") for name in self.hidden)
        return shapes_of(self.asks, (*carried, *self.fields), whole=False) if self.asks else ()

    @property
    def explains(self) -> bool:
        """What the guard asks about may stay with a reason."""
        return self.asks is not None and "reasons" in self.asks.__struct_fields__


class EntryApi(Struct, frozen=True, kw_only=True):
    """How programs read rows: the types of what they are answered."""

    tag: str
    item: type[Struct]
    whole: type[Struct]
    items: Callable[[Asked, Session, Sequence[Any]], Iterable[Struct]]
    """What the list tells of rows."""
    tell: Callable[[Asked, Session, Any], Struct]
    """Makes a ``whole``."""
    all_told: str
    one_told: str
    order: Any
    """Column by which they are listed."""
    query: tuple[tuple[Parameter, Any], ...] = ()
    """Parameter by which rows can be asked for, and the column that it names."""
    largest: int = 64 * 1024


class Entry(Struct, Generic[R], frozen=True, kw_only=True, dict=True):
    """Rows of one table beside the records of a kind."""

    name: str
    room: str
    """Part of the addresses of its resources, in the plural."""
    place: str
    """Part of the addresses of its pages."""
    beside: working_records.Kind
    beside_room: str
    row: type[R]
    key: Parameter
    """How a row is named in addresses."""
    mark: Callable[[R], str]
    """Changes whenever the row does: its ETag, and what its forms carry."""
    begin: EntryAction
    """Makes a new row."""
    actions: tuple[EntryAction, ...]
    api: EntryApi
    read: Permission = "group.read"
    none: str
    changed: str
    archived: str
    """What is said of a record in the archive."""
    templates: Mapping[str, str]
    """Those of ``list``, ``one`` and ``form``, the frame of the others."""
    frame: Callable[[View, Session, Record], Mapping[str, Any]]
    """What all its pages show of the record."""
    listing: Callable[[View, Session, Record], Mapping[str, Any]]
    page: Callable[[View, Session, Record, R], Mapping[str, Any]]
    notices: Mapping[str, str] = {}
    """What its pages say besides of what was done with the record."""

    def key_of(self, row: R) -> str:
        return str(getattr(row, self.attribute))

    @property
    def attribute(self) -> str:
        """The column by which a row is found beside its record."""
        return "number" if self.key.between else "id"


def find(entry: Entry[R], session: Session, record: Record, key: str) -> R:
    """The row called *key*. Raises NotFound."""
    try:
        entry.key.check(key)
    except BadRequest:
        raise NotFound(entry.none) from None
    known = int(key) if entry.key.between else key
    found = session.get(entry.row, (record.region_id, record.id, known))
    if found is None:
        raise NotFound(entry.none)
    return found


def check(
    action: EntryAction,
    given: Any,
    vocabulary: Vocabulary,
    reasons: Mapping[tuple[str, str], str],
    *,
    by: Actor,
) -> tuple[Reason, ...]:
    """Let what was *given* pass the guard; return why what it asked about may stay. Raises Identifying, Faulty."""
    kept: tuple[Reason, ...] = ()
    if action.explains:
        # What is read is not what is written: Markdown can tear a name apart, and write an @ as a number.
        as_read = {place: text_shown(text) for place, text in written_in(action.shapes, given)}
        about: dict[str, Any] = {"reasons": reasons, "by": by.account_id, "as_read": as_read}
        kept = service.let_through(action.shapes, given, vocabulary, **about)
    else:
        about = {"texts": dict(written_in(action.shapes, given)), "by": by.account_id}
        confirmed = {at: text for at, text in reasons.items() if at[1] == CALL_FOR_HELP}
        kept = let_pass((), confirmed, identifiers=vocabulary.header.personal_identifiers, **about)
    needed = (leaf for leaf in leaves(action.shapes, given) if leaf.shape.what == "line" and leaf.shape.required)
    missing = (Fault(field=leaf.place, text=MISSING) for leaf in needed if not leaf.value.strip())
    if faults := [*faults_in(action.shapes, given), *missing]:
        raise Faulty(faults)
    return kept


def perform(
    entry: Entry[R],
    action: EntryAction,
    session: Session,
    record: Record,
    key: str = "",
    *,
    by: Actor,
    at: datetime,
    unchanged: Callable[[R], object] = lambda _: None,
    **offered: Any,
) -> R:
    """Do it with the row *key*, or make a new one; nobody else changes what stands beside *record* meanwhile.

    *unchanged* raises what stands against a row that is not as it was read. Raises NotFound, Gone, NotPermitted,
    Conflict.
    """
    session.refresh(record, with_for_update=True)
    require(by, action.may, subject_of(session, record))
    if record.state == "erased":
        raise Gone(entry.beside.erased)
    if record.state == "archived":
        raise Conflict(entry.archived)
    row = find(entry, session, record, key) if key else None
    if row is not None:
        unchanged(row)
        if why := action.barred(row, by):
            raise NotPermitted(why)
    if why := action.stops(record, row):
        raise Conflict(why)
    made: R = action.do(session, record, **given_to(action.do, {**offered, "row": row, "by": by, "at": at}))
    session.flush()
    kept: tuple[Reason, ...] = offered.get("reasons", ())
    confirmed = [one.field for one in kept if one.code == CALL_FOR_HELP]
    records.tell_about_work(session, record, confirmed, by=by.account_id, at=at)
    return made


def possible(entry: Entry[Any], record: Record, row: Any, by: Actor) -> tuple[EntryAction, ...]:
    """What *by* may do with *row* now; None: with all of them."""
    some = entry.actions if row is not None else (entry.begin,)
    return tuple(one for one in some if may_now(one, record, row, by))


def may_now(action: EntryAction, record: Record, row: Any, by: Actor) -> bool:
    if not may_somewhere(by, action.may, record.region_id):
        return False
    return not (row is not None and action.barred(row, by)) and not action.stops(record, row)
