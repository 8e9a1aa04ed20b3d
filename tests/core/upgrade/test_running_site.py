"""A process that runs on while somebody upgrades the database: it shows what there is, and writes nothing more."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.cli import main
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.store.database import Database, known_schemas, upgrade_schema
from litestar.testing import TestClient
from sqlalchemy import text

from tests.conftest import copy_of
from tests.core.faults.whole import half_done
from tests.core.practices.assessments import person
from tests.core.practices.forms import TEAM, WHOLE, Fields, Writer
from tests.core.practices.signed_in import site_of

pytestmark = pytest.mark.both_databases
AFTER = "Une audition filmée, préparée ensemble."


class Running:
    def __init__(self, instance: Instance, client: TestClient[Any]) -> None:
        self.instance, self.client = instance, client
        self.ana = Writer(instance, client, person(instance, "contributor", "Ana"))

    def upgraded(self, schema: str) -> None:
        with self.instance.database.engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = :schema"), {"schema": schema})


@pytest.fixture
def running(paris_url: str, tmp_path: Path) -> Iterator[Running]:
    settings = read_settings({"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)})
    with new_instance(settings) as instance, site_of(instance) as client:
        yield Running(instance, client)


def test_it_saves_nothing_more_and_no_text_is_lost(running: Running, caplog: pytest.LogCaptureFixture) -> None:
    ana, client = running.ana, running.client
    ana.open(f"{TEAM}/new").fill(WHOLE).press("save")
    here = f"{TEAM}/{ana.id}/edit"
    ana.open(here).fill({"text.fr.activities": AFTER})
    running.upgraded("9999")

    refused = ana.post(here, ana.fields | {"do": ["save"]}, 503)
    assert AFTER in refused.text
    assert int(refused.headers["retry-after"]) > 0
    assert client.get("/fr/paris/practices").status_code == 200
    assert client.get("/health/ready").json()["schema"] == "newer"
    assert "The database was upgraded; nothing was changed. Stop this process" in caplog.text

    running.upgraded(known_schemas()[-1])  # as the newer platform, which the form is sent to
    ana.post(here, Fields(refused.text, here).values)
    assert ana.open(here).value("text.fr.activities") == AFTER
    with running.instance.database.read("paris") as session:
        assert list(half_done(session)) == []


def test_the_command_says_that_the_site_has_to_be_stopped_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", url := f"sqlite:///{tmp_path / 'older.sqlite'}")
    before, newest = known_schemas()[-2:]
    database = Database(url)
    with database.engine.execution_options(lanzarote_write=True).begin() as connection:
        upgrade_schema(connection, before)
    database.close()
    told = f"The database has schema {before} and needs {newest}: stop every process of the site first."
    for words in (["upgrade", "--dry-run"], ["upgrade"]):
        assert main(words) == 0
        assert capsys.readouterr().out.startswith(told)
    assert main(["upgrade"]) == 0
    assert told not in capsys.readouterr().out


SINCE_0015 = (
    "DROP TABLE search_text_word",
    "DROP TABLE search_text_terms",
    "DROP TABLE search_item",
    "DROP TABLE account_identity",
    "DROP TABLE provider_step",
    "DROP TABLE account_group_role",
    *(f"ALTER TABLE session DROP COLUMN {name}" for name in ("provider", "subject", "provider_session", "id_token")),
    "DROP TABLE unsaved",
    "CREATE TABLE unsaved (region_id VARCHAR NOT NULL, record_id VARCHAR NOT NULL, account_id VARCHAR NOT NULL, "
    "base INTEGER NOT NULL, body BLOB NOT NULL, saved_at DATETIME NOT NULL, "
    "PRIMARY KEY (region_id, record_id, account_id))",
    "UPDATE alembic_version SET version_num = '0015'",
    *(
        f"DELETE FROM {table} WHERE {row} IN (SELECT record_id FROM seed WHERE kind = 'practice')"
        for table, row in (
            ("version", "record_id"),
            ("named", "record_id"),
            ("record", "id"),
        )
    ),
    "DELETE FROM seed WHERE kind = 'practice'",
    "UPDATE region SET facts_digest = 'what an older package said'",
)


def test_a_dry_run_plans_packages_for_a_database_with_an_older_schema_and_leaves_it_alone(
    paris_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    url = copy_of(paris_template, tmp_path)
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", url)
    with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        for statement in SINCE_0015:
            connection.execute(statement)
        connection.commit()
        before = list(connection.iterdump())

        assert main(["upgrade", "--dry-run"]) == 0
        out = capsys.readouterr().out
        assert out.startswith("The database has schema 0015 and needs ")
        assert "paris (dry run, nothing is kept)" in out
        assert re.search(r"records: \d\d would be new", out)
        assert list(connection.iterdump()) == before
    assert not [*tmp_path.glob("copy-*")]
