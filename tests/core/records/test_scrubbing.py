"""What is erased leaves SQLite's write-ahead log, and nobody who writes waits for somebody who reads."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lanzarote.records.outbox import Worker
from lanzarote.store.database import AGAIN, ALL, Database, migrate

WORD = "Zéphyrine"


@pytest.fixture
def tries(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What any connection says that is made from now on, where it empties the log and others wait meanwhile."""
    said, connect = list[str](), sqlite3.connect

    def note(statement: str) -> None:
        if "TRUNCATE" in statement:
            said.append(statement)

    def noting(*args: Any, **named: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **named)
        connection.set_trace_callback(note)
        return connection

    monkeypatch.setattr("sqlite3.connect", noting)
    return said


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'own.sqlite'}"
    migrate(url)
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def other(database: Database) -> Iterator[sqlite3.Connection]:
    """Another process, which is there as long as this one."""
    connection = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute("CREATE TABLE own (said TEXT)")
    connection.execute("INSERT INTO own VALUES (?)", (WORD,))
    connection.execute("DELETE FROM own")
    yield connection
    connection.close()


@pytest.fixture
def reader(database: Database, other: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    """Somebody reads, as an export does that is handed on slowly; ``close`` it."""
    connection = sqlite3.connect(database.path, isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN")
    connection.execute("SELECT count(*) FROM own").fetchone()
    yield connection
    connection.close()


def erase(database: Database) -> None:
    """What any erasing ends with."""
    with database.write(ALL) as session:
        session.info["erased"] = True


def write(database: Database) -> None:
    with database.write(ALL):
        pass


def is_there(database: Database) -> bool:
    path = Path(database.path)
    return any(WORD.encode() in one.read_bytes() for one in path.parent.glob(f"{path.name}*"))


def test_it_is_gone_at_once_where_nobody_reads(database: Database, other: sqlite3.Connection) -> None:
    assert is_there(database)
    erase(database)
    assert not is_there(database)


def test_while_somebody_reads_others_write(
    database: Database, other: sqlite3.Connection, reader: sqlite3.Connection
) -> None:
    other.execute("PRAGMA busy_timeout=5000")
    erasing = threading.Thread(target=erase, args=(database,))
    erasing.start()
    while erasing.is_alive():
        other.execute("INSERT INTO own VALUES ('something else')")
        time.sleep(0.01)
    other.execute("INSERT INTO own VALUES ('something else')")
    assert is_there(database)


def test_it_is_gone_with_the_next_write_a_second_after_somebody_has_read(
    database: Database, other: sqlite3.Connection, reader: sqlite3.Connection
) -> None:
    erase(database)
    assert is_there(database)
    reader.close()
    time.sleep(AGAIN)
    write(database)
    assert not is_there(database)


def test_it_is_gone_when_the_outbox_is_next_looked_at_after_somebody_has_read(
    database: Database, other: sqlite3.Connection, reader: sqlite3.Connection
) -> None:
    erase(database)
    reader.close()
    database.rest()
    assert not is_there(database)


def test_while_one_reads_on_nobody_waits_for_it_more_than_once(
    tries: list[str], database: Database, other: sqlite3.Connection, reader: sqlite3.Connection
) -> None:
    other.execute("INSERT INTO own VALUES ('something else')")
    erase(database)
    database.rest()
    assert len(tries) == 1
    reader.close()
    database.rest()
    assert (len(tries), is_there(database)) == (2, False)


def test_of_many_who_write_beside_one_who_reads_one_tries(
    tries: list[str],
    database: Database,
    other: sqlite3.Connection,
    reader: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    erase(database)
    tries.clear()
    monkeypatch.setattr("lanzarote.store.database.AGAIN", 0)
    write(database)
    monkeypatch.setattr("lanzarote.store.database.AGAIN", 3600)
    for writing in [threading.Thread(target=write, args=(database,)) for _ in range(8)]:
        writing.start()
        writing.join()
    assert len(tries) == 1


def test_who_erased_waits_at_the_end_for_those_who_read(
    database: Database, other: sqlite3.Connection, reader: sqlite3.Connection
) -> None:
    erase(database)
    threading.Timer(0.3, reader.close).start()
    database.close()
    assert not is_there(database)


def test_what_another_one_erased_who_is_gone_goes_however_much_is_written(
    database: Database, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.rest()
    assert is_there(database), "not with everything that is written"
    monkeypatch.setattr("lanzarote.store.database.OFTEN", 0.1)
    worker = Worker(database, {}, lanes=["mail"])
    worker.start(every=0.05)
    while is_there(database):
        other.execute("INSERT INTO own VALUES ('something else')")
        time.sleep(0.05)
    worker.stop()
