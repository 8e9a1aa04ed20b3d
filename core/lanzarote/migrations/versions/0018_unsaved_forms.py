"""Each form of a record keeps what was typed into it: a meeting's agenda and its notes no longer share one place."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    connection = op.get_bind()
    columns: tuple[sa.Column[Any], ...] = (
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", Moment(), nullable=False),
    )
    old = sa.table("unsaved", *(sa.column(one.name, one.type) for one in columns))
    rows = [dict(row._mapping) for row in connection.execute(sa.select(old))]
    op.drop_table("unsaved")
    new = op.create_table(
        "unsaved",
        *columns[:3],
        sa.Column("form", sa.String(), nullable=False),
        *columns[3:],
        sa.PrimaryKeyConstraint("region_id", "record_id", "account_id", "form"),
    )
    if rows:
        kept = [row | {"form": json.loads(bytes(row["body"])).get("form", "edit")} for row in rows]
        connection.execute(sa.insert(new), kept)
