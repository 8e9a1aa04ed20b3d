"""A record, its versions, its audit and its change log are written together; its address stays; erased is erased."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lanzarote.composition import KINDS
from lanzarote.errors import Conflict, Gone, NotFound
from lanzarote.practices import projection, service
from lanzarote.practices.model import Published
from lanzarote.records import records
from lanzarote.records.changelog import Audit, Change, ChangeBody, Saved, Served
from lanzarote.records.changelog_state import broken_audit, broken_change
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.records import FormerSlug, Record, Version
from lanzarote.search import index as search
from lanzarote.store.database import ALL, Database
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.core.records.texts import body, draft, make

pytestmark = pytest.mark.both_databases

WORDS = ("Quxleyan", "zyzzyvas", "Ёжиковый")
"""Words that stand nowhere else in a database."""


@pytest.fixture
def store(database_url: str) -> Iterator[Database]:
    with opened(database_url) as database:
        yield database


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = Database(url)
    database.kinds |= KINDS
    database.listeners.append(projection.follow)
    moment = datetime(2031, 1, 1, tzinfo=UTC)
    with database.write(ALL) as session:
        for region in ("testland", "elsewhere"):
            served = Served(id=region, enabled=True, revision=0, epoch=1, added_at=moment, facts=b"{}")
            served.package = served.package_version = served.facts_digest = ""
            session.add(served)
    try:
        yield database
    finally:
        database.close()


def change(store: Database, slug: str, what: Callable[[Session, Record], object]) -> None:
    with store.write("testland") as session:
        what(session, records.find(session, "practice", slug))


def revise_and_publish(session: Session, record: Record) -> None:
    records.revise(session, record, body(title="Revised"), by="team")
    session.flush()
    records.publish(session, record, by="reviewer")


def counts(store: Database) -> dict[str, int]:
    tables: Sequence[Any] = (Record, Version, FormerSlug, Audit, Change, ChangeBody, Published)
    with store.read(ALL) as session:
        found = {table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
        found["revision"] = session.scalar(select(Served.revision).where(Served.id == "testland")) or 0
    found["index"], rest = divmod(len(store.all_rows("SELECT * FROM search_text")), search.TIERS if store.sqlite else 1)
    assert rest == 0
    return found


WRITES: dict[str, tuple[Callable[[Session, Record], object], dict[str, int]]] = {
    # what it adds to each table
    "revise": (
        lambda session, record: records.revise(session, record, body(title="Revised"), by="team"),
        {"version": 1, "audit": 1},
    ),
    "publish": (revise_and_publish, {"version": 1, "audit": 2, "change": 1, "change_body": 1, "revision": 1}),
    "withdraw": (
        lambda session, record: records.withdraw(session, record, by="team"),
        {"audit": 1, "change": 1, "published_practice": -1, "index": -1, "revision": 1},
    ),
    "erase": (
        lambda session, record: records.erase(session, record, by="team"),
        {"audit": 1, "change": 1, "change_body": -1, "published_practice": -1, "index": -1, "revision": 1},
    ),
    "rename": (
        lambda session, record: records.rename(session, record, "renamed", by="team"),
        {"former_slug": 1, "audit": 1, "change": 1, "change_body": 1, "revision": 1},
    ),
}


@pytest.mark.parametrize("name", WRITES)
def test_one_transaction_writes_everything_or_nothing(store: Database, name: str) -> None:
    what, adds = WRITES[name]
    make(store, draft("one"), draft("two"))
    before = counts(store)

    def fail_last(_: Session, __: Sequence[Saved]) -> None:
        raise OSError("the disk is full")

    store.listeners.append(fail_last)
    with pytest.raises(OSError, match="the disk is full"):
        change(store, "one", what)
    assert counts(store) == before
    store.listeners.remove(fail_last)
    change(store, "one", what)
    after = counts(store)
    assert {table: n for table in before if (n := after[table] - before[table])} == adds


def test_making_a_record_writes_everything_at_once(store: Database) -> None:
    make(store, draft("one"), draft("two", publish=False))
    assert counts(store) == {
        "record": 2, "version": 2, "former_slug": 0, "audit": 2, "change": 1, "change_body": 1,
        "published_practice": 1, "revision": 1, "index": 1,
    }  # fmt: skip


def test_making_no_record_writes_nothing(store: Database) -> None:
    before = counts(store)
    assert make(store) == []
    assert counts(store) == before


def test_the_audit_says_who_did_what_to_which_version(store: Database) -> None:
    [record_id] = make(store, draft("one", publish=False))
    change(store, "one", revise_and_publish)
    change(store, "one", lambda session, record: records.withdraw(session, record, by="chair"))
    with store.read("testland") as session:
        lines = session.execute(select(Audit.seq, Audit.actor, Audit.verb, Audit.version).order_by(Audit.seq)).all()
        assert [tuple(line) for line in lines] == [
            (1, "team", "create", 1),
            (2, "team", "revise", 2),
            (3, "reviewer", "publish", 2),
            (4, "chair", "withdraw", 2),
        ]
        assert set(session.scalars(select(Audit.record_id))) == {record_id}
        assert session.execute(select(Change.verb, Change.version).order_by(Change.seq)).all() == [
            ("publish", 2),
            ("withdraw", 2),
        ]
        assert (broken_audit(session, "testland"), broken_change(session, "testland")) == (None, None)


def test_the_public_reads_the_published_version_until_the_next_is_published(store: Database) -> None:
    make(store, draft("one", title="First"))
    change(store, "one", lambda session, record: records.revise(session, record, body(title="Second"), by="team"))
    assert service.decode(service.document(store, "testland", "one")).title == {"en": "First"}
    change(store, "one", lambda session, record: records.publish(session, record, by="team"))
    document = service.decode(service.document(store, "testland", "one"))
    assert (document.title, document.version) == ({"en": "Second"}, 2)
    with store.read("testland") as session:
        record = records.find(session, "practice", "one")
        assert b"First" in records.body_of(session, record, 1)
        with pytest.raises(NotFound, match="no version 3"):
            records.body_of(session, record, 3)


def test_a_transition_that_is_not_in_the_table_changes_nothing(store: Database) -> None:
    make(store, draft("one", publish=False))
    before = counts(store)
    with pytest.raises(IllegalTransition):
        change(store, "one", lambda session, record: records.withdraw(session, record, by="team"))
    assert counts(store) == before


# Addresses


def test_a_slug_that_is_taken_gets_a_number(store: Database) -> None:
    make(store, draft("one"), draft("one"), draft("one-2"))
    make(store, draft("one"))
    make(store, draft("one"), region="elsewhere")
    with store.read(ALL) as session:
        found = sorted(tuple(row) for row in session.execute(select(Record.region_id, Record.slug)))
    assert found == [
        ("elsewhere", "one"),
        ("testland", "one"),
        ("testland", "one-2"),
        ("testland", "one-2-2"),
        ("testland", "one-3"),
    ]


def test_a_former_address_leads_to_the_record_for_ever(store: Database) -> None:
    [record_id] = make(store, draft("first"))
    for new in ("second", "third"):
        change(store, "first", lambda session, record, new=new: records.rename(session, record, new, by="team"))  # type: ignore[misc]
    with store.read("testland") as session:
        for slug in ("first", "second", "third"):
            found = records.find(session, "practice", slug)
            assert (found.id, found.slug) == (record_id, "third")
    document = service.decode(service.document(store, "testland", "third"))
    assert (document.slug, document.id) == ("third", record_id)
    with pytest.raises(NotFound):
        service.document(store, "testland", "first")


def test_a_record_may_take_back_its_own_former_address(store: Database) -> None:
    make(store, draft("first"))
    said: list[str] = []
    for new in ("second", "first", "first"):
        change(
            store,
            "first",
            lambda session, record, new=new: said.append(records.rename(session, record, new, by="t")),  # type: ignore[misc]
        )
    assert said == ["second", "first", "first"]
    with store.read("testland") as session:
        assert {records.find(session, "practice", slug).slug for slug in ("first", "second")} == {"first"}
        assert session.scalars(select(FormerSlug.slug)).all() == ["second"]


def test_no_record_takes_an_address_that_another_has_or_had(store: Database) -> None:
    first, _ = make(store, draft("first"), draft("other"))
    change(store, "first", lambda session, record: records.rename(session, record, "second", by="team"))
    said: list[str] = []
    for wanted in ("first", "second"):
        change(
            store,
            "other",
            lambda session, record, w=wanted: said.append(records.rename(session, record, w, by="t")),  # type: ignore[misc]
        )
    assert said == ["first-2", "second-2"]
    make(store, draft("first"))
    with store.read("testland") as session:
        assert {records.find(session, "practice", slug).id for slug in ("first", "second")} == {first}
        assert session.scalars(select(Record.slug).order_by(Record.slug)).all() == ["first-3", "second", "second-2"]


def test_renaming_does_not_make_a_practice_new(store: Database) -> None:
    make(store, draft("older"))
    make(store, draft("newer"))
    change(store, "older", lambda session, record: records.rename(session, record, "renamed", by="team"))
    cards = list(service.all_cards(store, "testland"))
    assert [card.slug for card in cards] == ["newer", "renamed"]


def test_a_working_version_is_not_shown_by_a_renaming(store: Database) -> None:
    make(store, draft("one", title="Public"))
    change(store, "one", lambda session, record: records.revise(session, record, body(title="Secret"), by="team"))
    change(store, "one", lambda session, record: records.rename(session, record, "uno", by="team"))
    document = service.decode(service.document(store, "testland", "uno"))
    assert (document.title, document.version) == ({"en": "Public"}, 1)


def test_a_draft_can_be_renamed_and_stays_one(store: Database) -> None:
    make(store, draft("one", publish=False))
    change(store, "one", lambda session, record: records.rename(session, record, "uno", by="team"))
    assert counts(store)["published_practice"] == counts(store)["change"] == 0


# Two writers


def test_what_was_written_meanwhile_is_not_overwritten(store: Database) -> None:
    make(store, draft("one"))
    change(store, "one", lambda session, record: records.revise(session, record, body(), by="team", expected=1))
    with pytest.raises(Conflict, match="is at version 2; what was changed here is version 1"):
        change(store, "one", lambda session, record: records.revise(session, record, body(), by="late", expected=1))
    assert counts(store)["version"] == 2


@pytest.mark.parametrize("verb", ["revise", "publish", "withdraw", "erase", "rename"])
def test_a_writer_who_read_before_another_wrote_is_told(pg_url: str, verb: str) -> None:
    """On SQLite the second writer waits before it reads; on PostgreSQL both may have read."""
    read, written = threading.Event(), threading.Event()
    faults: list[Exception] = []

    def late(store: Database) -> None:
        try:
            with store.write("testland") as session:
                record = records.find(session, "practice", "one")
                read.set()
                written.wait(10)
                WRITES[verb][0](session, record)
        except Exception as error:
            faults.append(error)

    with opened(pg_url) as store:
        make(store, draft("one"))
        thread = threading.Thread(target=late, args=(store,))
        thread.start()
        read.wait(10)
        change(store, "one", lambda session, record: records.revise(session, record, body(title="Early"), by="early"))
        written.set()
        thread.join()
        with store.read("testland") as session:
            assert session.scalars(select(Audit.actor).order_by(Audit.seq)).all() == ["team", "early"]
    assert [type(fault) for fault in faults] == [Conflict]


def test_many_writers_leave_one_unbroken_chain(store: Database) -> None:
    threads = [threading.Thread(target=make, args=(store, *(draft(f"p{n}-{m}") for m in range(3)))) for n in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read("testland") as session:
        assert (broken_audit(session, "testland"), broken_change(session, "testland")) == (None, None)
        assert session.scalar(select(func.max(Audit.seq))) == 15
    assert counts(store)["index"] == 15


# Withdrawn and erased


def test_a_withdrawn_practice_is_nowhere_but_its_record(store: Database) -> None:
    make(store, draft("one", title=WORDS[0]))
    change(store, "one", lambda session, record: records.withdraw(session, record, by="team"))
    index = service.build_index(store, ["testland"])
    assert index.size == 0
    with pytest.raises(NotFound):
        service.document(store, "testland", "one")
    with store.read("testland") as session:
        assert records.find(session, "practice", "one").state == "withdrawn"


def test_an_erased_record_answers_gone_and_its_chain_still_holds(store: Database) -> None:
    make(store, draft("one", title=WORDS[0]), draft("two"))
    change(store, "one", revise_and_publish)
    change(store, "one", lambda session, record: records.rename(session, record, "uno", by="team"))
    change(store, "uno", lambda session, record: records.erase(session, record, by="team"))
    with store.read("testland") as session:
        for slug in ("one", "uno"):
            with pytest.raises(Gone):
                records.find(session, "practice", slug)
        assert (broken_audit(session, "testland"), broken_change(session, "testland")) == (None, None)
        assert session.scalar(select(func.count()).select_from(ChangeBody)) == 1


def test_an_erased_record_leaves_no_word_in_the_tables(store: Database) -> None:
    make(store, draft("one", title=WORDS[0], summary=f"{WORDS[1]} {WORDS[2]}"), draft("two"))
    change(store, "one", revise_and_publish)
    assert everything(store).count(WORDS[1]) >= 2, "there must be something to erase"
    change(store, "one", lambda session, record: records.erase(session, record, by="team"))
    left = everything(store).lower()
    assert [word for word in (*WORDS, "ежиковыи") if word.lower() in left] == []
    assert [card.slug for card in service.all_cards(store, "testland")] == ["two"]


def everything(store: Database) -> str:
    tables = [table.__tablename__ for table in (Record, Version, FormerSlug, Audit, Change, ChangeBody, Published)]
    rows = [
        row
        for table in (*tables, "search_text", "search_text_word")
        for row in store.all_rows(f"SELECT * FROM {table}")
    ]
    return "\n".join(
        bytes(value).decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
        for row in rows
        for value in row
    )


def test_an_erased_record_leaves_no_byte_in_the_file(sqlite_url: str, tmp_path: Path) -> None:
    with opened(sqlite_url) as store:
        others = [draft(f"p{n}", title=f"Practice {n}", summary="Another practice entirely. " * 40) for n in range(30)]
        case = draft("case", title=WORDS[0], summary=f"{WORDS[1]} {WORDS[2]}. " * 80, note={"en": WORDS[0]})
        make(store, *others[:15], case, *others[15:])
        change(store, "case", revise_and_publish)
        make(store, draft("case-2", title=WORDS[0], publish=False))
        assert written(store, tmp_path) == {*WORDS[:2], WORDS[2], "quxleyan", "ежиковыи"}
        for slug in ("case", "case-2"):
            change(store, slug, lambda session, record: records.erase(session, record, by="team"))
        assert written(store, tmp_path) == set()
        index = service.build_index(store, ["testland"])
        found = service.page(store, index, filters={}, found=service.look(store, index, "another practice"))
        assert found.total == 30


def written(store: Database, folder: Path) -> set[str]:
    """Which of the words, as written or folded, stand anywhere in the files of the database."""
    with store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    data = b"".join(file.read_bytes() for file in folder.glob("lanzarote.sqlite*"))
    # The index cuts off what a word shares with the one before it.
    looked_for = {*WORDS, "quxleyan", "ежиковыи"}
    return {word for word in looked_for if word.encode() in data or word.encode()[1:] in data}
