"""An adopted improvement goes on: to the Human Rights Committee, to the plenary; what became of it there is public."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote import guard
from lanzarote.errors import Conflict
from lanzarote.improvements import calling, deciding
from lanzarote.improvements.positions_model import Forwarded, Forwarding
from lanzarote.records import records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import next_state
from lanzarote.records.records import encode
from lanzarote.records.validation import Fault, Faulty, Identifying
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.improvements.improvement_documents import Forward
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.regions.vocabulary import Vocabulary

MOST_VOTES: Final = 10_000
LONGEST_CODE: Final = 40
MOST_DIGITS: Final = 7
"""A year and the numbers of a document; a telephone number or a birthday has more."""
_CODE: Final = re.compile(r"[A-Z]{2,}[A-Za-z0-9()/.\-]*[(/\-][A-Za-z0-9()/.\-]*")

NOT_ADOPTED: Final = N_("Only what the group has adopted is forwarded.")
TOO_EARLY: Final = N_("The group had not decided yet on this day, or it was forwarded later before.")
NOT_YET: Final = N_("This day has not come yet.")
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
    next_state("record", record.state, "write")  # what is put away or erased goes nowhere
    decision = deciding.in_force(session, record)
    if decision is None or calling.status_of(record).state not in ("adopted", "completed"):
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
    own = (Forwarding.region_id == record.region_id) & (Forwarding.record_id == record.id)
    rows = session.scalars(select(Forwarding).where(own).order_by(Forwarding.number))
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
    if given.day > today:
        yield Fault(field="day", text=NOT_YET)
    elif given.day < since:
        yield Fault(field="day", text=TOO_EARLY)
    for name in ("votes_for", "votes_against", "abstentions"):
        if (getattr(given, name) or 0) > MOST_VOTES:
            yield Fault(field=name, text=NO_VOTES)
    if given.code.strip() and not is_code(given.code.strip()):
        yield Fault(field="code", text=NO_CODE)
