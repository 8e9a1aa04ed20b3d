"""What a load balancer or a watchdog asks: whether the process lives, and whether it can answer readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote.database import ALL, known_schemas, schema_version
from lanzarote.errors import DatabaseAway
from lanzarote.jobs import Job
from lanzarote.mail import Unreachable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.instance import Instance

LIVE: Final = "/health/live"
READY: Final = "/health/ready"


def readiness(instance: Instance) -> dict[str, str]:
    """``ok``, or what is wrong, for the database, its schema, the worker of the outbox, and the mail server.

    Of a read replica, if there is one, the same.
    """
    try:
        current = schema_version(instance.database) == known_schemas()[-1]
        waits = current and _mails_wait(instance)
    except DatabaseAway:
        return {"database": "away", "schema": "unknown", "jobs": "unknown", "mail": "unknown"}
    database = instance.database
    replica = {"replica": database.replica.look(database.reached)} if database.replica is not None else {}
    return {
        "database": "ok",
        "schema": "ok" if current else "outdated",
        "jobs": "ok" if instance.worker.moves else "stuck",
        "mail": "unreachable" if waits else "ok",
        **replica,
    }


def serves_readers(found: Mapping[str, str]) -> bool:
    """Whether readers can be sent here: they need no mail, and the primary answers where a replica does not."""
    return all(told == "ok" for about, told in found.items() if about not in ("mail", "replica"))


def _mails_wait(instance: Instance) -> bool:
    """Whether a mail waits because the mail server did not answer."""
    with instance.database.read(ALL) as session:
        return session.scalar(select(Job.id).where(Job.fault.startswith(Unreachable.__name__)).limit(1)) is not None
