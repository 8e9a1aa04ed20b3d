"""Whatever is wrong with an installation is found, and told with what to do about it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.office import tallies
from lanzarote.operations.doctor import Finding, examine
from lanzarote.records import outbox
from lanzarote.results import enrolling
from lanzarote.store.database import ALL, Database, known_schemas

from tests.core.cli.installing import install
from tests.core.plugins.packages import write_package

FILE = "lanzarote.sqlite"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with Paris loaded, to be copied."""
    folder = tmp_path_factory.mktemp("doctor")
    with new_instance(read_settings({"LANZAROTE_DATA": str(folder)})) as instance:
        instance.migrate()
        instance.load("paris")
    return folder


@pytest.fixture
def data(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sound, tmp_path / "data"))


def bad(data: Path, **more: str) -> list[Finding]:
    """What is wrong with the installation on *data*."""
    settings = {f"LANZAROTE_{name}": value for name, value in more.items()}
    return [finding for finding in examine({"LANZAROTE_DATA": str(data), **settings}) if finding.bad]


def told(data: Path, about: str) -> str:
    [found] = [finding for finding in examine({"LANZAROTE_DATA": str(data)}) if finding.about == about]
    return found.told


def spoil(data: Path, sql: str, *values: Any) -> None:
    """Change the database as nobody should."""
    with closing(sqlite3.connect(data / FILE)) as connection, connection:
        assert connection.execute(sql, values).rowcount > 0, "nothing was spoilt"


# Nothing wrong


def test_a_sound_installation_has_nothing_wrong(data: Path) -> None:
    findings = examine({"LANZAROTE_DATA": str(data)})
    assert [finding for finding in findings if finding.bad] == []
    assert {str(finding) for finding in findings} >= {
        "  settings: all known",
        f"  data folder: The data folder is {data}.",
        "  database: The database answers.",
        f"  schema: The database has the newest schema, {known_schemas()[-1]}.",
        f"  SQLite: {sqlite3.sqlite_version}, the file is sound",
        "  region paris: enabled",
        "  audit of paris: complete and unchanged",
        "  change log of paris: complete and unchanged",
        "  audit of the instance: complete and unchanged",
        "  waiting work: Jobs waiting: 0.",
        f"  e-mail: E-mails are saved to {data / 'mail'}.",
        "  clock: This machine and the database agree on the time.",
        "  backups: No backup was made here yet. To make one: lanzarote backup",
        "  accounts: none; for the first administrator: lanzarote user add ADDRESS",
    }


@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights")
def test_a_database_that_others_can_read_is_told_with_the_command_that_closes_it(data: Path) -> None:
    file = data / FILE
    file.chmod(0o644)
    [found] = bad(data)
    assert str(found) == (
        f"! private files: Others on this machine can read {file}, with drafts and replies. Run: chmod 600 {file}"
    )
    file.chmod(0o600)
    assert bad(data) == []


def test_a_database_on_a_server_is_looked_at_in_the_same_way(pg_url: str, tmp_path: Path) -> None:
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": pg_url})) as instance:
        instance.load("paris")
    findings = examine({"LANZAROTE_DATA": str(tmp_path), "LANZAROTE_DATABASE_URL": pg_url})
    # Whether the server of the tests keeps what it acknowledged is its own affair.
    looked_at = [finding for finding in findings if finding.about != "PostgreSQL"]
    assert len(looked_at) == len(findings) - 1
    assert [finding for finding in looked_at if finding.bad] == []
    assert "  audit of paris: complete and unchanged" in map(str, looked_at)


def test_nothing_is_wrong_before_the_first_run(tmp_path: Path) -> None:
    data = tmp_path / "new" / "data"
    assert bad(data) == []
    assert told(data, "database") == "there is none yet; `lanzarote run` makes it"
    assert list(tmp_path.iterdir()) == []


def test_a_disabled_region_is_told_but_not_wrong(data: Path) -> None:
    spoil(data, "UPDATE region SET enabled = 0")
    assert bad(data) == []
    assert told(data, "region paris") == "disabled; the public cannot read it"


def test_an_upgrade_that_is_due_is_told_but_not_wrong(data: Path) -> None:
    spoil(data, "UPDATE region SET facts_digest = 'as an older package said'")
    assert bad(data) == []
    assert told(data, "region paris") == "its package says something new; run: lanzarote upgrade --dry-run"


