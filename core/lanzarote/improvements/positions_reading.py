"""Positions of an improvement as the group reads them: a line for each body, and what can be done."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup
from msgspec import Struct

from lanzarote.accounts.service import names
from lanzarote.improvements import calling, deciding, moving, positions
from lanzarote.improvements import positions_words as words
from lanzarote.improvements.improvement_kind import IMPROVEMENTS, LABELS
from lanzarote.improvements.model import IMPROVEMENT, IMPROVEMENT_LIFECYCLE, STATES, VERDICT_OF, status_of
from lanzarote.kinds.kind import leads
from lanzarote.kinds.record_pages import title_of
from lanzarote.kinds.service import content_of
from lanzarote.kinds.versions import person
from lanzarote.records.records import Record
from lanzarote.stakeholders import attendance, members
from lanzarote.translation import N_, format_date, language_name
from lanzarote.types import Improvement
from lanzarote.web.labels import written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.documents import ForwardedDocument
    from lanzarote.improvements.model import ImprovementStatus
    from lanzarote.improvements.positions import BodySaid
    from lanzarote.improvements.positions_model import Call, Decided, Forwarded, ImprovementDecision, Position
    from lanzarote.improvements.positions_words import Explained
    from lanzarote.types import Text
    from lanzarote.web.site import View

TEXTS: Final = ("summary", "proposal", "reasons", "expected", "means", "objections")


class Passage(Struct, frozen=True, kw_only=True):
    """A text of the improvement."""

    label: str
    text: str
    lang: str
    language: str
    """Name of its language, where it is not the page's."""


class Proposal(Struct, frozen=True, kw_only=True):
    """What an improvement says in one of its versions."""

    title: Markup
    passages: tuple[Passage, ...]


class Said(Struct, frozen=True, kw_only=True):
    """What a body said, once."""

    choice: str
    words: str
    reason: str
    lang: str
    how: str
    source: str
    recorded: bool
    named: bool
    at: datetime
    by: str
    number: int


class Line(Struct, frozen=True, kw_only=True):
    """A body in the table of positions."""

    id: str
    name: Markup
    side: str
    side_words: str
    sectors: str
    asked: bool
    said: Said | None
    """What counts; None: it has said nothing on the text as it is called."""
    unconfirmed: Said | None
    """What was recorded after it had answered itself: it counts only once the body confirms it."""
    words: str
    """Its position, or that it was not asked or has not answered."""
    before: tuple[Said, ...]
    """What it said earlier, the newest first."""

    @property
    def is_to_confirm(self) -> bool:
        """Something was recorded for it that it has not confirmed."""
        return self.unconfirmed is not None or (self.said is not None and self.said.recorded)


class Told(Struct, frozen=True, kw_only=True):
    """What the page of the positions needs."""

    id: str
    version: int
    proposal: Proposal
    status: ImprovementStatus
    state: str
    call: Call | None
    running: bool
    decided: bool
    """A decision is in force, and the group does not discuss it again."""
    asked_by: str
    lines: tuple[Line, ...]
    counts: tuple[tuple[str, int], ...]
    unreached: tuple[tuple[str, Markup], ...]
    """Id and name of those who are asked and whom nothing from here reaches."""
    """Bodies that were asked, for a position or to confirm one, and cannot be reached from here."""
    silent: int
    to_confirm: int
    """How many were asked to confirm what was recorded for them, and have not; without those that are silent."""
    decisions: tuple[ToldDecision, ...]
    forwardings: tuple[ToldForwarding, ...]
    steps: frozenset[str]
    """What the state allows now: call, recall, adopt."""


class ToldDecision(Struct, frozen=True, kw_only=True):
    """A decision for the group: dissent under the name of who voiced it."""

    number: int
    verdict: str
    words: str
    day: date
    by: str
    version: int
    rule: Markup
    editorial: bool
    reasons: str
    reasons_lang: str
    present: str
    lines: tuple[tuple[Markup, str, str, str], ...]
    """Name, position, reason and its language, of each body."""
    steps: tuple[Explained, ...]
    meeting: attendance.Titled | None
    in_force: bool
    explained: tuple[str, ...]
    """Why what the guard asked about stays in the reasons."""


class ToldForwarding(Struct, frozen=True, kw_only=True):
    place: str
    day: date
    result: str
    votes: str
    code: str


def proposal(view: View, session: Session, record: Record, number: int) -> Proposal:
    """What version *number* says, in the reader's language where it is written in it."""
    body = content_of(IMPROVEMENTS, session, record, number)
    passages = []
    for field in TEXTS:
        text, lang = view.text(_texts(body, field), body.original)
        if text:
            other = language_name(lang, view.lang) if lang != view.lang else ""
            passages.append(Passage(label=view._(LABELS[field]), text=text, lang=lang, language=other))
    return Proposal(title=title_of(IMPROVEMENTS, view, body), passages=tuple(passages))


