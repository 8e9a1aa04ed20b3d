"""Procedures as a region's team and its representatives see them: the list, one with all that is known of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import and_, func, select

from lanzarote import guard
from lanzarote.accounts.service import names
from lanzarote.directory.service import named
from lanzarote.errors import Gone, NotFound
from lanzarote.procedures import checks, reading, service, sheets, writing
from lanzarote.procedures.endorsing import version_meant
from lanzarote.procedures.model import KIND, WHATS, ProcedureStatus, Said, Stand, What, due_on, stands_of
from lanzarote.procedures.words import WHAT_WORDS, label_of
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.permissions import Subject, allowed, may, subject_of
from lanzarote.records.records import Record, Version, decode
from lanzarote.stakeholders import members
from lanzarote.translation import N_
from lanzarote.types import Procedure

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.procedures.reading import Linked, Reading
    from lanzarote.records.permissions import Action, Actor
    from lanzarote.web.site import View

SHOWN: Final = 100
IMPROVEMENT: Final = "improvement"
PRACTICE: Final = "practice"
NO_SUCH: Final = N_("There is no such procedure here, or you may not read it.")
ERASED: Final = N_("This procedure was erased.")
FORMER: Final = N_("a former member")
PLATFORM: Final = N_("the region’s package")


class Step(Struct, frozen=True, kw_only=True):
    """Something that can be done with a procedure; ``name`` ends the address of its page."""

    name: str
    label: str
    action: Action
    text: str = ""
    """What the lifecycle has to allow for the newest version."""
    shown: str = ""
    """… for what is read."""
    record: str = ""
    """… for the record."""
    main: bool = False
    drafted: bool | None = None
    """It is for what the group wrote itself, or for what it did not."""
    beside: bool = False
    """It takes a version beside the one that is read."""


STEPS: Final = (
    Step(name="edit", label=N_("Edit"), action="group.write", text="write", record="write", main=True),
    Step(
        name="propose",
        label=N_("Propose it to its parties"),
        action="group.lead",
        text="propose",
        main=True,
        drafted=True,
    ),
    Step(
        name="document",
        label=N_("Let the public read it"),
        action="group.lead",
        text="document",
        main=True,
        drafted=False,
    ),
    Step(name="recall", label=N_("Take the proposal back"), action="group.lead", text="recall"),
    Step(name="discard", label=N_("Give up what was changed"), action="group.write", text="propose", beside=True),
    Step(name="look-again", label=N_("It was looked at again"), action="group.lead", shown="declare"),
    Step(name="rename", label=N_("Change its address"), action="group.lead", record="write"),
    Step(name="supersede", label=N_("Let another take its place"), action="group.lead", shown="supersede"),
    Step(name="withdraw", label=N_("Withdraw the procedure"), action="group.lead", shown="withdraw", record="withdraw"),
    Step(name="archive", label=N_("Archive"), action="group.lead", record="archive"),
    Step(name="restore", label=N_("Take out of the archive"), action="group.lead", record="restore"),
    Step(name="erase", label=N_("Erase the procedure"), action="record.erase", record="erase"),
)
SAY_LABELS: Final[Mapping[What, str]] = {
    "endorse": N_("Endorse it"),
    "decline": N_("Do not endorse it"),
    "apply": N_("Declare that it is applied"),
    "cease": N_("Declare that it is applied no longer"),
    "retract": N_("Take an endorsement back"),
}


class Row(Struct, frozen=True, kw_only=True):
    """A procedure in the team's list."""

    id: str
    title: Mapping[str, str]
    status: ProcedureStatus
    nature: str
    public: bool
    updated_at: datetime


class Listed(Struct, frozen=True, kw_only=True):
    rows: tuple[Row, ...]
    total: int


class Offered(Struct, frozen=True, kw_only=True):
    """A step that the state allows, for this reader."""

    name: str
    label: str
    main: bool
    why_not: str = ""


class HistoryLine(Struct, frozen=True, kw_only=True):
    """What a body said once."""

    body: str
    what: str
    said: Said
    by: str


