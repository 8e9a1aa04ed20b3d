"""The team's pages of positions: who said what; asking, recalling, reminding, writing down, deciding, forwarding."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect
from msgspec.structs import replace

from lanzarote.errors import Conflict
from lanzarote.improvements import calling, deciding, forwarding, positions, positions_reading
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.deciding import Deciding
from lanzarote.improvements.decision_form import about_decide
from lanzarote.improvements.forwarding import PLACES, RESULTS, Noted
from lanzarote.improvements.positions import Given, Written
from lanzarote.improvements.positions_model import CHOICES
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import now
from lanzarote.records.validation import Faulty, Identifying
from lanzarote.stakeholders import members
from lanzarote.translation import N_, language_name
from lanzarote.translation.typed_dates import is_iso_day
from lanzarote.web.asking import Asked, Id, Lang, OurSite, Region, page_and_form
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import (
    NOT_NOW,
    NOTHING,
    Refusal,
    asked_about,
    date_of,
    number_of,
    reasons_in,
    refusal,
    text_of,
)
from lanzarote.web.routes import PRIVATE, page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.positions_reading import Told
    from lanzarote.records.permissions import Action
    from lanzarote.records.records import Record
    from lanzarote.stakeholders.members import Body

    Do = Callable[[View, Session, Record, Mapping[str, Any]], None]
    Context = Callable[[View, Session, Record, Mapping[str, Any]], dict[str, Any]]


TEAM: Final = ("team", "improvements")
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
DONE: Final[Mapping[str, str]] = {
    "call": N_("Positions are asked for. Representatives find it on their start page; mails are on their way."),
    "recall": N_("Positions are no longer asked for: the text can be changed again."),
    "extend": N_("There is more time now."),
    "remind": N_("A new message goes to those who have not answered and can be reached."),
    "record": N_(
        "Recorded. The body is asked to confirm or correct it, if it can be reached from here. What it said itself "
        "counts until then."
    ),
    "decide": N_("Decision recorded."),
    "forward": N_("It is noted, and public."),
    "position": N_("Your position is given. You can change it until the decision."),
}
HEADINGS: Final[Mapping[str, str]] = {
    "call": N_("Ask for positions"),
    "recall": N_("Stop asking for positions"),
    "extend": N_("Leave more time"),
    "remind": N_("Remind those who have not answered"),
    "record": N_("Record what a body said"),
    "decide": N_("Decide"),
    "forward": N_("Note where it was forwarded"),
}
REASONS: Final = N_("Reasons")


@page("/{lang:str}/{region:str}/team/improvements/{record_id:str}/positions", may="group.read")
def all_positions(request: Asked, lang: Lang, region: Region, record_id: Id, site: OurSite) -> Response[Any]:
    """Who said what about an improvement, and what was decided."""
    return show(site.view(request, lang, region), record_id, done=request.query_params.get("done", ""))


def show(view: View, record_id: str, *, done: str = "", fault: str = "", status: int = 200) -> Response[Any]:
    """The page of the positions; *fault*: why something was not done."""
    with view.instance.database.read(view.region_id) as session:
        record = positions_reading.read_record(view, session, record_id)
        told = positions_reading.tell(view, session, record)
    return view.render(
        "improvements/team/positions.html",
        status=status,
        told=told,
        done=view._(DONE[done]) if done in DONE else "",
        fault=view._(fault) if fault else "",
        may_lead=view.may("group.lead"),
        own=own_body(view),
        headings={name: view._(text) for name, text in HEADINGS.items()},
        **frame(view, record_id),
    )


def show_step(
    view: View, record_id: str, name: str, data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING
) -> Response[Any]:
    """The page of one step, with what was typed. Raises NotFound, Gone, NotPermitted."""
    given = data if data is not None else {}
    with view.instance.database.read(view.region_id) as session:
        record = positions_reading.read_record(view, session, record_id)
        deciding.require_lead(session, record, view.actor)
        told = positions_reading.tell(view, session, record)
        if not _is_possible(name, told):
            return show(view, record_id, fault=NOT_NOW if name != "forward" else forwarding.NOT_ADOPTED, status=409)
        try:
            context = CONTEXTS[name](view, session, record, given)
        except Faulty as error:
            context, refused = {"blocked": True}, refusal(view, error)
    return view.render(
        f"improvements/team/{name if name in OWN_PAGES else 'call_step'}.html",
        status=400 if refused.errors and data is not None else 200,
        name=name,
        heading=view._(HEADINGS[name]),
        told=told,
        refused=refused,
        given=given,
        **context,
        **frame(view, record_id),
    )


OWN_PAGES: Final = ("call", "record", "decide", "forward")


def take(view: View, record_id: str, name: str, data: Mapping[str, Any], do: Do) -> Response[Any]:
    """Take a step, then lead to where one sees it; say why not on the page of the step."""
    try:
        with view.instance.database.write(view.region_id) as session:
            do(view, session, positions_reading.read_record(view, session, record_id), data)
    except (Faulty, Identifying) as error:
        return show_step(view, record_id, name, data, _refused(view, name, error, data))
    except IllegalTransition:
        return show(view, record_id, fault=NOT_NOW, status=409)
    except Conflict as error:
        if name == "decide" and str(error) in (deciding.NOT_SO, deciding.NO_QUORUM):
            return show_step(view, record_id, name, data, Refusal(errors=({"field": "", "text": view._(str(error))},)))
        return show(view, record_id, fault=str(error), status=409)
    return to_positions(view, record_id, name)


def _refused(view: View, name: str, error: Faulty | Identifying, data: Mapping[str, Any]) -> Refusal:
    """Why not; what the guard asks about in the reasons of a decision stays with a reason of its own."""
    refused = refusal(view, error)
    if name != "decide":
        return refused
    reasons = view._(REASONS)

    def label(field: str) -> str:
        return f"{reasons} ({language_name(field.partition('.')[2], view.lang)})"

    return replace(refused, asked=asked_about(view, error, data, label))


def to_positions(view: View, record_id: str, done: str) -> Response[Any]:
    href = view.href(*TEAM, record_id, "positions", query={"done": done})
    return Redirect(href, status_code=303, headers=dict(PRIVATE))


def frame(view: View, record_id: str) -> dict[str, Any]:
    return {
        "here": view.href(*TEAM, record_id),
        "zone": view.vocabulary.zone,
        **FRAME,
    }


def own_body(view: View) -> str:
    """Id of the body that the reader speaks for here; empty without one."""
    mine = (one for one in view.actor.counting if one.role == "representative" and one.region_id == view.region_id)
    found = next((one.stakeholder_id for one in mine), "")
    return found if found and view.may("group.speak") else ""


def day_of(view: View, data: Mapping[str, Any], name: str) -> date | None:
    """A day as it was typed; None for anything else."""
    text = date_of(data, name, view.lang)
    return date.fromisoformat(text) if is_iso_day(text) else None


# What each step asks for, and offers to choose from

USUAL: Final = timedelta(days=30)
"""How long a call runs unless another day is chosen."""


def answers(view: View, chosen: str) -> list[dict[str, Any]]:
    """What a body may answer, in its own words."""
    return [
        {
            "value": code,
            "label": view._(words.ANSWERS[code][0]),
            "help": view._(words.ANSWERS[code][1]) if words.ANSWERS[code][1] else "",
            "chosen": code == chosen,
        }
        for code in CHOICES
    ]


def _about_call(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> dict[str, Any]:
    everybody = _sorted(view, members.bodies(session).taking_part)
    sending = calling.sending_to(session, record.region_id, [one.id for one in everybody])
    chosen = many_of(data, "chosen") if data else [one.id for one in everybody]
    return {
        "until": text_of(data, "until") or (view.today + USUAL).isoformat(),
        "bodies": [
            {
                "value": one.id,
                "label": words.name_of(view, one.name),
                "help": _reached(view, sending, one.id),
                "chosen": one.id in chosen,
            }
            for one in everybody
        ],
    }


def _reached(view: View, sending: calling.Sending, stakeholder_id: str) -> str:
    if stakeholder_id in sending.accounts:
        return view._(N_("by its representative’s account"))
    if stakeholder_id in sending.addresses:
        return view._(N_("by a mailed link to %(address)s")) % {"address": sending.addresses[stakeholder_id]}
    return view._(N_("cannot be reached from here: give it a contact, or record what it says"))


def _about_extend(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> dict[str, Any]:
    last = calling.current(session, record).last_day
    return {"until": text_of(data, "until") or (max(last, view.today) + timedelta(days=14)).isoformat()}


def _about_remind(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _about_record(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> dict[str, Any]:
    asked = view.request.query_params.get("stakeholder", "")
    wanted = text_of(data, "stakeholder") or asked
    names = [(str(words.name_of(view, one.name)), one) for one in members.bodies(session).taking_part]
    first = {"value": "", "label": view._("Choose…"), "chosen": not wanted}
    lang = text_of(data, "lang") or view.lang
    return {
        "bodies": [
            first,
            *(
                {"value": one.id, "label": view.say(one.name), "chosen": one.id == wanted}
                for _, one in sorted(names, key=lambda pair: view.sort_key(pair[0]))
            ),
        ],
        "answers": answers(view, text_of(data, "choice")),
        "tongues": [
            {"value": code, "label": language_name(code, view.lang), "chosen": code == lang}
            for code in dict.fromkeys((*view.vocabulary.header.languages, view.lang))
        ],
    }


def _about_forward(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> dict[str, Any]:
    def offered(codes: Sequence[str], said: Mapping[Any, str], name: str) -> list[dict[str, Any]]:
        return [{"value": one, "label": view._(said[one]), "chosen": text_of(data, name) == one} for one in codes]

    return {
        "places": offered(PLACES, words.PLACES, "to"),
        "results": offered(RESULTS, words.RESULTS, "result"),
    }


def _sorted(view: View, bodies: Sequence[Body]) -> list[Body]:
    return sorted(bodies, key=lambda one: view.sort_key(one.name))


CONTEXTS: Final[Mapping[str, Context]] = {
    "call": _about_call,
    "recall": _about_remind,
    "extend": _about_extend,
    "remind": _about_remind,
    "record": _about_record,
    "decide": about_decide,
    "forward": _about_forward,
}


# What each step does


def _call(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    version = number_of(data, "version")
    calling.call(
        session,
        record,
        until=day_of(view, data, "until"),
        chosen=many_of(data, "chosen"),
        expected=version,
        by=view.actor,
        at=now(),
        today=view.today,
    )


def _recall(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    calling.recall(session, record, by=view.actor, at=now())


def _extend(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    calling.extend(session, record, until=day_of(view, data, "until"), by=view.actor, at=now(), today=view.today)


def _remind(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    chosen = many_of(data, "chosen") or None
    calling.remind(session, record, chosen=chosen, by=view.actor, at=now())


def _record(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    given = Given(choice=text_of(data, "choice"), reason=text_of(data, "reason"), lang=text_of(data, "lang"))
    checked = positions.checked(given, view.vocabulary, confirmed=bool(data.get("confirmed")))
    written = Written(how=text_of(data, "how"), source=text_of(data, "source"), on=date_of(data, "on", view.lang))
    positions.record_said(
        session,
        record,
        text_of(data, "stakeholder"),
        checked,
        written,
        view.vocabulary,
        by=view.actor,
        at=now(),
        today=view.today,
    )


def _decide(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    deciding.decide(
        session,
        record,
        view.vocabulary,
        Deciding(
            present=many_of(data, "present"),
            reasons={code: text_of(data, f"reasons.{code}") for code in view.vocabulary.header.languages},
            day=day_of(view, data, "day"),
            meeting=text_of(data, "meeting"),
            verdict=text_of(data, "verdict"),
            mark=text_of(data, "mark") or "-",
        ),
        why=reasons_in(data),
        by=view.actor,
        at=now(),
        today=view.today,
    )


def _forward(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> None:
    votes = {name: _votes(data, name) for name in ("votes_for", "votes_against", "abstentions")}
    noted = Noted(
        to=text_of(data, "to"),
        day=day_of(view, data, "day"),
        result=text_of(data, "result"),
        code=text_of(data, "code"),
        **votes,
    )
    forwarding.forward(session, record, noted, view.vocabulary, by=view.actor, at=now(), today=view.today)


def _votes(data: Mapping[str, Any], name: str) -> int | None:
    text = text_of(data, name)
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else -1


def _is_possible(name: str, told: Told) -> bool:
    if name == "forward":
        return told.status.state in ("adopted", "completed")
    return "call" in told.steps if name == "call" else told.running


def _step(name: str, do: Do) -> tuple[Any, Any]:
    """The page and the form of one step."""
    action: Action = "group.lead"
    path = f"/{{lang:str}}/{{region:str}}/team/improvements/{{record_id:str}}/{PATHS.get(name, name)}"

    return page_and_form(
        path,
        action,
        lambda view, record_id: show_step(view, record_id, name),
        lambda view, record_id, data: take(view, record_id, name, data, do),
    )


PATHS: Final = {"record": "record-position"}
STEPS: Final[Mapping[str, Do]] = {
    "call": _call,
    "recall": _recall,
    "extend": _extend,
    "remind": _remind,
    "record": _record,
    "decide": _decide,
    "forward": _forward,
}

handlers = (all_positions, *(handler for name, do in STEPS.items() for handler in _step(name, do)))
