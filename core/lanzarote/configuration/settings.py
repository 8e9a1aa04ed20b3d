"""Settings, read once from the environment and from files; each error names where it was said and the way out."""

from __future__ import annotations

import os
import re
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from lanzarote import guard
from lanzarote.configuration.sources import PREFIX, WHOLLY_SECRET, Said, Source, gather, masked
from lanzarote.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

PLATFORM = "Lanzarote"
"""What an instance is called that has no name of its own."""
LONGEST_NAME = 40
LONGEST_PERIOD = 36_500
"""Days for which something can be kept: a hundred years."""
PERIODS = ("KEEP_ACCOUNTS", "KEEP_INVITATIONS", "KEEP_UNSAVED", "KEEP_MESSAGES", "KEEP_UPGRADE_BACKUPS")
_PATH = re.compile(r"(/[A-Za-z0-9][A-Za-z0-9._~-]*)*")
_OWN_PATHS = re.compile(r"/(account|api|embed|health|metrics|oembed|sitemap|static|[a-z]{2}(-[A-Za-z0-9]+)*)(/|$)")
"""How pages of the site begin: whether a proxy left the path in or took it off could not be seen."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{20,}")
_ADDRESS = re.compile(r"[^\s@/<>,;:]+@[\w-]+(\.[\w-]+)+")


class Settings(Struct, frozen=True, kw_only=True):
    """What each of them is, is said in `NAMES`; what is empty is not said."""

    data: Path
    database_url: str
    direct_url: str = ""
    replica_url: str = ""
    regions: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    port: int = 8400
    base_url: str = ""
    name: str = PLATFORM
    mark: str = ""
    accent: str = ""
    accent_dark: str = ""
    operator: str = ""
    contact: str = ""
    smtp: str = ""
    mail_from: str = ""
    cache: bool = True
    office: bool = False
    offices_nearby: bool = False
    safe_mode: bool = False
    in_process: bool = False
    log_format: Literal["text", "json"] = "text"
    access_log: bool = False
    metrics: str = ""
    metrics_token: str = ""
    demo: bool = False
    keep_accounts: int = 730
    keep_invitations: int = 90
    keep_unsaved: int = 180
    keep_messages: int = 365
    keep_upgrade_backups: int = 365
    said: Said = Said()

    @property
    def local(self) -> bool:
        """Reached from this machine alone."""
        return is_loopback(self.host) and (not self.base_url or is_loopback(_host(self.base_url)))

    @property
    def base_path(self) -> str:
        """Where on its host the public finds the instance, such as ``/lanzarote``; empty: at the root."""
        return urlsplit(self.base_url).path

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def database_setting(self) -> str:
        """The variable that says where the database is."""
        return f"{PREFIX}DATA" if self.database_url == _file_in(self.data) else f"{PREFIX}DATABASE_URL"


NAMES = {
    "DATA": "folder for the database (default: .lanzarote in the current folder)",
    "DATABASE_URL": "sqlite:///path/to/file or postgresql://user@host/name (default: a file in DATA)",
    "DIRECT_URL": "PostgreSQL itself, to hear its notices, where DATABASE_URL leads to a pooler such as PgBouncer "
    "(default: DATABASE_URL)",
    "REPLICA_URL": "a streaming standby of the PostgreSQL database, which answers readers who are not signed in "
    "(default: none)",
    "REGIONS": "regions to serve, separated by commas (default: those enabled in the database)",
    "HOST": "address to listen on (default: 127.0.0.1)",
    "PORT": "port to listen on (default: 8400)",
    "BASE_URL": "public address of the instance, such as https://lanzarote.example.org or https://example.org/lanzarote",
    "NAME": "name of the instance, in the head of pages, in feeds and as sender of e-mails (default: Lanzarote)",
    "MARK": "SVG or PNG picture before the name, such as /etc/lanzarote/mark.svg (default: the platform's)",
    "ACCENT": "colour of links and buttons, such as #0b5766; it must be readable (WCAG 2.2) (default: the platform's)",
    "ACCENT_DARK": "the same on dark pages (default: the nearest to ACCENT that can be read there)",
    "OPERATOR": "organisation that runs the instance, named at the foot of pages and in the legal notice",
    "CONTACT": "role e-mail address or https:// page for legal, accessibility and security questions (pages and "
    "/.well-known/security.txt name it)",
    "SMTP": "mail server: smtps://user:password@host (TLS), smtp:// (STARTTLS) or smtp+plain:// (a relay without TLS) "
    "(default: e-mails are saved to DATA/mail)",
    "MAIL_FROM": "role address that mails come from, such as lanzarote@example.org",
    "CACHE": "on or off: keep unchanged public answers in memory (default: on)",
    "OFFICE": "on or off: be a central office, which receives and compares the results of regions (default: off)",
    "OFFICES_NEARBY": "on or off: let regions send results into networks too, to this machine or beside it "
    "(default: as DEMO)",
    "SAFE_MODE": "on or off: leave out every package that does not come with the platform (default: off)",
    "IN_PROCESS": "on or off: run packages in the process of the site, to debug one that you write (default: off)",
    "LOG_FORMAT": "text or json: how lines of the log are written, to standard error (default: text)",
    "ACCESS_LOG": "on or off: log a line for each answer, without addresses of readers (default: off)",
    "METRICS": "port, or address and port, where Prometheus reads metrics, such as 9400 or 10.0.0.5:9400 "
    "(default: none; a port alone: on 127.0.0.1)",
    "METRICS_TOKEN": "secret that Prometheus sends as its bearer token; without METRICS, /metrics answers on PORT "
    "(default: none)",
    "DEMO": "on or off: make accounts to try everything out with, on this machine alone (default: off)",
    "KEEP_ACCOUNTS": "days after which `lanzarote retention --apply` closes an account that nobody uses "
    "(default: 730; 0: never)",
    "KEEP_INVITATIONS": "days after which it closes an invitation that nobody took (default: 90; 0: never)",
    "KEEP_UNSAVED": "days after which it removes text that was typed and never saved (default: 180; 0: never)",
    "KEEP_MESSAGES": "days after which it empties and closes a message of a reader that no team has answered "
    "(default: 365; 0: never)",
    "KEEP_UPGRADE_BACKUPS": "days after which it removes a backup that an upgrade made (default: 365; 0: never)",
}


def read_settings(environ: Mapping[str, str] | None = None, **overrides: object) -> Settings:
    """Read settings from *environ*, and from the files that it names; *overrides* that are not None win.

    Default: the environment of the process, and the settings file of the machine. Raises SettingError for what is
    unknown or cannot be used.
    """
    given, said = gather(os.environ if environ is None else environ, NAMES, machine=environ is None)
    said = _with_command_line(said, overrides)
    try:
        return _read(given, said, overrides)
    except SettingError as error:
        raise SettingError(said.in_its_words(str(error))) from None


def _with_command_line(said: Said, overrides: Mapping[str, object]) -> Said:
    chosen = {name.upper(): Source("command line") for name, value in overrides.items() if value is not None}
    return replace(said, sources={**said.sources, **chosen})


def _read(given: Mapping[str, str], said: Said, overrides: Mapping[str, object]) -> Settings:
    data = _folder(Path(given.get("DATA") or ".lanzarote").absolute())
    values: dict[str, object] = {
        "data": data,
        "database_url": _database_url(given.get("DATABASE_URL") or _file_in(data)),
    }
    for name, read in _READ.items():
        if text := given.get(name):
            values[name.lower()] = read(text)
    values |= {
        "mail_from": _mail_from(given.get("MAIL_FROM", ""), needed=bool(given.get("SMTP"))),
        "metrics": _metrics(given.get("METRICS", ""), token=given.get("METRICS_TOKEN", "")),
        "offices_nearby": _switch("OFFICES_NEARBY", given.get("OFFICES_NEARBY") or given.get("DEMO") or "off"),
    }
    values["said"] = said
    values.update({name: value for name, value in overrides.items() if value is not None})
    if "port" in values:
        values["port"] = _port(str(values["port"]))
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.sqlite:
        _refuse_folder(settings)
        if more := next((name for name in ("DIRECT_URL", "REPLICA_URL") if given.get(name)), ""):
            raise SettingError(
                f"{PREFIX}{more} is for PostgreSQL, but the database is a file; "
                f"set {PREFIX}DATABASE_URL to postgresql://user@host/name, or take {PREFIX}{more} away."
            )
    if settings.demo and not settings.local:
        raise SettingError(
            f"{PREFIX}DEMO is on, but others than this machine can reach {settings.base_url or settings.host}; "
            "demo accounts are for trying out at home. Set it to off."
        )
    return settings


def in_force(settings: Settings) -> dict[str, str]:
    """Each setting as it counts, by name, as it would be said in the environment; without passwords."""
    shown = {name: _shown(getattr(settings, name.lower())) for name in NAMES}
    return shown | {name: "…" for name in WHOLLY_SECRET if shown[name]}


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return ",".join(value) if isinstance(value, tuple) else masked(str(value))


def read_only(settings: Settings) -> str:
    """What of the database's place this user cannot write to, and the way out; empty when nothing.

    SQLite writes beside its file as well: even to read, it wants the folder.
    """
    if not settings.sqlite:
        return ""
    file = Path(settings.database_url.removeprefix("sqlite:///")).absolute()
    folder = next((place for place in file.parents if os.path.exists(place)), file.parent)
    for place in (folder, file):
        if os.path.exists(place) and not os.access(place, os.W_OK):
            return f"{place} is read-only for this user; change its owner or rights, or set {settings.database_setting}"
    return ""


def _refuse_folder(settings: Settings) -> None:
    file = Path(settings.database_url.removeprefix("sqlite:///")).absolute()
    if os.path.isdir(file):
        named = f"sqlite:///{file / 'lanzarote.sqlite'}"
        raise SettingError(f"{file} is a folder, not a database; set {PREFIX}DATABASE_URL to a file, such as {named}.")
    if place := next((place for place in file.parents if os.path.exists(place) and not os.path.isdir(place)), None):
        raise SettingError(f"{settings.database_setting} says {file}, but {place} is a file; name a file in a folder.")


def _file_in(data: Path) -> str:
    return f"sqlite:///{data / 'lanzarote.sqlite'}"


def _folder(path: Path) -> Path:
    for place in (path, *path.parents):
        if os.path.exists(place) and not os.path.isdir(place):
            raise SettingError(f"{PREFIX}DATA is {str(path)!r}, but {place} is a file; name a folder.")
    return path


def _name(text: str) -> str:
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise SettingError(f"{PREFIX}NAME is {text[:80]!r}; give a name of at most {LONGEST_NAME} characters.")
    return text


def _mark(text: str) -> str:
    if not text:
        return ""
    from lanzarote.configuration.look import read_mark  # only now, as below: few commands show anything

    read_mark(path := Path(text).absolute())
    return str(path)


def _colour(name: str, text: str) -> str:
    if not text:
        return ""
    from lanzarote.configuration.look import read_colour

    return read_colour(name, text, "dark" if name.endswith("DARK") else "light")


def _contact(text: str) -> str:
    if not text or (text.startswith("https://") and not re.search(r"\s", text) and _host(text)):
        return text
    if not _ADDRESS.fullmatch(text):
        raise SettingError(
            f"{PREFIX}CONTACT is {text!r}; give an e-mail address such as contact@example.org, or an https:// page."
        )
    if any(concern.hard for concern in guard.check_text(text, guesses=False)):
        # Not repeated here: it may be somebody's own address, and errors end up in logs.
        raise SettingError(
            f"{PREFIX}CONTACT looks like the e-mail address of a person, and it is shown to everybody; "
            "give that of a role, such as contact@example.org."
        )
    return text


def _host(url: str) -> str:
    """The host of *url*; empty when there is none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_loopback(host: str) -> bool:
    """Whether only this machine is reached at *host*.

    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("0.0.0.0"), is_loopback("example.org")
    (True, True, False, False)
    """
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _database_url(url: str) -> str:
    if url.startswith("sqlite:///"):
        if url.removeprefix("sqlite:///") in ("", ":memory:") or "?" in url:
            raise SettingError(f"{PREFIX}DATABASE_URL is {url!r}; name a file, such as sqlite:///path/to/file.")
        return url
    if found := _as_postgres(url):
        return found
    raise SettingError(
        f"{PREFIX}DATABASE_URL starts with {url.split(':', maxsplit=1)[0]!r}; "
        "use sqlite:///path/to/file or postgresql://user@host/name."
    )


