"""How far an improvement is: discussed, dropped, withdrawn, archived; where it was forwarded once it was adopted.

What is decided on it is in ``deciding``, what follows from it in ``actions``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import select

from lanzarote import guard
from lanzarote.errors import Conflict
from lanzarote.improvements import calling, deciding
from lanzarote.improvements.model import IMPROVEMENT_LIFECYCLE, VERDICT_OF, status_of
from lanzarote.improvements.positions_model import Forwarded, Forwarding
from lanzarote.records import drafts, records
from lanzarote.records.days import unfit_past
from lanzarote.records.drafts import Told, explain, hold, read_told
from lanzarote.records.lifecycle import RECORD, IllegalTransition, next_state
from lanzarote.records.records import encode
from lanzarote.records.tables import beside
from lanzarote.records.validation import (
    LONGEST_REASON,
    NO_REASON,
    NOTHING_SAID,
    UNKNOWN,
    Fault,
    Faulty,
    Identifying,
    reason_of,
    unfit_text,
    why_it_stays,
)
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.improvements.team_documents import BecauseInPublic, Forward
    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Text

    Why = Mapping[tuple[str, str], str]

TO_BE_DECIDED: Final = N_("The group discusses it again: the public reads it once it is decided on anew.")
STILL_ASKED: Final = N_("Positions are being requested. Stop the request first.")


def discuss(session: Session, record: Record, *, expected: int, by: Actor, at: datetime) -> None:
    """Open the discussion. Raises NotPermitted, Conflict, IllegalTransition."""
    hold(session, record, "group.lead", by, expected)
    move(session, record, "discuss", by, at)


def drop(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    reason: str,
    by: Actor,
    at: datetime,
    why: Why = NOTHING_SAID,
) -> None:
    """Pursue it no further, with the reason; *why*: as ``checking.reason_of`` has it. A call that runs is over.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    next_state(IMPROVEMENT_LIFECYCLE, status_of(record).state, "drop")
    said, explained = reason_of(reason, vocabulary.header.personal_identifiers, by, why)
    if status_of(record).state == "called":
        calling.end(session, calling.current(session, record), "recalled", at)
    move(session, record, "drop", by, at, dropped=said, called_until=None, called_version=0)
    explain(session, record, read_told(session, record, Told), "dropped", explained)


