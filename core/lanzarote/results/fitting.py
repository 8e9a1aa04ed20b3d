"""Whether what a region signed can be shown: by the checks that its package and its files had to pass there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from lanzarote.checking import is_date
from lanzarote.regions.check import header_faults
from lanzarote.regions.check_dates import PARTIAL
from lanzarote.regions.check_entries import ADDRESSES, unfit_address
from lanzarote.regions.vocabulary import KINDS as TERMS
from lanzarote.regions.vocabulary import VocabularyRelease
from lanzarote.regions.walking import walk
from lanzarote.results.batches import Malformed
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.results.batches import Entry

ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The form of the ids of records."""
TELLING: Final = ("epoch", "region")
"""Kinds of which no entry goes without what it tells."""


def require_fit(entry: Entry, said: Any, region_id: str) -> None:
    """Raise Malformed unless the entry names what it tells of as the platform does, and tells nothing that cannot be.

    *said*: None when it tells nothing, or nothing any more.
    """
    for told in _faults(entry, said, region_id):
        raise Malformed(f"entry {entry.seq} ({entry.kind}): {told}")


def _faults(entry: Entry, said: Any, region_id: str) -> Iterator[str]:
    if not _is_name(entry, said, region_id):
        yield "its record has no name that the platform gives"
    if said is None:
        if entry.kind in TELLING:
            yield "tells nothing"
        return
    if isinstance(said, RegionHeader):
        yield from _in_header(said, region_id)
    for field, value in _values(said):
        yield from (f"{field}{told}" for told in _in_fields(value))


def _is_name(entry: Entry, said: Any, region_id: str) -> bool:
    if entry.kind == "epoch":
        return True  # it names the entry before it, and is held against that
    if entry.kind == "region":
        return entry.record == region_id
    if isinstance(said, VocabularyRelease):
        return entry.record == said.vocabulary
    return entry.record in TERMS if entry.kind == "vocabulary" else bool(ID.fullmatch(entry.record))


def _in_header(header: RegionHeader, region_id: str) -> Iterator[str]:
    if header.id != region_id:
        yield f"says that the region is {header.id}"
    if not header.name:
        yield "name: is missing"
    yield from (f"{field}: {told}" for field, told in header_faults(header))


def _values(said: Any) -> Iterator[tuple[str, Any]]:
    """What was said, each with where it stands."""
    if isinstance(said, VocabularyRelease):
        for term in said.entries:
            yield f"{term.key}.", msgspec.json.decode(term.body, type=TERMS[said.vocabulary])
    else:
        yield "", said


def _in_fields(value: Any) -> Iterator[str]:
    """Dates that are in no calendar, and addresses that lead to no page."""
    for path, found in walk(value, ()):
        if isinstance(found, str) and found and path and "answers" not in path:
            if path[-1] in PARTIAL and not is_date(found):
                yield f"{'.'.join(map(str, path))}: {found!r} is not in the calendar"
            elif path[-1] in ADDRESSES and (told := unfit_address(found)):
                yield f"{'.'.join(map(str, path))}: {told}"
