"""Backup, restore and upgrade while people go on writing: every write that was acknowledged is there afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.conftest import pg_database, sqlalchemy_url
from tests.core.faults.whole import faults
from tests.core.faults.writer import Acknowledged, read_acknowledged

ROOT = Path(__file__).resolve().parents[3]
PATIENCE = 120
COMMAND = "import sys; from lanzarote.cli import main; sys.exit(main())"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9999", "{before}"


def upgrade() -> None:
    op.add_column("region", sa.Column("drill", sa.String(), server_default=""))
    op.add_column("version", sa.Column("drill", sa.String(), server_default="before"))
    op.create_index("drilled", "version", ["drill"])
"""
"""What a version to come may do to tables in which people write just then."""


class Place:
    """An instance in a folder, and commands about it."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder

    def command(self, *words: str, url: str = "", platform: Path | None = None) -> str:
        """Run a command, of this platform or of that in the folder *platform*."""
        ours = {"LANZAROTE_DATABASE_URL": url or self.url, "LANZAROTE_DATA": str(self.folder)}
        path = {"PYTHONPATH": str(platform)} if platform else {}
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words],
            env=os.environ | ours | path,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def written_to(self) -> Iterator[list[Acknowledged]]:
        """Somebody writes without pause until the block ends; gives what was acknowledged so far."""
        told: list[Acknowledged] = []
        command = [sys.executable, "-m", "tests.core.faults.writer", self.url, str(self.folder), "--served"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            out = process.stdout
            assert out is not None

            def listen() -> None:
                told.extend(read_acknowledged(line) for line in out if line.endswith(b"\n"))

            listening = threading.Thread(target=listen)
            listening.start()
            try:
                wait_for_more(told)
                yield told
            finally:
                process.kill()
                listening.join(PATIENCE)


def wait_for_more(told: list[Acknowledged], more: int = 5) -> None:
    least, until = len(told) + more, time.monotonic() + PATIENCE
    while len(told) < least:
        assert time.monotonic() < until, "nobody writes"
        time.sleep(0.01)


@pytest.fixture
def place(paris_url: str, tmp_path: Path) -> Place:
    return Place(paris_url, tmp_path)


@pytest.fixture
def empty_url(place: Place, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the same kind in which nothing is."""
    with ExitStack() as stack:
        if place.url.startswith("sqlite"):
            yield f"sqlite:///{tmp_path / 'restored.sqlite'}"
        else:
            admin: str = request.getfixturevalue("pg_admin_url")
            yield sqlalchemy_url(admin, stack.enter_context(pg_database(admin)))


def test_a_backup_made_while_people_write_holds_what_was_acknowledged_before(place: Place, empty_url: str) -> None:
    with place.written_to() as told:
        before = [*told]
        place.command("backup", "--keep-daily", "2")
        wait_for_more(told)
    [file] = (place.folder / "backups").iterdir()
    place.command("restore", str(file), url=empty_url)
    place.command("audit", "verify", url=empty_url)
    assert faults(empty_url, place.folder, before) == []
    assert faults(place.url, place.folder, told) == []


@pytest.mark.long
def test_an_upgrade_while_a_forgotten_process_writes_loses_nothing(
    place: Place, empty_url: str, tmp_path: Path
) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(ROOT / "core" / "lanzarote", newer / "lanzarote", ignore=shutil.ignore_patterns("__pycache__"))
    migrations = newer / "lanzarote" / "migrations" / "versions"
    before = max(file.name[:4] for file in migrations.glob("[0-9]*.py"))
    (migrations / "9999_drill.py").write_text(MIGRATION.format(before=before))

    with place.written_to() as told:
        said = place.command("upgrade", platform=newer)
        assert f"The database has schema {before} and needs 9999: stop every process" in said
        time.sleep(0.5)
        written = len(told)
        time.sleep(0.5)
        assert len(told) == written, "it wrote on in a schema that it does not know"
    assert faults(place.url, place.folder, told) == []
    place.command("audit", "verify", platform=newer)
    [file] = (place.folder / "backups").iterdir()  # made by the upgrade, and restored by the newer platform
    assert "9999" not in place.command("restore", str(file), url=empty_url, platform=newer)
    place.command("audit", "verify", url=empty_url, platform=newer)
