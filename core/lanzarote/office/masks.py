"""Which results count in which line: a bit for each result, in blocks, so that a change costs the same in any region.

A result that counts n times in a line is in one mask for each power of two that n is made of.
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from sqlalchemy import update

from lanzarote.office.model import BLOCK, TallyMask, TallyNumber
from lanzarote.records.locking import writes_alone
from lanzarote.store.bulk import marks, pieces, put_rows, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.office.lines import Line, Lines


_WITH: Final = tuple(bytes(byte for byte in range(256) if byte >> bit & 1) for bit in range(8))
"""Bit → every byte in which it is set."""


def powers(lines: Lines) -> set[str]:
    """The masks that hold a result that counts for *lines*.

    >>> sorted(powers(Counter({("action", "done", ""): 5})))
    ['action:done::0', 'action:done::2']
    """
    return {
        f"{measure}:{a}:{b}:{power}"
        for (measure, a, b), n in lines.items()
        for power in range(n.bit_length())
        if n >> power & 1
    }


@lru_cache(maxsize=8192)
def line_of(mask: str) -> tuple[Line, int]:
    """The line that *mask* is about, and how often each of its results counts.

    >>> line_of("action:done::2")
    (('action', 'done', ''), 4)
    """
    measure, a, b, power = mask.split(":")
    return (measure, a, b), 1 << int(power)


def positions(session: Session, region_id: str, ids: Sequence[str]) -> dict[str, int]:
    """Where these results stand, those that count."""
    found: dict[str, int] = {}
    for some in pieces(ids):
        sql = "SELECT record_id, position FROM tally_number WHERE region_id = ? AND record_id IN "
        found |= dict(map(tuple, rows_of(session, sql + marks(some), region_id, *some)))
    return found


def numbered(session: Session, region_id: str) -> dict[str, int]:
    """Positions of every result of the region that counts."""
    sql = "SELECT record_id, position FROM tally_number WHERE region_id = ? AND record_id > ''"
    return dict(map(tuple, rows_of(session, sql, region_id)))


def free_positions(session: Session, region_id: str, count: int) -> Iterator[int]:
    """So many places, those first that became free."""
    sql = "SELECT position FROM tally_number WHERE region_id = ? AND record_id = '' ORDER BY position LIMIT ?"
    freed = [row[0] for row in rows_of(session, sql, region_id, count)]
    yield from freed
    sql = "SELECT position FROM tally_number WHERE region_id = ? ORDER BY position DESC LIMIT 1"
    last = [row[0] for row in rows_of(session, sql, region_id)]
    following = last[0] + 1 if last else 0
    yield from range(following, following + count - len(freed))


def standing(session: Session, region_id: str, position: int) -> set[str]:
    """The masks that hold the result at *position*."""
    block, offset = divmod(position, BLOCK)
    byte, bit = divmod(offset, 8)
    if writes_alone(session):
        here = "length(bits) > ? AND instr(?, substr(bits, ?, 1)) > 0"
    else:
        here = "length(bits) > ? AND position(substring(bits from ? for 1) in ?) > 0"
    given = (_WITH[bit], byte + 1) if writes_alone(session) else (byte + 1, _WITH[bit])
    sql = f"SELECT line FROM tally_mask WHERE region_id = ? AND block = ? AND {here}"  # noqa: S608
    return {row[0] for row in rows_of(session, sql, region_id, block, byte, *given)}


class Flips:
    """Bits that are to be set and cleared, and what that adds to the numbers of the lines."""

    def __init__(self) -> None:
        self._set: dict[int, dict[str, int]] = {}
        self._clear: dict[int, dict[str, int]] = {}
        self.deltas: Counter[Line] = Counter()

    def change(self, position: int, before: set[str], after: set[str]) -> None:
        """Let the result at *position* stand in the masks *after* instead of *before*."""
        block, offset = divmod(position, BLOCK)
        for masks, bits, sign in ((after - before, self._set, 1), (before - after, self._clear, -1)):
            of_block = bits.setdefault(block, {})
            for mask in masks:
                of_block[mask] = of_block.get(mask, 0) | 1 << offset
                line, weight = line_of(mask)
                self.deltas[line] += sign * weight

    def write(self, session: Session, region_id: str) -> None:
        for block in sorted({*self._set, *self._clear}):
            on, off = self._set.get(block, {}), self._clear.get(block, {})
            bits = _read(session, region_id, block, sorted({*on, *off}))
            rows = []
            for mask in sorted({*on, *off}):
                whole = (bits.get(mask, 0) & ~off.get(mask, 0)) | on.get(mask, 0)
                data = whole.to_bytes((whole.bit_length() + 7) // 8, "little")
                rows.append({"region_id": region_id, "block": block, "line": mask, "bits": data})
            put_rows(session, TallyMask, rows, ("region_id", "block", "line"))


def place(session: Session, region_id: str, placed: Mapping[str, int], freed: Sequence[int]) -> None:
    """Note which results stand where from now on, and which places are free."""
    rows = [{"region_id": region_id, "position": at, "record_id": record_id} for record_id, at in placed.items()]
    put_rows(session, TallyNumber, rows, ("region_id", "position"))
    for some in pieces(freed):
        here = update(TallyNumber).where(TallyNumber.region_id == region_id, TallyNumber.position.in_(some))
        session.execute(here.values(record_id=""), execution_options={"synchronize_session": False})


def counted(rows: Iterable[tuple[str, bytes]]) -> Counter[Line]:
    """The numbers that these masks stand for: (mask, bits) each."""
    found: dict[Line, int] = {}
    for mask, bits in rows:
        line, weight = line_of(mask)
        found[line] = found.get(line, 0) + weight * int.from_bytes(bits, "little").bit_count()
    return Counter({line: n for line, n in found.items() if n})


def _read(session: Session, region_id: str, block: int, masks: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in pieces(masks):
        sql = "SELECT line, bits FROM tally_mask WHERE region_id = ? AND block = ? AND line IN "
        for line, bits in rows_of(session, sql + marks(some), region_id, block, *some):
            found[line] = int.from_bytes(bits, "little")
    return found
