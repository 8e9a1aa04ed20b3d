"""Tokens made before one permission erased records of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from lanzarote.accounts.model import ApiToken
from lanzarote.store.database import ALL, Database, upgrade_schema
from sqlalchemy import insert, select

from tests.conftest import pg_database, sqlalchemy_url

pytestmark = pytest.mark.both_databases


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
    else:
        admin_url = request.getfixturevalue("pg_admin_url")
        with pg_database(admin_url) as name:
            yield sqlalchemy_url(admin_url, name)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("practice.read practice.erase stakeholder.erase", "practice.read record.erase"),
        ("practice.erase practice.read", "practice.read"),
        ("stakeholder.erase", ""),
        ("practice.read", "practice.read"),
    ],
)
def test_a_token_does_not_gain_by_the_upgrade(empty: str, before: str, after: str) -> None:
    database = Database(empty)
    try:
        with database.engine.execution_options(lanzarote_write=True).connect() as connection, connection.begin():
            upgrade_schema(connection, "0002")
            row = {"token_hash": "h", "id": "t", "account_id": "a", "name": "n", "actions": before, "region_id": ""}
            then = sa.func.current_timestamp() if database.sqlite else sa.func.now()
            connection.execute(insert(ApiToken).values(**row, strong=True, made_at=then, ends_at=then))
            upgrade_schema(connection)
        with database.read(ALL) as session:
            assert session.scalar(select(ApiToken.actions)) == after
    finally:
        database.close()
