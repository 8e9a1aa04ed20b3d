"""Actions as their readers see them: those of an improvement, those of a region, one with its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import and_, func, select, true

from lanzarote.accounts.service import names
from lanzarote.directory.service import named
from lanzarote.improvements import actions, talk
from lanzarote.improvements.actions_model import ENDED, SOON, Action, ActionStep
from lanzarote.improvements.comments_entry import FORMER
from lanzarote.improvements.model import IMPROVEMENT
from lanzarote.improvements.talk_forms import TEAM, UNTITLED
from lanzarote.records.permissions import allowed, may_somewhere
from lanzarote.records.records import Record, Version, decode
from lanzarote.translation import N_
from lanzarote.types.improvements import Improvement
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.improvements.documents import ActionDocument
    from lanzarote.web.site import View

SHOWN: Final = 50
PROGRESS_WORDS: Final[Mapping[str, str]] = {
    "not-begun": N_("not begun"),
    "under-way": N_("under way"),
    "done": N_("done"),
    "given-up": N_("given up"),
}
FILTERS: Final[Mapping[str, str]] = {
    "open": N_("Open"),
    "due": N_("Due within two weeks"),
    "overdue": N_("Overdue"),
    "done": N_("Done"),
    "given-up": N_("Given up"),
    "all": N_("All"),
}
ELSEWHERE: Final = N_("an organisation that is no longer in the directory")


class Told(Struct, frozen=True, kw_only=True):
    """An action for one reader."""

    number: int
    href: str
    what: str
    lang: str
    stakeholder: str
    stakeholder_id: str
    taking_part: bool
    due_on: date
    progress: str
    words: str
    overdue: bool
    due: bool
    """To be done within two weeks."""
    steps: int
    improvement: str = ""
    """Title of what it follows from, where that is told."""
    improvement_href: str = ""


class StepTold(Struct, frozen=True, kw_only=True):
    """A line of its history."""

    at: datetime
    by: str
    words: str
    due_on: date
    stakeholder: str
    note: str
    lang: str


class Listed(Struct, frozen=True, kw_only=True):
    rows: tuple[Told, ...]
    total: int
    more: bool


class Public(Struct, frozen=True, kw_only=True):
    """An action as the public reads it."""

    what: Markup
    stakeholder: Markup
    taking_part: bool
    """Otherwise the group asks for it, and nothing says that the organisation agreed."""
    due_on: date
    words: str


class Speaker:
    """Says who is who in the directory."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._known = named(view.directory)

    def name(self, stakeholder_id: str) -> str:
        one = self._known.get(stakeholder_id)
        return self._view.say(one.organisation.name) if one else self._view._(ELSEWHERE)

    def takes_part(self, stakeholder_id: str) -> bool:
        one = self._known.get(stakeholder_id)
        return one is not None and one.status.relation == "taking-part"


def of_record(view: View, session: Session, record: Record) -> tuple[Told, ...]:
    """All actions of an improvement, in the order they were planned."""
    mine = (Action.region_id == record.region_id) & (Action.record_id == record.id)
    speaker = Speaker(view)
    rows = session.scalars(select(Action).where(mine).order_by(Action.number))
    return tuple(tell(view, one, speaker) for one in rows)


def in_region(view: View, session: Session, *, only: str = "open", stakeholder: str = "", page: int = 0) -> Listed:
    """A page of the region's actions, from 0 on, the first due first; *only*: a key of FILTERS."""
    today = view.today
    mine = and_(
        Action.region_id == view.region_id,
        condition(only, today),
        Action.stakeholder_id == stakeholder if stakeholder else true(),
        Record.kind == IMPROVEMENT,
        Record.state != "erased",
        allowed(view.actor, "group.read"),
    )
    joined = and_(Record.region_id == Action.region_id, Record.id == Action.record_id)
    newest = and_(
        Version.region_id == Record.region_id, Version.record_id == Record.id, Version.number == Record.version
    )
    query = select(Action, Version.body).join(Record, joined).join(Version, newest).where(mine)
    order = (Action.due_on, Action.record_id, Action.number)
    found = session.execute(query.order_by(*order).limit(SHOWN + 1).offset(page * SHOWN)).all()
    total = session.scalar(select(func.count()).select_from(Action).join(Record, joined).where(mine)) or 0
    speaker = Speaker(view)
    rows = tuple(tell(view, one, speaker, body) for one, body in found[:SHOWN])
    return Listed(rows=rows, total=total, more=len(found) > SHOWN)


