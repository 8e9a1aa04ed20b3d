"""API resources that keep the directory: entries are written, published, related, renamed, merged, split, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from lanzarote import guard
from lanzarote.directory.model import KIND, Contact
from lanzarote.kinds.organisations import nameable
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import Record
from lanzarote.records.save_checks import checks_for
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty, Identifying
from lanzarote.stakeholders import deciding, entries, writing
from lanzarote.stakeholders.deciding import NOT_PUBLIC
from lanzarote.stakeholders.team_api import ONE, STAKEHOLDER, STAKEHOLDERS, TAG
from lanzarote.types import Organisation, PartialDate, Relation, Text
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, made
from lanzarote.web.resources import REGION, ROOT
from lanzarote.web.working_records import (
    AS_READ,
    Because,
    LetPass,
    State,
    Why,
    etag_of,
    overrides_of,
    reasons_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.records.save_checks import Checks
    from lanzarote.stakeholders.writing import Checked
    from lanzarote.web.resources import Answer

LARGEST: Final = 512 * 1024


class WrittenEntry(Organisation, frozen=True, kw_only=True):
    """An organisation as somebody writes it: never a person."""

    contacts: tuple[Contact, ...] | None = None
    """By role, never by name; left out: they stay as they are."""
    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""
    let_pass: tuple[LetPass, ...] = ()
    """For coordinators: one for each objection of a package."""


class Confirmation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the publisher confirms."""

    confirmed: bool
    """Its sources say so, and no person is named in it."""


