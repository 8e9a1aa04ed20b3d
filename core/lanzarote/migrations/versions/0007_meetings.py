"""Meetings: who is invited and what they answered; secret addresses for calendars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "meeting_invitation",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("stakeholder_id", sa.String(), nullable=False),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("invited_at", Moment(), nullable=False),
        sa.Column("reminded_at", Moment(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.Column("answered_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "record_id", "stakeholder_id"),
    )
    op.create_table(
        "calendar_address",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("strong", sa.Boolean(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("calendar_by_account", "calendar_address", ["account_id", "region_id"], unique=True)
