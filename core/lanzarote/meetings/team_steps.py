"""The steps a meeting takes: each a page that says what follows, and a form that does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.errors import Conflict
from lanzarote.meetings import checks, drafting, form, inviting, mandate_form, mandating, reading, writing
from lanzarote.meetings.service import meeting_of, with_minutes_shown
from lanzarote.meetings.team_pages import checked, meeting_context, show, to_meeting
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import now
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.stakeholders import attendance
from lanzarote.translation import N_, format_date
from lanzarote.web.asking import Asked, Data, Id, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, number_of, text_of
from lanzarote.web.routes import form as sent_form
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.meetings.reading import Entry
    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record

    Do = Callable[[View, Session, Record, Mapping[str, Any]], object]


ERASE: Final = N_("erase")
"""The word that has to be typed before something is erased."""
NOT_TYPED: Final = N_("Type the word as it stands here.")


def _announce(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.announce(
        session, record, view.vocabulary, expected=number_of(data, "version"), today=view.today, by=view.actor, at=now()
    )


def _invite(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.invite(session, record, view.vocabulary, by=view.actor, at=now())


def _remind(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    inviting.remind(session, record, by=view.actor, at=now())


def _answer(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    inviting.answer(
        session,
        record,
        view.vocabulary,
        stakeholder=text_of(data, "stakeholder"),
        answer=text_of(data, "answer"),
        who=text_of(data, "who"),
        by=view.actor,
        at=now(),
    )


def _hold(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.note_held(session, record, today=view.today, by=view.actor, at=now())


def _draft(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    texts = drafting.drafted(view.instance, session, record)
    writing.draft_minutes(session, record, texts, expected=number_of(data, "version"), by=view.actor, at=now())


def _approve(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    written = meeting_of(session, record)
    given = checked(view, form.read(view, data, written, "minutes"), data, record.id)
    writing.approve(
        session,
        record,
        given,
        view.vocabulary,
        meeting=text_of(data, "meeting"),
        group=text_of(data, "group"),
        changed=text_of(data, "changed"),
        expected=number_of(data, "version"),
        by=view.actor,
        at=now(),
    )


def _mandate(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    title, objectives, since = mandate_form.read(view, data)
    mandating.adopt(
        session, record, view.vocabulary, title=title, objectives=objectives, since=since, by=view.actor, at=now()
    )


def _publish(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.publish(session, record, expected=number_of(data, "version"), by=view.actor, at=now())


def _withdraw(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.withdraw(session, record, by=view.actor, at=now())


def _show_minutes(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.show_minutes(session, record, view.vocabulary, said=text_of(data, "reason"), by=view.actor, at=now())


def _hide_minutes(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.hide_minutes(session, record, by=view.actor, at=now())


def _cancel(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    writing.cancel(session, record, view.vocabulary, reason=text_of(data, "reason"), by=view.actor, at=now())


def _erase(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    if text_of(data, "word").casefold() != view._(ERASE).casefold():
        raise Faulty([Fault(field="word", text=NOT_TYPED)])
    writing.erase(session, record, by=view.actor, at=now())


def show_step(
    view: View,
    record_id: str,
    name: str,
    refused: Refusal = NOTHING,
    data: Mapping[str, Any] | None = None,
) -> Response[Any]:
    """The page of one step. Raises NotPermitted; a step that the state does not allow leads back to the meeting."""
    step = next(one for one in reading.STEPS if one.name == name)
    with view.instance.database.read(view.region_id) as session:
        record = reading.read_record(view, session, record_id)
        require(view.actor, step.action, subject_of(session, record))
        told = reading.tell(view, session, record)
        held = attendance.held(session, view.region_id, view.today) if name == "approve" else ()
        public = with_minutes_shown(session, record) if name == "show-minutes" else None
    offered = next((one for one in told.steps if one.name == name), None)
    if offered is None:
        return show(view, record_id, done="meanwhile", status=409)
    given = data or _before(view, name, told)
    return view.render(
        f"meetings/team/{name if name in ('approve', 'mandate') else 'step'}.html",
        status=400 if refused.errors else 200,
        name=name,
        heading=offered.label,
        refused=refused,
        given=given,
        typed=given,
        tongues=view.tongues(*form.languages_of(view, told.meeting)),
        longest=checks.LONGEST,
        approving=[
            {
                "value": one.id,
                "label": f"{format_date(one.day, view.lang)} – {view.say(one.title)}",
                "chosen": text_of(given, "meeting") == one.id,
            }
            for one in held
            if one.id != told.id and one.day >= told.meeting.day
        ],
        rows=mandate_form.rows_in(given),
        word=view._(ERASE),
        public=public.meeting if public else None,
        **meeting_context(view, told, ""),
    )


def take(view: View, record_id: str, name: str, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            do(view, session, reading.read_record(view, session, record_id), data)
    except (Faulty, Identifying) as error:
        if name in ("answer", "invite", "remind"):
            return show_refused(view, record_id, form.refusal(view, error, data), data)
        return show_step(view, record_id, name, form.refusal(view, error, data), data)
    except (Conflict, IllegalTransition):
        return show(view, record_id, done="meanwhile", status=409)
    return to_meeting(view, "" if name == "erase" else record_id, name)


def show_refused(view: View, record_id: str, refused: Refusal, data: Mapping[str, Any]) -> Response[Any]:
    """The page of the meeting with an answer that cannot be taken as it is."""
    with view.instance.database.read(view.region_id) as session:
        told = reading.tell(view, session, reading.read_record(view, session, record_id))
    context = meeting_context(view, told, "")
    return view.render("meetings/team/meeting.html", status=400, refused=refused, given=data, **context)


def _before(view: View, name: str, told: Entry) -> dict[str, Any]:
    """What the form of a step holds before anybody writes in it."""
    if name == "approve":
        return form.typed_from(told.meeting, "minutes")
    if name == "mandate":
        return mandate_form.typed_from(view, (told.meeting.last_day or told.meeting.day).isoformat())
    return {}


def _step(name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    action: Action = next(step.action for step in reading.STEPS if step.name == name)
    path = f"/{{lang:str}}/{{region:str}}/team/meetings/{{record_id:str}}/{name}"

    @page(path, may=action)
    def asked(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
        return show_step(site.view(request, lang, region), record_id, name)

    return asked, _sent(name, action, do)


def _sent(name: str, action: Action, do: Do) -> Any:
    @sent_form(f"/{{lang:str}}/{{region:str}}/team/meetings/{{record_id:str}}/{name}", may=action)
    def done(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite, data: Data) -> Response[Any]:
        return take(site.view(request, lang, region), record_id, name, data, do)

    return done


STEPS: Final[Mapping[str, Do]] = {
    "announce": _announce,
    "hold": _hold,
    "draft": _draft,
    "approve": _approve,
    "mandate": _mandate,
    "publish": _publish,
    "withdraw": _withdraw,
    "show-minutes": _show_minutes,
    "hide-minutes": _hide_minutes,
    "cancel": _cancel,
    "erase": _erase,
}
ON_THE_PAGE: Final[Mapping[str, tuple[Action, Do]]] = {
    "invite": ("group.lead", _invite),
    "remind": ("group.lead", _remind),
    # Whether one speaks for the organisation, or leads the work, is asked of each answer.
    "answer": ("group.read", _answer),
}
"""What is done on the page of the meeting itself."""

handlers = (
    *(handler for name, do in STEPS.items() for handler in _step(name, do)),
    *(_sent(name, action, do) for name, (action, do) in ON_THE_PAGE.items()),
)
