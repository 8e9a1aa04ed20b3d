"""What an office is shown of the regions that it receives: how far, by which keys, and what could not be taken."""

from __future__ import annotations

import base64
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.errors import NotFound
from lanzarote.records.changelog import Served
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.received import SAMPLES
from lanzarote.results import words
from lanzarote.results.batches import Envelope, Malformed, Statement, read_file
from lanzarote.results.model import HeldBatch, Source, SourceKey
from lanzarote.results.signing import PublicKey, grouped
from lanzarote.runtime.reading import decoded
from lanzarote.translation import in_language, pick

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.web.site import View


class Region(Struct, frozen=True, kw_only=True):
    """A region that is enrolled here."""

    row: Source
    name: str
    state_words: str
    came: str
    held: int
    """How many files, or parts of them, wait because they could not be taken."""
    href: str
    public_href: str
    """Its pages here; empty: nothing of it is shown."""
    hidden: bool | None
    """Whether its pages here are hidden; None: nothing of it is here yet."""
    invented: bool
    """It is a sample, which this site made itself."""
    activity_href: str
    """Who did what with it; empty: that is not for the reader."""


class KnownKey(Struct, frozen=True, kw_only=True):
    """A key of a region that is received here."""

    id: str
    fingerprint: str
    known_at: datetime
    vouched: bool
    """The key before vouches for it; otherwise somebody compared its fingerprint, or it is of an invented region."""
    revoked_at: datetime | None
    reason: str
    """Why it was revoked."""


class Held(Struct, frozen=True, kw_only=True):
    """What could not be taken, in the reader's words."""

    row: HeldBatch
    came: str
    what: str
    way: str


class Head(Struct, frozen=True, kw_only=True):
    """Up to where a region has vouched for its results."""

    epoch: int
    seq: int
    mark: str
    key: str
    """Fingerprint."""


def regions(view: View, session: Session) -> list[Region]:
    """Every region that is enrolled, or was, by name."""
    rows = session.execute(
        select(HeldBatch.region_id, func.count()).group_by(HeldBatch.region_id)  # of all regions
    )
    held = {region_id: count for region_id, count in rows}  # noqa: C416 - rows are no pairs for mypy
    shown = _shown(session)
    found = [_region(view, row, held.get(row.region_id, 0), shown) for row in session.scalars(select(Source))]
    return sorted(found, key=lambda one: view.sort_key(one.name))


def region(view: View, session: Session, region_id: str) -> Region:
    """Raises NotFound."""
    row = session.get(Source, region_id)
    if row is None:
        raise NotFound("No such region is enrolled here.")
    count = session.scalar(select(func.count()).where(HeldBatch.region_id == region_id)) or 0
    return _region(view, row, count, _shown(session))


def _shown(session: Session) -> dict[str, bool]:
    """Every region that is here, and whether the public may read it."""
    return {row.id: row.enabled for row in session.execute(select(Served.id, Served.enabled))}


def keys_of(session: Session, region_id: str) -> list[KnownKey]:
    """The newest first."""
    rows = session.scalars(select(SourceKey).where(SourceKey.region_id == region_id))
    return [
        KnownKey(
            id=row.id,
            fingerprint=PublicKey(row.public).fingerprint,
            known_at=row.known_at,
            vouched=bool(row.endorsed_by),
            revoked_at=row.revoked_at,
            reason=row.reason,
        )
        for row in sorted(rows, key=lambda row: row.known_at, reverse=True)
    ]


def held_of(view: View, session: Session, region_id: str) -> list[Held]:
    """The newest first."""
    rows = session.scalars(select(HeldBatch).where(HeldBatch.region_id == region_id).order_by(HeldBatch.at.desc()))
    return [tell_held(view, row) for row in rows]


def held(session: Session, region_id: str, held_id: str) -> HeldBatch:
    """Raises NotFound."""
    row = session.get(HeldBatch, (region_id, held_id))
    if row is None:
        raise NotFound("Nothing waits here under this name: it was taken, or put away.")
    return row


def kept(session: Session, region_id: str, held_id: str) -> HeldBatch:
    """What waits and has its bytes, so that it can be tried again. Raises NotFound."""
    row = held(session, region_id, held_id)
    if not row.data:
        raise NotFound("Nothing of it was kept.")
    session.expunge(row)
    return row


def tell_held(view: View, row: HeldBatch) -> Held:
    what, way = words.told(words.UNTAKEN, row.code, view.translator)
    return Held(row=row, came=view._(words.CAME[row.came]), what=what, way=way)


def head_before(row: HeldBatch) -> Head | None:
    """What the region had vouched for here before; None: nothing."""
    return _head(decoded(row.known, Envelope)) if row.known else None


def head_that_came(row: HeldBatch) -> Head | None:
    """What it vouches for in what came; None: that cannot be read."""
    try:
        batches = list(read_file(BytesIO(row.data), whole=False)) if row.data else []
    except Malformed:
        return None
    return _head(batches[-1].envelope) if batches else None


def _head(envelope: Envelope) -> Head:
    said = decoded(base64.b64decode(envelope.payload), Statement)
    key = envelope.signatures[0].keyid
    return Head(epoch=said.epoch, seq=said.seq, mark=grouped(said.hash[:32]), key=grouped(key[:32]))


def _region(view: View, row: Source, count: int, shown: Mapping[str, bool]) -> Region:
    header = view.instance.headers().get(row.region_id) or view.instance.samples().get(row.region_id)
    reads = may_somewhere(view.actor, "activity.read", row.region_id)
    texts = header.name if header else decoded(row.name, dict[str, str])
    return Region(
        row=row,
        name=in_language(*pick(texts, view.lang), view.lang) or row.region_id,
        state_words=view._(words.STATES[row.state]),  # type: ignore[index]
        came=view._(words.CAME[row.came]) if row.came else "",
        held=count,
        href=view.instance_href("office", "sources", row.region_id),
        public_href=view.region_href(header) if header and row.region_id in shown else "",
        invented=row.region_id.startswith(SAMPLES),
        hidden=None if row.region_id not in shown else not shown[row.region_id],
        activity_href=view.region_href(header, "team", "activity") if header and reads else "",
    )
