"""API resources that write a practice: begun, saved, submitted, given back, published, withdrawn, put away, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from lanzarote import guard
from lanzarote.kinds.organisations import nameable
from lanzarote.practices import accepting, sheets, writing
from lanzarote.practices.model import KIND
from lanzarote.practices.team_api import PRACTICE, PRACTICES, TAG
from lanzarote.practices.writing import Checked
from lanzarote.records.save_checks import checks_for
from lanzarote.records.validation import Identifying
from lanzarote.store.ids import is_id
from lanzarote.types import Language, PracticeSheet
from lanzarote.web.changing import LARGEST_TEXT, NO_CONTENT, Nothing, Sent, change, made
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
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.records.save_checks import Checks
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.web.resources import Answer

ONE: Final = "/regions/{region}/team/practices/{practice}"


class Written(PracticeSheet, frozen=True, kw_only=True):
    """A practice as somebody writes it; anything but a title may be missing until it is submitted."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""
    let_pass: tuple[LetPass, ...] = ()
    """For coordinators: one for each objection of a package."""
    fits: tuple[Language, ...] = ()
    """Languages whose texts fit the original again, although they were not changed."""


class Submission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is said when a practice is handed in."""

    bearer: Annotated[str, Meta(max_length=200)] = ""
    """The organisation that runs the practice: its id, key or name."""


class Publication(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the publisher confirms."""

    nobody: bool
    """Nobody is recognisable in it."""
    no_case: bool
    """No case that it describes is pending."""


@change(
    "POST",
    "/regions/{region}/team/practices",
    tag=TAG,
    may="practice.write",
    names=(REGION,),
    body=Written,
    status=201,
    answers=State,
    largest=LARGEST_TEXT,
)
def create_practice(sent: Sent, body: Written) -> Answer:
    """Begin a practice: a draft that only its region's team reads. Location says where it stands."""
    with sent.instance.database.read(sent["region"]) as session:
        checks = checks_of(sent, session, body)
    given = judged(sent, body, checks)

    def do(session: Session) -> Answer:
        record = writing.begin(session, sent["region"], given, by=sent.actor, at=sent.at)
        at = ROOT + ONE.format(region=record.region_id, practice=record.id)
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


@change(
    "PUT",
    ONE,
    tag=TAG,
    may="practice.write",
    names=(REGION, PRACTICE),
    body=Written,
    match=True,
    answers=State,
    largest=LARGEST_TEXT,
)
def save_practice(sent: Sent, body: Written) -> Answer:
    """Save another version of what is being written; all of it is sent, and what is left out is taken out.

    Beside a published version it is a working version, which the public does not read until it is published.
    """
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, PRACTICES, "practice.write", lock=False)
        checks = checks_of(sent, session, body, record)
    given = judged(sent, body, checks, record.id)
    fresh = frozenset(body.fits)
    return step(
        sent, PRACTICES, "practice.write", writing.save, given=given, fresh=fresh, expected=AS_READ, **sent.signed
    )


_step = steps_of(ONE, TAG, (REGION, PRACTICE))


@_step("submit", "practice.write", Submission)
def submit_practice(sent: Sent, body: Submission) -> Answer:
    """Hand in what is written, to be published or assessed by somebody else."""
    return step(
        sent,
        PRACTICES,
        "practice.write",
        writing.submit,
        vocabulary=sent.vocabulary,
        bearer=body.bearer,
        expected=AS_READ,
        **sent.signed,
    )


@_step("take-back", "practice.write")
def take_back_practice(sent: Sent, _: Nothing) -> Answer:
    """Take back what was submitted, as long as nobody has begun to assess it."""
    return step(sent, PRACTICES, "practice.write", writing.take_back, **sent.signed)


@_step("give-back", "practice.publish", Because)
def give_back_practice(sent: Sent, body: Because) -> Answer:
    """Give back what was submitted, with the reason, to be written on."""
    return step(
        sent,
        PRACTICES,
        "practice.publish",
        writing.hand_back,
        reason=body.reason,
        why=reasons_of(body.reasons),
        vocabulary=sent.vocabulary,
        **sent.signed,
    )


