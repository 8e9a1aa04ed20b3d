"""API resources that keep meetings: planned, announced, answered, held, approved, cancelled; the mandate they adopt."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from lanzarote.kinds.organisations import nameable
from lanzarote.meetings import agenda, checks, drafting, inviting, mandating, writing
from lanzarote.meetings.api import MEETING, MEETINGS, ONE, TAG
from lanzarote.meetings.service import meeting_of
from lanzarote.records.validation import NOTHING_EXPLAINED
from lanzarote.regions.group import KIND as MANDATE
from lanzarote.types import Id, Meeting, Objective, Text
from lanzarote.web.changing import NO_CONTENT, Nothing, Sent, change, made
from lanzarote.web.resources import REGION, ROOT
from lanzarote.web.working_records import (
    AS_READ,
    Because,
    Kind,
    State,
    Why,
    etag_of,
    id_of,
    reasons_of,
    refuse_disclosure,
    state_of,
    step,
    steps_of,
    taken,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.meetings.writing import Checked
    from lanzarote.records.records import Record
    from lanzarote.web.resources import Answer

LARGEST: Final = 1024 * 1024
MANDATES: Final = Kind(name=MANDATE, read="group.read", none=mandating.NO_SUCH, erased=mandating.ERASED)


class WrittenMeeting(Meeting, frozen=True, kw_only=True):
    """A meeting as somebody writes it: organisations and roles, never a person."""

    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class AnsweringInvitation(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whether a stakeholder comes."""

    stakeholder: Id
    """The one that the owner of the token speaks for; any, for a coordinator who was told."""
    answer: Literal["comes", "cannot"]
    who: Annotated[str, Meta(max_length=300)] = ""
    """Who comes, by role."""


class Approving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A later meeting approved the minutes."""

    meeting: Id
    """It was held."""
    group: Annotated[str, Meta(max_length=300)]
    """Who approved them, as a group."""
    minutes: Text = {}
    """Language → text, where the meeting changed it; left out: as they were drawn up."""
    changed: Annotated[str, Meta(max_length=4_000)] = ""
    """What was changed, in words."""
    reasons: tuple[Why, ...] = ()
    """One for each concern that is not hard."""


class ShowingMinutes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the group said so."""

    said: Annotated[str, Meta(max_length=1_000)]


class Adopting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The mandate as the meeting adopted it."""

    title: Text = {}
    objectives: tuple[Objective, ...]
    """Those that stay keep their key; a key is never used for another one."""
    since: date
    """The day from which it counts."""


@change(
    "POST",
    "/regions/{region}/team/meetings",
    tag=TAG,
    may="group.write",
    names=(REGION,),
    body=WrittenMeeting,
    status=201,
    answers=State,
    largest=LARGEST,
)
def create_meeting(sent: Sent, body: WrittenMeeting) -> Answer:
    """Plan a meeting. Location says where it stands."""
    given = judged(sent, body, body.reasons)
    return sent.once(lambda session: _begun(writing.begin(session, sent["region"], given, by=sent.actor, at=sent.at)))


@change(
    "PUT",
    ONE,
    tag=TAG,
    may="group.write",
    names=(REGION, MEETING),
    body=WrittenMeeting,
    match=True,
    answers=State,
    largest=LARGEST,
)
def save_meeting(sent: Sent, body: WrittenMeeting) -> Answer:
    """Save another version of a meeting; all of it is sent, and what is left out is taken out.

    Once it is announced, only a coordinator changes when and where it takes place and who is invited.
    """
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, MEETINGS, "group.write", lock=False)
    given = judged(sent, body, body.reasons, record)
    return step(
        sent,
        MEETINGS,
        "group.write",
        writing.save,
        given=given,
        vocabulary=sent.vocabulary,
        expected=AS_READ,
        **sent.signed,
    )


_step = steps_of(ONE, TAG, (REGION, MEETING))


@_step("propose", "group.write")
def propose_agenda(sent: Sent, _: Nothing) -> Answer:
    """Put on the agenda what of the group's work is open and not on it."""
    return step(sent, MEETINGS, "group.write", writing.propose, **sent.signed)


