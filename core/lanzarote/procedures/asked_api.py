"""API resources by which a representative reads what their body is asked to endorse, and says what it says of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lanzarote.procedures import endorsing
from lanzarote.procedures.asked import asked_of
from lanzarote.procedures.endorsing import Given
from lanzarote.procedures.model import ProcedureState, What
from lanzarote.procedures.team_api import ONE, PROCEDURE, TAG
from lanzarote.procedures.write_api import ProcedureSaying
from lanzarote.procedures.writing import status_of
from lanzarote.types import Procedure
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import REGION, Answer, Asked, resource
from lanzarote.web.working_records import State, etag_of, state_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PATH = f"{ONE}/asked"


class SaidByOwn(Struct, frozen=True, kw_only=True):
    """What the organisation that one speaks for said of this text."""

    stakeholder: str
    what: What
    day: date
    source: str
    spoken: bool
    at: datetime


class AskedProcedure(Struct, frozen=True, kw_only=True):
    """The text that waits for the word of one's organisation, or that it gave its word on."""

    id: str
    version: int
    state: ProcedureState
    procedure: Procedure
    stakeholders: tuple[str, ...]
    """Those party bodies that one speaks for."""
    said: tuple[SaidByOwn, ...]


@resource(PATH, tag=TAG, may="group.speak", names=(REGION, PROCEDURE), answers=AskedProcedure)
def get_asked_procedure(asked: Asked) -> Answer:
    """What a party body is asked to endorse, for who speaks for it, whether or not it takes part in the group."""
    asked.instance.header(asked["region"])
    with asked.instance.database.read(asked["region"]) as session:
        found = asked_of(session, asked["region"], asked["procedure"], by=asked.actor)
        told = AskedProcedure(
            id=found.record.id,
            version=found.version,
            state=found.state,  # type: ignore[arg-type]  # of the same table
            procedure=found.procedure,
            stakeholders=tuple(found.said),
            said=tuple(
                SaidByOwn(
                    stakeholder=body,
                    **{name: getattr(one, name) for name in ("what", "day", "source", "spoken", "at")},
                )
                for body, some in found.said.items()
                for one in some
            ),
        )
        return Answer(msgspec.json.encode(told), {"etag": etag_of(found.record)})


@change(
    "POST",
    PATH,
    tag=TAG,
    may="group.speak",
    names=(REGION, PROCEDURE),
    body=ProcedureSaying,
    match=True,
    answers=State,
)
def say_when_asked(sent: Sent, body: ProcedureSaying) -> Answer:
    """Say for the organisation that one speaks for what it says of the text that it is asked about."""
    vocabulary, today = sent.vocabulary, sent.instance.today(sent["region"])
    given = Given(stakeholder=body.stakeholder, what=body.what, day=body.day.isoformat(), source=body.source)

    def said(session: Session) -> Answer:
        record = asked_of(session, sent["region"], sent["procedure"], by=sent.actor).record
        sent.require_match(etag_of(record), record.version)
        meant = endorsing.version_meant(record, status_of(record), body.what)
        endorsing.say(session, record, vocabulary, given, expected=meant, by=sent.actor, at=sent.at, today=today)
        session.flush()
        return done(state_of(record), etag=etag_of(record), about=record.id)

    return sent.once(said)


handlers = (get_asked_procedure, say_when_asked)
