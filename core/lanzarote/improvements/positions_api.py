"""API resources of what a group decides: positions on an improvement, decisions, where it was forwarded."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from lanzarote import guard
from lanzarote.accounts.service import names
from lanzarote.checking import Faulty, Identifying
from lanzarote.errors import Conflict, NotFound
from lanzarote.improvements import calling, deciding, forwarding, positions
from lanzarote.improvements.deciding import Deciding
from lanzarote.improvements.forwarding import Noted
from lanzarote.improvements.model import IMPROVEMENT, ImprovementState
from lanzarote.improvements.outcome import Choice, GroupOutcome, Verdict
from lanzarote.improvements.positions import Given, Written
from lanzarote.improvements.positions_model import Decided, Forwarded, ForwardedTo, How, Result
from lanzarote.improvements.positions_reading import ERASED, NO_SUCH
from lanzarote.permissions import require, subject_of
from lanzarote.stakeholders import members, taking_part
from lanzarote.types import DecisionRule, Language, Text
from lanzarote.web.changing import Nothing, Sent, change, done
from lanzarote.web.resources import REGION, Answer, Asked, Parameter, resource
from lanzarote.web.working_records import ID, Kind, Person, etag_of, id_of, person_of, refuse_disclosure, taken, working

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.improvements.positions_model import Position
    from lanzarote.permissions import Action
    from lanzarote.records import Record

TAG: Final = "Positions and decisions"
IMPROVEMENTS: Final = Kind(name=IMPROVEMENT, read="group.read", none=NO_SUCH, erased=ERASED)
IMPROVEMENT_ID: Final = id_of(IMPROVEMENT)
ONE: Final = "/regions/{region}/team/improvements/{improvement}"
PRESENT: Final = Parameter(
    name="present",
    told="Id of a body that was there, one each; left out: those that have answered.",
    pattern=ID,
    longest=36,
    shortest=36,
    many="repeated",
)
StakeholderId = Annotated[str, Meta(pattern=ID, max_length=36)]
Words = Annotated[str, Meta(max_length=4_000)]
Votes = Annotated[int, Meta(ge=0, le=10_000)]
MANY: Final = 500


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
    """The last day is over, or all who were asked have answered."""
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


class Standing(Struct, frozen=True, kw_only=True):
    """Where the improvement is now."""

    id: str
    state: ImprovementState
    version: int
    published_version: int | None
    until: date | None
    decision: int | None
    """Number of the decision in force."""


class Calling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom to ask, and until when."""

    until: date
    bodies: Annotated[tuple[StakeholderId, ...], Meta(max_length=MANY)] | None = None
    """Ids of bodies that take part; null: all of them."""


class Extending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    until: date
    """The new last day."""


class Reminding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    bodies: Annotated[tuple[StakeholderId, ...], Meta(max_length=MANY)] | None = None
    """Null: all that were asked and have not answered."""


