"""Everything is found by its words: the index is made anew, with stems and numbers, and knows how words are spelt."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment
from lanzarote.store.ids import new_id

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    connection = op.get_bind()
    op.create_table(
        "search_text_word",
        sa.Column("word", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("word", "lang"),
    )
    op.create_table(
        "search_item",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("pk", sa.BigInteger(), nullable=False),
        sa.Column("ordered", sa.BigInteger(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "kind", "item"),
    )
    op.create_index("search_item_pk", "search_item", ["pk"], unique=True)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("CREATE VIRTUAL TABLE search_text_terms USING fts5vocab(search_text, row)")
    connection.exec_driver_sql("DELETE FROM search_text")
    jobs = sa.table(
        "outbox",
        *(sa.column(name) for name in ("id", "topic", "payload", "attempts", "fault")),
        sa.column("due_at", Moment()),
    )
    for region_id in connection.scalars(sa.select(sa.table("region", sa.column("id", sa.String())).c.id)).all():
        payload, at = json.dumps({"region": region_id}).encode(), datetime.now(UTC)
        connection.execute(
            sa.insert(jobs).values(id=new_id(), topic="project", payload=payload, due_at=at, attempts=0, fault="")
        )
