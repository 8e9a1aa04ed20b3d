"""What the commands about accounts do; a person who can run them has the database anyway."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, get_args

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts import factors, people, secrets, service
from lanzarote.accounts.model import Account
from lanzarote.accounts.people import ROLE_WORDS
from lanzarote.accounts.secrets import new_readable
from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import EVERYWHERE, OF_INSTANCE, STRONG, Grant, Role
from lanzarote.records.records import now
from lanzarote.translation import N_

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence
    from pathlib import Path

    from sqlalchemy.orm import Session

    from lanzarote.accounts.model import Purpose
    from lanzarote.instance import Instance


# --- Accounts for trying everything out on one's own machine: one for each role, with passwords made at random ---

DOMAIN: Final = "demo.example"
"""No mail can ever go there."""
CAST: Final[tuple[tuple[str, Role, int], ...]] = (
    ("administrator", "administrator", 0),
    ("coordinator", "coordinator", 0),
    ("coordinator-2", "coordinator", 0),
    ("reviewer-1", "reviewer", 1),
    ("reviewer-2", "reviewer", 2),
    ("contributor", "contributor", 0),
    ("office", "office", 0),
    ("representative", "representative", 3),
)
"""Name, role, and which organisation: reviewers come from two, the representative from a third. There are two
coordinators, since who records a letter may not decide on it, and who closes an evaluation may not publish it.
"""
COMMAND: Final = "LZ_COMMAND"
"""The variable in which a checkout says how its commands are typed."""


class Player(Struct, frozen=True, kw_only=True):
    address: str
    password: str
    secret: str
    """Of the authenticator app; empty without one."""
    account: Account

    def lines(self) -> list[str]:
        told = [f"  {self.address:32}{self.password}"]
        if self.secret:
            command = os.environ.get(COMMAND, "lanzarote")
            told.append(f"  {'':32}code: {command} user code {self.address}")
        return told


def accounts(instance: Instance) -> Sequence[str]:
    """Make the accounts if nobody has one yet; return what to tell the person who started the site."""
    file = instance.settings.data / "demo-accounts.txt"
    with instance.database.read(INSTANCE) as session:
        somebody = session.scalar(select(func.count()).select_from(Account))
    if somebody:
        return (f"Demo accounts: see {file}",) if file.exists() else ()
    if not (here := [*instance.headers(), *instance.samples()]):
        return ()
    written_here = [region_id for region_id in here if instance.origin(region_id) is None]
    cast = [] if written_here else _make_of_office(instance)
    for number, region_id in enumerate(written_here):
        mark = f".{region_id}" if len(written_here) > 1 else ""
        cast += _make(instance, region_id, mark, whole=not number)
    written = [line for player in cast for line in player.lines()]
    called = instance.settings.name
    secrets = [
        f"  {player.address}  {factors.address_of(player.secret, player.account, called)}"
        for player in cast
        if player.secret
    ]
    head = f"Demo accounts, for this machine alone (also in {file}):"
    _keep(file, [head, *written, "", "For an authenticator app:", *secrets])
    return (head, *written)


def is_demo(address: str) -> bool:
    return address.endswith(f"@{DOMAIN}")


def _make(instance: Instance, region_id: str, mark: str, *, whole: bool) -> list[Player]:
    """Everybody at work in a region that is written here, with *mark* after their names; *whole*: also those of the
    whole site.
    """
    organisations = [one.id for one in instance.directory(region_id)] or [""]
    grants = [
        (
            name if role in OF_INSTANCE else f"{name}{mark}",
            Grant(
                role=role,
                region_id="" if role in OF_INSTANCE else region_id,
                stakeholder_id=organisations[place % len(organisations)] if place else "",
            ),
        )
        for name, role, place in CAST
        if (whole or role not in OF_INSTANCE) and (role != "office" or instance.settings.office)
    ]
    return _enrol(instance, instance.header(region_id).languages[0], grants, [INSTANCE, region_id])


def _make_of_office(instance: Instance) -> list[Player]:
    """Those who work in no region: all that are here are written elsewhere."""
    grants = [(name, Grant(role=role)) for name, role, _ in CAST if role in OF_INSTANCE]
    return _enrol(instance, "en", grants, [INSTANCE])


def _enrol(
    instance: Instance, language: str, grants: Sequence[tuple[str, Grant]], scope: Sequence[str]
) -> list[Player]:
    _ = instance.translations.translator(language).gettext
    cast = []
    with instance.database.write(scope) as session:
        for name, given in grants:
            at, password = now(), new_readable()
            account = service.enrol(
                session,
                address=f"{name}@{DOMAIN}",
                name=_(N_("%(role)s (demo)")) % {"role": _(ROLE_WORDS[given.role])},
                language=language,
                grants=[given],
                by="lanzarote",
                at=at,
            )
            account.state, account.password = "active", secrets.hash_of(password)
            secret = factors.new_totp_secret() if given.role in STRONG else ""
            if secret:
                account.totp = factors.bytes_of(secret)
            cast.append(Player(address=account.address, password=password, secret=secret, account=account))
        session.flush()
        session.expunge_all()
    return cast


def _keep(file: Path, lines: Sequence[str]) -> None:
    """For its owner's eyes only."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write("\n".join(lines) + "\n")


# --- The commands ---

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
        unreached = secrets.without_invitation(session, now())
    for person in found:
        seen = f"last here {person.seen_at.date()}" if person.seen_at else "never here"
        roles = ", ".join(f"{one.role} {one.region_id}".strip() for one in person.grants) or "no role"
        state = "invited, no link" if person.address in unreached else person.state
        print(f"{person.address}  {state}  {seen}  {roles}")
    if unreached:
        print("No link: it was not mailed yet, has ended, or was in no backup. A new one: lanzarote user link ADDRESS")
    if not found:
        print("Nobody has an account; invite the first administrator: lanzarote user add ADDRESS")


def _link(instance: Instance, given: Namespace) -> None:
    with instance.database.write(INSTANCE) as session:
        account = _account(session, given.address)
        purpose: Purpose = "invitation" if account.state == "invited" else "reset"
        secret = secrets.make(session, account, purpose, at=now())
        language = account.language if account.language in instance.translations.languages else "en"
    print(f"{instance.public_address}/{language}/account/{purpose}/{secret}")
    print(f"It works once, within {secrets.LASTS[purpose].total_seconds() / 3600:.0f} hours.")


def _code(instance: Instance, given: Namespace) -> None:
    with instance.database.read(INSTANCE) as session:
        account = _account(session, given.address)
    if not is_demo(account.address):
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
