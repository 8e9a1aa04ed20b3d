"""Account of what every region has released, kept by each entry of its log in that entry's transaction."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import delete, select

from lanzarote.office import masks
from lanzarote.office.lines import counted_kinds, lines_of
from lanzarote.office.masks import Flips
from lanzarote.office.model import (
    AWAITED,
    BLOCK,
    HEAD,
    INNER,
    SECTOR,
    SECTOR_SIDE,
    SHOWN,
    Summary,
    TallyMask,
    TallyNumber,
    Total,
)
from lanzarote.records import changelog, locking
from lanzarote.records.changelog import Beginning, Served
from lanzarote.records.kinds import Sectors, kinds_of
from lanzarote.records.received import facts_of, is_sample
from lanzarote.runtime.reading import LateDecoder
from lanzarote.store.bulk import put_rows, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.office.lines import Line
    from lanzarote.records.changelog import Saved
    from lanzarote.records.received import Facts
    from lanzarote.store.database import Database

    Pending = dict[str, tuple[str, bytes]]
    """Record → its kind, and what is released of it from now on; empty: nothing."""


# --- What a region's log says is released: the last that it tells of each record since its present epoch began ---

SOME: Final = 1000
"""So many entries are in memory at once."""
_beginning = LateDecoder(Beginning)


class Told(Struct, frozen=True):
    """A record that is released."""

    kind: str
    seq: int


class Replay(Struct, frozen=True, kw_only=True):
    """A log, read up to an entry."""

    head: int
    awaited: int
    """So many entries of the beginning of an epoch are still to come."""
    released: Mapping[str, Told]


def head_of(session: Session, region_id: str) -> int:
    """Number of the last entry."""
    rows = rows_of(session, "SELECT seq FROM change WHERE region_id = ? ORDER BY seq DESC LIMIT 1", region_id)
    return rows[0][0] if rows else 0


def replay(session: Session, region_id: str, until: int | None = None) -> Replay:
    """Read the log of a region up to the entry *until* (default: all of it)."""
    head = head_of(session, region_id) if until is None else until
    start, awaited = _beginning_of(session, region_id, head)
    last: dict[str, Told] = {}
    sql = (
        "SELECT record_id, kind, seq, verb FROM change WHERE region_id = ? AND seq >= ? AND seq <= ? "
        "AND verb <> 'epoch' ORDER BY seq"
    )
    for record_id, kind, seq, verb in rows_of(session, sql, region_id, start, head):
        if verb in changelog.SHOWN:
            last[record_id] = Told(kind, seq)
        else:
            last.pop(record_id, None)
    return Replay(head=head, awaited=awaited, released=last)


def bodies(session: Session, region_id: str, released: Mapping[str, Told]) -> Iterator[tuple[str, str, bytes]]:
    """Record, kind and document of what is *released*; what was erased since has none."""
    wanted = sorted((one.seq, record_id, one.kind) for record_id, one in released.items())
    for start in range(0, len(wanted), SOME):
        some = {seq: (record_id, kind) for seq, record_id, kind in wanted[start : start + SOME]}
        sql = "SELECT seq, body FROM change_body WHERE region_id = ? AND seq >= ? AND seq <= ?"
        for seq, body in rows_of(session, sql, region_id, min(some), max(some)):
            if seq in some:
                yield *some[seq], bytes(body)


def begun_before(session: Session, region_id: str, seq: int) -> int:
    """Number of the entry before *seq* with which an epoch began; 0: none did."""
    sql = "SELECT seq FROM change WHERE region_id = ? AND verb = 'epoch' AND seq < ? ORDER BY seq DESC LIMIT 1"
    rows = rows_of(session, sql, region_id, seq)
    return rows[0][0] if rows else 0


def told_since(session: Session, region_id: str, seq: int) -> set[str]:
    """Records that the log tells of from *seq* on."""
    sql = "SELECT DISTINCT record_id FROM change WHERE region_id = ? AND seq >= ?"
    return {row[0] for row in rows_of(session, sql, region_id, seq)}


def entries_of(body: bytes) -> int:
    """How many entries after it tell all that is released."""
    return _beginning.decode(body).entries if body else 0


def _beginning_of(session: Session, region_id: str, head: int) -> tuple[int, int]:
    """From where on the log counts, and what is still to come: a beginning counts once all of it is here."""
    following, awaited = head + 1, 0
    while seq := begun_before(session, region_id, following):
        sql = "SELECT body FROM change_body WHERE region_id = ? AND seq = ?"
        rows = rows_of(session, sql, region_id, seq)
        missing = seq + entries_of(bytes(rows[0][0]) if rows else b"") - (following - 1)
        if missing <= 0:
            return seq, awaited
        awaited = missing if following == head + 1 else awaited
        following = seq
    return 0, awaited


# --- How the account follows the log ---
# What an entry changes is the difference between what its record counts for now and what the masks say it counted for.
# A recount of the whole log gives the same numbers (``rebuild``); tests and ``lanzarote doctor`` compare the two.

_INNER_ROWS = f"SELECT measure, a, b, n FROM summary WHERE region_id = ? AND measure IN {INNER} AND n <> 0"  # noqa: S608
_ALL_ROWS = "SELECT measure, a, b, n FROM summary WHERE region_id = ? AND n <> 0"
_TOTALS = select(Total.measure, Total.a, Total.b, Total.n).where(Total.n != 0)


def follow(session: Session, region_id: str, entries: Sequence[Saved]) -> None:
    """Keep account of *entries*, which the log of the region was just given. Listens to ``changes.tell_log``."""
    inner = _inner(session, region_id)
    head = head_of(session, region_id)
    before = inner[HEAD, "", ""]
    if before + len(entries) != head:
        rebuild(session, region_id)  # nobody kept account for a while
        return
    awaited, pending = _pending(session, region_id, entries, inner[AWAITED, "", ""], head)
    sectors = _sectors_of(inner)
    if "sector" in pending:
        sectors = _renewed(session, region_id, sectors, pending)
    deltas = _count(session, region_id, pending, sectors)
    deltas[HEAD, "", ""] += len(entries)
    deltas[AWAITED, "", ""] += awaited - inner[AWAITED, "", ""]
    _write(session, region_id, deltas, shown=bool(inner[SHOWN, "", ""]))


def follow_shown(session: Session, saved: Sequence[Saved]) -> None:
    """Let the totals be about the regions that the public may read and that are here. Listens to ``changes.record``."""
    for one in saved:
        if one.kind == "region" and one.verb in ("show", "hide"):
            shown = bool(_inner(session, one.region_id)[SHOWN, "", ""])
            _write(session, one.region_id, Counter(), shown=shown)
        elif (one.region_id, one.kind, one.verb) == (changelog.INSTANCE, "source", "forget"):
            _forget(session, one.record_id)


def _forget(session: Session, region_id: str) -> None:
    """Take out of the totals what the region counted for, and the words under which it alone did."""
    rows = _rows(session, region_id)
    if rows[SHOWN, "", ""]:
        _add_to_totals(session, Counter({line: -n for line, n in rows.items()}))
    locking.lock(session, "*")
    session.execute(delete(Total).where(Total.n == 0))


def rebuild(session: Session, region_id: str) -> None:
    """Count everything that the region has released anew, from its log alone."""
    locking.lock(session, region_id)
    shown = bool(_inner(session, region_id)[SHOWN, "", ""])
    if shown:
        _add_to_totals(session, Counter({line: -n for line, n in _rows(session, region_id).items()}))
    for table in (Summary, TallyMask, TallyNumber):
        session.execute(delete(table).where(table.region_id == region_id))
    numbers, placed = _recounted(session, region_id)
    by_block: dict[int, list[Any]] = {}
    for position, masks_of in enumerate(placed.values()):
        by_block.setdefault(position // BLOCK, []).append((position, masks_of))
    for some in by_block.values():
        flips = Flips()
        for position, masks_of in some:
            flips.change(position, set(), masks_of)
        flips.write(session, region_id)
    masks.place(session, region_id, {record_id: at for at, record_id in enumerate(placed)}, ())
    _write(session, region_id, numbers, shown=False)


def sum_anew(session: Session) -> int:
    """Count the numbers of all regions and the totals anew from the masks; write those that differ, return how many."""
    together: Counter[Line] = Counter()
    different = 0
    for region_id in session.scalars(select(Served.id).order_by(Served.id)):
        numbers, known = from_masks(session, region_id), _rows(session, region_id)
        if known[SHOWN, "", ""]:
            together.update({line: n for line, n in numbers.items() if line[0] not in INNER})
        for measure in (HEAD, AWAITED, SHOWN):  # no mask says these
            known.pop((measure, "", ""), None)
        different += _correct(session, Summary, known, numbers, {"region_id": region_id})
    totals = Counter({(one.measure, one.a, one.b): one.n for one in session.execute(_TOTALS)})
    return different + _correct(session, Total, totals, together, {})


def _correct(session: Session, table: Any, known: Counter[Line], right: Counter[Line], more: Mapping[str, str]) -> int:
    if known == right:
        return 0
    wrong = Counter({line: right[line] - known[line] for line in {*known, *right} if right[line] != known[line]})
    _add(session, table, wrong, more)
    return len(wrong)


def recount(session: Session, region_id: str) -> Counter[Line]:
    """What ``rebuild`` would write, without writing it; whether the public may read the region left aside."""
    return _recounted(session, region_id)[0]


def kept(session: Session, region_id: str) -> Counter[Line]:
    """The account as it is kept, as ``recount`` tells it."""
    rows = _rows(session, region_id)
    rows.pop((SHOWN, "", ""), None)
    return rows


def from_masks(session: Session, region_id: str) -> Counter[Line]:
    """The numbers that the region's masks stand for."""
    return masks.counted(rows_of(session, "SELECT line, bits FROM tally_mask WHERE region_id = ?", region_id))


