"""API resources with which a group decides: positions are asked for, given and written down; decided, forwarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.improvements import deciding, positions
from lanzarote.improvements.deciding import Deciding
from lanzarote.improvements.improvement_documents import (
    Decide,
    ImprovementNow,
    Recording,
    Speaking,
    improvement_now,
)
from lanzarote.improvements.positions_api import IMPROVEMENT_ID, ONE, RECORDS, TAG
from lanzarote.stakeholders import taking_part
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import REGION, Answer
from lanzarote.web.working_records import etag_of, reasons_of, refuse_disclosure, step, working

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Action


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
    """Give the position of the body that one speaks for; the same given twice is one."""
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
    """Write down what a body said in a letter or at a meeting; it confirms or corrects that itself."""
    refuse_disclosure(sent.vocabulary, body.source, body.reason)
    return _led(sent, positions.record_said, given=body)


@_step("decide", "group.lead", Decide)
def decide_improvement(sent: Sent, body: Decide) -> Answer:
    """Write down what the group decided; adopted and not adopted are public at once.

    Whoever wrote down a position that counts and that its body has not confirmed leaves that to somebody else.
    """
    why = reasons_of(body.why)
    refuse_disclosure(sent.vocabulary, *body.reasons.values(), *why.values())
    given = Deciding(**{name: getattr(body, name) for name in Deciding.__struct_fields__})
    return _led(sent, deciding.decide, given=given, why=why)


def _led(sent: Sent, do: Callable[..., object], **said: Any) -> Answer:
    """Let a service do something with the improvement that the address names, for who leads the group."""
    said |= {"vocabulary": sent.vocabulary, "today": sent.instance.today(sent["region"]), **sent.signed}
    return step(sent, RECORDS, "group.lead", do, **said)


handlers = (give_position, record_position, decide_improvement)
