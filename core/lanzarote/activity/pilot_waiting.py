"""What the evaluation of the pilot asks of a person: to enter values, to publish, to judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from lanzarote.activity.waiting_items import Item, item_of, newest_version
from lanzarote.evaluation import answering, counting, deciding, judging
from lanzarote.evaluation.model import EVALUATION, INDICATOR
from lanzarote.records.permissions import allowed, may_somewhere
from lanzarote.records.records import Record, Version, decode
from lanzarote.types import Evaluation, Indicator

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.model import Judgement
    from lanzarote.records.permissions import Actor


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
            yield item_of("values", record, body, at=record.updated_at)
        writers = counting.unpublished_by(record, values, writer)
        if writers and actor.account_id not in writers and may_somewhere(actor, "group.lead", record.region_id):
            yield item_of("publish-indicator", record, body, at=record.updated_at)


def _evaluations(session: Session, actor: Actor) -> Iterator[Item]:
    """Decisions that somebody else wrote, to be published; criteria on which *actor*'s organisation is to answer."""
    query = select(Record, Version.body).join(Version, newest_version())
    kept = and_(Record.kind == EVALUATION, Record.state == "draft", allowed(actor, "group.read"))
    running: list[tuple[Record, bytes]] = []
    for record, body in session.execute(query.where(kept).order_by(Record.updated_at, Record.id)):
        status = judging.status_of(record)
        leads = may_somewhere(actor, "group.lead", record.region_id)
        if status.state == "decided" and leads and not deciding.wrote(status, actor):
            yield item_of("publish-evaluation", record, body, at=record.updated_at)
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
            yield item_of("judge", record, body, at=record.updated_at)


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