class Note(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    label: str
    about: str
    text: str
    by: str


class Body(Struct, frozen=True, kw_only=True):
    """A party body, for whoever may say something for it."""

    id: str
    name: str
    spoken: bool
    """The reader speaks for it."""
    stand: Stand


class Told(Struct, frozen=True, kw_only=True):
    """What the page of a procedure needs."""

    id: str
    slug: str
    version: int
    record_state: str
    status: ProcedureStatus
    published_version: int | None
    procedure: Procedure
    reading: Reading
    open_points: tuple[tuple[str, str, str], ...]
    """Field, its label, what is to be put right."""
    steps: tuple[Offered, ...]
    bodies: tuple[Body, ...]
    unreached: frozenset[str]
    """Ids of those that are to endorse it, have not answered, and for which nobody with an account speaks."""
    history: tuple[HistoryLine, ...]
    reasons: tuple[Note, ...]
    due_on: date | None


def listed(session: Session, *, by: Actor, page: int) -> Listed:
    """A page of the list, from 0 on, the last changed first."""
    joined = (
        (Version.region_id == Record.region_id) & (Version.record_id == Record.id) & (Version.number == Record.version)
    )
    query = select(Record, Version.body).join(Version, joined).where(_seen(by))
    order = query.order_by(Record.updated_at.desc(), Record.slug).limit(SHOWN).offset(page * SHOWN)
    rows = []
    for record, body in session.execute(order):
        procedure = decode(body, Procedure)
        rows.append(
            Row(
                id=record.id,
                title=sheets.title_of(procedure),
                status=writing.status_of(record),
                nature=procedure.nature,
                public=record.published_version is not None,
                updated_at=record.updated_at,
            )
        )
    total = session.scalar(select(func.count()).select_from(Record).where(_seen(by))) or 0
    return Listed(rows=tuple(rows), total=total)


def read_record(view: View, session: Session, record_id: str) -> Record:
    """The procedure with this id, if the reader may read it. Raises NotFound, Gone."""
    record = session.get(Record, (view.region_id, record_id))
    if record is None or record.kind != KIND or not may(view.actor, "group.read", subject_of(session, record)):
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def tell(view: View, session: Session, record: Record, linked: tuple[Linked, ...] = ()) -> Told:
    status, procedure = writing.status_of(record), writing.text_of(session, record)
    parties, said = service.party_ids(session, procedure), service.said_of(session, record)
    asked = version_meant(record, status, "endorse")
    told = writing.told_of(session, record)
    people = names(session, [*(one.by for one in told.reasons), *(one.by for some in said.values() for one in some)])
    text = reading.read(view, procedure, status, parties=parties, said=said, version=record.version, practices=linked)
    bodies = tuple(_bodies(view, parties, stands_of(said, asked)))
    return Told(
        id=record.id,
        slug=record.slug,
        version=record.version,
        record_state=record.state,
        status=status,
        published_version=record.published_version,
        procedure=procedure,
        reading=text,
        open_points=tuple(
            (one.field, label_of(view, one.field), view._(one.text) % {"value": one.value})
            for one in checks.open_of(procedure)
        ),
        steps=offered(view, session, record, status, procedure, bodies),
        bodies=bodies,
        unreached=_unreached(session, record, status, bodies),
        history=tuple(_history(view, said, people)),
        reasons=tuple(
            Note(
                label=label_of(view, one.field),
                about=guard.explain(one.code, view.translator) if one.code in guard.REASONS else "",
                text=one.text,
                by=person(view, people, one.by),
            )
            for one in told.reasons
        ),
        due_on=due_on(procedure, status),
    )


def offered(
    view: View,
    session: Session,
    record: Record,
    status: ProcedureStatus,
    procedure: Procedure,
    bodies: tuple[Body, ...],
) -> tuple[Offered, ...]:
    """Every step that the state allows, and whether the reader may take it."""
    subject = subject_of(session, record)
    found = []
    for what in WHATS:
        state = (
            status.text_state if what in ("endorse", "decline") and status.text_state == "proposed" else status.state
        )
        speaks = [body for body in bodies if body.spoken]
        if _leads("procedure", state, "declare" if what == "apply" else what) and (
            speaks or may(view.actor, "group.lead", subject)
        ):
            main = bool(speaks) and what in ("endorse", "decline", "apply")
            found.append(Offered(name=what, label=view._(SAY_LABELS[what]), main=main))
    for step in STEPS:
        if step.drafted not in (None, procedure.nature == "drafted") or (step.beside and not status.beside):
            continue
        wanted = ((step.text, "procedure", status.text_state), (step.shown, "procedure", status.state))
        if all(_leads(table, state, action) for action, table, state in wanted if action) and (
            not step.record or _leads("record", record.state, step.record)
        ):
            verdict = may(view.actor, step.action, subject)
            why_not = view._(verdict.reason) if verdict.reason else ""
            found.append(Offered(name=step.name, label=view._(step.label), main=step.main, why_not=why_not))
    return tuple(found)


def version_lines(view: View, session: Session, record: Record) -> list[dict[str, object]]:
    """All versions, the newest first: number, at, by, published."""
    query = select(Version.number, Version.at, Version.actor).where(Version.record_id == record.id)
    rows = session.execute(query.order_by(Version.number.desc())).all()
    people = names(session, [actor for _, _, actor in rows])
    return [
        {"number": number, "at": at, "by": person(view, people, actor), "published": number == record.published_version}
        for number, at, actor in rows
    ]


def titles(view: View, session: Session, chosen: Collection[str] = ()) -> dict[str, list[tuple[str, str]]]:
    """Practices that the public reads and improvements that the group discusses: id and title, for the form.

    *chosen*: practices that are named already, each by its id or key: it is offered by the same.
    """
    public = and_(Record.kind == PRACTICE, Version.number == Record.published_version)
    discussed = and_(
        Record.kind == IMPROVEMENT, Record.state.not_in(("erased", "archived")), Version.number == Record.version
    )
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = select(Record.id, Record.key, Record.kind, Version.body).join(Version, joined).where(public | discussed)
    found: dict[str, list[tuple[str, str]]] = {"practices": [], "improvements": []}
    for record_id, key, kind, body in session.execute(query):
        title, _ = service.title_in(body, view.lang)
        room = "practices" if kind == PRACTICE else "improvements"
        by_id = kind == IMPROVEMENT or record_id in chosen
        found[room].append((record_id if by_id else key or record_id, title))
    return {room: sorted(some, key=lambda pair: view.sort_key(pair[1])) for room, some in found.items()}


def others(view: View, session: Session, but: str) -> list[tuple[str, str]]:
    """Id and title of the other procedures that the public reads."""
    return [(one.id, view.say(sheets.title_of(one.procedure))) for one in service.published(session) if one.id != but]


def person(view: View, people: Mapping[str, str], account_id: str) -> str:
    if account_id in ("lanzarote", "restore", "visitor", "load"):
        return view._(PLATFORM)
    return people.get(account_id) or view._(FORMER)


def _bodies(view: View, parties: Mapping[str, str], stands: Mapping[str, Stand]) -> list[Body]:
    known = named(view.directory)
    found = []
    for name, body in parties.items():
        one = known.get(body)
        told = view.say(one.organisation.name) if one else name
        spoken = bool(may(view.actor, "group.speak", Subject(region_id=view.region_id, id=body)))
        found.append(Body(id=body, name=told, spoken=spoken, stand=stands.get(body, Stand())))
    return found


def _unreached(session: Session, record: Record, status: ProcedureStatus, bodies: Sequence[Body]) -> frozenset[str]:
    if status.text_state != "proposed":
        return frozenset()
    silent = {one.id for one in bodies if not (one.stand.endorsed or one.stand.declined or one.stand.retracted)}
    return frozenset(silent - members.representatives(session, record.region_id, silent).keys())


def _history(view: View, said: Mapping[str, tuple[Said, ...]], people: Mapping[str, str]) -> list[HistoryLine]:
    known = named(view.directory)
    lines = [
        HistoryLine(
            body=view.say(known[body].organisation.name) if body in known else body,
            what=view._(WHAT_WORDS[one.what]),
            said=one,
            by=person(view, people, one.by),
        )
        for body, some in said.items()
        for one in some
    ]
    return sorted(lines, key=lambda line: -line.said.number)


def _leads(table: str, state: str, action: str) -> bool:
    try:
        next_state(table, state, action)
    except IllegalTransition:
        return False
    return True


def _seen(by: Actor) -> ColumnElement[bool]:
    return and_(Record.kind == KIND, Record.state != "erased", allowed(by, "group.read"))
