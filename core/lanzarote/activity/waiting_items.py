"""One thing that waits for a person: in meetings, transfers, the evaluation of the pilot; what is asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import and_, exists, select

from lanzarote.evaluation import answering, counting, deciding, judging
from lanzarote.evaluation.model import EVALUATION, INDICATOR
from lanzarote.kinds.kind import titles_of
from lanzarote.kinds.service import newest_of
from lanzarote.meetings.inviting import standing
from lanzarote.meetings.model import MeetingInvitation
from lanzarote.meetings.service import begins, is_over, meetings
from lanzarote.records.kinds import titles_of as titles_in_json
from lanzarote.records.permissions import allowed, may_somewhere
from lanzarote.records.records import Involved, Record, Version, decode
from lanzarote.records.tables import newest_version
from lanzarote.transfers import elsewhere, origin
from lanzarote.transfers.kind import TRANSFERS
from lanzarote.transfers.reading import news_of
from lanzarote.translation import N_
from lanzarote.types import Evaluation, Indicator, Transfer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import Judgement
    from lanzarote.instance import Instance
    from lanzarote.meetings.service import Told
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary


class Waiting(Struct, frozen=True, kw_only=True):
    """A heading of the start page, and where its things are done."""

    heading: str
    at: str
    """Where each is done, below the region's address: ``{id}`` and ``{number}`` of it, its ``{slug}``, ``{room}``,
    ``{form}``.
    """


WAITS: Final[Mapping[str, Waiting]] = {
    "take-part": Waiting(heading=N_("Your organisation is invited to take part"), at="team/organisation"),
    "position": Waiting(
        heading=N_("Your organisation is asked for its position"), at="team/improvements/{id}/position"
    ),
    "decide-improvement": Waiting(
        heading=N_("All positions are in, or the last day is over: for the group to decide"),
        at="team/improvements/{id}/positions",
    ),
    "endorse": Waiting(heading=N_("Your organisation is asked to endorse"), at="team/procedures/{id}/asked"),
    "holder": Waiting(
        heading=N_("Your organisation is asked to confirm a description"), at="team/practices/{id}/confirm"
    ),
    "judge": Waiting(heading=N_("Your organisation is asked to evaluate the pilot"), at="team/evaluations/{id}/judge"),
    "assess": Waiting(heading=N_("You are asked to assess"), at="team/practices/{id}/assess/answers"),
    "decide": Waiting(heading=N_("All answers are in: for the team to decide"), at="team/practices/{id}/assess"),
    "nobody-asked": Waiting(
        heading=N_("Nobody assesses these now: ask somebody else"), at="team/practices/{id}/assess"
    ),
    "submitted": Waiting(heading=N_("Submitted: to assess, publish or return"), at="team/practices/{id}"),
    "entry": Waiting(
        heading=N_("Submitted entries of the directory: to publish or return"), at="team/organisations/{id}"
    ),
    "publish-evaluation": Waiting(heading=N_("Decisions on the pilot to be published"), at="team/evaluations/{id}"),
    "publish-indicator": Waiting(heading=N_("Indicators to be published"), at="team/indicators/{id}"),
    "finding": Waiting(heading=N_("Findings: offer a reply, then share with the group"), at="team/findings/{id}"),
    "meeting-answer": Waiting(heading=N_("Invitations to be answered"), at="team/meetings/{id}/invitation"),
    "minutes": Waiting(heading=N_("Minutes to be approved at the next meeting"), at="team/meetings/{id}/minutes"),
    "returned": Waiting(heading=N_("Returned to you"), at="team/practices/{id}/edit"),
    "entry-returned": Waiting(heading=N_("Entries of the directory returned to you"), at="team/organisations/{id}"),
    "unsaved": Waiting(heading=N_("You typed and did not save"), at="team/{room}/{id}/{form}"),
    "draft": Waiting(heading=N_("Your drafts"), at="team/practices/{id}/edit"),
    "entry-draft": Waiting(heading=N_("Your drafts in the directory"), at="team/organisations/{id}"),
    "finding-draft": Waiting(heading=N_("Your findings that the group does not read yet"), at="team/findings/{id}"),
    "discussed": Waiting(heading=N_("Improvements that the group discusses"), at="team/improvements/{id}"),
    "unplanned": Waiting(heading=N_("Adopted, and no action planned yet"), at="team/improvements/{id}/actions"),
    "unsigned": Waiting(heading=N_("Procedures that wait for endorsements"), at="team/procedures/{id}"),
    "amendment": Waiting(
        heading=N_("Amendments: to be accepted or refused"), at="team/improvements/{id}/amendments/{number}"
    ),
    "transfer": Waiting(
        heading=N_("Proposed to be taken up from elsewhere: for the group to decide"), at="team/transfers/{id}"
    ),
    "origin-news": Waiting(heading=N_("Taken up from elsewhere, original changed"), at="team/transfers/{id}/origin"),
    "elsewhere": Waiting(heading=N_("Said to be taken up elsewhere: to be confirmed"), at="team/transfers/elsewhere"),
    "task": Waiting(heading=N_("Tasks of the region"), at="team/tasks/{id}"),
}
"""What waits for a person, in the order in which the page tells it."""
CHANGED: Final[Mapping[str, Waiting]] = {
    "published": Waiting(heading=N_("Published, or a new version"), at="practices/{slug}"),
    "withdrawn": Waiting(heading=N_("Withdrawn"), at="practices/{slug}"),
}
"""What changed since they were last here."""
DUE: Final[Mapping[str, Waiting]] = {
    "meeting": Waiting(heading=N_("The next meeting"), at="team/meetings/{id}"),
    "action": Waiting(heading=N_("Actions that are due"), at="team/improvements/{id}/actions/{number}"),
    "due": Waiting(heading=N_("Due to be looked at again"), at="team/practices/{id}"),
    "contacts": Waiting(
        heading=N_("Contacts of organisations to be looked at again"), at="team/organisations/{id}/contacts"
    ),
    "values": Waiting(heading=N_("Values of indicators to be entered"), at="team/indicators/values"),
    "idle": Waiting(heading=N_("Drafts that nobody touched for two months"), at="team/practices/{id}/edit"),
    "note": Waiting(heading=N_("Notes whose entry has changed since"), at="team/notes/{id}/{number}"),
}
"""What is due."""
MOST: Final = 100
"""Of each kind; more than that nobody reads at once."""


class Item(Struct, frozen=True, kw_only=True):
    """One thing on the start page."""

    what: str
    """A key of ``WAITS``, ``CHANGED`` or ``DUE``."""
    region_id: str
    id: str
    """Of the record, or of the task."""
    at: datetime
    titles: Mapping[str, str] = {}
    original: str = ""
    slug: str = ""
    note: str = ""
    """Why it was given back; what a task is about; key of a noted entry."""
    due_on: date | None = None
    room: str = "practices"
    """Where its form is, of what was typed and not saved."""
    form: str = "edit"
    place: str = ""
    """Of a row beside the record: where in its addresses such rows are."""


def titles_in(body: bytes) -> tuple[str, Mapping[str, str]]:
    """The original language and the titles of what a record says, or of its origin; it may lack both."""
    content = msgspec.json.decode(body) if body else {}
    return titles_in_json(content.get("origin") or content)


def item_of(
    what: str, record: Record, body: bytes, *, at: datetime | None = None, note: str = "", due_on: date | None = None
) -> Item:
    """*at*: when it began to wait; without it, when the record was changed last."""
    original, titles = titles_in(body)
    return Item(
        what=what,
        region_id=record.region_id,
        id=record.id,
        at=at or record.updated_at,
        titles=titles,
        original=original,
        slug=record.slug,
        note=note,
        due_on=due_on,
    )


def wrote(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        Involved.region_id == Record.region_id,
        Involved.record_id == Record.id,
        Involved.account_id == actor.account_id,
        Involved.part == "author",
    )


# --- transfers waiting ---
# What the start page tells of transfers: proposed ones, origins that have changed, what was taken up elsewhere.


def transfers_waiting(instance: Instance, session: Session, actor: Actor, regions: Sequence[str]) -> Iterator[Item]:
    """*session*: about the regions that *actor* works in."""
    led = {region_id for region_id in regions if may_somewhere(actor, "group.lead", region_id)}
    written = {region_id for region_id in regions if may_somewhere(actor, "group.write", region_id)}
    rows = session.execute(newest_of(TRANSFERS, session, actor)) if written else ()
    found = [(record, decode(body, Transfer), TRANSFERS.status_of(record)) for record, body in rows]
    now = origin.now_of(instance, {(said.origin.region, said.origin.record) for _, said, _ in found})
    for record, said, status in found[:MOST]:
        if status.state == "offered" and record.region_id in led:
            yield _transfer_item("transfer", record, said)
        news = news_of(said, status, now.get((said.origin.region, said.origin.record)))
        if news and record.region_id in written and record.state != "archived":
            yield _transfer_item("origin-news", record, said)
    yield from _elsewhere(session, led)


def _elsewhere(session: Session, led: set[str]) -> Iterator[Item]:
    rows = [row for row in elsewhere.waiting(session) if row.region_id in led][:MOST] if led else []
    if not rows:
        return
    query = select(Record, Version.body).join(Version, newest_version())
    bodies = {
        (record.region_id, record.id): body
        for record, body in session.execute(query.where(Record.id.in_([row.record_id for row in rows])))
    }
    for row in rows:
        original, titles = titles_in(bodies.get((row.region_id, row.record_id), b""))
        yield Item(
            what="elsewhere",
            region_id=row.region_id,
            id=f"{row.record_id}/{row.number}",
            at=row.at,
            titles=titles,
            original=original,
        )


def _transfer_item(what: str, record: Record, said: Transfer) -> Item:
    return Item(
        what=what,
        region_id=record.region_id,
        id=record.id,
        at=record.updated_at,
        titles=said.origin.title,
        original=said.origin.original,
        slug=record.slug,
    )


# --- meetings waiting ---
# What the start page tells of meetings: the next one, an answer that is missing, minutes that wait to be approved.


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
            yield _meeting_item("meeting-answer", one, zones)
    seen: set[str] = set()
    for one in coming:
        if one.id in unanswered:
            yield _meeting_item("meeting-answer", one, zones)
        if one.region not in seen:
            seen.add(one.region)
            yield _meeting_item("meeting", one, zones)
    for one in found:
        if one.status.state == "minutes-drafted":
            yield _meeting_item("minutes", one, zones)


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


def _meeting_item(what: str, one: Told, zones: Mapping[str, ZoneInfo]) -> Item:
    return Item(
        what=what,
        region_id=one.region,
        id=one.id,
        at=begins(one.meeting, zones[one.region]),
        titles=titles_of(one.meeting),
        original=one.meeting.original,
        slug=one.slug,
    )


# --- What the evaluation of the pilot asks of a person: to enter values, to publish, to judge ---


def of_the_pilot(session: Session, actor: Actor, today: Mapping[str, date]) -> Iterator[Item]:
    """Everything that indicators and evaluations ask of *actor*; *today*: the day in each of their regions."""
    if actor.regions("group.write"):
        yield from _indicators(session, actor, today)
    yield from _evaluations(session, actor)


def _indicators(session: Session, actor: Actor, today: Mapping[str, date]) -> Iterator[Item]:
    """Indicators whose last month, quarter or year is over and has no value; those with news to publish."""
    query = select(Record, Version.body, Version.actor).join(Version, newest_version())
    kept = and_(Record.kind == INDICATOR, Record.state.in_(("draft", "published")), allowed(actor, "group.write"))
    found = session.execute(query.where(kept).order_by(Record.created_at, Record.id)).all()
    rows = counting.values_of(session, [record.id for record, _, _ in found]) if found else {}
    for record, body, writer in found:
        values = rows.get(record.id, ())
        if counting.due(decode(body, Indicator), values, today[record.region_id]):
            yield item_of("values", record, body)
        writers = counting.unpublished_by(record, values, writer)
        if writers and actor.account_id not in writers and may_somewhere(actor, "group.lead", record.region_id):
            yield item_of("publish-indicator", record, body)


def _evaluations(session: Session, actor: Actor) -> Iterator[Item]:
    """Decisions that somebody else wrote, to be published; criteria on which *actor*'s organisation is to answer."""
    query = select(Record, Version.body).join(Version, newest_version())
    kept = and_(Record.kind == EVALUATION, Record.state == "draft", allowed(actor, "group.read"))
    running: list[tuple[Record, bytes]] = []
    for record, body in session.execute(query.where(kept).order_by(Record.updated_at, Record.id)):
        status = judging.status_of(record)
        leads = may_somewhere(actor, "group.lead", record.region_id)
        if status.state == "decided" and leads and not deciding.wrote(status, actor):
            yield item_of("publish-evaluation", record, body)
        elif status.state == "running":
            running.append((record, body))
    own = _own_names(session, actor) if running else set()
    judged = [(record, body) for record, body in running if _judges(record, decode(body, Evaluation), own)]
    if not judged:
        return
    ids = [record.id for record, _ in judged]
    answers = answering.judgements_of(session, ids)
    texts: dict[str, dict[int, Evaluation]] = {}
    for record_id, number, body in session.execute(
        select(Version.record_id, Version.number, Version.body).where(Version.record_id.in_(ids))
    ):
        if body:
            texts.setdefault(record_id, {})[number] = decode(body, Evaluation)
    for record, body in judged:
        said = texts[record.id][record.version]
        counted = answering.still_counting(answers.get(record.id, ()), record.version, texts[record.id])
        if _lacks_answers(said, _judges(record, said, own), counted):
            yield item_of("judge", record, body)


def _own_names(session: Session, actor: Actor) -> set[tuple[str, str]]:
    """Region and id, region and key, of the organisations that *actor* speaks for."""
    mine = {one.stakeholder_id for one in actor.counting if one.role == "representative" and one.stakeholder_id}
    if not mine:
        return set()
    rows = session.execute(select(Record.region_id, Record.id, Record.key).where(Record.id.in_(mine))).all()
    return {(region_id, name) for region_id, *names in rows for name in names if name}


def _judges(record: Record, said: Evaluation, own: set[tuple[str, str]]) -> set[str]:
    """Keys of the judges that are one of the organisations *own*."""
    return {one.key for one in said.judges if (record.region_id, one.organisation) in own}


def _lacks_answers(said: Evaluation, judges: set[str], counted: Sequence[Judgement]) -> bool:
    there = {(row.criterion, row.judge) for row in counted}
    return any((one.key, judge) not in there for one in said.criteria for judge in judges)