def reconsider(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Discuss again what was decided or dropped; what the public reads stays.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    move(session, record, "reconsider", by, at, dropped="", called_until=None, called_version=0)


def withdraw(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: BecauseInPublic,
    by: Actor,
    at: datetime,
    why: Why = NOTHING_SAID,
) -> None:
    """Take it from the public, which is told when and why; the group goes on reading it.

    *why* by (field, code), fields such as ``reason.fr``, is why things stay that the guard asks about.
    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, record, "group.lead", by)
    next_state(RECORD, record.state, "withdraw")
    said, explained = public_reason(given.reason, vocabulary, by, why)
    record.status = encode(msgspec.structs.replace(status_of(record), withdrawn=said))
    record.updated_at = at
    session.flush()
    records.withdraw(session, record, by=by.account_id, at=at)
    explain(session, record, read_told(session, record, Told), "withdrawn", explained)


def show_again(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Let the public read again what was withdrawn, in the text that was decided on.

    Raises NotPermitted, IllegalTransition; Conflict where the group discusses it again: it is decided on first.
    """
    hold(session, record, "group.lead", by)
    status = status_of(record)
    if record.state != "withdrawn":
        raise IllegalTransition(f"A {record.state} improvement cannot be given the action 'publish'.")
    if status.state not in VERDICT_OF:
        raise Conflict(TO_BE_DECIDED)
    record.status = encode(msgspec.structs.replace(status, withdrawn={}))
    record.updated_at = at
    session.flush()
    records.publish(session, record, by=by.account_id, at=at)


def archive(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Archive it: the group can still read it.

    Raises NotPermitted, IllegalTransition; Conflict while positions are asked for on it.
    """
    hold(session, record, "group.lead", by)
    next_state(RECORD, record.state, "archive")
    if status_of(record).state == "called":
        raise Conflict(STILL_ASKED)
    drafts.archive(session, record, by=by, at=at)
    record.updated_at = at


def public_reason(
    reason: Text, vocabulary: Vocabulary, by: Actor, why: Why = NOTHING_SAID
) -> tuple[Text, tuple[Reason, ...]]:
    """A reason that everybody may read, in one of the region's languages at least, and why things stay in it.

    Raises Faulty, Identifying.
    """
    said = {code: text.strip() for code, text in reason.items() if text.strip()}
    languages, identifiers = vocabulary.header.languages, vocabulary.header.personal_identifiers
    texts = {f"reason.{code}": text for code, text in said.items()}
    explained = why_it_stays(texts, identifiers=identifiers, by=by.account_id, why=why)
    faults = [Fault(field=f"reason.{code}", text=UNKNOWN, value=code[:20]) for code in said if code not in languages]
    faults += [fault for code, text in said.items() if (fault := unfit_text(f"reason.{code}", text, LONGEST_REASON))]
    if not said:
        faults.append(Fault(field="reason", text=NO_REASON))
    if faults:
        raise Faulty(faults)
    return said, explained


def require_open(record: Record) -> None:
    """Raise IllegalTransition when nothing more can become of *record*."""
    next_state(RECORD, record.state, "write")


def move(session: Session, record: Record, action: str, by: Actor, at: datetime, **changed: object) -> None:
    """Give it the state that *action* leads to. Raises IllegalTransition."""
    require_open(record)
    before = status_of(record)
    status = msgspec.structs.replace(before, state=next_state(IMPROVEMENT_LIFECYCLE, before.state, action), **changed)
    record.updated_at = at
    records.decide(session, record, encode(status), action, by=by.account_id, at=at)


MOST_VOTES: Final = 10_000
LONGEST_CODE: Final = 40
MOST_DIGITS: Final = 7
"""A year and the numbers of a document; a telephone number or a birthday has more."""
_CODE: Final = re.compile(r"[A-Z]{2,}[A-Za-z0-9()/.\-]*[(/\-][A-Za-z0-9()/.\-]*")

NOT_ADOPTED: Final = N_("Only what the group has adopted is forwarded.")
TOO_EARLY: Final = N_("The group had not decided yet on this day, or it was forwarded later before.")
NO_VOTES: Final = N_("Write a whole number, or leave it empty.")
NO_CODE: Final = N_(
    "Write the code exactly as on the document, such as CONF/HR(2012)SYN2: it begins with capital letters and has no "
    "blanks."
)


def forward(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: Forward,
    by: Actor,
    at: datetime,
    today: date,
) -> Forwarding:
    """Note where an adopted improvement went, and what became of it.

    Raises Faulty, Identifying, NotPermitted, Conflict.
    """
    hold(session, record, "group.lead", by)
    next_state(RECORD, record.state, "write")  # an archived or erased one goes nowhere
    decision = deciding.in_force(session, record)
    if decision is None or status_of(record).state not in ("adopted", "completed"):
        raise Conflict(NOT_ADOPTED)
    before = list(forwardings(session, record, decision.number))
    since = max([decision.told().day, *(one.told().day for one in before)])
    if found := guard.check_text(
        given.code, identifiers=vocabulary.header.personal_identifiers, field="code", guesses=False
    ):
        raise Identifying(found)
    if faults := list(_faults(given, since, today)):
        raise Faulty(faults)
    noted = {name: getattr(given, name) for name in given.__struct_fields__} | {"code": given.code.strip()}
    said = Forwarded(**noted, decision=decision.number)
    every = list(forwardings(session, record))
    if every and every[-1].body == encode(said):
        return every[-1]  # noted twice, it is one
    row = Forwarding(
        region_id=record.region_id,
        record_id=record.id,
        number=len(every) + 1,
        body=encode(said),
        by=by.account_id,
        at=at,
    )
    session.add(row)
    session.flush()
    records.decide(session, record, record.status, "forward", by=by.account_id, at=at)
    return row


def forwardings(session: Session, record: Record, decision: int = 0) -> Sequence[Forwarding]:
    """Where *record* went, in order; of one *decision*, or of all."""
    rows = session.scalars(select(Forwarding).where(beside(Forwarding, record)).order_by(Forwarding.number))
    return [row for row in rows if decision in (0, row.told().decision)]


def all_of(session: Session, ids: Collection[str]) -> dict[str, tuple[Forwarded, ...]]:
    """Id of each improvement → where it went, in order; in one query."""
    found: dict[str, tuple[Forwarded, ...]] = {}
    rows = session.scalars(select(Forwarding).where(Forwarding.record_id.in_(ids)).order_by(Forwarding.number))
    for row in rows if ids else ():
        found[row.record_id] = (*found.get(row.record_id, ()), row.told())
    return found


def is_code(text: str) -> bool:
    """Whether *text* looks like the code of a document, and like no number of a person.

    >>> is_code("CONF/PLE(2025)REC2"), is_code("06 12 34 56 78"), is_code("Lea Martin 9 ans"), is_code("REC/0612345678")
    (True, False, False, False)
    >>> is_code("LEA-MARTIN")
    False
    """
    digits = sum(one.isdecimal() for one in text)
    return len(text) <= LONGEST_CODE and 1 <= digits <= MOST_DIGITS and _CODE.fullmatch(text) is not None


def _faults(given: Forward, since: date, today: date) -> Iterator[Fault]:
    yield from unfit_past("day", given.day, today)
    if given.day < since:
        yield Fault(field="day", text=TOO_EARLY)
    for name in ("votes_for", "votes_against", "abstentions"):
        if (getattr(given, name) or 0) > MOST_VOTES:
            yield Fault(field=name, text=NO_VOTES)
    if given.code.strip() and not is_code(given.code.strip()):
        yield Fault(field="code", text=NO_CODE)
