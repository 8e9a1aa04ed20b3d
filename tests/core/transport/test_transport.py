"""A region as a file: the same bytes every time, all of it or nothing."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote import changes, records, search, transport
from lanzarote.database import ALL
from lanzarote.errors import LoadError, NotFound
from lanzarote.folding import query_terms
from lanzarote.instance import Instance
from lanzarote.plugins import Host
from lanzarote.practices.model import Published
from lanzarote.records import Record, Version, encode
from lanzarote.regions.seeds import Seed
from lanzarote.settings import read_settings
from lanzarote.transport import export_region, load_file
from sqlalchemy import func, select

Lines = list[dict[str, Any]]
NOBODY = Host([])
"""No package is installed."""
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


@pytest.fixture(scope="module")
def exported(paris: Instance) -> bytes:
    return export(paris)


@pytest.fixture
def here(database_url: str) -> Iterator[Instance]:
    """An empty instance without packages."""
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": database_url}), NOBODY) as instance:
        yield instance


@pytest.fixture
def small(sqlite_url: str) -> Iterator[Instance]:
    """An empty instance on SQLite, for what does not depend on the database."""
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": sqlite_url}), NOBODY) as instance:
        yield instance


@pytest.fixture
def file(tmp_path: Path, exported: bytes) -> Path:
    path = tmp_path / "paris.jsonl"
    path.write_bytes(exported)
    return path


@pytest.fixture
def rewrite(file: Path, exported: bytes) -> Callable[..., Path]:
    """Write the export anew after a change to its lines."""

    def write(change: Callable[[Lines], object]) -> Path:
        lines: Lines = [json.loads(line) for line in exported.splitlines()]
        change(lines)
        file.write_bytes(b"".join(encode(line) + b"\n" for line in lines))
        return file

    return write


def export(instance: Instance) -> bytes:
    file = io.BytesIO()
    export_region(instance, "paris", file)
    return file.getvalue()


def practice(lines: Lines, key: str = "uaped") -> dict[str, Any]:
    [found] = [line for line in lines if line.get("kind") == "practice" and line.get("key") == key]
    return found


def resealed(line: dict[str, Any]) -> None:
    """Give the versions of a changed line their digests, as who wrote it would have."""
    for version in line["versions"]:
        version["digest"] = records.digest(encode(version["body"]))


def counted(instance: Instance) -> tuple[int, ...]:
    with instance.database.read(ALL) as session:
        tables = (Record, Version, Seed, Published, changes.Served, changes.Audit, changes.Change)
        return tuple(session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


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
    assert len(ids) == 60
    assert ids == sorted(ids)


def test_a_region_without_its_package_comes_back_the_same(here: Instance, file: Path, exported: bytes) -> None:
    assert load_file(here, file) == (
        "Loading paris\n  the region new, with a vocabulary of 261 entries\n  records: 60 new, 0 unchanged"
    )
    assert export(here) == exported


def test_a_region_that_its_package_loaded_first_comes_back_the_same(
    database_url: str, file: Path, exported: bytes
) -> None:
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": database_url})) as instance:
        instance.load("paris")
        assert load_file(instance, file).splitlines()[-1] == "  until now as the package ships them: 60 replaced"
        assert export(instance) == exported
        assert instance.upgrades_due() == []
        assert shown(instance) == 18


def test_batches_do_not_show(small: Instance, file: Path, exported: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "BATCH", 7)
    load_file(small, file)
    assert export(small) == exported


def test_a_history_comes_back_whole(database_url: str, tmp_path: Path, paris_edited: bytes) -> None:
    file = tmp_path / "edited.jsonl"
    file.write_bytes(paris_edited)
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": database_url}), NOBODY) as instance:
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
    with Instance(read_settings({"LANZAROTE_DATABASE_URL": url}), NOBODY) as instance:
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
    assert any(list(tier) for tier in search.find(here.database, query_terms("Mélanie"), "paris"))
    with here.database.read("paris") as session:
        assert changes.broken_audit(session, "paris") is None
        assert changes.broken_change(session, "paris") is None


def test_a_loaded_practice_reads_as_at_its_origin(paris: Instance, small: Instance, file: Path) -> None:
    load_file(small, file)
    assert documents(small) == documents(paris)


def test_the_audit_says_that_a_file_was_loaded(small: Instance, file: Path) -> None:
    before = records.now()
    load_file(small, file)
    with small.database.read("paris") as session:
        assert all(before < at for at in session.scalars(select(changes.Audit.at)))
        assert set(session.scalars(select(changes.Audit.actor))) == {"load"}
        assert set(session.scalars(select(Version.actor))) == {"lanzarote"}


def test_an_upgrade_after_a_load_finds_its_baseline(database_url: str, file: Path) -> None:
    settings = read_settings({"LANZAROTE_DATABASE_URL": database_url})
    with Instance(settings, NOBODY) as instance:
        load_file(instance, file)
    with Instance(settings) as instance:
        assert instance.upgrades_due() == []
        report = instance.load("paris", dry_run=True)
    assert (report.first, report.vocabulary, report.records.unchanged) == (False, [], 60)


def test_a_region_closed_to_the_public_stays_closed(small: Instance, rewrite: Callable[..., Path]) -> None:
    load_file(small, rewrite(lambda lines: lines[0].update(enabled=False)))
    assert small.loaded() == {"paris": False}


# What is here already


def test_loading_again_changes_nothing(here: Instance, file: Path) -> None:
    load_file(here, file)
    before = counted(here)
    assert load_file(here, file).splitlines()[-1] == "  records: 0 new, 60 unchanged"
    assert counted(here) == before


def test_a_dry_run_keeps_nothing(here: Instance, file: Path) -> None:
    before = counted(here)
    assert "60 would be new" in load_file(here, file, dry_run=True)
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
    lines = [{"format": 1, "region": "paris"}, new_practice(), new_practice()]
    more.write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert load_file(here, more).splitlines()[-1] == "  drafts: 2 new, to be reviewed before the public sees them"
    with here.database.read("paris") as session:
        query = select(Record.slug, Record.version).where(Record.state == "draft", Record.key.is_(None))
        assert session.execute(query.order_by(Record.slug)).all() == [
            ("une-permanence-commune", 1),
            ("une-permanence-commune-2", 1),
        ]
    assert shown(here) == 18


def test_a_new_practice_may_name_a_stakeholder_further_down(small: Instance, rewrite: Callable[..., Path]) -> None:
    def reverse(lines: Lines) -> None:
        lines[1:] = sorted(lines[1:], key=lambda line: line.get("kind") != "practice")

    assert "60 new" in load_file(small, rewrite(reverse))


# Refusals


def body(lines: Lines) -> dict[str, Any]:
    found: dict[str, Any] = practice(lines)["versions"][0]["body"]
    return found


REFUSALS: dict[str, tuple[Callable[[Lines], object], str]] = {
    "an unknown sector": (
        lambda lines: body(lines).update(sectors=["nope"]),
        "versions[0].body.sectors: the region knows no sector 'nope'",
    ),
    "an unknown provision": (
        lambda lines: body(lines).update(legal_basis=["nope"]),
        "versions[0].body.legal_basis: the region knows no provision 'nope'",
    ),
    "an unknown source": (
        lambda lines: body(lines).update(sources=["nope"]),
        "versions[0].body.sources: the region knows no source 'nope'",
    ),
    "an unknown source of evidence": (
        lambda lines: body(lines).update(evidence=[{"sources": ["nope"]}]),
        "versions[0].body.evidence[0].sources: the region knows no source 'nope'",
    ),
    "an unknown partner": (
        lambda lines: body(lines).update(partners=[{"organisation": "nope"}]),
        "versions[0].body.partners[0].organisation: the region knows no organisation 'nope'",
    ),
    "an article that is not in the Convention": (
        lambda lines: body(lines).update(convention=["99"]),
        "versions[0].body.convention: there is no article 99: articles go from 1 to 50",
    ),
    "a wrong type": (
        lambda lines: body(lines).update(verified="yes"),
        "versions[0].body.verified: expected `bool`, got `str`",
    ),
    "an unknown key": (
        lambda lines: body(lines).update(colour="red"),
        "versions[0].body: object contains unknown field `colour`",
    ),
    "no text in the original language": (
        lambda lines: body(lines).update(original="de"),
        "versions[0].body.text: has no text in 'de', its original language",
    ),
    "personal data": (
        lambda lines: body(lines)["text"]["fr"].update(problem="Elle est née le 12 mars 2014."),
        "versions[0].body.text.fr.problem: looks like personal data (birth-date), which is never recorded here",
    ),
    "personal data after a line break": (
        lambda lines: body(lines)["text"]["fr"].update(problem="Voici :\nElle est née le 12 mars 2014."),
        "versions[0].body.text.fr.problem: looks like personal data (birth-date), which is never recorded here",
    ),
    "personal data in the status": (
        lambda lines: practice(lines)["status"].update(held_back={"fr": "Elle est née le 12 mars 2014."}),
        "status.held_back.fr: looks like personal data (birth-date), which is never recorded here",
    ),
    "a bad id": (
        lambda lines: practice(lines).update(id="1"),
        "id: '1' is no id; ids are UUIDs in small letters",
    ),
    "an id twice": (
        lambda lines: lines.append(practice(lines)),
        "id: {id} stands in this file twice",
    ),
    "an unknown state": (
        lambda lines: practice(lines).update(state="gone"),
        "state: 'gone' is no state: archived, draft, erased, published, withdrawn",
    ),
    "a missing version": (
        lambda lines: practice(lines).update(version=2),
        "versions: are numbered [1]; version 2 needs 1 to 2, in order",
    ),
    "a published draft": (
        lambda lines: practice(lines).update(state="draft"),
        "published_version: is given exactly when the state is published",
    ),
    "no time zone": (
        lambda lines: practice(lines).update(created_at="2026-11-24T10:00:00"),
        "created_at: expected `datetime` with a timezone component",
    ),
}


@pytest.mark.parametrize("what", REFUSALS)
def test_a_faulty_line_is_named_and_nothing_is_kept(
    what: str, small: Instance, rewrite: Callable[..., Path], exported: bytes
) -> None:
    change, told = REFUSALS[what]
    at = [number for number, line in enumerate(exported.splitlines(), 1) if b'"key":"uaped"' in line]
    line_id = json.loads(exported.splitlines()[at[0] - 1])["id"]

    def apply(lines: Lines) -> None:
        change(lines)
        resealed(practice(lines[: at[0]]))

    before = counted(small)
    path = rewrite(apply)
    with pytest.raises(LoadError) as refusal:
        load_file(small, path)
    number = len(path.read_bytes().splitlines()) if "twice" in told else at[0]
    assert str(refusal.value) == (
        f"{path} cannot be loaded, nothing of it was kept (1 fault):\nline {number}: {told.replace('{id}', line_id)}"
    )
    assert counted(small) == before


def test_a_body_changed_after_it_was_written_is_noticed(small: Instance, rewrite: Callable[..., Path]) -> None:
    path = rewrite(lambda lines: body(lines).update(scope="international"))
    with pytest.raises(LoadError, match=r"versions\[0\].digest: does not fit the body"):
        load_file(small, path)


def test_a_body_in_another_encoding_is_refused(small: Instance, file: Path, exported: bytes) -> None:
    lines = exported.splitlines()
    [at] = [number for number, line in enumerate(lines) if b'"key":"uaped"' in line]
    line = json.loads(lines[at])
    canonical = encode(line["versions"][0]["body"])
    spaced = canonical.replace(b'":', b'": ', 1)
    lines[at] = (
        lines[at]
        .replace(canonical, spaced)
        .replace(line["versions"][0]["digest"].encode(), records.digest(spaced).encode())
    )
    file.write_bytes(b"\n".join(lines))
    with pytest.raises(LoadError, match="is not in the one canonical form"):
        load_file(small, file)


def test_all_faults_are_told_together_in_the_order_of_the_lines(small: Instance, rewrite: Callable[..., Path]) -> None:
    def spoil(lines: Lines) -> None:
        for line in lines:
            if line.get("kind") in ("practice", "stakeholder"):
                line["id"] = "1"

    with pytest.raises(LoadError) as refusal:
        load_file(small, rewrite(spoil))
    told = str(refusal.value).splitlines()
    numbers = [int(line.split(":")[0].removeprefix("line ")) for line in told[1:-1]]
    assert (told[0].endswith("(60 faults):"), numbers == sorted(numbers)) == (True, True)
    assert told[-1] == "… and 10 more."


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "line 1: is no line of a region's file"),
        (b"\x89PNG\r\n\x1a\n", "line 1: is no line of a region's file"),
        (b"[]\n", "line 1: is no line of a region's file"),
        (b"{}\n", "line 1: does not say for which region the file is"),
        (b'{"kind":"practice"}\n', "line 1: does not say for which region the file is"),
        (b'{"format":2,"region":"paris"}\n', "line 1: was written by a newer version of the platform"),
        (b'{"format":0,"region":"paris"}\n', "line 1: format: is 0; this platform reads format 1"),
        (b'{"format":1,"region":"paris","schema":"9999"}\n', "line 1: was written by a newer version"),
        (b'{"format":"x","region":"paris"}\n', "line 1: format: expected `int`, got `str`"),
        (b'{"format":1}\n', "line 1: object missing required field `region`"),
        (b'{"format":1,"region":"paris"}\n', "The region 'paris' is not loaded here"),
        (b'{"format":1,"region":"paris"}\nnot json\n', "line 2: is no line of a region's file"),
        (b'{"format":1,"region":"paris"}\n{"kind":"meeting"}\n', "line 2: kind: is none of vocabulary, practice"),
        (b'{"format":1,"region":"paris"}\n\xff\n', "line 2: is no line of a region's file"),
        (b'{"format":1,"region":"paris"}\n' + b"[" * 100_000, "line 2: is no line of a region's file"),
    ],
)
def test_what_is_no_such_file_is_refused(small: Instance, file: Path, content: bytes, told: str) -> None:
    file.write_bytes(content)
    with pytest.raises(LoadError) as refusal:
        load_file(small, file)
    assert told in str(refusal.value)
    assert small.loaded() == {}


def test_a_file_that_is_not_there_is_told(small: Instance, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"nope\.jsonl cannot be read: No such file or directory\."):
        load_file(small, tmp_path / "nope.jsonl")
    with pytest.raises(LoadError, match="cannot be read: Is a directory"):
        load_file(small, tmp_path)


def test_facts_of_another_region_are_refused(small: Instance, rewrite: Callable[..., Path]) -> None:
    with pytest.raises(LoadError, match="region: is 'lyon', but the facts are of 'paris'"):
        load_file(small, rewrite(lambda lines: lines[0].update(region="lyon")))


def test_personal_data_in_a_vocabulary_is_refused(small: Instance, rewrite: Callable[..., Path]) -> None:
    def write(lines: Lines) -> None:
        term = next(line for line in lines if line.get("term") == "sector")
        term["body"]["description"] = {"fr": "Elle est née le 12 mars 2014."}

    with pytest.raises(LoadError, match="looks like personal data"):
        load_file(small, rewrite(write))


def test_refused_texts_reach_no_log(
    small: Instance, rewrite: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    def write(lines: Lines) -> None:
        body(lines)["text"]["fr"].update(problem="Elle est née le 12 mars 2014.")
        resealed(practice(lines))

    with caplog.at_level(logging.DEBUG), pytest.raises(LoadError) as refusal:
        load_file(small, rewrite(write))
    assert "2014" not in str(refusal.value) + caplog.text


def test_exporting_a_region_that_is_not_here_is_refused(small: Instance) -> None:
    with pytest.raises(NotFound, match="'lyon' is not loaded here"):
        export_region(small, "lyon", io.BytesIO())


def shown(instance: Instance) -> int:
    with instance.database.read("paris") as session:
        return session.scalar(select(func.count()).select_from(Published)) or 0


def documents(instance: Instance) -> dict[str, bytes]:
    with instance.database.read("paris") as session:
        return dict(session.execute(select(Published.slug, Published.document)).all())


def test_a_moment_survives_to_the_microsecond(here: Instance, file: Path, exported: bytes) -> None:
    load_file(here, file)
    first = next(line for line in map(json.loads, exported.splitlines()) if "id" in line)
    with here.database.read("paris") as session:
        stored = session.scalar(select(Record.created_at).where(Record.id == first["id"]))
    assert stored == datetime.fromisoformat(first["created_at"]).astimezone(UTC)
