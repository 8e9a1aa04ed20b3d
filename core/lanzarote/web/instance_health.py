"""One list of questions about how an instance is. ``lanzarote doctor``, ``/health/ready`` and the System page ask it.

Each answer says in one word for machines, and in a sentence for people, what was found. The figures behind the answers
(``work``, ``room``, ``last_backup`` …) can be asked for by themselves.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sqlite3
import time
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct
from sqlalchemy import func, or_, select, text

from lanzarote.errors import DatabaseAway
from lanzarote.mail import sending
from lanzarote.records.outbox import Job, NotYet
from lanzarote.runtime import last_done
from lanzarote.store.database import ALL, known_schemas, schema_version
from lanzarote.store.replica import Reached
from lanzarote.translation.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.instance import Instance
    from lanzarote.store.database import Database

OVERDUE: Final = timedelta(hours=1)
"""After which a job that nobody does is told of."""
LEAST_ROOM: Final = 200_000_000
"""Bytes that have to be free, beside as much again as the database has: a backup and an upgrade write that."""
OLD_BACKUP: Final = timedelta(days=8)
"""A weekly backup may be a day late."""
REPLAYING: Final = 20
"""Tenths of a second in which a replica replays what was written just now."""
TOLD_OF_SIGN_IN: Final = timedelta(days=1)
"""So long a provider that did not answer is told of, if nobody has signed in there since."""
WRONG_CLOCK: Final = timedelta(minutes=2)

State = Literal["ok", "note", "bad"]
"""note: worth knowing, and nothing is wrong."""


class Answer(Struct, frozen=True, kw_only=True):
    about: str
    """Name of the question."""
    word: str = "ok"
    state: State = "ok"
    told: str
    """In English, with places for *values*."""
    values: Mapping[str, Any] = {}
    """Texts, numbers, moments; sizes as ``Size``."""
    closes: bool = False
    """Readers cannot be served."""

    @property
    def english(self) -> str:
        return self.told % {name: _plain(value) for name, value in self.values.items()}


class Size(Struct, frozen=True):
    bytes: int

    def __str__(self) -> str:
        """
        >>> str(Size(1_250_000_000)), str(Size(900_000)), str(Size(0))
        ('1.2 GB', '0.9 MB', '0.0 MB')
        """
        large = self.bytes >= 1_000_000_000
        return f"{self.bytes / 1e9:.1f} GB" if large else f"{self.bytes / 1e6:.1f} MB"


class Work(Struct, frozen=True, kw_only=True):
    """What waits in the outbox."""

    waiting: int
    overdue: int
    failing: int
    oldest: datetime | None
    """Since when the longest waits that is due."""
    last_fault: str
    fault_topic: str
    fault_attempts: int
    mails: int
    """Of those that wait."""
    mails_failing: int


class Room(Struct, frozen=True, kw_only=True):
    free: int
    total: int
    database: int
    """Bytes of the database, if it is a file here."""


def ask(instance: Instance, *, serving: bool = True) -> list[Answer]:
    """Answers to all questions; *serving*: this process has the threads that do what waits."""
    of_others = (of_packages(instance), *_sign_in(instance))
    return [*of_database(instance, serving=serving), *of_machine(instance.settings), *of_others]


PUBLIC: Final = ("database", "schema", "jobs", "mail", "folder", "disk", "backups", "packages", "clock")
"""Questions whose answers anybody may know: others would tell where to attack."""


def of_database(instance: Instance, *, serving: bool) -> Iterator[Answer]:
    """What only the database can tell."""
    try:
        version = schema_version(instance.database)
        current = version == known_schemas()[-1]
        further: tuple[Answer, ...] = ()
        if current:
            with instance.database.read(ALL) as session:
                found = work(session, instance.rooms.mail_topics)
            further = (_jobs(instance, found, serving=serving), _mail(instance, found), _clock(instance))
    except DatabaseAway:
        yield _closed("database", "away", N_("The database does not answer."))
        return
    further = (*further, *_replica(instance, serving=serving))
    yield Answer(about="database", told=N_("The database answers."))
    yield _schema(version)
    yield from further


OF_SOME: Final = ("replica",)
"""As ``PUBLIC``, of what not every instance has."""


def of_machine(settings: Settings) -> Iterator[Answer]:
    """What the machine tells, also before there is a database."""
    yield _folder(settings)
    yield _disk(settings)
    yield _backups(settings)
    yield from _secrets(settings)
    yield from _address(settings)


def of_packages(instance: Instance) -> Answer:
    looked_at = instance.host.looked_at
    if wrong := [one.name for one in looked_at if one.fault or one.left_aside]:
        told = N_("Packages that cannot be used, or only in part: %(names)s.")
        return Answer(about="packages", word="faulty", state="bad", told=told, values={"names": ", ".join(wrong)})
    return Answer(about="packages", told=N_("Packages without faults: %(number)s."), values={"number": len(looked_at)})


# Figures


def work(session: Session, mail_topics: tuple[str, ...]) -> Work:
    """What waits now."""
    at = datetime.now(UTC)
    failing = (Job.fault != "") & ~Job.fault.startswith(f"{NotYet.__name__}:")
    of_mail: ColumnElement[bool] = or_(*(Job.topic.startswith(one, autoescape=True) for one in mail_topics))
    overdue = Job.due_at < at - OVERDUE

    def count(*which: ColumnElement[bool]) -> int:
        return session.scalar(select(func.count()).select_from(Job).where(*which)) or 0

    last = session.scalars(select(Job).where(failing).order_by(Job.due_at.desc()).limit(1)).first()
    return Work(
        waiting=count(),
        overdue=count(overdue),
        failing=count(failing),
        oldest=session.scalar(select(func.min(Job.due_at)).where(Job.due_at <= at)),
        last_fault=last.fault if last else "",
        fault_topic=last.topic if last else "",
        fault_attempts=last.attempts if last else 0,
        mails=count(of_mail),
        mails_failing=count(of_mail, failing),
    )


def room(settings: Settings) -> Room:
    """How much room there is where the data is. Raises OSError."""
    place = _existing(settings.data)
    usage = shutil.disk_usage(place)
    return Room(free=usage.free, total=usage.total, database=_file_size(settings))


def engine(instance: Instance) -> str:
    """The program that keeps the database, with its version."""
    if instance.database.sqlite:
        return f"SQLite {sqlite3.sqlite_version}"
    with instance.database.read(ALL) as session:
        return f"PostgreSQL {session.scalar(text('SHOW server_version'))}"


def database_size(instance: Instance) -> int:
    """In bytes."""
    if instance.database.sqlite:
        return _file_size(instance.settings)
    with instance.database.read(ALL) as session:
        return int(session.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def last_backup(settings: Settings) -> last_done.Done | None:
    """The last backup that was made here, wherever it was written, or that lies in the folder for them."""
    noted = last_done.last(settings.data, "backup")
    try:
        lying = [(file.stat(), file) for file in (settings.data / "backups").glob("*.zip")]
    except OSError:
        lying = []
    found = [noted] if noted else []
    for one, file in lying:
        found.append(last_done.Done(at=datetime.fromtimestamp(one.st_mtime, UTC), where=str(file), size=one.st_size))
    return max(found, key=lambda one: one.at, default=None)


# Questions


def _schema(version: str | None) -> Answer:
    newest = known_schemas()[-1]
    if version is None:
        return _closed("schema", "empty", N_("The database is empty. Run: lanzarote run"))
    values = {"version": version, "newest": newest}
    if version not in known_schemas():
        told = N_("The database has schema %(version)s, of a newer platform. Install the newer platform.")
        return _closed("schema", "newer", told, values)
    if version != newest:
        told = N_(
            "The database has schema %(version)s, older than %(newest)s. Stop the site and run: lanzarote upgrade"
        )
        return _closed("schema", "outdated", told, values)
    return Answer(about="schema", told=N_("The database has the newest schema, %(version)s."), values=values)


def _jobs(instance: Instance, found: Work, *, serving: bool) -> Answer:
    if serving and not instance.worker.moves:
        return _closed("jobs", "stuck", N_("Nothing that waits is being done. Start the site again."))
    if found.failing:
        told = N_("%(topic)s failed %(attempts)s times and is tried again: %(fault)s")
        values = {"topic": found.fault_topic, "attempts": found.fault_attempts, "fault": found.last_fault}
        return Answer(about="jobs", word="failing", state="bad", told=told, values=values)
    if found.overdue:
        told = N_("Jobs waiting: %(waiting)s, the oldest since %(since)s. Start the site: lanzarote run")
        values = {"waiting": found.waiting, "since": found.oldest}
        return Answer(about="jobs", word="overdue", state="bad", told=told, values=values)
    return Answer(about="jobs", told=N_("Jobs waiting: %(waiting)s."), values={"waiting": found.waiting})


def _replica(instance: Instance, *, serving: bool) -> Iterator[Answer]:
    """A standby that answers readers, if there is one."""
    database = instance.database
    if database.replica is None:
        return
    state = database.replica.look(database.reached) if serving else _caught_up(database)
    told = {
        "ok": N_("The read replica has all that the database has."),
        "behind": N_("The read replica is behind. Until it has caught up, the database itself answers readers."),
        "away": N_("The read replica does not answer. Look at LANZAROTE_REPLICA_URL; the database answers readers."),
        "unused": N_("The read replica is not asked while notices of the database cannot be heard."),
        "other": N_("LANZAROTE_REPLICA_URL leads to no standby of the database. Name one, or remove the setting."),
    }[state]
    yield Answer(about="replica", word=state, state="ok" if state == "ok" else "bad", told=told)


def _caught_up(database: Database) -> str:
    """How the replica is, once it had the time to replay what was written just now."""
    replica = database.replica
    assert replica is not None
    with database.engine.connect() as connection:
        reached = Reached.now(connection.connection.driver_connection)
    for _ in range(REPLAYING):
        if replica.look(reached) != "behind":
            break
        time.sleep(0.1)
    return replica.look(reached)


def _mail(instance: Instance, found: Work) -> Answer:
    settings = instance.settings
    with instance.database.read(ALL) as session:
        unreachable = Job.fault.startswith(sending.Unreachable.__name__)
        waits = session.scalar(select(Job.id).where(unreachable).limit(1)) is not None
    if waits:
        told = N_("The mail server does not answer. E-mails wait and are tried again.")
        return Answer(about="mail", word="unreachable", state="bad", told=told)
    if found.mails_failing:
        told = N_("E-mails that could not be sent and are tried again: %(number)s.")
        return Answer(about="mail", word="failing", state="bad", told=told, values={"number": found.mails_failing})
    if settings.smtp:
        return Answer(about="mail", told=N_("E-mails go through the mail server."))
    values = {"folder": str(sending.folder(settings))}
    if settings.local:
        return Answer(about="mail", told=N_("E-mails are saved to %(folder)s."), values=values)
    told = N_("No mail server is named: e-mails are saved to %(folder)s. Set LANZAROTE_SMTP.")
    return Answer(about="mail", word="unsent", state="bad", told=told, values=values)


def _clock(instance: Instance) -> Answer:
    """Whether this machine and that of the database agree on what time it is; nobody here can ask a third."""
    here = datetime.now(UTC)
    if instance.database.sqlite:
        there = max(here, _written_at(instance.settings))  # nobody writes tomorrow
    else:
        with instance.database.read(ALL) as session:
            there = session.scalar(select(func.clock_timestamp())) or here
    if abs(there - here) > WRONG_CLOCK:
        told = N_("It is %(here)s here and %(there)s for the database. Set the time of the machine.")
        return Answer(about="clock", word="wrong", state="bad", told=told, values={"here": here, "there": there})
    return Answer(about="clock", told=N_("This machine and the database agree on the time."))


def _folder(settings: Settings) -> Answer:
    place = _existing(settings.data)
    values = {"folder": str(settings.data)}
    try:
        with TemporaryFile(dir=place):
            return Answer(about="folder", told=N_("The data folder is %(folder)s."), values=values)
    except OSError as error:
        told = N_("Nothing can be written to %(folder)s (%(why)s). Change its owner or rights, or set LANZAROTE_DATA.")
        values = {"folder": str(place), "why": error.strerror or ""}
        return Answer(about="folder", word="read-only", state="bad", told=told, values=values)


def _disk(settings: Settings) -> Answer:
    try:
        found = room(settings)
    except OSError:
        found = Room(free=0, total=0, database=0)
    if not found.total:
        return Answer(
            about="disk", word="unknown", state="note", told=N_("The system does not report how much is free.")
        )
    values = {"free": Size(found.free), "total": Size(found.total)}
    if found.free < LEAST_ROOM + found.database:
        told = N_("Only %(free)s of %(total)s are free where the data is. Make room.")
        return Answer(about="disk", word="full", state="bad", told=told, values=values)
    return Answer(about="disk", told=N_("%(free)s of %(total)s are free where the data is."), values=values)


def _backups(settings: Settings) -> Answer:
    found, failed = last_backup(settings), last_done.last(settings.data, "failed-backup")
    if failed and (found is None or failed.at > found.at):
        told = N_("The last backup failed: %(at)s, %(why)s. To make one: lanzarote backup")
        return Answer(
            about="backups", word="failed", state="bad", told=told, values={"at": failed.at, "why": failed.why}
        )
    if found is None:
        told = N_("No backup was made here yet. To make one: lanzarote backup")
        return Answer(about="backups", word="none", state="note", told=told)
    values = {"at": found.at, "file": found.where}
    if datetime.now(UTC) - found.at > OLD_BACKUP:
        told = N_("The last backup is old: %(at)s, %(file)s. To make one: lanzarote backup")
        return Answer(about="backups", word="old", state="note", told=told, values=values)
    return Answer(about="backups", told=N_("Last backup: %(at)s, %(file)s."), values=values)


def _secrets(settings: Settings) -> Iterator[Answer]:
    for file in settings.said.open_files:
        told = N_("Everybody on this machine can read %(file)s, which holds a secret. Run: chmod o-rwx %(files)s")
        yield _open(told, file, shlex.quote(file))
    if settings.sqlite and os.name == "posix":
        # Drafts and replies are nobody else's; a file that was copied here may have become everybody's.
        file = settings.database_url.removeprefix("sqlite:///")
        parts = [part for part in (file, f"{file}-wal", f"{file}-shm") if os.path.exists(part)]
        if shown := [part for part in parts if os.stat(part).st_mode & 0o077]:
            told = N_("Others on this machine can read %(file)s, with drafts and replies. Run: chmod 600 %(files)s")
            yield _open(told, file, shlex.join(shown))


def _address(settings: Settings) -> Iterator[Answer]:
    if not settings.local and not settings.base_url:
        told = N_("Links in e-mails need the address of the site. Set LANZAROTE_BASE_URL.")
        yield Answer(about="address", word="unknown", state="bad", told=told)


def _sign_in(instance: Instance) -> Iterator[Answer]:
    """Of institutions' accounts, if there are any; providers themselves are asked by ``doctor`` alone."""
    if not instance.host.identity_providers:
        return
    failed = last_done.last(instance.settings.data, "failed-sign-in")
    if failed and datetime.now(UTC) - failed.at < TOLD_OF_SIGN_IN:
        told = N_("%(provider)s could not be used to sign in: %(at)s. To see why: lanzarote doctor")
        values = {"provider": failed.where, "at": failed.at}
        yield Answer(about="sign-in", word="failed", state="bad", told=told, values=values)
    else:
        yield Answer(about="sign-in", told=N_("No provider of an institution failed at the last sign-in."))


def _open(told: str, file: str, files: str) -> Answer:
    return Answer(about="secrets", word="open", state="bad", told=told, values={"file": file, "files": files})


def _closed(about: str, word: str, told: str, values: Mapping[str, Any] | None = None) -> Answer:
    return Answer(about=about, word=word, state="bad", told=told, values=values or {}, closes=True)


def _existing(place: Path) -> Path:
    return next(one for one in (place, *place.parents) if os.path.exists(one))


def _file_size(settings: Settings) -> int:
    if not settings.sqlite:
        return 0
    file = settings.database_url.removeprefix("sqlite:///")
    return sum(os.path.getsize(part) for part in (file, f"{file}-wal") if os.path.exists(part))


def _written_at(settings: Settings) -> datetime:
    return datetime.fromtimestamp(os.path.getmtime(settings.database_url.removeprefix("sqlite:///")), UTC)


def _plain(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else value
