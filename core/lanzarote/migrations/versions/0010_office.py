"""What the central office counts, its releases, and what it says that regions rest on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.drop_index("ix_change_body_record_id", table_name="change_body")
    op.create_index("change_body_by_record", "change_body", ["region_id", "record_id"])
    op.create_table(
        "tally_number",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "position"),
    )
    op.create_index("tally_number_by_record", "tally_number", ["region_id", "record_id", "position"])
    op.create_table(
        "tally_mask",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("block", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(), nullable=False),
        sa.Column("bits", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "block", "line"),
    )
    op.create_table(
        "summary",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("a", sa.String(), nullable=False),
        sa.Column("b", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "measure", "a", "b"),
    )
    op.create_table(
        "summary_total",
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("a", sa.String(), nullable=False),
        sa.Column("b", sa.String(), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("measure", "a", "b"),
    )
    op.create_table(
        "office_release",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("figures", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("day"),
    )
    op.create_table(
        "opening",
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("after_region", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("evaluation", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("region"),
    )
