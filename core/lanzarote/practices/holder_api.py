"""API resources by which organisations are asked about a practice that they run, and answer."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct

from lanzarote.practices import holders
from lanzarote.practices.holders import Document, Said
from lanzarote.practices.team_api import PRACTICE, PRACTICES, TAG
from lanzarote.practices.write_api import ONE
from lanzarote.web.changing import Sent, change, done
from lanzarote.web.resources import REGION
from lanzarote.web.working_records import AS_READ, State, etag_of, refuse_disclosure, state_of, step, steps_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.web.resources import Answer

Remark = Annotated[str, Meta(max_length=holders.LONGEST)]


class AskHolder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which organisation is asked."""

    organisation: Annotated[str, Meta(max_length=200)]
    """Its id or key: a partner that the text names, or the one given on submission."""


class HolderAnswered(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an organisation says of the text."""

    answer: Literal["confirmed", "wrong", "refused"]
    remark: Remark = ""
    """What is wrong, or why it refuses; for the team."""


class HolderDocument(HolderAnswered, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A dated document in which an organisation says it."""

    organisation: Annotated[str, Meta(max_length=200)]
    """Its id or key."""
    document: Annotated[str, Meta(max_length=500)]
    """Title and reference."""
    on: date
    """Its day."""


class OwnAnswer(HolderAnswered, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the organisation says for which you speak."""

    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    """The version that was read."""
    confirmed: bool = False
    """You looked again at the remark, and nobody can be recognised by it."""


_step = steps_of(ONE, TAG, (REGION, PRACTICE))


@_step("ask-holder", "group.lead", AskHolder)
def ask_holder(sent: Sent, body: AskHolder) -> Answer:
    """Ask an organisation whether the newest text is right: its representative, or else a service of it by a mailed
    link that needs no account.
    """
    said: dict[str, Any] = {"stakeholder_id": body.organisation, "today": sent.instance.today(sent["region"])}
    return step(sent, PRACTICES, "group.lead", holders.ask, **said, expected=AS_READ, **sent.signed)


@_step("record-holder", "group.lead", HolderDocument)
def record_holder(sent: Sent, body: HolderDocument) -> Answer:
    """Record what an organisation says of the newest text in a dated document."""
    refuse_disclosure(sent.vocabulary, body.remark, body.document)
    lang = sent.vocabulary.header.languages[0]
    said = Said(answer=body.answer, remark=body.remark, lang=lang, told=holders.REFUSES)
    given: dict[str, Any] = {
        "vocabulary": sent.vocabulary,
        "stakeholder_id": body.organisation,
        "said": holders.checked(said, sent.vocabulary, confirmed=True),
        "document": Document(title=body.document, on=body.on.isoformat()),
        "today": sent.instance.today(sent["region"]),
    }
    return step(sent, PRACTICES, "group.lead", holders.record_document, **given, expected=AS_READ, **sent.signed)


@change(
    "POST",
    f"{ONE}/answer-as-holder",
    tag=TAG,
    may="group.speak",
    names=(REGION, PRACTICE),
    body=OwnAnswer,
    answers=State,
)
def answer_as_holder(sent: Sent, body: OwnAnswer) -> Answer:
    """Answer for the organisation for which you speak, when it is asked about the practice."""
    refuse_disclosure(sent.vocabulary, body.remark)
    today, lang = sent.instance.today(sent["region"]), sent.vocabulary.header.languages[0]
    said = Said(answer=body.answer, remark=body.remark, lang=lang, told=holders.REFUSES)
    said = holders.checked(said, sent.vocabulary, confirmed=body.confirmed)

    def do(session: Session) -> Answer:
        record = holders.answer(
            session,
            sent["region"],
            sent["practice"],
            said,
            version=body.version,
            by=sent.actor,
            at=sent.at,
            today=today,
        )
        session.flush()
        return done(state_of(record), etag=etag_of(record), about=record.id)

    return sent.once(do)


handlers = (ask_holder, record_holder, answer_as_holder)
