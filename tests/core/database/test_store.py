"""The store keeps what was acknowledged, in the schema that the models say, on both databases alike."""

from __future__ import annotations

import os
import re
import sqlite3
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import lanzarote
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from lanzarote.errors import SettingError
from lanzarote.operations.all_tables import Base
from lanzarote.records.tasks import Task
from lanzarote.regions.vocabulary import Term
from lanzarote.store.database import ALL, Database, migrate, schema_version
from lanzarote.store.scope import INDEX, Regional
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from tests.core.database.rows import fill, task, term

pytestmark = pytest.mark.both_databases

SQLITE_SAYS = {
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "foreign_keys": 1,
    "busy_timeout": 15_000,
    "trusted_schema": 0,
    "secure_delete": 1,
    "temp_store": 2,  # MEMORY
}
RAW_SQL = re.compile(
    r"\.connection\(|exec_driver_sql|\btext\(\s*f?[\"']|\bSession\(|import sqlite3|import psycopg|all_rows\(|each_row\("
)
MAY_WRITE_SQL = {
    "store/database.py",  # what goes with every session
    "store/engines.py",  # the engines themselves
    "store/bulk.py",  # plain statements, confined as those of the mapped classes are
    "store/scope.py",  # the session class
    "records/revisions.py",  # watches from outside any session
    "search/index.py",  # full-text indexes have no mapped class, neither have the words they know
    "findable/entries.py",  # the index's row numbers and its advisory lock
    "findable/reading.py",  # lists about all enabled regions
    "records/changelog.py",  # NOTIFY
    "records/locking.py",  # the advisory lock
    "records/idempotency.py",  # the advisory lock of a request
    "practices/projection.py",  # the index's row numbers and its advisory lock
    "practices/service.py",  # lists about all enabled regions
    "instance.py",  # which regions there are: a shared table
    "public_memory.py",  # the facts of all regions: a shared table
    "operations/backup.py",  # everything, by definition
    "operations/subject_access.py",  # each table, as the backup does
    "commands.py",  # which packages are on where, in all regions
    "office/service.py",  # the account of all regions, and what stands behind it
    "operations/doctor.py",  # asks the database about itself
    "web/instance_health.py",  # asks it too: its version and its size
    "store/availability.py",  # how far a server is
    "store/replica.py",  # how far a standby is
    "store/partitions.py",  # moves whole tables, by their names
}
"""Every place that goes past the scoped session, reviewed; a new one has to be reviewed too."""


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.close()


def test_the_migrated_schema_is_what_the_models_say(store: Database) -> None:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and name and name.startswith((INDEX, "alembic_version")))

    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        assert compare_metadata(context, Base.metadata) == []


def test_migrating_again_changes_nothing(store: Database) -> None:
    before = schema_version(store)
    assert before is not None
    migrate(store.url)
    assert schema_version(store) == before


def test_an_empty_database_has_no_schema(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path / 'new' / 'empty.sqlite'}")
    assert schema_version(empty) is None
    empty.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps rights in another way")
def test_a_new_database_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "new" / "lanzarote.sqlite"
    migrate(f"sqlite:///{file}")
    store = Database(f"sqlite:///{file}")
    with store.write("a") as session:
        session.add(term("a"))
        session.flush()
        rights = {path.name: path.stat().st_mode & 0o777 for path in (file.parent, *file.parent.iterdir())}
    store.close()
    assert rights == {
        "new": 0o700, "lanzarote.sqlite": 0o600, "lanzarote.sqlite-wal": 0o600, "lanzarote.sqlite-shm": 0o600
    }  # fmt: skip


def test_postgres_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(SettingError, match=re.escape("pip install lanzarote[postgres]")):
        Database("postgresql+psycopg://nobody@/nothing")


def test_the_region_leads_the_key_of_every_regional_table() -> None:
    regional = [mapper for mapper in Base.registry.mappers if issubclass(mapper.class_, Regional)]
    assert {mapper.primary_key[0].name for mapper in regional} == {"region_id"}
    assert len(regional) >= 10


@pytest.mark.parametrize("pragma", SQLITE_SAYS)
def test_every_connection_to_sqlite_is_durable_and_discreet(sqlite_url: str, pragma: str) -> None:
    store = Database(sqlite_url)
    said = {store.all_rows(f"PRAGMA {pragma}")[0][0]}
    with store.engine.connect() as first, store.engine.connect() as second:
        said |= {one.exec_driver_sql(f"PRAGMA {pragma}").scalar() for one in (first, second)}
    store.close()
    assert said == {SQLITE_SAYS[pragma]}


