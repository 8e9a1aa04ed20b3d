"""The page on which a decision is written down: who was there, what follows by the rule, and at which meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.improvements import deciding
from lanzarote.improvements import positions_words as words
from lanzarote.stakeholders import attendance
from lanzarote.translation import format_date
from lanzarote.web.forms import many_of
from lanzarote.web.refusals import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.improvements.deciding import Preview
    from lanzarote.records.records import Record
    from lanzarote.web.site import View


def about_decide(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows; *data*: what was typed and could not be written down.

    Until somebody has looked at who was there, it is who was at the meeting, or without one, who has answered.
    """
    asked = view.request.query_params
    meetings = attendance.held(session, view.region_id, view.today)
    meeting = text_of(data, "meeting") or asked.get("meeting", "")
    chosen = next((one for one in meetings if one.id == meeting), None)
    there: tuple[str, ...] | None
    if data:
        there = many_of(data, "present")
    elif asked.get("looked", "") == "yes":
        there = tuple(asked.getall("present", []))
    else:
        there = None
    at = chosen.id if chosen else ""
    seen = deciding.preview(session, record, view.vocabulary, there, meeting=at, today=view.today)
    names = {one.id: one.name for one in seen.bodies.taking_part}
    rule, lang = view.text(seen.rule.text)
    return {
        "seen": seen,
        "mark": seen.mark,
        "awaited": [words.name_of(view, names[one]) for one in seen.awaited],
        "doubt": view._(seen.doubt.text) if seen.doubt else "",
        "notes_href": view.href("team", "meetings", at, "notes") if at else "",
        "own_letters": _own_letters(view, seen),
        "verdict": view._(words.VERDICTS[seen.outcome.verdict]),
        "steps": words.explain(view, seen.outcome, names),
        "rule": rule,
        "rule_lang": lang,
        "presents": [
            {
                "value": one.id,
                "label": words.name_of(view, one.name),
                "help": words.choice(view, _said(seen, one.id)),
                "chosen": one.id in seen.present,
            }
            for one in sorted(seen.bodies.taking_part, key=lambda one: view.sort_key(one.name))
        ],
        "tongues": view.tongues(),
        "day": text_of(data, "day") or (chosen.day if chosen else view.today).isoformat(),
        "meeting": at,
        "meetings": [
            {
                "value": one.id,
                "label": f"{format_date(one.day, view.lang)} – {view.text(one.title, one.original)[0]}",
                "chosen": one.id == meeting,
            }
            for one in meetings
        ],
    }


def _said(seen: Preview, stakeholder_id: str) -> str:
    """What a body said; else whether it was asked."""
    if stakeholder_id in seen.positions:
        return seen.positions[stakeholder_id].choice
    return "silent" if stakeholder_id in seen.asked else "not-asked"


def _own_letters(view: View, seen: Preview) -> str:
    """Why somebody else has to write it down, if so."""
    alone = seen.outcome.verdict != "no-quorum" and seen.wrote(view.actor)
    return view._(deciding.OWN_LETTERS) if alone else ""
