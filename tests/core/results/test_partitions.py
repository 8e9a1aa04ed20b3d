"""``lanzarote partition``: an office whose tables are spread by region receives, counts and forgets as before."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from io import StringIO
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from lanzarote.cli import main
from lanzarote.configuration.settings import read_settings
from lanzarote.office import releases, tallies
from lanzarote.operations.backup import backup, restore
from lanzarote.operations.doctor import examine
from lanzarote.practices import projection
from lanzarote.records.records import Version, now
from lanzarote.results import forgetting
from lanzarote.store import partitions
from lanzarote.store.database import ALL, Base, Database, Regional, migrate
from lanzarote.store.partitions import LARGE, Layout, NotPartitioned
from lanzarote.store.scope import INDEX

from tests.conftest import pg_database, sqlalchemy_url

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.core.results.two_places import TwoPlaces

    Run = Callable[..., tuple[int, str]]

HASHED, LISTED, PLAIN = Layout("hash", parts=4), Layout("list", regions=("paris",)), Layout()


@pytest.fixture
def database_url(pg_url: str) -> str:
    """SQLite has no partitions."""
    return pg_url


@pytest.fixture
def received(places: TwoPlaces) -> Database:
    """The database of an office that has received Paris."""
    places.sync()
    return places.office.database


@pytest.fixture
def run(places: TwoPlaces, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """A command at the office; gives its exit status and all that it says."""
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", places.office.settings.database_url)
    monkeypatch.setenv("LANZAROTE_DATA", str(places.office.settings.data))
    monkeypatch.setenv("LANZAROTE_OFFICE", "on")

    def run(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        status = main(words)
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def contents(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table."""
    with database.read(ALL) as session:
        return {
            table.name: [
                tuple(row) for row in session.connection().execute(sa.select(table).order_by(*table.primary_key))
            ]
            for table in Base.metadata.sorted_tables
        }


def schema(database: Database) -> str:
    """Keys, indexes, columns and rights of the large tables, as PostgreSQL tells them."""
    told = StringIO()
    with database.engine.connect() as connection:
        for sql in (
            "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname",
            "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY conname",
            "SELECT table_name, column_name, data_type, is_nullable, column_default, ordinal_position"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 6",
            "SELECT relname, relacl::text, relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p') ORDER BY 1",
        ):
            for row in connection.exec_driver_sql(sql):
                print(*row, file=told)
    return told.getvalue()


def differences(database: Database) -> list[str]:
    """What alembic would change so that the database is as the models say."""

    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and name and name.startswith((INDEX, "alembic_version")))

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": ours})
        return sorted(f"{what[0]} {what[1].name}" for what in compare_metadata(context, Base.metadata))


def parts_of(database: Database, table: str) -> int:
    sql = f"SELECT count(*) FROM pg_inherits WHERE inhparent = '{table}'::regclass"
    with database.engine.connect() as connection:
        return int(connection.exec_driver_sql(sql).scalar_one())


def unspread(database: Database) -> set[str]:
    return {table for table, layout in partitions.now(database).items() if layout == PLAIN}


def test_the_large_tables_are_those_of_regions_and_can_be_spread() -> None:
    """Every unique index of theirs holds the region, but for those whose numbers one lock gives out."""
    regional = {
        str(one.local_table): one.local_table for one in Base.registry.mappers if issubclass(one.class_, Regional)
    }
    assert set(LARGE) <= regional.keys()
    lacking = {
        str(index.name)
        for name in LARGE
        for index in regional[name].indexes  # type: ignore[attr-defined]
        if index.unique and "region_id" not in index.columns
    }
    assert lacking == partitions.ACROSS


