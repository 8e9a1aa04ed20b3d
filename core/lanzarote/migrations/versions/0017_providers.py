"""Accounts of institutions: who is known by which, what is half-way, roles that rest on a group."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.create_table(
        "account_identity",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("issuer", "subject"),
    )
    op.create_index("identity_by_account", "account_identity", ["account_id"])
    op.create_table(
        "provider_step",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "account_group_role",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("group_name", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("task_id", sa.String(), nullable=False),
        sa.Column("confirmed_at", Moment(), nullable=False),
        sa.Column("lost_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", "region_id", "role"),
    )
    op.create_index("group_role_by_region", "account_group_role", ["region_id"])
    for name in ("provider", "subject", "provider_session"):
        op.add_column("session", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("session", sa.Column("id_token", sa.LargeBinary(), nullable=True))