def is_current(session: Session, region_id: str) -> bool:
    """Whether the account includes the whole log."""
    return _inner(session, region_id)[HEAD, "", ""] == head_of(session, region_id)


def catch_up(database: Database) -> list[str]:
    """Count anew the regions of which nobody kept account for a while; return them.

    Earlier platforms counted invented samples: what they counted for goes out of the totals.
    """
    found = []
    for region_id in all_regions(database):
        with database.read(region_id) as session:
            shown = bool(_inner(session, region_id)[SHOWN, "", ""])
            counts = _counts(region_id, facts_of(session, region_id))
            current = is_current(session, region_id) and (counts or not shown)
        if not current:
            with database.write(region_id) as session:
                rebuild(session, region_id)
            found.append(region_id)
    return found


def all_regions(database: Database) -> list[str]:
    """Every region that is here, whether or not the public may read it."""
    with database.read(()) as session:
        return list(session.scalars(select(Served.id).order_by(Served.id)))


# What an entry changes


def _pending(
    session: Session, region_id: str, entries: Sequence[Saved], awaited: int, head: int
) -> tuple[int, Pending]:
    """What is still to come of an epoch's beginning, and what becomes of each record that *entries* concern."""
    pending: Pending = {}
    first = head - len(entries) + 1
    begun = begun_before(session, region_id, first) if awaited else 0
    whole = 0
    counted = counted_kinds(kinds_of(session))
    for seq, one in enumerate(entries, first):
        if one.verb == "epoch":
            begun, awaited = seq, entries_of(one.body)
        elif awaited:
            awaited -= 1
        if one.kind in counted:
            pending[one.record_id] = (one.kind, one.body if one.verb in changelog.SHOWN else b"")
        if begun and not awaited:
            whole, begun = begun, 0
    if whole:
        gone = masks.numbered(session, region_id).keys() - told_since(session, region_id, whole)
        pending |= dict.fromkeys(gone, ("", b""))
    return awaited, pending


