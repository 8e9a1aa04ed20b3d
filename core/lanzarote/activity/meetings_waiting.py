"""What the start page tells of meetings: the next one, an answer that is missing, minutes that wait to be approved."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import select

from lanzarote.activity.waiting_items import Item
from lanzarote.meetings.inviting import standing
from lanzarote.meetings.model import MeetingInvitation
from lanzarote.meetings.service import begins, is_over, meetings
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.activity.waiting_items import What
    from lanzarote.meetings.service import Told
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary


def meetings_waiting(
    session: Session, actor: Actor, vocabularies: Mapping[str, Vocabulary], at: datetime
) -> Iterator[Item]:
    """*vocabularies*: of the regions that *actor* works in."""
    if not vocabularies:
        return
    zones = {region_id: ZoneInfo(one.header.time_zone) for region_id, one in vocabularies.items()}
    found = meetings(session, allowed(actor, "group.read"))
    coming = [
        one
        for one in found
        if one.status.state == "announced" and not is_over(one.meeting, at.astimezone(zones[one.region]).date())
    ]
    # Who speaks for an organisation outside the group reads of a meeting only that it is invited.
    read = {one.id for one in found}
    invited = [one for one in _invited(session, actor) if one.id not in read and one.region in zones]
    unanswered = _unanswered(session, actor, [*coming, *invited])
    for one in invited:
        if one.id in unanswered and not is_over(one.meeting, at.astimezone(zones[one.region]).date()):
            yield _item("meeting-answer", one, zones)
    seen: set[str] = set()
    for one in coming:
        if one.id in unanswered:
            yield _item("meeting-answer", one, zones)
        if one.region not in seen:
            seen.add(one.region)
            yield _item("meeting", one, zones)
    for one in found:
        if one.status.state == "minutes-drafted":
            yield _item("minutes", one, zones)


def _invited(session: Session, actor: Actor) -> tuple[Told, ...]:
    """Announced meetings to which an organisation that *actor* speaks for is invited."""
    mine = {one.stakeholder_id for one in actor.counting if one.role == "representative" and one.stakeholder_id}
    if not mine:
        return ()
    to_it = select(MeetingInvitation.record_id).where(MeetingInvitation.stakeholder_id.in_(sorted(mine)))
    return tuple(one for one in meetings(session, Record.id.in_(to_it)) if one.status.state == "announced")


def _unanswered(session: Session, actor: Actor, coming: list[Told]) -> set[str]:
    """Meetings to which an organisation that *actor* speaks for is invited, and has not said whether it comes."""
    mine = {(one.region_id, one.stakeholder_id) for one in actor.counting if one.role == "representative"}
    if not mine or not coming:
        return set()
    rows: dict[tuple[str, str], list[MeetingInvitation]] = {}
    for row in session.scalars(
        select(MeetingInvitation).where(MeetingInvitation.record_id.in_([one.id for one in coming]))
    ):
        rows.setdefault((row.region_id, row.record_id), []).append(row)
    return {
        record_id
        for (region_id, record_id), some in rows.items()
        if any(not row.answer and (region_id, key) in mine for key, row in standing(session, some).items())
    }


def _item(what: What, one: Told, zones: Mapping[str, ZoneInfo]) -> Item:
    return Item(
        what=what,
        region_id=one.region,
        id=one.id,
        at=begins(one.meeting, zones[one.region]),
        titles={code: text.title for code, text in one.meeting.text.items() if text.title},
        original=one.meeting.original,
        slug=one.slug,
    )
