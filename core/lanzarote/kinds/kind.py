"""How a kind of record is declared: its content, its words, what can be done with it, and its own functions.

Everything here is data and plain functions. What is special about a kind is a function of it, never a subclass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from inspect import Parameter, signature
from pkgutil import resolve_name
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Generic

from msgspec import Struct

from lanzarote.kinds.fields import Field, Shape, shapes_of, within
from lanzarote.kinds.wording import label_of
from lanzarote.records.kinds import C, RecordKind, S
from lanzarote.records.lifecycle import RECORD
from lanzarote.records.records import Record, decode
from lanzarote.records.validation import Fault
from lanzarote.store.ids import slugify
from lanzarote.translation import N_

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.kinds.sent import SentForm
    from lanzarote.kinds.wording import Said
    from lanzarote.records.lifecycle import Transitions
    from lanzarote.records.permissions import Action as Permission
    from lanzarote.records.permissions import Actor
    from lanzarote.types import Table, Text
    from lanzarote.web.site import View

When = Callable[[Record, str], bool]
"""Whether a record, and what its kind calls its state, allow something."""

OFFERED: Final = frozenset(
    {
        "expected", "reason", "why", "given", "confirmed", "mark", "known", "prepared", "vocabulary", "today", "by",
        "at",
    }
)  # fmt: skip
"""What an action can ask for by naming a parameter so: the version that was read, the reason, why things stay that the
guard asked about, what was filled in, whether what it ``confirms`` was ticked, what ``first`` marked, what the region
has to name, what it ``prepares``, its vocabulary, its day, who does it, when.
"""
KNOWING: Final = frozenset({"record_id", "language", "by", "content"})
"""What ``known`` can ask for: the record, if there is one, the reader's language, who writes, and what was written."""
RECORD_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "draft": N_("read by the group"),
        "published": N_("read by the public"),
        "withdrawn": N_("taken from the public"),
        "archived": N_("in the archive"),
    }
)


class Step(Struct, frozen=True, kw_only=True):
    """Something that can be done with a record; ``name`` ends the address of its page."""

    name: str
    label: str
    may: Permission
    when: When
    main: bool = False
    """It is one of the next steps; others stand below."""


class Before(Struct, frozen=True, kw_only=True):
    """A record before an action is done with it."""

    instance: Instance
    record: Record
    content: Any
    """What it says."""
    given: Any = None
    """What was filled in."""
    why: Mapping[tuple[str, str], str] = {}
    """Why things stay that the guard asks about."""
    by: Actor


class OwnForm(Struct, frozen=True, kw_only=True):
    """A form that does not ask field by field; what is shown and sent is still read by the fields."""

    template: str
    """It extends the common one."""
    shown: Callable[[View, dict[str, Any]], dict[str, Any]] = lambda _, typed: typed
    """What the fields hold, as the form has it."""
    sent: Callable[[View, SentForm, Any, str, list[Fault]], Mapping[str, Any]] | None = None
    """What was typed, as the fields hold it; told what the record says, its id, and adds what cannot be read."""
    tidied: Callable[[SentForm], Mapping[str, Any]] = lambda sent: sent
    """What was typed, with the rows where they are to stand; those in which nobody wrote fall away anyway."""
    rearranged: Callable[[View, SentForm, str], Mapping[str, Any]] | None = None
    """What the button ``do`` makes of rows that name each other; of such, nobody makes one text of two."""
    buttons: Mapping[str, Callable[[View, SentForm, str], Mapping[str, Any]]] = {}
    """Button of its own → what it makes of the form, which is shown again; told what was typed, and the record's id."""
    context: Callable[[View, str, SentForm], Mapping[str, Any]] = lambda *_: {}
    """What the template needs besides; told the id of the record, and what the form holds."""


