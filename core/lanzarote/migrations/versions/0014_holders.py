"""What organisations say of a practice that they run; what was said of them without their word is put right.

Whatever a page told as declared by an organisation rested on a choice of the writer. It rests on public sources from
now on, until the organisation has said so itself. The team reads of each such practice in a task, and the offices that
receive the region in a new release of it: both are written by the jobs that are left here.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment
from lanzarote.store.ids import new_id

revision = "0014"
down_revision = "0013"

DEFAULTS = {"standing": "documented", "vouching": "public-sources", "agreement": "not-asked"}
WITNESSED = ("observed", "evaluated")


def upgrade() -> None:
    op.create_table(
        "holder_word",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stakeholder", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("on_day", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("region_id", "record_id", "number"),
    )
    op.create_index("holder_word_by_stakeholder", "holder_word", ["region_id", "stakeholder"])
    _put_right(op.get_bind())


def _put_right(connection: sa.Connection) -> None:
    records = sa.table(
        "record",
        *(sa.column(name) for name in ("region_id", "id", "kind", "status", "published_version", "state")),
    )
    regions = sa.table("region", sa.column("id"), sa.column("home"), sa.column("revision"))
    practice = (records.c.kind == "practice") & (records.c.state != "erased")
    home = dict(connection.execute(sa.select(regions.c.id, regions.c.home)).all())
    shown: set[str] = set()
    rows = connection.execute(sa.select(records).where(practice)).all()
    for row in rows:
        before = json.loads(bytes(row.status))
        after = _settled(before)
        if after == before:
            continue
        mine = (records.c.region_id == row.region_id) & (records.c.id == row.id)
        status = json.dumps(after, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        connection.execute(sa.update(records).where(mine).values(status=status))
        if row.published_version is None:
            continue
        shown.add(row.region_id)
        _show(connection, row.region_id, row.id, DEFAULTS | after)
        if home.get(row.region_id):
            was = {name: before.get(name, default) for name, default in DEFAULTS.items()}
            _leave(connection, "unconfirmed", {"region": row.region_id, "record": row.id, "was": was})
    for region_id in sorted(shown):
        connection.execute(sa.update(regions).where(regions.c.id == region_id).values(revision=regions.c.revision + 1))
        _leave(connection, "release-anew", {"region": region_id, "kind": "practice"})


def _settled(status: dict[str, Any]) -> dict[str, Any]:
    """What may be said where no organisation has said anything itself; a refusal that was recorded stays."""
    assessed = status.get("standing") == "assessed"
    witnessed = assessed and status.get("vouching") in WITNESSED
    said = status | {
        "standing": "assessed" if assessed else "documented",
        "vouching": status["vouching"] if witnessed else "public-sources",
        "agreement": "refused" if status.get("agreement") == "refused" else "not-asked",
    }
    # As it is written everywhere: what is as usual is left out, unless it stood there before.
    return {name: value for name, value in said.items() if DEFAULTS.get(name) != value or status.get(name) == value}


def _show(connection: sa.Connection, region_id: str, record_id: str, said: dict[str, Any]) -> None:
    """Let lists, search and the page of the practice say it too."""
    shown = sa.table(
        "published_practice", *(sa.column(name) for name in ("region_id", "record_id", "facets", "card", "document"))
    )
    mine = (shown.c.region_id == region_id) & (shown.c.record_id == record_id)
    for row in connection.execute(sa.select(shown).where(mine)).all():
        values: dict[str, Any] = {}
        for name in ("card", "document"):
            told = json.loads(bytes(getattr(row, name)))
            told |= {key: said[key] for key in DEFAULTS if key in told}
            values[name] = json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()
        others = [one for one in row.facets.split(" ") if not one.startswith("standing:")]
        values["facets"] = " ".join([*others, f"standing:{said['standing']}"])
        connection.execute(sa.update(shown).where(mine).values(**values))


def _leave(connection: sa.Connection, topic: str, payload: dict[str, Any]) -> None:
    """Leave something to be done once the platform runs again."""
    jobs = sa.table(
        "outbox",
        *(sa.column(name) for name in ("id", "topic", "payload", "attempts", "fault")),
        sa.column("due_at", Moment()),
    )
    at = datetime.now(UTC)
    body = json.dumps(payload).encode()
    connection.execute(sa.insert(jobs).values(id=new_id(), topic=topic, payload=body, due_at=at, attempts=0, fault=""))
