"""What a released result counts for: each document of the change log, as lines of the account.

A line is (measure, a, b), with how often it counts. No line holds any text that somebody wrote.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from lanzarote.facts.convention import Reference
from lanzarote.office.model import SECTOR, SECTOR_SIDE
from lanzarote.regions.vocabulary import VocabularyRelease
from lanzarote.runtime.reading import LateDecoder, decoded
from lanzarote.types import CoverageStatement, Provision, Sector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lanzarote.records.kinds import Kinds, Sectors

VOCABULARY: Final = "vocabulary"
Line = tuple[str, str, str]
Lines = Counter[Line]


def counted_kinds(kinds: Kinds) -> frozenset[str]:
    """Kinds of results that count for something."""
    return frozenset({VOCABULARY, *(one.name for one in kinds.values() if one.released and one.released.counts)})


def lines_of(kinds: Kinds, name: str, body: bytes, sectors: Sectors) -> Lines:
    """What a result counts for, of one of the ``counted_kinds``."""
    if name == VOCABULARY:
        return Counter(_vocabulary(_vocabularies.decode(body)))
    released = kinds[name].released
    if released is None or released.counts is None:
        return Counter()
    return Counter(released.counts(decoded(body, released.document), sectors))


# What a region says of its sectors, its law and its coverage


def _vocabulary(said: VocabularyRelease) -> Iterator[Line]:
    tell = _TERMS.get(said.vocabulary)
    former: set[str] = set()
    for term in said.entries if tell else ():
        if term.key not in former:
            value, found = tell(term.key, bytes(term.body), term.retired)  # type: ignore[misc]
            former.update(getattr(value, "former", ()))
            yield from found


def _sector(key: str, body: bytes, retired: bool) -> tuple[Any, list[Line]]:
    del retired  # a record that names one still means it
    sector = decoded(body, Sector)
    names = (key, *sector.former)
    found = [(SECTOR, name, common) for name in names for common in dict.fromkeys(sector.common)]
    return sector, [*found, *((SECTOR_SIDE, name, sector.side) for name in names)]


def _provision(key: str, body: bytes, retired: bool) -> tuple[Any, list[Line]]:
    """Between which days which article has it as evidence: the account does not change with the day."""
    del key, retired  # as the region's own page counts it
    provision = decoded(body, Provision)
    versions = provision.versions
    ends = [after.since - timedelta(days=1) if after.since else None for _, after in pairwise(versions)]
    found = []
    for number, (version, replaced) in enumerate(zip(versions, [*ends, None], strict=True)):
        since = version.since.isoformat() if version.since and number else ""
        until = min((day for day in (version.until, replaced) if day), default=None)
        days = f"{since}/{until.isoformat() if until else ''}"
        articles = {str(Reference.parse(link.ref).article) for link in version.convention}
        found += [("provision", article, days) for article in sorted(articles)]
    return provision, found


def _coverage(key: str, body: bytes, retired: bool) -> tuple[Any, list[Line]]:
    statement = decoded(body, CoverageStatement)
    return statement, [] if retired else [("stated", key, statement.state)]


_TERMS: Final[Mapping[str, Callable[[str, bytes, bool], tuple[Any, list[Line]]]]] = {
    "sector": _sector,
    "provision": _provision,
    "coverage": _coverage,
}
_vocabularies = LateDecoder(VocabularyRelease)
