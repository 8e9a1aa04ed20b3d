"""Mails while they are written; those to a service of an organisation, with a link that works once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lanzarote.accounts.answer_links import make
from lanzarote.mail.sending import Mail, send
from lanzarote.translation import pick, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.accounts.answer_links import Errand
    from lanzarote.instance import Instance
    from lanzarote.mail.sending import Attachment
    from lanzarote.store.database import Database
    from lanzarote.translation import Translator
    from lanzarote.types import RegionHeader, Text

    Payload = Mapping[str, Any]
    Write = Callable[[Instance, Session, Payload], Mail | None]


def handlers(instance: Instance, written: Mapping[str, Write]) -> dict[str, Callable[[Database, Payload], None]]:
    """What the outbox does with each kind of mail; what is written may be nothing, when nothing is asked by then."""
    return {topic: partial(_deliver, instance, write) for topic, write in written.items()}


def _deliver(instance: Instance, write: Write, database: Database, payload: Payload) -> None:
    if payload["region"] not in instance.headers():
        return
    with database.write(payload["region"]) as session:
        mail = write(instance, session, payload)
    if mail is not None:
        send(instance.settings, mail)


class MailText:
    """A mail while it is written: translated paragraphs, signed with who runs the site."""

    def __init__(self, instance: Instance, lang: str, translator: Translator, payload: Payload, to: str) -> None:
        self._instance, self.lang, self._to = instance, lang, to
        self._event_id: str = payload["event_id"]
        self.translator, self._ = translator, translator.gettext
        self._paragraphs: list[str] = []
        self._about: list[str] = []

    def say(self, text: str, **values: str) -> None:
        """Add a paragraph, translated."""
        self.line(self._(text) % values if values else self._(text))

    def line(self, text: str) -> None:
        self._paragraphs.append(text)

    def address(self, *parts: str) -> str:
        path = "/".join(quote(part, safe="") for part in parts)
        return f"{self._instance.public_address}/{path}"

    def mail(self, subject: str, *attachments: Attachment, **values: str) -> Mail:
        said = self._(subject) % values if values else self._(subject)
        signed = [self._instance.settings.operator, self._instance.public_address]
        return Mail(
            to=self._to,
            subject=plain(said),
            text="\n\n".join((*self._paragraphs, "-- \n" + "\n".join(filter(None, signed)))) + "\n",
            language=getattr(said, "lang", self.lang),
            id=self._event_id,
            about=tuple(dict.fromkeys(self._about)),
            attachments=attachments,
        )


class Letter(MailText):
    """A mail to a service of an organisation, in the first language of its region."""

    def __init__(self, instance: Instance, header: RegionHeader, payload: Payload, *, to: str) -> None:
        lang = header.languages[0]
        super().__init__(instance, lang, instance.translations.translator(lang, header.id), payload, to)
        self._header = header

    @property
    def region(self) -> str:
        """The name of the region."""
        return self.said(self._header.name)

    def said(self, texts: Text) -> str:
        return pick(texts, self.lang, order=self._header.languages)[0]

    def link(self, session: Session, errand: Errand, place: str, *, at: datetime) -> None:
        """Make the link, and add the address of its page."""
        self.line(self.address(self.lang, self._header.id, place, make(session, errand, at=at)))
