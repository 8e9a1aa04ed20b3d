"""A region as a file: the same bytes every time; loading it again, or beside what people wrote, loses nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.exchange import region_file
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.practices.model import Published
from lanzarote.records import changelog, changelog_state, records
from lanzarote.records.records import Record, Version, encode
from lanzarote.search import index as search
from sqlalchemy import select

from tests.core.transport.conftest import NOBODY
from tests.core.transport.paris_file import Lines, counted, documents, export, practice, shown

pytestmark = pytest.mark.both_databases

OWN_SOURCE = {"key": "own-1", "title": "Bilan", "publisher": "Le tribunal", "kind": "organisation"}
UNFINISHED = records.Draft(
    kind="practice",
    slug="une-idee",
    status=b"{}",
    body=encode(
        {
            "evidence": [{"sources": ["own-1"], "value": 3.0}],
            "original": "fr",
            "own_sources": [OWN_SOURCE],
            "text": {"fr": {"title": "Une idée"}},
        }
    ),
)
"""A practice that somebody has begun to write."""


def new_practice(**changed: Any) -> dict[str, Any]:
    body = {
        "original": "fr",
        "text": {"fr": {"title": "Une permanence commune", "summary": "Deux services reçoivent ensemble."}},
        "scope": "local",
        "running": "ongoing",
        "sectors": ["education"],
    }
    return {"kind": "practice", "body": body | changed}


# Round trips


def test_exporting_twice_gives_the_same_bytes(paris: Instance, exported: bytes) -> None:
    assert export(paris) == exported


def test_every_line_is_canonical(exported: bytes) -> None:
    for line in exported.splitlines():
        assert line == msgspec.json.encode(msgspec.json.decode(line), order="sorted")


def test_records_stand_in_the_order_of_their_ids(exported: bytes) -> None:
    ids = [line["id"] for line in map(json.loads, exported.splitlines()) if "id" in line]
    assert len(ids) == 63
    assert ids == sorted(ids)


def test_a_region_without_its_package_comes_back_the_same(here: Instance, file: Path, exported: bytes) -> None:
    assert load_file(here, file) == (
        "Loading paris\n  the region new, with a vocabulary of 403 entries\n  records: 63 new, 0 unchanged"
    )
    assert export(here) == exported


def test_a_region_that_its_package_loaded_first_comes_back_the_same(
    database_url: str, file: Path, exported: bytes
) -> None:
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": database_url})) as instance:
        instance.load("paris")
        assert load_file(instance, file).splitlines()[-1] == "  until now as the package ships them: 63 replaced"
        assert export(instance) == exported
        assert instance.upgrades_due() == []
        assert shown(instance) == 18


def test_batches_do_not_show(small: Instance, file: Path, exported: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_file, "BATCH", 7)
    load_file(small, file)
    assert export(small) == exported


def test_a_history_comes_back_whole(database_url: str, tmp_path: Path, paris_edited: bytes) -> None:
    file = tmp_path / "edited.jsonl"
    file.write_bytes(paris_edited)
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": database_url}), NOBODY) as instance:
        load_file(instance, file)
        assert export(instance) == paris_edited
        with instance.database.read("paris") as session:
            assert records.find(session, "practice", "uaped").slug == "uaped-nouvelle"
            assert session.scalar(select(Record.state).where(Record.key == "nenuphar")) == "erased"
            assert session.scalar(select(Record.state).where(Record.key == "pare")) == "withdrawn"
            assert session.scalar(select(Published.slug).where(Published.slug == "uaped-nouvelle")) == "uaped-nouvelle"


@pytest.fixture
def paris_edited(tmp_path: Path, file: Path) -> bytes:
    """Paris after people worked on it: a working version, a new address, a withdrawal, an erasure, a draft."""
    url = f"sqlite:///{tmp_path / 'edited.sqlite'}"
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), NOBODY) as instance:
        instance.migrate()
        load_file(instance, file)
        with instance.database.write("paris") as session:
            found = {record.key: record for record in session.scalars(select(Record).where(Record.kind == "practice"))}
            body = msgspec.json.decode(records.body_of(session, found["uaped"], 1))
            body["text"]["fr"]["title"] = "Un autre titre"
            records.rename(session, found["uaped"], "uaped-nouvelle", by="a")
            records.revise(session, found["uaped"], encode(body), by="a")
            records.publish(session, found["uaped"], by="b")
            records.revise(session, found["uaped"], encode(body), by="c")
            records.withdraw(session, found["pare"], by="b")
            records.erase(session, found["nenuphar"], by="b")
            records.create(session, "paris", [UNFINISHED], by="c")
        return export(instance)


def test_what_was_loaded_is_found_and_chained(here: Instance, file: Path) -> None:
    load_file(here, file)
    assert shown(here) == 18
    assert search.rows_that_hold(here.database, [((("melanie",),),)], ["paris"])
    with here.database.read("paris") as session:
        assert changelog_state.broken_audit(session, "paris") is None
        assert changelog_state.broken_change(session, "paris") is None


def test_a_loaded_practice_reads_as_at_its_origin(paris: Instance, small: Instance, file: Path) -> None:
    load_file(small, file)
    assert documents(small) == documents(paris)


def test_the_audit_says_that_a_file_was_loaded(small: Instance, file: Path) -> None:
    before = records.now()
    load_file(small, file)
    with small.database.read("paris") as session:
        assert all(before < at for at in session.scalars(select(changelog.Audit.at)))
        assert set(session.scalars(select(changelog.Audit.actor))) == {"load"}
        assert set(session.scalars(select(Version.actor))) == {"lanzarote"}


def test_an_upgrade_after_a_load_finds_its_baseline(database_url: str, file: Path) -> None:
    settings = read_settings({"LANZAROTE_DATABASE_URL": database_url})
    with new_instance(settings, NOBODY) as instance:
        load_file(instance, file)
    with new_instance(settings) as instance:
        assert instance.upgrades_due() == []
        report = instance.load("paris", dry_run=True)
    assert (report.first, report.vocabulary, report.records.unchanged) == (False, [], 63)


def test_a_region_closed_to_the_public_stays_closed(small: Instance, rewrite: Callable[..., Path]) -> None:
    load_file(small, rewrite(lambda lines: lines[0].update(enabled=False)))
    assert small.loaded() == {"paris": False}


# What is here already


def test_loading_again_changes_nothing(here: Instance, file: Path) -> None:
    load_file(here, file)
    before = counted(here)
    assert load_file(here, file).splitlines()[-1] == "  records: 0 new, 63 unchanged"
    assert counted(here) == before


def test_a_dry_run_keeps_nothing(here: Instance, file: Path) -> None:
    before = counted(here)
    assert "63 would be new" in load_file(here, file, dry_run=True)
    assert counted(here) == before


def test_a_record_that_people_worked_on_is_not_overwritten(here: Instance, file: Path) -> None:
    load_file(here, file)
    with here.database.write("paris") as session:
        record = records.find(session, "practice", "uaped")
        body = msgspec.json.decode(records.body_of(session, record, 1))
        body["text"]["fr"]["title"] = "Un autre titre"
        records.revise(session, record, encode(body), by="someone")
        name = record.id
    before = counted(here)
    with pytest.raises(LoadError, match=f"id: {name} \\(practice uaped\\) is here with other content"):
        load_file(here, file)
    assert counted(here) == before


def test_who_wrote_is_no_difference(small: Instance, file: Path, rewrite: Callable[..., Path]) -> None:
    load_file(small, file)
    load_file(small, rewrite(lambda lines: practice(lines)["versions"][0].update(actor="someone else")))
    with small.database.read("paris") as session:
        assert "someone else" not in set(session.scalars(select(Version.actor)))


def test_an_address_that_is_taken_is_refused(small: Instance, file: Path, rewrite: Callable[..., Path]) -> None:
    load_file(small, file)

    def another(lines: Lines) -> None:
        line = practice(lines)
        line.update(id="01939c8e-0000-7000-8000-000000000000")
        del line["shipped"]

    with pytest.raises(LoadError, match="slug: 'uaped' is the address of another practice"):
        load_file(small, rewrite(another))


# New records


def test_a_line_without_an_id_becomes_a_draft(here: Instance, file: Path, tmp_path: Path) -> None:
    load_file(here, file)
    more = tmp_path / "more.jsonl"
    lines = [{"format": 1, "region": "paris"}, new_practice(), new_practice(running="ended")]
    more.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert load_file(here, more).splitlines()[-1] == "  drafts: 2 new, to be reviewed before the public sees them"
    with here.database.read("paris") as session:
        query = select(Record.slug, Record.version).where(Record.state == "draft", Record.key.is_(None))
        assert session.execute(query.order_by(Record.slug)).all() == [
            ("une-permanence-commune", 1),
            ("une-permanence-commune-2", 1),
        ]
    assert shown(here) == 18


def test_what_was_loaded_as_a_draft_is_not_loaded_again(here: Instance, file: Path, tmp_path: Path) -> None:
    load_file(here, file)
    more = tmp_path / "more.jsonl"
    lines = [{"format": 1, "region": "paris"}, new_practice(), new_practice()]
    more.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert load_file(here, more).splitlines()[-2:] == [
        "  records: 0 new, 1 unchanged",
        "  drafts: 1 new, to be reviewed before the public sees them",
    ]
    assert load_file(here, more).splitlines()[-1] == "  records: 0 new, 2 unchanged"


def test_a_new_practice_may_name_a_stakeholder_further_down(small: Instance, rewrite: Callable[..., Path]) -> None:
    def reverse(lines: Lines) -> None:
        lines[1:] = sorted(lines[1:], key=lambda line: line.get("kind") != "practice")

    assert "63 new" in load_file(small, rewrite(reverse))


def test_a_moment_survives_to_the_microsecond(here: Instance, file: Path, exported: bytes) -> None:
    load_file(here, file)
    first = next(line for line in map(json.loads, exported.splitlines()) if "id" in line)
    with here.database.read("paris") as session:
        stored = session.scalar(select(Record.created_at).where(Record.id == first["id"]))
    assert stored == datetime.fromisoformat(first["created_at"]).astimezone(UTC)
