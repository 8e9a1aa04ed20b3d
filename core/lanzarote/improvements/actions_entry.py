"""Actions, as rows beside an improvement: what is done with them, and what people and programs read of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.service import names
from lanzarote.directory.service import named
from lanzarote.improvements import actions
from lanzarote.improvements.actions import Planning, Reporting
from lanzarote.improvements.entries_frame import ARCHIVED, FRAMES, IMPROVEMENTS, TEAM, frame
from lanzarote.improvements.improvement_kind import IMPROVEMENTS as KIND
from lanzarote.improvements.model import Action, ActionStep, Progress, status_of
from lanzarote.kinds import team
from lanzarote.kinds.entries import Entry, EntryAction, EntryApi
from lanzarote.kinds.fields import Field, Option
from lanzarote.kinds.organisations import unlisted
from lanzarote.kinds.record_pages import plain_title
from lanzarote.kinds.versions import person
from lanzarote.records.records import Record, decode
from lanzarote.records.tables import beside
from lanzarote.translation import N_
from lanzarote.types.improvements import Improvement
from lanzarote.web import labels
from lanzarote.web.resources import Parameter
from lanzarote.web.working_records import Person, person_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.documents import ActionDocument
    from lanzarote.instance import Instance
    from lanzarote.web.resources import Asked
    from lanzarote.web.site import View

PROGRESS_WORDS: Final[Mapping[str, str]] = {
    "not-begun": N_("not begun"),
    "under-way": N_("under way"),
    "done": N_("done"),
    "given-up": N_("given up"),
}
ELSEWHERE: Final = N_("an organisation that is no longer in the directory")
WHOLE: Final = tuple(one for one in KIND.actions if one.name in ("complete", "resume"))
"""What is done with the improvement itself because of its actions."""

# What is done with them


def organisations(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The directory by name; those that take part say so; who is *chosen* is offered in any case."""
    part = view._("takes part in the group")
    found = []
    for one in view.directory:
        name = view.say(one.organisation.name)
        label = f"{name} ({part})" if one.status.relation == "taking-part" else name
        found.append(Option(value=one.id, label=label, names=one.names))
    yield from sorted(found, key=lambda one: view.sort_key(one.label))
    for key, name in unlisted(view, chosen).items():
        yield Option(value=key, label=name)


def _ids(instance: Instance, region_id: str) -> dict[str, str]:
    """Every id and key of the directory → the id."""
    return {name: one.id for name, one in named(instance.directory(region_id)).items()}


def _planned(_view: View, _session: Session, _record: Record, row: Action) -> dict[str, str]:
    return {"what": row.what, "stakeholder": row.stakeholder_id, "due_on": row.due_on}


PLAN: Final = EntryAction(
    name="new",
    label=N_("Plan an action"),
    may="group.lead",
    do=actions.plan,
    stops=actions.not_adopted,
    asks=Planning,
    fields=(
        Field(name="what", label=N_("What is to be done?"), rows=4),
        Field(name="stakeholder", label=N_("Who does it?"), options=organisations),
        Field(name="due_on", label=N_("By when?")),
    ),
    known=_ids,
    text=N_(
        "What the group plans is read by the public too, once the improvement is published. Of an organisation that "
        "does not take part in the group it says that the group asks it, and not that it agreed."
    ),
    told="Plan an action that follows from an adopted improvement. Location gives its address.",
    done=N_("Action planned."),
    operation="plan_action",
)
STEPS: Final = (
    EntryAction(
        name="edit",
        label=N_("Change the action"),
        may="group.lead",
        do=actions.change,
        stops=actions.not_adopted,
        asks=Planning,
        fields=PLAN.fields,
        holds=_planned,
        known=_ids,
        text=PLAN.text,
        told="Change what is planned; the history shows what changed.",
        done=N_("Saved."),
        operation="replan_action",
    ),
    EntryAction(
        name="progress",
        label=N_("Save the status"),
        may="group.write",
        here=True,
        do=actions.report,
        barred=actions.not_theirs,
        stops=actions.not_adopted,
        asks=Reporting,
        fields=(
            Field(name="progress", label=N_("Status"), words=PROGRESS_WORDS),
            Field(
                name="note",
                label=N_("What was done, or why not"),
                help=N_("When it is given up, say why. Name nobody who could be recognised."),
                rows=3,
            ),
        ),
        holds=lambda _view, _session, _record, row: {"progress": row.progress},
        told="Set its status. A representative sets it only for actions of their own organisation.",
        done=N_("Status recorded."),
        operation="report_action",
    ),
)

