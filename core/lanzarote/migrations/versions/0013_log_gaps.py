"""What a change log holds no more or never held; what is so by now is taken as it is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

FORGOTTEN = """
    INSERT INTO forgotten (region_id, record_id, seq, erased)
    SELECT c.region_id, c.record_id,
        max(CASE WHEN c.body_hash <> '' AND b.seq IS NULL THEN c.seq ELSE 0 END),
        max(CASE WHEN c.verb = 'erase' THEN 1 ELSE 0 END) = 1
    FROM change c LEFT JOIN change_body b ON b.region_id = c.region_id AND b.seq = c.seq
    GROUP BY c.region_id, c.record_id
    HAVING max(CASE WHEN (c.body_hash <> '' AND b.seq IS NULL) OR c.verb IN ('replace', 'forget', 'erase')
        THEN 1 ELSE 0 END) = 1
"""
UNSENT = """
    INSERT INTO unsent (region_id, seq, after)
    SELECT c.region_id, c.seq,
        coalesce((SELECT max(p.seq) FROM change p WHERE p.region_id = c.region_id AND p.seq < c.seq), 0)
    FROM change c JOIN region r ON r.id = c.region_id
    WHERE NOT r.home AND c.verb = 'epoch' AND c.seq > 1
        AND NOT EXISTS (SELECT 1 FROM change p WHERE p.region_id = c.region_id AND p.seq = c.seq - 1)
"""


def upgrade() -> None:
    op.create_table(
        "forgotten",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("record_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("erased", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "record_id"),
    )
    op.create_table(
        "unsent",
        sa.Column("region_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("after", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_id", "seq"),
    )
    op.execute(FORGOTTEN)
    op.execute(UNSENT)
