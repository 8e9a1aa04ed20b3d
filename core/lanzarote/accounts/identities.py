"""Who somebody is at an institution's provider, who gets in, and what roles its groups propose."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from lanzarote.accounts import entrance, factors, secrets, service, sessions
from lanzarote.accounts.entrance import Browser, Entered, HalfWay
from lanzarote.accounts.model import Account, Granted, GroupRole, ProviderIdentity
from lanzarote.accounts.service import LOST, PROPOSED
from lanzarote.errors import Conflict, LanzaroteError, NotFound
from lanzarote.records import changelog
from lanzarote.records.permissions import EVERYWHERE, Actor, Grant, Subject, require
from lanzarote.records.tasks import Task
from lanzarote.translation import N_
from lanzarote.types import Identity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.types import ProposedRole


# --- Roles that groups at a provider propose: a coordinator decides; who leaves the group loses the role ---
# What is known when: at each sign-in through the provider. In between, a role that rests on a group counts for
# ``sessions.CONFIRMED_FOR``.

log = logging.getLogger("lanzarote.accounts")
SETTLED = N_("Somebody else has settled this meanwhile.")
Place = tuple[str, str]
"""Region and role."""


def learn(session: Session, account: Account, provider: str, identity: Identity, at: datetime) -> None:
    """Compare what the provider says of somebody's groups with what is known, at a sign-in."""
    if identity.groups is None:
        return
    proposed = _possible(session, identity)
    mine = (GroupRole.account_id == account.id) & (GroupRole.provider == provider)
    known = {(row.region_id, row.role): row for row in session.scalars(select(GroupRole).where(mine))}
    for place, row in known.items():
        if place in proposed:
            row.group_name = proposed[place].group
        if place in proposed or (row.group_name in identity.groups and row.state == "accepted"):
            _confirm(session, row, account, at)
        else:
            _lose(session, row, account, at)
    for place, one in proposed.items():
        if place not in known:
            _propose(session, account, provider, one, at)


def decide(session: Session, task: Task, *, accept: bool, by: Actor, at: datetime) -> None:
    """Settle a task: give the role or not; let somebody who left the group keep it, or take it away.

    Raises NotPermitted, Conflict.
    """
    about = task.told()
    require(by, "person.grant", Subject(region_id=task.region_id, id=about["account"]))
    row = session.get(GroupRole, (about["account"], task.region_id, about["role"]), with_for_update=True)
    if row is None or row.task_id != task.id or task.done_at is not None:
        raise Conflict(SETTLED)
    account = service.account(session, row.account_id)
    service.close_proposals(session, row, by=by.account_id)
    if task.kind == PROPOSED and accept:
        row.state = "accepted"
        given = Grant(role=row.role, region_id=row.region_id)  # type: ignore[arg-type]
        service.grant(session, account, given, by=by.account_id, at=at)
    elif task.kind == PROPOSED:
        row.state = "refused"
    elif accept:
        session.delete(row)  # it rests on the team's word from now on
    else:
        service.revoke(session, account, row.role, row.region_id, by=by.account_id, at=at)


def suspended(session: Session, region_id: str, at: datetime, *, of: str = "") -> Sequence[GroupRole]:
    """Roles in the region that do not count at present; for EVERYWHERE, in all regions. *of*: one account alone."""
    query = select(GroupRole).where(GroupRole.state == "accepted", sessions.suspended(at))
    query = query.where(GroupRole.account_id == of) if of else query
    return session.scalars(query if region_id == EVERYWHERE else query.where(GroupRole.region_id == region_id)).all()


def _possible(session: Session, identity: Identity) -> dict[Place, ProposedRole]:
    """What the settings propose, as far as there are such regions here."""
    written = select(changelog.Served.id).where(changelog.Served.home)
    here = set(session.scalars(written))
    for one in identity.roles:
        if one.region not in here:
            log.warning("A group proposes the role %s in %s, which is no region written here.", one.role, one.region)
    return {(one.region, one.role): one for one in reversed(identity.roles) if one.region in here}


