"""Who takes part in the group: every stakeholder with its relation, side and sectors, read by one question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts.model import Account, Granted
from lanzarote.directory.model import KIND, Contact, Contacts, StakeholderStatus
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import OF_RECORD
from lanzarote.regions import vocabulary
from lanzarote.runtime.reading import LateDecoder
from lanzarote.stakeholders.addresses import href_of
from lanzarote.types import Organisation, Relation, Side, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from sqlalchemy.orm import Session

_status = LateDecoder(StakeholderStatus)
_entry = LateDecoder(Organisation)
_contacts = LateDecoder(tuple[Contact, ...])


class Body(Struct, frozen=True, kw_only=True):
    """A stakeholder, as far as the group's decisions need to know it."""

    id: str
    slug: str
    name: Text
    side: Side
    sectors: tuple[str, ...]
    """By their present keys: a sector that was renamed is one and the same."""
    status: StakeholderStatus
    public: bool
    """The public reads its entry."""

    @property
    def relation(self) -> Relation:
        return self.status.relation

    @property
    def takes_part(self) -> bool:
        return self.relation == "taking-part"


class Bodies(Struct, frozen=True, kw_only=True):
    """Every stakeholder of a region."""

    by_id: Mapping[str, Body]
    into: Mapping[str, str]
    """Id of an entry that was merged → id of what answers in its place."""

    @property
    def taking_part(self) -> tuple[Body, ...]:
        return tuple(one for one in self.by_id.values() if one.takes_part)

    def present_id(self, stakeholder_id: str) -> str:
        """The id of the entry that answers for *stakeholder_id* today."""
        while stakeholder_id in self.into:
            stakeholder_id = self.into[stakeholder_id]
        return stakeholder_id


def bodies(session: Session) -> Bodies:
    """Every stakeholder of the session's region, as the public reads it, or as it is written."""
    shown = func.coalesce(Record.published_version, Record.version)
    query = (
        select(Record.id, Record.slug, Record.state, Record.published_version, Record.status, Version.body)
        .join(Version, OF_RECORD & (Version.number == shown))
        .where(Record.kind == KIND, Record.state.not_in(("archived", "erased")))
    )
    renamed = vocabulary.renamed(session, "sector")
    found: dict[str, Body] = {}
    into: dict[str, str] = {}
    for record_id, slug, state, published, raw, body in session.execute(query.order_by(Record.slug)):
        status = _status.decode(raw)
        if state == "merged":
            into |= {record_id: status.merged.into} if status.merged else {}
            continue
        entry = _entry.decode(body)
        found[record_id] = Body(
            id=record_id,
            slug=slug,
            name=entry.name,
            side=entry.side,
            sectors=tuple(dict.fromkeys(renamed.get(key, key) for key in entry.sectors)),
            status=status,
            public=published is not None,
        )
    return Bodies(by_id=found, into=into)


def representatives(session: Session, region_id: str, ids: Collection[str]) -> dict[str, list[str]]:
    """Stakeholder → accounts, not closed, that speak for it."""
    query = (
        select(Granted.stakeholder_id, Granted.account_id)
        .join(Account, Account.id == Granted.account_id)
        .where(Granted.region_id == region_id, Granted.role == "representative", Account.state != "closed")
        .where(Granted.stakeholder_id.in_(ids))
    )
    found: dict[str, list[str]] = {}
    for stakeholder_id, account_id in session.execute(query.order_by(Granted.account_id)):
        found.setdefault(stakeholder_id, []).append(account_id)
    return found


def desks(session: Session, ids: Collection[str]) -> dict[str, tuple[Contact, ...]]:
    """Stakeholder → services of it, by their newest contacts, that a mail reaches."""
    query = select(Contacts.record_id, Contacts.body).where(Contacts.record_id.in_(ids)).order_by(Contacts.number)
    newest: dict[str, bytes] = dict(session.execute(query).all())
    found = {record_id: mail_contacts(_contacts.decode(body)) for record_id, body in newest.items()}
    return {record_id: some for record_id, some in found.items() if some}


def ways(session: Session, region_id: str, ids: Collection[str]) -> dict[str, str]:
    """Stakeholder → how it is reached: an ``account`` speaks for it, or a ``link`` is mailed to a service of it."""
    accounts = dict.fromkeys(representatives(session, region_id, ids), "account")
    return dict.fromkeys(desks(session, ids), "link") | accounts


def mail_contacts(contacts: Sequence[Contact]) -> tuple[Contact, ...]:
    """Those that a mail reaches."""
    return tuple(one for one in contacts if href_of(one.address).startswith("mailto:"))
