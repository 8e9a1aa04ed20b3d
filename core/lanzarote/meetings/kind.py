"""A meeting, as a kind: what can be done with it, in which words, and what its forms write of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from lanzarote.kinds.actions import ERASE
from lanzarote.kinds.fields import Field
from lanzarote.kinds.kind import Action, Api, Before, Form, Kind, OwnForm, Step, Words, in_state
from lanzarote.kinds.organisations import as_named
from lanzarote.kinds.service import Checked, check, explained_in
from lanzarote.meetings import fields, inviting, reading, rules, writing
from lanzarote.meetings.documents import (
    AnsweringInvitation,
    Approving,
    ShowingMinutes,
    item_told,
    whole_told,
)
from lanzarote.meetings.record_kinds import MEETING
from lanzarote.meetings.service import ANSWERS, HELD, STATES, meeting_of, status_of, with_minutes_shown
from lanzarote.records.records import Record
from lanzarote.translation import N_
from lanzarote.types import Meeting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.web.site import View

WRITTEN: Final = ("planned", "announced", "held", "minutes-drafted")
"""States in which something is written in it."""


# When something can be done


def _is_new_to_the_public(record: Record, state: str) -> bool:
    return state in ("announced", *HELD) and record.published_version != record.version


def _own_meeting(view: View, session: Session, record: Record) -> str:
    return "" if meeting_of(session, record).kind == "seminar" else writing.NOT_OPEN


def _is_public(record: Record, state: str) -> bool:
    return state in ("announced", "cancelled", *HELD) and record.published_version is not None


def _is_hidden(record: Record, state: str) -> bool:
    return state == "approved" and not status_of(record).shown


def _is_shown(record: Record, state: str) -> bool:
    return state == "approved" and bool(status_of(record).shown)


def _with_minutes(before: Before) -> Checked[Meeting]:
    """The meeting with the minutes as they were approved, past the guard."""
    instance, record = before.instance, before.record
    with instance.database.read(record.region_id) as session:
        earlier = explained_in(MEETINGS, session, record)
    content = writing.with_minutes(before.content, before.given.minutes)
    about: dict[str, Any] = {"reasons": before.why, "by": before.by.account_id, "earlier": earlier}
    known = rules.known_in(instance, record.region_id, record.id)
    return check(MEETINGS, content, instance.vocabulary(record.region_id), known, **about)


def _page(view: View, session: Session, record: Record, said: Meeting) -> dict[str, Any]:
    told = reading.tell(view, session, record)
    public = with_minutes_shown(session, record) if not told.status.shown else None
    shown = told.published_version or told.status.shown
    return {
        "told": told,
        "meeting": told.meeting,
        "shown_then": public.meeting if public else None,
        "first": FIRST.get(told.status.state, ""),
        "slug_href": view.href("meetings", told.slug) if shown else "",
        **reading.terms(view),
    }


EDIT: Final = Form(
    name="edit",
    label=N_("Edit day, place and invitations"),
    may="group.write",
    when=in_state(*WRITTEN),
    main=True,
    fields=(
        "kind", "title", "purpose", "day", "starts", "ends", "last_day", "place", "link", "languages", "sectors",
        "organisations",
    ),
    own=OwnForm(template="meetings/team/edit.html", context=fields.beside_form),
)  # fmt: skip
FIRST: Final[Mapping[str, str]] = {
    "planned": "announce",
    "announced": "notes",
    "held": "draft",
    "minutes-drafted": "write-minutes",
}
"""State → the step that most likely comes next."""
STEPS: Final = (
    EDIT,
    Form(
        name="agenda",
        label=N_("Edit the agenda"),
        may="group.write",
        when=in_state(*WRITTEN),
        main=True,
        fields=("agenda",),
        own=fields.AGENDA,
    ),
    Action(
        name="announce",
        label=N_("Announce the meeting and invite"),
        may="group.lead",
        when=in_state("planned"),
        main=True,
        do=writing.announce,
        text=N_(
            "Invited organisations with a representative here will get an e-mail with a calendar file, and a reminder "
            "three days before. The others will be listed: print letters for them. Afterwards only a coordinator can "
            "change day and place."
        ),
        include="meetings/team/announce.html",
        told="Announce it and invite: representatives get an e-mail; organisations without one need a letter.",
        done=N_(
            "Meeting announced. Invited organisations with a representative get an e-mail; the others need a letter."
        ),
    ),
    Form(
        name="notes",
        label=N_("Note who is present, and what is decided"),
        may="group.write",
        when=in_state("announced", "held", "minutes-drafted"),
        main=True,
        heading=N_("At the meeting"),
        fields=("present", "found", "outcomes", "next_steps"),
        own=fields.NOTES,
    ),
    Action(
        name="hold",
        label=N_("Record as held"),
        may="group.lead",
        when=in_state("planned", "announced"),
        main=True,
        do=writing.note_held,
        text=N_("Note it once it has begun. Then the minutes can be drawn up, and decisions can refer to it."),
        told="Record that it took place.",
        done=N_("Meeting held. Record who was present, and what was found and decided."),
    ),
    Action(
        name="draft",
        label=N_("Draw up the minutes"),
        may="group.write",
        when=in_state("held", "minutes-drafted"),
        main=True,
        do=writing.draft,
        text=N_(
            "The minutes will be made of what was noted: who was there, the agenda, what was found, decided, and what "
            "comes next, in each language of the meeting. You can write on in them until a later meeting approves "
            "them."
        ),
        include="meetings/team/again.html",
        told=(
            "Draw up the minutes from what was noted, in each language of the meeting.\n\nAgain, as long as nobody "
            "has approved them: what was written on them since is replaced."
        ),
        done=N_("The minutes are drawn up from what was noted. Read them, and write on."),
        operation="draft_minutes",
    ),
    Form(
        name="write-minutes",
        label=N_("Edit the minutes"),
        may="group.write",
        when=in_state("minutes-drafted"),
        main=True,
        heading=N_("Minutes"),
        fields=("minutes",),
        own=OwnForm(template="meetings/team/edit.html", context=fields.beside_form),
    ),
    Action(
        name="approve",
        label=N_("Record the approval of the minutes"),
        may="group.lead",
        when=in_state("minutes-drafted"),
        main=True,
        do=writing.approve,
        asks=Approving,
        fields=(
            Field(
                name="meeting",
                label=N_("Meeting that approved them"),
                help=N_("It has to be noted that it took place."),
                options=fields.later_meetings,
            ),
            Field(
                name="group",
                label=N_("Who approved them"),
                help=N_("As a group: “the organisations present, by consensus”."),
            ),
            Field(name="minutes", label=N_("Minutes"), rows=16),
            Field(name="changed", label=N_("What was changed"), rows=3),
        ),
        first=fields.minutes_of,
        prepares=_with_minutes,
        text=N_(
            "Record which meeting approved them, and who, as a group. If it changed something, change it here: the "
            "draft stays among the versions. Afterwards nothing in them can change."
        ),
        include="meetings/team/behind.html",
        told=(
            "Record that a later meeting approved the minutes, as they are or changed. Nothing in them can change then."
        ),
        done=N_("The minutes are approved. Nothing in them can change now."),
        operation="approve_minutes",
    ),
    Step(name="mandate", label=N_("Record another mandate"), may="group.lead", when=in_state(*HELD)),
    Action(
        name="publish",
        label=N_("Show to the public"),
        may="group.lead",
        when=_is_new_to_the_public,
        do=writing.publish,
        barred=_own_meeting,
        text=N_(
            "Everybody will read when and where it takes place, what it is for and its own points of the agenda. Who "
            "is invited and who comes, the address for meeting online and what is noted stay with the group."
        ),
        told="Publish the present text of a seminar.",
        done=N_("Published."),
    ),
    Action(
        name="withdraw",
        label=N_("Unpublish"),
        may="group.lead",
        when=_is_public,
        do=writing.withdraw,
        text=N_("The meeting will leave the public pages and calendars."),
        told="Unpublish a seminar.",
        done=N_("Unpublished."),
    ),
    Action(
        name="show-minutes",
        label=N_("Publish the minutes"),
        may="group.lead",
        when=_is_hidden,
        do=writing.show_minutes,
        asks=ShowingMinutes,
        fields=(
            Field(
                name="said",
                label=N_("Where the group said so"),
                help=N_("Such as: at the meeting of 12 May, under point 3."),
            ),
        ),
        text=N_(
            "Only if the group says so. The public will then read the approved minutes, with the day and the title of "
            "the meeting."
        ),
        include="meetings/team/public_minutes.html",
        told="Publish the approved minutes, as the group decided.",
        done=N_("The public reads the minutes now."),
        operation="show_minutes",
    ),
    Action(
        name="hide-minutes",
        label=N_("Unpublish the minutes"),
        may="group.lead",
        when=_is_shown,
        do=writing.hide_minutes,
        text=N_("The public will no longer read the minutes; the group will."),
        told="Unpublish the minutes.",
        done=N_("The public no longer reads the minutes."),
        operation="hide_minutes",
    ),
    Action(
        name="cancel",
        label=N_("Cancel the meeting"),
        may="group.lead",
        when=in_state("planned", "announced"),
        do=writing.cancel,
        grave=True,
        leave=N_("Keep the meeting"),
        text=N_(
            "Invited organisations will get an e-mail, and calendars will show the meeting as cancelled. It cannot be "
            "announced again: plan another one."
        ),
        why=N_("For the group. Name nobody."),
        told="Cancel it; invited organisations get an e-mail, and calendars show it as cancelled.",
        done=N_("Meeting cancelled. Invited organisations get an e-mail, and calendars show it."),
    ),
    Action(
        name="propose",
        label=N_("Add what is open"),
        may="group.write",
        when=in_state(*WRITTEN),
        do=writing.propose,
        text=N_(
            "In one click, the agenda will list minutes to be approved, improvements under discussion or with a call "
            "for positions, findings that were shared, procedures that are proposed."
        ),
        told="Add to the agenda what of the group's work is open and not on it.",
        done=N_("What is open is on the agenda now. Take out what does not belong there; put the rest in order."),
        operation="propose_agenda",
    ),
    Action(
        name="invite",
        label=N_("Invite the added organisations"),
        may="group.lead",
        when=in_state("announced"),
        do=writing.invite,
        text=N_("Organisations that were added since it was announced will be invited."),
        told="Invite organisations that were added since it was announced.",
        done=N_("The added organisations are invited."),
        operation="invite_to_meeting",
    ),
    Action(
        name="remind",
        label=N_("Remind those who have not answered"),
        may="group.lead",
        when=in_state("announced"),
        do=inviting.remind,
        text=N_("Representatives of organisations that have not answered will get an e-mail."),
        told="Remind organisations that have not answered.",
        done=N_("Organisations that have not answered get an e-mail."),
        operation="remind_of_meeting",
    ),
    Action(
        name="answer",
        label=N_("Note an answer"),
        may="group.read",
        when=in_state("announced"),
        do=inviting.answer,
        asks=AnsweringInvitation,
        fields=(
            Field(name="stakeholder", label=N_("Organisation"), options=fields.guests),
            Field(
                name="answer",
                label=N_("Does your organisation come?"),
                words={code: ANSWERS[code] for code in ("comes", "cannot")},
            ),
            Field(
                name="who",
                label=N_("Who comes"),
                help=N_("By role, never by name: “head of the juvenile unit”."),
            ),
        ),
        text=N_("For your own organisation; if you lead the work, also for one that informed you."),
        told="Record whether an organisation comes: for its representative, or a coordinator who was informed.",
        done=N_("Answer recorded."),
        operation="answer_invitation",
    ),
    replace(ERASE, label=N_("Erase the meeting")),
)
MEETINGS: Final = Kind(
    record=MEETING,
    fields=fields.FIELDS,
    steps=STEPS,
    words=Words(
        begin=N_("Plan a meeting"),
        lede="",
        form_lede="",
        caption="",
        columns=(),
        empty=N_("No meeting is planned."),
        empty_hint=N_("Plan a meeting: the agenda can list all open matters, and invited organisations get an e-mail."),
    ),
    api=Api(
        tag="Meetings, for the group",
        item=item_told,
        tell=whole_told,
        versions=True,
        told={
            "save_meeting": (
                "Save another version of a meeting; all of it is sent, and what is left out is taken out.\n\n"
                "Once it is announced, only a coordinator changes when and where it takes place and who is invited."
            ),
        },
    ),
    none=N_("There is no such meeting here, or you may not read it."),
    erased=N_("This meeting was erased."),
    states=STATES,
    notices={"mandate": N_("The mandate is adopted: the page of the group shows it.")},
    first=lambda view: {"languages": [*view.vocabulary.header.languages]},
    known=rules.known_in,
    rules=rules.faults_in,
    as_named=as_named,
    changing=writing.changing,
    slug=writing.slug_of,
    kept=rules.each_once,
    page=_page,
    public=lambda view, record: view.href("meetings", record.slug) if record else view.href("meetings"),
    templates={"record": "meetings/team/meeting.html"},
)