class Form(Step, frozen=True, kw_only=True):
    """A form in which a record is written: the page asks for its fields, saving keeps another version."""

    done: str = N_("Saved.")
    """What is said when it is saved."""
    heading: str = ""
    """Of its page, where that is not its label."""
    warning: tuple[str, str] = ("", "")
    """Title and text of what to know before one writes."""
    asks: type[Struct] | None = None
    """What is asked besides the content, such as why; ``changing`` takes it under its names."""
    beside: tuple[Field, ...] = ()
    """Its fields."""
    fields: tuple[str, ...] = ()
    """Names of those that it asks for, where it writes a part of the content; empty: all.

    The others stay as they are in the record, whoever saves them meanwhile.
    """
    own: OwnForm | None = None
    """Where it does not ask field by field."""


class Action(Step, frozen=True, kw_only=True, dict=True):
    """Something that is done: a page that says what follows, and a resource of the API."""

    do: Callable[..., object]
    """A service: it takes session, record, and of ``OFFERED`` what it names."""
    text: str
    """What follows from it, on its page."""
    told: str
    """The same for programs; the description of the resource."""
    done: str = ""
    """What is said when it is done."""
    grave: bool = False
    """It takes something away: its button says so."""
    leave: str = N_("Cancel")
    """The link that leads back with nothing done."""
    erases: bool = False
    """A word has to be typed, and nothing is left to be shown."""
    why: str = N_("For the group. Name nobody who could be recognised.")
    """Who reads the reason, if one is asked for."""
    asks: type[Struct] | None = None
    """What has to be filled in: body of the resource, and with ``fields`` the form of the page."""
    fields: tuple[Field, ...] = ()
    first: Callable[[View, Record], Mapping[str, Any]] = lambda *_: {}
    """What its form holds before anybody writes in it; ``mark`` comes back unseen, as a service asks for it."""
    confirms: Mapping[str, str] = {}
    """What has to be ticked one by one: name → sentence."""
    include: str = ""
    """A template whose words stand on the page, after the text; it knows what the kind's own page does."""
    barred: Callable[[View, Session, Record], str] | None = None
    """Why the reader may not do it now, whatever their role."""
    prepares: Callable[[Before], Any] | None = None
    """What takes long, before anything is held: texts are checked, packages asked, other regions read."""
    operation: str = ""
    """Of the API, where it is not its name with the kind's."""

    @cached_property
    def takes(self) -> frozenset[str]:
        """What the service asks for."""
        return names_of(self.do)

    @property
    def is_written(self) -> bool:
        """Whether its form asks for words or choices, which are kept while they are typed."""
        return bool(self.shapes) or "reason" in self.takes

    def __post_init__(self) -> None:
        if unknown := required_of(self.do) - OFFERED:
            raise TypeError(f"{self.name}: nobody gives {', '.join(sorted(unknown))}; there is {sorted(OFFERED)}.")
        self.shapes  # noqa: B018  # as a kind does

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        # What no page asks for, such as the id of another record, programs may send all the same.
        return shapes_of(self.asks, self.fields, whole=False) if self.asks else ()


class Words(Struct, frozen=True, kw_only=True):
    """What pages call the records of a kind; to be translated."""

    plural: str = ""
    """The title of the list, where that is not what the kind is called."""
    begin: str = ""
    lede: str
    """Below the title of the list."""
    form_lede: str = ""
    caption: str
    """Of the list, with its order."""
    columns: tuple[str, ...]
    empty: str
    empty_hint: str
    untitled: str = ""
    """In place of a title."""


class Filter(Struct, frozen=True, kw_only=True):
    """What the list can be narrowed to: records in some *states*, or those that *which* says; without both, all."""

    name: str
    label: str
    states: tuple[str, ...] = ()
    """As the kind calls them (``Kind.state``)."""
    which: Callable[[Instance, Session, str, Actor], ColumnElement[bool]] | None = None
    """A condition on ``Record``; told the region and who reads."""


def current(*_: object) -> ColumnElement[bool]:
    """All but what is in the archive."""
    return Record.state != "archived"


WORKING: Final = (
    Filter(name="current", label=N_("Current"), which=current),
    Filter(name="archived", label=N_("Archived"), which=lambda *_: Record.state == "archived"),
)