# What people read


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
    speaker = Speaker(view)
    rows = session.scalars(select(Action).where(beside(Action, record)).order_by(Action.number))
    return tuple(tell(view, one, speaker) for one in rows)


def history(view: View, session: Session, action: Action) -> tuple[StepTold, ...]:
    """What was said about it, the last first."""
    mine = (ActionStep.region_id == action.region_id) & (ActionStep.record_id == action.record_id)
    query = select(ActionStep).where(mine, ActionStep.action == action.number).order_by(ActionStep.number.desc())
    rows = session.scalars(query.limit(200)).all()
    people, speaker = names(session, [one.by for one in rows]), Speaker(view)
    return tuple(
        StepTold(
            at=one.at,
            by=person(view, people, one.by),
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
        improvement=plain_title(KIND, view, decode(body, Improvement)) if body else "",
        improvement_href=view.href(*here, "actions") if body else "",
    )


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


def _listing(view: View, session: Session, record: Record) -> dict[str, Any]:
    barred = {one.name: one.barred(view, session, record) for one in WHOLE if one.barred}
    steps = team.offered(view, session, record, WHOLE, status_of(record).state, barred)
    return {"rows": of_record(view, session, record), "whole": [one for one in steps if not one.why_not]}


def _page(view: View, session: Session, record: Record, row: Action) -> dict[str, Any]:
    return {"told": tell(view, row, Speaker(view)), "history": history(view, session, row)}


# What programs read

TAG: Final = "Actions"


class ActionItem(Struct, frozen=True, kw_only=True):
    """Something that follows from an improvement."""

    improvement: str
    """Id of what it follows from."""
    number: int
    what: str
    language: str
    stakeholder: str
    """Id of who is to do it, whether taking part in the group or not."""
    due_on: date
    progress: Progress
    overdue: bool
    """Its day has passed, where the region is."""


class ActionHistory(Struct, frozen=True, kw_only=True):
    """What was said or changed about an action."""

    at: datetime
    by: Person
    progress: Progress
    due_on: date
    stakeholder: str
    note: str
    language: str


class WholeAction(ActionItem, frozen=True, kw_only=True):
    """An action with its history, the first step first."""

    history: tuple[ActionHistory, ...]


def fields_of(one: Action, today: date) -> dict[str, Any]:
    return {
        "improvement": one.record_id,
        "number": one.number,
        "what": one.what,
        "language": one.language,
        "stakeholder": one.stakeholder_id,
        "due_on": one.day,
        "progress": one.progress,
        "overdue": one.is_overdue(today),
    }


def _whole(asked: Asked, session: Session, one: Action) -> WholeAction:
    mine = (ActionStep.region_id == one.region_id) & (ActionStep.record_id == one.record_id)
    query = select(ActionStep).where(mine, ActionStep.action == one.number).order_by(ActionStep.number)
    steps = session.scalars(query).all()
    people = names(session, [each.by for each in steps])
    return WholeAction(**fields_of(one, asked.instance.today(one.region_id)), history=tuple(_steps(steps, people)))


def _steps(steps: Sequence[ActionStep], people: Mapping[str, str]) -> list[ActionHistory]:
    return [
        ActionHistory(
            at=one.at,
            by=person_of(people, one.by),
            progress=one.progress,  # type: ignore[arg-type]
            due_on=date.fromisoformat(one.due_on),
            stakeholder=one.stakeholder_id,
            note=one.note,
            language=one.language,
        )
        for one in steps
    ]


def _items(asked: Asked, _: Session, some: Sequence[Action]) -> list[ActionItem]:
    return [ActionItem(**fields_of(one, asked.instance.today(one.region_id))) for one in some]


ACTIONS: Final = Entry(
    name="action",
    room="actions",
    place="actions",
    beside=IMPROVEMENTS,
    beside_room="improvements",
    row=Action,
    key=Parameter(name="action", told="Number of the action.", between=(1, 999_999)),
    mark=actions.mark_of,
    begin=PLAN,
    actions=STEPS,
    api=EntryApi(
        tag=TAG,
        item=ActionItem,
        whole=WholeAction,
        items=_items,
        tell=_whole,
        all_told="The actions of an improvement, in the order they were planned.",
        one_told="One action with its history. Its ETag is what a change of it takes in If-Match.",
        order=Action.number,
    ),
    none=actions.NO_ACTION,
    changed=actions.CHANGED,
    archived=ARCHIVED,
    templates=FRAMES | {"list": "improvements/talk/actions.html", "one": "improvements/talk/action.html"},
    frame=frame,
    listing=_listing,
    page=_page,
    notices={one.name: one.done for one in WHOLE},
)
