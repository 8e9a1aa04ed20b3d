"""Links that are mailed to a body without an account: each is for one question to one body, and works once.

Whoever holds one may answer for the body, and can do nothing else. What is kept is a hash; what a link is for stands
beside it, so that a link cannot be carried over to another text.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from sqlalchemy import Index, and_, delete, update
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.accounts.secrets import kept, new_secret
from lanzarote.errors import LanzaroteError
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

Purpose = Literal["take-part", "position", "holder"]
Why = Literal["unknown", "used", "over", "decided", "changed", "recalled", "left"]
"""It is no link of ours; an answer was given; its time is over; the matter is decided; the text it was for was changed,
or stands and is no more asked about; the body takes no more part."""

BY: Final = "link"
"""The actor of what is done with a mailed link."""
FORGOTTEN_AFTER: Final = timedelta(days=400)
"""For so long a link that no longer works still says why."""


class AnswerLink(Regional, Base):
    """What a mailed link is for."""

    __tablename__ = "answer_link"
    __table_args__ = (Index("answer_link_by_record", "region_id", "record_id", "stakeholder_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    purpose: Mapped[str]
    """A ``Purpose``."""
    stakeholder_id: Mapped[str]
    record_id: Mapped[str]
    """What it is about: the stakeholder itself, an improvement or a practice."""
    version: Mapped[int]
    """The text it is about; 0: it is about none."""
    number: Mapped[int]
    """Of the invitation, the call or the question that it was mailed for."""
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Errand(Struct, frozen=True, kw_only=True):
    """What a body is asked, and for which text."""

    purpose: Purpose
    region_id: str
    stakeholder_id: str
    record_id: str
    version: int = 0
    number: int = 0


class LinkRefused(LanzaroteError):
    """The link cannot be used; ``why`` says what to tell the person who holds it."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"The link cannot be used: {why}.")
        self.why = why


def make(session: Session, errand: Errand, *, at: datetime) -> str:
    """Make a link and return its secret. Earlier ones for the same go on working, until one of them is used."""
    session.execute(delete(AnswerLink).where(AnswerLink.made_at < at - FORGOTTEN_AFTER))
    secret = new_secret()
    session.add(
        AnswerLink(
            region_id=errand.region_id,
            token_hash=kept(secret),
            purpose=errand.purpose,
            stakeholder_id=errand.stakeholder_id,
            record_id=errand.record_id,
            version=errand.version,
            number=errand.number,
            made_at=at,
        )
    )
    session.flush()
    return secret


def look(session: Session, region_id: str, secret: str, purpose: Purpose) -> Errand:
    """What the link is for, if it was not used. Raises LinkRefused."""
    link = session.get(AnswerLink, (region_id, kept(secret)))
    if link is None or link.purpose != purpose:
        raise LinkRefused("unknown")
    if link.used_at is not None:
        raise LinkRefused("used")
    return Errand(
        purpose=purpose,
        region_id=region_id,
        stakeholder_id=link.stakeholder_id,
        record_id=link.record_id,
        version=link.version,
        number=link.number,
    )


def spend(session: Session, secret: str, errand: Errand, *, at: datetime) -> None:
    """Use the link, and with it every other that was mailed for the same. Raises LinkRefused.

    Who calls this holds what it is about, so that of two who use it at once the second is refused.
    """
    look_again(session, secret, errand)
    session.execute(update(AnswerLink).where(_like(errand)).values(used_at=at))


def look_again(session: Session, secret: str, errand: Errand) -> None:
    """Make sure that nobody used the link while who calls this waited to hold what it is about. Raises LinkRefused."""
    session.expire_all()
    look(session, errand.region_id, secret, errand.purpose)


def forget(session: Session, region_id: str, ids: Collection[str]) -> None:
    """Forget the links about or for records that are erased."""
    theirs = AnswerLink.record_id.in_(ids) | AnswerLink.stakeholder_id.in_(ids)
    session.execute(delete(AnswerLink).where(AnswerLink.region_id == region_id, theirs))


def _like(errand: Errand) -> ColumnElement[bool]:
    return and_(
        AnswerLink.region_id == errand.region_id,
        AnswerLink.purpose == errand.purpose,
        AnswerLink.stakeholder_id == errand.stakeholder_id,
        AnswerLink.record_id == errand.record_id,
        AnswerLink.number == errand.number,
    )
