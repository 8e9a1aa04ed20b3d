"""The search over what a team works on: the newest version of every record that the reader may read."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import and_, or_, select

from lanzarote.practices.facets import FacetIndex
from lanzarote.records.kinds import kinds_of
from lanzarote.records.permissions import allowed, involved, is_hidden
from lanzarote.records.records import Record, Version
from lanzarote.search import paging
from lanzarote.search.index import Entry, TextIndex, near
from lanzarote.search.ranking import Found, find
from lanzarote.search.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.records.permissions import Actor

TITLES: Final = ("title", "name")
LEADS: Final = ("summary", "role", "purpose", "proposal")
_LANGUAGE: Final = re.compile("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


class TeamResult(Struct, frozen=True, kw_only=True):
    """A record that was found."""

    kind: str
    id: str
    titles: Mapping[str, str]
    original: str
    whole: bool
    """It holds all words."""
    held: tuple[int, ...]
    """Numbers of the groups of the question that it holds."""


class TeamResults(Struct, frozen=True, kw_only=True):
    results: tuple[TeamResult, ...]
    found: Found | None
    """None: there was no word to look for."""
    piece: paging.Piece | None = None


class _Kept(Struct, frozen=True):
    """All records of a region that are worked on, as they are found."""

    records: tuple[tuple[str, str, dict[str, str], str], ...]
    """(kind, id, titles, original language), the last changed first."""
    index: TextIndex
    list: FacetIndex


def search_team(
    instance: Instance,
    region_id: str,
    actor: Actor,
    words: str,
    lang: str,
    *,
    cursor: str | None = None,
    limit: int = 100,
) -> TeamResults:
    """What *actor* may read of the region and holds *words*, the best first. Raises BadCursor."""
    with instance.database.read(region_id) as session:
        every = instance.until_written(("team-search", region_id), lambda: _read(session))
        seen = set(_seen(session, actor))
    within = every.list.hits([pk for pk, (_, record_id, *_) in enumerate(every.records) if record_id in seen])
    shelf = Shelf(every.list, every.index.rows_that_hold, within)
    found = find(words, lang, (shelf,), partial(near, instance.database), instance.meaning(region_id))
    if not found.question:
        return TeamResults(results=(), found=None)
    piece = paging.piece(found, (every.list,), (within,), cursor, limit)
    return TeamResults(results=tuple(_results(every, piece)), found=found, piece=piece)


def _results(every: _Kept, piece: paging.Piece) -> Iterator[TeamResult]:
    for one in piece.shown:
        kind, record_id, titles, original = every.records[every.list.pks[one.position]]
        layer = one.segment.layer
        if layer is not None:
            yield TeamResult(
                kind=kind, id=record_id, titles=titles, original=original, whole=layer.whole, held=layer.held
            )


def _seen(session: Session, actor: Actor) -> Iterator[str]:
    kinds = kinds_of(session)
    may = or_(*(and_(Record.kind == kind.name, allowed(actor, kind.read)) for kind in kinds.values() if not kind.page))
    query = select(Record, involved(actor, "author")).where(Record.state != "erased", may)
    for record, wrote in session.execute(query):
        if not is_hidden(kinds[record.kind], actor, record, wrote):
            yield record.id


def _read(session: Session) -> _Kept:
    kinds = [kind.name for kind in kinds_of(session).values() if not kind.page]
    newest = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record.kind, Record.id, Version.body)
        .join(Version, newest & (Version.number == Record.version))
        .where(Record.state != "erased", Record.kind.in_(kinds))
        .order_by(Record.updated_at.desc(), Record.id)
    )
    records, entries = [], []
    for pk, (kind, record_id, body) in enumerate(session.execute(query)):
        said = msgspec.json.decode(body) if body else {}
        texts = list(_texts(said, ""))
        entries.append(
            Entry(
                pk=pk,
                region_id="",
                title=tuple((lang, text) for place, lang, text in texts if place in TITLES),
                summary=tuple((lang, text) for place, lang, text in texts if place in LEADS),
                text=tuple((lang, text) for place, lang, text in texts if place not in (*TITLES, *LEADS)),
            )
        )
        titles = {lang: text for place, lang, text in reversed(texts) if place in TITLES}
        records.append((kind, record_id, titles, str(said.get("original", ""))))
    listed = FacetIndex(((pk, pk) for pk in range(len(records))), ())
    return _Kept(tuple(records), TextIndex(entries), listed)


def _texts(said: Any, place: str, lang: str = "") -> Iterator[tuple[str, str, str]]:
    """(field, language, text) of all that is written in a language; codes, addresses and keys are not."""
    if isinstance(said, dict):
        for name, value in said.items():
            spoken = _LANGUAGE.fullmatch(name)
            if spoken and isinstance(value, str):
                yield place, name, value
            elif spoken and place == "text":
                yield from ((field, name, text) for field, text in value.items() if isinstance(text, str))
            else:
                yield from _texts(value, name)
    elif isinstance(said, list):
        for value in said:  # what a row says is no title of the record
            yield from ((place, lang, text) for _, lang, text in _texts(value, place))
