"""API resources for the group: transfers are proposed, answered, taken up, adapted, adopted, declined, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from lanzarote.errors import NotFound
from lanzarote.evaluation.public import verdict_of
from lanzarote.records import drafts
from lanzarote.records.validation import NOTHING_EXPLAINED, Fault, Faulty
from lanzarote.transfers import entries, mapping, origin, team, team_reading, writing
from lanzarote.transfers.entries import AnsweredQuestion, Given, GivenMatch
from lanzarote.transfers.team_api import ONE, TAG, TRANSFER, TRANSFERS
from lanzarote.translation import N_
from lanzarote.types import Key, Text
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, made
from lanzarote.web.resources import REGION, ROOT, Answer
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

    from lanzarote.records.validation import Explained
    from lanzarote.types import OriginKind, Transfer

LARGEST: Final = 512 * 1024
ONE_OF_TWO: Final = N_("Name either a practice or a procedure.")


class ProposedTransfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which practice or procedure is to be taken up: one of the two."""

    region: Key
    """Id of the region it is published in; another one than that of the address."""
    practice: Annotated[str, Meta(max_length=200)] = ""
    """The slug of a practice, …"""
    procedure: Annotated[str, Meta(max_length=200)] = ""
    """… or of a procedure that is endorsed. It takes a pilot of that region that is to be extended."""


class WrittenTransfer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is written here; everything that the origin says stays as it is."""

    sectors: tuple[GivenMatch, ...] = ()
    provisions: tuple[GivenMatch, ...] = ()
    questions: tuple[AnsweredQuestion, ...] = ()
    changed: Text = {}
    """What had to change."""
    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class Declining(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is not taken up; everybody reads it."""

    reason: Text


