"""API resources that keep procedures: they are written, proposed, endorsed, applied, superseded, withdrawn, erased."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from lanzarote import guard
from lanzarote.kinds.organisations import nameable
from lanzarote.procedures import endorsing, sheets, writing
from lanzarote.procedures.endorsing import Given
from lanzarote.procedures.model import KIND, What
from lanzarote.procedures.team_api import ONE, PROCEDURE, PROCEDURES, TAG
from lanzarote.procedures.writing import NOT_PUBLIC
from lanzarote.records import drafts
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import Record
from lanzarote.records.validation import NOTHING_EXPLAINED, Fault, Faulty, Identifying
from lanzarote.types import Procedure
from lanzarote.web.changing import LARGEST_TEXT, NO_CONTENT, Nothing, Sent, change, done, made
from lanzarote.web.resources import REGION, ROOT
from lanzarote.web.working_records import (
    AS_READ,
    Because,
    State,
    Why,
    etag_of,
    reasons_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.procedures.writing import Checked
    from lanzarote.records.validation import Explained
    from lanzarote.web.resources import Answer

FIELDS: Final = Procedure.__struct_fields__


class WrittenProcedure(Procedure, frozen=True, kw_only=True):
    """A procedure as somebody writes it: bodies and sectors, never a person or a case."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class Confirming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is confirmed."""

    confirmed: bool
    """Nobody can be recognised in it, and no case that it speaks of is pending."""