@pytest.mark.parametrize("words", [("--hash", "4"), ("--list",)])
def test_an_office_goes_on_as_before(
    places: TwoPlaces, received: Database, run: Run, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, before = contents(received), schema(received)
    tell = run("partition", *words)[1]
    assert tell.startswith("-- audit: ")
    assert unspread(received) == set(LARGE), "without --apply nothing is changed"
    assert contents(received) == kept

    status, said = run("partition", *words, "--apply")
    assert (status, len(said.splitlines())) == (0, len(LARGE) + 1)
    assert unspread(received) == set()
    assert contents(received) == kept
    assert {parts_of(received, table) for table in LARGE} == {4 if "--hash" in words else 2}
    across = sorted(f"{what}_index {name}" for name in partitions.ACROSS for what in ("add", "remove"))
    assert differences(received) == across, "but for these two, all is as the models say"
    assert run("partition", *words)[1].startswith("-- Nothing to do")
    assert run("partition", *words, "--apply")[1].count("\n") == 1

    # Received again: new, changed, withdrawn, erased
    first, second, third = (places.publish(f"own-{n}", f"Title {n}") for n in range(3))
    places.sync()
    places.change(first, "Another title")
    places.withdraw(second)
    places.erase(third)
    places.sync()
    assert places.titles()["own-0"] == "Another title"
    assert places.there() == places.head()

    # Counted anew, projected anew, frozen and checked
    assert run("office", "rebuild")[1].endswith("all together: the same as before\n")
    with received.write("paris") as session:
        assert tallies.kept(session, "paris") == tallies.recount(session, "paris")
        shown = projection.rebuild(session, "paris")
    assert shown > 0
    monkeypatch.setattr(releases, "now", lambda: now() + timedelta(days=2))
    day = (now() + timedelta(days=1)).date().isoformat()
    assert run("office", "release", day)[0] == 0
    status, said = run("office", "release", day, "--check")
    assert (status, said) == (0, f"A recount of the change logs gives the figures as of {day}.\n")

    # Forgotten, and back into one table each
    forgetting.forget(received, "paris", by="test")
    assert forgetting.is_forgotten(received, "paris")
    assert run("partition", "--none", "--apply")[0] == 0
    assert schema(received) == before


def test_a_region_that_comes_later_has_room_and_gets_a_partition_of_its_own(
    places: TwoPlaces, received: Database, run: Run
) -> None:
    forgetting.forget(received, "paris", by="test")
    assert run("partition", "--list", "--apply")[0] == 0
    assert {str(one) for one in partitions.now(received).values()} == {"a partition for each of 0 regions"}
    places.enrol()
    places.sync()
    kept = contents(received)
    assert run("partition", "--list", "--apply")[0] == 0
    assert set(partitions.now(received).values()) == {LISTED}
    assert contents(received) == kept
    with received.engine.connect() as connection:
        rest = connection.exec_driver_sql("SELECT count(*) FROM lanzarote_partitions.version_others").scalar()
        own = connection.exec_driver_sql("SELECT count(*) FROM lanzarote_partitions.version__paris").scalar()
    assert rest == 0
    assert own == len(kept["version"])
    # From one way to another
    assert run("partition", "--hash", "4", "--apply")[0] == run("partition", "--hash", "3", "--apply")[0] == 0
    assert {layout.parts for layout in partitions.now(received).values()} == {3}
    assert contents(received) == kept


def test_a_migration_changes_a_partitioned_table_as_any_other(received: Database) -> None:
    partitions.apply(received, HASHED, print)
    migrate(received.url)
    with received.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        operations.add_column("version", sa.Column("weight", sa.Integer(), server_default="7", nullable=False))
        operations.create_index("version_by_weight", "version", ["region_id", "weight"])
        with operations.batch_alter_table("version") as batch:
            batch.alter_column("digest", new_column_name="mark")
    with received.engine.connect() as connection:
        query = "SELECT DISTINCT weight FROM version WHERE mark <> ''"
        assert connection.exec_driver_sql(query).all() == [(7,)]
        sql = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'lanzarote_partitions' AND indexdef LIKE '%%weight%%'"
        assert connection.exec_driver_sql(sql).scalar() == 4


def test_a_backup_goes_from_either_kind_of_database_into_the_other(
    places: TwoPlaces, received: Database, pg_admin_url: str, pg_template: str, tmp_path: Path
) -> None:
    plain = backup(places.office, tmp_path / "plain.zip")
    partitions.apply(received, HASHED, print)
    spread = backup(places.office, tmp_path / "spread.zip")
    assert re.search(r"\d+ rows", spread) == re.search(r"\d+ rows", plain) or counted(plain) == counted(spread)
    for file, layout in (("plain.zip", HASHED), ("spread.zip", PLAIN)):
        with pg_database(pg_admin_url, f"TEMPLATE {pg_template}") as name:
            url = sqlalchemy_url(pg_admin_url, name)
            with closing(Database(url)) as other:
                partitions.apply(other, layout, print)
                settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(tmp_path / file[:5])})
                restore(settings, tmp_path / file)
                assert set(partitions.now(other).values()) == {layout}
                with other.read(ALL) as session:
                    there = session.scalar(sa.select(sa.func.count()).select_from(Version))
                assert there == len(contents(received)["version"])


