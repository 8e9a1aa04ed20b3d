"""A practice as it leaves its region: the published version, what was decided about it, and whom it names."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from lanzarote.changes import Release
from lanzarote.practices.model import PracticeStatus
from lanzarote.records import Record, Version, encode
from lanzarote.stakeholders.service import by_key
from lanzarote.types import Key, Practice, Scope, Side, Text, Value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.changes import Saved
    from lanzarote.stakeholders.model import Stakeholder

_practice = msgspec.json.Decoder(Practice)
_status = msgspec.json.Decoder(PracticeStatus)


class CitedOrganisation(Value, frozen=True, kw_only=True):
    """What a practice has to tell of an organisation that it names, whether or not its entry leaves the region."""

    name: Text
    side: Side
    sectors: tuple[Key, ...]
    scope: Scope


class PracticeRelease(Value, frozen=True, kw_only=True):
    """What the change log keeps of a practice."""

    slug: str
    published_at: datetime
    practice: Practice
    status: PracticeStatus
    """Without what is told to the team alone."""
    organisations: dict[str, CitedOrganisation] = {}
    """Those it names, by the key or id by which it does."""


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these practices."""
    directory = by_key(session)
    return {
        record.id: Release(version=record.published_version or 0, body=encode(_release(record, body, directory)))
        for record, body in _published(session, some)
    }


def naming(session: Session, ids: Collection[str]) -> list[str]:
    """Ids of the published practices that name one of these stakeholders, by whatever stands for it."""
    wanted = {name for name, one in by_key(session).items() if one.id in ids} | set(ids)
    return sorted(record.id for record, body in _published(session, None) if _named(_practice.decode(body)) & wanted)


def _published(session: Session, some: Mapping[str, Saved] | None) -> Iterator[tuple[Record, bytes]]:
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record, Version.body)
        .join(Version, joined & (Version.number == Record.published_version))
        .where(Record.kind == "practice")
    )
    if some is not None:
        query = query.where(Record.id.in_(list(some)))
    for row in session.execute(query):
        yield row[0], row[1]


def _release(record: Record, body: bytes, directory: Mapping[str, Stakeholder]) -> PracticeRelease:
    practice = _practice.decode(body)
    return PracticeRelease(
        slug=record.slug,
        published_at=record.published_at or record.updated_at,
        practice=practice,
        status=msgspec.structs.replace(_status.decode(record.status), withdrawn="", held_back={}),
        organisations={name: _cited(directory[name]) for name in sorted(_named(practice)) if name in directory},
    )


def _named(practice: Practice) -> set[str]:
    return {partner.organisation for partner in practice.partners if partner.organisation}


def _cited(one: Stakeholder) -> CitedOrganisation:
    said = one.organisation
    return CitedOrganisation(name=said.name, side=said.side, sectors=said.sectors, scope=said.scope)