def _confirm(session: Session, row: GroupRole, account: Account, at: datetime) -> None:
    row.confirmed_at = at
    if row.lost_at is not None:
        row.lost_at = None
        service.close_proposals(session, row, by=account.id)


def _lose(session: Session, row: GroupRole, account: Account, at: datetime) -> None:
    if row.state != "accepted":
        service.close_proposals(session, row, by=account.id)
        session.delete(row)
    elif row.lost_at is None:
        row.lost_at = at
        sessions.end_all(session, account.id)
        service.end_tokens(session, account.id)
        service.tell(session, account.id, "lose group", by=account.id, at=at, region_id=row.region_id)
        service.open_about(session, row, LOST, by=account.id)


def _propose(session: Session, account: Account, provider: str, one: ProposedRole, at: datetime) -> None:
    key = (account.id, one.region, one.role)
    if session.get(Granted, key) is not None or session.get(GroupRole, key) is not None:
        return
    row = GroupRole(
        account_id=account.id,
        region_id=one.region,
        role=one.role,
        provider=provider,
        group_name=one.group,
        state="proposed",
        task_id="",
        confirmed_at=at,
        lost_at=None,
    )
    session.add(row)
    session.flush()
    service.open_about(session, row, PROPOSED, by=account.id)


# --- Who somebody is at an institution's provider, and who gets in: only a person who was invited ---
# An account is known again by issuer and subject alone, never by an address.

NOT_SURE: Final = N_(
    "For this change you have to have signed in within the last ten minutes, with your second factor if you have one. "
    "Sign out, sign in again, and come back here."
)
OTHERS: Final = N_("This account of your institution belongs to another account here. Nothing was changed.")


class SignInBegun(Struct, frozen=True, kw_only=True):
    """A browser that was led to a provider."""

    provider: str
    lang: str
    next: str
    nonce: str
    verifier: str
    account_id: str = ""
    """The signed-in account that is to be linked."""
    invitation: str = ""
    """Secret of the invitation that is to be accepted."""


class Arrived(Struct, frozen=True, kw_only=True):
    """Somebody who was invited, and whom a provider knows; they have not accepted yet."""

    provider: str
    identity: Identity
    account_id: str
    next: str


class Welcome(Struct, frozen=True, kw_only=True):
    """An invitation can be accepted."""

    step: str
    name: str
    language: str


class Linked(Struct, frozen=True, kw_only=True):
    """A signed-in account can be reached through the provider from now on."""


class NotInvited(LanzaroteError):
    """Nobody here has invited them, or not under the address that the provider vouches for."""

    def __init__(self, *, address: str, verified: bool) -> None:
        super().__init__("not invited")
        self.address, self.verified = address, verified


class Link(Struct, frozen=True, kw_only=True):
    """A provider through which an account can be reached."""

    provider: str
    made_at: datetime
    seen_at: datetime | None


def arrive(
    session: Session, asked: SignInBegun, identity: Identity, browser: Browser, bound: str, at: datetime
) -> Entered | HalfWay | Welcome | Linked:
    """Decide what becomes of somebody who comes back from a provider; *bound*: what their browser keeps.

    Raises NotInvited, service.Refused, secrets.SpentLink.
    """
    known = session.get(ProviderIdentity, (identity.issuer, identity.subject))
    if asked.account_id:
        if known is not None and known.account_id != asked.account_id:
            raise service.Refused(OTHERS)
        if known is None:
            link(session, service.account(session, asked.account_id), asked.provider, identity, at)
        return Linked()
    invited = secrets.look(session, asked.invitation, "invitation", at) if asked.invitation else None
    if known is not None:
        if invited is not None and invited.id != known.account_id:
            raise service.Refused(OTHERS)
        return _go_in(session, service.account(session, known.account_id), asked.provider, identity, browser, at)
    invited = invited or _invited_by_address(session, identity, at)
    if invited is None:
        raise NotInvited(address=identity.address, verified=identity.address_verified)
    arrived = Arrived(provider=asked.provider, identity=identity, account_id=invited.id, next=asked.next)
    step = entrance.make(session, arrived, at, bound)
    return Welcome(step=step, name=invited.name or identity.name, language=invited.language)


