"""What the commands about accounts do; whoever can run them has the database in their hands anyway."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from sqlalchemy import select

from lanzarote.accounts import demo, factors, links, people, service
from lanzarote.accounts.model import Account
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import EVERYWHERE, OF_INSTANCE, Grant, Role
from lanzarote.records.records import now

if TYPE_CHECKING:
    from argparse import Namespace

    from sqlalchemy.orm import Session

    from lanzarote.accounts.model import Purpose
    from lanzarote.instance import Instance

BY = "lanzarote"


def user(instance: Instance, given: Namespace) -> int:
    {"add": _add, "list": _list, "link": _link, "code": _code, "factor": _factor, "close": _close}[given.action](
        instance, given
    )
    return 0


def grant(instance: Instance, given: Namespace) -> int:
    """Give a role or take it away."""
    role = _role(given.role)
    region_id = _region(instance, role, given.region)
    with instance.database.write([INSTANCE, *([region_id] if region_id else [])]) as session:
        account = _account(session, given.address)
        if given.revoke:
            service.revoke(session, account, role, region_id, by=BY, at=now())
        else:
            one = Grant(
                role=role, region_id=region_id, stakeholder_id=_organisation(instance, region_id, given.organisation)
            )
            service.grant(session, account, one, by=BY, at=now())
    place = f" in {region_id}" if region_id else ""
    print(f"{given.address} {'is no longer' if given.revoke else 'is now'} {role}{place}.")
    return 0


def _add(instance: Instance, given: Namespace) -> None:
    invited = service.invite if instance.settings.smtp else service.enrol
    with instance.database.write(INSTANCE) as session:
        name = given.name or given.address.partition("@")[0]
        account = invited(
            session, address=given.address, name=name, language=given.language, grants=(), by=BY, at=now()
        )
        state = account.state
    print(f"Give {given.address} a role: lanzarote grant {given.address} ROLE [REGION]")
    if instance.settings.smtp:
        print("The running site sends the invitation.")
    elif state == "invited":
        _link(instance, given)


def _list(instance: Instance, _: Namespace) -> None:
    with instance.database.read(INSTANCE) as session:
        found = people.list_people(session, EVERYWHERE)
    for person in found:
        seen = f"last here {person.seen_at.date()}" if person.seen_at else "never here"
        roles = ", ".join(f"{one.role} {one.region_id}".strip() for one in person.grants) or "no role"
        print(f"{person.address}  {person.state}  {seen}  {roles}")
    if not found:
        print("Nobody has an account; invite the first administrator: lanzarote user add ADDRESS")


def _link(instance: Instance, given: Namespace) -> None:
    with instance.database.write(INSTANCE) as session:
        account = _account(session, given.address)
        purpose: Purpose = "invitation" if account.state == "invited" else "reset"
        secret = links.make(session, account, purpose, at=now())
        language = account.language if account.language in instance.translations.languages else "en"
    print(f"{instance.public_address}/{language}/account/{purpose}/{secret}")
    print(f"It works once, within {links.LASTS[purpose].total_seconds() / 3600:.0f} hours.")


def _code(instance: Instance, given: Namespace) -> None:
    with instance.database.read(INSTANCE) as session:
        account = _account(session, given.address)
    if not demo.is_demo(account.address):
        raise LanzaroteError("Codes are told for demo accounts only; whoever has lost theirs uses a recovery code.")
    if not account.totp:
        raise LanzaroteError(f"{account.address} has no second factor.")
    at = now()
    print(factors.code_at(factors.secret_of(account), at))
    print(
        f"It works once, for {factors.SECONDS - int(at.timestamp()) % factors.SECONDS} seconds and half a minute more."
    )


def _factor(instance: Instance, given: Namespace) -> None:
    with instance.database.write(INSTANCE) as session:
        factors.reset(session, _account(session, given.reset), by=BY, at=now())
    print(f"The second factor of {given.reset} is reset. They sign in with their password and set up a new one.")


def _close(instance: Instance, given: Namespace) -> None:
    with instance.database.write(INSTANCE) as session:
        service.close(session, _account(session, given.address), by=BY, at=now())
    print(f"The account of {given.address} is closed; name and address are erased.")


def _account(session: Session, address: str) -> Account:
    found = service.by_address(session, address)
    if found is None:
        known = session.scalars(select(Account.address).where(Account.state != "closed").limit(20)).all()
        raise NotFound(f"Nobody has the address {address} (there are: {', '.join(known) or 'none'}).")
    return found


def _role(name: str) -> Role:
    roles: dict[str, Role] = {one: one for one in get_args(Role)}
    if name not in roles:
        raise NotFound(f"{name!r} is no role; the roles are: {', '.join(roles)}.")
    return roles[name]


def _region(instance: Instance, role: Role, region_id: str) -> str:
    if role in OF_INSTANCE:
        if region_id:
            raise LanzaroteError(f"The role {role} belongs to the whole instance; leave the region out.")
        return EVERYWHERE
    if region_id not in (loaded := instance.loaded()):
        raise NotFound(f"The role {role} belongs to a region; name one of: {', '.join(loaded) or 'none is loaded'}.")
    return region_id


def _organisation(instance: Instance, region_id: str, slug: str) -> str:
    if not slug:
        return ""
    for one in instance.directory(region_id):
        if slug in (one.slug, one.key, one.id):
            return one.id
    raise NotFound(
        f"The directory of {region_id} has no organisation {slug!r}; its address ends with the name to give."
    )
