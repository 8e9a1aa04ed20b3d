"""Practices that were told as declared by an organisation which had not said so are put right by the upgrade."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.practices.model import KIND, PracticeStatus, Published
from lanzarote.records import records
from lanzarote.records.changelog import Change, ChangeBody, Served
from lanzarote.records.records import Draft, Record, encode
from lanzarote.records.tasks import open_tasks
from lanzarote.store.database import ALL, upgrade_schema
from sqlalchemy import select, text

from tests.core.database.test_one_permission import empty
from tests.core.office.logs import add_region

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

assert empty, "a fixture"
THEN = datetime(2026, 6, 1, 9, tzinfo=UTC)
LABEL = {"grid": 1, "common": 1, "reviewers": 2, "reason": {"en": "Well described."}}
DECLARED = {"standing": "declared", "vouching": "declared", "agreement": "given"}
ASSESSED = {"standing": "assessed", "vouching": "declared", "assessed_on": "2026-05-01", "label": LABEL}
OBSERVED = ASSESSED | {"vouching": "observed", "strength": "promising"}
REFUSED = DECLARED | {"agreement": "refused"}
BEFORE: dict[str, dict[str, Any]] = {
    "declared": DECLARED, "assessed": ASSESSED, "observed": OBSERVED, "refused": REFUSED, "documented": {}
}  # fmt: skip
AFTER = {
    "declared": ("documented", "public-sources", "not-asked"),
    "assessed": ("assessed", "public-sources", "not-asked"),
    "observed": ("assessed", "observed", "not-asked"),
    "refused": ("documented", "public-sources", "refused"),
    "documented": ("documented", "public-sources", "not-asked"),
}
AXES = ("standing", "vouching", "agreement")


def body(slug: str) -> bytes:
    said = {"original": "en", "text": {"en": {"title": slug, "summary": "A house."}}, "scope": "local"}
    return encode(said | {"running": "ongoing", "sectors": ["courts"]})


def told_as(status: dict[str, Any]) -> dict[str, str]:
    defaults = {"standing": "documented", "vouching": "public-sources", "agreement": "not-asked"}
    return {name: status.get(name, default) for name, default in defaults.items()}


def write_as_before(session: Session, region_id: str) -> None:
    """Publish each practice as it was published then: list, page and log say what its status says."""
    drafts = [
        Draft(kind=KIND, slug=slug, body=body(slug), status=encode(status), publish=True)
        for slug, status in BEFORE.items()
    ]
    records.create(session, region_id, drafts, by="test", at=THEN)
    session.flush()
    ids = dict(session.execute(select(Record.id, Record.slug).where(Record.kind == KIND)).all())
    for row in session.scalars(select(Published)):
        status = told_as(BEFORE[ids[row.record_id]])
        row.card = encode(msgspec.json.decode(row.card) | {name: status[name] for name in AXES[:2]})
        row.document = encode(msgspec.json.decode(row.document) | status)
        row.facets = " ".join(
            f"standing:{status['standing']}" if one.startswith("standing:") else one for one in row.facets.split(" ")
        )
    for entry in session.scalars(select(ChangeBody).where(ChangeBody.record_id.in_(ids))):
        said = msgspec.json.decode(entry.body)
        entry.body = encode(said | {"status": BEFORE[ids[entry.record_id]]})


SPELLINGS = "CREATE TABLE search_text_word (word TEXT, lang TEXT, PRIMARY KEY (word, lang))"


@pytest.mark.parametrize("home", [True, False])
def test_what_no_organisation_said_is_said_no_more(empty: str, tmp_path: Path, home: bool) -> None:
    place = {"LANZAROTE_DATABASE_URL": empty, "LANZAROTE_DATA": str(tmp_path), "LANZAROTE_OFFICE": "yes"}
    with new_instance(read_settings(place)) as instance:
        database = instance.database
        write = database.engine.execution_options(lanzarote_write=True)
        with write.connect() as connection, connection.begin():
            upgrade_schema(connection, "0013")
            connection.exec_driver_sql(SPELLINGS)  # what writes here is of today
        add_region(database, "paris")
        with database.write("paris") as session:
            write_as_before(session, "paris")
        with database.write("paris") as session:
            session.get_one(Served, "paris").home = home
        with write.connect() as connection, connection.begin():
            connection.exec_driver_sql("DROP TABLE search_text_word")
            upgrade_schema(connection)
        with database.read("paris") as session:  # before any job is done
            assert shown(session) == AFTER
            assert session.get_one(Served, "paris").revision > 0
            stored = dict(session.execute(select(Record.slug, Record.status).where(Record.kind == KIND)).all())
            assert {slug: tuple(told_as(msgspec.json.decode(raw)).values()) for slug, raw in stored.items()} == AFTER
            for raw in stored.values():
                assert encode(msgspec.json.decode(raw, type=PracticeStatus)) == raw
        instance.worker.run_due()
        with database.read("paris") as session:
            tasks = {task.record_id: task.told()["was"] for task in open_tasks(session)}
            ids = dict(session.execute(select(Record.slug, Record.id).where(Record.kind == KIND)).all())
            told = last_words(session)
        wrong = {slug for slug, said in AFTER.items() if tuple(told_as(BEFORE[slug]).values()) != said}
        assert tasks == ({ids[slug]: told_as(BEFORE[slug]) for slug in wrong} if home else {})
        # What a region has said stands in its own log; where it is received, that is read and never written.
        assert told == (AFTER if home else {slug: tuple(told_as(said).values()) for slug, said in BEFORE.items()})
        with database.read(ALL) as session:
            counted = session.execute(text("SELECT a, n FROM summary WHERE measure = 'standing' AND n > 0")).all()
            lines: dict[str, int] = dict(counted)
        assert lines == {"documented": 3, "assessed": 2}


def shown(session: Session) -> dict[str, tuple[str, ...]]:
    """Slug → what its page says; what its card and the facets of the list say is the same."""
    found = {}
    for row in session.scalars(select(Published)):
        document, card = msgspec.json.decode(row.document), msgspec.json.decode(row.card)
        assert (card["standing"], card["vouching"]) == (document["standing"], document["vouching"])
        assert f"standing:{card['standing']}" in row.facets.split(" ")
        assert row.facets.count("standing:") == 1
        found[row.slug] = tuple(document[name] for name in AXES)
    return found


def last_words(session: Session) -> dict[str, tuple[str, ...]]:
    found = {}
    joined = (ChangeBody.region_id == Change.region_id) & (ChangeBody.seq == Change.seq)
    query = select(ChangeBody.body).join(Change, joined).where(Change.kind == KIND).order_by(Change.seq)
    for raw in session.scalars(query):
        said = msgspec.json.decode(raw)
        found[said["slug"]] = tuple(told_as(said["status"]).values())
    return found
