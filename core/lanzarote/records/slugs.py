"""The last parts of the addresses of records: which are taken, and what is kept of those whose words are gone."""

from __future__ import annotations

from bisect import bisect_left
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote.records import locking
from lanzarote.records.tables import FormerSlug, Record

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

GONE: Final = "erased-"
"""What the address of an erased record begins with: its words are gone as well."""


def gone(slug: str) -> str:
    """What is kept of an address whose words may not be kept: enough to know it again."""
    return slug if slug.startswith(GONE) else GONE + sha256(slug.encode()).hexdigest()[:32]


def taken_slugs(session: Session, kinds: Collection[str] = ()) -> set[tuple[str, str]]:
    """Kind and slug of every address, present and former, of these *kinds* of records, or of all."""
    taken: set[tuple[str, str]] = set()
    for table in (Record, FormerSlug):
        query = select(table.kind, table.slug)
        taken.update(session.execute(query.where(table.kind.in_(kinds)) if kinds else query))
    return taken


def free_slug(session: Session, record: Record, wanted: str) -> str:
    """*wanted*, with a number if the address is taken by anything but *record* itself."""
    locking.lock(session, record.region_id)
    taken = taken_slugs(session, {record.kind}) - {(record.kind, record.slug)}
    return first_free(record.kind, wanted, taken)


def first_free(kind: str, wanted: str, taken: set[tuple[str, str]]) -> str:
    """*wanted*, with a number if it is taken; it is taken from now on.

    Numbers are tried in leaps, so that a thousand of one name are not counted through for the next: the number is the
    lowest where none is left out.
    """

    def is_free(number: int) -> bool:
        slug = _numbered(wanted, number)
        return taken.isdisjoint({(kind, slug), (kind, gone(slug))})

    number = 1
    while not is_free(number):
        number *= 2
    slug = _numbered(wanted, bisect_left(range(number), True, lo=number // 2 + 1, key=is_free) if number > 1 else 1)
    taken.add((kind, slug))
    return slug


def _numbered(wanted: str, number: int) -> str:
    return wanted if number == 1 else f"{wanted}-{number}"
