"""The agenda: what of the group's work is open and belongs on it; what the records on it are called today."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.improvements.model import ENDED, Action
from lanzarote.meetings.model import KIND
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import joined, newest_version
from lanzarote.runtime.reading import LateDecoder
from lanzarote.types import AgendaPoint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lanzarote.types import About, Meeting

OPEN: Final[Mapping[str, tuple[About, Mapping[str, int]]]] = {
    KIND: ("minutes", {"minutes-drafted": 0}),
    "improvement": ("improvement", {"called": 1, "discussed": 2}),
    "finding": ("finding", {"shared": 3}),
    "procedure": ("procedure", {"proposed": 4}),
}
"""Kind of records → what a point about one is, and the states in which it belongs on an agenda, in their order there.

A record says in its status how far it is (``state``), and in its body what it is called (``text``, ``title``); rooms
above this one need nothing more to have theirs proposed.
"""
ACTIONS: Final = {True: 1, False: 5}
"""The place of actions that follow from an improvement in that order: with one overdue on that day, or with none."""
UNREAD: Final[Mapping[str, frozenset[str]]] = dict.fromkeys(
    ("finding", "improvement", "procedure"), frozenset({"", "draft"})
)
"""Kind → states in which the group does not read it yet, not even what it is called. A draft need not say its state."""
USUAL: Final[Mapping[About, int]] = {"minutes": 10, "improvement": 20, "finding": 15, "procedure": 20, "action": 10}
"""Minutes that a point is given until somebody plans otherwise."""


KINDS_OF: Final[Mapping[About, str]] = {
    "finding": "finding",
    "improvement": "improvement",
    "minutes": KIND,
    "procedure": "procedure",
    "action": "improvement",
}
"""What a point is about → kind of the record that it names; actions follow from improvements."""
MOST: Final = 60
"""Points on an agenda."""


class Named(Struct, frozen=True, kw_only=True):
    """A record as an agenda names it."""

    id: str
    kind: str
    state: str
    title: Mapping[str, str]
    """Empty where the group may not read it, or does no longer."""
    original: str = ""
    until: date | None = None
    """The last day of a call for positions; of actions, the first day on which one is to be done."""
    about: About = "own"
    """What a point about it is, where it is proposed as one."""
    to_do: int = 0
    """How many actions that follow from it are neither done nor given up."""
    overdue: int = 0
    """How many of them were to be done before the meeting."""


class _Text(Struct):
    title: str | None = None


class _Titled(Struct):
    original: str = ""
    text: dict[str, _Text] = {}


class _Status(Struct):
    state: str = ""
    called_until: date | None = None


_titled = LateDecoder(_Titled)
_status = LateDecoder(_Status)


def references_in(meeting: Meeting) -> set[str]:
    """Ids of all records that it names, but for stakeholders."""
    about = {one.record for one in meeting.agenda if one.record}
    return about | {one.improvement for one in meeting.outcomes if one.improvement}


def open_now(session: Session, region_id: str, *, day: date, but: str = "") -> tuple[Named, ...]:
    """Everything that belongs on the agenda of a meeting on *day*, in the order of one; *but*: that meeting."""
    found = [
        ((ACTIONS[one.overdue > 0], one.until or date.max, one.id), one) for one in _to_do(session, region_id, day)
    ]
    for named in _named(session, _records(region_id).where(Record.kind.in_(OPEN), Record.state != "archived")):
        place = OPEN[named.kind][1].get(named.state)
        if place is not None and named.title and named.id != but:
            named = msgspec.structs.replace(named, about=OPEN[named.kind][0])
            found.append(((place, named.until or date.max, named.id), named))
    return tuple(named for _, named in sorted(found, key=lambda one: one[0]))


def proposed(meeting: Meeting, candidates: Sequence[Named]) -> tuple[AgendaPoint, ...]:
    """The agenda of *meeting* with those of *candidates* added that are not on it; nothing is taken out."""
    there = {point.record for point in meeting.agenda}
    added = [point_about(one) for one in candidates if one.id not in there]
    room = MOST - len(meeting.agenda)
    return (*meeting.agenda, *added[: max(room, 0)])


def point_about(named: Named) -> AgendaPoint:
    return AgendaPoint(about=named.about, record=named.id, minutes=USUAL.get(named.about))


def named_in(session: Session, region_id: str, meetings: Collection[Meeting]) -> dict[str, Named]:
    """Every record that *meetings* name, by id: one question, however many."""
    ids = {one for meeting in meetings for one in references_in(meeting)}
    return named_by_id(session, region_id, ids)


def named_by_id(session: Session, region_id: str, ids: Collection[str]) -> dict[str, Named]:
    if not ids:
        return {}
    return {one.id: one for one in _named(session, _records(region_id).where(Record.id.in_(ids)))}


def public_titles(
    session: Session, region_id: str, meeting: Meeting, more: Collection[str] = ()
) -> dict[str, tuple[Mapping[str, str], str]]:
    """Id of each record that the public reads → what it is called there, its own language.

    Of those that *meeting* names, and of *more*.

    Never a finding: what the group found, and what it calls it, is its own.
    """
    ids = {*references_in(meeting), *more}
    if not ids:
        return {}
    query = select(Record.id, Version.body).join(
        Version, joined(Version) & (Version.number == Record.published_version)
    )
    here = (Record.region_id == region_id) & Record.id.in_(ids)
    rows = session.execute(query.where(here, Record.kind != "finding", Record.state != "erased"))
    return {record_id: _public_title(body) for record_id, body in rows}


def _public_title(body: bytes) -> tuple[Mapping[str, str], str]:
    said = _titled.decode(body)
    return {code: one.title for code, one in said.text.items() if one.title}, said.original


def kinds_of(session: Session, region_id: str, ids: Collection[str]) -> dict[str, str]:
    """Id of each record that there is, or was, and that the group may read → its kind."""
    if not ids:
        return {}
    rows = session.execute(
        select(Record.id, Record.kind, Record.status).where(Record.region_id == region_id, Record.id.in_(ids))
    )
    return {
        record_id: kind
        for record_id, kind, status in rows
        if _status.decode(status).state not in UNREAD.get(kind, frozenset())
    }


def _to_do(session: Session, region_id: str, day: date) -> Iterator[Named]:
    """Each adopted improvement of which something is still to be done."""
    here = (Action.region_id == region_id) & Action.progress.not_in(ENDED)
    query = select(Action.record_id, Action.due_on).where(here).order_by(Action.due_on)
    days: dict[str, list[str]] = {}
    for record_id, due_on in session.execute(query):
        days.setdefault(record_id, []).append(due_on)
    if not days:
        return
    for named in _named(session, _records(region_id).where(Record.id.in_(list(days)), Record.state != "archived")):
        if named.state == "adopted":
            due = days[named.id]
            yield msgspec.structs.replace(
                named,
                about="action",
                until=date.fromisoformat(due[0]),
                to_do=len(due),
                overdue=sum(one < day.isoformat() for one in due),
            )


def _records(region_id: str) -> Select[str, str, bytes, bytes]:
    return (
        select(Record.id, Record.kind, Record.status, Version.body)
        .join(Version, newest_version())
        .where(Record.region_id == region_id, Record.state != "erased")
    )


def _named(session: Session, query: Select[str, str, bytes, bytes]) -> Iterator[Named]:
    for record_id, kind, status, body in session.execute(query):
        far, said = _status.decode(status), _titled.decode(body)
        hidden = far.state in UNREAD.get(kind, frozenset())
        title = {} if hidden else {code: one.title for code, one in said.text.items() if one.title}
        yield Named(
            id=record_id, kind=kind, state=far.state, title=title, original=said.original, until=far.called_until
        )