# Settings and the data folder


def test_a_setting_that_cannot_be_used_is_all_that_is_told() -> None:
    [finding] = examine({"LANZAROTE_COLOUR": "red"})
    assert str(finding).startswith("! settings: LANZAROTE_COLOUR is not a setting. ")


def test_a_file_in_place_of_the_data_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    [finding] = bad(tmp_path / "data")
    assert str(finding) == (
        f"! settings: LANZAROTE_DATA is '{tmp_path / 'data'}', but {tmp_path / 'data'} is a file; name a folder."
    )


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that even its owner cannot write to")
def test_a_data_folder_that_cannot_be_made_is_told() -> None:
    [finding] = bad(Path("/proc/lanzarote"))
    assert finding.about == "data folder"
    assert finding.told.startswith("Nothing can be written to /proc (")


# The database


def test_an_empty_database_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"")
    assert Finding(about="schema", told="The database is empty. Run: lanzarote run", bad=True) in bad(tmp_path)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("These are other lines altogether.\n" * 100)
    (tmp_path / FILE).chmod(0o600)
    [finding] = bad(tmp_path)
    assert str(finding) == "! database: cannot be opened (file is not a database); see LANZAROTE_DATA"


def test_a_database_that_is_read_only_is_told_with_the_setting_that_names_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writable = os.access
    # The tests may run as an administrator, to whom everything is writable.
    monkeypatch.setattr(os, "access", lambda place, mode: Path(place) != data / FILE and writable(place, mode))
    way_out = f"! database: {data / FILE} is read-only for this user; change its owner or rights, or set"
    assert [*map(str, bad(data))] == [f"{way_out} LANZAROTE_DATA"]
    assert [*map(str, bad(data.parent / "other", DATABASE_URL=f"sqlite:///{data / FILE}"))] == [
        f"{way_out} LANZAROTE_DATABASE_URL"
    ]


def test_a_region_to_serve_that_nothing_describes_is_told_before_the_first_run(tmp_path: Path) -> None:
    assert [*map(str, bad(tmp_path / "data", REGIONS="paris,lyon"))] == [
        "! region lyon: named in LANZAROTE_REGIONS, but no installed package describes it; "
        "install one, or take the name out"
    ]