def counted(told: str) -> str:
    return told.partition("(")[2].partition(" rows")[0]


def test_what_would_be_lost_or_is_in_use_is_told_and_nothing_is_changed(received: Database, run: Run) -> None:
    admin = received.url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(admin, autocommit=True) as other:
        other.execute("CREATE VIEW mine AS SELECT * FROM change")
        with pytest.raises(NotPartitioned, match="change has what a copy would lose: the view mine"):
            partitions.apply(received, HASHED, print)
        assert partitions.now(received)["audit"] == HASHED, "it stays, and the command goes on after it"
        assert partitions.now(received)["change"] == PLAIN
        other.execute("DROP VIEW mine")
        received.answer_soon()
    with psycopg.connect(admin) as other:
        other.execute("SELECT 1 FROM version LIMIT 1")  # and stays in its transaction
        with pytest.raises(NotPartitioned, match=r"version was not changed: somebody is using it. Stop the site"):
            partitions.apply(received, HASHED, print)
    assert unspread(received) == {"version", "vocabulary"}
    assert run("partition")[1].splitlines()[0] == "audit: 4 partitions by hash"
    [told] = [one.told for one in examine() if one.about == "partitions"]
    assert told.startswith("the large tables: 4 partitions by hash, but for version, vocabulary: not partitioned; run")
    assert run("partition", "--hash", "4", "--apply")[0] == 0
    assert unspread(received) == set()


def test_rights_of_others_and_the_owner_stay(received: Database, pg_admin_url: str) -> None:
    with psycopg.connect(pg_admin_url, autocommit=True) as admin:
        admin.execute("CREATE ROLE lz_reader")
    try:
        with received.engine.begin() as connection:
            connection.exec_driver_sql("GRANT SELECT ON version TO lz_reader")
        before = schema(received)
        partitions.apply(received, HASHED, print)
        with received.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL ROLE lz_reader")
            assert connection.exec_driver_sql("SELECT count(*) FROM version").scalar_one() > 0
        partitions.apply(received, PLAIN, print)
        assert schema(received) == before
    finally:
        with received.engine.begin() as connection:
            connection.exec_driver_sql("DROP OWNED BY lz_reader")
        with psycopg.connect(pg_admin_url, autocommit=True) as admin:
            admin.execute("DROP ROLE lz_reader")


def test_the_printed_sql_does_the_same(received: Database, run: Run) -> None:
    kept = contents(received)
    script = run("partition", "--hash", "4")[1]
    with psycopg.connect(received.url.replace("postgresql+psycopg", "postgresql"), autocommit=True) as other:
        other.execute(script.encode())
    assert set(partitions.now(received).values()) == {HASHED}
    assert contents(received) == kept


def test_sqlite_is_told_that_it_needs_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    monkeypatch.delenv("LANZAROTE_DATABASE_URL", raising=False)
    assert main(["partition", "--hash", "4"]) == 1
    assert "SQLite keeps everything in one file and has no partitions" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