def tell(view: View, session: Session, record: Record) -> Told:
    """Everything about the positions of *record*, by as many questions for many bodies as for one."""
    status, bodies = status_of(record), members.bodies(session)
    call = calling.last(session, record)
    running = call is not None and not call.ended and status.state == "called"
    rows = positions.history(session, record)
    decided = deciding.decisions(session, record)
    people = names(session, [*(row.by for row in rows), *(row.by for row in decided), call.by if call else ""])
    found = (_line(view, one, people) for one in positions.by_body(bodies, call, rows))
    lines = tuple(sorted(found, key=lambda line: view.sort_key(line.name)))
    silent = [one.id for one in lines if running and one.asked and (one.said is None or one.said.choice == "awaiting")]
    to_confirm = [one.id for one in lines if running and one.id not in silent and one.is_to_confirm]
    asked = [*silent, *to_confirm]
    sending = calling.sending_to(session, record.region_id, asked)
    return Told(
        id=record.id,
        version=record.version,
        proposal=proposal(view, session, record, status.called_version or record.version),
        status=status,
        state=view._(STATES[IMPROVEMENT][status.state]),
        call=call,
        running=running,
        decided=status.decision != 0 and status.state in VERDICT_OF,
        asked_by=person(view, people, call.by) if call else "",
        lines=lines,
        counts=_counts(view, lines),
        unreached=tuple((one.id, one.name) for one in lines if one.id in asked and not sending.reaches(one.id)),
        silent=len(silent),
        to_confirm=sum(map(sending.reaches, to_confirm)),
        decisions=_decisions(view, session, decided, people, status.decision),
        forwardings=tuple(tell_forwarding(view, row.told()) for row in moving.forwardings(session, record)),
        steps=frozenset(
            step for step in ("call", "recall", "adopt") if leads(IMPROVEMENT_LIFECYCLE, status.state, step)
        ),
    )


def tell_said(view: View, row: Position, people: Mapping[str, str]) -> Said:
    day = format_date(date.fromisoformat(row.source_on), view.lang) if row.source_on else ""
    return Said(
        choice=row.choice,
        words=words.choice(view, row.choice),
        reason=row.reason,
        lang=row.lang or view.lang,
        how=view._(words.HOW[row.how]),  # type: ignore[index]
        source=", ".join(filter(None, (row.source, day))),
        recorded=row.recorded,
        named=row.named,
        at=row.at,
        by=people.get(row.by, ""),
        number=row.number,
    )


def tell_forwarding(view: View, told: Forwarded | ForwardedDocument) -> ToldForwarding:
    held = told.abstentions
    votes = [
        view._(text) % {"num": number}
        for number, text in ((told.votes_for, N_("%(num)s for")), (told.votes_against, N_("%(num)s against")))
        if number is not None
    ]
    if held is not None:
        votes.append(view.translator.ngettext("%(num)s abstention", "%(num)s abstentions", held) % {"num": held})
    return ToldForwarding(
        place=view._(words.PLACES[told.to]),
        day=told.day,
        result=view._(words.RESULTS[told.result]),
        votes=", ".join(votes),
        code=told.code,
    )


def _line(view: View, one: BodySaid, people: Mapping[str, str]) -> Line:
    counts, waits = (one.heard.counts, one.heard.unconfirmed) if one.heard else (None, None)
    code = counts.choice if counts else "silent" if one.asked else "not-asked"
    return Line(
        id=one.body.id,
        name=words.name_of(view, one.body.name),
        side=one.body.side,
        side_words=words.side(view, one.body.side),
        sectors=words.sectors_of(view, one.body.sectors),
        asked=one.asked,
        said=tell_said(view, counts, people) if counts else None,
        unconfirmed=tell_said(view, waits, people) if waits else None,
        words=words.choice(view, code),
        before=tuple(tell_said(view, row, people) for row in one.before),
    )


def _counts(view: View, lines: Sequence[Line]) -> tuple[tuple[str, int], ...]:
    """How many said what; what nobody said is left out."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.words] = found.get(line.words, 0) + 1
    order = [view._(text) for text in words.CHOICES.values()]
    return tuple((text, found[text]) for text in order if text in found)


def _decisions(
    view: View, session: Session, rows: Sequence[ImprovementDecision], people: Mapping[str, str], in_force: int
) -> tuple[ToldDecision, ...]:
    told = {row.number: row.told() for row in rows}
    meetings = attendance.titled(session, view.region_id, {one.meeting for one in told.values()} - {""})
    return tuple(_decision(view, row, told[row.number], people, in_force, meetings) for row in rows)


def _decision(
    view: View,
    row: ImprovementDecision,
    told: Decided,
    people: Mapping[str, str],
    in_force: int,
    meetings: Mapping[str, attendance.Titled],
) -> ToldDecision:
    reasons, lang = view.text(told.reasons)
    return ToldDecision(
        number=row.number,
        verdict=told.outcome.verdict,
        words=view._(words.VERDICTS[told.outcome.verdict]),
        day=told.day,
        by=person(view, people, row.by),
        version=told.version,
        rule=_rule(view, told.rule.text),
        editorial=told.rule.editorial,
        reasons=reasons,
        reasons_lang=lang,
        present=words.listed(view, told.present, told.bodies),
        lines=tuple(
            (
                words.name_of(view, told.bodies.get(one.stakeholder, {})),
                words.choice(view, one.choice),
                one.reason,
                one.lang or view.lang,
            )
            for one in told.positions
        ),
        steps=words.explain(view, told.outcome, told.bodies, known=told.asked is not None),
        meeting=meetings.get(told.meeting),
        in_force=row.number == in_force,
        explained=tuple(one.text for one in told.explained),
    )


def _rule(view: View, text: Text) -> Markup:
    return written(*view.text(text), view.lang)


def _texts(body: Improvement, field: str) -> dict[str, str]:
    return {lang: text for lang, texts in body.text.items() if (text := getattr(texts, field))}


def people_of(session: Session, rows: Sequence[Any]) -> dict[str, str]:
    """Names of those who gave or recorded *rows*."""
    return names(session, [row.by for row in rows])
