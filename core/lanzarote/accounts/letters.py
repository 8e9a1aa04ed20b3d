"""Mails to a service of a body: what they share, written in the language of its region, with a link that works once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lanzarote.accounts.answer_links import make
from lanzarote.mail.sending import Mail, send
from lanzarote.translation import pick

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.accounts.answer_links import Errand
    from lanzarote.instance import Instance
    from lanzarote.store.database import Database
    from lanzarote.types import RegionHeader, Text

    Payload = Mapping[str, Any]
    Write = Callable[[Instance, Session, Payload], Mail | None]


def handlers(instance: Instance, written: Mapping[str, Write]) -> dict[str, Callable[[Database, Payload], None]]:
    """What the outbox does with each kind of mail; what is written may be nothing, when nothing is asked any more."""
    return {topic: partial(_deliver, instance, write) for topic, write in written.items()}


def _deliver(instance: Instance, write: Write, database: Database, payload: Payload) -> None:
    if payload["region"] not in instance.headers():
        return
    with database.write(payload["region"]) as session:
        mail = write(instance, session, payload)
    if mail is not None:
        send(instance.settings, mail)


class Letter:
    """A mail while it is written."""

    def __init__(self, instance: Instance, header: RegionHeader, payload: Payload, *, to: str) -> None:
        self._instance, self._header, self._to = instance, header, to
        self._event_id: str = payload["event_id"]
        self._lang = header.languages[0]
        self._ = instance.translations.translator(self._lang, header.id).gettext
        self._paragraphs: list[str] = []

    @property
    def lang(self) -> str:
        return self._lang

    @property
    def region(self) -> str:
        """The name of the region."""
        return self.said(self._header.name)

    def said(self, texts: Text) -> str:
        return pick(texts, self._lang, order=self._header.languages)[0]

    def say(self, text: str, **values: str) -> None:
        """Add a paragraph, translated."""
        self._paragraphs.append(str(self._(text) % values if values else self._(text)))

    def link(self, session: Session, errand: Errand, place: str, *, at: datetime) -> None:
        """Make the link, and add the address of its page."""
        secret = make(session, errand, at=at)
        path = "/".join(quote(part, safe="") for part in (self._lang, self._header.id, place, secret))
        self._paragraphs.append(f"{self._instance.public_address}/{path}")

    def mail(self, subject: str, **values: str) -> Mail:
        signed = [self._instance.settings.operator, self._instance.public_address]
        said = self._(subject)
        return Mail(
            to=self._to,
            subject=str(said % values if values else said),
            text="\n\n".join((*self._paragraphs, "-- \n" + "\n".join(filter(None, signed)))) + "\n",
            language=getattr(said, "lang", self._lang),
            id=self._event_id,
        )
