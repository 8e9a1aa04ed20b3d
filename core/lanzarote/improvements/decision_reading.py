"""A decision as pages show it: the form on which it is recorded, and what the public reads of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from msgspec import Struct, UnsetType

from lanzarote.improvements import deciding
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.documents import OutcomeStep
from lanzarote.improvements.outcome import GroupOutcome, Step
from lanzarote.improvements.positions_reading import tell_forwarding
from lanzarote.stakeholders import attendance
from lanzarote.translation import format_date
from lanzarote.web.forms import many_of
from lanzarote.web.labels import written
from lanzarote.web.refusals import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.improvements.deciding import Preview
    from lanzarote.improvements.documents import DecisionDocument, DissentingVoice
    from lanzarote.improvements.positions_reading import ToldForwarding
    from lanzarote.improvements.positions_words import Explained
    from lanzarote.records.records import Record
    from lanzarote.web.site import View


def about_decide(view: View, session: Session, record: Record, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows; *data*: what was typed and could not be recorded.

    Until somebody has looked at who was there, it is who was at the meeting, or without one, who has answered.
    """
    asked = view.request.query_params
    meetings = attendance.held(session, view.region_id, view.today)
    meeting = text_of(data, "meeting") or asked.get("meeting", "")
    chosen = next((one for one in meetings if one.id == meeting), None)
    there: tuple[str, ...] | None
    if data and text_of(data, "again") != "notes":
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


class Voice(Struct, frozen=True, kw_only=True):
    """A body that did not agree, or not wholly."""

    text: str
    reason: str
    """Only of a body that agreed to be named: it could tell who it is."""
    lang: str


class PublicDecision(Struct, frozen=True, kw_only=True):
    verdict: str
    words: str
    day: date
    reasons: str
    reasons_lang: str
    dissent: tuple[Voice, ...]
    counts: tuple[tuple[str, int], ...]
    unconfirmed: int
    """How many of these were recorded and not confirmed by the body."""
    named: str
    """Others that agreed to be named and are."""
    withheld: bool
    """Some agreed to be named and are not, so that nobody else can be worked out."""
    rule: Markup
    editorial: bool
    steps: tuple[Explained, ...]
    meeting: tuple[str, str]
    """Slug and title of where it was decided, if everybody may read of that meeting."""
    forwardings: tuple[ToldForwarding, ...]


def tell_decision(view: View, decision: DecisionDocument | None, meeting: str = "") -> PublicDecision | None:
    """What ``improvements/decision.html`` relies on; *meeting*: id of the one that decided, if it is recorded here."""
    if decision is None:
        return None
    reasons, lang = view.text(decision.reasons)
    return PublicDecision(
        verdict=decision.verdict,
        words=view._(words.VERDICTS[decision.verdict]),
        day=decision.day,
        reasons=reasons,
        reasons_lang=lang,
        dissent=tuple(_dissent(view, decision.dissent)),
        counts=tuple(_counts(view, decision)),
        unconfirmed=decision.unconfirmed,
        named=words.listed(
            view, [one.stakeholder for one in decision.named], {one.stakeholder: one.name for one in decision.named}
        ),
        withheld=decision.names_withheld,
        rule=written(*view.text(decision.rule.text), view.lang),
        editorial=decision.rule.editorial,
        steps=words.explain(view, _outcome(decision), {}, known=not isinstance(decision.not_asked, UnsetType)),
        meeting=_meeting(view, meeting),
        forwardings=tuple(tell_forwarding(view, one) for one in decision.forwarded),
    )


def _meeting(view: View, record_id: str) -> tuple[str, str]:
    """Both are empty where the public reads nothing of the meeting, or there was none."""
    found = view.instance.meeting_titles(view.region_id).get(record_id)
    return (found.slug, view.say(found.title)) if found else ("", "")


def _dissent(view: View, dissent: Sequence[DissentingVoice]) -> Iterator[Voice]:
    for one in dissent:
        if one.stakeholder:
            name = words.name_of(view, one.name)
            text = Markup("<strong>{}</strong> – {}").format(name, words.choice(view, one.choice))
            yield Voice(text=text, reason=one.reason, lang=one.language or view.lang)
        else:
            text = escape(words.dissent(view, one.choice))
            yield Voice(text=text, reason="", lang=view.lang)


def _counts(view: View, decision: DecisionDocument) -> Iterator[tuple[str, int]]:
    for code in words.CHOICES:
        if count := decision.counts.get(code, 0):  # type: ignore[call-overload]
            yield words.choice(view, code), count
    others = decision.taking_part - sum(decision.counts.values())
    if isinstance(decision.not_asked, UnsetType):
        told = {"unknown": others}
    else:
        told = {"silent": others - decision.not_asked, "not-asked": decision.not_asked}
    yield from ((words.choice(view, code), count) for code, count in told.items() if count > 0)


def _outcome(decision: DecisionDocument) -> GroupOutcome:
    names = OutcomeStep.__struct_fields__
    steps = tuple(Step(**{name: getattr(one, name) for name in names}) for one in decision.steps)
    return GroupOutcome(verdict=decision.verdict, steps=steps)