class Relating(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the organisation relates to the group: nothing may suggest that it joined unless it said so."""

    relation: Relation
    since: PartialDate | None = None
    mandate: Text = {}
    source: Annotated[str, Meta(max_length=500)] = ""
    """Where that is written: the name and date of the letter or decision, or a page."""
    shared: bool = False
    """It agreed that the central office receives its entry; counts while it takes part."""
    reasons: tuple[Why, ...] = ()
    """Why things stay in ``mandate.fr`` or ``source`` that the guard asked about."""


class Renaming(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another address."""

    slug: Annotated[str, Meta(min_length=1, max_length=80)]


class Merging(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What it becomes one with."""

    into: Annotated[str, Meta(max_length=64)]
    """Id of the entry that answers in its place."""


@change(
    "POST",
    "/regions/{region}/team/stakeholders",
    tag=TAG,
    may="stakeholder.write",
    names=(REGION,),
    body=WrittenEntry,
    status=201,
    answers=State,
    largest=LARGEST,
)
def create_stakeholder(sent: Sent, body: WrittenEntry) -> Answer:
    """Begin an entry: a draft that only its region's team reads. Location says where it stands."""
    with sent.instance.database.read(sent["region"]) as session:
        checks = checks_of(sent, session, body)
    given = judged(sent, body, checks, former=())
    return sent.once(lambda session: _begun(writing.begin(session, sent["region"], given, by=sent.actor, at=sent.at)))


@change(
    "PUT",
    ONE,
    tag=TAG,
    may="stakeholder.write",
    names=(REGION, STAKEHOLDER),
    body=WrittenEntry,
    match=True,
    answers=State,
    largest=LARGEST,
)
def save_stakeholder(sent: Sent, body: WrittenEntry) -> Answer:
    """Save another version of an entry; all of it is sent, and what is left out is taken out, but for the contacts.

    Beside a published version it is a working version, which the public does not read until it is published.
    """
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, STAKEHOLDERS, "stakeholder.write", lock=False)
        former, checks = writing.entry_of(session, record).former, checks_of(sent, session, body, record)
        known = writing.contacts_of(session, record)
    given = judged(sent, body, checks, former=former, known=known, record_id=record.id)
    return step(sent, STAKEHOLDERS, "stakeholder.write", writing.save, given=given, expected=AS_READ, **sent.signed)


_step = steps_of(ONE, TAG, (REGION, STAKEHOLDER))


@_step("submit", "stakeholder.write")
def submit_stakeholder(sent: Sent, _: Nothing) -> Answer:
    """Hand in what is written, to be published by somebody else."""
    return step(sent, STAKEHOLDERS, "stakeholder.write", writing.submit, expected=AS_READ, **sent.signed)


@_step("take-back", "stakeholder.write")
def take_back_stakeholder(sent: Sent, _: Nothing) -> Answer:
    """Take back what was submitted."""
    return step(sent, STAKEHOLDERS, "stakeholder.write", writing.take_back, **sent.signed)


@_step("give-back", "stakeholder.publish", Because)
def give_back_stakeholder(sent: Sent, body: Because) -> Answer:
    """Give back what was submitted, with the reason, to be written on."""
    return step(
        sent,
        STAKEHOLDERS,
        "stakeholder.publish",
        writing.hand_back,
        reason=body.reason,
        why=reasons_of(body.reasons),
        vocabulary=sent.vocabulary,
        **sent.signed,
    )


@_step("publish", "stakeholder.publish", Confirmation)
def publish_stakeholder(sent: Sent, body: Confirmation) -> Answer:
    """Publish what somebody else submitted, or again what was withdrawn, as it was."""
    confirmed = body.confirmed
    return step(
        sent, STAKEHOLDERS, "stakeholder.publish", writing.publish, confirmed=confirmed, expected=AS_READ, **sent.signed
    )


@_step("discard", "stakeholder.write")
def discard_stakeholder(sent: Sent, _: Nothing) -> Answer:
    """Give up what was written beside the published version."""
    return step(sent, STAKEHOLDERS, "stakeholder.write", writing.discard, **sent.signed)


@_step("withdraw", "stakeholder.decide", Because)
def withdraw_stakeholder(sent: Sent, body: Because) -> Answer:
    """Take it from the public, which is told that it was withdrawn; the reason is for the team."""
    return step(
        sent,
        STAKEHOLDERS,
        "stakeholder.decide",
        writing.withdraw,
        reason=body.reason,
        why=reasons_of(body.reasons),
        vocabulary=sent.vocabulary,
        **sent.signed,
    )


@_step("archive", "stakeholder.decide")
def archive_stakeholder(sent: Sent, _: Nothing) -> Answer:
    """Put away what was never published or was withdrawn."""
    return step(sent, STAKEHOLDERS, "stakeholder.decide", writing.archive, **sent.signed)


@_step("restore", "stakeholder.decide")
def restore_stakeholder(sent: Sent, _: Nothing) -> Answer:
    """Take it out of the archive: a draft again, or withdrawn if the public has read it once."""
    return step(sent, STAKEHOLDERS, "stakeholder.decide", writing.restore, **sent.signed)


@_step("relation", "stakeholder.decide", Relating)
def relate_stakeholder(sent: Sent, body: Relating) -> Answer:
    """Say how the organisation relates to the group. The public reads it at once."""
    return step(
        sent,
        STAKEHOLDERS,
        "stakeholder.decide",
        deciding.set_relation,
        vocabulary=sent.vocabulary,
        relation=body.relation,
        since=body.since or "",
        mandate=body.mandate,
        source=body.source,
        shared=body.shared,
        why=reasons_of(body.reasons),
        **sent.signed,
    )


@_step("rename", "stakeholder.decide", Renaming)
def rename_stakeholder(sent: Sent, body: Renaming) -> Answer:
    """Give it another address, with a number if that is taken; the old one redirects."""
    if found := guard.check_text(
        body.slug, identifiers=sent.vocabulary.header.personal_identifiers, field="slug", guesses=False
    ):
        raise Identifying(found)
    return step(sent, STAKEHOLDERS, "stakeholder.decide", deciding.rename, slug=body.slug, **sent.signed)


@_step("merge", "stakeholder.decide", Merging)
def merge_stakeholder(sent: Sent, body: Merging) -> Answer:
    """Let another entry answer in its place: practices, addresses, representatives and replies lead there."""

    def merge(session: Session, record: Record) -> None:
        into = session.get(Record, (record.region_id, body.into))
        if into is None or into.kind != KIND or not may(sent.actor, "stakeholder.read", subject_of(session, into)):
            raise Faulty([Fault(field="into", text=NOT_PUBLIC)])
        deciding.merge(session, record, into, **sent.signed)

    return step(sent, STAKEHOLDERS, "stakeholder.decide", merge)


@_step("split", "stakeholder.decide")
def split_stakeholder(sent: Sent, _: Nothing) -> Answer:
    """Undo a merge: the entry is read again as it was, and what led to it leads there again."""
    return step(sent, STAKEHOLDERS, "stakeholder.decide", deciding.split, **sent.signed)


@_step("split-off", "stakeholder.decide", WrittenEntry, status=201, largest=LARGEST)
def split_off_stakeholder(sent: Sent, body: WrittenEntry) -> Answer:
    """Begin a second entry out of this one, which stays as it is; Location says where the new one stands."""
    with sent.instance.database.read(sent["region"]) as session:
        taken(sent, session, STAKEHOLDERS, "stakeholder.decide", lock=False)
        checks = checks_of(sent, session, body)
    given = judged(sent, body, checks, former=())

    def do(session: Session) -> Answer:
        record = taken(sent, session, STAKEHOLDERS, "stakeholder.decide")
        return _begun(deciding.split_off(session, record, given, by=sent.actor, at=sent.at))

    return sent.once(do)


@_step("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_stakeholder(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of it for good, with all versions and contacts. This cannot be undone."""

    def do(session: Session) -> Answer:
        writing.erase(session, taken(sent, session, STAKEHOLDERS, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


def checks_of(sent: Sent, session: Session, body: WrittenEntry, record: Record | None = None) -> Checks:
    """Which packages are asked about *body*, and what a coordinator lets pass. Raises Faulty."""
    let_pass = overrides_of(body.let_pass)
    return checks_for(sent.instance, session, sent["region"], KIND, record, by=sent.actor, reasons=let_pass)


def judged(
    sent: Sent,
    body: WrittenEntry,
    checks: Checks,
    *,
    former: tuple[str, ...],
    known: tuple[Contact, ...] = (),
    record_id: str = "",
) -> Checked:
    """The entry in *body*, if it may be saved, in *record_id* or as a new one.

    *former*: the keys it had before, which nobody writes.

    *known*: the contacts it had before.

    Raises Disclosed, Identifying, Faulty, Objected.
    """
    vocabulary = sent.vocabulary
    organisation = Organisation(**{name: getattr(body, name) for name in Organisation.__struct_fields__})
    reasons = reasons_of(body.reasons)
    texts = [text for _, text in entries.texts_of(organisation)]
    refuse_disclosure(vocabulary, *texts, *reasons.values(), *checks.reasons.values())
    identifiers = vocabulary.header.personal_identifiers
    named = ((f"own_sources[{number}].key", one.key) for number, one in enumerate(organisation.own_sources))
    if hard := tuple(one for one in guard.check_texts(named, identifiers=identifiers, guesses=False) if one.hard):
        raise Identifying(hard)
    if organisation.former != former:
        # Whoever could write them would take over the practices that name another entry.
        raise Faulty([Fault(field="former", text=NO_CHOICE)])
    organisations = nameable(sent.instance, sent["region"], record_id)
    return writing.checked(
        organisation,
        vocabulary,
        organisations,
        reasons=reasons,
        by=sent.actor.account_id,
        contacts=body.contacts,
        known=known,
        today=sent.instance.today(sent["region"]),
        checks=checks,
    )


def _begun(record: Record) -> Answer:
    at = ROOT + ONE.format(region=record.region_id, stakeholder=record.id)
    return made(state_of(record), at=at, etag=etag_of(record), about=record.id)


handlers = (
    create_stakeholder,
    save_stakeholder,
    submit_stakeholder,
    take_back_stakeholder,
    give_back_stakeholder,
    publish_stakeholder,
    discard_stakeholder,
    withdraw_stakeholder,
    archive_stakeholder,
    restore_stakeholder,
    relate_stakeholder,
    rename_stakeholder,
    merge_stakeholder,
    split_stakeholder,
    split_off_stakeholder,
    erase_stakeholder,
)
