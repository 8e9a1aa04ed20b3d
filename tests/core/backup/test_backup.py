"""One file holds everything; what was restored from it is what was backed up."""

from __future__ import annotations

import base64
import io
import json
import os
import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lanzarote.accounts import secrets
from lanzarote.accounts.service import enrol
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import Settings, read_settings
from lanzarote.errors import RestoreError, SettingError
from lanzarote.evaluation.model import IndicatorValue
from lanzarote.exchange.region_file import export_region
from lanzarote.findable.entries import Item
from lanzarote.instance import Instance
from lanzarote.operations.all_tables import Base
from lanzarote.operations.backup import backup, restore
from lanzarote.plugins import Host
from lanzarote.practices.model import Published
from lanzarote.procedures.model import Endorsement
from lanzarote.records import changelog, changelog_state, outbox, records
from lanzarote.records.changelog import INSTANCE, Served
from lanzarote.records.records import FormerSlug, Record, Version
from lanzarote.records.tasks import Task, open_task
from lanzarote.results import enrolling
from lanzarote.search import index as search
from lanzarote.store.database import ALL, Database, known_schemas, migrate
from sqlalchemy import func, select

from tests.conftest import pg_database, sqlalchemy_url

pytestmark = pytest.mark.both_databases

ANA = "ana@school.example"
DERIVED_OR_CONTINUED = {"search_item", "published_practice", "audit", "change", "change_body", "region"}
Rows = dict[str, list[tuple[Any, ...]]]


def settings(url: str, data: Path | None = None) -> Settings:
    more = {"LANZAROTE_DATA": str(data)} if data else {}
    return read_settings({"LANZAROTE_DATABASE_URL": url, **more})


def rows(instance: Instance) -> Rows:
    found: Rows = {}
    with instance.database.read(ALL) as session:
        for table in Base.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            found[table.name] = [tuple(row) for row in session.connection().execute(query)]
    return found


def exported(instance: Instance) -> bytes:
    file = io.BytesIO()
    export_region(instance, "paris", file)
    return file.getvalue()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is laid beside the database lies in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def worked_on(paris_url: str) -> Iterator[Instance]:
    """Paris with a history, a task and a waiting job."""
    with new_instance(settings(paris_url)) as instance:
        with instance.database.write("paris") as session:
            record = records.find(session, "practice", "uaped")
            records.rename(session, record, "uaped-nouvelle", by="someone")
            records.withdraw(session, records.find(session, "practice", "pare"), by="someone")
            open_task(session, "paris", "reply", by="someone", text="Ça, à relire")
            outbox.enqueue(session, "project", region="paris")
            session.add_all(of_the_group(record.id))
        yield instance


def of_the_group(record_id: str) -> list[Base]:
    """What a group keeps besides texts: days, and fractions."""
    about: dict[str, Any] = {"region_id": "paris", "record_id": record_id, "source": "Lettre 12", "by": "someone"}
    about |= {"at": records.now()}
    said = {"number": 1, "version": 1, "stakeholder_id": "s", "what": "endorse", "spoken": False}
    counted = {"seq": 1, "period": "2031-03", "value": 0.25, "note": "", "lang": "fr", "computed": False}
    return [Endorsement(**about, **said, day=date(2031, 3, 1)), IndicatorValue(**about, **counted)]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database that nothing was ever written to."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'restored.sqlite'}"
    else:
        admin: str = request.getfixturevalue("pg_admin_url")
        with pg_database(admin) as name:
            yield sqlalchemy_url(admin, name)


@pytest.fixture
def file(paris: Instance, tmp_path: Path) -> Path:
    path = tmp_path / "paris.zip"
    backup(paris, path)
    return path


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    return settings(f"sqlite:///{tmp_path / 'fresh.sqlite'}")


@pytest.fixture
def repack(file: Path) -> Callable[..., Path]:
    """Write the backup anew after a change to its members."""

    def write(change: Callable[[dict[str, bytes]], object]) -> Path:
        with zipfile.ZipFile(file) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        change(members)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return file

    return write


