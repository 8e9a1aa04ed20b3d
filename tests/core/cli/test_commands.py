"""Each command does what its help says; each refusal is one clear line and code 1, wrong usage is code 2."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import lanzarote
import pytest
from lanzarote.cli import parser
from lanzarote.composition import entries, kinds, new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.exchange.region_file import export_region
from lanzarote.operations.retention import Keep, outdated
from lanzarote.records import records
from lanzarote.records.changelog import Served
from lanzarote.records.records import now
from lanzarote.regions.seeds import Seed
from lanzarote.store.database import ALL

from tests.core.cli.conftest import Run

LANZAROTE = Path(sys.executable).with_name("lanzarote")
HEAVY = ("litestar", "sqlalchemy", "babel", "msgspec", "jinja2", "pluggy")


def started(*words: str, data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start the program that a user starts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LANZAROTE_")}
    environment = kept | {"LANZAROTE_DATA": str(data), "PYTHONIOENCODING": "utf-8"} | environment
    return subprocess.run([LANZAROTE, *words], env=environment, capture_output=True, text=True, encoding="utf-8")


# Help and usage


def test_the_program_tells_its_version(data: Path) -> None:
    done = started("--version", data=data)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"lanzarote {lanzarote.__version__} (API of packages: 1.0)\n",
        "",
    )


def test_help_names_every_command(run: Run) -> None:
    said = run("--help")
    assert said.code == 0
    commands = parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    told = [line.split()[0] for line in said.out.splitlines() if re.match(r" {4}\w", line)]
    assert list(commands or ()) == told


def test_no_command_is_a_question_for_help(run: Run) -> None:
    assert run().out == run("--help").out


def test_help_imports_nothing_heavy() -> None:
    script = f"import sys; from lanzarote.cli import main; main([]); print(sorted(set({HEAVY}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize(
    "words",
    [
        ("nope",),
        ("load",),
        ("export",),
        ("region",),
        ("region", "nope"),
        ("run", "--port", "x"),
        ("run", "--port", "70000"),
        ("tasks",),
        ("backup", "a", "b"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_with_the_usage(run: Run, words: tuple[str, ...]) -> None:
    said = run(*words)
    assert (said.code, said.out, said.err.startswith("usage: lanzarote")) == (2, "", True)


# Settings


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        (
            "DATABASE",
            "x",
            "LANZAROTE_DATABASE is not a setting. Did you mean LANZAROTE_DATABASE_URL? The settings are: ",
        ),
        ("DATABASE_URL", "mysql://x", "LANZAROTE_DATABASE_URL starts with 'mysql'; use sqlite:///path/to/file or "),
        ("PORT", "many", "LANZAROTE_PORT is 'many'; a port is a number from 0 to 65535"),
        ("CACHE", "maybe", "LANZAROTE_CACHE is 'maybe'; it is either on or off."),
        ("BASE_URL", "example.org", "LANZAROTE_BASE_URL is 'example.org'; give an address such as https://"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, told: str
) -> None:
    monkeypatch.setenv(f"LANZAROTE_{name}", value)
    said = run("region", "list")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(f"lanzarote: {told}")


def test_kinds_are_listed_with_what_follows_from_their_declaration(run: Run) -> None:
    listed = [line.split()[0] for line in run("kinds").out.splitlines()]
    assert listed == [*(one.name for one in kinds()), *(one.name for one in entries())]
    said = run("kinds", "evaluation").out
    for words in ("question       texts; in each language; up to 1000", "group.lead   does evaluation.judging.close"):
        assert words in said
    refused = run("kinds", "visit")
    assert (refused.code, f"there are: {', '.join(listed)}" in refused.err) == (1, True)


def test_settings_are_listed_without_the_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_DATABASE_URL", "postgresql://someone:s3cret@example.org/lz")
    said = run("settings")
    assert said.code == 0
    assert "s3cret" not in said.out
    assert "LANZAROTE_DATABASE_URL=postgresql+psycopg://someone:…@example.org/lz\n" in said.out
    assert "LANZAROTE_PORT=8400\n    port to listen on (default: 8400)\n    from: default\n" in said.out
    assert "(default: a file in DATA)\n    from: environment\n" in said.out


def test_what_packages_are_set_to_is_theirs_to_show(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANZAROTE_PLUGIN_WEBHOOK_SECRET", "s3cret")
    said = run("settings")
    assert "s3cret" not in said.out
    assert said.out.endswith("LANZAROTE_PLUGIN_WEBHOOK_SECRET=…\n    from: environment\n")


def test_a_database_that_does_not_answer_is_told_in_one_line(data: Path) -> None:
    done = started("backup", data=data, LANZAROTE_DATABASE_URL="postgresql://nobody@127.0.0.1:1/lz")
    assert done.returncode == 1
    assert done.stderr.startswith("lanzarote: the database cannot be used (connection failed: ")
    assert "Traceback" not in done.stderr


def test_a_file_that_is_no_database_is_told(run: Run, data: Path) -> None:
    data.mkdir()
    (data / "lanzarote.sqlite").write_bytes(b"something else entirely" * 100)
    said = run("region", "list")
    assert said.code == 1
    assert said.err == (
        "lanzarote: the database cannot be used (file is not a database); `lanzarote doctor` shows more\n"
    )


# Load, export, upgrade


def listed(run: Run) -> dict[str, str]:
    """Region → what `region list` says of it; every line ends with the distribution."""
    lines = [line.split("  ") for line in run("region", "list").out.splitlines()]
    assert [distribution for *_, distribution in lines] == [f"lanzarote-region-{region}" for region, *_ in lines]
    return {region: state for region, state, _ in lines}


def test_an_installed_region_is_loaded(run: Run) -> None:
    said = run("load", "paris")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == "Loading paris"
    assert said.out.splitlines()[-1] == "  records: 63 new, 0 unchanged"
    assert listed(run)["paris"] == "enabled"


def test_a_dry_run_loads_nothing(run: Run) -> None:
    said = run("load", "--dry-run", "paris")
    assert "records: 63 would be new" in said.out
    assert listed(run) == {"iceland": "not loaded", "paris": "not loaded"}


def test_a_region_that_is_not_installed_is_told_with_those_that_are(run: Run) -> None:
    said = run("load", "lyon")
    expected = "lanzarote: No installed package describes the region 'lyon' (installed regions: iceland, paris).\n"
    assert (said.code, said.out, said.err) == (1, "", expected)


@pytest.mark.usefixtures("paris_here")
def test_an_export_is_loaded_elsewhere(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "paris.jsonl"
    said = run("export", "paris", "-o", str(file))
    assert (said.code, said.out) == (0, f"63 records written to {file}\n")
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path / "elsewhere"))
    assert "63 new" in run("load", str(file)).out
    assert "0 new, 63 unchanged" in run("load", str(file)).out


@pytest.mark.usefixtures("paris_here")
def test_an_export_to_standard_output_is_the_file(data: Path, tmp_path: Path) -> None:
    with new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance, (tmp_path / "x").open("wb") as file:
        export_region(instance, "paris", file)
    assert started("export", "paris", data=data).stdout == (tmp_path / "x").read_text("utf-8")


@pytest.mark.usefixtures("paris_here")
def test_a_reader_who_has_read_enough_is_no_error(data: Path) -> None:
    environment = {**os.environ, "LANZAROTE_DATA": str(data)}
    process = subprocess.Popen(
        [LANZAROTE, "export", "paris"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    process.wait(30)
    assert b"Traceback" not in said


@pytest.mark.usefixtures("paris_here")
def test_exporting_what_is_not_here_is_refused_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lyon.jsonl"
    said = run("export", "lyon", "-o", str(file))
    assert said.code == 1
    assert said.err.startswith("lanzarote: The region 'lyon' is not loaded here; ")
    assert not file.exists()


def test_a_faulty_file_is_refused_with_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"format":1,"region":"paris"}\nnope\n')
    said = run("load", str(file))
    assert said.code == 1
    assert said.err.splitlines()[1].startswith("line 2: is no line of a region's file")


@pytest.mark.usefixtures("paris_here")
def test_an_upgrade_backs_up_first_and_says_when_nothing_is_due(run: Run, data: Path) -> None:
    said = run("upgrade")
    [backup] = (data / "backups").iterdir()
    assert said.out.startswith(f"Backup: {backup} (")
    assert outdated([backup.name], Keep()) == [], "no later backup removes it"
    assert said.out.splitlines()[-1] == "All regions are as their installed packages say."


@pytest.mark.usefixtures("paris_here")
def test_an_upgrade_tells_what_the_package_shows_no_longer(run: Run, data: Path) -> None:
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        record = records.find(session, "practice", "trocadero-outreach")
        records.publish(session, record, by="team")
        session.get_one(Seed, ("paris", "practice", "trocadero-outreach")).publish = True
        session.get_one(Served, "paris").facts_digest = "as an older package said"
    told = "  practice trocadero-outreach — no longer shown by the package: {} until you decide"
    assert told.format("would stay public") in run("upgrade", "--dry-run").out
    assert told.format("stays public") in run("upgrade", "--no-backup").out
    said = run("tasks", "paris").out
    assert "    key: trocadero-outreach\n" in said
    assert "    reason (en): " in said


@pytest.mark.usefixtures("paris_here")
def test_an_upgrade_takes_what_the_package_changed(run: Run, data: Path) -> None:
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        session.get_one(Served, "paris").facts_digest = "as an older package said"
    assert "Upgrading paris (dry run, nothing is kept)" in run("upgrade", "--dry-run").out
    assert "Upgrading paris\n  records: 0 new, 63 unchanged" in run("upgrade", "--no-backup").out
    assert not (data / "backups").exists()
    assert "All regions are as their installed packages say." in run("upgrade", "--no-backup").out


@pytest.mark.usefixtures("paris_here")
def test_an_upgrade_says_when_a_running_site_speaks_the_new_words(run: Run, data: Path) -> None:
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        session.get_one(Served, "paris").facts_digest = "as an older package said"
    told = "A site that is running speaks the new words after it is started again."
    assert told not in run("upgrade", "--dry-run").out
    assert run("upgrade", "--no-backup").out.splitlines()[-1] == told
    assert told not in run("upgrade", "--no-backup").out, "nothing was upgraded"


@pytest.mark.usefixtures("paris_here")
def test_an_upgrade_names_a_region_whose_package_is_gone(run: Run, data: Path) -> None:
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write(ALL) as session,
    ):
        session.add(
            Served(
                id="gone", enabled=True, revision=0, epoch=1, added_at=now(), package="lanzarote-region-gone",
                package_version="1", facts=session.get_one(Served, "paris").facts, facts_digest="",
            )
        )  # fmt: skip
    said = run("upgrade", "--no-backup").out
    assert said == "gone — its package is not installed: it stays as it is.\n"


def test_an_upgrade_of_nothing_is_refused(run: Run, data: Path) -> None:
    said = run("upgrade")
    assert said.code == 1
    assert said.err.startswith(
        f"lanzarote: There is no database at {data / 'lanzarote.sqlite'}. Go to the folder where"
    )


# Backup and restore


@pytest.mark.usefixtures("paris_here")
def test_a_backup_is_restored_elsewhere(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "b.zip"
    assert run("backup", str(file)).out.startswith(f"{file} (")
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path / "elsewhere"))
    said = run("restore", str(file))
    assert (said.code, said.out.splitlines()[1]) == (0, "  paris: 18 practices shown, epoch 2 begins")
    assert listed(run)["paris"] == "enabled"


@pytest.mark.usefixtures("paris_here")
def test_restoring_over_something_is_refused(run: Run, tmp_path: Path) -> None:
    run("backup", str(tmp_path / "b.zip"))
    said = run("restore", str(tmp_path / "b.zip"))
    assert said.code == 1
    assert said.err.startswith("lanzarote: The database is not empty")


@pytest.mark.usefixtures("paris_here")
def test_a_backup_to_nowhere_is_refused(run: Run, tmp_path: Path) -> None:
    said = run("backup", str(tmp_path / "nope" / "b.zip"))
    assert said.code == 1
    assert said.err == (
        f"lanzarote: The backup cannot be made: there is no folder {tmp_path / 'nope'}; "
        "make it, or choose another place.\n"
    )


@pytest.mark.parametrize("words", ["backup", "export paris", "tasks paris", "region enable paris", "upgrade"])
def test_the_wrong_folder_is_told_and_left_empty(run: Run, data: Path, words: str) -> None:
    said = run(*words.split())
    assert (said.code, said.err.startswith("lanzarote: There is no database ")) == (1, True)
    assert not data.exists()


# Packages


def test_packages_are_listed_with_what_they_bring(run: Run) -> None:
    said = run("plugins")
    version = lanzarote.__version__
    assert (said.code, said.out.splitlines()) == (
        0,
        [
            "  API of packages: 1.0",
            f"  abbreviations  (lanzarote-abbreviations {version}, API >=1,<2): "
            "check_improvement, check_practice, check_stakeholder",
            "    switched on for: no region",
            f"  compendium  (lanzarote-compendium {version}, API >=1,<2): document_exporters",
            f"  i18n  (lanzarote-i18n {version}, API >=1,<2): catalogues",
            f"  iceland  (lanzarote-region-iceland {version}, API >=1,<2): legal_frameworks, regions",
            f"  oidc  (lanzarote-oidc {version}, API >=1,<2): identity_providers",
            f"  paris  (lanzarote-region-paris {version}, API >=1,<2): legal_frameworks, regions",
            f"  spreadsheet  (lanzarote-spreadsheet {version}, API >=1,<2): exporters, importers",
            f"  webhook  (lanzarote-webhook {version}, API >=1,<2): "
            "improvement_decided, practice_published, practice_withdrawn",
            "    switched on for: no region",
        ],
    )


def test_a_package_that_cannot_be_used_is_told_and_the_code_is_1(data: Path, tmp_path: Path) -> None:
    broken = tmp_path / "site" / "broken_package"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("raise RuntimeError('out of order')\n")
    (broken / "lanzarote.toml").write_text('requires_api = ">=1,<2"\n')
    info = tmp_path / "site" / "broken_package-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: broken-package\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[lanzarote]\nbroken = broken_package\n")
    done = started("plugins", data=data, PYTHONPATH=str(tmp_path / "site"))
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("!")] == [
        "! broken  (broken-package 1.0, API >=1,<2): cannot be used: RuntimeError: out of order "
        "(broken_package/__init__.py, line 1)"
    ]
    assert started("load", "paris", data=data, PYTHONPATH=str(tmp_path / "site")).returncode == 0


# Running


def test_a_port_that_is_taken_is_told(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        said = run("run", "--region", "paris", "--port", port)
    assert said.code == 1
    assert said.err == (
        f"lanzarote: cannot listen on 127.0.0.1:{port} (Address already in use); "
        "choose another one with --port, or stop what uses it\n"
    )


def test_every_line_of_an_export_is_json(run: Run, paris_here: None, tmp_path: Path) -> None:
    run("export", "paris", "-o", str(tmp_path / "x.jsonl"))
    lines = [json.loads(line) for line in (tmp_path / "x.jsonl").read_text("utf-8").splitlines()]
    assert (lines[0]["format"], lines[0]["region"]) == (1, "paris")
