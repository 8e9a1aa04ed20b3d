"""The state of the system, gathered once for the page and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct

from lanzarote import __version__
from lanzarote.configuration.settings import in_force
from lanzarote.configuration.sources import DEFAULT, PREFIX, Source
from lanzarote.mail import sending
from lanzarote.runtime import last_done
from lanzarote.store.database import ALL, schema_version
from lanzarote.web import instance_health

if TYPE_CHECKING:
    from lanzarote.configuration.settings import Settings
    from lanzarote.instance import Instance


class Setting(Struct, frozen=True, kw_only=True):
    """A setting in force."""

    name: str
    value: str
    """Empty: none; without passwords. Of a setting of a package, never its value."""
    source: Source


class System(Struct, frozen=True, kw_only=True):
    version: str
    answers: tuple[instance_health.Answer, ...]
    engine: str
    """The program of the database, with its version."""
    schema: str
    database_size: int
    """In bytes."""
    work: instance_health.Work
    mail_server: str
    """Empty: e-mails are saved to ``mail_folder``."""
    mail_folder: str
    mail_from: str
    last_mail: last_done.Done | None
    last_backup: last_done.Done | None
    packages: int
    settings: tuple[Setting, ...]


def read(instance: Instance) -> System:
    settings = instance.settings
    with instance.database.read(ALL) as session:
        work = instance_health.work(session, instance.rooms.mail_topics)
    return System(
        version=__version__,
        answers=tuple(instance_health.ask(instance)),
        engine=instance_health.engine(instance),
        schema=schema_version(instance.database) or "",
        database_size=instance_health.database_size(instance),
        work=work,
        mail_server=_server(settings),
        mail_folder=str(sending.folder(settings)),
        mail_from=sending.sender_of(settings),
        last_mail=last_done.last(settings.data, "e-mail"),
        last_backup=instance_health.last_backup(settings),
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
