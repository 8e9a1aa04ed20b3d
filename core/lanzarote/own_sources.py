"""Sources that a record has of its own, as forms and sheets send them: what these do not show is kept."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any, get_args

import msgspec

from lanzarote.types import SourceKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from lanzarote.types import OwnSource


def is_written(row: Mapping[str, str]) -> bool:
    """Whether anybody wrote in a row: its key and its kind stand there by themselves."""
    return any(text for name, text in row.items() if name not in ("key", "kind"))


def read(rows: Iterable[Mapping[str, str]], before: Iterable[OwnSource] = ()) -> Iterator[dict[str, Any]]:
    """What stands in the rows of a form, each under the key it has or a new one; a row left empty is none.

    A new one is none that another source had *before*: what cites that would cite this.

    >>> [one["key"] for one in read([{"title": "A"}, {"title": "B", "key": "own-1"}, {"key": "own-3"}])]
    ['own-2', 'own-1']
    """
    written = [row for row in rows if is_written(row)]
    free = (f"own-{number}" for number in count(1))
    given, sent = set[str](), {*(row.get("key", "") for row in written), *(one.key for one in before)}
    for row in written:
        key, kind, url = (row.get(name, "") for name in ("key", "kind", "url"))
        if not key or key in given:
            key = next(name for name in free if name not in sent)
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