def _renewed(session: Session, region_id: str, sectors: Sectors, pending: Pending) -> Sectors:
    """The region's sectors as they are now; if they are others, what is counted by them is counted anew."""
    kind, body = pending["sector"]
    kinds = kinds_of(session)
    now = _sectors_of(lines_of(kinds, kind, body, sectors) if body else Counter())
    if now != sectors:
        numbered = masks.numbered(session, region_id)
        by_sector = {name for name, one in kinds.items() if one.released and one.released.by_sector}
        concerned = {
            record_id: one
            for record_id, one in replay(session, region_id).released.items()
            if one.kind in by_sector and record_id in numbered and record_id not in pending
        }
        pending |= {record_id: (kind, body) for record_id, kind, body in bodies(session, region_id, concerned)}
    return now


def _count(session: Session, region_id: str, pending: Pending, sectors: Sectors) -> Counter[Line]:
    """Let the masks be about what is *pending*; return what that adds to the numbers."""
    kinds = kinds_of(session)
    after = {
        record_id: masks.powers(lines_of(kinds, kind, body, sectors)) if body else set()
        for record_id, (kind, body) in pending.items()
    }
    known = masks.positions(session, region_id, list(after))
    fresh = [record_id for record_id, lines in after.items() if lines and record_id not in known]
    placed = dict(zip(fresh, masks.free_positions(session, region_id, len(fresh)), strict=True)) if fresh else {}
    flips = Flips()
    for record_id, position in placed.items():
        flips.change(position, set(), after[record_id])
    for record_id, position in known.items():
        flips.change(position, masks.standing(session, region_id, position), after[record_id])
    flips.write(session, region_id)
    freed = [position for record_id, position in known.items() if not after[record_id]]
    masks.place(session, region_id, placed, freed)
    return flips.deltas


