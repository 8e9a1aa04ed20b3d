"""The people of a region or of the instance, and who may change what they are."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts import factors, service
from lanzarote.accounts.model import Account, Granted
from lanzarote.errors import NotFound
from lanzarote.records.permissions import EVERYWHERE, OF_INSTANCE, ROLES, Actor, Grant, Role, Subject, require

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

REGIONAL: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role not in OF_INSTANCE)
CENTRAL: Final[tuple[Role, ...]] = tuple(role for role in ROLES if role in OF_INSTANCE)


class Person(Struct, frozen=True, kw_only=True):
    """Somebody with an account, as colleagues who may know it see them."""

    id: str
    name: str
    address: str
    state: str
    seen_at: datetime | None
    """When they last signed in."""
    grants: tuple[Grant, ...]
    """In the order in which they were given."""


def roles_of(region_id: str) -> tuple[Role, ...]:
    """Roles that can be given there."""
    return CENTRAL if region_id == EVERYWHERE else REGIONAL


def list_people(session: Session, region_id: str) -> list[Person]:
    """People with a role in the region, by name; those of the whole instance for EVERYWHERE."""
    held = select(Granted).order_by(Granted.at, Granted.role)
    rows = session.scalars(held if region_id == EVERYWHERE else held.where(Granted.region_id == region_id)).all()
    living = select(Account).where(Account.state != "closed").order_by(Account.name, Account.id)
    if region_id != EVERYWHERE:
        living = living.where(Account.id.in_(select(Granted.account_id).where(Granted.region_id == region_id)))
    grants: dict[str, list[Granted]] = {}
    for row in rows:
        grants.setdefault(row.account_id, []).append(row)
    return [_person(account, grants.get(account.id, ())) for account in session.scalars(living)]


def find_person(session: Session, account_id: str, region_id: str) -> Person:
    """Raises NotFound when there is none, or none with a role in the region: the two are told alike."""
    found = session.get(Account, account_id)
    rows = select(Granted).where(Granted.account_id == account_id).order_by(Granted.at, Granted.role)
    grants = session.scalars(rows if region_id == EVERYWHERE else rows.where(Granted.region_id == region_id)).all()
    if found is None or found.state == "closed" or not (grants or region_id == EVERYWHERE):
        raise NotFound("There is no such person here.")
    return _person(found, grants)


def invite(
    session: Session,
    region_id: str,
    *,
    address: str,
    name: str,
    language: str,
    roles: Sequence[Grant],
    by: Actor,
    at: datetime,
) -> None:
    """Invite somebody, or give them roles if they have an account. Raises NotPermitted, service.Refused."""
    known = service.by_address(session, address)
    _require(by, region_id, known.id if known else "")
    given = [_in(region_id, one) for one in roles]
    service.invite(session, address=address, name=name, language=language, grants=given, by=by.account_id, at=at)


def give(session: Session, account_id: str, role: Grant, *, by: Actor, at: datetime) -> None:
    """Give somebody who has a role there another one. Raises NotPermitted, NotFound, service.Refused."""
    _require(by, role.region_id, account_id)
    find_person(session, account_id, role.region_id)
    service.grant(session, service.account(session, account_id), _in(role.region_id, role), by=by.account_id, at=at)


def take(session: Session, account_id: str, role: str, region_id: str, *, by: Actor, at: datetime) -> None:
    """Take a role away. Raises NotPermitted, NotFound, Conflict."""
    _require(by, region_id, account_id)
    service.revoke(session, service.account(session, account_id), role, region_id, by=by.account_id, at=at)


def invite_again(session: Session, account_id: str, region_id: str, *, by: Actor) -> None:
    """Send the invitation once more. Raises NotPermitted, NotFound."""
    _require(by, region_id, account_id)
    find_person(session, account_id, region_id)
    service.mail_invitation(session, service.account(session, account_id), by=by.account_id)


def close(session: Session, account_id: str, *, by: Actor, at: datetime) -> None:
    """Close an account for good. Raises NotPermitted, NotFound, Conflict."""
    require(by, "person.close", Subject(id=account_id))
    find_person(session, account_id, EVERYWHERE)
    service.close(session, service.account(session, account_id), by=by.account_id, at=at)


def reset_factor(session: Session, account_id: str, *, by: Actor, at: datetime) -> None:
    """Forget the second factor that somebody has lost. Raises NotPermitted, NotFound, Conflict."""
    require(by, "person.close", Subject(id=account_id))
    find_person(session, account_id, EVERYWHERE)
    factors.reset(session, service.account(session, account_id), by=by.account_id, at=at)


def _require(by: Actor, region_id: str, account_id: str) -> None:
    require(by, "person.grant", Subject(region_id=region_id, id=account_id))


def _in(region_id: str, role: Grant) -> Grant:
    """*role*, if it is one of that place. Raises service.Refused."""
    if role.region_id != region_id or role.role not in roles_of(region_id):
        raise service.Refused(service.ELSEWHERE, "roles")
    return role


def _person(account: Account, grants: Iterable[Granted]) -> Person:
    return Person(
        id=account.id,
        name=account.name,
        address=account.address,
        state=account.state,
        seen_at=account.seen_at,
        grants=tuple(
            Grant(role=row.role, region_id=row.region_id, stakeholder_id=row.stakeholder_id)  # type: ignore[arg-type]
            for row in grants
        ),
    )
