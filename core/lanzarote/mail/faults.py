"""Why a mail server did not take an e-mail: in words for who can mend it, and in the server's own, without secrets."""

from __future__ import annotations

import smtplib
import socket
import ssl
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from lanzarote.translation.catalogues import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.configuration.settings import Settings

LONGEST: Final = 300
NOBODY: Final = N_("No mail server is called %(host)s. Check LANZAROTE_SMTP.")
CLOSED: Final = N_("%(host)s takes no connections on port %(port)s. Check LANZAROTE_SMTP.")
SILENT: Final = N_("%(host)s did not answer in time. Check LANZAROTE_SMTP, and whether a firewall is between.")
NO_TLS: Final = N_(
    "%(host)s offers no STARTTLS. Write smtps:// in LANZAROTE_SMTP, or smtp+plain:// for a relay in your own network."
)
CERTIFICATE: Final = N_(
    "No secure connection to %(host)s: its certificate does not fit, or it speaks another protocol."
)
PASSWORD: Final = N_("%(host)s refuses the user name or the password in LANZAROTE_SMTP.")
SENDER: Final = N_("%(host)s takes no e-mails from %(sender)s. Check LANZAROTE_MAIL_FROM.")
READER: Final = N_("%(host)s takes no e-mails for this address.")
OTHER: Final = N_("%(host)s did not take the e-mail.")


class Why(Struct, frozen=True, kw_only=True):
    """Why an e-mail was not sent."""

    told: str
    """In English, with places for *values*."""
    values: Mapping[str, Any]
    said: str = ""
    """What the server said, or the system; untranslated."""


def explain(error: Exception, settings: Settings, sender: str) -> Why:
    server = urlsplit(settings.smtp)
    port = server.port or (465 if server.scheme == "smtps" else 587)
    values = {"host": server.hostname or "", "port": str(port), "sender": sender}
    return Why(told=_told(error), values=values, said=_without_secrets(_said(error), settings.smtp))


def _told(error: Exception) -> str:
    for kinds, told in _KINDS:
        if isinstance(error, kinds):
            return told
    return OTHER


_KINDS: Final[tuple[tuple[type[Exception] | tuple[type[Exception], ...], str], ...]] = (
    (socket.gaierror, NOBODY),
    (ConnectionRefusedError, CLOSED),
    (TimeoutError, SILENT),
    (ssl.SSLError, CERTIFICATE),
    (smtplib.SMTPNotSupportedError, NO_TLS),
    (smtplib.SMTPAuthenticationError, PASSWORD),
    (smtplib.SMTPSenderRefused, SENDER),
    (smtplib.SMTPRecipientsRefused, READER),
)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(error.recipients.values()))
        return f"{code} {_text(words)}"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    if isinstance(error, OSError) and not isinstance(error, smtplib.SMTPException):
        return error.strerror or ""
    return str(error)


def _text(words: object) -> str:
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _without_secrets(said: str, smtp: str) -> str:
    """*said* in one line; user name and password are left out in whatever form they were sent."""
    server = urlsplit(smtp)
    user, password = unquote(server.username or ""), unquote(server.password or "")
    plain = [password, user]
    sent = [b64encode(text.encode()).decode() for text in (f"\0{user}\0{password}", password, user)]
    said = " ".join("".join(sign if sign.isprintable() else " " for sign in said).split())
    for secret in filter(None, (*sent, *plain)):
        said = said.replace(secret, "…")
    return said[:LONGEST]
