"""API resources of actions: what follows from adopted improvements, and how far it is."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import and_, func, select, true

from lanzarote.accounts.service import names
from lanzarote.directory.service import named
from lanzarote.improvements import actions, actions_reading
from lanzarote.improvements.actions_model import LONGEST_NOTE, LONGEST_WHAT, Action, ActionStep, Day, Progress
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.talk_api import ONE, THIS, improvement, language_of, look_first, why
from lanzarote.records.permissions import allowed
from lanzarote.records.records import Record
from lanzarote.types import Language
from lanzarote.web.changing import Sent, change, done, made
from lanzarote.web.resources import CURSOR, LIMIT, REGION, ROOT, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import ID, Person, Reasons, person_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

TAG: Final = "Actions"
NUMBER: Final = Parameter(name="action", told="Number of the action.", between=(1, 999_999))
ALL: Final = f"{ONE}/actions"
EACH: Final = f"{ALL}/{{action}}"
SHOW: Final = Parameter(
    name="show",
    told="Those that are open (without it), due within two weeks, overdue, done, given up, or all.",
    choices=tuple(actions_reading.FILTERS),
)
BY: Final = Parameter(name="stakeholder", told="Id of who does it.", pattern=ID, longest=36, shortest=36)


class ActionItem(Struct, frozen=True, kw_only=True):
    """Something that follows from an improvement."""

    improvement: str
    """Id of what it follows from."""
    number: int
    what: str
    language: str
    stakeholder: str
    """Id of who is to do it, whether taking part in the group or not."""
    due_on: date
    progress: Progress
    overdue: bool
    """Its day has passed, where the region is."""


class ActionList(Listed[ActionItem], frozen=True, kw_only=True):
    pass


class ActionHistory(Struct, frozen=True, kw_only=True):
    """What was said or changed about an action."""

    at: datetime
    by: Person
    progress: Progress
    due_on: date
    stakeholder: str
    note: str
    language: str


class WholeAction(ActionItem, frozen=True, kw_only=True):
    """An action with its history, the first step first."""

    history: tuple[ActionHistory, ...]


class Planning(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be done, by whom, by when."""

    what: Annotated[str, Meta(min_length=1, max_length=LONGEST_WHAT)]
    stakeholder: Annotated[str, Meta(pattern=ID)]
    """Id of an organisation of the directory."""
    due_on: Day
    language: Language | None = None
    """What it is written in; the region's first language without it."""
    reasons: Reasons = ()


class Reporting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How far it is."""

    progress: Progress
    note: Annotated[str, Meta(max_length=LONGEST_NOTE)] = ""
    """Has to say why, when it is given up."""
    language: Language | None = None
    """What the note is written in; the region's first language without it."""
    reasons: Reasons = ()


@resource(
    "/regions/{region}/team/actions",
    tag=TAG,
    may="group.read",
    names=(REGION,),
    query=(SHOW, BY, CURSOR, LIMIT),
    answers=ActionList,
)
def list_region_actions(asked: Asked) -> Answer:
    """What follows from all improvements of a region, the first due first."""
    today, start = asked.instance.today(asked["region"]), int(asked.one("cursor") or 0)
    doer = asked.one("stakeholder")
    mine = and_(
        Action.region_id == asked["region"],
        actions_reading.condition(asked.one("show") or "open", today),
        Action.stakeholder_id == doer if doer else true(),
        Record.kind == IMPROVEMENT,
        Record.state != "erased",
        allowed(asked.actor, "group.read"),
    )
    joined = and_(Record.region_id == Action.region_id, Record.id == Action.record_id)
    query = select(Action).join(Record, joined).where(mine)
    with asked.instance.database.read(asked["region"]) as session:
        order = query.order_by(Action.due_on, Action.record_id, Action.number)
        found = session.scalars(order.offset(start).limit(asked.limit)).all()
        total = session.scalar(select(func.count()).select_from(Action).join(Record, joined).where(mine)) or 0
        items = [msgspec.json.encode(_item(one, today)) for one in found]
    end = start + len(items)
    return asked.listed(items, total, str(end) if end < total else None)


