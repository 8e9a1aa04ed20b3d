"""What a load balancer or a watchdog asks: whether the process lives, and whether it can answer readers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.database import known_schemas, schema_version
from lanzarote.errors import DatabaseAway

if TYPE_CHECKING:
    from lanzarote.instance import Instance

LIVE: Final = "/health/live"
READY: Final = "/health/ready"


def readiness(instance: Instance) -> dict[str, str]:
    """``ok``, or what is wrong, for the database, its schema, and the worker that works off the outbox."""
    try:
        schema = schema_version(instance.database)
    except DatabaseAway:
        return {"database": "away", "schema": "unknown", "jobs": "unknown"}
    return {
        "database": "ok",
        "schema": "ok" if schema == known_schemas()[-1] else "outdated",
        "jobs": "ok" if instance.worker.moves else "stuck",
    }
