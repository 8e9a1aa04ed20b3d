"""A meeting travels whole with its region and is erased whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LoadError
from lanzarote.exchange.region_file import load_file
from lanzarote.instance import Instance
from lanzarote.meetings import inviting, writing
from lanzarote.meetings.documents import AnsweringInvitation, ShowingMinutes
from lanzarote.operations.all_tables import Base
from lanzarote.records import drafts, records
from lanzarote.records.records import Record, encode
from lanzarote.stakeholders.attendance import present_at
from sqlalchemy import text

from tests.conftest import copy_of
from tests.core.meetings import keeping
from tests.core.meetings.keeping import HEAD, announce, approve, draft, note_held, planned, said, status, was_held
from tests.core.meetings.test_mandates import adopt, all_of
from tests.core.transport.paris_file import export

WORDS = {
    "title": "Aubevigne",
    "purpose": "Brisecendre",
    "place": "Coquelune",
    "agenda": "Dentelaire",
    "roles": "escarpolette",
    "found": "Fougeraie",
    "outcome": "Gravelotte",
    "next steps": "Hirondelle",
    "who": "intermezzo",
    "group": "jardinage",
    "changed": "Kermesse",
    "shown": "Lavandier",
}


def whole(paris: Instance) -> str:
    """A meeting that left words in every place there is."""
    one = planned(
        paris,
        text={"fr": {"title": WORDS["title"], "purpose": WORDS["purpose"]}},
        place=WORDS["place"],
        agenda=[{"title": {"fr": WORDS["agenda"]}}],
        organisations=["aphp"],
    )
    announce(paris, one)
    with keeping.held(paris, one) as (session, record):
        inviting.answer(
            session,
            record,
            paris.vocabulary("paris"),
            given=AnsweringInvitation(stakeholder=_id(paris, "aphp"), answer="comes", who=WORDS["who"]),
            by=HEAD,
            at=keeping.THEN,
        )
    note_held(paris, one)
    keeping.save(
        paris,
        one,
        text={"fr": {"title": WORDS["title"], "found": WORDS["found"], "next_steps": WORDS["next steps"]}},
        present=[{"organisation": "aphp", "roles": WORDS["roles"]}],
        outcomes=[{"text": {"fr": WORDS["outcome"]}}],
    )
    draft(paris, one)
    later = was_held(paris, day="2031-05-13", text={"fr": {"title": "La suivante"}})
    approve(paris, one, later, group=WORDS["group"], changed=WORDS["changed"], texts={"fr": "Autrement."})
    with keeping.held(paris, one) as (session, record):
        writing.show_minutes(
            session,
            record,
            paris.vocabulary("paris"),
            given=ShowingMinutes(said=WORDS["shown"]),
            by=HEAD,
            at=keeping.THEN,
        )
    return one


def _id(paris: Instance, key: str) -> str:
    return next(one.id for one in paris.directory("paris") if one.key == key)


def test_it_travels_with_answers_minutes_and_mandate(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path
) -> None:
    one = whole(own_paris)
    adopt(own_paris, one)
    file = tmp_path / "paris.jsonl"
    file.write_bytes(export(own_paris))
    (tmp_path / "other").mkdir()
    url = copy_of(sqlite_template, tmp_path / "other")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as elsewhere:
        load_file(elsewhere, file)
        assert export(elsewhere) == file.read_bytes()
        assert status(elsewhere, one) == status(own_paris, one)
        assert said(elsewhere, one) == said(own_paris, one)
        with elsewhere.database.read("paris") as session:
            record = session.get_one(Record, ("paris", one))
            [row] = inviting.invitations(session, record)
            assert (row.answer, row.who) == ("comes", WORDS["who"])
            assert present_at(session, "paris", one) == (_id(elsewhere, "aphp"),)
        assert [dated.mandate.version for dated in all_of(elsewhere)] == [1, 2]
        load_file(elsewhere, file)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"who":"intermezzo"', '"who":"lea.martin@gmail.com"'),
        ('"answer":"comes"', '"answer":"perhaps"'),
        ('"state":"approved"', '"state":"adopted"'),
        ('"group":"jardinage"', '"group":"lea.martin@gmail.com"'),
    ],
)
def test_a_file_that_was_tampered_with_is_refused(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, before: str, after: str
) -> None:
    whole(own_paris)
    file = tmp_path / "paris.jsonl"
    content = export(own_paris)
    assert content.count(before.encode()) == 1
    file.write_bytes(content.replace(before.encode(), after.encode()))
    (tmp_path / "other").mkdir()
    url = copy_of(sqlite_template, tmp_path / "other")
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as elsewhere, pytest.raises(LoadError):
        load_file(elsewhere, file)


@pytest.mark.parametrize("field", ["day", "last_day"])
def test_a_day_that_nobody_plans_for_does_not_come_with_a_file(
    own_paris: Instance, sqlite_template: Path, tmp_path: Path, field: str
) -> None:
    one = planned(own_paris)
    with keeping.held(own_paris, one) as (session, record):
        far = keeping.body(**{"last_day": "9999-12-31"} | {field: "9999-12-31"})
        records.revise(session, record, encode(far), by="ana", at=keeping.THEN)
    file = tmp_path / "paris.jsonl"
    file.write_bytes(export(own_paris))
    (tmp_path / "other").mkdir()
    url = copy_of(sqlite_template, tmp_path / "other")
    told = rf"versions\[1\]\.body\.{field}: 9999-12-31 is in a year that no page can show"
    with (
        new_instance(read_settings({"LANZAROTE_DATABASE_URL": url})) as elsewhere,
        pytest.raises(LoadError, match=told),
    ):
        load_file(elsewhere, file)


def left(instance: Instance) -> set[str]:
    """Which of the words stand anywhere: in a table, or in a byte of the file."""
    files = [file for file in instance.settings.data.rglob("*") if file.is_file()]
    if instance.database.sqlite:
        files += [*Path(instance.database.path).parent.glob("lanzarote.sqlite*")]
    bytes_ = [file.read_bytes().decode("utf-8", "replace") for file in files]
    with instance.database.read("paris") as session:
        connection = session.connection()
        names = [*Base.metadata.tables]
        values = [one for name in names for row in connection.execute(text(f"SELECT * FROM {name}")) for one in row]
    told = "\n".join(
        [bytes(one).decode("utf-8", "replace") if isinstance(one, bytes | memoryview) else str(one) for one in values]
        + bytes_
    ).lower()
    return {place for place, word in WORDS.items() if word.lower() in told}


def test_what_is_erased_is_nowhere(paris_url: str, tmp_path: Path) -> None:
    given = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(given)) as instance:
        one = whole(instance)
        assert left(instance) == set(WORDS)
        with keeping.held(instance, one) as (session, record):
            drafts.erase(session, record, by=HEAD, at=keeping.THEN)
        assert left(instance) == set()


def test_an_erased_mandate_is_nowhere_and_the_one_before_counts(own_paris: Instance) -> None:

    made = adopt(own_paris, was_held(own_paris), title={"fr": WORDS["title"]}, since=date(2031, 5, 12))
    assert left(own_paris) == {"title"}
    with own_paris.database.write("paris") as session:
        drafts.erase(session, session.get_one(Record, ("paris", made)), by=HEAD, at=keeping.THEN)
    assert left(own_paris) == set()
    assert [one.mandate.version for one in all_of(own_paris)] == [1]
