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
from lanzarote.changes import INSTANCE
from lanzarote.permissions import OF_INSTANCE, STRONG, Grant, Role
from lanzarote.records import now
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
    regions = list(instance.headers())
    if not regions:
        return ()
    cast = _make(instance, regions[0])
    written = [line for player in cast for line in player.lines()]
    secrets = [
        f"  {player.address}  {factors.address_of(player.secret, player.account)}" for player in cast if player.secret
    ]
    head = f"Demo accounts, for this machine alone (also in {file}):"
    _keep(file, [head, *written, "", "For an authenticator app:", *secrets])
    return (head, *written)


def is_demo(address: str) -> bool:
    return address.endswith(f"@{DOMAIN}")


def _make(instance: Instance, region_id: str) -> list[Player]:
    header = instance.headers()[region_id]
    _ = instance.translations.translator(header.languages[0]).gettext
    organisations = [one.id for one in instance.directory(region_id)] or [""]
    cast = []
    with instance.database.write([INSTANCE, region_id]) as session:
        for name, role, place in CAST:
            if role == "office" and not instance.settings.office:
                continue
            given = Grant(
                role=role,
                region_id="" if role in OF_INSTANCE else region_id,
                stakeholder_id=organisations[place % len(organisations)] if place else "",
            )
            at, password = now(), new_readable()
            account = service.enrol(
                session,
                address=f"{name}@{DOMAIN}",
                name=_(N_("%(role)s (demo)")) % {"role": _(ROLE_WORDS[role])},
                language=header.languages[0],
                grants=[given],
                by="lanzarote",
                at=at,
            )
            account.state, account.password = "active", passwords.hash_of(password)
            secret = factors.new_totp_secret() if role in STRONG else ""
            if secret:
                account.totp = factors.bytes_of(secret)
            cast.append(Player(address=account.address, password=password, secret=secret, account=account))
        session.flush()
        session.expunge_all()
    return cast


def _keep(file: Path, lines: Sequence[str]) -> None:
    """For its owner's eyes only."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        opened.write("\n".join(lines) + "\n")