class Row(Struct, frozen=True, kw_only=True):
    """A record in the list of its kind."""

    id: str
    title: str
    state: str = ""
    """Empty: the badges say it."""
    badges: tuple[tuple[str, str], ...] = ()
    """Class and words of what else there is to know."""
    cells: tuple[str, ...] = ()
    """What stands in the columns between its state and the last."""
    last: str = ""
    """What stands in the last column."""


class Api(Struct, frozen=True, kw_only=True):
    """How programs read a kind; its functions say in their annotations what they return."""

    tag: str
    item: Callable[..., Struct]
    """A record in the list, such as a ``VisitItem``; told what its newest version says, and what is read ``beside``."""
    tell: Callable[..., Struct]
    """One record; told session, record and content, and ``instance`` and ``beside`` if it names them."""
    beside: Callable[[Instance, Session, Sequence[tuple[Record, Any]]], Any] | None = None
    """Read once for all records of the list: what was decided elsewhere, what is due."""
    versions: bool = False
    """Programs read every version."""
    told: Mapping[str, str] = {}
    """Operation, such as ``create_visit`` → what it does, where the common words do not say it."""
    operations: Mapping[str, str] = {}
    """Operation → as programs know it already."""
    now: Callable[[Record], Struct] | None = None
    """What a change is answered with, where that is no ``State``."""


def titles_of(content: Any) -> Text:
    """Language → title."""
    return {code: one.title for code, one in content.text.items() if one.title}