def test_postgres_acknowledges_after_it_has_written(pg_url: str) -> None:
    # The server of the tests runs without fsync for speed; ours must not be what switches it off.
    store = Database(pg_url)
    with store.engine.connect() as connection:
        source = connection.exec_driver_sql("SELECT source FROM pg_settings WHERE name = 'synchronous_commit'").scalar()
    store.close()
    assert source != "session"


def test_raw_readers_cannot_write(sqlite_url: str) -> None:
    store = Database(sqlite_url)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        store.all_rows("DELETE FROM task")
    store.close()


def test_sql_is_written_out_only_where_it_was_reviewed() -> None:
    core = Path(lanzarote.__file__).parent
    found = {
        file.relative_to(core).as_posix()
        for file in core.rglob("*.py")
        if "migrations" not in file.parts and RAW_SQL.search(file.read_text("utf-8"))
    }
    assert found <= MAY_WRITE_SQL
    assert {"store/database.py", "search/index.py", "records/revisions.py"} <= found


def write_and_fail(store: Database) -> None:
    with store.write("a") as session:
        session.add(term("a"))
        session.flush()
        raise ZeroDivisionError


def test_a_write_that_fails_leaves_nothing(store: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store)
    with store.read(ALL) as session:
        assert session.scalars(select(Term)).all() == []


def test_a_reading_session_keeps_nothing(store: Database) -> None:
    with store.read("a") as session:
        session.add(term("a"))
        session.flush()
    with store.read(ALL) as session:
        assert session.scalars(select(Term)).all() == []


def test_writers_wait_for_each_other(store: Database) -> None:
    fill(store)
    faults: list[Exception] = []

    def count_up() -> None:
        for _ in range(5):
            try:
                with store.write("a") as session:
                    row = session.scalars(select(Term).where(Term.key == "x").with_for_update()).one()
                    row.position += 1
            except Exception as error:
                faults.append(error)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read("a") as session:
        assert session.scalar(select(Term.position).where(Term.key == "x")) == 20
    assert faults == []


def test_a_moment_comes_back_in_utc_wherever_it_was_written(store: Database) -> None:
    if not store.sqlite:  # a server somewhere else answers in its own time zone
        with store.engine.connect() as connection, connection.begin():
            name = connection.exec_driver_sql("SELECT current_database()").scalar()
            connection.exec_driver_sql(f"ALTER DATABASE {name} SET timezone = 'Asia/Tbilisi'")
        store.engine.dispose()
    written = datetime(2031, 5, 1, 3, 30, tzinfo=timezone(timedelta(hours=3)))
    with store.write("a") as session:
        one = task("a", "x")
        one.opened_at = written
        session.add(one)
    with store.read("a") as session:
        read = session.scalars(select(Task.opened_at)).one()
    assert (read, read.tzinfo) == (datetime(2031, 5, 1, 0, 30, tzinfo=UTC), UTC)


def test_a_moment_without_time_zone_is_refused(store: Database) -> None:
    with store.write("a") as session:
        one = task("a", "x")
        one.opened_at = datetime(2031, 5, 1)  # noqa: DTZ001
        session.add(one)
        with pytest.raises(StatementError, match="a moment needs a time zone"):
            session.flush()
        session.rollback()


@pytest.mark.parametrize("url", ["nothing", "mysql+nothing://x/y"])
def test_a_database_that_cannot_be_opened_is_a_setting_error(url: str) -> None:
    with pytest.raises(SettingError, match="cannot be opened"):
        Database(url)


def test_text_of_any_script_comes_back_as_written(store: Database) -> None:
    said: list[Any] = ["Їжак Ёрж", "ΠΑΙΔΙΆ", "İstanbul ı", "ბავშვი", "երեխա", "👩‍👧", "e\u0301"]
    with store.write("a") as session:
        session.add_all(term("a", f"k{n}", text.encode()) for n, text in enumerate(said))
        for n, text in enumerate(said):
            one = task("a", str(n))
            one.record_id = text
            session.add(one)
    with store.read("a") as session:
        assert {*session.scalars(select(Task.record_id))} == {*said}
