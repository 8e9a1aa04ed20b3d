"""Findings with offers and replies, improvements with what was decided: they travel whole; personal data does not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.exchange.region_file import load_file
from lanzarote.improvements import service, sharing
from lanzarote.instance import Instance
from lanzarote.records import drafts
from lanzarote.records.records import Named, Record
from sqlalchemy import select

from tests.conftest import copy_of
from tests.core.improvements.deliberating import LEADER, THEN, decided, finding, improvement, offer, reply, save, step
from tests.core.transport.paris_file import export


def test_what_a_group_wrote_travels_whole(own_paris: Instance, sqlite_template: Path, tmp_path: Path) -> None:
    body = own_paris.directory("paris")[0]
    one, gone = finding(own_paris, organisations=[body.id]), finding(own_paris)
    offer(own_paris, one, body.id)
    reply(own_paris, one, body.id)
    step(own_paris, one, "share")
    other = improvement(own_paris, findings=[one], convention=["10.3"])
    slug = decided(own_paris, other)
    step(own_paris, other, "reconsider")
    save(own_paris, other, sectors=["education"])
    with own_paris.database.write("paris") as session:
        drafts.erase(session, session.get_one(Record, ("paris", gone)), by=LEADER, at=THEN)
    file = tmp_path / "paris.jsonl"
    file.write_bytes(export(own_paris))
    (tmp_path / "other").mkdir()
    url = copy_of(sqlite_template, tmp_path / "other")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as elsewhere:
        load_file(elsewhere, file)
        assert export(elsewhere) == file.read_bytes()
        assert "0 new" in load_file(elsewhere, file), "the same file once more brings nothing"
        with elsewhere.database.read("paris") as session:
            status = sharing.status_of(session.get_one(Record, ("paris", one)))
            assert (status.state, status.offers[0].reply) == ("shared", {"fr": "Nous y travaillons."})
            assert list(session.scalars(select(Named.stakeholder_id).where(Named.record_id == one))) == [body.id]
            [told] = service.published(session)
            assert (told.slug, told.version, told.status.state) == (slug, 1, "discussed")
            assert told.improvement.sectors == ("courts",)


@pytest.mark.parametrize(
    ("before", "after", "field"),
    [
        ("Nous y travaillons.", "Voir lea.dupont@gmail.com.", "status.offers[0].reply.fr"),
        ("Lettre au siège", "lea.dupont@gmail.com", "status.offers[0].how"),
        ('"state":"shared"', '"state":"public"', "status"),
        ('"sectors":["courts","education"]', '"sectors":["courts","unheard-of"]', "versions[0]"),
    ],
)
def test_a_file_brings_nothing_in_that_could_not_have_been_written(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, before: str, after: str, field: str
) -> None:
    body = own_paris.directory("paris")[0]
    one = finding(own_paris, organisations=[body.id])
    offer(own_paris, one, body.id)
    reply(own_paris, one, body.id)
    step(own_paris, one, "share")
    lines = export(own_paris).decode().splitlines()
    [number] = [place for place, line in enumerate(lines) if json.loads(line).get("id") == one]
    assert before in lines[number]
    lines[number] = lines[number].replace(before, after)
    file = tmp_path / "paris.jsonl"
    file.write_text("\n".join(lines) + "\n")
    (tmp_path / "other").mkdir()
    url = copy_of(sqlite_template, tmp_path / "other")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as elsewhere:
        with pytest.raises(LoadError) as refused:
            load_file(elsewhere, file)
        assert f"line {number + 1}: {field}" in str(refused.value)
        assert "dupont" not in str(refused.value)
