"""Sources that a record has of its own, as forms and sheets send them: what these do not show is kept."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, get_args

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote.records.records import Version
from lanzarote.types import SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.store.database import Database
    from lanzarote.types import OwnSource

Earlier = Callable[[], Collection[str]]
"""Keys that sources of a record have had, asked for when a new one comes."""


def keys_of(database: Database, region_id: str, record_id: str) -> Earlier:
    """Those that sources have had in any version of a record; none where it is not there yet."""
    return partial(_keys_of, database, region_id, record_id)


def _keys_of(database: Database, region_id: str, record_id: str) -> frozenset[str]:
    query = select(Version.body).where(Version.region_id == region_id, Version.record_id == record_id)
    with database.read(region_id) as session:
        bodies = session.scalars(query.where(Version.body != b"")).all()
    return frozenset(source.key for body in bodies for source in msgspec.json.decode(body, type=_Said).own_sources)


class _Source(Struct, frozen=True, kw_only=True):
    key: str


class _Said(Struct, frozen=True, kw_only=True):
    own_sources: tuple[_Source, ...] = ()


def new_keys(sent: Collection[str], earlier: Earlier) -> Iterator[str]:
    """Keys for new sources: none of those *sent*, and none that another source has had, which something may cite."""
    taken = {*sent, *earlier()}
    yield from (key for number in count(1) if (key := f"own-{number}") not in taken)


def is_written(row: Mapping[str, str]) -> bool:
    """Whether anybody wrote in a row: its key and its kind stand there by themselves."""
    return any(text for name, text in row.items() if name not in ("key", "kind"))


def read(rows: Iterable[Mapping[str, str]], earlier: Earlier = frozenset) -> Iterator[dict[str, Any]]:
    """What stands in the rows of a form, each under the key it has or a new one; a row left empty is none.

    >>> [one["key"] for one in read([{"title": "A"}, {"title": "B", "key": "own-1"}, {"key": "own-3"}])]
    ['own-2', 'own-1']
    """
    written = [row for row in rows if is_written(row)]
    free = new_keys({row.get("key", "") for row in written}, earlier)
    given = set[str]()
    for row in written:
        key, kind, url = (row.get(name, "") for name in ("key", "kind", "url"))
        if not key or key in given:
            key = next(free)
        given.add(key)
        said = {"key": key, "title": row.get("title", ""), "publisher": row.get("publisher", "")}
        said["kind"] = kind if kind in get_args(SourceKind) else "organisation"
        yield said | ({"url": url} if url else {})


def kept(
    sent: Sequence[OwnSource], before: Sequence[OwnSource], *, unshown: Collection[str] = ("language", "read_on")
) -> tuple[OwnSource, ...]:
    """*sent* with what the source of the same key said *before* in the fields that are *unshown*.

    Whoever writes another document over a source, with another title and another address, begins a new one: nothing
    that was true of the old one is kept. A document without an address is known by its title. The day on which a
    document was read is kept only while its address is the same.
    """
    known = {one.key: one for one in before}
    return tuple(_kept(one, known.get(one.key), unshown) for one in sent)


def _kept(now: OwnSource, was: OwnSource | None, unshown: Collection[str]) -> OwnSource:
    there = was is not None and now.url == was.url
    if was is None or (now.title != was.title and not (there and now.url)):
        return now
    same = [name for name in unshown if there or name != "read_on"]
    return msgspec.structs.replace(now, **{name: getattr(was, name) for name in same})
