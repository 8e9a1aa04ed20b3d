"""A process that writes as the platform does and tells each write once it is acknowledged; it is there to be killed.

python -m tests.core.faults.writer URL FOLDER [--writes N] [--synchronous NORMAL] [--record FILE] [--served]
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.accounts import service as accounts
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.kinds import unsaved
from lanzarote.kinds.entered import Entered, Typed, passed
from lanzarote.practices import saving, sheets, writing
from lanzarote.records.permissions import Actor, Grant
from lanzarote.records.records import Record, now
from lanzarote.records.save_checks import NO_CHECKS
from lanzarote.store.database import ALL
from msgspec import Struct
from sqlalchemy import event

from tests.core.practices.assessments import TEXT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARIS = "paris"
ANA = Actor(account_id="ana", name="Ana", language="fr", grants=(Grant(role="contributor", region_id=PARIS),))
RITA = Actor(
    account_id="rita", name="Rita", language="fr", grants=(Grant(role="coordinator", region_id=PARIS),), strong=True
)
WORDS = ("ensemble", "demain", "autrement", "ailleurs", "bientôt", "mieux", "plus tôt", "en confiance")


class Acknowledged(Struct, frozen=True, kw_only=True):
    """A write that returned; whatever happens then, it has to be there."""

    what: str
    """saved, published, erased, kept (typed, not saved), invited."""
    id: str
    version: int = 0
    title: str = ""


read_acknowledged = msgspec.json.Decoder(Acknowledged).decode


def sheet(title: str) -> dict[str, Any]:
    return {
        "original": "fr",
        "text": {"fr": TEXT | {"title": title}},
        "sectors": ["courts"],
        "partners": [{"organisation": "tj-paris"}],
        "target_groups": ["child-victims"],
        "scope": "local",
        "running": "ongoing",
        "sources": ["mission-text"],
    }


def titles(begun_at: int) -> Iterator[str]:
    for number in itertools.count(begun_at):
        yield f"Entendre l’enfant {' '.join(WORDS[int(digit)] for digit in f'{number:o}')}"


class Writer:
    """Takes practices all the way, again and again: guard, checks, version, audit, lists, index, outbox, mail."""

    def __init__(self, instance: Instance, tell: Callable[[Acknowledged], None], begun_at: int) -> None:
        self.instance, self.tell = instance, tell
        self.words = instance.vocabulary(PARIS)
        self.names = {one.key for one in instance.directory(PARIS) if one.key}
        self.titles = titles(begun_at)

    def round(self) -> Iterator[None]:
        """A few acknowledged writes, one at each step."""
        record_id = self.begin()
        yield
        self.keep(record_id)
        yield
        for _ in range(2):
            self.save(record_id)
            yield
        self.submit(record_id)
        self.publish(record_id)
        yield
        self.save(record_id)
        yield
        self.invite(record_id)
        yield
        gone = self.begin()
        yield
        self.erase(gone)
        yield

    def checked(self, title: str) -> saving.Checked[Any]:
        return saving.checked(
            sheets.read(sheet(title)), self.words, self.names, reasons={}, by=ANA.account_id, checks=NO_CHECKS
        )

    def begin(self) -> str:
        title = next(self.titles)
        given = self.checked(title)
        with self.instance.database.write(PARIS) as session:
            record_id = saving.begin(session, PARIS, given, by=ANA, at=now()).id
        self.tell(Acknowledged(what="saved", id=record_id, version=1, title=title))
        return record_id

    def save(self, record_id: str) -> None:
        title = next(self.titles)
        given = self.checked(title)
        with self.instance.database.write(PARIS) as session:
            record = session.get_one(Record, (PARIS, record_id))
            version = saving.save(session, record, given, expected=record.version, by=ANA, at=now())
        self.tell(Acknowledged(what="saved", id=record_id, version=version, title=title))

    def keep(self, record_id: str) -> None:
        title = next(self.titles)
        entered = Entered(original="fr", languages=("fr",), values={"text.fr.title": (title,)})
        given = passed(Typed(entered=entered), self.words)
        with self.instance.database.write(PARIS) as session:
            unsaved.keep(session, PARIS, record_id, given, base=1, by=RITA, at=now())
        self.tell(Acknowledged(what="kept", id=record_id, title=title))

    def submit(self, record_id: str) -> None:
        with self.instance.database.write(PARIS) as session:
            record = session.get_one(Record, (PARIS, record_id))
            writing.submit(
                session, record, self.words, bearer="tj-paris", expected=record.version, by=ANA,
                at=now(),
            )  # fmt: skip

    def publish(self, record_id: str) -> None:
        with self.instance.database.write(PARIS) as session:
            record = session.get_one(Record, (PARIS, record_id))
            writing.publish_unassessed(session, record, confirmed=True, expected=record.version, by=RITA, at=now())
            version = record.version
        self.tell(Acknowledged(what="published", id=record_id, version=version))

    def erase(self, record_id: str) -> None:
        with self.instance.database.write(PARIS) as session:
            writing.erase(session, session.get_one(Record, (PARIS, record_id)), by=RITA, at=now())
        self.tell(Acknowledged(what="erased", id=record_id))

    def invite(self, record_id: str) -> None:
        address = f"a{record_id.replace('-', '')}@example.org"
        with self.instance.database.write(ALL) as session:
            account = accounts.invite(
                session, address=address, name="Ana", language="fr", grants=ANA.grants, by=RITA.account_id, at=now()
            )
            account_id = account.id
        self.tell(Acknowledged(what="invited", id=account_id, title=address))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--writes", type=int, default=1_000_000)
    parser.add_argument("--begun-at", type=int, default=0)
    parser.add_argument("--synchronous", default="")
    parser.add_argument("--record", type=Path)
    parser.add_argument("--served", action="store_true")
    given = parser.parse_args()
    tape = None
    if given.record:
        from tests.core.faults.tape import Tape

        tape = Tape(given.url.removeprefix("sqlite:///"))
    settings = read_settings({"LANZAROTE_DATABASE_URL": given.url, "LANZAROTE_DATA": str(given.folder)})
    with new_instance(settings) as instance:
        if given.served:  # as a process of the site
            instance.database.answer_soon()
        if given.synchronous:
            pragma = f"PRAGMA synchronous={given.synchronous}"
            event.listen(instance.database.engine, "connect", lambda connection, _: connection.execute(pragma))

        def tell(acknowledged: Acknowledged) -> None:
            line = msgspec.json.encode(acknowledged)
            if tape:
                tape.acknowledge(line)
            sys.stdout.buffer.write(line + b"\n")
            sys.stdout.buffer.flush()

        writer = Writer(instance, tell, given.begun_at)
        instance.worker.start(every=0.02)
        steps = itertools.chain.from_iterable(writer.round() for _ in itertools.count())
        for _ in itertools.islice(steps, given.writes):
            pass
        if tape:
            # Before the files are closed, which writes everything out.
            tape.save(given.record)
        instance.worker.stop()
    if tape:
        # What is open still would be closed while Python is taken down, through functions that are there no more.
        os._exit(0)


if __name__ == "__main__":
    main()
