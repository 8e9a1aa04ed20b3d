"""API resources of what a group decides: positions on an improvement, given and recorded; decisions, where it went."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.errors import Conflict, NotFound
from lanzarote.improvements import calling, deciding, moving, positions
from lanzarote.improvements.improvement_kind import IMPROVEMENTS
from lanzarote.improvements.model import IMPROVEMENT, ImprovementState, status_of
from lanzarote.improvements.outcome import Choice, GroupOutcome, Verdict
from lanzarote.improvements.positions_model import Decided, Forwarded, How
from lanzarote.improvements.team_documents import (
    Decide,
    ImprovementNow,
    Recording,
    Speaking,
    improvement_now,
)
from lanzarote.kinds.api import records_of
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.validation import Faulty
from lanzarote.stakeholders import members, taking_part
from lanzarote.types import DecisionRule, Text
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import REGION, Answer, Asked, Parameter, resource
from lanzarote.web.working_records import (
    ID,
    Person,
    etag_of,
    id_of,
    person_of,
    reasons_of,
    refuse_disclosure,
    step,
    working,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.improvements.positions import BodySaid
    from lanzarote.improvements.positions_model import Position
    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record

TAG: Final = "Positions and decisions"
RECORDS: Final = records_of(IMPROVEMENTS)
IMPROVEMENT_ID: Final = id_of(IMPROVEMENT)
ONE: Final = "/regions/{region}/team/improvements/{improvement}"
PRESENT: Final = Parameter(
    name="present",
    told="Id of an organisation that was there, one each; left out: those that have answered.",
    pattern=ID,
    longest=36,
    shortest=36,
    many="repeated",
)


class GivenPosition(Struct, frozen=True, kw_only=True):
    """What a body said, once."""

    number: int
    """Which of its positions it is; of those that answer one call the last counts."""
    call: int
    version: int
    """The text that it is about."""
    choice: Choice
    reason: str
    language: str | None
    """Of the reason."""
    named: bool
    """The body agrees to be named with it in public."""
    how: How
    """``letter`` and ``meeting``: a coordinator wrote it down, and the body has not confirmed it."""
    source: str
    source_on: date | None
    at: datetime
    by: Person


class BodyPositions(Struct, frozen=True, kw_only=True):
    """A body that takes part, or has said something."""

    stakeholder: str
    """Its id."""
    name: Text
    side: str
    sectors: tuple[str, ...]
    takes_part: bool
    asked: bool
    """By the newest call."""
    position: GivenPosition | None
    """The one that counts; null: it has not answered the newest call."""
    unconfirmed: GivenPosition | None
    """What a coordinator recorded after the body's own answer; it counts only once the body gives it itself."""
    before: tuple[GivenPosition, ...]


class Positions(Struct, frozen=True, kw_only=True):
    """Who said what about an improvement."""

    state: ImprovementState
    until: date | None
    """The last day, while positions are asked for."""
    version: int | None
    """The text that they are asked for on."""
    bodies: tuple[BodyPositions, ...]


class Previewed(Struct, frozen=True, kw_only=True):
    """What would be decided now, and why."""

    verdict: Verdict
    mark: str
    """Changes whenever a position does; send it with the decision."""
    may_decide: bool
    """The last day is over, or all who were asked have answered and confirmed what was recorded for them."""
    rule: DecisionRule
    outcome: GroupOutcome


class GroupDecision(Struct, frozen=True, kw_only=True):
    """A decision, with everything from which it can be computed again."""

    number: int
    in_force: bool
    at: datetime
    by: Person
    decided: Decided


class GroupForwarding(Struct, frozen=True, kw_only=True):
    """Where an adopted improvement went, and what became of it there."""

    number: int
    at: datetime
    by: Person
    forwarded: Forwarded


class Decisions(Struct, frozen=True, kw_only=True):
    """Everything that was decided on an improvement, the newest first; then where it went, in order."""

    decisions: tuple[GroupDecision, ...]
    forwardings: tuple[GroupForwarding, ...]


@resource(f"{ONE}/positions", tag=TAG, may="group.read", names=(REGION, IMPROVEMENT_ID), answers=Positions)
def get_positions(asked: Asked) -> Answer:
    """Who said what about an improvement. Its ETag is what a position or a step takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, RECORDS)
        return Answer(msgspec.json.encode(_positions(session, record)), {"etag": etag_of(record)})


@resource(
    f"{ONE}/outcome", tag=TAG, may="group.lead", names=(REGION, IMPROVEMENT_ID), query=(PRESENT,), answers=Previewed
)
def get_outcome(asked: Asked) -> Answer:
    """What would be decided now, step by step. It needs a call for positions and a rule."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, RECORDS)
        require(asked.actor, "group.lead", subject_of(session, record))
        present, today = asked.many("present") or None, asked.instance.today(asked["region"])
        try:
            seen = deciding.preview(session, record, asked.vocabulary, present, today=today)
        except (Conflict, Faulty):
            raise NotFound("Nothing follows from positions: none are asked for, or the region has no rule.") from None
        told = Previewed(
            verdict=seen.outcome.verdict,
            mark=seen.mark,
            may_decide=seen.may_decide,
            rule=seen.rule,
            outcome=seen.outcome,
        )
    return Answer(msgspec.json.encode(told))