class Looked(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the origin was looked at."""

    seen: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    """Its newest version."""
    gone: bool = False
    """That it is no longer published."""


@change(
    "POST",
    "/regions/{region}/team/transfers",
    tag=TAG,
    may="group.write",
    names=(REGION,),
    body=ProposedTransfer,
    status=201,
    answers=State,
)
def create_transfer(sent: Sent, body: ProposedTransfer) -> Answer:
    """Propose to take up a practice or procedure of another region on this site.

    The platform proposes what answers to what. A procedure takes a pilot of its region that is to be extended: without
    one it is answered 403, and nothing is kept. Of each origin there is one transfer in a region: who proposes it again
    is answered with that one.
    """
    region_id = sent["region"]
    if body.region == region_id:
        raise NotFound(origin.OWN)
    if bool(body.practice) == bool(body.procedure):
        raise Faulty([Fault(field="practice", text=ONE_OF_TWO)])
    kind: OriginKind = "procedure" if body.procedure else "practice"
    record_id = origin.id_at(sent.instance, body.region, body.procedure or body.practice, kind)
    there = origin.read_origin(sent.instance, body.region, record_id, kind=kind)
    verdict = verdict_of(sent.instance, body.region)
    origin.require_extended(kind, verdict)
    proposed = mapping.propose(there, sent.vocabulary, url=_address(sent, there))
    today = sent.instance.today(region_id)

    def do(session: Session) -> Answer:
        about: dict[str, Any] = {"verdict": verdict, "today": today, "by": sent.actor, "at": sent.at}
        record, _ = writing.begin(session, region_id, proposed, **about)
        at = ROOT + ONE.format(region=record.region_id, transfer=record.id)
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


@change(
    "PUT",
    ONE,
    tag=TAG,
    may="group.write",
    names=(REGION, TRANSFER),
    body=WrittenTransfer,
    match=True,
    answers=State,
    largest=LARGEST,
)
def save_transfer(sent: Sent, body: WrittenTransfer) -> Answer:
    """Save another version of what is written here; all of it is sent."""
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, TRANSFERS, "group.write", lock=False)
        before, earlier = writing.transfer_of(session, record), writing.explained_in(session, record)
    given = _checked(sent, before, body, earlier)
    return step(sent, TRANSFERS, "group.write", writing.save, given=given, expected=AS_READ, **sent.signed)


_step = steps_of(ONE, TAG, (REGION, TRANSFER))


@_step("take-up", "group.lead")
def take_up_transfer(sent: Sent, _: Nothing) -> Answer:
    """The group takes it up; everybody can read that. A procedure still takes a pilot that is to be extended."""
    with sent.instance.database.read(sent["region"]) as session:
        said = writing.transfer_of(session, taken(sent, session, TRANSFERS, "group.lead", lock=False))
    origin.require_there(sent.instance, said.origin.region, said.origin.record)
    return step(
        sent,
        TRANSFERS,
        "group.lead",
        writing.take_up,
        verdict=team_reading.verdict_for(sent.instance, said.origin),
        today=_today(sent),
        expected=AS_READ,
        **sent.signed,
    )


@_step("adapt", "group.lead")
def adapt_transfer(sent: Sent, _: Nothing) -> Answer:
    """Make the draft of it as it would be here; ``status.practice`` of the transfer has its id."""
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, TRANSFERS, "group.lead", lock=False)
        said, status = writing.transfer_of(session, record), writing.status_of(record)
    draft = team.draft(sent.instance, sent["region"], said, status, by=sent.actor)
    return step(
        sent, TRANSFERS, "group.lead", writing.adapt, draft=draft, today=_today(sent), expected=AS_READ, **sent.signed
    )


@_step("pilot", "group.lead")
def pilot_transfer(sent: Sent, _: Nothing) -> Answer:
    """It is tried out; no point is open."""
    return step(sent, TRANSFERS, "group.lead", writing.pilot, today=_today(sent), expected=AS_READ, **sent.signed)


@_step("adopt", "group.lead")
def adopt_transfer(sent: Sent, _: Nothing) -> Answer:
    """It is one of this region now: the adapted practice is published, the adapted procedure endorsed.

    It is written what had to change.
    """
    return step(sent, TRANSFERS, "group.lead", writing.adopt, today=_today(sent), expected=AS_READ, **sent.signed)


@_step("decline", "group.lead", Declining)
def decline_transfer(sent: Sent, body: Declining) -> Answer:
    """It is not taken up; everybody can read why."""
    refuse_disclosure(sent.vocabulary, *body.reason.values())
    return step(
        sent,
        TRANSFERS,
        "group.lead",
        writing.decline,
        vocabulary=sent.vocabulary,
        reason=body.reason,
        today=_today(sent),
        expected=AS_READ,
        **sent.signed,
    )


@_step("reconsider", "group.lead")
def reconsider_transfer(sent: Sent, _: Nothing) -> Answer:
    """Propose it again."""
    return step(sent, TRANSFERS, "group.lead", writing.reconsider, today=_today(sent), **sent.signed)


@_step("look", "group.write", Looked)
def look_at_origin(sent: Sent, body: Looked) -> Answer:
    """Somebody has looked at what became of the origin."""
    return step(
        sent, TRANSFERS, "group.write", writing.look, version=body.seen, gone=body.gone, expected=AS_READ, **sent.signed
    )


@_step("publish", "group.lead")
def publish_transfer(sent: Sent, _: Nothing) -> Answer:
    """Let everybody read what was written since the last step."""
    return step(sent, TRANSFERS, "group.lead", writing.publish, expected=AS_READ, **sent.signed)


@_step("withdraw", "group.lead", Because)
def withdraw_transfer(sent: Sent, body: Because) -> Answer:
    """Take it from the public; the reason is for the group."""
    refuse_disclosure(sent.vocabulary, body.reason)
    return step(
        sent, TRANSFERS, "group.lead", writing.withdraw, vocabulary=sent.vocabulary, reason=body.reason, **sent.signed
    )


@_step("archive", "group.lead")
def archive_transfer(sent: Sent, _: Nothing) -> Answer:
    """Put away what was never public or was withdrawn."""
    return step(sent, TRANSFERS, "group.lead", drafts.archive, **sent.signed)


@_step("restore", "group.lead")
def restore_transfer(sent: Sent, _: Nothing) -> Answer:
    """Take it out of the archive: a draft again, or withdrawn if the public has read it once."""
    return step(sent, TRANSFERS, "group.lead", drafts.restore, **sent.signed)


@_step("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_transfer(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of it for good. This cannot be undone; what was adapted stays."""

    def do(session: Session) -> Answer:
        drafts.erase(session, taken(sent, session, TRANSFERS, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


def _today(sent: Sent) -> Any:
    return sent.instance.today(sent["region"])


def _address(sent: Sent, there: origin.Origin) -> str:
    """Where people read the origin, as the instance's own address has it; by its id, as ``team_pages`` does."""
    if own := origin.own_address(sent.instance, there, team_reading.ROOMS[there.kind]):
        return own
    lang = there.vocabulary.header.languages[0]
    base = sent.instance.public_address
    home = origin.is_home(sent.instance, there.region) or there.kind == "practice"
    more = "" if home else "/travels"  # a procedure that is received has no other page here
    return f"{base}/{lang}/{there.region}/{team_reading.ROOMS[there.kind]}/{there.record}{more}" if base else ""


def _checked(
    sent: Sent, before: Transfer, body: WrittenTransfer, earlier: Explained = NOTHING_EXPLAINED
) -> writing.Checked:
    """Raises Disclosed, Identifying, Faulty."""
    given = Given(**{name: getattr(body, name) for name in Given.__struct_fields__})
    said = entries.applied(before, given)
    reasons = reasons_of(body.reasons)
    refuse_disclosure(sent.vocabulary, *(text for _, text in entries.texts_of(said)), *reasons.values())
    by = sent.actor.account_id
    return writing.checked(said, sent.vocabulary, reasons=reasons, by=by, earlier=earlier)


handlers = (
    create_transfer,
    save_transfer,
    take_up_transfer,
    adapt_transfer,
    pilot_transfer,
    adopt_transfer,
    decline_transfer,
    reconsider_transfer,
    look_at_origin,
    publish_transfer,
    withdraw_transfer,
    archive_transfer,
    restore_transfer,
    erase_transfer,
)
