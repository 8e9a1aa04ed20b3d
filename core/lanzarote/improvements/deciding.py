"""The group decides on an improvement: the rule computes, a coordinator records why and who was there.

What is decided follows from the rule and the positions. For another decision, positions are asked for anew.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.errors import Conflict, NotPermitted
from lanzarote.improvements import calling, positions_model
from lanzarote.improvements.model import IMPROVEMENT_LIFECYCLE, status_of
from lanzarote.improvements.outcome import GroupOutcome, Member, outcome, voices
from lanzarote.improvements.positions_model import CountedPosition, Decided, ImprovementDecision, awaited
from lanzarote.records import records
from lanzarote.records.days import unfit_past
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import next_state
from lanzarote.records.permissions import require, subject_of
from lanzarote.records.records import Record, digest, encode
from lanzarote.records.tables import beside, last_number
from lanzarote.records.validation import MISSING, NOTHING_SAID, UNKNOWN, Fault, Faulty, unfit_text, why_it_stays
from lanzarote.stakeholders import attendance, members
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.improvements.outcome import Verdict
    from lanzarote.improvements.positions_model import Call, Position
    from lanzarote.improvements.service import Published
    from lanzarote.improvements.team_documents import Decide
    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.stakeholders.members import Bodies
    from lanzarote.types import DecisionRule

ACTION_OF: Final[Mapping[Verdict, str]] = {"adopted": "adopt", "not-adopted": "reject", "no-quorum": "postpone"}
"""What becomes of the improvement, as ``IMPROVEMENT_LIFECYCLE`` calls it."""
LONGEST_REASON: Final = 8_000

NO_RULE: Final = N_("The region has no rule by which its group decides. Its package has to bring one first.")
STILL_RUNS: Final = N_(
    "Organisations can still answer. Decide after the last day, or once all who were asked have answered and confirmed "
    "what was recorded for them."
)
NOT_SO: Final = N_("What is shown here no longer follows from the positions; nothing was recorded. Look at it again.")
NO_QUORUM: Final = N_("The group was not quorate: it can only be postponed.")
BEFORE_CALL: Final = N_("Positions were not asked for yet on this day.")
NOT_OF_GROUP: Final = N_("Only organisations that take part in the group count as present.")
NOT_HELD: Final = N_("This meeting has not been held, or is not known here.")
OTHER_DAY: Final = N_("The meeting was on another day. Write the day on which it was decided there.")
NOT_THERE: Final = N_(
    "The notes of the meeting do not name an organisation that is ticked here. If it was there, it is added to the "
    "notes first."
)
SILENT: Final = N_(
    "Without a meeting, only organisations that have answered count as present. If they met, choose the meeting at "
    "which it was decided."
)
NOT_NOTED: Final = N_(
    "The notes of this meeting do not say who was there. Until they do, only organisations that have answered count as "
    "present."
)
OWN_LETTERS: Final = N_(
    "You recorded a position that counts here and that its organisation has not confirmed. Somebody else who leads "
    "the group records the decision, or the organisation confirms it first. If nobody else leads the group, an "
    "administrator gives somebody that role."
)


class Preview(Struct, frozen=True, kw_only=True):
    """What would be decided now."""

    rule: DecisionRule
    call: Call
    bodies: Bodies
    taking_part: tuple[Member, ...]
    positions: Mapping[str, Position]
    asked: tuple[str, ...]
    """Ids of those taking part that were asked."""
    present: tuple[str, ...]
    """Ids of the bodies that are taken to have been there."""
    outcome: GroupOutcome
    awaited: tuple[str, ...]
    """Ids of those taking part that can still answer, or confirm what was recorded for them."""
    doubt: Fault | None = None
    """Why it cannot be decided with those who are said to have been present."""

    @property
    def may_decide(self) -> bool:
        """The last day is over, or nobody is waited for."""
        return not self.awaited

    @property
    def unconfirmed(self) -> int:
        """How many of the positions a coordinator recorded, and the body has not confirmed."""
        return sum(row.recorded for row in self.positions.values())

    def wrote(self, by: Actor) -> bool:
        """Whether *by* recorded a position that counts and that its body has not confirmed."""
        return any(row.recorded and row.by == by.account_id for row in self.positions.values())

    @property
    def mark(self) -> str:
        """Changes whenever a position or who takes part does."""
        counted = [(one, row.number, row.choice) for one, row in sorted(self.positions.items())]
        return digest(encode((self.rule, self.taking_part, counted)))[:16]


def preview(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    present: Collection[str] | None,
    *,
    meeting: str = "",
    today: date,
) -> Preview:
    """What follows from the positions as they are, decided at *meeting*.

    *present*: None takes those that the notes of the meeting name; without such notes, those that have answered.

    Raises Faulty when the region has no rule, Conflict when positions are not asked for.
    """
    if not vocabulary.decisions:
        raise Faulty([Fault(field="", text=NO_RULE)])
    rule, running, bodies = vocabulary.decisions[-1], calling.current(session, record), members.bodies(session)
    heard = {
        one: found
        for one, found in positions_model.heard(session, record, running.number, bodies).items()
        if one in bodies.by_id and bodies.by_id[one].takes_part
    }
    said = {one: found.counts for one, found in heard.items()}
    taking_part = tuple(
        Member(stakeholder=one.id, side=one.side, sectors=one.sectors)
        for one in sorted(bodies.taking_part, key=lambda one: one.id)
    )
    noted = _noted_at(session, record, bodies, meeting) if meeting else set()
    there = (noted or _answered(said)) if present is None else set(present)
    of_group = {one.stakeholder for one in taking_part}
    asked = tuple(sorted(of_group & set(map(bodies.present_id, running.asks()))))
    waiting: set[str] = set()
    if today <= running.last_day:
        sending = calling.sending_to(session, record.region_id, [one for one in heard if heard[one].is_to_confirm])
        waiting = awaited(asked, heard, sending.reaches)
    return Preview(
        rule=rule,
        call=running,
        bodies=bodies,
        taking_part=taking_part,
        positions=said,
        asked=asked,
        present=tuple(sorted(there)),
        doubt=_doubt(there, noted, said, meeting),
        outcome=outcome(rule, taking_part, {one: row.choice for one, row in said.items()}, there, asked),  # type: ignore[misc]
        awaited=tuple(sorted(waiting)),
    )


def decide(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    given: Decide,
    *,
    why: Mapping[tuple[str, str], str] = NOTHING_SAID,
    by: Actor,
    at: datetime,
    today: date,
) -> ImprovementDecision:
    """Record what the group decided, and let it become so: adopted and not adopted are public from now on.

    *why* by (field, code) is why things stay in the reasons that the guard asks about. Nobody publishes alone what
    rests on positions they recorded themselves. Raises Faulty, Identifying, NotPermitted, Conflict.
    """
    hold(session, record, "group.lead", by)
    seen = preview(session, record, vocabulary, given.present, meeting=given.meeting.strip(), today=today)
    given, explained = _checked(given, seen, vocabulary, why=why, by=by, today=today)
    if given.meeting:
        _require_held(session, record, given, today)
    if seen.doubt:
        raise Faulty([seen.doubt])
    if not seen.may_decide:
        raise Conflict(STILL_RUNS)
    if seen.outcome.verdict != "no-quorum" and seen.wrote(by):
        raise NotPermitted(OWN_LETTERS)
    if given.mark != seen.mark:
        raise Conflict(NOT_SO)
    if given.verdict != seen.outcome.verdict:
        raise Conflict(NO_QUORUM if seen.outcome.verdict == "no-quorum" else NOT_SO)
    status = status_of(record)
    action = ACTION_OF[seen.outcome.verdict]
    state = next_state(IMPROVEMENT_LIFECYCLE, status.state, action)
    row = ImprovementDecision(
        region_id=record.region_id,
        record_id=record.id,
        number=last_number(session, ImprovementDecision, record) + 1,
        body=encode(_decided(seen, given, explained, _named_before(session, record, seen))),
        by=by.account_id,
        at=at,
    )
    session.add(row)
    calling.end(session, seen.call, "decided", at)
    put = msgspec.structs.replace(status, state=state, decision=row.number, withdrawn={})
    if action == "postpone":
        put = msgspec.structs.replace(
            put, called_until=None, called_version=0, decision=status.decision, withdrawn=status.withdrawn
        )
        records.decide(session, record, encode(put), action, by=by.account_id, at=at)
        return row
    record.status = encode(put)
    session.flush()
    records.tell(session, record, action, by=by.account_id, at=at)
    records.publish(session, record, by=by.account_id, at=at)
    return row


def decisions(session: Session, record: Record) -> Sequence[ImprovementDecision]:
    """Everything that was decided on *record*, the newest first."""
    query = select(ImprovementDecision).where(beside(ImprovementDecision, record))
    return session.scalars(query.order_by(ImprovementDecision.number.desc())).all()


def in_force(session: Session, record: Record) -> ImprovementDecision | None:
    """The decision in force, if there is one."""
    number = status_of(record).decision
    return session.get(ImprovementDecision, (record.region_id, record.id, number)) if number else None


def all_in_force(session: Session, found: Sequence[Published]) -> dict[str, tuple[int, Decided]]:
    """Id of each of *found* → number of the decision in force, and what it says; in one query."""
    numbers = {one.id: one.status.decision for one in found if one.status.decision}
    if not numbers:
        return {}
    rows = session.scalars(select(ImprovementDecision).where(ImprovementDecision.record_id.in_(list(numbers))))
    return {row.record_id: (row.number, row.told()) for row in rows if numbers[row.record_id] == row.number}


def require_lead(session: Session, record: Record, by: Actor) -> None:
    """Raise NotPermitted unless *by* leads the group that *record* belongs to."""
    require(by, "group.lead", subject_of(session, record))


def _named_before(session: Session, record: Record, seen: Preview) -> tuple[str, ...]:
    """Ids of those taking part that the public was told of by name when *record* was decided before."""
    taking_part = {one.stakeholder for one in seen.taking_part}
    found = set()
    for row in decisions(session, record):
        heard = voices(row.told())
        told = (*heard.named, *(one.named for one in heard.dissent if one.named))
        found |= {seen.bodies.present_id(one.stakeholder) for one in told}
    return tuple(sorted(found & taking_part))


def _decided(seen: Preview, given: Decide, explained: tuple[Reason, ...], named_before: tuple[str, ...]) -> Decided:
    bodies = seen.bodies.by_id
    return Decided(
        version=seen.call.version,
        call=seen.call.number,
        rule=seen.rule,
        taking_part=seen.taking_part,
        bodies={one.stakeholder: bodies[one.stakeholder].name for one in seen.taking_part},
        present=tuple(sorted(set(given.present))),
        asked=seen.asked,
        positions=tuple(
            CountedPosition(
                stakeholder=one,
                choice=row.choice,  # type: ignore[arg-type]
                reason=row.reason,
                lang=row.lang,
                named=row.named,
                how=row.how,  # type: ignore[arg-type]
                number=row.number,
                given_as=row.stakeholder if row.stakeholder != one else "",
            )
            for one, row in sorted(seen.positions.items())
        ),
        outcome=seen.outcome,
        reasons=given.reasons,
        day=given.day,
        meeting=given.meeting,
        named_before=named_before,
        explained=explained,
    )


def _checked(
    given: Decide,
    seen: Preview,
    vocabulary: Vocabulary,
    *,
    why: Mapping[tuple[str, str], str],
    by: Actor,
    today: date,
) -> tuple[Decide, tuple[Reason, ...]]:
    reasons = {lang: text.strip() for lang, text in given.reasons.items() if text.strip()}
    texts = {f"reasons.{lang}": text for lang, text in reasons.items()}
    identifiers = vocabulary.header.personal_identifiers
    explained = why_it_stays(texts, identifiers=identifiers, by=by.account_id, why=why)
    given = msgspec.structs.replace(given, reasons=reasons, meeting=given.meeting.strip())
    if faults := list(_faults(given, seen, vocabulary, today)):
        raise Faulty(faults)
    return given, explained


def _require_held(session: Session, record: Record, given: Decide, today: date) -> None:
    """Raise Faulty unless the meeting took place, and on that day."""
    meeting = attendance.held_one(session, record.region_id, given.meeting, today)
    if meeting is None:
        raise Faulty([Fault(field="meeting", text=NOT_HELD)])
    if not meeting.day <= given.day <= meeting.last_day:
        raise Faulty([Fault(field="day", text=OTHER_DAY)])


def _noted_at(session: Session, record: Record, bodies: Bodies, meeting: str) -> set[str]:
    return {bodies.present_id(one) for one in attendance.present_at(session, record.region_id, meeting)}


def _doubt(there: set[str], noted: set[str], said: Mapping[str, Position], meeting: str) -> Fault | None:
    """Who counts as present was named in the notes of the meeting, or where these name nobody, has answered."""
    if noted:
        return None if there <= noted else Fault(field="present", text=NOT_THERE)
    if there <= _answered(said):
        return None
    return Fault(field="present", text=NOT_NOTED if meeting else SILENT)


def _faults(given: Decide, seen: Preview, vocabulary: Vocabulary, today: date) -> Iterator[Fault]:
    languages = vocabulary.header.languages
    if not given.reasons:  # one language is enough
        yield Fault(field="reasons", text=MISSING)
    for lang, text in given.reasons.items():
        if lang not in languages:
            yield Fault(field=f"reasons.{lang}", text=UNKNOWN, value=lang)
        elif fault := unfit_text(f"reasons.{lang}", text, LONGEST_REASON):
            yield fault
    yield from unfit_past("day", given.day, today)
    # West of Greenwich the day on which they were asked was still the day before.
    if given.day < seen.call.at.date() - timedelta(days=1):
        yield Fault(field="day", text=BEFORE_CALL)
    taking_part = {one.stakeholder for one in seen.taking_part}
    if any(one not in taking_part for one in given.present):
        yield Fault(field="present", text=NOT_OF_GROUP)


def _answered(said: Mapping[str, Position]) -> set[str]:
    return {one for one, row in said.items() if row.choice != "awaiting"}
