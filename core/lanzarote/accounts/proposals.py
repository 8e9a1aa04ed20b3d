"""Tasks about roles that a group at a provider proposes, and what closes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from sqlalchemy import select

from lanzarote.accounts.model import GroupRole
from lanzarote.records import tasks
from lanzarote.records.tasks import Task

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PROPOSED: Final = "group-role"
"""Kind of task: somebody is in a group for which a role is proposed."""
LOST: Final = "group-lost"
"""Kind of task: somebody is no longer in the group on which their role rests."""
KINDS: Final = frozenset({PROPOSED, LOST})


def open_about(session: Session, row: GroupRole, kind: Literal["group-role", "group-lost"], *, by: str) -> None:
    """Ask the team of the region. The person is named by id alone, which says nothing once their account is closed."""
    close(session, row, by=by)
    told = {"account": row.account_id, "role": row.role, "provider": row.provider, "group": row.group_name}
    row.task_id = tasks.open_task(session, row.region_id, kind, by=by, **told)


def close(session: Session, row: GroupRole, *, by: str) -> None:
    """Close the task about it, if one is open."""
    if row.task_id and is_open(session, row):
        tasks.finish_task(session, row.region_id, row.task_id, by=by)
    row.task_id = ""


def is_open(session: Session, row: GroupRole) -> bool:
    task = session.get(Task, (row.region_id, row.task_id)) if row.task_id else None
    return task is not None and task.done_at is None


def role_given(session: Session, account_id: str, region_id: str, role: str, *, by: str) -> None:
    """Somebody gave the role by hand: what a group proposed is settled by that."""
    row = session.get(GroupRole, (account_id, region_id, role))
    if row is not None and row.state != "accepted":
        close(session, row, by=by)
        session.delete(row)


def role_taken(session: Session, account_id: str, region_id: str, role: str, *, by: str) -> None:
    """Somebody took the role away: the group does not propose it again as long as the person is in it."""
    row = session.get(GroupRole, (account_id, region_id, role))
    if row is not None:
        close(session, row, by=by)
        row.state, row.lost_at = "refused", None


def forget(session: Session, account_id: str, *, by: str) -> None:
    """The account is closed."""
    for row in session.scalars(select(GroupRole).where(GroupRole.account_id == account_id)).all():
        close(session, row, by=by)
        session.delete(row)
