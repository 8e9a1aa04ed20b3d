"""What groups at a provider say about roles: they propose, a coordinator decides; who leaves the group loses the role.

What is known when: at each sign-in through the provider. In between, a role that rests on a group counts for
``sessions.CONFIRMED_FOR``.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lanzarote.accounts import proposals, service, sessions
from lanzarote.accounts.model import Account, Granted, GroupRole
from lanzarote.accounts.proposals import LOST, PROPOSED
from lanzarote.errors import Conflict
from lanzarote.records import changelog
from lanzarote.records.permissions import EVERYWHERE, Actor, Grant, Subject, require
from lanzarote.records.tasks import Task
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.types import Identity, ProposedRole

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
    proposals.close(session, row, by=by.account_id)
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
        proposals.close(session, row, by=account.id)


def _lose(session: Session, row: GroupRole, account: Account, at: datetime) -> None:
    if row.state != "accepted":
        proposals.close(session, row, by=account.id)
        session.delete(row)
    elif row.lost_at is None:
        row.lost_at = at
        sessions.end_all(session, account.id)
        service.end_tokens(session, account.id)
        service.tell(session, account.id, "lose group", by=account.id, at=at, region_id=row.region_id)
        proposals.open_about(session, row, LOST, by=account.id)


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
    proposals.open_about(session, row, PROPOSED, by=account.id)
