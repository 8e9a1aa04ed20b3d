"""Decisions computed again from a line of a region's file alone: anyone who has the file can check them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lanzarote.improvements.outcome import GroupOutcome, outcome
from lanzarote.improvements.positions_model import BodyRow, CallRow, Decided, PositionRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class _Line(Struct):
    """As much of a record's line as is needed."""

    kind: str
    beside: dict[str, tuple[msgspec.Raw, ...]] = {}


class Recomputed(Struct, frozen=True, kw_only=True):
    """A decision, as it is told and as it follows from what stands beside it."""

    number: int
    told: GroupOutcome
    found: GroupOutcome
    strangers: tuple[str, ...] = ()
    """Bodies whose position in the decision is not the one that they gave."""

    @property
    def holds(self) -> bool:
        return self.told == self.found and not self.strangers


def recompute(line: bytes) -> Iterator[Recomputed]:
    """Every decision in the line of an improvement, in order."""
    read = msgspec.json.decode(line, type=_Line)
    given = [msgspec.json.decode(row, type=PositionRow) for row in read.beside.get("position", ())]
    said = {(one.stakeholder, one.number): one for one in given}
    calls = {one.number: one for row in read.beside.get("position_call", ()) for one in (_call(row),)}
    rows = [msgspec.json.decode(row, type=BodyRow) for row in read.beside.get("improvement_decision", ())]
    for row in sorted(rows, key=lambda one: one.number):
        decided = msgspec.json.decode(row.body, type=Decided)
        counted = {one.stakeholder: one.choice for one in decided.positions}
        found = outcome(decided.rule, decided.taking_part, counted, decided.present)
        strangers = tuple(_strangers(decided, said, calls))
        yield Recomputed(number=row.number, told=decided.outcome, found=found, strangers=strangers)


def _strangers(
    decided: Decided, said: Mapping[tuple[str, int], PositionRow], calls: Mapping[int, CallRow]
) -> Iterator[str]:
    """Bodies whose counted position is not the newest that they gave in answer to the call that was decided on."""
    asked = calls.get(decided.call)
    newest: dict[str, int] = {}
    for one in said.values():
        if one.call == decided.call:
            newest[one.stakeholder] = max(newest.get(one.stakeholder, 0), one.number)
    for counted in decided.positions:
        if counted.stakeholder not in decided.bodies:
            continue  # the words of a body whose entry was erased are gone; that it said so stays
        giver = counted.given_as or counted.stakeholder
        row = said.get((giver, counted.number))
        same = row is not None and row.choice == counted.choice and row.version == decided.version
        if not same or asked is None or asked.version != decided.version or newest.get(giver) != counted.number:
            yield counted.stakeholder


def _call(row: bytes) -> CallRow:
    return msgspec.json.decode(row, type=CallRow)
