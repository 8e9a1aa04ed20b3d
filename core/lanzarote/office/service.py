"""Reads the account: numbers by region, totals of all regions, and the records behind a number."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from lanzarote.office.model import BLOCK, INNER
from lanzarote.records.validation import is_address
from lanzarote.store.bulk import marks, pieces
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.office.lines import Line
    from lanzarote.records.kinds import Kinds
    from lanzarote.store.database import Database

    Numbers = Mapping[str, int]
    """Region → how often something counts there; regions where it does not are not in it."""

NONE: Numbers = {}
INVENTED = "XX"
"""Territory of regions that are made up, to show or to try something; ISO 3166-1 gives the code to nobody."""


class Figures(Struct, frozen=True):
    """Numbers of several regions: measure → (a, b) → region → n."""

    of: Mapping[str, Mapping[tuple[str, str], Numbers]]

    def numbers(self, measure: str, a: str = "", b: str = "") -> Numbers:
        return self.of.get(measure, {}).get((a, b), NONE)

    def measure(self, measure: str) -> Mapping[tuple[str, str], Numbers]:
        return self.of.get(measure, {})

    def total(self, measure: str, a: str = "", b: str = "") -> int:
        return sum(self.numbers(measure, a, b).values())

    def all_of(self, measure: str, region_id: str) -> int:
        """Everything that *measure* counts in a region."""
        return sum(numbers.get(region_id, 0) for numbers in self.measure(measure).values())


class Region(Struct, frozen=True, kw_only=True):
    """A region that the public may read here."""

    header: RegionHeader
    home: bool
    since: datetime
    """Since when it is here."""
    received_at: datetime | None = None
    """When its last results came, if it is received."""
    address: str = ""
    """Where its own pages are, if it is received and has any."""

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def state(self) -> str:
        """ISO 3166-1 code of its State."""
        return self.header.territory[:2]

    @property
    def invented(self) -> bool:
        return is_invented(self.header)


def is_invented(header: RegionHeader) -> bool:
    return header.territory[:2] == INVENTED


def gathered(rows: Iterable[Any]) -> Figures:
    """Figures of *rows*: region, measure, a, b, n."""
    found: dict[str, dict[tuple[str, str], dict[str, int]]] = {}
    for region_id, measure, a, b, n in rows:
        of_measure = found.get(measure)
        if of_measure is None:
            of_measure = found[measure] = {}
        numbers = of_measure.get((a, b))
        if numbers is None:
            of_measure[a, b] = {region_id: n}
        else:
            numbers[region_id] = n
    return Figures(found)


def figures(database: Database, regions: Sequence[str], measures: Sequence[str]) -> Figures:
    """What *measures* count in *regions*, each of which the caller may see."""
    return gathered(row for some in pieces(regions) for row in _rows(database, some, measures))


def _rows(database: Database, regions: Sequence[str], measures: Sequence[str]) -> Iterator[Any]:
    sql = f"SELECT region_id, measure, a, b, n FROM summary WHERE region_id IN {marks(regions)} "  # noqa: S608
    return database.each_row(sql + f"AND measure IN {marks(measures)} AND n <> 0", *regions, *measures)


def counted(
    database: Database, regions: Sequence[str], measure: str, a: str | None = None, b: str | None = None
) -> Numbers:
    """How much a line counts in each of *regions*, each of which the caller may see; None: whatever it is."""
    chosen = {name: value for name, value in (("measure", measure), ("a", a), ("b", b)) if value is not None}
    where = " AND ".join(f"{name} = ?" for name in chosen)
    found: dict[str, int] = {}
    for some in pieces(regions):
        sql = f"SELECT region_id, sum(n) FROM summary WHERE region_id IN {marks(some)} AND {where} GROUP BY region_id"  # noqa: S608
        found |= {region_id: int(n) for region_id, n in database.all_rows(sql, *some, *chosen.values())}
    return found


def totals(instance: Instance) -> Counter[Line]:
    """All numbers of all regions together that the public may read."""
    if instance.settings.regions:  # it serves some of those that are here, so that the totals are about others too
        measures = [row[0] for row in instance.database.all_rows("SELECT DISTINCT measure FROM summary_total")]
        some = figures(instance.database, tuple(instance.headers()), measures) if measures else Figures({})
        return Counter(
            {(measure, *pair): sum(n.values()) for measure, pairs in some.of.items() for pair, n in pairs.items()}
        )
    rows = instance.database.all_rows("SELECT measure, a, b, n FROM summary_total WHERE n <> 0")
    return Counter({(measure, a, b): n for measure, a, b, n in rows})


def as_figures(counts: Mapping[Line, int], name: str = "") -> Figures:
    """Totals, as the figures of one region that is called *name*."""
    return gathered((name, *line, n) for line, n in counts.items() if line[0] not in INNER)


def regions_here(instance: Instance) -> tuple[Region, ...]:
    """The regions that the public may read, by id."""

    def read() -> tuple[Region, ...]:
        known = {row[0]: row[1:] for row in instance.database.all_rows("SELECT id, home, added_at FROM region")}
        sources = {
            row[0]: row[1:] for row in instance.database.all_rows("SELECT region_id, address, received_at FROM source")
        }
        return tuple(_region(header, known[name], sources.get(name)) for name, header in instance.headers().items())

    return instance.kept("office-regions", None, read)


def _region(header: RegionHeader, known: Any, source: Any) -> Region:
    home, since = known
    address, received_at = source or ("", None)
    return Region(
        header=header,
        home=bool(home),
        since=_moment(since),
        received_at=_moment(received_at),
        address=address if is_address(address or "") else "",  # a card may say anything: what is no page is no link
    )


def _moment(value: Any) -> Any:
    """A point in time as raw SQL reads it: SQLite gives its text."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


