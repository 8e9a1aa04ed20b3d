"""Decisions keep who was asked: a body that was not asked is no longer told as one that did not answer.

Each call says whom it asked, so that decisions that stand already are completed from it. The jobs that are left here
release them anew.
"""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment
from lanzarote.store.ids import new_id

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    connection = op.get_bind()
    decisions = sa.table(
        "improvement_decision", *(sa.column(name) for name in ("region_id", "record_id", "number", "body"))
    )
    rows = connection.execute(sa.select(decisions)).all()
    if not rows:
        return
    asked, merged = _asked(connection), _merged(connection)
    changed: set[str] = set()
    for row in rows:
        decided = json.loads(bytes(row.body))
        call = asked.get((row.region_id, row.record_id, decided["call"]))
        if call is None or "asked" in decided:
            continue
        told = _with_asked(decided, call, merged[row.region_id])
        mine = (decisions.c.region_id == row.region_id) & (decisions.c.record_id == row.record_id)
        body = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        connection.execute(sa.update(decisions).where(mine, decisions.c.number == row.number).values(body=body))
        changed.add(row.region_id)
    regions = sa.table("region", sa.column("id"), sa.column("revision"))
    for region_id in sorted(changed):
        mine = regions.c.id == region_id
        connection.execute(sa.update(regions).where(mine).values(revision=regions.c.revision + 1))
        _leave(connection, "release-anew", {"region": region_id, "kind": "improvement"})


def _asked(connection: sa.Connection) -> dict[tuple[str, str, int], list[str]]:
    """Region, improvement, number of the call → whom it asked, reminders to others included."""
    calls = sa.table("position_call", *(sa.column(name) for name in ("region_id", "record_id", "number", "asked")))
    return {
        (row.region_id, row.record_id, row.number): json.loads(bytes(row.asked))
        for row in connection.execute(sa.select(calls))
    }


def _merged(connection: sa.Connection) -> defaultdict[str, dict[str, str]]:
    """Region → id of an entry that was merged → id of what answers in its place."""
    records = sa.table("record", *(sa.column(name) for name in ("region_id", "id", "kind", "state", "status")))
    query = sa.select(records).where(records.c.kind == "stakeholder", records.c.state == "merged")
    found: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(query):
        if into := (json.loads(bytes(row.status)).get("merged") or {}).get("into"):
            found[row.region_id][row.id] = into
    return found


def _with_asked(decided: dict[str, Any], asked: list[str], merged: dict[str, str]) -> dict[str, Any]:
    members = [one["stakeholder"] for one in decided["taking_part"]]
    known = {_present(one, members, merged) for one in asked} & set(members)
    steps: list[dict[str, Any]] = []
    for step in decided["outcome"]["steps"]:
        if step["code"] != "silent":
            steps.append(step)
            continue
        for code, some in (
            ("silent", [one for one in step["stakeholders"] if one in known]),
            ("not-asked", [one for one in step["stakeholders"] if one not in known]),
        ):
            if some:
                steps.append(step | {"code": code, "count": len(some), "stakeholders": some})
    return decided | {"asked": sorted(known), "outcome": decided["outcome"] | {"steps": steps}}


def _present(one: str, members: list[str], merged: dict[str, str]) -> str:
    """What answered for *one* when it was decided."""
    seen = {one}
    while one not in members and merged.get(one, one) not in seen:
        one = merged[one]
        seen.add(one)
    return one


def _leave(connection: sa.Connection, topic: str, payload: dict[str, Any]) -> None:
    """Leave something to be done once the platform runs again."""
    jobs = sa.table(
        "outbox",
        *(sa.column(name) for name in ("id", "topic", "payload", "attempts", "fault")),
        sa.column("due_at", Moment()),
    )
    body, at = json.dumps(payload).encode(), datetime.now(UTC)
    connection.execute(sa.insert(jobs).values(id=new_id(), topic=topic, payload=body, due_at=at, attempts=0, fault=""))