# The numbers


def _write(session: Session, region_id: str, deltas: Counter[Line], *, shown: bool) -> None:
    """Add *deltas* to the numbers of the region, and to the totals if the public may read it; *shown*: it could."""
    served = facts_of(session, region_id)
    show = _counts(region_id, served)
    if show != shown:
        deltas[SHOWN, "", ""] += 1 if show else -1
    _add(session, Summary, deltas, {"region_id": region_id})
    if show != shown:
        sign = 1 if show else -1
        whole = Counter({line: sign * n for line, n in _rows(session, region_id).items()})
        if not show:  # what is new was never in the totals
            whole.update(deltas)
        _add_to_totals(session, whole)
    elif show:
        _add_to_totals(session, deltas)


def _counts(region_id: str, served: Facts | None) -> bool:
    """Whether the region is in the totals: the public may read it, and it is not invented."""
    return served is not None and served.enabled and not is_sample(region_id, home=served.home)


def _add_to_totals(session: Session, deltas: Mapping[Line, int]) -> None:
    outer = _outer(deltas)
    if outer:
        locking.lock(session, "*")  # the next one waits here, and not for half of the rows
        _add(session, Total, outer, {})


def _outer(deltas: Mapping[Line, int]) -> Counter[Line]:
    return Counter({line: n for line, n in deltas.items() if n and line[0] not in INNER})


def _add(session: Session, table: Any, deltas: Mapping[Line, int], more: Mapping[str, str]) -> None:
    # What comes to nothing stays with a zero, which no reader sees: looking for it would take longer than the rest.
    rows: list[dict[str, Any]] = [
        {**more, "measure": line[0], "a": line[1], "b": line[2], "n": n} for line, n in deltas.items() if n
    ]
    put_rows(session, table, rows, (*more, "measure", "a", "b"), add="n")


def _rows(session: Session, region_id: str) -> Counter[Line]:
    return Counter({(measure, a, b): n for measure, a, b, n in rows_of(session, _ALL_ROWS, region_id)})


def _inner(session: Session, region_id: str) -> Counter[Line]:
    return Counter({(measure, a, b): n for measure, a, b, n in rows_of(session, _INNER_ROWS, region_id)})


def _sectors_of(lines: Mapping[Line, int]) -> Sectors:
    common: dict[str, list[str]] = {}
    sides: dict[str, str] = {}
    for measure, a, b in sorted(lines):
        if measure == SECTOR:
            common.setdefault(a, []).append(b)
        elif measure == SECTOR_SIDE:
            sides[a] = b
    return Sectors(common=common, sides=sides)


def _recounted(session: Session, region_id: str) -> tuple[Counter[Line], dict[str, set[str]]]:
    """All numbers of the region, and the masks of each record, from the log alone."""
    now = replay(session, region_id)
    return counted_from(session, region_id, now.released, {HEAD: now.head, AWAITED: now.awaited})


def counted_from(
    session: Session, region_id: str, released: Mapping[str, Any], more: Mapping[str, int]
) -> tuple[Counter[Line], dict[str, set[str]]]:
    """What these released records count for together."""
    own = {record_id: one for record_id, one in released.items() if record_id == "sector"}
    kinds = kinds_of(session)
    said = [lines_of(kinds, kind, body, Sectors()) for _, kind, body in bodies(session, region_id, own)]
    sectors = _sectors_of(said[0] if said else Counter())
    numbers: Counter[Line] = Counter({(measure, "", ""): n for measure, n in more.items() if n})
    placed: dict[str, set[str]] = {}
    wanted = {record_id: one for record_id, one in released.items() if one.kind in counted_kinds(kinds)}
    for record_id, kind, body in bodies(session, region_id, wanted):
        lines = lines_of(kinds, kind, body, sectors)
        numbers.update(lines)
        if lines:
            placed[record_id] = masks.powers(lines)
    return numbers, placed
