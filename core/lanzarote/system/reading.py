"""The state of the system, gathered once for the page and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from lanzarote import __version__, health, lately, mail
from lanzarote.database import ALL, schema_version
from lanzarote.setting_sources import DEFAULT, PREFIX, Source
from lanzarote.settings import in_force

if TYPE_CHECKING:
    from lanzarote.instance import Instance
    from lanzarote.settings import Settings


class Setting(Struct, frozen=True, kw_only=True):
    """A setting in force."""

    name: str
    value: str
    """Empty: none; without passwords. Of a setting of a package, never its value."""
    source: Source


class System(Struct, frozen=True, kw_only=True):
    version: str
    answers: tuple[health.Answer, ...]
    engine: str
    """The program of the database, with its version."""
    schema: str
    database_size: int
    """In bytes."""
    work: health.Work
    mail_server: str
    """Empty: e-mails are saved to ``mail_folder``."""
    mail_folder: str
    mail_from: str
    last_mail: lately.Done | None
    last_backup: lately.Done | None
    packages: int
    settings: tuple[Setting, ...]


def read(instance: Instance) -> System:
    settings = instance.settings
    with instance.database.read(ALL) as session:
        work = health.work(session, instance.mail_topics)
    return System(
        version=__version__,
        answers=tuple(health.ask(instance)),
        engine=health.engine(instance),
        schema=schema_version(instance.database) or "",
        database_size=health.database_size(instance),
        work=work,
        mail_server=_server(settings),
        mail_folder=str(mail.folder(settings)),
        mail_from=mail.sender_of(settings),
        last_mail=lately.last(settings, "e-mail"),
        last_backup=health.last_backup(settings),
        packages=len(instance.host.looked_at),
        settings=tuple(_settings(settings)),
    )


def _server(settings: Settings) -> str:
    """How the mail server is reached, without user name and password."""
    server = urlsplit(settings.smtp)
    port = f":{server.port}" if server.port else ""
    return f"{server.scheme}://{server.hostname}{port}" if settings.smtp else ""


def _settings(settings: Settings) -> list[Setting]:
    said = settings.said
    found = [
        Setting(name=f"{PREFIX}{name}", value=value, source=said.source(name))
        for name, value in in_force(settings).items()
    ]
    of_packages = (name.removeprefix(PREFIX) for name in said.of_packages)
    found += [Setting(name=f"{PREFIX}{name}", value="…", source=said.source(name)) for name in of_packages]
    return sorted(found, key=lambda one: one.source == DEFAULT)
