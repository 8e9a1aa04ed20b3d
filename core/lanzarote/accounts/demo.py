"""Accounts for trying everything out on one's own machine: one for each role, with passwords made at random."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts import factors, passwords, service
from lanzarote.accounts.model import Account
from lanzarote.accounts.secrets import new_readable
from lanzarote.accounts.words import ROLE_WORDS
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.permissions import OF_INSTANCE, STRONG, Grant, Role
from lanzarote.records.records import now
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lanzarote.instance import Instance

DOMAIN: Final = "demo.example"
"""No mail can ever go there."""
CAST: Final[tuple[tuple[str, Role, int], ...]] = (
    ("administrator", "administrator", 0),
    ("coordinator", "coordinator", 0),
    ("reviewer-1", "reviewer", 1),
    ("reviewer-2", "reviewer", 2),
    ("contributor", "contributor", 0),
    ("office", "office", 0),
    ("representative", "representative", 3),
)
"""Name, role, and which organisation: reviewers come from two, the representative from a third."""


class Player(Struct, frozen=True, kw_only=True):
    address: str
    password: str
    secret: str
    """Of the authenticator app; empty without one."""
    account: Account

    def lines(self) -> list[str]:
        told = [f"  {self.address:32}{self.password}"]
        if self.secret:
            told.append(f"  {'':32}code: lanzarote user code {self.address}")
        return told


def accounts(instance: Instance) -> Sequence[str]:
    """Make the accounts if nobody has one yet; return what to tell whoever started the site."""
    file = instance.settings.data / "demo-accounts.txt"
    with instance.database.read(INSTANCE) as session:
        somebody = session.scalar(select(func.count()).select_from(Account))
    if somebody:
        return (f"Demo accounts: see {file}",) if file.exists() else ()
    if not (here := [*instance.headers(), *instance.samples()]):
        return ()
    written_here = [region_id for region_id in here if instance.origin(region_id) is None]
    cast = _make(instance, written_here[0]) if written_here else _make_of_office(instance)
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


def _make(instance: Instance, region_id: str) -> list[Player]:
    """Everybody, at work in a region that is written here."""
    organisations = [one.id for one in instance.directory(region_id)] or [""]
    grants = [
        (
            name,
            Grant(
                role=role,
                region_id="" if role in OF_INSTANCE else region_id,
                stakeholder_id=organisations[place % len(organisations)] if place else "",
            ),
        )
        for name, role, place in CAST
        if role != "office" or instance.settings.office
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
            account.state, account.password = "active", passwords.hash_of(password)
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
