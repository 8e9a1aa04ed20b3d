"""API resources of procedures: as the public reads them, as the group keeps them, as a body is asked to endorse one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.kinds.api import address_of, records_of
from lanzarote.procedures import endorsing, public
from lanzarote.procedures.asked import asked_of
from lanzarote.procedures.documents import ProcedureDocument, document
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.team_documents import AskedProcedure, ProcedureSaying, SaidByOwn
from lanzarote.procedures.writing import status_of
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import CURSOR, LIMIT, REGION, Answer, Asked, Listed, Parameter, resource
from lanzarote.web.working_records import State, etag_of, id_of, state_of, steps_of, taken

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record

TAG: Final = PROCEDURES.api.tag
KEPT: Final = id_of(PROCEDURES.name)
ASKED: Final = f"{address_of(PROCEDURES)}/asked"
_step: Final = steps_of(address_of(PROCEDURES), TAG, (REGION, KEPT))


def _sample(instance: Any, names: Any) -> str | None:
    return next((one.slug for one in public.every(instance, names["region"])), None)


PROCEDURE = Parameter(name="procedure", told="Slug of the procedure, present or former.", longest=100, sample=_sample)


class ProcedureList(Listed[ProcedureDocument], frozen=True, kw_only=True):
    pass


@resource(
    "/regions/{region}/procedures", tag="Procedures", names=(REGION,), query=(CURSOR, LIMIT), answers=ProcedureList
)
def list_procedures(asked: Asked) -> Answer:
    """Co-operation procedures of the region, the last published first."""
    asked.instance.header(asked["region"])
    return asked.part([document(one) for one in public.every(asked.instance, asked["region"])])


@resource(
    "/regions/{region}/procedures/{procedure}",
    tag="Procedures",
    names=(REGION, PROCEDURE),
    answers=ProcedureDocument,
    bounded=False,
    may_move=True,
)
def get_procedure(asked: Asked) -> Answer:
    """One procedure, with where each party body stands on it."""
    region_id, slug = asked["region"], asked["procedure"]
    asked.instance.header(region_id)
    found = public.one_at(asked.instance, region_id, slug)
    if found.slug != slug:
        return asked.moved("regions", region_id, "procedures", found.slug)
    return Answer(msgspec.json.encode(document(found)))


# For the group


@_step("say", "group.read", ProcedureSaying)
def say_of_procedure(sent: Sent, body: ProcedureSaying) -> Answer:
    """Write down what a party body says: it endorses it, does not, takes that back, applies it, applies it no longer.

    Its representative says so for it, or a coordinator writes down what a source says. Whoever says the same again
    changes nothing.
    """

    def said(session: Session) -> Answer:
        record = taken(sent, session, records_of(PROCEDURES), "group.read")
        return _said(sent, session, record, body)

    return sent.once(said)


# For who speaks for a body


@resource(ASKED, tag=TAG, may="group.speak", names=(REGION, KEPT), answers=AskedProcedure)
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
    ASKED,
    tag=TAG,
    may="group.speak",
    names=(REGION, KEPT),
    body=ProcedureSaying,
    match=True,
    answers=State,
)
def say_when_asked(sent: Sent, body: ProcedureSaying) -> Answer:
    """Say for the organisation that one speaks for what it says of the text that it is asked about."""

    def said(session: Session) -> Answer:
        record = asked_of(session, sent["region"], sent["procedure"], by=sent.actor).record
        sent.require_match(etag_of(record), record.version)
        return _said(sent, session, record, body)

    return sent.once(said)


def _said(sent: Sent, session: Session, record: Record, body: ProcedureSaying) -> Answer:
    about: dict[str, Any] = {"today": sent.instance.today(sent["region"]), **sent.signed}
    meant = endorsing.version_meant(record, status_of(record), body.what)
    endorsing.say(session, record, sent.vocabulary, endorsing.given_in(body), expected=meant, **about)
    session.flush()
    return done(state_of(record), etag=etag_of(record), about=record.id)


handlers = (
    list_procedures,
    get_procedure,
    say_of_procedure,
    get_asked_procedure,
    say_when_asked,
)
