"""Meetings as the group reads them: the list, and one of them with all that is known of it and can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.accounts.service import names
from lanzarote.directory.service import ids_by_name
from lanzarote.errors import Gone, NotFound
from lanzarote.kinds.organisations import name_of
from lanzarote.meetings import agenda, drafting, inviting
from lanzarote.meetings.model import KIND, Approval, MeetingStatus
from lanzarote.meetings.service import clocks, meeting_of, meetings, status_of
from lanzarote.meetings.words import label_of
from lanzarote.records import drafts
from lanzarote.records.drafts import Told as Work
from lanzarote.records.lifecycle import IllegalTransition, next_state
from lanzarote.records.permissions import allowed, may, subject_of
from lanzarote.records.records import Record, Version
from lanzarote.translation import N_
from lanzarote.types import Meeting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Stakeholder
    from lanzarote.meetings.agenda import Named
    from lanzarote.meetings.model import MeetingInvitation
    from lanzarote.meetings.service import Told
    from lanzarote.records.permissions import Action
    from lanzarote.types import AgendaPoint, Outcome, Present, Text
    from lanzarote.web.site import View

NO_SUCH: Final = N_("There is no such meeting here, or you may not read it.")
ERASED: Final = N_("This meeting was erased.")
FORMER: Final = N_("a former member")
PLATFORM: Final = N_("the region’s package")


class Step(Struct, frozen=True, kw_only=True):
    """Something that can be done with a meeting; ``name`` ends the address of its page."""

    name: str
    label: str
    action: Action
    move: tuple[str, str] | None = None
    """(lifecycle, action) that its state has to allow."""
    states: tuple[str, ...] = ()
    """Otherwise: the states in which it can be done."""
    main: bool = False
    when: Callable[[Record, Meeting, MeetingStatus], bool] = lambda *_: True


def _is_open(record: Record, meeting: Meeting, status: MeetingStatus) -> bool:
    return meeting.kind == "seminar" and record.published_version != record.version


def _is_public(record: Record, meeting: Meeting, status: MeetingStatus) -> bool:
    return record.published_version is not None


def _is_shown(record: Record, meeting: Meeting, status: MeetingStatus) -> bool:
    return bool(status.shown)


def _is_hidden(record: Record, meeting: Meeting, status: MeetingStatus) -> bool:
    return not status.shown


_WRITE: Final = ("meeting", "write")
_HELD: Final = ("held", "minutes-drafted", "approved")
STEPS: Final = (
    Step(name="edit", label=N_("Day, place, who is invited"), action="group.write", move=_WRITE, main=True),
    Step(name="agenda", label=N_("Agenda"), action="group.write", move=_WRITE, main=True),
    Step(
        name="announce",
        label=N_("Announce it and invite"),
        action="group.lead",
        move=("meeting", "announce"),
        main=True,
    ),
    Step(
        name="notes",
        label=N_("Note who is present, and what is decided"),
        action="group.write",
        states=("announced", "held", "minutes-drafted"),
        main=True,
    ),
    Step(name="hold", label=N_("It took place"), action="group.lead", move=("meeting", "hold"), main=True),
    Step(name="draft", label=N_("Draw up the minutes"), action="group.write", states=("held",), main=True),
    Step(
        name="write-minutes",
        label=N_("Write on the minutes"),
        action="group.write",
        states=("minutes-drafted",),
        main=True,
    ),
    Step(name="draft", label=N_("Draw up the minutes again"), action="group.write", states=("minutes-drafted",)),
    Step(
        name="approve",
        label=N_("The minutes were approved"),
        action="group.lead",
        move=("meeting", "approve"),
        main=True,
    ),
    Step(name="mandate", label=N_("It adopted another mandate"), action="group.lead", states=_HELD),
    Step(
        name="publish",
        label=N_("Show it to the public"),
        action="group.lead",
        states=("announced", *_HELD),
        when=_is_open,
    ),
    Step(
        name="withdraw",
        label=N_("Take it from the public"),
        action="group.lead",
        states=("announced", "cancelled", *_HELD),
        when=_is_public,
    ),
    Step(
        name="show-minutes",
        label=N_("Let the public read the minutes"),
        action="group.lead",
        states=("approved",),
        when=_is_hidden,
    ),
    Step(
        name="hide-minutes",
        label=N_("Take the minutes from the public"),
        action="group.lead",
        states=("approved",),
        when=_is_shown,
    ),
    Step(name="cancel", label=N_("Cancel it"), action="group.lead", move=("meeting", "cancel")),
    Step(name="erase", label=N_("Erase it"), action="record.erase", move=("record", "erase")),
)


FIRST: Final[Mapping[str, tuple[str, ...]]] = {
    "planned": ("announce",),
    "announced": ("notes",),
    "held": ("draft",),
    "minutes-drafted": ("write-minutes",),
}
"""State → the step that most likely comes next, of those the reader may take."""


class Offered(Struct, frozen=True, kw_only=True):
    """A step that the state allows, for this reader."""

    name: str
    label: str
    main: bool
    why_not: str = ""


class Point(Struct, frozen=True, kw_only=True):
    """A point of the agenda with when it is planned to begin, and the record it is about."""

    point: AgendaPoint
    clock: str
    named: Named | None


class Body(Struct, frozen=True, kw_only=True):
    """An organisation that was present."""

    id: str
    """Of the stakeholder; empty where the directory has none."""
    name: Text
    """Its name in the directory; empty: ``said``."""
    said: str
    roles: str
    sectors: tuple[str, ...]


class Result(Struct, frozen=True, kw_only=True):
    outcome: Outcome
    named: Named | None


class Guest(Struct, frozen=True, kw_only=True):
    """A stakeholder that is invited, or is to be."""

    id: str
    name: Text
    how: str
    """Empty: it is not invited yet."""
    answer: str
    who: str
    invited_at: datetime | None
    reminded_at: datetime | None
    answered_at: datetime | None
    answered_by: str
    may_answer: bool
    """The reader may answer for it."""


class Why(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    label: str
    about: str
    text: str
    by: str


class Entry(Struct, frozen=True, kw_only=True):
    """What the page of a meeting needs."""

    id: str
    slug: str
    version: int
    state: str
    published_version: int | None
    updated_at: datetime
    meeting: Meeting
    status: MeetingStatus
    steps: tuple[Offered, ...]
    agenda: tuple[Point, ...]
    present: tuple[Body, ...]
    sectors_present: tuple[str, ...]
    sectors_missing: tuple[str, ...]
    """Invited, and not there."""
    outcomes: tuple[Result, ...]
    guests: tuple[Guest, ...]
    reasons: tuple[Why, ...]
    approval: Approval | None
    approved_by: str
    """Who wrote down that the minutes were approved."""
    behind: bool
    """The minutes were drawn up before what is noted now."""
    approved_at: Meeting | None


def read_record(view: View, session: Session, record_id: str) -> Record:
    """The meeting with this id, if the reader may read it. Raises NotFound, Gone."""
    record = session.get(Record, (view.region_id, record_id))
    if record is None or record.kind != KIND or not may(view.actor, "group.read", subject_of(session, record)):
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def listed(view: View, session: Session) -> tuple[Told, ...]:
    """All meetings that the reader may read, the earliest first."""
    return meetings(session, allowed(view.actor, "group.read"))


def tell(view: View, session: Session, record: Record) -> Entry:
    """Everything about one meeting: as many questions for a long agenda as for a short one."""
    meeting, status = meeting_of(session, record), status_of(record)
    work = drafts.read_told(session, record, Work)
    records_named = agenda.named_in(session, view.region_id, [meeting])
    rows = inviting.standing(session, inviting.invitations(session, record))
    by_name = ids_by_name(session, {*meeting.organisations, *_present_keys(meeting)})
    known = {one.id: one for one in view.directory}
    approval = status.approval
    at_meeting = session.get(Record, (view.region_id, approval.meeting)) if approval else None
    wrote = [*(one.by for one in work.reasons), *(row.answered_by for row in rows.values())]
    people = names(session, [*wrote, approval.by if approval else ""])
    present = tuple(_body(view, one, known.get(by_name.get(one.organisation or "", ""))) for one in meeting.present)
    there = _sectors(present)
    return Entry(
        id=record.id,
        slug=record.slug,
        version=record.version,
        state=record.state,
        published_version=record.published_version,
        updated_at=record.updated_at,
        meeting=meeting,
        status=status,
        steps=offered(view, session, record, meeting),
        agenda=tuple(
            Point(point=point, clock=clock, named=records_named.get(point.record or ""))
            for point, clock in zip(meeting.agenda, clocks(meeting), strict=True)
        ),
        present=present,
        sectors_present=there,
        sectors_missing=tuple(key for key in _present_sectors(view, meeting.sectors) if key not in there),
        outcomes=tuple(Result(outcome=one, named=records_named.get(one.improvement or "")) for one in meeting.outcomes),
        guests=_guests(view, meeting, rows, by_name, known, people, status.state),
        reasons=tuple(
            Why(
                label=label_of(view.translator, view.lang, one.field),
                about=guard.explain(one.code, view.translator) if one.code in guard.REASONS else "",
                text=one.text,
                by=person(view, people, one.by),
            )
            for one in work.reasons
        ),
        approval=approval,
        behind=drafting.are_behind(view.instance, session, record),
        approved_by=person(view, people, approval.by) if approval else "",
        approved_at=meeting_of(session, at_meeting) if at_meeting and at_meeting.state != "erased" else None,
    )


def offered(view: View, session: Session, record: Record, meeting: Meeting) -> tuple[Offered, ...]:
    """Every step that the state of *record* allows, and whether the reader may take it."""
    subject, status = subject_of(session, record), status_of(record)
    found = []
    for step in STEPS:
        if _leads(step, record, status) and step.when(record, meeting, status):
            verdict = may(view.actor, step.action, subject)
            why_not = view._(verdict.reason) if verdict.reason else ""
            found.append(Offered(name=step.name, label=view._(step.label), main=step.main, why_not=why_not))
    first = [one for name in FIRST.get(status.state, ()) for one in found if one.name == name and not one.why_not][:1]
    return (*first, *(one for one in found if one not in first))


def version_lines(view: View, session: Session, record: Record) -> list[dict[str, object]]:
    """All versions, the newest first: number, at, by, published."""
    query = select(Version.number, Version.at, Version.actor).where(Version.record_id == record.id)
    rows = session.execute(query.order_by(Version.number.desc())).all()
    people = names(session, [actor for _, _, actor in rows])
    return [
        {
            "number": number,
            "at": at,
            "by": person(view, people, actor),
            "published": number == record.published_version,
        }
        for number, at, actor in rows
    ]


def person(view: View, people: Mapping[str, str], account_id: str) -> str:
    if account_id in ("lanzarote", "restore", "visitor", "load"):
        return view._(PLATFORM)
    return people.get(account_id) or view._(FORMER)


def _leads(step: Step, record: Record, status: MeetingStatus) -> bool:
    if step.move is None:
        return status.state in step.states
    table, action = step.move
    try:
        next_state(table, record.state if table == "record" else status.state, action)
    except IllegalTransition:
        return False
    return True


def _present_keys(meeting: Meeting) -> set[str]:
    return {one.organisation for one in meeting.present if one.organisation}


def _present_sectors(view: View, keys: Sequence[str]) -> list[str]:
    return [view.vocabulary.present_key("sector", key) for key in keys]


def _body(view: View, one: Present, known: Stakeholder | None) -> Body:
    keys = known.organisation.sectors if known else ((one.sector,) if one.sector else ())
    return Body(
        id=known.id if known else "",
        name=name_of(view, known) if one.organisation else {},
        said=one.name,
        roles=one.roles,
        sectors=tuple(_present_sectors(view, keys)),
    )


def _sectors(present: Collection[Body]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for one in present for key in one.sectors))


def _guests(
    view: View,
    meeting: Meeting,
    rows: Mapping[str, MeetingInvitation],
    by_name: Mapping[str, str],
    known: Mapping[str, Stakeholder],
    people: Mapping[str, str],
    state: str,
) -> tuple[Guest, ...]:
    ids = dict.fromkeys([*rows, *(by_name[key] for key in meeting.organisations if key in by_name)])
    leads = view.may("group.lead")
    mine = {one.stakeholder_id for one in view.actor.grants if one.region_id == view.region_id}
    found = []
    for stakeholder_id in ids:
        row, stakeholder = rows.get(stakeholder_id), known.get(stakeholder_id)
        found.append(
            Guest(
                id=stakeholder_id,
                name=name_of(view, stakeholder),
                how=row.how if row else "",
                answer=row.answer if row else "",
                who=row.who if row else "",
                invited_at=row.invited_at if row else None,
                reminded_at=row.reminded_at if row else None,
                answered_at=row.answered_at if row else None,
                answered_by=person(view, people, row.answered_by) if row and row.answered_by else "",
                may_answer=row is not None and state == "announced" and (leads or stakeholder_id in mine),
            )
        )
    return tuple(sorted(found, key=lambda one: view.sort_key(view.say(one.name))))