class Kind(Struct, Generic[C, S], frozen=True, kw_only=True, dict=True):
    """A kind of record."""

    record: RecordKind[C, S]
    """What it is, for all that is made of every kind."""
    fields: tuple[Field, ...]
    steps: tuple[Step, ...]
    """What can be done, in the order in which it is shown. The first form is that of new records, too.

    Without a form the room has pages and resources of its own to begin a record and to write it.
    """
    words: Words
    api: Api
    write: Permission = "group.write"
    none: str
    """What programs are told where there is none."""
    erased: str
    states: Mapping[Any, str] = RECORD_STATES
    """State → words."""
    state: Callable[[Session, Record], str] | None = None
    """What its actions go by, where that is not the ``state`` of its status, or else of the record."""
    notices: Mapping[str, str] = {}
    """What pages say besides of what was done, or could not be; a Conflict with such words is said by them."""
    labels: Mapping[str, str] = {}
    """What is called how that stands beside the content: its values, its answers."""
    called: Callable[[View, C, str, int], str] | None = None
    """What a row is called instead of its number; told the content, the field and the number."""

    first: Callable[[View], Mapping[str, Any]] = lambda _: {}
    """What the form of a new record holds."""
    known: Callable[..., Any] = lambda *_: None
    """What a region has that a record may name; told instance and region, and of ``KNOWING`` what it asks for."""
    rules: Callable[[C, Any], Iterable[Fault]] = lambda *_: ()
    """What in a content cannot be kept, beyond what its type says; told what is ``known``."""
    as_named: Callable[..., C] | None = None
    """What a form said, which goes on naming others as the record did before; told instance, region, record and what
    was said, and ``by`` whom, if it asks.
    """
    changing: Callable[..., str | None] | None = None
    """Asked before another version is kept, with session, record, what it said, what it will say, and what it names.

    It raises what stands against it, or changes the status; returns what the history tells of it besides.
    """
    title: Callable[[C], Text] = titles_of
    slug: Callable[[C], str] | None = None
    """The end of its public address, where that is not its title."""
    kept: Callable[[C], C] = lambda content: content
    """A content that passed, as it is kept: what it says twice stands in it once."""

    filters: tuple[Filter, ...] = WORKING
    """What the list can be narrowed to; it begins with the first, which leaves out the archive."""
    shown: int = 50
    """How many stand on a page of the list."""
    rows: Callable[[View, Session, Sequence[tuple[Record, C]]], Sequence[Any]] | None = None
    """What the list tells of records and what they say, where that is not title, state and day: each a ``Row``."""
    table: Callable[[View, Sequence[Any]], Table] | None = None
    """The list as a file."""
    page: Callable[[View, Session, Record, C], Mapping[str, Any]] | None = None
    """What the kind's own template of the page needs."""
    also_said: Callable[[View, Session, Record, int], Mapping[str, Said]] | None = None
    """What a version has beside its content, by place, for its differences."""
    answers: Callable[[Session, Record], Record] | None = None
    """The record that answers in the place of one, which may be itself."""
    public: Callable[[View, Record | None], str] | None = None
    """Address of what the public reads, of one record or of all."""
    style: str = ""
    """Its own style sheet, beside those of all team pages."""
    templates: Mapping[str, str] = {}
    """Its own for ``list``, ``record`` and actions by their names; each extends the common one."""

    def __post_init__(self) -> None:
        # A declaration that does not fit its type is told when it is read, not when it is used.
        self.shapes, self.beside, self.parts  # noqa: B018

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def plural(self) -> str:
        """The title of its list."""
        return self.words.plural or self.record.plural

    @property
    def room(self) -> str:
        """Part of the addresses of its pages and resources, in the plural."""
        return self.record.room

    @property
    def content(self) -> type[C]:
        """What somebody writes, who may not have finished yet."""
        return self.record.draft or self.record.body

    @property
    def status(self) -> type[S]:
        return self.record.status

    @property
    def read(self) -> Permission:
        return self.record.read

    @cached_property
    def shapes(self) -> tuple[Shape, ...]:
        return shapes_of(self.content, self.fields)

    @cached_property
    def beside(self) -> Mapping[str, tuple[Shape, ...]]:
        """Name of each form → what it asks besides the content."""
        return {one.name: shapes_of(one.asks, one.beside, whole=False) if one.asks else () for one in self.forms}

    @cached_property
    def parts(self) -> Mapping[str, tuple[Shape, ...]]:
        """Name of each form → what of the content it asks for."""
        return {one.name: within(self.shapes, one.fields) for one in self.forms}

    @cached_property
    def forms(self) -> tuple[Form, ...]:
        return tuple(one for one in self.steps if isinstance(one, Form))

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        return tuple(one for one in self.steps if isinstance(one, Action))

    def label_of(self, view: View, place: str, also: Sequence[Shape] = (), content: C | None = None) -> str:
        """What a place is called, in *content*, in what is asked beside it, or among ``labels``."""
        head = place.partition(".")[0].partition("[")[0]
        if head in self.labels:
            return view._(self.labels[head])
        called = {"called": partial(self.called, view, content)} if self.called and content is not None else {}
        return label_of(view, (*also, *self.shapes), place, **called) or place

    def status_of(self, record: Record) -> S:
        return decode(record.status, self.status)

    def state_of(self, session: Session, record: Record) -> str:
        if self.state:
            return self.state(session, record)
        return str(getattr(self.status_of(record), "state", record.state))

    def slug_of(self, content: Any) -> str:
        if self.slug:
            return self.slug(content)
        return slugify(self.title(content).get(content.original, "") or self.name)


def written(record: RecordKind[C, S]) -> Kind[C, S] | None:
    """How people write records of a kind; None: by pages of their room's own."""
    return resolve_name(record.written) if record.written else None


def names_of(function: Callable[..., object]) -> frozenset[str]:
    """Parameters of a service, after session and record."""
    return frozenset([*signature(function).parameters][2:])


def required_of(function: Callable[..., object]) -> frozenset[str]:
    known = [*signature(function).parameters.values()][2:]
    return frozenset(one.name for one in known if one.default is Parameter.empty)


def given_to(function: Callable[..., object], offered: Mapping[str, Any]) -> dict[str, Any]:
    """Of what is *offered*, what *function* asks for."""
    wanted = names_of(function)
    return {name: value for name, value in offered.items() if name in wanted}


def leads(table: Transitions, state: str, action: str) -> bool:
    """Whether *state* allows *action*."""
    return (state, action) in table


def record_can(action: str) -> When:
    """The record, as the public knows it, allows *action*."""
    return lambda record, _: leads(RECORD, record.state, action)


def in_state(*states: str) -> When:
    """It is in one of *states*, and not in the archive."""
    return lambda record, state: state in states and record.state != "archived"