def condition(only: str, today: date) -> ColumnElement[bool]:
    """Which actions a filter lets through."""
    unended = Action.progress.not_in(ENDED)
    match only:
        case "open":
            return unended
        case "due":
            return and_(unended, Action.due_on <= (today + SOON).isoformat())
        case "overdue":
            return and_(unended, Action.due_on < today.isoformat())
        case "done" | "given-up":
            return Action.progress == only
        case _:
            return true()


def history(view: View, session: Session, action: Action) -> tuple[StepTold, ...]:
    """What was said about it, the last first."""
    mine = (ActionStep.region_id == action.region_id) & (ActionStep.record_id == action.record_id)
    query = select(ActionStep).where(mine, ActionStep.action == action.number).order_by(ActionStep.number.desc())
    rows = session.scalars(query.limit(200)).all()
    people, speaker = names(session, [one.by for one in rows]), Speaker(view)
    return tuple(
        StepTold(
            at=one.at,
            by=people.get(one.by) or view._(FORMER),
            words=view._(PROGRESS_WORDS[one.progress]),
            due_on=date.fromisoformat(one.due_on),
            stakeholder=speaker.name(one.stakeholder_id),
            note=one.note,
            lang=one.language,
        )
        for one in rows
    )


def tell(view: View, one: Action, speaker: Speaker, body: bytes = b"") -> Told:
    """*body*: of the improvement, where that is told too."""
    today = view.today
    here = (*TEAM, one.record_id)
    return Told(
        number=one.number,
        href=view.href(*here, "actions", one.number),
        what=one.what,
        lang=one.language,
        stakeholder=speaker.name(one.stakeholder_id),
        stakeholder_id=one.stakeholder_id,
        taking_part=speaker.takes_part(one.stakeholder_id),
        due_on=one.day,
        progress=one.progress,
        words=view._(PROGRESS_WORDS[one.progress]),
        overdue=one.is_overdue(today),
        due=one.is_due(today),
        steps=one.steps,
        improvement=title_of(view, body) if body else "",
        improvement_href=view.href(*here, "actions") if body else "",
    )


def title_of(view: View, body: bytes) -> str:
    said = decode(body, Improvement).text
    titles = {code: text.title for code, text in said.items() if text.title}
    return view.say(titles) if titles else view._(UNTITLED)


def steps(session: Session, record: Record, view: View) -> tuple[str, ...]:
    """What the reader may do about the actions of *record* as a whole now."""
    if not may_somewhere(view.actor, "group.lead", record.region_id):
        return ()
    state = talk.status_of(record).state
    if state == "completed":
        return ("resume",)
    if state != "adopted":
        return ()
    return ("new",) if actions.open_actions(session, record) else ("new", "complete")


def public_actions(view: View, found: Sequence[ActionDocument]) -> tuple[Public, ...]:
    """What follows from an improvement, for ``improvements/talk/public_actions.html`` on the public page of it."""
    speaker = Speaker(view)
    return tuple(
        Public(
            what=labels.written(one.what, one.language, view.lang),
            stakeholder=escape(speaker.name(one.stakeholder)),
            taking_part=speaker.takes_part(one.stakeholder),
            due_on=one.due_on,
            words=view._(PROGRESS_WORDS[one.progress]),
        )
        for one in found
    )
