"""API resource of the system, for administrators and for what watches it on their behalf."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec
from msgspec import Struct

from lanzarote.system import reading
from lanzarote.web.resources import Answer, Asked, resource


class Question(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    about: str
    word: str
    """`ok`, or what is wrong, in a word."""
    state: Literal["ok", "note", "bad"]
    told: str
    """In English."""


class WorkItem(Struct, frozen=True, kw_only=True):
    """What waits to be done after a save."""

    waiting: int
    overdue: int
    """For more than an hour."""
    failing: int
    last_error: str


class MailItem(Struct, frozen=True, kw_only=True):
    server: str
    """Empty: e-mails are saved to a folder."""
    sender: str
    last_sent_at: datetime | None
    waiting: int


class BackupItem(Struct, frozen=True, kw_only=True):
    at: datetime
    file: str
    bytes: int


class SettingItem(Struct, frozen=True, kw_only=True):
    name: str
    value: str
    """Without passwords."""
    source: Literal["default", "command line", "environment", "secret file", "settings file"]
    place: str
    """The file and the line."""


class SystemItem(Struct, frozen=True, kw_only=True):
    version: str
    questions: tuple[Question, ...]
    database: str
    """The program, with its version."""
    schema: str
    database_bytes: int
    jobs: WorkItem
    mail: MailItem
    backup: BackupItem | None
    """The last that was made here."""
    settings: tuple[SettingItem, ...]


@resource("/system", tag="System", may="plugin.switch", answers=SystemItem)
def get_system(asked: Asked) -> Answer:
    """How the site is: its database, disk, jobs, e-mail, backups and packages, and the settings in force.

    For administrators of the instance.
    """
    found = reading.read(asked.instance)
    work, backup = found.work, found.last_backup
    told = SystemItem(
        version=found.version,
        questions=tuple(
            Question(about=one.about, word=one.word, state=one.state, told=one.english) for one in found.answers
        ),
        database=found.engine,
        schema=found.schema,
        database_bytes=found.database_size,
        jobs=WorkItem(waiting=work.waiting, overdue=work.overdue, failing=work.failing, last_error=work.last_fault),
        mail=MailItem(
            server=found.mail_server,
            sender=found.mail_from,
            last_sent_at=found.last_mail.at if found.last_mail else None,
            waiting=work.mails,
        ),
        backup=BackupItem(at=backup.at, file=backup.where, bytes=backup.size) if backup else None,
        settings=tuple(
            SettingItem(name=one.name, value=one.value, source=one.source.kind, place=one.source.place)
            for one in found.settings
        ),
    )
    return Answer(msgspec.json.encode(told))