def test_a_database_that_does_not_answer_is_told(tmp_path: Path) -> None:
    [finding] = bad(tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/nothing")
    assert str(finding).startswith("! database: cannot be opened (connection failed: ")
    assert finding.told.endswith("; see LANZAROTE_DATABASE_URL")


@pytest.mark.parametrize("pages", [1, 20])
def test_a_damaged_database_file_is_told(data: Path, pages: int) -> None:
    with closing(sqlite3.connect(data / FILE)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with (data / FILE).open("r+b") as file:
        file.seek(30 * 4096)
        file.write(b"\xff" * pages * 4096)
    [finding] = bad(data)
    assert finding.about == "SQLite"
    assert finding.told.startswith("the file is damaged (")
    assert finding.told.endswith("); restore the last backup into a new one")


def test_the_schema_of_a_newer_platform_is_told(data: Path) -> None:
    spoil(data, "UPDATE alembic_version SET version_num = '9999'")
    [finding] = bad(data)
    assert str(finding) == "! schema: The database has schema 9999, of a newer platform. Install the newer platform."


def test_a_server_that_may_lose_what_it_acknowledged_is_told(pg_url: str, tmp_path: Path) -> None:
    with closing(Database(pg_url)) as database, database.engine.begin() as connection:
        name = connection.exec_driver_sql("SELECT current_database()").scalar_one()
        connection.exec_driver_sql(f"ALTER DATABASE {name} SET synchronous_commit = off")
    [finding, *_] = bad(tmp_path, DATABASE_URL=pg_url)
    assert finding.about == "PostgreSQL"
    assert finding.told.endswith("synchronous_commit is off: acknowledged writes can be lost; set it to on")


# Chains


@pytest.mark.parametrize("column", ["actor", "verb", "digest", "hash"])
def test_a_line_of_the_audit_changed_by_hand_is_told(data: Path, column: str) -> None:
    spoil(data, f"UPDATE audit SET {column} = substr({column}, 1, length({column}) - 1) || '~' WHERE seq = 7")
    [finding] = bad(data)
    assert str(finding) == (
        "! audit of paris: line 7 does not follow from the one before: it was changed outside the platform. "
        "Keep this database as it is, and compare it with a backup"
    )


def test_a_line_taken_out_of_the_audit_is_told(data: Path) -> None:
    spoil(data, "DELETE FROM audit WHERE seq = 3")
    [finding] = bad(data)
    assert finding.about == "audit of paris"
    assert finding.told.startswith("line 3 does not follow")


def test_a_change_log_changed_by_hand_is_told(data: Path) -> None:
    spoil(data, "UPDATE change SET hash = 'x' WHERE seq = (SELECT min(seq) FROM change)")
    [finding] = bad(data)
    assert finding.about == "change log of paris"
    assert finding.told.startswith("line 1 does not follow")


def test_a_log_that_was_received_begins_where_its_epoch_began(data: Path) -> None:
    with new_instance(read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_OFFICE": "on"})) as instance:
        made = enrolling.add(instance)
        tallies.catch_up(instance.database)
    for region_id in made:
        assert told(data, f"change log of {region_id}") == "complete and unchanged"
        assert told(data, f"region {region_id}") == "received: another instance writes it and sends its results"
    assert bad(data, OFFICE="on") == []
    spoil(data, "UPDATE change SET at = '2020-01-01 00:00:00' WHERE region_id = ? AND verb = 'publish'", made[0])
    [finding] = bad(data)
    assert finding.about == f"change log of {made[0]}"


# Regions


def test_a_region_that_is_named_but_not_loaded_is_told(data: Path, tmp_path: Path) -> None:
    [finding] = bad(data, REGIONS="paris, lyon")
    assert str(finding) == (
        "! region lyon: named in LANZAROTE_REGIONS, but no installed package describes it; "
        "install one, or take the name out"
    )
    with new_instance(read_settings({"LANZAROTE_DATA": str(tmp_path / "empty")})) as instance:
        instance.migrate()
    assert "! region paris: named in LANZAROTE_REGIONS but not loaded; run: lanzarote load paris" in map(
        str, bad(tmp_path / "empty", REGIONS="paris")
    )


def test_a_database_without_regions_is_told(sqlite_url: str, tmp_path: Path) -> None:
    [finding] = bad(tmp_path, DATABASE_URL=sqlite_url)
    assert str(finding) == "! regions: none is loaded; run: lanzarote load REGION"


def test_a_package_that_a_region_relies_on_and_that_is_gone_is_told(data: Path) -> None:
    spoil(data, "INSERT INTO switched_on VALUES ('paris', 'gone', 'cy', '2031-01-01 09:00:00.000000')")
    [finding] = bad(data)
    assert str(finding) == (
        "! package gone: is switched on for paris, and not installed; install it, or run: "
        "lanzarote plugin disable paris gone"
    )


# Work that waits


def failing(_database: Database, _payload: object) -> None:
    raise ValueError("the printer is out of paper")


def test_a_job_that_fails_is_told(data: Path) -> None:
    with closing(Database(f"sqlite:///{data / FILE}")) as database:
        with database.write("paris") as session:
            outbox.enqueue(session, "print", region="paris")
        outbox.Worker(database, {"print": failing}).run_due()
    [finding] = bad(data)
    assert str(finding) == (
        "! waiting work: print failed 1 times and is tried again: ValueError: the printer is out of paper"
    )


def test_work_that_nobody_does_is_told(data: Path) -> None:
    with closing(Database(f"sqlite:///{data / FILE}")) as database, database.write(ALL) as session:
        outbox.enqueue(session, "print", region="paris")
    assert bad(data) == []
    spoil(data, "UPDATE outbox SET due_at = '2020-01-02 03:04:00.000000'")
    [finding] = bad(data)
    since = "the oldest since 2020-01-02 03:04 UTC. Start the site: lanzarote run"
    assert str(finding) == f"! waiting work: Jobs waiting: 1, {since}"


# Packages and their words


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Path]]:
    """Installs a package of this name and code; tells its folder."""
    site = tmp_path / "site"

    def put(name: str, code: str, **more: Any) -> Path:
        candidate = write_package(site, name, code, **more)
        install(site, name, candidate.module)
        monkeypatch.syspath_prepend(site)
        return site / candidate.module

    yield put
    for module in [name for name in sys.modules if name.startswith("lz_try_")]:
        del sys.modules[module]


@pytest.mark.parametrize(
    ("code", "more", "fault"),
    [
        ("raise RuntimeError('torn')\n", {}, "cannot be used: RuntimeError: torn"),
        ("import sys\nsys.exit(3)\n", {}, "cannot be used: SystemExit: 3"),
        ("", {"manifest": 'requires_api = ">=2"\n'}, "needs the platform's API >=2; this platform offers 1.0"),
        (
            "@hookimpl\ndef regions():\n    return 1\n",
            {},
            "its hook regions returned int where a list of Region is expected",
        ),
    ],
)
def test_a_package_that_cannot_be_used_is_told(
    data: Path, installed: Callable[..., Path], code: str, more: dict[str, str], fault: str
) -> None:
    installed("torn", code, **more)
    [finding] = bad(data)
    assert str(finding).startswith(f"! package torn: lanzarote-torn 1.0: {fault}")
    way_out = "Install a version that fits" if "manifest" in more else "Mend it, install a version that works"
    assert finding.told.endswith(f". {way_out}, or remove the package")


def test_a_region_whose_header_cannot_be_used_is_told(data: Path, installed: Callable[..., Path]) -> None:
    folder = installed(
        "torn", "@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / 'region'),)\n"
    )
    (folder / "region").mkdir()
    (folder / "region" / "region.toml").write_text("format = \n")
    [finding] = bad(data)
    assert str(finding).startswith("! package torn: lanzarote-torn 1.0: its region.toml cannot be used: ")


def test_a_second_package_for_a_region_is_told(data: Path, installed: Callable[..., Path]) -> None:
    from lanzarote_region_paris import __file__ as paris

    installed(
        "zweite", f"@hookimpl\ndef regions():\n    return (Region.from_folder(Path({paris!r}).parent / 'region'),)\n"
    )
    [finding] = bad(data)
    assert finding.about == "package zweite"
    assert finding.told == (
        "lanzarote-zweite 1.0: describes the region 'paris', which lanzarote-region-paris describes already. "
        "Remove lanzarote-zweite or lanzarote-region-paris; if the region shall follow the former from now on, "
        "before that: lanzarote region move paris lanzarote-zweite"
    )


@pytest.mark.parametrize(
    "words",
    ['msgid "Search"\nmsgstr "Zoeken\n', 'msgid "Search"\nmsgstr "{', "no catalogue at all"],
    ids=["unclosed", "torn", "prose"],
)
def test_a_catalogue_that_cannot_be_used_is_told(data: Path, installed: Callable[..., Path], words: str) -> None:
    folder = installed(
        "dutch",
        "@hookimpl\ndef catalogues():\n    return (Catalogue(language='nl', path=Path(__file__).parent / 'nl.po'),)\n",
    )
    (folder / "nl.po").write_text(words)
    [finding] = bad(data)
    assert finding.about == "package dutch"
    assert finding.told.startswith(f"lanzarote-dutch 1.0: left aside: the catalogue {folder / 'nl.po'}")
    assert finding.told.endswith(
        "; its messages are shown in English. Mend it, install a version that works, or remove the package"
    )


def test_a_catalogue_that_is_not_there_is_told(data: Path, installed: Callable[..., Path]) -> None:
    installed("dutch", "@hookimpl\ndef catalogues():\n    return (Catalogue(language='nl', path=Path('no.po')),)\n")
    [finding] = bad(data)
    assert (finding.about, finding.told) == (
        "package dutch",
        "lanzarote-dutch 1.0: left aside: the catalogue no.po is not there; its messages are shown in English. "
        "Mend it, install a version that works, or remove the package",
    )


def test_several_faults_are_all_told(data: Path, installed: Callable[..., Path]) -> None:
    installed("torn", "raise RuntimeError('torn')\n")
    spoil(data, "DELETE FROM audit WHERE seq = 3")
    assert [finding.about for finding in bad(data, REGIONS="paris,lyon")] == [
        "package torn",
        "region lyon",
        "audit of paris",
    ]
