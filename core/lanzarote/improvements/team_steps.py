"""The steps of findings and improvements: each a page that says what follows, and a form that does it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.improvements import moving, sharing, team_form, team_reading, writing
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.improvements.team_pages import ROOMS, entry_context, found, show, to_entry
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import NO_DAY, Fault, Faulty, Identifying
from lanzarote.stakeholders.team_steps import ERASE, NOT_TYPED
from lanzarote.web.asking import page_and_form
from lanzarote.web.refusals import NOTHING, Refusal, date_of, number_of, reasons_in, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.improvements.team_reading import Body, Entry, Step
    from lanzarote.records.records import Record
    from lanzarote.web.site import View

    Do = Callable[[View, Session, Record, Mapping[str, Any]], None]


def _discuss(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    moving.discuss(session, record, expected=number_of(data, "version"), by=view.actor, at=now())


def _drop(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    reason, why = text_of(data, "reason"), reasons_in(data)
    moving.drop(session, record, view.vocabulary, reason=reason, why=why, by=view.actor, at=now())


def _reconsider(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    moving.reconsider(session, record, by=view.actor, at=now())


def _withdraw(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    reason = {code: text_of(data, f"reason.{code}") for code in view.vocabulary.header.languages}
    why = reasons_in(data)
    moving.withdraw(session, record, view.vocabulary, reason=reason, why=why, by=view.actor, at=now())


def _show(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    moving.show_again(session, record, by=view.actor, at=now())


def _archive(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    moving.archive(session, record, by=view.actor, at=now())


def _restore(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    drafts.restore(session, record, by=view.actor, at=now())


def _erase(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    if text_of(data, "word").casefold() != view._(ERASE).casefold():
        raise Faulty([Fault(field="word", text=NOT_TYPED)])
    writing.erase(session, record, by=view.actor, at=now())


REFUSED: Final[Mapping[str, str]] = {moving.TO_BE_DECIDED: "to-be-decided", moving.STILL_ASKED: "still-asked"}
"""What stands in the way of a step, and as which word of ``DONE`` it is told."""


def show_step(
    view: View,
    kind: str,
    record_id: str,
    step: Step,
    refused: Refusal = NOTHING,
    data: Mapping[str, Any] | None = None,
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; a step that the state does not allow leads back to the entry."""
    with view.instance.database.read(view.region_id) as session:
        record = found(view, session, kind, record_id)
        require(view.actor, step.action, subject_of(session, record))
        told = team_reading.tell(view, session, record)
        sharing_it = kind == FINDING and step.name in ("share", "reopen")
        unticked = sharing.unticked_in(session, record) if sharing_it else {}
    if step.name not in {one.name for one in told.steps}:
        return show(view, kind, record_id, done="not-now", status=409)
    given = data or _before(view, step.name, told)
    return view.render(
        "improvements/team/step.html",
        status=400 if refused.errors else 200,
        name=step.name,
        heading=view._(step.label),
        refused=refused,
        given=given,
        tongues=view.tongues(),
        bodies=_choices(view, step.name, told, text_of(given, "stakeholder")),
        word=view._(ERASE),
        unticked=[view.say(one.name) for one in unticked.values()],
        **entry_context(view, told, ""),
    )


def take(view: View, kind: str, record_id: str, step: Step, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            do(view, session, found(view, session, kind, record_id), data)
    except (Faulty, Identifying) as error:
        return show_step(view, kind, record_id, step, team_form.refusal(view, error, data), data)
    except IllegalTransition:
        return show(view, kind, record_id, done="not-now", status=409)
    except Conflict as error:
        return show(view, kind, record_id, done=REFUSED.get(str(error), "meanwhile"), status=409)
    return to_entry(view, kind, "" if step.name == "erase" else record_id, step.name)


def _day(view: View, data: Mapping[str, Any], name: str) -> date:
    """Raises Faulty."""
    try:
        return date.fromisoformat(date_of(data, name, view.lang))
    except ValueError:
        raise Faulty([Fault(field=name, text=NO_DAY)]) from None


def _before(view: View, name: str, told: Entry) -> dict[str, Any]:
    """What the form of a step holds before anybody writes in it."""
    asked = view.request.query_params.get("body", "")
    if name == "offer":
        first = next((one.id for one in told.lacking), "")
        return {"stakeholder": asked or first, "on": view.today.isoformat()}
    if name == "reply":
        waiting = [one for one in told.bodies if one.offered_on]
        waiting.sort(key=lambda one: one.replied_on is not None)
        chosen = next((one for one in waiting if one.id == asked), waiting[0] if waiting else None)
        if chosen is None:
            return {}
        replied = chosen.replied_on or view.today
        texts = {f"reply.{code}": text for code, text in chosen.reply.items()}
        return {"stakeholder": chosen.id, "on": replied.isoformat()} | texts
    return {}


def _choices(view: View, name: str, told: Entry, chosen: str) -> list[dict[str, Any]]:
    """The bodies to choose from: those that are named first, for an offer the rest of the directory after them."""
    if name not in ("offer", "reply"):
        return []
    some: list[Body] = [one for one in told.bodies if name == "offer" or one.offered_on]
    found = {one.id: one.name for one in some}
    if name == "offer":
        others = sorted(
            ((view.say(one.organisation.name), one.id) for one in view.directory), key=lambda one: view.sort_key(one[0])
        )
        found |= {record_id: label for label, record_id in others if record_id not in found}
    return [{"value": one, "label": label, "chosen": one == chosen} for one, label in found.items()]


def _step(kind: str, name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    step = next(one for one in team_reading.STEPS[kind] if one.name == name)
    path = f"/{{lang:str}}/{{region:str}}/team/{ROOMS[kind]}/{{record_id:str}}/{name}"

    return page_and_form(
        path,
        step.action,
        lambda view, record_id: show_step(view, kind, record_id, step),
        lambda view, record_id, data: take(view, kind, record_id, step, data, do),
    )


STEPS: Final[Mapping[tuple[str, str], Do]] = {
    (IMPROVEMENT, "discuss"): _discuss,
    (IMPROVEMENT, "drop"): _drop,
    (IMPROVEMENT, "reconsider"): _reconsider,
    (IMPROVEMENT, "withdraw"): _withdraw,
    (IMPROVEMENT, "show"): _show,
    (IMPROVEMENT, "archive"): _archive,
    (IMPROVEMENT, "restore"): _restore,
    (IMPROVEMENT, "erase"): _erase,
}

handlers = tuple(handler for (kind, name), do in STEPS.items() for handler in _step(kind, name, do))
