"""Whether what a region signed can be shown here, by the checks that its package and its files had to pass there.

Each entry is looked at for itself. Whether it says the same as its document and as the log before it: ``agreeing``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.evaluation.disclosure import SMALL, STEP
from lanzarote.evaluation.documents import EvaluationDocument, IndicatorDocument, exact_numbers, unfit_times
from lanzarote.facts.convention import Reference, UnknownReference, common_sectors
from lanzarote.practices.documents import PracticeRelease
from lanzarote.procedures.documents import ProcedureDocument
from lanzarote.records.changelog import Beginning
from lanzarote.records.records import now
from lanzarote.regions.check import header_faults
from lanzarote.regions.check_sizes import unfit_contents
from lanzarote.regions.check_values import unfit_values
from lanzarote.regions.vocabulary import KINDS as TERMS
from lanzarote.regions.vocabulary import VocabularyRelease
from lanzarote.results.batches import Malformed
from lanzarote.results.fitting_transfers import unfit_origin, unfit_transfer
from lanzarote.store.ids import is_id
from lanzarote.types import Provision, RegionHeader, Sector, TransferRelease

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.results.batches import Entry

SLUG: Final = re.compile(r"(?!\.{1,2}$)[^/\x00-\x1f]{1,200}")
"""The form of the last parts of their addresses: whatever else stands in one, it leads to the record."""
GREATEST: Final = 2**31 - 1
"""What a column of PostgreSQL holds; no region writes as many entries."""
EARLIEST: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Where clocks begin that were never set: a region is not kept out for ever because its battery was empty once."""
CLOCKS: Final = timedelta(days=1)
"""So far the clocks of two places may differ."""
TELLING: Final = ("epoch", "region")
"""Kinds of which no entry goes without what it tells."""


def require_fit(entry: Entry, said: Any, region_id: str) -> None:
    """Raise Malformed unless the entry names what it tells of as the platform does, and tells nothing that cannot be.

    *said*: None when it tells nothing, or nothing any more.
    """
    for told in _faults(entry, said, region_id):
        raise Malformed(f"entry {entry.seq} ({entry.kind}): {told}")


def _faults(entry: Entry, said: Any, region_id: str) -> Iterator[str]:
    if not _is_name(entry, region_id):
        yield "its record has no name that the platform gives"
    if not EARLIEST <= entry.at <= now() + CLOCKS:  # it may lie before the one before it: clocks are set back
        yield f"at: {entry.at.isoformat()} is before the year 1970 or still to come; look at the clocks of both places"
    if max(entry.seq, entry.epoch, entry.version, said.entries if isinstance(said, Beginning) else 0) > GREATEST:
        yield f"has a number greater than {GREATEST:,}, which this platform does not count up to"
    if said is None:
        if entry.kind in TELLING:
            yield "tells nothing"
        return
    if isinstance(said, RegionHeader):
        yield from _in_header(said)
    if isinstance(said, TransferRelease):
        yield from unfit_transfer(said, now() + CLOCKS)
    if isinstance(said, PracticeRelease):
        yield from unfit_origin("status.derived", said.status.derived)
    if isinstance(said, ProcedureDocument):
        yield from unfit_origin("derived", said.derived)
    if SLUG.fullmatch(getattr(said, "slug", "none")) is None:
        yield "slug: no page can have it in its address"
    if isinstance(said, IndicatorDocument | EvaluationDocument):
        for place in exact_numbers(said):
            yield (
                f"{place}: a count of people that is told too exactly: 1 to {SMALL} are hidden, everything else is "
                f"rounded to the nearest {STEP}"
            )
        yield from (f"{place}: {told}" for place, told in unfit_times(said))
    for field, value in _values(said):
        for path, told in (*unfit_values(value), *unfit_contents(value)):
            yield f"{field}{'.'.join(map(str, path))}: {told}"
        if isinstance(value, Sector):
            yield from _in_sector(field, value)
    for field, reference in _references(said):
        try:
            Reference.parse(reference)
        except UnknownReference as error:
            yield f"{field}: {error}"


def _is_name(entry: Entry, region_id: str) -> bool:
    if entry.kind == "epoch":
        return True  # it names the entry before it, and is held against that
    if entry.kind == "region":
        return entry.record == region_id
    return entry.record in TERMS if entry.kind == "vocabulary" else is_id(entry.record)


def _in_header(header: RegionHeader) -> Iterator[str]:
    if not header.name:
        yield "name: is missing"
    yield from (f"{field}: {told}" for field, told in header_faults(header))


def _in_sector(field: str, sector: Sector) -> Iterator[str]:
    known = [one.key for one in common_sectors()]
    for key in sector.common:
        if key not in known:
            yield f"{field}common: {key!r} is no common sector: write one of {', '.join(known)}"


def _references(said: Any) -> Iterator[tuple[str, str]]:
    """What it refers to in the Convention, each with where it stands."""
    if isinstance(said, VocabularyRelease) and said.vocabulary == "coverage":
        yield from (("coverage", term.key) for term in said.entries)
    for field, value in _values(said):
        if isinstance(value, Provision):
            for number, version in enumerate(value.versions):
                yield from ((f"{field}versions.{number}.convention", link.ref) for link in version.convention)
            continue
        for name in ("", "practice", "improvement", "procedure"):
            document = getattr(value, name, None) if name else value
            place = f"{field}{name}.convention" if name else f"{field}convention"
            yield from ((place, reference) for reference in getattr(document, "convention", ()))


def _values(said: Any) -> Iterator[tuple[str, Any]]:
    """What was said, each with where it stands."""
    if isinstance(said, VocabularyRelease):
        for term in said.entries:
            yield f"{term.key}.", msgspec.json.decode(term.body, type=TERMS[said.vocabulary])
    else:
        yield "", said
