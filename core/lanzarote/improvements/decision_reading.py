"""The decision on an improvement as the public reads it: dissent always, names only of bodies that agreed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.improvements import deciding, forwarding
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.dissent import voices
from lanzarote.improvements.positions_reading import tell_forwarding
from lanzarote.web.labels import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.improvements.dissent import Dissent
    from lanzarote.improvements.outcome import GroupOutcome, Step
    from lanzarote.improvements.positions_model import Decided, ImprovementDecision
    from lanzarote.improvements.positions_reading import ToldForwarding
    from lanzarote.improvements.positions_words import Explained
    from lanzarote.records import Record
    from lanzarote.web.site import View


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
    """How many of these were written down and not confirmed by the body."""
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


def decision_context(
    view: View, session: Session, record: Record, row: ImprovementDecision | None = None
) -> dict[str, Any]:
    """What ``improvements/decision.html`` relies on: the decision *row* or else the one in force, or None."""
    row = row or deciding.in_force(session, record)
    if row is None:
        return {"decision": None}
    told = row.told()
    heard = voices(told)
    reasons, lang = view.text(told.reasons)
    went = forwarding.forwardings(session, record, row.number)
    return {
        "decision": PublicDecision(
            verdict=told.outcome.verdict,
            words=view._(words.VERDICTS[told.outcome.verdict]),
            day=told.day,
            reasons=reasons,
            reasons_lang=lang,
            dissent=tuple(_dissent(view, told, heard.dissent)),
            counts=tuple(_counts(view, told)),
            unconfirmed=told.unconfirmed,
            named=words.listed(view, [one.stakeholder for one in heard.named], told.bodies),
            withheld=heard.withheld,
            rule=written(*view.text(told.rule.text), view.lang),
            editorial=told.rule.editorial,
            steps=tuple(words.explain(view, _nameless(told), {})),
            meeting=_meeting(view, told.meeting),
            forwardings=tuple(tell_forwarding(view, one) for one in went),
        )
    }


def _meeting(view: View, record_id: str) -> tuple[str, str]:
    """Both are empty where the public reads nothing of the meeting, or there was none."""
    for one in view.instance.meetings(view.region_id) if record_id else ():
        if one.id == record_id:
            titles = {code: text.title for code, text in one.meeting.text.items() if text.title}
            return one.slug, view.say(titles)
    return "", ""


def _dissent(view: View, told: Decided, dissent: Sequence[Dissent]) -> Iterator[Voice]:
    for one in dissent:
        if one.named:
            name = words.name_of(view, told.bodies[one.named.stakeholder])
            text = Markup("<strong>{}</strong> – {}").format(name, words.choice(view, one.choice))
            yield Voice(text=text, reason=one.named.reason, lang=one.named.lang or view.lang)
        else:
            text = escape(words.dissent(view, one.choice))
            yield Voice(text=text, reason="", lang=view.lang)


def _counts(view: View, told: Decided) -> Iterator[tuple[str, int]]:
    said = [one.choice for one in told.positions]
    for code in words.CHOICES:
        if count := said.count(code):  # type: ignore[arg-type]
            yield words.choice(view, code), count
    if silent := len(told.taking_part) - len(said):
        yield words.choice(view, "silent"), silent


def _nameless(told: Decided) -> GroupOutcome:
    """The outcome without whose position was which."""
    steps: tuple[Step, ...] = tuple(replace(step, stakeholders=()) for step in told.outcome.steps)
    return replace(told.outcome, steps=steps)