class Speaking(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The position of the body that the owner of the token speaks for."""

    choice: Choice
    reason: Words = ""
    language: Language | None = None
    """Of the reason; needed with one."""
    named: bool = False
    """The body agrees to be named with it in public."""
    confirmed: bool = False
    """Whoever wrote it looked again, and nobody can be recognised by it."""


class Recording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body said in a letter or at a meeting."""

    stakeholder: StakeholderId
    choice: Choice
    reason: Words = ""
    language: Language | None = None
    how: Literal["letter", "meeting"]
    source: Annotated[str, Meta(max_length=300)]
    on: date
    confirmed: bool = False


class Decide(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the group decided; it has to be what follows from the positions."""

    verdict: Verdict
    mark: Annotated[str, Meta(min_length=1, max_length=64)]
    """From the preview."""
    present: Annotated[tuple[StakeholderId, ...], Meta(max_length=MANY)]
    reasons: dict[Language, Annotated[str, Meta(max_length=8_000)]]
    """In every language of the region."""
    day: date
    meeting: Annotated[str, Meta(max_length=64)] = ""
    confirmed: bool = False


class Forward(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: ForwardedTo
    day: date
    result: Result
    votes_for: Votes | None = None
    votes_against: Votes | None = None
    abstentions: Votes | None = None
    code: Annotated[str, Meta(max_length=60)] = ""
    """Of the document, such as ``CONF/HR(2012)SYN2``."""


@resource(f"{ONE}/positions", tag=TAG, may="group.read", names=(REGION, IMPROVEMENT_ID), answers=Positions)
def get_positions(asked: Asked) -> Answer:
    """Who said what about an improvement. Its ETag is what a position or a step takes in If-Match."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, IMPROVEMENTS)
        return Answer(msgspec.json.encode(_positions(session, record)), {"etag": etag_of(record)})


@resource(
    f"{ONE}/outcome", tag=TAG, may="group.lead", names=(REGION, IMPROVEMENT_ID), query=(PRESENT,), answers=Previewed
)
def get_outcome(asked: Asked) -> Answer:
    """What would be decided now, step by step; nothing is there unless positions are asked for and a rule is set."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, IMPROVEMENTS)
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
    """What was decided on an improvement, by whom it was voiced otherwise, and where it went."""
    with asked.instance.database.read(asked["region"]) as session:
        record = working(asked, session, IMPROVEMENTS)
        rows, went = deciding.decisions(session, record), forwarding.forwardings(session, record)
        people = names(session, [*(row.by for row in rows), *(row.by for row in went)])
        in_force = calling.status_of(record).decision
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


def _step(name: str, may: Action, body: Any = Nothing) -> Callable[[Callable[..., Answer]], Any]:
    return change(
        "POST",
        f"{ONE}/{name}",
        tag=TAG,
        may=may,
        names=(REGION, IMPROVEMENT_ID),
        body=body,
        answers=Standing,
        match=True,
        largest=512 * 1024,
    )


@_step("call", "group.lead", Calling)
def call_for_positions(sent: Sent, body: Calling) -> Answer:
    """Ask for positions on the newest text, which stays as it is from now on."""
    return _led(
        sent,
        calling.call,
        until=body.until,
        chosen=body.bodies,
        expected=None,
        today=_today(sent),
    )


@_step("recall", "group.lead")
def recall_positions(sent: Sent, _: Nothing) -> Answer:
    """Ask for positions no more, so that the text can be changed."""
    return _led(sent, calling.recall)


@_step("extend", "group.lead", Extending)
def extend_call(sent: Sent, body: Extending) -> Answer:
    """Leave more time."""
    return _led(sent, calling.extend, until=body.until, today=_today(sent))


@_step("remind", "group.lead", Reminding)
def remind_bodies(sent: Sent, body: Reminding) -> Answer:
    """Write once more to those who have not answered, or send a new link to the bodies that are named."""
    return _led(sent, calling.remind, chosen=body.bodies)


@_step("position", "group.speak", Speaking)
def give_position(sent: Sent, body: Speaking) -> Answer:
    """Give the position of the body that one speaks for; the same given twice is one."""
    given = _checked(sent, body.choice, body.reason, body.language, named=body.named, confirmed=body.confirmed)

    def do(session: Session) -> Answer:
        own = taking_part.own(session, sent.actor, sent["region"])
        record = _matching(sent, session)
        positions.give(session, record, own.id, given, by=sent.actor, at=sent.at)
        return _done(session, record)

    return sent.once(do)


@_step("record-position", "group.lead", Recording)
def record_position(sent: Sent, body: Recording) -> Answer:
    """Write down what a body said in a letter or at a meeting; it confirms or corrects that itself."""
    given = _checked(sent, body.choice, body.reason, body.language, named=False, confirmed=body.confirmed)
    refuse_disclosure(sent.vocabulary, body.source)
    return _led(
        sent,
        positions.record_said,
        stakeholder_id=body.stakeholder,
        given=given,
        written=Written(how=body.how, source=body.source, on=body.on.isoformat()),
        vocabulary=sent.vocabulary,
        today=_today(sent),
    )


@_step("decide", "group.lead", Decide)
def decide_improvement(sent: Sent, body: Decide) -> Answer:
    """Write down what the group decided; adopted and not adopted are public at once."""
    refuse_disclosure(sent.vocabulary, *body.reasons.values())
    given = Deciding(
        present=body.present,
        reasons=dict(body.reasons),
        day=body.day,
        meeting=body.meeting,
        verdict=body.verdict,
        mark=body.mark,
    )
    said: dict[str, Any] = {"vocabulary": sent.vocabulary, "given": given, "confirmed": body.confirmed}
    return _led(sent, deciding.decide, today=_today(sent), **said)


@_step("forward", "group.lead", Forward)
def forward_improvement(sent: Sent, body: Forward) -> Answer:
    """Note where an adopted improvement went, and what became of it there. The public reads it at once."""
    noted = Noted(**{name: getattr(body, name) for name in Forward.__struct_fields__})
    if found := guard.check_text(body.code, identifiers=sent.vocabulary.header.personal_identifiers, field="code"):
        raise Identifying(found)
    return _led(sent, forwarding.forward, noted=noted, today=_today(sent))


def _led(sent: Sent, do: Callable[..., object], **said: Any) -> Answer:
    """Let a service do something with the improvement that the address names, for who leads the group."""

    def doing(session: Session) -> Answer:
        record = taken(sent, session, IMPROVEMENTS, "group.lead")
        do(session, record, by=sent.actor, at=sent.at, **said)
        return _done(session, record)

    return sent.once(doing)


def _matching(sent: Sent, session: Session) -> Record:
    """The improvement that the address names, in the state that was read. Raises NotFound, Gone, Stale."""
    record = working(sent, session, IMPROVEMENTS)
    session.refresh(record, with_for_update=True)
    sent.require_match(etag_of(record), record.version)
    return record


def _checked(sent: Sent, choice: str, reason: str, language: str | None, *, named: bool, confirmed: bool) -> Given:
    refuse_disclosure(sent.vocabulary, reason)
    given = Given(choice=choice, reason=reason, lang=language or "", named=named)
    return positions.checked(given, sent.vocabulary, confirmed=confirmed)


def _today(sent: Sent) -> date:
    return sent.instance.today(sent["region"])


def _done(session: Session, record: Record) -> Answer:
    session.flush()
    status = calling.status_of(record)
    told = Standing(
        id=record.id,
        state=status.state,
        version=record.version,
        published_version=record.published_version,
        until=status.called_until if status.state == "called" else None,
        decision=status.decision or None,
    )
    return done(told, etag=etag_of(record), about=record.id)


def _positions(session: Session, record: Record) -> Positions:
    status, bodies = calling.status_of(record), members.bodies(session)
    rows = positions.history(session, record)
    newest_call = calling.last(session, record)
    people = names(session, [row.by for row in rows])
    asked = {bodies.present_id(one) for one in newest_call.asks()} if newest_call else set()
    said: dict[str, list[Position]] = {}
    for row in rows:
        said.setdefault(bodies.present_id(row.stakeholder), []).append(row)
    found = []
    for body in bodies.by_id.values():
        mine = said.get(body.id, [])
        if not body.takes_part and not mine:
            continue
        counts = mine[:1] if mine and newest_call is not None and mine[0].call == newest_call.number else []
        found.append(
            BodyPositions(
                stakeholder=body.id,
                name=body.name,
                side=body.side,
                sectors=body.sectors,
                takes_part=body.takes_part,
                asked=body.id in asked,
                position=_given(counts[0], people) if counts else None,
                before=tuple(_given(row, people) for row in mine[len(counts) :]),
            )
        )
    called = status.state == "called"
    return Positions(
        state=status.state,
        until=status.called_until if called else None,
        version=status.called_version or None,
        bodies=tuple(found),
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


handlers = (
    get_positions,
    get_outcome,
    get_decisions,
    call_for_positions,
    recall_positions,
    extend_call,
    remind_bodies,
    give_position,
    record_position,
    decide_improvement,
    forward_improvement,
)
