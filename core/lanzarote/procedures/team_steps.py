"""The steps that a procedure takes, and what bodies say of it: each a page that says what follows, and a form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.procedures import endorsing, team_reading, writing
from lanzarote.procedures.endorsing import Given
from lanzarote.procedures.model import WHATS
from lanzarote.procedures.team_pages import page_of, read, show, to_procedure
from lanzarote.procedures.team_refusal import refusal
from lanzarote.records import drafts
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Record, now
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.translation import N_
from lanzarote.web.asking import page_and_form
from lanzarote.web.refusals import NOTHING, Refusal, date_of, is_confirmed, number_of, text_of
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.procedures.model import What
    from lanzarote.records.permissions import Action

    Do = Callable[[View, Session, Record, Mapping[str, Any]], object]


ERASE: Final = N_("erase")
"""The word that has to be typed before something is erased."""
NOT_TYPED: Final = N_("Type the word as it stands here.")
NO_PROCEDURE: Final = N_("Choose a procedure.")


def _propose(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.propose(
        session, record, confirmed=is_confirmed(data), expected=number_of(data, "version"), by=view.actor, at=now()
    )


def _document(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.document(
        session, record, confirmed=is_confirmed(data), expected=number_of(data, "version"), by=view.actor, at=now()
    )


def _recall(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.recall(session, record, by=view.actor, at=now())


def _discard(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.discard(session, record, by=view.actor, at=now())


def _look_again(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.look_again(session, record, by=view.actor, at=now(), today=view.today)


def _rename(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.rename(session, record, text_of(data, "slug"), by=view.actor, at=now())


def _supersede(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    into = session.get(Record, (view.region_id, text_of(data, "into")))
    if into is None:
        raise Faulty([Fault(field="into", text=NO_PROCEDURE)])
    writing.supersede(session, record, into, by=view.actor, at=now())


def _withdraw(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.withdraw(session, record, view.vocabulary, reason=text_of(data, "reason"), by=view.actor, at=now())


def _archive(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.archive(session, record, by=view.actor, at=now())


def _restore(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    drafts.restore(session, record, by=view.actor, at=now())


def _erase(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    if text_of(data, "word").casefold() != view._(ERASE).casefold():
        raise Faulty([Fault(field="word", text=NOT_TYPED)])
    writing.erase(session, record, by=view.actor, at=now())


def _say(what: What) -> Do:
    def say(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
        given = Given(
            stakeholder=text_of(data, "stakeholder"),
            what=what,
            day=date_of(data, "day", view.lang),
            source=text_of(data, "source"),
        )
        expected = number_of(data, "version")
        endorsing.say(
            session, record, view.vocabulary, given, expected=expected, by=view.actor, at=now(), today=view.today
        )

    return say


def show_step(
    view: View, record_id: str, name: str, refused: Refusal = NOTHING, data: Mapping[str, Any] | None = None
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; a step that the state does not allow leads back to the procedure."""
    with view.instance.database.read(view.region_id) as session:
        record = team_reading.read_record(view, session, record_id)
        if name not in WHATS:
            action: Action = next(step.action for step in team_reading.STEPS if step.name == name)
            require(view.actor, action, subject_of(session, record))
        others = team_reading.others(view, session, record_id) if name == "supersede" else []
        meant = endorsing.version_meant(record, writing.status_of(record), name)
    told = read(view, record_id)
    if name not in {one.name for one in told.steps}:
        return show(view, record_id, done="meanwhile", status=409)
    given = data or ({"slug": told.slug} if name == "rename" else {"day": view.today.isoformat()})
    speaks = [body for body in told.bodies if body.spoken]
    return view.render(
        f"procedures/team/{'say' if name in WHATS else 'step'}.html",
        status=400 if refused.errors else 200,
        name=name,
        heading=next(step.label for step in told.steps if step.name == name),
        refused=refused,
        given=given,
        meant=meant,
        speaks=bool(speaks),
        bodies=[
            {"value": body.id, "label": body.name, "chosen": text_of(given, "stakeholder") == body.id}
            for body in speaks or told.bodies
        ],
        others=[
            {"value": "", "label": view._("Choose…"), "chosen": False},
            *({"value": one, "label": title, "chosen": text_of(given, "into") == one} for one, title in others),
        ],
        word=view._(ERASE),
        reading=told.reading,
        **page_of(view, told, ""),
    )


def take(view: View, record_id: str, name: str, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            do(view, session, team_reading.read_record(view, session, record_id), data)
    except (Faulty, Identifying) as error:
        return show_step(view, record_id, name, refusal(view, error, data), data)
    except (Conflict, IllegalTransition) as error:
        done = "still-proposed" if str(error) == writing.STILL_PROPOSED else "meanwhile"
        return show(view, record_id, done=done, status=409)
    return to_procedure(view, "" if name == "erase" else record_id, name)


def _step(name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    # Who may say something for a body depends on the body: the service asks.
    action: Action = next((step.action for step in team_reading.STEPS if step.name == name), "group.read")
    path = f"/{{lang:str}}/{{region:str}}/team/procedures/{{record_id:str}}/{name}"

    return page_and_form(
        path,
        action,
        lambda view, record_id: show_step(view, record_id, name),
        lambda view, record_id, data: take(view, record_id, name, data, do),
    )


STEPS: Final[Mapping[str, Do]] = {
    "propose": _propose,
    "document": _document,
    "recall": _recall,
    "discard": _discard,
    "look-again": _look_again,
    "rename": _rename,
    "supersede": _supersede,
    "withdraw": _withdraw,
    "archive": _archive,
    "restore": _restore,
    "erase": _erase,
    **{what: _say(what) for what in WHATS},
}

handlers = tuple(handler for name, do in STEPS.items() for handler in _step(name, do))
