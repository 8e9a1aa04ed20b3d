"""Decisions computed again from a line of a region's file alone: anyone who has the file can check them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote.improvements.outcome import GroupOutcome, outcome
from lanzarote.improvements.positions_model import (
    RECORDED,
    BodyRow,
    CallRow,
    CountedPosition,
    Decided,
    PositionRow,
)
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    Said = Mapping[tuple[str, int], PositionRow]
    """Body and number → its position."""
    Erased = Container[str] | None
    """Ids of the bodies that were erased; None where nobody knows, as with a line alone."""

COPIED: Final = ("choice", "reason", "lang", "named", "how")
"""What a decision keeps of a position, as it was given."""


class Recomputed(Struct, frozen=True, kw_only=True):
    """A decision, as it is told and as it follows from what stands beside it."""

    number: int
    told: GroupOutcome
    found: GroupOutcome
    strangers: tuple[str, ...] = ()
    """Bodies whose position in the decision is not the one that they gave, or that did not take part."""

    @property
    def holds(self) -> bool:
        return self.told == self.found and not self.strangers


def recompute_rows(beside: Mapping[str, Sequence[msgspec.Raw]], erased: Erased = None) -> Iterator[Recomputed]:
    """Every decision in the rows *beside* an improvement, in order; *erased*: ids of bodies, where they are known."""
    given = [decoded(row, PositionRow) for row in beside.get("position", ())]
    said = {(one.stakeholder, one.number): one for one in given}
    calls = {one.number: one for row in beside.get("position_call", ()) for one in (_call(row),)}
    rows = [decoded(row, BodyRow) for row in beside.get("improvement_decision", ())]
    for row in sorted(rows, key=lambda one: one.number):
        decided = decoded(row.body, Decided)
        counted = {one.stakeholder: one.choice for one in decided.positions}
        found = outcome(decided.rule, decided.taking_part, counted, decided.present, decided.asked)
        strangers = (*_outsiders(decided), *_strangers(decided, said, calls, erased))
        yield Recomputed(number=row.number, told=decided.outcome, found=found, strangers=strangers)


def _outsiders(decided: Decided) -> Iterator[str]:
    """Bodies that count twice, or that count, are named or were there without taking part."""
    members = [one.stakeholder for one in decided.taking_part]
    counted = [one.stakeholder for one in decided.positions]
    for some in (members, counted):
        yield from (one for one in dict.fromkeys(some) if some.count(one) > 1)
    named = {*counted, *decided.bodies, *decided.present, *(decided.asked or ()), *decided.named_before}
    others = named.difference(members)
    yield from sorted(others)


def _strangers(decided: Decided, said: Said, calls: Mapping[int, CallRow], erased: Erased) -> Iterator[str]:
    """Bodies whose counted position is not the one that counts in answer to the call that was decided on.

    That is the newest which a body gave itself, and without one, the newest that was recorded for it.
    """
    asked = calls.get(decided.call)
    speakers = {stakeholder for stakeholder, _ in said}
    newest: dict[str, tuple[bool, int]] = {}
    for one in said.values():
        if one.call == decided.call:
            place = (one.how not in RECORDED, one.number)
            newest[one.stakeholder] = max(newest.get(one.stakeholder, place), place)
    for counted in decided.positions:
        if counted.stakeholder not in decided.bodies:
            if not _forgotten(counted, speakers, erased):
                yield counted.stakeholder
            continue
        giver = counted.given_as or counted.stakeholder
        row = said.get((giver, counted.number))
        if row is None and counted.given_as and giver not in speakers and (erased is None or giver in erased):
            continue  # the entry that was merged into this body's was erased, and its words with it
        same = (
            row is not None
            and row.call == decided.call
            and row.version == decided.version
            and all(getattr(row, name) == getattr(counted, name) for name in COPIED)
        )
        if not same or asked is None or asked.version != decided.version or newest[giver][1] != counted.number:
            yield counted.stakeholder


def _forgotten(counted: CountedPosition, speakers: Container[str], erased: Erased) -> bool:
    """Whether a position may stand without its body's name: that body was erased, its words are gone with it."""
    if counted.reason or counted.lang or counted.named:
        return False
    if counted.stakeholder in speakers or (erased is not None and counted.given_as in speakers):
        # Words of its own are gone with it; those of an entry that was merged into its own before may be there.
        return erased is not None and counted.stakeholder in erased
    return True


def _call(row: bytes) -> CallRow:
    return decoded(row, CallRow)
