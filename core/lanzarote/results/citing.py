"""Organisations that are known only because received practices name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from sqlalchemy import select

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.directory.model import StakeholderStatus
from lanzarote.directory.service import by_key
from lanzarote.practices.documents import CitedOrganisation, PracticeRelease, cited_in
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records import records
from lanzarote.records.changelog import Change, ChangeBody, forget_bodies
from lanzarote.records.changelog_state import bodies_now, released_now
from lanzarote.records.erasing import erased_here
from lanzarote.records.records import Draft, Record, Version, encode
from lanzarote.store.bulk import pieces
from lanzarote.store.ids import is_id, shipped_id
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Stakeholder

    Told = Mapping[str, CitedOrganisation]
    """Key or id → what a practice tells of the organisation that it names so."""

_SAME: Final = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)


def know(session: Session, region_id: str, told: Iterable[Told], *, by: str) -> None:
    """Know the organisations that practices name, as the practices tell of them last.

    What an organisation lets its region tell of itself comes before that.
    """
    cited: dict[str, CitedOrganisation] = {}
    for some in told:
        for name, one in some.items():
            cited.pop(name, None)  # what is told last stands last
            cited[name] = one
    if not cited:
        return
    known, names = by_key(session), _names(session, region_id, cited)
    drafts = [
        _draft(record_id, called, cited[called[-1]])
        for record_id, called in names.items()
        if _tells_more(cited[called[-1]], [known[name] for name in called if name in known])
    ]
    gone = erased_here(session, region_id, [one.id for one in drafts])  # nobody else's naming them brings them back
    drafts = [one for one in drafts if one.id not in gone]
    here = {
        one.id: one
        for some in pieces([one.id for one in drafts])
        for one in session.scalars(select(Record).where(Record.id.in_(some)))
    }
    for draft in drafts:
        if draft.id in here:
            _renew(session, here[draft.id], draft, by=by)
    if fresh := [draft for draft in drafts if draft.id not in here]:
        records.create(session, region_id, fresh, by=by)


def ids_in(region_id: str, said: Any) -> list[str]:
    """Ids of the organisations that a document names, where nobody else has their keys; of a practice alone."""
    return [_own_id(region_id, name) for name in said.organisations] if isinstance(said, PracticeRelease) else []


def named(session: Session, region_id: str, practices: Collection[str]) -> set[str]:
    """The keys and ids by which these practices name organisations, as they are released."""
    if not practices:
        return set()
    found = released_now(session, region_id, kinds=(PRACTICE,), records=practices)
    return {name for one in found if one.body for name in cited_in(one.body)}


def settle(session: Session, region_id: str, *, by: str) -> None:
    """Let every organisation that does not speak for itself be known as released practices name it by now, or not at
    all.
    """
    told = [cited_in(body) for body in bodies_now(session, region_id, PRACTICE)]
    know(session, region_id, told, by=by)
    session.flush()
    cited = _names(session, region_id, {name for some in told for name in some})
    unnamed = [one for one in _only_cited(session) if one.state == "published" and one.id not in cited]
    records.withdraw_all(session, unnamed, by=by)


def forget(session: Session, region_id: str, *, by: str) -> None:
    """Keep no word of organisations that were known only because practices named them, once no practice tells it."""
    told = session.scalars(select(ChangeBody.body).join(Change, _SAME).where(Change.kind == PRACTICE))
    cited = _names(session, region_id, {name for body in told for name in cited_in(body)})
    _let_go(session, [record for record in _only_cited(session) if record.id not in cited], by=by)


def forget_telling_of(session: Session, region_id: str, gone: Collection[str]) -> None:
    """Keep no word of organisations that are erased in what practices told of them: their region tells these anew."""
    mine = (Change.region_id == region_id) & (Change.kind == PRACTICE)
    names = {*gone, *_keys_of(session, region_id, gone)}
    query = select(Change.record_id, ChangeBody.body).join(ChangeBody, _SAME).where(mine)
    telling = {
        record_id
        for record_id, body in session.execute(query)
        for name in cited_in(body)
        if name in names or _own_id(region_id, name) in names
    }
    forget_bodies(session, sorted(telling))


def give_way(session: Session, joined: Mapping[str, Collection[str]], *, by: str) -> None:
    """Organisations that practices named, and that now speak for themselves, are one thing each and not two.

    *joined*: id of each → the ids and keys that stand for it.
    """
    answering: dict[str, set[str]] = {}
    for own, names in joined.items():
        for name in names:
            answering.setdefault(name, set()).add(own)
    if answering:
        _let_go(session, [record for record in _only_cited(session) if _answers(record, answering)], by=by)


def _answers(record: Record, answering: Mapping[str, set[str]]) -> bool:
    """Whether something else answers in the place of *record*."""
    return any(answering.get(name, set()) - {record.id} for name in (record.key, record.id) if name)


def _only_cited(session: Session) -> list[Record]:
    """Those that tell nothing of themselves, or nothing any more."""
    some = Record.state.in_(["published", "withdrawn"])
    found = session.scalars(select(Record).where(Record.kind == STAKEHOLDER, some))
    return [record for record in found if not records.decode(record.status, StakeholderStatus).shared]


def _let_go(session: Session, some: Sequence[Record], *, by: str) -> None:
    """Keep no word that practices said of them. What they once told of themselves is their region's to forget."""
    speaking = {
        record_id
        for ids in pieces([record.id for record in some])
        for record_id in session.scalars(select(Change.record_id).where(Change.record_id.in_(ids)).distinct())
    }
    at = records.now()
    records.erase_all(session, {record: at for record in some if record.id not in speaking}, by=by)
    told = [record for record in some if record.id in speaking]
    records.withdraw_all(session, [record for record in told if record.state == "published"], by=by)
    for record in told:
        if (version := session.get(Version, (record.region_id, record.id, record.version))) is not None:
            version.body, version.digest = b"", ""
            session.info["erased"] = True


