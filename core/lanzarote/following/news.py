"""What changed since followers were told last: read once for all of them, however many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from sqlalchemy import and_, func, select

from lanzarote.following.kinds import KINDS, PUBLIC, may_know
from lanzarote.following.model import WHOLE, Follow
from lanzarote.records.changelog import Audit
from lanzarote.records.records import Record, Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor


class Line(Struct, frozen=True):
    """Something that was done."""

    seq: int
    actor: str
    verb: str


class Concerned(Struct, frozen=True, kw_only=True):
    """A record as it is now, and what the public calls it."""

    record: Record
    titles: Mapping[str, str]
    """Empty unless the public reads it: a mail travels less protected than a page."""
    original: str


class News(Struct, frozen=True, kw_only=True):
    """What is new in one region."""

    floor: int
    """Everybody was told what was done up to this line of the audit."""
    head: int
    lines: Mapping[str, Sequence[Line]]
    """Record → what was done to it, the first first."""


class Item(Struct, frozen=True, kw_only=True):
    """What one person is told of one record."""

    concerned: Concerned
    verbs: tuple[str, ...]
    inside: bool
    """There is something among it that the group's page shows, and the public's does not."""


class _Text(Struct):
    title: str | None = None


class _Said(Struct):
    original: str = ""
    text: dict[str, _Text] = {}
    name: dict[str, str] = {}


_said = msgspec.json.Decoder(_Said)
_VERBS = frozenset(verb for kind in KINDS.values() for verb in kind.news)


def read(session: Session, rhythm: str, regions: Sequence[str]) -> dict[str, News]:
    """What followers in this *rhythm* were not told yet, by region."""
    floors = select(Follow.region_id, func.min(Follow.told)).where(Follow.rhythm == rhythm)
    found = {}
    for region_id, floor in session.execute(floors.where(Follow.region_id.in_(regions)).group_by(Follow.region_id)):
        head = session.scalar(select(func.max(Audit.seq)).where(Audit.region_id == region_id)) or 0
        since = and_(Audit.region_id == region_id, Audit.seq > floor, Audit.seq <= head, Audit.verb.in_(_VERBS))
        query = select(Audit.record_id, Audit.seq, Audit.actor, Audit.verb).where(since, Audit.kind.in_(list(KINDS)))
        lines: dict[str, list[Line]] = {}
        for record_id, seq, actor, verb in session.execute(query.order_by(Audit.seq)):
            lines.setdefault(record_id, []).append(Line(seq, actor, verb))
        found[region_id] = News(floor=floor, head=head, lines=lines)
    return found


def concerned(session: Session, news: Mapping[str, News]) -> dict[tuple[str, str], Concerned]:
    """The records that there is news of, as they are now."""
    found = {}
    shown = and_(
        Version.region_id == Record.region_id,
        Version.record_id == Record.id,
        Version.number == Record.published_version,
    )
    query = select(Record, Version.body).outerjoin(Version, shown)
    for region_id, one in news.items():
        ids = list(one.lines)
        for start in range(0, len(ids), 500):
            mine = and_(Record.region_id == region_id, Record.id.in_(ids[start : start + 500]))
            for record, body in session.execute(query.where(mine)):
                found[record.region_id, record.id] = _told(record, body or b"")
    session.expunge_all()
    return found


def items(
    follows: Sequence[Follow],
    news: Mapping[str, News],
    records: Mapping[tuple[str, str], Concerned],
    by: Actor,
) -> list[tuple[Follow, Item]]:
    """What *by*, whose *follows* these are, is told: nothing they did themselves, nothing they may not know now."""
    told: list[tuple[Follow, Item]] = []
    seen: set[tuple[str, str]] = set()
    # What is followed by itself comes before what is part of a whole region.
    for follow in sorted(follows, key=lambda one: (one.record_id == WHOLE, one.id)):
        region = news.get(follow.region_id)
        if region is None:
            continue
        ids = list(region.lines) if follow.record_id == WHOLE else [follow.record_id]
        for record_id in ids:
            place = (follow.region_id, record_id)
            if place in seen or place not in records:
                continue
            one = records[place]
            verbs = [
                line.verb
                for line in region.lines.get(record_id, ())
                if line.seq > follow.told and line.actor != by.account_id and may_know(one.record, line.verb, by)
            ]
            if verbs:
                seen.add(place)
                inside = not set(verbs).issubset(PUBLIC)
                told.append((follow, Item(concerned=one, verbs=tuple(dict.fromkeys(verbs)), inside=inside)))
    return told


class Said(Struct, frozen=True, kw_only=True):
    """What a record of any kind is called."""

    titles: Mapping[str, str]
    original: str


def said(body: bytes) -> Said:
    """What the record that says *body* is called."""
    read = _said.decode(body) if body else _Said()
    titles = {code: text.title for code, text in read.text.items() if text.title} or read.name
    return Said(titles=titles, original=read.original)


def _told(record: Record, body: bytes) -> Concerned:
    known = said(body)
    return Concerned(record=record, titles=known.titles, original=known.original)
