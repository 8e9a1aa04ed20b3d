"""One permission erases records of every kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BEFORE = {"practice.erase", "stakeholder.erase"}


def upgrade() -> None:
    tokens = sa.table("api_token", sa.column("token_hash", sa.String), sa.column("actions", sa.String))
    connection = op.get_bind()
    for token_hash, actions in connection.execute(sa.select(tokens.c.token_hash, tokens.c.actions)).all():
        left = actions.split()
        if BEFORE.isdisjoint(left):
            continue
        # A token never gains: only one that could erase both may erase everything.
        kept = [action for action in left if action not in BEFORE] + ["record.erase"] * BEFORE.issubset(left)
        mine = tokens.c.token_hash == token_hash
        connection.execute(sa.update(tokens).where(mine).values(actions=" ".join(kept)))