def reseal(members: dict[str, bytes], table: str) -> None:
    """Give a changed member the checksum it would have, had the backup been made so."""
    manifest = json.loads(members["manifest.json"])
    manifest["tables"][table]["sha256"] = records.digest(members[f"{table}.jsonl"])
    manifest["tables"][table]["rows"] = members[f"{table}.jsonl"].count(b"\n")
    members["manifest.json"] = json.dumps(manifest).encode()


# There and back


def test_either_database_restores_what_either_backed_up(worked_on: Instance, empty_url: str, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    before = rows(worked_on)
    backup(worked_on, file)
    restore(settings(empty_url), file)
    with new_instance(settings(empty_url), Host([])) as restored:
        after = rows(restored)
        assert after.keys() == before.keys()
        assert all(before[table.__tablename__] for table in (FormerSlug, Task, outbox.Job))
        for name in before.keys() - DERIVED_OR_CONTINUED:
            assert after[name] == before[name], name
        assert exported(restored) == exported(worked_on)
        for name in ("audit", "change", "change_body"):
            assert after[name][: len(before[name])] == before[name]


def test_lists_and_search_are_made_anew(file: Path, empty_url: str, paris: Instance) -> None:
    restore(settings(empty_url), file)
    with new_instance(settings(empty_url), Host([])) as restored:
        for instance in (paris, restored):
            held = search.rows_that_hold(instance.database, [((("nenuphar",),),)], ["paris"], least=search.APART * 2)
            assert len(held) == 1, "in one title"
        with restored.database.read("paris") as new, paris.database.read("paris") as old:
            query = select(Published.slug, Published.document, Published.card, Published.facets, Published.ordered)
            assert sorted(new.execute(query).all()) == sorted(old.execute(query).all())
            beside = select(Item.kind, Item.item, Item.ordered, Item.card, Item.digest)
            assert sorted(new.execute(beside).all()) == sorted(old.execute(beside).all()) != []


def test_a_restore_opens_an_epoch_that_names_the_old_head(file: Path, empty_url: str, paris: Instance) -> None:
    with paris.database.read("paris") as session:
        head = session.scalars(select(changelog.Change).order_by(changelog.Change.seq.desc()).limit(1)).one()
    assert "paris: 18 practices shown, epoch 2 begins" in restore(settings(empty_url), file)
    with new_instance(settings(empty_url), Host([])) as restored, restored.database.read("paris") as session:
        opened = session.get_one(changelog.Change, ("paris", head.seq + 1))
        assert (opened.verb, opened.epoch, opened.record_id, opened.version) == ("epoch", 2, head.hash, head.seq)
        assert session.scalar(select(Served.epoch)) == 2
        last = session.scalars(select(changelog.Audit).order_by(changelog.Audit.seq.desc()).limit(1)).one()
        assert (last.actor, last.verb) == ("restore", "epoch")
        assert changelog_state.broken_audit(session, "paris") is None
        assert changelog_state.broken_change(session, "paris") is None


def test_a_restore_says_who_has_to_be_invited_again(paris_url: str, fresh: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.zip"
    with new_instance(settings(paris_url)) as instance:
        with instance.database.write(INSTANCE) as session:
            ana = enrol(session, address=ANA, name="Ana", language="fr", grants=(), by="cli", at=records.now())
            secrets.make(session, ana, "invitation", at=records.now())
        backup(instance, file)
        with instance.database.read(INSTANCE) as session:
            assert secrets.without_invitation(session, records.now()) == []
    told = restore(fresh, file)
    assert f"A new link for each (`lanzarote user link`): {ANA}" in told


def test_a_migrated_but_empty_database_is_filled_too(file: Path, fresh: Settings) -> None:
    migrate(fresh.database_url)
    restore(fresh, file)
    with new_instance(fresh, Host([])) as restored:
        assert restored.loaded() == {"paris": True}


def test_life_goes_on_after_a_restore(file: Path, empty_url: str) -> None:
    restore(settings(empty_url), file)
    with new_instance(settings(empty_url)) as restored:
        assert restored.upgrades_due() == []
        with restored.database.write("paris") as session:
            records.withdraw(session, records.find(session, "practice", "uaped"), by="someone")
        with restored.database.read("paris") as session:
            assert changelog_state.broken_change(session, "paris") is None
            assert session.scalar(select(func.count()).select_from(Published)) == 17


def test_a_broken_chain_is_told_and_does_not_keep_a_team_from_its_backup(
    sqlite_url: str, fresh: Settings, tmp_path: Path
) -> None:
    with new_instance(settings(sqlite_url)) as instance:
        instance.load("paris")
        with instance.database.write(ALL) as session:
            session.get_one(changelog.Audit, ("paris", 3)).actor = "somebody else"
        backup(instance, tmp_path / "b.zip")
    told = restore(fresh, tmp_path / "b.zip")
    assert "the audit of paris does not follow from number 3 on: it was changed before the backup" in told


def test_a_log_that_was_received_is_not_called_broken(sqlite_url: str, fresh: Settings, tmp_path: Path) -> None:
    with new_instance(settings(sqlite_url)) as instance:
        made = enrolling.add(instance)
        backup(instance, tmp_path / "b.zip")
    told = restore(fresh, tmp_path / "b.zip")
    assert all(f"{region_id}: " in told for region_id in made)
    assert "does not follow" not in told


# The file


def test_a_backup_is_dated_and_for_its_owner_only(sqlite_url: str, tmp_path: Path) -> None:
    with new_instance(settings(sqlite_url, tmp_path / "data")) as instance:
        told = backup(instance, None)
    [file] = (tmp_path / "data" / "backups").iterdir()
    assert told.startswith(f"{file} (")
    assert file.name.startswith("lanzarote-20")
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_backup_overwrites_nothing(paris: Instance, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"mine")
    with pytest.raises(SettingError, match="is there already; a backup overwrites nothing"):
        backup(paris, path)
    assert path.read_bytes() == b"mine"


def test_a_backup_that_fails_leaves_nothing(paris: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "x.zip")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SettingError, match=r"there is no room for .*x\.zip \(No space left on device\); make room"):
        backup(paris, tmp_path / "x.zip")
    assert list(tmp_path.glob("*x.zip*")) == []


def test_a_backup_in_a_folder_that_is_not_there_is_refused(paris: Instance, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=r"there is no folder .*nope; make it, or choose another place"):
        backup(paris, tmp_path / "nope" / "x.zip")


def test_a_backup_is_of_one_moment(paris_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lanzarote.operations import backup as module

    with new_instance(settings(paris_url)) as instance:
        before = rows(instance)
        write_rows = module._write_rows

        def write_meanwhile(connection: Any, table: Any, *more: Any) -> Any:
            if table.name == "record":  # audit and change log are in the file already
                with instance.database.write("paris") as session:
                    records.withdraw(session, records.find(session, "practice", "uaped"), by="someone")
            return write_rows(connection, table, *more)

        monkeypatch.setattr(module, "_write_rows", write_meanwhile)
        backup(instance, tmp_path / "x.zip")
        assert rows(instance)["record"] != before["record"]
    restore(settings(f"sqlite:///{tmp_path / 'restored.sqlite'}"), tmp_path / "x.zip")
    with new_instance(settings(f"sqlite:///{tmp_path / 'restored.sqlite'}"), Host([])) as restored:
        assert rows(restored)["record"] == before["record"]


def test_the_file_can_be_read_without_the_platform(file: Path, paris: Instance) -> None:
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        columns = list(manifest["tables"]["version"]["columns"])
        first = dict(zip(columns, json.loads(archive.read("version.jsonl").splitlines()[0]), strict=True))
    with paris.database.read("paris") as session:
        stored = session.get_one(Version, ("paris", first["record_id"], first["number"]))
        assert base64.b64decode(first["body"]) == stored.body


# Refusals: nothing is changed


@pytest.fixture
def untouched(fresh: Settings) -> Iterator[Settings]:
    """A database that is not there, and must not be there afterwards."""
    file = Path(fresh.database_url.removeprefix("sqlite:///"))
    yield fresh
    assert [*file.parent.glob(f"{file.name}*")] == []


def test_restoring_never_overwrites(file: Path, paris_url: str) -> None:
    with new_instance(settings(paris_url)) as instance:
        before = rows(instance)
        with pytest.raises(RestoreError, match=r"The database is not empty \(audit has rows\)"):
            restore(settings(paris_url), file)
        assert rows(instance) == before


def test_tables_of_something_else_are_left_alone(file: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'other.sqlite'}"
    database = Database(url)
    with database.engine.execution_options(lanzarote_write=True).begin() as connection:
        connection.exec_driver_sql("CREATE TABLE recipes (name)")
    database.close()
    with pytest.raises(RestoreError, match=r"holds tables of something else \(recipes\)"):
        restore(settings(url), file)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_backup_is_refused(file: Path, untouched: Settings, share: float) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(RestoreError, match="is no backup, or only a part of one"):
        restore(untouched, file)


def test_a_damaged_backup_is_refused(file: Path, untouched: Settings) -> None:
    content = bytearray(file.read_bytes())
    for place in range(len(content) // 3, len(content) // 3 + 50):
        content[place] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(RestoreError, match=r"(is damaged|was changed after it was made)"):
        restore(untouched, file)


def test_a_changed_row_is_noticed(repack: Callable[..., Path], untouched: Settings) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["record.jsonl"] = members["record.jsonl"].replace(b'"published"', b'"withdrawn"', 1)

    with pytest.raises(RestoreError, match=r"record.jsonl is not what manifest.json says"):
        restore(untouched, repack(change))


def _leave_out(name: str) -> Callable[[dict[str, bytes]], object]:
    return lambda members: members.pop(name)


def _rewrite(old: bytes, new: bytes) -> Callable[[dict[str, bytes]], object]:
    return lambda members: members.update({"manifest.json": members["manifest.json"].replace(old, new, 1)})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_leave_out("manifest.json"), "is no backup of this platform"),
        (_leave_out("task.jsonl"), "holds other files than its manifest.json names"),
        (lambda members: members.update({"../evil": b""}), "holds other files than its manifest.json names"),
        (lambda members: members.update({"manifest.json": b"[]"}), "is no backup of this platform"),
        (lambda members: members.update({"manifest.json": b"\xff\x00"}), "is no backup of this platform"),
        (_rewrite(b'"format": 1', b'"format": 2'), "has format 2; this version of the platform restores format 1"),
        (
            _rewrite(f'"schema": "{known_schemas()[-1]}"'.encode(), b'"schema": "9999"'),
            "was made by a newer version of the platform",
        ),
        (_rewrite(b'"kind": "text"', b'"kind": "bytes"'), "table audit does not fit schema"),
    ],
)
def test_what_is_no_such_backup_is_refused(
    repack: Callable[..., Path], untouched: Settings, change: Callable[[dict[str, bytes]], object], told: str
) -> None:
    with pytest.raises(RestoreError) as refusal:
        restore(untouched, repack(change))
    assert told in str(refusal.value)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b'"practice"', b"7", "Line 1 of record.jsonl cannot be restored: Expected `str | null`, got `int`"),
        (b'["paris",', b'[["paris"],', "Line 1 of record.jsonl cannot be restored"),
        (b'"practice"', b"null", "does not fit the database, nothing was changed"),
    ],
)
def test_rows_that_do_not_fit_are_refused_whole(
    repack: Callable[..., Path], untouched: Settings, old: bytes, new: bytes, told: str
) -> None:
    def change(members: dict[str, bytes]) -> None:
        lines = members["record.jsonl"].splitlines(keepends=True)
        lines.sort(key=lambda line: old not in line)
        lines[0] = lines[0].replace(old, new, 1)
        members["record.jsonl"] = b"".join(lines)
        reseal(members, "record")

    with pytest.raises(RestoreError) as refusal:
        restore(untouched, repack(change))
    assert told in str(refusal.value)


def test_a_file_that_is_not_there_is_told(untouched: Settings, tmp_path: Path) -> None:
    with pytest.raises(RestoreError, match="cannot be read: No such file or directory"):
        restore(untouched, tmp_path / "nope.zip")


def test_a_region_without_records_is_restored(sqlite_url: str, fresh: Settings, tmp_path: Path) -> None:
    with new_instance(settings(sqlite_url), Host([])) as instance:
        backup(instance, tmp_path / "x.zip")
    assert restore(fresh, tmp_path / "x.zip").startswith("0 rows restored")
    with new_instance(fresh, Host([])) as restored, restored.database.read(ALL) as session:
        assert session.scalar(select(func.count()).select_from(Record)) == 0
