"""Organisations that are known only because received practices name them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import select

from lanzarote import records
from lanzarote.changes import Change, ChangeBody
from lanzarote.ids import shipped_id
from lanzarote.log_gaps import forgotten
from lanzarote.practices.documents import PracticeRelease
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records import Draft, Record, encode
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.stakeholders.model import StakeholderStatus
from lanzarote.stakeholders.service import by_key
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.practices.documents import CitedOrganisation
    from lanzarote.stakeholders.model import Stakeholder

ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_SAME: Final = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)


def know(session: Session, region_id: str, told: Iterable[Mapping[str, CitedOrganisation]], *, by: str) -> None:
    """Know the organisations that practices name, as the practices tell of them last.

    What an organisation lets its region tell of itself comes before that.
    """
    cited: dict[str, CitedOrganisation] = {}
    for some in told:
        cited |= some
    if not cited:
        return
    known = by_key(session)
    drafts = [_draft(region_id, name, one) for name, one in cited.items() if _tells_more(one, known.get(name))]
    here = {one.id: one for one in session.scalars(select(Record).where(Record.id.in_([one.id for one in drafts])))}
    gone = _erased(session, region_id, here)
    for draft in drafts:
        if draft.id in here and draft.id not in gone:
            _renew(session, here[draft.id], draft, by=by)
    if fresh := [draft for draft in drafts if draft.id not in here]:
        records.create(session, region_id, fresh, by=by)


def forget(session: Session, *, by: str) -> None:
    """Erase what is known of organisations only because practices named them, and no practice names any more."""
    cited: set[str] = set()
    for body in session.scalars(select(ChangeBody.body).join(Change, _SAME).where(Change.kind == PRACTICE)):
        cited |= set(msgspec.json.decode(body, type=PracticeRelease).organisations)
    for record in _only_cited(session):
        if not {record.key, record.id} & cited:
            records.erase(session, record, by=by, at=records.now())


def give_way(session: Session, record_id: str, names: Sequence[str], *, by: str) -> None:
    """An organisation that practices named, and that now speaks for itself, is one thing and not two."""
    for record in _only_cited(session):
        if record.id != record_id and {record.key, record.id} & {*names}:
            records.erase(session, record, by=by, at=records.now())


def _only_cited(session: Session) -> list[Record]:
    found = session.scalars(select(Record).where(Record.kind == STAKEHOLDER, Record.state == "published"))
    return [record for record in found if not records.decode(record.status, StakeholderStatus).shared]


def _tells_more(one: CitedOrganisation, known: Stakeholder | None) -> bool:
    if known is None:
        return True
    said = known.organisation
    return not known.status.shared and (said.name, said.side, said.sectors, said.scope) != (
        one.name,
        one.side,
        one.sectors,
        one.scope,
    )


def _draft(region_id: str, name: str, one: CitedOrganisation) -> Draft:
    own = ID.fullmatch(name) is not None
    return Draft(
        kind=STAKEHOLDER,
        id=name if own else shipped_id(region_id, STAKEHOLDER, name),
        key=None if own else name,
        slug=name,
        body=encode(Organisation(name=one.name, side=one.side, sectors=one.sectors, scope=one.scope)),
        status=encode(StakeholderStatus()),
        publish=True,
    )


def _renew(session: Session, record: Record, draft: Draft, *, by: str) -> None:
    """In its present version: what practices said of it before may have been told to be forgotten.

    What it once told of itself stays a version of its own.
    """
    own = records.decode(record.status, StakeholderStatus).shared
    records.take(session, record, replace(draft, slug=record.slug, version=record.version + own), by=by)


def _erased(session: Session, region_id: str, ids: Iterable[str]) -> set[str]:
    """Those of which the region said that they are erased; nobody else's naming them brings them back."""
    return {one.record_id for one in forgotten(session, region_id, ids) if one.erased}
