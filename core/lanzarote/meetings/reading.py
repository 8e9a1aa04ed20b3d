"""Meetings as the group reads them: the list, and one of them with all that is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.directory.service import ids_by_name
from lanzarote.kinds.kind import titles_of
from lanzarote.kinds.organisations import name_of
from lanzarote.kinds.versions import person
from lanzarote.meetings import agenda, inviting
from lanzarote.meetings.minutes import are_behind
from lanzarote.meetings.model import Approval, MeetingStatus
from lanzarote.meetings.service import (
    ABOUTS,
    ANSWERS,
    KINDS,
    OUTCOMES,
    STATES,
    clocks,
    meeting_of,
    meetings,
    status_of,
    when,
    zone_name,
)
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record
from lanzarote.types import Meeting

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Stakeholder
    from lanzarote.meetings.agenda import Named
    from lanzarote.meetings.model import MeetingInvitation
    from lanzarote.meetings.service import Told
    from lanzarote.types import AgendaPoint, Outcome, Present, Text
    from lanzarote.web.site import View


class Point(Struct, frozen=True, kw_only=True):
    """A point of the agenda with when it is planned to begin, and the record it is about."""

    point: AgendaPoint
    clock: str
    named: Named | None


class Body(Struct, frozen=True, kw_only=True):
    """An organisation that was present."""

    id: str
    """Of the stakeholder; empty where the directory has none."""
    name: Text
    """Its name in the directory; empty: ``said``."""
    said: str
    roles: str
    sectors: tuple[str, ...]


class Result(Struct, frozen=True, kw_only=True):
    outcome: Outcome
    named: Named | None


class Guest(Struct, frozen=True, kw_only=True):
    """A stakeholder that is invited, or is to be."""

    id: str
    name: Text
    how: str
    """Empty: it is not invited yet."""
    answer: str
    who: str
    invited_at: datetime | None
    reminded_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    may_answer: bool
    """The reader may answer for it."""


class Entry(Struct, frozen=True, kw_only=True):
    """What the page of a meeting needs."""

    id: str
    slug: str
    version: int
    state: str
    published_version: int | None
    updated_at: datetime
    meeting: Meeting
    status: MeetingStatus
    agenda: tuple[Point, ...]
    present: tuple[Body, ...]
    sectors_present: tuple[str, ...]
    sectors_missing: tuple[str, ...]
    """Invited, and not there."""
    outcomes: tuple[Result, ...]
    guests: tuple[Guest, ...]
    approval: Approval | None
    approved_by: str
    """Who recorded that the minutes were approved."""
    behind: bool
    """The minutes were drawn up before what is noted now."""
    approved_at: Meeting | None


def listed(view: View, session: Session) -> tuple[Told, ...]:
    """All meetings that the reader may read, the earliest first."""
    return meetings(session, allowed(view.actor, "group.read"))


def tell(view: View, session: Session, record: Record) -> Entry:
    """Everything about one meeting: as many questions for a long agenda as for a short one."""
    meeting, status = meeting_of(session, record), status_of(record)
    records_named = agenda.named_in(session, view.region_id, [meeting])
    rows = inviting.standing(session, inviting.invitations(session, record))
    by_name = ids_by_name(session, {*meeting.organisations, *_present_keys(meeting)})
    known = {one.id: one for one in view.directory}
    approval = status.approval
    at_meeting = session.get(Record, (view.region_id, approval.meeting)) if approval else None
    wrote = [row.answered_by for row in rows.values()]
    people = names(session, [*wrote, approval.by if approval else ""])
    present = tuple(_body(view, one, known.get(by_name.get(one.organisation or "", ""))) for one in meeting.present)
    there = _sectors(present)
    return Entry(
        id=record.id,
        slug=record.slug,
        version=record.version,
        state=record.state,
        published_version=record.published_version,
        updated_at=record.updated_at,
        meeting=meeting,
        status=status,
        agenda=tuple(
            Point(point=point, clock=clock, named=records_named.get(point.record or ""))
            for point, clock in zip(meeting.agenda, clocks(meeting), strict=True)
        ),
        present=present,
        sectors_present=there,
        sectors_missing=tuple(key for key in _present_sectors(view, meeting.sectors) if key not in there),
        outcomes=tuple(Result(outcome=one, named=records_named.get(one.improvement or "")) for one in meeting.outcomes),
        guests=_guests(view, meeting, rows, by_name, known, people, status.state),
        approval=approval,
        behind=are_behind(view.instance, session, record),
        approved_by=person(view, people, approval.by) if approval else "",
        approved_at=meeting_of(session, at_meeting) if at_meeting and at_meeting.state != "erased" else None,
    )


def terms(view: View) -> dict[str, Any]:
    """Words in which pages tell of meetings."""
    tables: Mapping[str, Mapping[Any, str]] = {
        "kind": KINDS,
        "state": STATES,
        "about": ABOUTS,
        "outcome": OUTCOMES,
        "answer": ANSWERS,
    }
    return {
        "terms": {name: {code: view._(text) for code, text in table.items()} for name, table in tables.items()},
        "title_of": partial(title_of, view),
        "when": lambda meeting: when(meeting, view.lang),
        "zone_name": lambda meeting: zone_name(meeting, view.vocabulary.header.time_zone) if meeting.starts else "",
        "record_href": partial(record_href, view),
        "sector_name": partial(_sector_name, view),
    }


def title_of(view: View, meeting: Meeting) -> str:
    """What it is called, for this reader."""
    titles = titles_of(meeting)
    return view.say(titles) if titles else view._(KINDS[meeting.kind])


def record_href(view: View, named: Named, about: str = "") -> str:
    """Where the group works on what a point of the agenda is about."""
    return view.href("team", f"{named.kind}s", named.id, *(["actions"] if about == "action" else []))


def _sector_name(view: View, key: str) -> str:
    sector = view.vocabulary.sectors.get(view.vocabulary.present_key("sector", key))
    return view.say(sector.name) if sector else key


def _present_keys(meeting: Meeting) -> set[str]:
    return {one.organisation for one in meeting.present if one.organisation}


def _present_sectors(view: View, keys: Sequence[str]) -> list[str]:
    return [view.vocabulary.present_key("sector", key) for key in keys]


def _body(view: View, one: Present, known: Stakeholder | None) -> Body:
    keys = known.organisation.sectors if known else ((one.sector,) if one.sector else ())
    return Body(
        id=known.id if known else "",
        name=name_of(view, known) if one.organisation else {},
        said=one.name,
        roles=one.roles,
        sectors=tuple(_present_sectors(view, keys)),
    )


def _sectors(present: Collection[Body]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for one in present for key in one.sectors))


def _guests(
    view: View,
    meeting: Meeting,
    rows: Mapping[str, MeetingInvitation],
    by_name: Mapping[str, str],
    known: Mapping[str, Stakeholder],
    people: Mapping[str, str],
    state: str,
) -> tuple[Guest, ...]:
    ids = dict.fromkeys([*rows, *(by_name[key] for key in meeting.organisations if key in by_name)])
    leads = view.may("group.lead")
    mine = {one.stakeholder_id for one in view.actor.grants if one.region_id == view.region_id}
    found = []
    for stakeholder_id in ids:
        row, stakeholder = rows.get(stakeholder_id), known.get(stakeholder_id)
        found.append(
            Guest(
                id=stakeholder_id,
                name=name_of(view, stakeholder),
                how=row.how if row else "",
                answer=row.answer if row else "",
                who=row.who if row else "",
                invited_at=row.invited_at if row else None,
                reminded_at=row.reminded_at if row else None,
                answered_at=row.answered_at if row else None,
                answered_by=person(view, people, row.answered_by) if row and row.answered_by else "",
                may_answer=row is not None and state == "announced" and (leads or stakeholder_id in mine),
            )
        )
    return tuple(sorted(found, key=lambda one: view.sort_key(view.say(one.name))))
