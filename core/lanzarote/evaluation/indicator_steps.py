"""The steps an indicator takes: published with its values, withdrawn, put away, erased."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote import working
from lanzarote.checking import Faulty, Identifying
from lanzarote.errors import Conflict
from lanzarote.evaluation import counting, indicator_reading, team
from lanzarote.evaluation.indicator_pages import ONE, show, to_indicator
from lanzarote.evaluation.model import INDICATOR
from lanzarote.lifecycle import IllegalTransition
from lanzarote.permissions import require, subject_of
from lanzarote.records import now
from lanzarote.web.asking import page_and_form
from lanzarote.web.refusals import NOTHING, number_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.permissions import Action
    from lanzarote.records import Record
    from lanzarote.web.refusals import Refusal
    from lanzarote.web.site import View

    Do = Callable[[View, Session, Record, Mapping[str, Any]], object]


def _publish(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    expected = number_of(data, "version")
    counting.publish(session, record, expected=expected, today=view.today, by=view.actor, at=now())


def _withdraw(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    counting.withdraw(session, record, view.vocabulary, reason=text_of(data, "reason"), by=view.actor, at=now())


def _archive(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    working.archive(session, record, by=view.actor, at=now())


def _restore(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    working.restore(session, record, by=view.actor, at=now())


def _erase(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    team.require_word(view, data)
    working.erase(session, record, by=view.actor, at=now())


def show_step(
    view: View, record_id: str, name: str, refused: Refusal = NOTHING, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; one that the state does not allow leads back."""
    step = next(one for one in indicator_reading.STEPS if one.name == name)
    with view.instance.database.read(view.region_id) as session:
        record = team.read_record(view, session, INDICATOR, record_id)
        require(view.actor, step.action, subject_of(session, record))
        said = counting.indicator_of(session, record)
    if name != "publish" and not step.possible(record, ""):
        return show(view, record_id, done="not-now", status=409)
    return view.render(
        "evaluation/team/step.html",
        status=400 if refused.errors else 200,
        kind=INDICATOR,
        name=name,
        heading=view._(step.label),
        title=view.text(indicator_reading.texts(said, "title"), said.original)[0],
        version=record.version,
        refused=refused,
        given=data or {},
        **team.frame(view, "indicators", record_id),
    )


def take(view: View, record_id: str, name: str, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            do(view, session, team.read_record(view, session, INDICATOR, record_id), data)
    except (Faulty, Identifying) as error:
        return show_step(view, record_id, name, team.refusal(view, error, data), data)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    except Conflict:
        return show(view, record_id, done="meanwhile", status=409)
    if name == "erase":
        return team.redirect(view.href("team", "indicators"))
    return to_indicator(view, record_id, name)


def _step(name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    action: Action = next(step.action for step in indicator_reading.STEPS if step.name == name)

    return page_and_form(
        f"{ONE}/{name}",
        action,
        lambda view, record_id: show_step(view, record_id, name),
        lambda view, record_id, data: take(view, record_id, name, data, do),
    )


STEPS: Final[Mapping[str, Do]] = {
    "publish": _publish,
    "withdraw": _withdraw,
    "archive": _archive,
    "restore": _restore,
    "erase": _erase,
}

handlers = tuple(handler for name, do in STEPS.items() for handler in _step(name, do))