# The records behind a number


class Behind(Struct, frozen=True, kw_only=True):
    """A record that counts in a number."""

    region: str
    kind: str
    id: str
    slug: str
    title: Mapping[str, str]
    original: str


def records_behind(
    database: Database, region_id: str, measure: str, a: str | None = None, b: str | None = None
) -> list[str]:
    """Ids of the records of a region that count in a line, in the order of their places; None: whatever it is."""
    like = ":".join(("%" if one is None else one) for one in (measure, a, b, None))
    sql = "SELECT block, bits FROM tally_mask WHERE region_id = ? AND line LIKE ?"
    whole: dict[int, int] = {}
    for block, bits in database.rows(sql, region_id, like):
        whole[block] = whole.get(block, 0) | int.from_bytes(bits, "little")
    places = [block * BLOCK + at for block in sorted(whole) for at in _bits(whole[block])]
    found: dict[int, str] = {}
    for some in pieces(places):
        sql = f"SELECT position, record_id FROM tally_number WHERE region_id = ? AND position IN {marks(some)}"  # noqa: S608
        found |= dict(database.rows(sql, region_id, *some))
    return [found[place] for place in places if place in found]


def newest(database: Database, most: int) -> list[tuple[str, str]]:
    """Region and id of the practices that were published last, the last first; of hidden regions, too."""
    sql = "SELECT region_id, record_id FROM published_practice ORDER BY ordered, pk LIMIT ?"
    return [(region_id, record_id) for region_id, record_id in database.all_rows(sql, most)]


def told_of(database: Database, region_id: str, ids: Sequence[str]) -> list[Behind]:
    """What the log says last of these records, as far as a list shows it."""
    told = (_told(database.kinds, region_id, *document) for document in documents(database, region_id, ids))
    found = {one.id: one for one in told if one}
    return [found[record_id] for record_id in ids if record_id in found]


def documents(database: Database, region_id: str, ids: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    """Record, kind and the document that is released of each of *ids*."""
    for some in pieces(ids):
        sql = f"SELECT max(seq) FROM change WHERE region_id = ? AND record_id IN {marks(some)} GROUP BY record_id"  # noqa: S608
        last = [row[0] for row in database.rows(sql, region_id, *some)]
        if not last:
            continue
        sql = f"SELECT seq, kind, record_id FROM change WHERE region_id = ? AND seq IN {marks(last)}"  # noqa: S608
        kinds = {seq: (record_id, kind) for seq, kind, record_id in database.rows(sql, region_id, *last)}
        sql = f"SELECT seq, body FROM change_body WHERE region_id = ? AND seq IN {marks(last)}"  # noqa: S608
        for seq, body in database.rows(sql, region_id, *last):
            yield *kinds[seq], bytes(body)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _told(kinds: Kinds, region_id: str, record_id: str, kind: str, body: bytes) -> Behind | None:
    released = kinds[kind].released if kind in kinds else None
    if released is None:
        return None
    said = msgspec.json.decode(body)
    original, titles = released.title(said)
    return Behind(region=region_id, kind=kind, id=record_id, slug=said["slug"], title=titles, original=original)
