"""Tasks: what waits for a region's team, such as an upgrade's open questions or a body's request to be corrected."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

import msgspec
from sqlalchemy import LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.errors import NotFound
from lanzarote.records import changelog
from lanzarote.records.records import Record, digest, encode, now
from lanzarote.store.database import Base, Regional
from lanzarote.store.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

Kind = Literal["upgrade-conflict", "upgrade-withdrawal", "reply", "unconfirmed", "group-role", "group-lost"]
WITHDRAWAL: Final = "upgrade-withdrawal"
"""Asks whether to go on showing what the package shows no longer."""


class Task(Regional, Base):
    """Something a person has to look at."""

    __tablename__ = "task"

    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """One of ``Kind``."""
    record_id: Mapped[str | None]
    about: Mapped[bytes] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]

    def told(self) -> dict[str, Any]:
        """What the task is about."""
        told: dict[str, Any] = msgspec.json.decode(self.about)
        return told


def open_task(
    session: Session, region_id: str, kind: Kind, *, by: str, record_id: str | None = None, **about: Any
) -> str:
    """Open a task and record that it was opened; return its id."""
    body = encode(about)
    task = Task(region_id=region_id, id=new_id(), kind=kind, record_id=record_id, about=body, opened_at=now())
    session.add(task)
    saved = changelog.Saved(
        region_id=region_id,
        kind="task",
        record_id=task.id,
        verb="open",
        version=0,
        at=task.opened_at,
        digest=digest(body),
    )
    changelog.record(session, [saved], by=by)
    return task.id


def finish_task(session: Session, region_id: str, task_id: str, *, by: str, note: str = "") -> None:
    """Mark a task as done; *note*: what the team did, in its own words. Raises NotFound."""
    task = session.get(Task, (region_id, task_id), with_for_update=True)
    if task is None or task.done_at:
        raise NotFound(f"There is no open task {task_id} in {region_id}.")
    task.done_at = now()
    # What somebody wrote to us is kept until it is dealt with, as the privacy page says.
    told = task.told()
    if task.kind == "reply":
        told = {}
        session.info["erased"] = True  # so that its bytes go too, as soon as this is committed
    task.about = encode(told | ({"note": note} if note else {}))
    saved = changelog.Saved(
        region_id=region_id, kind="task", record_id=task.id, verb="finish", version=0, at=task.done_at
    )
    changelog.record(session, [saved], by=by)


def finish_all(session: Session, region_id: str, kind: str, record_id: str, *, by: str) -> None:
    """Mark the open tasks of *kind* about a record as done: what they asked has settled itself."""
    for task in open_tasks(session):
        if (task.kind, task.record_id) == (kind, record_id):
            finish_task(session, region_id, task.id, by=by)


def forget(session: Session, region_id: str, ids: Collection[str]) -> None:
    """Empty and close all tasks about records that are erased."""
    for task in session.scalars(select(Task).where(Task.region_id == region_id, Task.record_id.in_(ids))):
        task.about = b"{}"
        task.done_at = task.done_at or now()


def open_tasks(session: Session) -> Sequence[Task]:
    return session.scalars(select(Task).where(Task.done_at.is_(None)).order_by(Task.opened_at)).all()


def working_versions(session: Session) -> Sequence[Record]:
    """Records with a version that waits beside the one the public reads, the longest untouched first."""
    query = select(Record).where(Record.published_version.is_not(None), Record.stage != "")
    return session.scalars(query.order_by(Record.updated_at, Record.id)).all()
