"""Where practices have travelled: released transfers, and what is said to be taken up elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "travelled",
        sa.Column("origin_region", sa.String(), nullable=False),
        sa.Column("origin_record", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("practice", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("origin_region", "origin_record", "region", "record_id"),
    )
    op.create_index("travelled_by_transfer", "travelled", ["region", "record_id"])
    op.create_table(
        "taken_elsewhere",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("organisation", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("lang", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False, server_default=""),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("region_id", "record_id", "number"),
    )
