"""The minutes of a meeting, drawn up in its languages from what the database knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lanzarote.directory.service import named
from lanzarote.improvements.positions_model import ImprovementDecision
from lanzarote.meetings import agenda, minutes
from lanzarote.meetings.calendar import Reading
from lanzarote.meetings.service import meeting_of, status_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.improvements.outcome import Verdict
    from lanzarote.instance import Instance
    from lanzarote.records.records import Record
    from lanzarote.types import Meeting


def drafted(instance: Instance, session: Session, record: Record) -> dict[str, str]:
    """Language → minutes: in those of the meeting for which the platform has words."""
    meeting, header = meeting_of(session, record), instance.header(record.region_id)
    decisions = decided_at(session, record.region_id, record.id)
    spoken, known = instance.translations.languages, named(instance.directory(record.region_id))
    noted = minutes.Noted(
        meeting=meeting,
        organisations={key: one.organisation.name for key, one in known.items()},
        sectors=_sectors(instance, record.region_id, meeting),
        titles=agenda.public_titles(session, record.region_id, meeting, [one for one, _ in decisions]),
        decisions=decisions,
        region=header.name,
    )
    return {
        code: minutes.compose(
            noted,
            Reading(
                lang=code,
                translator=instance.translations.translator(code, record.region_id),
                languages=header.languages,
                zone=header.time_zone,
            ),
        )
        for code in minutes.languages_for(meeting, header.languages, spoken)
    }


def are_behind(instance: Instance, session: Session, record: Record) -> bool:
    """Whether minutes that nobody approved yet would be drawn up otherwise from what is noted by now."""
    status = status_of(record)
    if status.state != "minutes-drafted" or not status.drafted_version:
        return False
    drawn_up = meeting_of(session, record, status.drafted_version).text
    now = drafted(instance, session, record)
    return any(code not in drawn_up or drawn_up[code].minutes != text for code, text in now.items())


def decided_at(session: Session, region_id: str, meeting_id: str) -> list[tuple[str, Verdict]]:
    """Id of each improvement that was decided on at the meeting, and how; of several decisions the last."""
    query = select(ImprovementDecision).where(ImprovementDecision.region_id == region_id)
    rows = session.scalars(query.order_by(ImprovementDecision.at, ImprovementDecision.number))
    told = ((row.record_id, row.told()) for row in rows)
    return [*{one: said.outcome.verdict for one, said in told if said.meeting == meeting_id}.items()]


def _sectors(instance: Instance, region_id: str, meeting: Meeting) -> list[dict[str, str]]:
    """Names of the sectors that were present."""
    vocabulary, known = instance.vocabulary(region_id), named(instance.directory(region_id))
    keys: list[str] = []
    for one in meeting.present:
        found = known.get(one.organisation or "")
        keys += found.organisation.sectors if found else [one.sector] if one.sector else []
    present = dict.fromkeys(vocabulary.present_key("sector", key) for key in keys)
    return [dict(vocabulary.sectors[key].name) for key in present if key in vocabulary.sectors]
