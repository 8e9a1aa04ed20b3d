"""API resources with which a group decides: positions are asked for, given and written down; decided, forwarded."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Concatenate, Final, Literal

from msgspec import Meta, Struct

from lanzarote.improvements import calling, deciding, forwarding, positions
from lanzarote.improvements.deciding import Deciding
from lanzarote.improvements.forwarding import Noted
from lanzarote.improvements.model import ImprovementState
from lanzarote.improvements.outcome import Choice, Verdict
from lanzarote.improvements.positions import Given, Written
from lanzarote.improvements.positions_api import IMPROVEMENT_ID, IMPROVEMENTS, ONE, TAG
from lanzarote.improvements.positions_model import ForwardedTo, Result
from lanzarote.stakeholders import taking_part
from lanzarote.types import Language
from lanzarote.web.changing import Nothing, Sent, change, done
from lanzarote.web.resources import REGION, Answer
from lanzarote.web.working_records import (
    ID,
    MOST_REASONS,
    P,
    Why,
    etag_of,
    reasons_of,
    refuse_disclosure,
    taken,
    working,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record

StakeholderId = Annotated[str, Meta(pattern=ID, max_length=36)]
Words = Annotated[str, Meta(max_length=4_000)]
Votes = Annotated[int, Meta(ge=0, le=10_000)]
MANY: Final = 500


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
    """Id of the meeting at which it was decided; without one, those that have answered count as present."""
    why: Annotated[tuple[Why, ...], Meta(max_length=MOST_REASONS)] = ()
    """One for each concern about the reasons that is not hard."""


class Forward(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    to: ForwardedTo
    day: date
    result: Result
    votes_for: Votes | None = None
    votes_against: Votes | None = None
    abstentions: Votes | None = None
    code: Annotated[str, Meta(max_length=60)] = ""
    """Of the document, such as ``CONF/HR(2012)SYN2``."""


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
        sent, calling.call, until=body.until, chosen=body.bodies, expected=None, today=_today(sent), **sent.signed
    )


@_step("recall", "group.lead")
def recall_positions(sent: Sent, _: Nothing) -> Answer:
    """Ask for positions no more, so that the text can be changed."""
    return _led(sent, calling.recall, **sent.signed)


@_step("extend", "group.lead", Extending)
def extend_call(sent: Sent, body: Extending) -> Answer:
    """Leave more time."""
    return _led(sent, calling.extend, until=body.until, today=_today(sent), **sent.signed)


@_step("remind", "group.lead", Reminding)
def remind_bodies(sent: Sent, body: Reminding) -> Answer:
    """Write once more to those who have not answered, or send a new link to the bodies that are named."""
    return _led(sent, calling.remind, chosen=body.bodies, **sent.signed)


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
        **sent.signed,
    )


@_step("decide", "group.lead", Decide)
def decide_improvement(sent: Sent, body: Decide) -> Answer:
    """Write down what the group decided; adopted and not adopted are public at once.

    Whoever wrote down a position that counts and that its body has not confirmed leaves that to somebody else.
    """
    why = reasons_of(body.why)
    refuse_disclosure(sent.vocabulary, *body.reasons.values(), *why.values())
    given = Deciding(
        present=body.present,
        reasons=dict(body.reasons),
        day=body.day,
        meeting=body.meeting,
        verdict=body.verdict,
        mark=body.mark,
    )
    return _led(
        sent, deciding.decide, today=_today(sent), vocabulary=sent.vocabulary, given=given, why=why, **sent.signed
    )


@_step("forward", "group.lead", Forward)
def forward_improvement(sent: Sent, body: Forward) -> Answer:
    """Note where an adopted improvement went, and what became of it there. The public reads it at once."""
    noted = Noted(**{name: getattr(body, name) for name in Forward.__struct_fields__})
    return _led(sent, forwarding.forward, noted=noted, vocabulary=sent.vocabulary, today=_today(sent), **sent.signed)


def _led(sent: Sent, do: Callable[Concatenate[Session, Record, P], object], *args: P.args, **said: P.kwargs) -> Answer:
    """Let a service do something with the improvement that the address names, for who leads the group."""

    def doing(session: Session) -> Answer:
        record = taken(sent, session, IMPROVEMENTS, "group.lead")
        do(session, record, *args, **said)
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


handlers = (
    call_for_positions,
    recall_positions,
    extend_call,
    remind_bodies,
    give_position,
    record_position,
    decide_improvement,
    forward_improvement,
)
