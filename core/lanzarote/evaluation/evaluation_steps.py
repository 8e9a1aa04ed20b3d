"""The steps an evaluation takes: fixed, judged, decided, published, opened again, given up, erased."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote import working
from lanzarote.checking import Faulty, Identifying
from lanzarote.errors import Conflict, NotPermitted
from lanzarote.evaluation import deciding, evaluation_form, evaluation_reading, judging, team
from lanzarote.evaluation.evaluation_pages import ONE, record_and_title, show, to_evaluation
from lanzarote.evaluation.indicator_reading import listed
from lanzarote.evaluation.model import EVALUATION
from lanzarote.evaluation.words import OUTCOMES, OUTCOMES_TOLD
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


def _run(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    known = team.known_of(view, [row.id for row in listed(view, session)], record.id)
    expected = number_of(data, "version")
    judging.run(session, record, known, expected=expected, today=view.today, by=view.actor, at=now())


def _close(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    judging.close(session, record, expected=number_of(data, "version"), by=view.actor, at=now())


def _go_back(action: str, view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    reason = text_of(data, "reason")
    judging.go_back(session, record, view.vocabulary, action, reason=reason, by=view.actor, at=now())


def _decide(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    given = evaluation_form.read_decision(view, data)
    deciding.decide(
        session,
        record,
        given,
        view.vocabulary,
        expected=number_of(data, "version"),
        today=view.today,
        by=view.actor,
        at=now(),
    )


def _publish(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    deciding.publish(session, record, expected=number_of(data, "version"), by=view.actor, at=now())


def _withdraw(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    deciding.withdraw(session, record, view.vocabulary, reason=text_of(data, "reason"), by=view.actor, at=now())


def _archive(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    working.archive(session, record, by=view.actor, at=now())


def _restore(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    working.restore(session, record, by=view.actor, at=now())


def _erase(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    team.require_word(view, data)
    deciding.erase(session, record, by=view.actor, at=now())


def show_step(
    view: View, record_id: str, name: str, refused: Refusal = NOTHING, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; one that the state does not allow leads back."""
    step = next(one for one in evaluation_reading.STEPS if one.name == name)
    with view.instance.database.read(view.region_id) as session:
        record, title = record_and_title(view, session, record_id)
        require(view.actor, step.action, subject_of(session, record))
        status, version = judging.status_of(record), record.version
    state = status.state
    if not step.possible(record, state):
        return show(view, record_id, done="not-now", status=409)
    if name == "publish" and deciding.wrote(status, view.actor):
        raise NotPermitted(deciding.OWN_DECISION)
    return view.render(
        "evaluation/team/decide.html" if name == "decide" else "evaluation/team/step.html",
        status=400 if refused.errors else 200,
        kind=EVALUATION,
        name=name,
        heading=view._(step.label),
        title=title,
        version=version,
        refused=refused,
        given=data or {},
        tongues=view.tongues(),
        outcomes=[
            {
                "value": code,
                "label": view._(words),
                "help": view._(OUTCOMES_TOLD[code]),
                "chosen": text_of(data or {}, "outcome") == code,
            }
            for code, words in OUTCOMES.items()
        ],
        **team.frame(view, "evaluations", record_id),
    )


def take(view: View, record_id: str, name: str, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            do(view, session, team.read_record(view, session, EVALUATION, record_id), data)
    except (Faulty, Identifying) as error:
        return show_step(view, record_id, name, team.refusal(view, error, data), data)
    except IllegalTransition:
        return show(view, record_id, done="not-now", status=409)
    except Conflict as error:
        done = "still-read" if str(error) == judging.STILL_READ else "meanwhile"
        return show(view, record_id, done=done, status=409)
    if name == "erase":
        return team.redirect(view.href("team", "evaluations"))
    return to_evaluation(view, record_id, name)


def _step(name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    action: Action = next(step.action for step in evaluation_reading.STEPS if step.name == name)

    return page_and_form(
        f"{ONE}/{name}",
        action,
        lambda view, record_id: show_step(view, record_id, name),
        lambda view, record_id, data: take(view, record_id, name, data, do),
    )


STEPS: Final[Mapping[str, Do]] = {
    "run": _run,
    "close": _close,
    "resume": partial(_go_back, "resume"),
    "decide": _decide,
    "reopen": partial(_go_back, "reopen"),
    "drop": partial(_go_back, "drop"),
    "publish": _publish,
    "withdraw": _withdraw,
    "archive": _archive,
    "restore": _restore,
    "erase": _erase,
}

handlers = tuple(handler for name, do in STEPS.items() for handler in _step(name, do))