@_step("announce", "group.lead")
def announce_meeting(sent: Sent, _: Nothing) -> Answer:
    """Say that it takes place, and invite: representatives get a mail, who has none needs a letter."""
    return step(
        sent,
        MEETINGS,
        "group.lead",
        writing.announce,
        vocabulary=sent.vocabulary,
        today=sent.instance.today(sent["region"]),
        expected=AS_READ,
        **sent.signed,
    )


@_step("invite", "group.lead")
def invite_to_meeting(sent: Sent, _: Nothing) -> Answer:
    """Invite who was added since it was announced."""
    return step(sent, MEETINGS, "group.lead", writing.invite, vocabulary=sent.vocabulary, **sent.signed)


@_step("remind", "group.lead")
def remind_of_meeting(sent: Sent, _: Nothing) -> Answer:
    """Remind those who have not answered."""
    return step(sent, MEETINGS, "group.lead", inviting.remind, **sent.signed)


@_step("answer", "group.read", AnsweringInvitation)
def answer_invitation(sent: Sent, body: AnsweringInvitation) -> Answer:
    """Say whether a stakeholder comes: its representative, or a coordinator who was told."""
    return step(
        sent,
        MEETINGS,
        "group.read",
        inviting.answer,
        vocabulary=sent.vocabulary,
        stakeholder=body.stakeholder,
        answer=body.answer,
        who=body.who,
        **sent.signed,
    )


@_step("hold", "group.lead")
def hold_meeting(sent: Sent, _: Nothing) -> Answer:
    """Write down that it took place."""
    return step(
        sent, MEETINGS, "group.lead", writing.note_held, today=sent.instance.today(sent["region"]), **sent.signed
    )


@_step("draft", "group.write")
def draft_minutes(sent: Sent, _: Nothing) -> Answer:
    """Draw up the minutes from what was noted, in each language of the meeting.

    Again, as long as nobody has approved them: what was written on them since is replaced.
    """

    def draft(session: Session, record: Record) -> None:
        drafted = drafting.drafted(sent.instance, session, record)
        writing.draft_minutes(session, record, drafted, expected=record.version, **sent.signed)

    return step(sent, MEETINGS, "group.write", draft)


@_step("approve", "group.lead", Approving, largest=LARGEST)
def approve_minutes(sent: Sent, body: Approving) -> Answer:
    """Write down that a later meeting approved the minutes, as they are or changed; nothing in them changes after."""
    with sent.instance.database.read(sent["region"]) as session:
        record = taken(sent, session, MEETINGS, "group.lead", lock=False)
        written = writing.with_minutes(meeting_of(session, record), body.minutes)
    given = judged(sent, written, body.reasons, record)
    return step(
        sent,
        MEETINGS,
        "group.lead",
        writing.approve,
        given=given,
        vocabulary=sent.vocabulary,
        meeting=body.meeting,
        group=body.group,
        changed=body.changed,
        expected=AS_READ,
        **sent.signed,
    )


@_step("show-minutes", "group.lead", ShowingMinutes)
def show_minutes(sent: Sent, body: ShowingMinutes) -> Answer:
    """Let the public read the approved minutes, because the group said so."""
    return step(
        sent, MEETINGS, "group.lead", writing.show_minutes, vocabulary=sent.vocabulary, said=body.said, **sent.signed
    )


@_step("hide-minutes", "group.lead")
def hide_minutes(sent: Sent, _: Nothing) -> Answer:
    """Take the minutes from the public."""
    return step(sent, MEETINGS, "group.lead", writing.hide_minutes, **sent.signed)


@_step("publish", "group.lead")
def publish_meeting(sent: Sent, _: Nothing) -> Answer:
    """Let the public read of a seminar as it is written now."""
    return step(sent, MEETINGS, "group.lead", writing.publish, expected=AS_READ, **sent.signed)


@_step("withdraw", "group.lead")
def withdraw_meeting(sent: Sent, _: Nothing) -> Answer:
    """Take a seminar from the public."""
    return step(sent, MEETINGS, "group.lead", writing.withdraw, **sent.signed)


