"""The commands about regions and the tasks of their teams: each does what its help says."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.practices import service
from lanzarote.procedures.writing import status_of
from lanzarote.records import records
from lanzarote.records.records import Record
from lanzarote.records.tasks import open_task
from sqlalchemy import select

from tests.core.cli.conftest import Run


@pytest.mark.usefixtures("paris_here")
def test_a_region_is_closed_to_the_public_and_opened_again(run: Run) -> None:
    assert run("region", "disable", "paris").out == "paris is disabled.\n"
    assert "paris  disabled  " in run("region", "list").out
    assert run("region", "enable", "paris").out == "paris is enabled.\n"
    assert "paris  enabled  " in run("region", "list").out


@pytest.mark.usefixtures("paris_here")
def test_a_region_that_is_not_loaded_cannot_be_enabled(run: Run) -> None:
    said = run("region", "enable", "lyon")
    assert (said.code, "load it first: lanzarote load lyon" in said.err) == (1, True)


@pytest.mark.usefixtures("paris_here")
def test_a_task_is_listed_and_finished(run: Run, data: Path) -> None:
    assert run("tasks", "paris").out == "Nothing waits.\n"
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        record = records.find(session, "practice", "uaped")
        task = open_task(session, "paris", "reply", by="someone", record_id=record.id, text="À relire")
    said = run("tasks", "paris")
    assert said.out.splitlines()[0].startswith(task)
    assert said.out.splitlines()[1] == "    text: À relire"
    assert run("tasks", "paris", "--done", task).out == "Done.\n"
    assert run("tasks", "paris").out == "Nothing waits.\n"


@pytest.mark.usefixtures("paris_here")
def test_a_conflict_is_told_in_the_sentences_of_the_plan(run: Run, data: Path) -> None:
    body = {"organisation": "acpe", "side": "civil-society", "part": {"fr": "écoute"}}
    about = {"key": "uaped", "field": "partners", "before": None, "local": [body], "package": ["courts", "police"]}
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        record = records.find(session, "practice", "uaped")
        open_task(session, "paris", "upgrade-conflict", by="package", record_id=record.id, **about)
    assert run("tasks", "paris").out.splitlines()[1:] == [
        "    key: uaped",
        "    field: partners",
        "    before:  (nothing)",
        "    here:    acpe (civil-society): écoute (fr)",
        "    package: courts, police",
    ]


@pytest.mark.usefixtures("paris_here")
def test_why_the_package_has_it_no_longer_is_told_language_by_language(run: Run, data: Path) -> None:
    about = {"key": "uaped", "title": "Unités", "shipped": False, "reason": {"fr": "Finie.", "en": "Over."}}
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        record = records.find(session, "practice", "uaped")
        open_task(session, "paris", "upgrade-withdrawal", by="package", record_id=record.id, **about)
    *told, way = run("tasks", "paris").out.splitlines()[1:]
    assert told == ["    key: uaped", "    reason (en): Over.", "    reason (fr): Finie.", "    title: Unités"]
    assert way.startswith("    The package no longer has it; here it stays public until you decide.")


@pytest.mark.usefixtures("paris_here")
@pytest.mark.parametrize(
    ("kind", "key", "place", "first"),
    [("practice", "uaped", "practices", "submit"), ("procedure", "hospital-cells-2014", "procedures", "propose")],
)
def test_a_working_version_waits_with_the_tasks_and_says_where_it_is_looked_at(
    run: Run, data: Path, monkeypatch: pytest.MonkeyPatch, kind: str, key: str, place: str, first: str
) -> None:
    monkeypatch.setenv("LANZAROTE_BASE_URL", "https://lanzarote.example")
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        record = records.find(session, kind, key)
        records.revise(session, record, records.body_of(session, record, 1), by="package", action="upgrade")
        record_id, day = record.id, f"{record.updated_at:%Y-%m-%d}"
    assert run("tasks", "paris").out.splitlines() == [
        f"{kind} {key}  {day}  working version 2",
        f"    The public reads version 1 until the team has looked at this one; {first}, publish or discard it at "
        f"https://lanzarote.example/fr/paris/team/{place}/{record_id}",
    ]


@pytest.mark.usefixtures("paris_here")
@pytest.mark.skipif(os.name != "posix", reason="other systems have other rights")
def test_an_export_is_its_owners_alone(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "paris.jsonl"
    file.write_text("older", "utf-8")
    file.chmod(0o644)
    assert run("export", "paris", "-o", str(file)).code == 0
    assert (stat.S_IMODE(file.stat().st_mode), file.read_text("utf-8")[:1]) == (0o600, "{")


@pytest.mark.usefixtures("paris_here")
def test_a_procedure_that_is_withdrawn_so_is_told_as_withdrawn(run: Run, data: Path) -> None:
    with new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance:
        with instance.database.write("paris") as session:
            shown = select(Record).where(Record.kind == "procedure", Record.published_version.is_not(None))
            record = session.scalars(shown.limit(1)).one()
            about: dict[str, Any] = {"record": "procedure", "key": record.key, "title": "", "shipped": False}
            about["reason"] = {}
            task = open_task(session, "paris", "upgrade-withdrawal", by="package", record_id=record.id, **about)
            session.flush()
            session.expunge(record)
        assert run("tasks", "paris", "--withdraw", task).out == "Withdrawn.\n"
        with instance.database.read("paris") as session:
            record = session.get_one(Record, ("paris", record.id))
            assert (record.state, status_of(record).state) == ("withdrawn", "withdrawn")


@pytest.mark.usefixtures("paris_here")
def test_what_the_package_shows_no_longer_is_kept_or_withdrawn_as_its_task_says(run: Run, data: Path) -> None:
    with (
        new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance,
        instance.database.write("paris") as session,
    ):
        record = records.find(session, "practice", "uaped")
        about = {"record": "practice", "key": "uaped", "title": "Unités d’accueil", "shipped": True, "reason": {}}
        task = open_task(session, "paris", "upgrade-withdrawal", by="package", record_id=record.id, **about)
    said = run("tasks", "paris").out
    assert said.splitlines()[1:4] == ["    key: uaped", "    record: practice", "    title: Unités d’accueil"]
    assert "    The package no longer shows it; here it stays public until you decide. " in said
    assert f"Withdraw it: lanzarote tasks paris --withdraw {task}. Keep it: lanzarote tasks paris --done {task}" in said
    assert run("tasks", "paris", "--withdraw", task).out == "Withdrawn.\n"
    with new_instance(read_settings({"LANZAROTE_DATA": str(data)})) as instance:
        assert "uaped" not in [card.slug for card in service.all_cards(instance.database, "paris")]
    assert run("tasks", "paris").out == "Nothing waits.\n"
    refused = run("tasks", "paris", "--withdraw", task)
    told = f"lanzarote: No open task {task} in paris asks whether to withdraw something.\n"
    assert (refused.code, refused.err) == (1, told)


@pytest.mark.usefixtures("paris_here")
def test_a_task_that_is_not_there_cannot_be_finished(run: Run) -> None:
    said = run("tasks", "paris", "--done", "nope")
    assert (said.code, said.err) == (1, "lanzarote: There is no open task nope in paris.\n")


@pytest.mark.usefixtures("paris_here")
def test_tasks_of_a_region_that_is_not_here_are_refused(run: Run) -> None:
    said = run("tasks", "lyon")
    assert (said.code, said.err.startswith("lanzarote: The region 'lyon' is not loaded here")) == (1, True)