@_step("publish", "practice.publish", Publication)
def publish_practice(sent: Sent, body: Publication) -> Answer:
    """Publish what somebody else submitted, without an assessment; or publish again what was withdrawn, as it was. Both
    confirmations are needed.
    """
    confirmed = body.nobody and body.no_case
    return step(
        sent,
        PRACTICES,
        "practice.publish",
        writing.publish_unassessed,
        confirmed=confirmed,
        expected=AS_READ,
        **sent.signed,
    )


@_step("accept", "practice.publish", Publication)
def accept_practice(sent: Sent, body: Publication) -> Answer:
    """Publish what a new version of the region's package says of a documented practice, as long as nobody here has
    changed its words. Both confirmations are needed.
    """
    confirmed = body.nobody and body.no_case
    return step(
        sent, PRACTICES, "practice.publish", accepting.accept, confirmed=confirmed, expected=AS_READ, **sent.signed
    )


@_step("discard", "practice.write")
def discard_practice(sent: Sent, _: Nothing) -> Answer:
    """Give up what was written beside the published version."""
    return step(sent, PRACTICES, "practice.write", writing.discard, **sent.signed)


@_step("withdraw", "practice.withdraw", Because)
def withdraw_practice(sent: Sent, body: Because) -> Answer:
    """Take it from the public, which is told that it was withdrawn; the reason is for the team."""
    return step(
        sent,
        PRACTICES,
        "practice.withdraw",
        writing.withdraw,
        reason=body.reason,
        why=reasons_of(body.reasons),
        vocabulary=sent.vocabulary,
        **sent.signed,
    )


@_step("archive", "practice.withdraw")
def archive_practice(sent: Sent, _: Nothing) -> Answer:
    """Archive what was never published or was withdrawn."""
    return step(sent, PRACTICES, "practice.withdraw", writing.archive, **sent.signed)


@_step("restore", "practice.withdraw")
def restore_practice(sent: Sent, _: Nothing) -> Answer:
    """Take it out of the archive: a draft again, or withdrawn if the public has read it once."""
    return step(sent, PRACTICES, "practice.withdraw", writing.restore, **sent.signed)


@_step("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_practice(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of it for good, with all versions and all that was said about it. This cannot be undone."""

    def do(session: Session) -> Answer:
        writing.erase(session, taken(sent, session, PRACTICES, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


# What they share


def checks_of(sent: Sent, session: Session, body: Written, record: Record | None = None) -> Checks:
    """Which packages are asked about *body*, and what a coordinator lets pass. Raises Faulty."""
    let_pass = overrides_of(body.let_pass)
    return checks_for(sent.instance, session, sent["region"], KIND, record, by=sent.actor, reasons=let_pass)


def judged(sent: Sent, body: Written, checks: Checks, record_id: str = "") -> Checked:
    """The sheet in *body*, if it may be saved, in *record_id* or as a new one.

    Raises Disclosed, Identifying, Faulty, Objected.
    """
    vocabulary = sent.vocabulary
    sheet = PracticeSheet(**{name: getattr(body, name) for name in PracticeSheet.__struct_fields__})
    reasons = reasons_of(body.reasons)
    texts = [text for _, text in sheets.texts_of(sheet)]
    refuse_disclosure(vocabulary, *texts, *reasons.values(), *checks.reasons.values())
    _refuse_in_names(sheet, vocabulary)
    organisations = nameable(sent.instance, sent["region"], record_id)
    return writing.checked(sheet, vocabulary, organisations, reasons=reasons, by=sent.actor.account_id, checks=checks)


def _refuse_in_names(sheet: PracticeSheet, vocabulary: Vocabulary) -> None:
    """Raise Identifying for what would identify somebody where only names of things are looked for."""
    named: Iterable[tuple[str, str]] = [
        *((f"related[{number}]", key) for number, key in enumerate(sheet.related)),
        *((f"own_sources[{number}].key", one.key) for number, one in enumerate(sheet.own_sources)),
    ]
    found = guard.check_texts(
        ((place, key) for place, key in named if not is_id(key)),
        identifiers=vocabulary.header.personal_identifiers,
        guesses=False,
    )
    if hard := tuple(one for one in found if one.hard):
        raise Identifying(hard)


handlers = (
    create_practice,
    save_practice,
    submit_practice,
    take_back_practice,
    accept_practice,
    give_back_practice,
    publish_practice,
    discard_practice,
    withdraw_practice,
    archive_practice,
    restore_practice,
    erase_practice,
)
