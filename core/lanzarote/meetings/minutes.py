"""Minutes drawn up from what was noted: plain text in each language that the platform speaks, to be written on.

The group may let the public read them as they are. So they say nothing that stays with the group: neither where and at
what hours it met, nor what it calls its findings, or improvements that the public does not read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.directory.service import named
from lanzarote.improvements.positions_model import ImprovementDecision
from lanzarote.improvements.positions_words import VERDICTS
from lanzarote.kinds.kind import titles_of
from lanzarote.meetings import agenda
from lanzarote.meetings.calendar import Reading
from lanzarote.meetings.service import KINDS, OUTCOMES, days, meeting_of, status_of
from lanzarote.translation import N_, format_list, pick, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.outcome import Verdict
    from lanzarote.instance import Instance
    from lanzarote.records.records import Record
    from lanzarote.types import About, Meeting

UNNAMED: Final[Mapping[About, str]] = {
    "minutes": N_("Minutes of another meeting, to be approved"),
    "finding": N_("A finding of the group"),
    "improvement": N_("An improvement that the group works on"),
    "procedure": N_("A procedure that the group works on"),
    "action": N_("What follows from an improvement"),
}
NAMED: Final[Mapping[About, str]] = {
    "minutes": N_("Minutes to be approved: %(title)s"),
    "improvement": N_("Improvement: %(title)s"),
    "procedure": N_("Procedure: %(title)s"),
    "action": N_("What follows from the improvement: %(title)s"),
}
"""What a point is about, in the words for a record that the public reads."""
POINT: Final = N_("point %(number)s of the agenda")


class Noted(Struct, frozen=True, kw_only=True):
    """What the minutes are made of, beside the meeting itself."""

    meeting: Meeting
    organisations: Mapping[str, Mapping[str, str]]
    """Key or id of a stakeholder → its name."""
    sectors: Sequence[Mapping[str, str]]
    """Names of those that were present."""
    titles: Mapping[str, tuple[Mapping[str, str], str]]
    """Id of each record named that the public reads → what it is called there, its own language."""
    region: Mapping[str, str]
    decisions: Sequence[tuple[str, Verdict]] = ()
    """Id of each improvement that was decided on at the meeting, and how."""


def drafted(instance: Instance, session: Session, record: Record) -> dict[str, str]:
    """Language → minutes: in those of the meeting for which the platform has words."""
    meeting, header = meeting_of(session, record), instance.header(record.region_id)
    decisions = decided_at(session, record.region_id, record.id)
    spoken, known = instance.translations.languages, named(instance.directory(record.region_id))
    noted = Noted(
        meeting=meeting,
        organisations={key: one.organisation.name for key, one in known.items()},
        sectors=_sectors(instance, record.region_id, meeting),
        titles=agenda.public_titles(session, record.region_id, meeting, [one for one, _ in decisions]),
        decisions=decisions,
        region=header.name,
    )
    return {
        code: compose(
            noted,
            Reading(
                lang=code,
                translator=instance.translations.translator(code, record.region_id),
                languages=header.languages,
                zone=header.time_zone,
            ),
        )
        for code in languages_for(meeting, header.languages, spoken)
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


def languages_for(meeting: Meeting, regional: Sequence[str], spoken: Sequence[str]) -> tuple[str, ...]:
    """Those in which minutes are drawn up: the meeting's own that the platform speaks; the first of all, if none is."""
    wanted = dict.fromkeys((*meeting.languages, *regional) if not meeting.languages else meeting.languages)
    return tuple(code for code in wanted if code in spoken) or (spoken[0],)


def compose(noted: Noted, reading: Reading) -> str:
    """The minutes in one language."""
    return "\n\n".join(_parts(noted, reading))


def _parts(noted: Noted, reading: Reading) -> Iterator[str]:
    meeting, _ = noted.meeting, reading.translator.gettext

    def said(texts: Mapping[str, str]) -> str:
        return pick(texts, reading.lang, meeting.original, reading.languages)[0]

    head = [
        f"{plain(_(KINDS[meeting.kind]))} – {said(noted.region)}",
        said(titles_of(meeting)),
        days(meeting, reading.lang),
    ]
    yield "\n".join(filter(None, head))
    yield from _section(_(N_("Present")), _present(noted, said))
    if noted.sectors:
        sectors = format_list([said(one) for one in noted.sectors], reading.lang)
        yield plain(_(N_("Sectors present: %(sectors)s.")) % {"sectors": sectors})
    yield from _section(_(N_("Agenda")), _agenda(noted, reading, said))
    for heading, name in ((N_("What was found"), "found"), (N_("Next steps"), "next_steps")):
        if name == "next_steps":
            yield from _section(_(N_("Decided and referred")), _outcomes(noted, reading, said))
        texts = {code: text for code, one in meeting.text.items() if (text := getattr(one, name))}
        yield from _section(_(heading), [said(texts)])


def _section(heading: str, lines: Sequence[str]) -> Iterator[str]:
    if any(lines):
        yield "\n".join((plain(heading).upper(), *filter(None, lines)))


def _present(noted: Noted, said: Callable[[Mapping[str, str]], str]) -> list[str]:
    found = []
    for one in noted.meeting.present:
        name = said(noted.organisations.get(one.organisation or "", {})) or one.name
        found.append(f"– {name} – {one.roles}" if one.roles else f"– {name}")
    return found


def _agenda(noted: Noted, reading: Reading, said: Callable[[Mapping[str, str]], str]) -> list[str]:
    found = []
    for number, point in enumerate(noted.meeting.agenda, 1):
        words = _about(noted, point.about, point.record, reading) if point.record else said(point.title)
        found.append(f"{number}. {words}")
    return found


def _about(noted: Noted, about: About, record_id: str, reading: Reading) -> str:
    """A record in the words of the public: its title where that is public, too."""
    title = _title(noted, record_id, reading)
    if title and about in NAMED:
        return str(plain(reading.translator.gettext(NAMED[about])) % {"title": title})
    return str(plain(reading.translator.gettext(UNNAMED[about])))


def _called(noted: Noted, record_id: str, reading: Reading) -> str:
    """The public title of an improvement; without one, the point of the agenda that was about it."""
    if title := _title(noted, record_id, reading):
        return title
    points = (number for number, point in enumerate(noted.meeting.agenda, 1) if point.record == record_id)
    if number := next(points, None):
        return str(plain(reading.translator.gettext(POINT)) % {"number": number})
    return ""


def _outcomes(noted: Noted, reading: Reading, said: Callable[[Mapping[str, str]], str]) -> list[str]:
    found = []
    for improvement, verdict in noted.decisions:
        words = _about(noted, "improvement", improvement, reading)
        if improvement not in noted.titles and (point := _called(noted, improvement, reading)):
            words = f"{words} ({point})"
        found.append(f"– {words} – {plain(reading.translator.gettext(VERDICTS[verdict]))}")
    for one in noted.meeting.outcomes:
        verb = plain(reading.translator.gettext(OUTCOMES[one.kind]))
        called = _called(noted, one.improvement, reading) if one.improvement else ""
        about = f" ({called})" if called else ""
        found.append(f"– {verb}{about} – {said(one.text)}")
    return found


def _title(noted: Noted, record_id: str, reading: Reading) -> str:
    texts, original = noted.titles.get(record_id, ({}, ""))
    return pick(texts, reading.lang, original, reading.languages)[0]
