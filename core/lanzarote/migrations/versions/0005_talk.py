"""What a group says about its records and follows: comments, amendments, actions; who follows what."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from lanzarote.store.database import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _comments()
    _amendments()
    _actions()
    _follows()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[sa.DateTime]:
    return sa.Column(name, Moment(), nullable=nullable)


def _comments() -> None:
    op.create_table(
        "comment",
        _text("region_id"),
        _text("record_id"),
        _text("id"),
        _number("about"),
        _text("thread"),
        _text("answers_to"),
        _number("answers"),
        _text("author"),
        _moment("at"),
        _text("language"),
        _text("text"),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        _moment("edited_at", nullable=True),
        _moment("deleted_at", nullable=True),
        _moment("hidden_at", nullable=True),
        _text("hidden_by"),
        _text("hidden_reason"),
        sa.PrimaryKeyConstraint("region_id", "record_id", "id"),
    )
    op.create_index("comment_threads", "comment", ["region_id", "record_id", "about", "answers_to", "id"])
    op.create_index("comment_in_thread", "comment", ["region_id", "record_id", "thread", "id"])


def _amendments() -> None:
    op.create_table(
        "amendment",
        _text("region_id"),
        _text("record_id"),
        _number("number"),
        _number("base"),
        _text("language"),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        _text("why"),
        _text("written_in"),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        _text("author"),
        _moment("at"),
        _text("state"),
        _moment("settled_at", nullable=True),
        _text("settled_by"),
        _text("settled_reason"),
        _number("settled_version"),
        sa.PrimaryKeyConstraint("region_id", "record_id", "number"),
    )
    op.create_index("amendment_by_state", "amendment", ["region_id", "state"])


def _actions() -> None:
    op.create_table(
        "action",
        _text("region_id"),
        _text("record_id"),
        _number("number"),
        _text("what"),
        _text("language"),
        _text("stakeholder_id"),
        _text("due_on"),
        _text("progress"),
        _number("steps"),
        sa.PrimaryKeyConstraint("region_id", "record_id", "number"),
    )
    op.create_index("action_by_day", "action", ["region_id", "progress", "due_on"])
    op.create_index("action_by_stakeholder", "action", ["region_id", "stakeholder_id"])
    op.create_table(
        "action_step",
        _text("region_id"),
        _text("record_id"),
        _number("action"),
        _number("number"),
        _moment("at"),
        _text("by"),
        _text("progress"),
        _text("due_on"),
        _text("stakeholder_id"),
        _text("note"),
        _text("language"),
        sa.PrimaryKeyConstraint("region_id", "record_id", "action", "number"),
    )


def _follows() -> None:
    op.create_table(
        "follow",
        _text("account_id"),
        _text("region_id"),
        _text("record_id"),
        _text("rhythm"),
        _number("told"),
        _text("id"),
        _moment("at"),
        sa.PrimaryKeyConstraint("account_id", "region_id", "record_id"),
    )
    op.create_table(
        "follower", _text("account_id"), _text("id"), _text("secret"), sa.PrimaryKeyConstraint("account_id")
    )
    op.create_index("follower_by_id", "follower", ["id"], unique=True)
    op.create_index("follow_by_record", "follow", ["region_id", "record_id"])
    op.create_index("follow_by_rhythm", "follow", ["rhythm", "account_id"])
    op.create_index("follow_by_id", "follow", ["id"], unique=True)