class ProcedureSaying(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a body says of the version that was read: by its representative, or as a source tells it."""

    stakeholder: Annotated[str, Meta(max_length=64)]
    """Key or id of the party body."""
    what: What
    day: date
    source: Annotated[str, Meta(max_length=500)] = ""
    """Where it is written; for ``apply``, the signed act. A representative may leave it out but for ``apply``."""


class Superseding(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What takes its place."""

    into: Annotated[str, Meta(max_length=64)]
    """Id of a procedure that the public reads."""


class ProcedureRenaming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another address."""

    slug: Annotated[str, Meta(min_length=1, max_length=80)]


@change(
    "POST",
    "/regions/{region}/team/procedures",
    tag=TAG,
    may="group.write",
    names=(REGION,),
    body=WrittenProcedure,
    status=201,
    answers=State,
    largest=LARGEST_TEXT,
)
def create_procedure(sent: Sent, body: WrittenProcedure) -> Answer:
    """Begin a procedure: a draft that the group reads. Location says where it stands."""
    given = judged(sent, body)

    def begun(session: Session) -> Answer:
        record = writing.begin(session, sent["region"], given, by=sent.actor, at=sent.at)
        at = ROOT + ONE.format(region=record.region_id, procedure=record.id)
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(begun)


@change(
    "PUT",
    ONE,
    tag=TAG,
    may="group.write",
    names=(REGION, PROCEDURE),
    body=WrittenProcedure,
    match=True,
    answers=State,
    largest=LARGEST_TEXT,
)
def save_procedure(sent: Sent, body: WrittenProcedure) -> Answer:
    """Save another version; all of it is sent, and what is left out is taken out.

    Beside a version that the public reads it is a draft, which is proposed in its turn.
    """
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, PROCEDURES, "group.write", lock=False)
        given = judged(sent, body, writing.explained_in(session, record), record.id)
    return step(sent, PROCEDURES, "group.write", writing.save, given=given, expected=AS_READ, **sent.signed)


_step = steps_of(ONE, TAG, (REGION, PROCEDURE))


@_step("propose", "group.lead", Confirming)
def propose_procedure(sent: Sent, body: Confirming) -> Answer:
    """Ask each party body to endorse this very text; everything that is still open is told instead."""
    return step(
        sent, PROCEDURES, "group.lead", writing.propose, confirmed=body.confirmed, expected=AS_READ, **sent.signed
    )


@_step("document", "group.lead", Confirming)
def document_procedure(sent: Sent, body: Confirming) -> Answer:
    """Let the public read a reconstruction or an example that somebody else wrote.

    It is marked as a description that no party has endorsed.
    """
    return step(
        sent, PROCEDURES, "group.lead", writing.document, confirmed=body.confirmed, expected=AS_READ, **sent.signed
    )


@_step("recall", "group.lead")
def recall_procedure(sent: Sent, _: Nothing) -> Answer:
    """Take the proposal back, to write on it."""
    return step(sent, PROCEDURES, "group.lead", writing.recall, **sent.signed)


@_step("say", "group.read", ProcedureSaying)
def say_of_procedure(sent: Sent, body: ProcedureSaying) -> Answer:
    """Write down what a party body says: it endorses it, does not, takes that back, applies it, applies it no longer.

    Its representative says so for it, or a coordinator writes down what a source says. Whoever says the same again
    changes nothing.
    """
    vocabulary, today = sent.vocabulary, sent.instance.today(sent["region"])
    given = Given(stakeholder=body.stakeholder, what=body.what, day=body.day.isoformat(), source=body.source)

    def said(session: Session) -> Answer:
        record = taken(sent, session, PROCEDURES, "group.read")
        meant = endorsing.version_meant(record, writing.status_of(record), body.what)
        endorsing.say(session, record, vocabulary, given, expected=meant, by=sent.actor, at=sent.at, today=today)
        session.flush()
        return done(state_of(record), etag=etag_of(record), about=record.id)

    return sent.once(said)


@_step("discard", "group.write")
def discard_procedure(sent: Sent, _: Nothing) -> Answer:
    """Give up what was written beside the version that the public reads."""
    return step(sent, PROCEDURES, "group.write", writing.discard, **sent.signed)


@_step("look-again", "group.lead")
def look_again_at_procedure(sent: Sent, _: Nothing) -> Answer:
    """Write down that its parties looked at it again, and that it stays as it is."""
    return step(
        sent, PROCEDURES, "group.lead", writing.look_again, today=sent.instance.today(sent["region"]), **sent.signed
    )


@_step("rename", "group.lead", ProcedureRenaming)
def rename_procedure(sent: Sent, body: ProcedureRenaming) -> Answer:
    """Give it another address; the old one redirects."""
    if found := guard.check_text(
        body.slug, identifiers=sent.vocabulary.header.personal_identifiers, field="slug", guesses=False
    ):
        raise Identifying(found)
    return step(sent, PROCEDURES, "group.lead", writing.rename, slug=body.slug, **sent.signed)


@_step("supersede", "group.lead", Superseding)
def supersede_procedure(sent: Sent, body: Superseding) -> Answer:
    """Let another procedure take its place; both go on being read."""

    def supersede(session: Session, record: Record) -> None:
        into = session.get(Record, (record.region_id, body.into))
        if into is None or into.kind != KIND or not may(sent.actor, "group.read", subject_of(session, into)):
            raise Faulty([Fault(field="into", text=NOT_PUBLIC)])
        writing.supersede(session, record, into, **sent.signed)

    return step(sent, PROCEDURES, "group.lead", supersede)


@_step("withdraw", "group.lead", Because)
def withdraw_procedure(sent: Sent, body: Because) -> Answer:
    """Take it from the public, which is told that it was withdrawn; the reason is for the group."""
    return step(
        sent, PROCEDURES, "group.lead", writing.withdraw, vocabulary=sent.vocabulary, reason=body.reason, **sent.signed
    )


@_step("archive", "group.lead")
def archive_procedure(sent: Sent, _: Nothing) -> Answer:
    """Put away what was never public or was withdrawn."""
    return step(sent, PROCEDURES, "group.lead", writing.archive, **sent.signed)


@_step("restore", "group.lead")
def restore_procedure(sent: Sent, _: Nothing) -> Answer:
    """Take it out of the archive: a draft again, or withdrawn if the public has read it once."""
    return step(sent, PROCEDURES, "group.lead", drafts.restore, **sent.signed)


@_step("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_procedure(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of it for good, with all versions and all that bodies said. This cannot be undone."""

    def erased(session: Session) -> Answer:
        writing.erase(session, taken(sent, session, PROCEDURES, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(erased)


def judged(sent: Sent, body: WrittenProcedure, earlier: Explained = NOTHING_EXPLAINED, record_id: str = "") -> Checked:
    """The procedure in *body*, if it may be saved, in *record_id* or as a new one.

    Raises Disclosed, Identifying, Faulty.
    """
    vocabulary = sent.vocabulary
    procedure = Procedure(**{name: getattr(body, name) for name in FIELDS})
    reasons = reasons_of(body.reasons)
    refuse_disclosure(vocabulary, *(text for _, text in sheets.texts_of(procedure)), *reasons.values())
    names = nameable(sent.instance, sent["region"], record_id)
    by = sent.actor.account_id
    return writing.checked(procedure, vocabulary, names, reasons=reasons, by=by, earlier=earlier)


handlers = (
    create_procedure,
    save_procedure,
    propose_procedure,
    document_procedure,
    recall_procedure,
    say_of_procedure,
    discard_procedure,
    look_again_at_procedure,
    rename_procedure,
    supersede_procedure,
    withdraw_procedure,
    archive_procedure,
    restore_procedure,
    erase_procedure,
)
