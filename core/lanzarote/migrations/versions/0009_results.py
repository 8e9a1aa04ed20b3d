"""Regions that are received, keys with which results are signed, where they are sent, and what could not be taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("region") as region:
        region.add_column(sa.Column("home", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_index("change_by_record", "change", ["region_id", "record_id", "seq"])
    op.create_table(
        "signing_key",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("endorsement", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("region_id", "id"),
    )
    op.create_table(
        "destination",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("rhythm", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("fault_code", sa.String(), nullable=False, server_default=""),
        sa.PrimaryKeyConstraint("region_id", "address"),
    )
    op.create_table(
        "source",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("enrolled_at", Moment(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("awaited", sa.Integer(), nullable=False),
        sa.Column("received_at", Moment(), nullable=True),
        sa.Column("came", sa.String(), nullable=False, server_default=""),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region_id"),
    )
    op.create_table(
        "source_key",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("public", sa.LargeBinary(), nullable=False),
        sa.Column("known_at", Moment(), nullable=False),
        sa.Column("endorsed_by", sa.String(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "id"),
    )
    op.create_table(
        "held_batch",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("came", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("known", sa.LargeBinary(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "id"),
    )
    op.create_index("held_batch_by_digest", "held_batch", ["region_id", "digest"])
