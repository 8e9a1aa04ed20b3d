"""Values of indicators, and what judges answer on the criteria of an evaluation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "indicator_value",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("value", sa.Float(53), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("computed", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "record_id", "seq"),
    )
    op.create_table(
        "judgement",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.String(), nullable=False),
        sa.Column("standpoint", sa.String(), nullable=False),
        sa.Column("judge", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "record_id", "seq"),
    )