def _as_postgres(url: str) -> str:
    """*url* as SQLAlchemy takes it; empty when it leads to no PostgreSQL."""
    for scheme in ("postgresql+psycopg://", "postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return ""


def _postgres_url(name: str, url: str) -> str:
    if url and not (found := _as_postgres(url)):
        raise SettingError(
            f"{PREFIX}{name} starts with {url.split(':', maxsplit=1)[0]!r}; use postgresql://user@host/name."
        )
    return found if url else ""


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535


def _port(text: str) -> int:
    if _is_port(text):
        return int(text)
    raise SettingError(f"{PREFIX}PORT is {text!r}; a port is a number from 0 to 65535 (0: any free one).")


def _base_url(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:
        usable = False
    if text and not usable:
        raise SettingError(f"{PREFIX}BASE_URL is {text!r}; give an address such as https://lanzarote.example.org.")
    address = text.rstrip("/")
    path = urlsplit(address).path
    if not _PATH.fullmatch(path) or _OWN_PATHS.match(path):
        raise SettingError(
            f"{PREFIX}BASE_URL has the path {path!r}; choose one of letters, digits and hyphens that is no language "
            "and no part of the site, such as https://example.org/lanzarote."
        )
    return address


def _log_format(text: str) -> str:
    if text in ("text", "json"):
        return text
    raise SettingError(f"{PREFIX}LOG_FORMAT is {text!r}; it is either text or json.")


def _metrics(text: str, *, token: str) -> str:
    if not text:
        return ""
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or "127.0.0.1"
    if not _is_port(port) or not (host == "localhost" or _is_ip(host)):
        raise SettingError(
            f"{PREFIX}METRICS is {text!r}; give a port such as 9400, or an address such as 10.0.0.5:9400."
        )
    if not token and not is_loopback(host):
        raise SettingError(
            f"{PREFIX}METRICS is {text!r}, which other machines can reach; set {PREFIX}METRICS_TOKEN as well, "
            f"or let only this machine read metrics: {PREFIX}METRICS=127.0.0.1:{port}."
        )
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _is_ip(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _days(name: str, text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= LONGEST_PERIOD:
        return int(text)
    raise SettingError(f"{PREFIX}{name} is {text!r}; give a number of days, such as 365 (0: without end).")


def _metrics_token(text: str) -> str:
    if text and not _TOKEN.fullmatch(text):
        # Not repeated here: it is a secret.
        raise SettingError(
            f"{PREFIX}METRICS_TOKEN has {len(text)} characters; give at least 20 letters, figures or any of -._~+/=, "
            "such as `openssl rand -hex 32` makes."
        )
    return text


def _smtp(text: str) -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("smtp", "smtps", "smtp+plain") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if text and not usable:
        # Not repeated here: it may hold a password.
        raise SettingError(
            f"{PREFIX}SMTP is no mail server's address; give one such as smtps://user:password@host:465 (TLS), "
            "smtp://user:password@host:587 (STARTTLS) or smtp+plain://host:25 (a relay without TLS)."
        )
    return text


def _mail_from(text: str, *, needed: bool) -> str:
    if text and not _ADDRESS.fullmatch(text):
        raise SettingError(f"{PREFIX}MAIL_FROM is {text!r}; give an e-mail address such as lanzarote@example.org.")
    if needed and not text:
        raise SettingError(f"{PREFIX}SMTP is set, but {PREFIX}MAIL_FROM is not; say whom mails come from.")
    return text


def _switch(name: str, text: str) -> bool:
    if text.lower() in ("on", "yes", "true", "1"):
        return True
    if text.lower() in ("off", "no", "false", "0"):
        return False
    raise SettingError(f"{PREFIX}{name} is {text!r}; it is either on or off.")


_READ: Mapping[str, Callable[[str], object]] = {
    "DIRECT_URL": partial(_postgres_url, "DIRECT_URL"),
    "REPLICA_URL": partial(_postgres_url, "REPLICA_URL"),
    "REGIONS": lambda text: tuple(text.replace(",", " ").split()),
    "HOST": str,
    "PORT": _port,
    "BASE_URL": _base_url,
    "NAME": _name,
    "MARK": _mark,
    "ACCENT": partial(_colour, "ACCENT"),
    "ACCENT_DARK": partial(_colour, "ACCENT_DARK"),
    "OPERATOR": str,
    "CONTACT": _contact,
    "SMTP": _smtp,
    "LOG_FORMAT": _log_format,
    "METRICS_TOKEN": _metrics_token,
    **{name: partial(_switch, name) for name in ("CACHE", "OFFICE", "SAFE_MODE", "IN_PROCESS", "DEMO", "ACCESS_LOG")},
    **{name: partial(_days, name) for name in PERIODS},
}
"""How each is read where nothing else decides it; what is not said has its default."""
