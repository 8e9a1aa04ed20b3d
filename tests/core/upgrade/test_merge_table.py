"""Who changed what x which kind of field x the state of the record: what an upgrade makes of it, cell by cell.

All cells are practices of one region, loaded, changed by the region, and upgraded once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.instance import Instance
from lanzarote.records import records
from lanzarote.records.records import Record, Version, encode
from lanzarote.records.tasks import open_tasks
from lanzarote.regions.seeds import Report
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.regions.writing import PRACTICE, region_package

ABSENT: Any = None
WHO = ("package only", "region only", "both alike", "both differently", "neither")
STATES = ("draft", "published", "withdrawn", "erased", "archived")
FIELDS: Mapping[str, tuple[str, Any, Any, Any]] = {
    # field, as first shipped, as shipped later, as the region writes it
    "scalar": ("running", "ongoing", "ended", "unknown"),
    "text in one language": ("text.fr.summary", "Avant.", "Paquet.", "Ici."),
    "list": ("domains", ["prevention"], ["prevention", "protection"], ["participation"]),
    "field added": ("cost", ABSENT, "low", "high"),
    "field removed": ("started", "2020", ABSENT, "2021"),
}
CELLS = list(product(WHO, FIELDS, STATES))


def key_of(cell: tuple[str, str, str]) -> str:
    return "-".join(cell).replace(" ", "-")


def put(practice: dict[str, Any], field: str, value: Any) -> None:
    *way, last = field.split(".")
    for part in way:
        practice = practice[part]
    practice.pop(last, None)
    if value is not ABSENT:
        practice[last] = value


def got(practice: Any, field: str) -> Any:
    for part in field.split("."):
        practice = practice.get(part, ABSENT)
    return practice


def shipped(which: int) -> dict[str, Any]:
    """The practices of the first (1) or second (2) release."""
    practices = {}
    for who, kind, state in CELLS:
        field = FIELDS[kind]
        practice = msgspec.json.decode(msgspec.json.encode(PRACTICE)) | {"publish": state != "draft"}
        changed = which == 2 and who in ("package only", "both alike", "both differently")
        put(practice, field[0], field[2] if changed else field[1])
        practices[key_of((who, kind, state))] = practice
    return practices


def change_here(instance: Instance) -> None:
    """What the region does between the releases: it edits, then brings each record into its state."""
    with instance.database.write("testland") as session:
        found = {record.key: record for record in session.scalars(select(Record))}
        for who, kind, state in CELLS:
            record = found[key_of((who, kind, state))]
            field, old, package, region = FIELDS[kind]
            removed_here = kind == "field removed" and who == "region only"
            ours = {"region only": ABSENT if removed_here else region, "both alike": package}.get(who, old)
            if who == "both differently":
                ours = region
            if ours != old:
                body = msgspec.json.decode(records.body_of(session, record, 1))
                put(body, field, ours)
                records.revise(session, record, encode(body), by="team")
                session.flush()
                if state != "draft":
                    records.publish(session, record, by="team")
            for action in {
                "withdrawn": (records.withdraw,),
                "archived": (records.withdraw, records.archive),
                "erased": (records.erase,),
            }.get(state, ()):
                action(session, record, by="team")


class Upgraded(msgspec.Struct, frozen=True):
    report: Report
    before: dict[str, tuple[int, int | None, str]]
    after: dict[str, tuple[int, int | None, str]]
    bodies: dict[str, bytes]
    tasks: dict[str, list[dict[str, Any]]]


def states(instance: Instance, region_id: str = "testland") -> dict[str, tuple[int, int | None, str]]:
    with instance.database.read(region_id) as session:
        return {
            record.key or "": (record.version, record.published_version, record.state)
            for record in session.scalars(select(Record))
        }


@pytest.fixture(scope="module")
def upgraded(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    with region_package(Path(tmp_path_factory.mktemp("package"))) as package:
        package.write(practices=shipped(1))
        with package.instance(module_database_url) as instance:
            instance.load("testland")
            change_here(instance)
            before = states(instance)
        package.write(practices=shipped(2))
        with package.instance(module_database_url) as instance:
            report = instance.load("testland")
            with instance.database.read("testland") as session:
                newest = select(Record.key, Version.body).join(
                    Version, (Version.record_id == Record.id) & (Version.number == Record.version)
                )
                bodies = {key or "": bytes(body) for key, body in session.execute(newest)}
                tasks: dict[str, list[dict[str, Any]]] = {}
                for task in open_tasks(session):
                    tasks.setdefault(task.told()["key"], []).append(task.told())
            yield Upgraded(report, before, states(instance), bodies, tasks)


@pytest.mark.parametrize("cell", CELLS, ids=key_of)
def test_what_an_upgrade_makes_of_a_field(upgraded: Upgraded, cell: tuple[str, str, str]) -> None:
    who, kind, state = cell
    key = key_of(cell)
    field, old, package, region = FIELDS[kind]
    asked = [
        {"key": key, "field": field, "before": old, "local": region, "package": package}
        for _ in range(who == "both differently")
    ]
    if state in ("withdrawn", "erased", "archived"):
        assert upgraded.after[key] == upgraded.before[key], "a record that was taken back is never revived"
        assert upgraded.tasks.get(key, []) == []
        touched = who in ("package only", "both alike", "both differently")
        assert (f"practice {key}" in upgraded.report.records.left_alone) == touched
        return
    version, published, _ = upgraded.before[key]
    value = got(msgspec.json.decode(upgraded.bodies[key]), field)
    removed_here = kind == "field removed" and who == "region only"
    expected = {
        "package only": package,
        "region only": ABSENT if removed_here else region,
        "both alike": package,
        "both differently": region,
        "neither": old,
    }[who]
    assert value == expected
    assert upgraded.tasks.get(key, []) == asked
    grown = version + 1 if who == "package only" else version
    assert upgraded.after[key] == (grown, published, state), "the public goes on reading what was published"


@pytest.mark.parametrize("state", ["draft", "published"])
def test_the_report_names_what_changed(upgraded: Upgraded, state: str) -> None:
    taken = [f"practice {key_of(cell)}" for cell in CELLS if cell[0] == "package only" and cell[2] == state]
    told = upgraded.report.records
    mine = told.updated if state == "draft" else told.working
    assert sorted(mine) == sorted(taken)


def test_the_report_names_every_question_and_nothing_twice(upgraded: Upgraded) -> None:
    asked = [
        f"practice {key_of(cell)}: {FIELDS[cell[1]][0]}"
        for cell in CELLS
        if cell[0] == "both differently" and cell[2] in ("draft", "published")
    ]
    told = upgraded.report.records
    assert sorted(told.questions) == sorted(asked)
    assert (told.new, told.removed) == ([], [])
    everything = len(told.left_alone) + len(told.updated) + len(told.working) + told.unchanged
    # Alike, or asked: the text stays as it is here and is in no list.
    assert everything == len(CELLS) - 2 * len(FIELDS) * 2


# What the package shows no longer x the state of the record

GONE = {"held back": {"publish": False, "reason": {"en": "Ended badly.", "fr": "Mal finie."}}, "removed": None}
TAKEN = list(product(GONE, ("kept as shipped", "edited here"), STATES))


@pytest.fixture(scope="module")
def taken_away(module_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    with region_package(Path(tmp_path_factory.mktemp("taken"))) as package:
        package.write(header={"id": "takenland"}, practices={key_of(cell): first(cell) for cell in TAKEN})
        with package.instance(module_database_url) as instance:
            instance.load("takenland")
            with instance.database.write("takenland") as session:
                for record in session.scalars(select(Record)).all():
                    live(session, record)
            before = states(instance, "takenland")
        practices = {key_of(cell): {**first(cell), **gone} for cell in TAKEN if (gone := GONE[cell[0]])}
        package.write(header={"id": "takenland"}, practices=practices)
        with package.instance(module_database_url) as instance:
            dry = instance.load("takenland", dry_run=True)
            report = instance.load("takenland")
            again = instance.load("takenland")
            assert (dry.records.no_longer_shown, again.records.no_longer_shown) == (report.records.no_longer_shown, [])
            with instance.database.read("takenland") as session:
                told = [task.told() for task in open_tasks(session)]
            tasks = {key: [task for task in told if task["key"] == key] for key in before}
            yield Upgraded(report, before, states(instance, "takenland"), {}, tasks)


def first(cell: tuple[str, str, str]) -> dict[str, Any]:
    return {"publish": cell[2] != "draft"}


def live(session: Session, record: Record) -> None:
    """Bring a record into the state that its key names, edited here if it says so."""
    _, edited, state = next(cell for cell in TAKEN if key_of(cell) == record.key)
    if edited == "edited here":
        body = msgspec.json.decode(records.body_of(session, record, 1)) | {"cost": "low"}
        records.revise(session, record, encode(body), by="team")
        session.flush()
    if state == "erased":
        records.erase(session, record, by="team")
    elif state in ("withdrawn", "archived"):
        records.withdraw(session, record, by="team")
        if state == "archived":
            records.archive(session, record, by="team")


@pytest.mark.parametrize("cell", TAKEN, ids=key_of)
def test_what_an_upgrade_makes_of_a_practice_that_the_package_shows_no_longer(
    taken_away: Upgraded, cell: tuple[str, str, str]
) -> None:
    how, _, state = cell
    key = key_of(cell)
    assert taken_away.after[key] == taken_away.before[key], "nothing changes until a person decides"
    asked = {"key": key, "record": "practice", "title": "An invented practice", "shipped": how != "removed"}
    reason = (GONE[how] or {}).get("reason", {})
    assert taken_away.tasks[key] == ([asked | {"reason": reason}] if state == "published" else [])
    assert (f"practice {key}" in taken_away.report.records.no_longer_shown) == (state == "published")