@resource(ALL, tag=TAG, may="group.read", names=(REGION, THIS), query=(CURSOR,), answers=ActionList)
def list_actions(asked: Asked) -> Answer:
    """What follows from an improvement, in the order it was planned."""
    today = asked.instance.today(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        record = improvement(asked, session)
        mine = (Action.region_id == record.region_id) & (Action.record_id == record.id)
        return asked.part(
            [_item(one, today) for one in session.scalars(select(Action).where(mine).order_by(Action.number))]
        )


@resource(EACH, tag=TAG, may="group.read", names=(REGION, THIS, NUMBER), answers=WholeAction)
def get_action(asked: Asked) -> Answer:
    """One action with its history. Its ETag is what a change of it takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        found = actions.find(session, improvement(asked, session), int(asked["action"]))
        return Answer(msgspec.json.encode(_whole(session, asked, found)), {"etag": etag_of(found)})


@change("POST", ALL, tag=TAG, may="group.lead", names=(REGION, THIS), body=Planning, status=201, answers=WholeAction)
def plan_action(sent: Sent, body: Planning) -> Answer:
    """Plan an action that follows from an adopted improvement. Location says where it stands."""
    look_first(sent, body.what)
    given = _planned(sent, body, today=sent.instance.today(sent["region"]))

    def do(session: Session) -> Answer:
        record, language = improvement(sent, session), language_of(sent, body.language or "")
        one = actions.plan(session, record, given, by=sent.actor, at=sent.at, language=language)
        at = ROOT + EACH.format(region=record.region_id, improvement=record.id, action=one.number)
        return made(_whole(session, sent, one), at=at, etag=etag_of(one), about=record.id)

    return sent.once(do)


@change(
    "PUT", EACH, tag=TAG, may="group.lead", names=(REGION, THIS, NUMBER), body=Planning, match=True,
    answers=WholeAction,
)  # fmt: skip
def replan_action(sent: Sent, body: Planning) -> Answer:
    """Plan it otherwise; its history says what changed."""
    look_first(sent, body.what)
    with sent.instance.database.read(sent["region"]) as session:
        planned = actions.find(session, improvement(sent, session), int(sent["action"]))
    given = _planned(sent, body, before=planned.stakeholder_id)

    def do(session: Session) -> Answer:
        record, found = _taken(sent, session)
        one = actions.change(session, record, found.number, given, expected=found.steps, by=sent.actor, at=sent.at)
        return done(_whole(session, sent, one), etag=etag_of(one), about=record.id)

    return sent.once(do)


@change(
    "POST", f"{EACH}/progress", tag=TAG, may="group.write", names=(REGION, THIS, NUMBER), body=Reporting, match=True,
    answers=WholeAction,
)  # fmt: skip
def report_action(sent: Sent, body: Reporting) -> Answer:
    """Say how far it is; whoever only speaks for an organisation, of that one's actions alone."""
    look_first(sent, body.note)
    given = actions.reported(body.progress, body.note, sent.vocabulary, reasons=why(body.reasons), by=sent.actor)

    def do(session: Session) -> Answer:
        record, found = _taken(sent, session)
        one = actions.report(
            session,
            record,
            found.number,
            given,
            expected=found.steps,
            by=sent.actor,
            at=sent.at,
            language=language_of(sent, body.language or ""),
        )
        return done(_whole(session, sent, one), etag=etag_of(one), about=record.id)

    return sent.once(do)


def etag_of(one: Action) -> str:
    return f'"{one.number}-{one.steps}"'


def _taken(sent: Sent, session: Session) -> tuple[Record, Action]:
    """The action that the address names, for *sent* alone until the transaction ends. Raises NotFound, Gone, Stale."""
    record = improvement(sent, session)
    session.refresh(record, with_for_update=True)
    found = actions.find(session, record, int(sent["action"]))
    sent.require_match(etag_of(found), found.steps)
    return record, found


def _planned(sent: Sent, body: Planning, *, before: str = "", today: date | None = None) -> actions.Planned:
    """*before*: who was to do it, whether the directory still lists it or not. Raises Identifying, Faulty."""
    known = {name: one.id for name, one in named(sent.instance.directory(sent["region"])).items()}
    return actions.planned(
        body.what,
        body.stakeholder,
        body.due_on,
        sent.vocabulary,
        known | ({before: before} if before else {}),
        reasons=why(body.reasons),
        by=sent.actor,
        today=today,
    )


def _item(one: Action, today: date) -> ActionItem:
    return ActionItem(**_fields(one, today))


def _fields(one: Action, today: date) -> dict[str, Any]:
    return {
        "improvement": one.record_id,
        "number": one.number,
        "what": one.what,
        "language": one.language,
        "stakeholder": one.stakeholder_id,
        "due_on": one.day,
        "progress": one.progress,
        "overdue": one.is_overdue(today),
    }


def _whole(session: Session, asked: Asked, one: Action) -> WholeAction:
    mine = (ActionStep.region_id == one.region_id) & (ActionStep.record_id == one.record_id)
    query = select(ActionStep).where(mine, ActionStep.action == one.number).order_by(ActionStep.number)
    steps = session.scalars(query).all()
    people = names(session, [each.by for each in steps])
    return WholeAction(**_fields(one, asked.instance.today(one.region_id)), history=tuple(_steps(steps, people)))


def _steps(steps: Sequence[ActionStep], people: Mapping[str, str]) -> list[ActionHistory]:
    return [
        ActionHistory(
            at=one.at,
            by=person_of(people, one.by),
            progress=one.progress,  # type: ignore[arg-type]
            due_on=date.fromisoformat(one.due_on),
            stakeholder=one.stakeholder_id,
            note=one.note,
            language=one.language,
        )
        for one in steps
    ]


handlers = (
    list_region_actions,
    list_actions,
    get_action,
    plan_action,
    replan_action,
    report_action,
)