def accept(
    session: Session, arrived: Arrived, browser: Browser, *, name: str, language: str, at: datetime
) -> Entered | HalfWay:
    """Accept the invitation, without a password. Raises secrets.SpentLink, service.Refused."""
    account = service.accept_without_password(session, arrived.account_id, name=name, language=language, at=at)
    link(session, account, arrived.provider, arrived.identity, at)
    return _go_in(session, account, arrived.provider, arrived.identity, browser, at)


def link(session: Session, account: Account, provider: str, identity: Identity, at: datetime) -> None:
    """Let *account* be reached through the provider from now on. Raises service.Refused."""
    session.add(
        ProviderIdentity(
            issuer=identity.issuer,
            subject=identity.subject,
            account_id=account.id,
            provider=provider,
            made_at=at,
            seen_at=None,
        )
    )
    try:
        session.flush()
    except IntegrityError:  # another browser was quicker
        raise service.Refused(OTHERS) from None
    service.tell(session, account.id, "link provider", by=account.id, at=at)
    service.notify(session, account, "provider linked")


def unlink(session: Session, account: Account, provider: str, at: datetime) -> None:
    """Let the account be reached through the provider no longer. Raises NotFound."""
    gone = delete(ProviderIdentity).where(
        ProviderIdentity.account_id == account.id, ProviderIdentity.provider == provider
    )
    if not session.execute(gone).rowcount:  # type: ignore[attr-defined]
        raise NotFound("The account is not linked with this provider.")
    factors.forget_if_none_is_left(session, account)  # the provider vouched for one
    service.tell(session, account.id, "unlink provider", by=account.id, at=at)
    service.notify(session, account, "provider unlinked")


def is_sure(session: Session, token_hash: str, actor: Actor, at: datetime) -> bool:
    """Whether the session shows just now who its person is, by a second factor where the account has one."""
    if not sessions.is_fresh(session, token_hash, at):
        return False
    return actor.strong or not factors.has_any(session, service.account(session, actor.account_id))


def of_account(session: Session, account_id: str) -> Sequence[Link]:
    query = select(ProviderIdentity).where(ProviderIdentity.account_id == account_id)
    rows = session.scalars(query.order_by(ProviderIdentity.made_at))
    return [Link(provider=row.provider, made_at=row.made_at, seen_at=row.seen_at) for row in rows]


def _go_in(
    session: Session, account: Account, provider: str, identity: Identity, browser: Browser, at: datetime
) -> Entered | HalfWay:
    """Begin a session, or ask for our own second factor where there is one and the provider vouches for none."""
    row = session.get_one(ProviderIdentity, (identity.issuer, identity.subject))
    row.seen_at, row.provider = at, provider
    learn(session, account, provider, identity, at)
    came = sessions.Came(
        provider=provider, subject=identity.subject, session=identity.session, id_token=identity.id_token
    )
    if identity.strong or not factors.has_any(session, account):
        return entrance.enter(session, account, browser, strong=identity.strong, at=at, came=came)
    step = secrets.make(session, account, "sign-in", at=at)
    entrance.make(session, came, at, "", secret=step)
    return entrance.half_way(session, account, step)


def _invited_by_address(session: Session, identity: Identity, at: datetime) -> Account | None:
    """Whose open invitation went to the very address for which the provider vouches."""
    if not (identity.address and identity.address_verified):
        return None
    account = service.by_address(session, identity.address)
    if account is None or not _is_same(account.address, identity.address):
        return None
    return account if secrets.is_invited(session, account, at) else None


def _is_same(address: str, other: str) -> bool:
    """Whether two addresses are one mailbox: case does not matter, but only A to Z are sure to be the same letters.

    >>> _is_same("Ana@strasse.example", "ana@Strasse.example"), _is_same("ana@strasse.example", "ana@straße.example")
    (True, False)
    """
    return address == other or (address.isascii() and other.isascii() and address.lower() == other.lower())
