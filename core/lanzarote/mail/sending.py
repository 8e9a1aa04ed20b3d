"""E-mails: plain text, in the reader's language, sent by SMTP, or saved in a folder where no SMTP server is named."""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email import policy
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from lanzarote.configuration.settings import PLATFORM
from lanzarote.errors import LanzaroteError
from lanzarote.mail.faults import explain
from lanzarote.records.records import now
from lanzarote.runtime import last_done

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.configuration.settings import Settings
    from lanzarote.mail.faults import Why

SECONDS: Final = 20
"""How long a mail server may keep us waiting for one answer."""
MOST_SECONDS: Final = 60
"""How long one e-mail may take: a server can answer in time and never end."""

READY: Final = 220
"""What a server says that takes e-mails."""


class NotSent(LanzaroteError):
    """The mail server did not take the e-mail; it is tried again."""

    why: Why | None = None
    """For who can mend it."""


class Unreachable(NotSent):
    """The mail server does not answer, too slowly, or takes nobody in: it would take no other e-mail either."""


class Attachment(Struct, frozen=True, kw_only=True):
    """A file that goes with an e-mail."""

    name: str
    media_type: str
    """Such as ``text/calendar``; what is sent is UTF-8."""
    content: bytes
    method: str = ""
    """What a calendar is asked to do (RFC 5546): it is then beside the text too, where mail programs look."""


class Mail(Struct, frozen=True, kw_only=True):
    to: str
    subject: str
    text: str
    language: str
    id: str
    """The same whenever the same e-mail is tried again, so that it is shown once."""
    about: tuple[str, ...] = ()
    """Ids of the accounts whose name or address it holds."""
    attachments: tuple[Attachment, ...] = ()
    unsubscribe: str = ""
    """Address at which e-mails like this one are ended with one click (RFC 8058), if they can be."""


class Letter(Struct, frozen=True, kw_only=True):
    """An e-mail in the folder; its name says whom it is about, so that nobody has to open it."""

    path: Path
    about: frozenset[str]
    laid_at: datetime


def send(settings: Settings, mail: Mail, *, within: float = 0) -> None:
    """Send *mail*, or save it in the folder; *within* so many seconds (default: MOST_SECONDS). Raises NotSent."""
    message = _message(settings, mail)
    if not settings.smtp:
        _lay(folder(settings), mail, message)
        last_done.note(settings.data, "e-mail", where=str(folder(settings)))
        return
    server = urlsplit(settings.smtp)
    try:
        connection = _connection(server.scheme)
        with _ended_after(within or MOST_SECONDS, connection), connection:
            _connect(connection, server.scheme, server.hostname or "", server.port)
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        # Its text may hold the address or the password.
        told = f"the mail server {server.hostname} did not take a mail ({type(error).__name__})"
        if isinstance(error, smtplib.SMTPNotSupportedError) and server.scheme == "smtp":
            told += "; it offers no STARTTLS: use smtps://, or smtp+plain:// for a relay inside your own network"
        gone = (smtplib.SMTPServerDisconnected, smtplib.SMTPConnectError)
        away = isinstance(error, gone) or not isinstance(error, smtplib.SMTPException)
        not_sent = (Unreachable if away else NotSent)(told)
        not_sent.why = explain(error, settings, sender_of(settings))
        raise not_sent from None
    last_done.note(settings.data, "e-mail", where=server.hostname or "")


def folder(settings: Settings) -> Path:
    """Where e-mails are saved when no mail server is named."""
    return settings.data / "mail"


def letters(settings: Settings) -> list[Letter]:
    """What is in the folder, half-written letters too."""
    found = []
    with suppress(FileNotFoundError):  # the folder, or a letter that was taken away just now
        for path in folder(settings).iterdir():
            laid_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            found.append(Letter(path=path, about=frozenset(path.name.split(".")), laid_at=laid_at))
    return found


def _connection(scheme: str) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(timeout=SECONDS, context=ssl.create_default_context())
    return smtplib.SMTP(timeout=SECONDS)


def _connect(connection: smtplib.SMTP, scheme: str, host: str, port: int | None) -> None:
    connection._host = host  # type: ignore[attr-defined]  # whom the certificate has to name
    code, said = connection.connect(host, port or (465 if scheme == "smtps" else 587))
    if code != READY:
        raise smtplib.SMTPConnectError(code, said)
    if scheme == "smtp":
        connection.starttls(context=ssl.create_default_context())


@contextmanager
def _ended_after(seconds: float, connection: smtplib.SMTP) -> Iterator[None]:
    """End *connection* if what is done inside takes longer: a server that sends a byte now and then never times out.

    Raises TimeoutError.
    """
    done, late = Event(), Event()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            late.set()
            wait = 1.0  # again, should it just have been between plain text and TLS
            with suppress(OSError, TypeError):
                socket.shutdown(connection.sock, SHUT_RDWR)  # type: ignore[arg-type]  # that of TLS would wait for the server

    Thread(target=watch, name="lanzarote-mail", daemon=True).start()
    try:
        yield
    except OSError as error:
        if late.is_set():  # half an answer is no answer
            raise TimeoutError from error
        raise
    finally:
        done.set()


class _Address(UnstructuredHeader, BaseHeader):
    """A header that holds one long address: in one piece, or programs do not know it again."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject whose blanks stay: Python's own folding loses one between two words that are not ASCII."""

    def fold(self, *, policy: Any) -> str:
        text = Header(str(self), None if str(self).isascii() else "utf-8", header_name=self.name)
        return f"{self.name}: {text.encode(linesep=policy.linesep)}{policy.linesep}"


def sender_of(settings: Settings) -> str:
    return settings.mail_from or "lanzarote@localhost"


def _policy() -> policy.EmailPolicy[EmailMessage]:
    headers = HeaderRegistry()
    headers.map_to_type("list-unsubscribe", _Address)
    headers.map_to_type("subject", _Subject)
    return policy.default.clone(header_factory=headers)


def _message(settings: Settings, mail: Mail) -> EmailMessage:
    message = EmailMessage(_policy())
    sender = sender_of(settings)
    name = settings.name if settings.name != PLATFORM else ""
    message["From"] = Address(name, *sender.rsplit("@", 1))
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text, cte="quoted-printable")
    message["Content-Language"] = mail.language  # setting the content takes away what was said of it
    for one in mail.attachments:
        if one.method:
            message.add_alternative(one.content.decode(), subtype="calendar", params={"method": one.method})
    for one in mail.attachments:
        main, _, kind = one.media_type.partition("/")
        params = {"charset": "utf-8"} if main == "text" else {}
        message.add_attachment(one.content, maintype=main, subtype=kind, filename=one.name, params=params)
    return message


def _lay(place: Path, mail: Mail, message: EmailMessage) -> None:
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = ".".join((mail.id, *mail.about))
        part = place / f".{name}"
        part.touch(mode=0o600)
        part.write_bytes(bytes(message))
        part.replace(place / f"{now():%Y%m%d-%H%M%S}-{name}.eml")
    except OSError as error:
        raise NotSent(f"no e-mail can be saved to {place}: {error.strerror}") from None