@_step("cancel", "group.lead", Because)
def cancel_meeting(sent: Sent, body: Because) -> Answer:
    """Call it off; who was invited gets a mail, and calendars show it as cancelled."""
    return step(
        sent, MEETINGS, "group.lead", writing.cancel, vocabulary=sent.vocabulary, reason=body.reason, **sent.signed
    )


@_step("erase", "record.erase", answers=None, status=204, tagged=False)
def erase_meeting(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of it for good, with all versions, minutes and invitations. This cannot be undone."""

    def do(session: Session) -> Answer:
        writing.erase(session, taken(sent, session, MEETINGS, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


@_step("mandate", "group.lead", Adopting, status=201)
def adopt_mandate(sent: Sent, body: Adopting) -> Answer:
    """Write down the mandate that this meeting adopted; the public reads it at once, beside the ones before."""
    texts = [*body.title.values(), *(text for one in body.objectives for text in one.text.values())]
    refuse_disclosure(sent.vocabulary, *texts)

    def do(session: Session) -> Answer:
        meeting = taken(sent, session, MEETINGS, "group.lead")
        record = mandating.adopt(
            session,
            meeting,
            sent.vocabulary,
            title=body.title,
            objectives=body.objectives,
            since=body.since,
            by=sent.actor,
            at=sent.at,
        )
        at = f"{ROOT}/regions/{record.region_id}/mandates"
        return made(state_of(record), at=at, etag=etag_of(record), about=record.id)

    return sent.once(do)


@change(
    "POST",
    "/regions/{region}/team/mandates/{mandate}/withdraw",
    tag=TAG,
    may="group.lead",
    names=(REGION, id_of(MANDATE)),
    answers=State,
    match=False,
)
def withdraw_mandate(sent: Sent, _: Nothing) -> Answer:
    """Take back a version of the mandate that was written down by mistake: it counts no more."""
    return step(sent, MANDATES, "group.lead", mandating.withdraw, **sent.signed)


@change(
    "POST",
    "/regions/{region}/team/mandates/{mandate}/erase",
    tag=TAG,
    may="record.erase",
    names=(REGION, id_of(MANDATE)),
    answers=None,
    status=204,
    tagged=False,
)
def erase_mandate(sent: Sent, _: Nothing) -> Answer:
    """Remove every word of a version of the mandate for good. This cannot be undone."""

    def do(session: Session) -> Answer:
        mandating.erase(session, taken(sent, session, MANDATES, "record.erase"), by=sent.actor, at=sent.at)
        return NO_CONTENT

    return sent.once(do)


def judged(sent: Sent, body: Meeting, reasons: tuple[Why, ...], record: Record | None = None) -> Checked:
    """The meeting in *body*, if it may be saved, in *record* or as a new one. Raises Disclosed, Identifying, Faulty."""
    vocabulary, given = sent.vocabulary, reasons_of(reasons)
    meeting = Meeting(**{name: getattr(body, name) for name in Meeting.__struct_fields__})
    refuse_disclosure(vocabulary, *(text for _, text in checks.texts_of(meeting)), *given.values())
    with sent.instance.database.read(sent["region"]) as session:
        kinds = agenda.kinds_of(session, sent["region"], checks.references_in(meeting))
        earlier = writing.explained_in(session, record) if record else NOTHING_EXPLAINED
    organisations = nameable(sent.instance, sent["region"], record.id if record else "")
    by, today = sent.actor.account_id, sent.instance.today(sent["region"])
    return writing.checked(
        meeting, vocabulary, organisations, kinds, today=today, reasons=given, by=by, earlier=earlier
    )


def _begun(record: Record) -> Answer:
    at = ROOT + ONE.format(region=record.region_id, meeting=record.id)
    return made(state_of(record), at=at, etag=etag_of(record), about=record.id)


handlers = (
    create_meeting,
    save_meeting,
    propose_agenda,
    announce_meeting,
    invite_to_meeting,
    remind_of_meeting,
    answer_invitation,
    hold_meeting,
    draft_minutes,
    approve_minutes,
    show_minutes,
    hide_minutes,
    publish_meeting,
    withdraw_meeting,
    cancel_meeting,
    erase_meeting,
    adopt_mandate,
    withdraw_mandate,
    erase_mandate,
)
