"""What the pages of positions ask for and offer to choose from, step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from lanzarote.improvements import calling
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.decision_form import about_decide
from lanzarote.improvements.forwarding import PLACES, RESULTS
from lanzarote.improvements.positions_model import CHOICES
from lanzarote.stakeholders import members
from lanzarote.translation import N_, language_name
from lanzarote.web.fields import many_of
from lanzarote.web.refusals import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.records import Record
    from lanzarote.stakeholders.members import Body
    from lanzarote.web.site import View

    Context = Callable[[View, Session, Record, Mapping[str, Any]], dict[str, Any]]

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
    return view._(N_("cannot be reached from here: give it a contact, or write down what it says"))


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