def _tells_more(one: CitedOrganisation, known: Sequence[Stakeholder]) -> bool:
    return not any(each.status.shared or _organisation(one) == each.organisation for each in known)


def _organisation(one: CitedOrganisation) -> Organisation:
    return Organisation(name=one.name, side=one.side, sectors=one.sectors, scope=one.scope, verified=one.verified)


def _names(session: Session, region_id: str, names: Collection[str]) -> dict[str, list[str]]:
    """Id of each organisation that these keys and ids stand for → which of them do, in their order."""
    of_key: dict[str, str] = {}
    for some in pieces(sorted(names)):
        query = select(Record.key, Record.id).where(Record.kind == STAKEHOLDER, Record.state != "erased")
        of_key |= {key: record_id for key, record_id in session.execute(query.where(Record.key.in_(some))) if key}
    found: dict[str, list[str]] = {}
    for name in names:
        own = of_key.get(name) or _own_id(region_id, name)
        found.setdefault(own, []).append(name)
    return found


def _keys_of(session: Session, region_id: str, ids: Collection[str]) -> list[str]:
    keys = select(Record.key).where(Record.region_id == region_id, Record.kind == STAKEHOLDER)
    found = [key for some in pieces(sorted(ids)) for key in session.scalars(keys.where(Record.id.in_(some)))]
    return [key for key in found if key]


def _own_id(region_id: str, name: str) -> str:
    return name if is_id(name) else shipped_id(region_id, STAKEHOLDER, name)


def _draft(record_id: str, names: Sequence[str], one: CitedOrganisation) -> Draft:
    key = next((name for name in names if not is_id(name)), None)
    return Draft(
        kind=STAKEHOLDER,
        id=record_id,
        key=key,
        slug=key or record_id,
        body=encode(_organisation(one)),
        status=encode(StakeholderStatus()),
        publish=True,
    )


def _renew(session: Session, record: Record, draft: Draft, *, by: str) -> None:
    """In its present version: what practices said of it before may have been told to be forgotten.

    What it once told of itself stays a version of its own.
    """
    own = records.decode(record.status, StakeholderStatus).shared
    slug = draft.slug if record.state == "erased" else record.slug
    records.take(session, record, replace(draft, slug=slug, version=record.version + own), by=by)
