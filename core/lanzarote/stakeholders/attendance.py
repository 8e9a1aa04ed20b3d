"""Who was at which meeting, for whatever was decided there: by its record alone, below the room that keeps meetings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.directory.service import ids_by_name
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import NEWEST_VERSION
from lanzarote.runtime.reading import LateDecoder
from lanzarote.translation import texts_named

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

MEETING: Final = "meeting"
"""Kind of the records; their room stands above those that ask here."""


class _Present(Struct):
    organisation: str | None = None


class _Text(Struct):
    title: str | None = None


class _Meeting(Struct):
    original: str
    day: date
    last_day: date | None = None
    text: dict[str, _Text] = {}
    present: tuple[_Present, ...] = ()


class _Status(Struct):
    state: str = "planned"


class Titled(Struct, frozen=True, kw_only=True):
    """A meeting as who reads of it elsewhere finds it."""

    id: str
    day: date
    last_day: date
    title: Mapping[str, str]
    original: str


_meeting = LateDecoder(_Meeting)
_status = LateDecoder(_Status)


def present_at(session: Session, region_id: str, meeting_id: str) -> tuple[str, ...]:
    """Ids of the stakeholders that were at the meeting, as its notes say now; none if there is no such meeting."""
    body = session.scalar(_newest(region_id).with_only_columns(Version.body).where(Record.id == meeting_id))
    named = {one.organisation for one in _meeting.decode(body).present if one.organisation} if body else set()
    return tuple(sorted(set(ids_by_name(session, named).values())))


def titled(session: Session, region_id: str, ids: Collection[str]) -> dict[str, Titled]:
    """What the group calls these meetings."""
    if not ids:
        return {}
    query = _newest(region_id).with_only_columns(Record.id, Version.body).where(Record.id.in_(ids))
    meetings = {record_id: _meeting.decode(body) for record_id, body in session.execute(query)}
    return {record_id: _titled(record_id, meeting) for record_id, meeting in meetings.items()}


def held(session: Session, region_id: str, today: date) -> tuple[Titled, ...]:
    """Meetings that have begun and were not cancelled, the last first: at one of them something was decided."""
    found = []
    for record_id, status, body in session.execute(_newest(region_id)):
        meeting = _meeting.decode(body)
        if _was_held(meeting, status, today):
            found.append(_titled(record_id, meeting))
    return tuple(sorted(found, key=lambda one: (one.day, one.id), reverse=True))


def held_one(session: Session, region_id: str, meeting_id: str, today: date) -> Titled | None:
    """The meeting, if there is such a one and ``held`` would tell of it."""
    for record_id, status, body in session.execute(_newest(region_id).where(Record.id == meeting_id)):
        meeting = _meeting.decode(body)
        if _was_held(meeting, status, today):
            return _titled(record_id, meeting)
    return None


def _was_held(meeting: _Meeting, status: bytes, today: date) -> bool:
    return meeting.day <= today and _status.decode(status).state not in ("planned", "cancelled")


def _titled(record_id: str, meeting: _Meeting) -> Titled:
    return Titled(
        id=record_id,
        day=meeting.day,
        last_day=meeting.last_day or meeting.day,
        title=texts_named(meeting.text, "title"),
        original=meeting.original,
    )


def _newest(region_id: str) -> Select[str, bytes, bytes]:
    return (
        select(Record.id, Record.status, Version.body)
        .join(Version, NEWEST_VERSION)
        .where(Record.region_id == region_id, Record.kind == MEETING, Record.state != "erased")
    )