@resource(f"{ONE}/decisions", tag=TAG, may="group.read", names=(REGION, IMPROVEMENT_ID), answers=Decisions)
def get_decisions(asked: Asked) -> Answer:
    """The decisions on an improvement, with dissent, and where it was forwarded."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, RECORDS)
        rows, went = deciding.decisions(session, record), moving.forwardings(session, record)
        people = names(session, [*(row.by for row in rows), *(row.by for row in went)])
        in_force = status_of(record).decision
        told = Decisions(
            decisions=tuple(
                GroupDecision(
                    number=row.number,
                    in_force=row.number == in_force,
                    at=row.at,
                    by=person_of(people, row.by),
                    decided=row.told(),
                )
                for row in rows
            ),
            forwardings=tuple(
                GroupForwarding(number=row.number, at=row.at, by=person_of(people, row.by), forwarded=row.told())
                for row in went
            ),
        )
    return Answer(msgspec.json.encode(told))


def _positions(session: Session, record: Record) -> Positions:
    status, bodies = status_of(record), members.bodies(session)
    rows = positions.history(session, record)
    people = names(session, [row.by for row in rows])
    found = positions.by_body(bodies, calling.last(session, record), rows)
    called = status.state == "called"
    return Positions(
        state=status.state,
        until=status.called_until if called else None,
        version=status.called_version or None,
        bodies=tuple(_of_body(one, people) for one in found),
    )


def _of_body(one: BodySaid, people: Mapping[str, str]) -> BodyPositions:
    waits = one.heard.unconfirmed if one.heard else None
    return BodyPositions(
        stakeholder=one.body.id,
        name=one.body.name,
        side=one.body.side,
        sectors=one.body.sectors,
        takes_part=one.body.takes_part,
        asked=one.asked,
        position=_given(one.heard.counts, people) if one.heard else None,
        unconfirmed=_given(waits, people) if waits else None,
        before=tuple(_given(row, people) for row in one.before),
    )


def _given(row: Position, people: Mapping[str, str]) -> GivenPosition:
    return GivenPosition(
        number=row.number,
        call=row.call,
        version=row.version,
        choice=row.choice,  # type: ignore[arg-type]
        reason=row.reason,
        language=row.lang or None,
        named=row.named,
        how=row.how,  # type: ignore[arg-type]
        source=row.source,
        source_on=date.fromisoformat(row.source_on) if row.source_on else None,
        at=row.at,
        by=person_of(people, row.by),
    )


def _step(name: str, may: Action, body: Any) -> Callable[[Callable[..., Answer]], Any]:
    return change(
        "POST",
        f"{ONE}/{name}",
        tag=TAG,
        may=may,
        names=(REGION, IMPROVEMENT_ID),
        body=body,
        answers=ImprovementNow,
        match=True,
        largest=512 * 1024,
    )


@_step("position", "group.speak", Speaking)
def give_position(sent: Sent, body: Speaking) -> Answer:
    """Give the position of one's own organisation; the same given twice is one."""
    refuse_disclosure(sent.vocabulary, body.reason)

    def do(session: Session) -> Answer:
        own = taking_part.own(session, sent.actor, sent["region"])
        record = working(sent, session, RECORDS)
        session.refresh(record, with_for_update=True)
        sent.require_match(etag_of(record), record.version)
        given = positions.said(body, sent.vocabulary)
        positions.give(session, record, own.id, given, by=sent.actor, at=sent.at)
        session.flush()
        return done(improvement_now(record), etag=etag_of(record), about=record.id)

    return sent.once(do)


@_step("record-position", "group.lead", Recording)
def record_position(sent: Sent, body: Recording) -> Answer:
    """Record what an organisation said in a letter or at a meeting; it confirms or corrects that itself."""
    refuse_disclosure(sent.vocabulary, body.source, body.reason)
    return _led(sent, positions.record_said, given=body)


@_step("decide", "group.lead", Decide)
def decide_improvement(sent: Sent, body: Decide) -> Answer:
    """Record what the group decided; adopted and not adopted are public at once.

    Somebody who recorded a position that counts and is not confirmed leaves this to another coordinator.
    """
    why = reasons_of(body.why)
    refuse_disclosure(sent.vocabulary, *body.reasons.values(), *why.values())
    return _led(sent, deciding.decide, given=body, why=why)


def _led(sent: Sent, do: Callable[..., object], **said: Any) -> Answer:
    """Let a service do something with the improvement that the address names, for who leads the group."""
    said |= {"vocabulary": sent.vocabulary, "today": sent.instance.today(sent["region"]), **sent.signed}
    return step(sent, RECORDS, "group.lead", do, **said)


handlers = (
    get_positions,
    get_outcome,
    get_decisions,
    give_position,
    record_position,
    decide_improvement,
)
