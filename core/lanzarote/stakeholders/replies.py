"""The right to correct and to reply: what a body or a reader writes about a page waits for the team as a task.

Nothing that is refused is kept anywhere, not in a log either.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from sqlalchemy import func, select

from lanzarote import guard
from lanzarote.accounts import mails
from lanzarote.errors import LanzaroteError
from lanzarote.records import tasks
from lanzarote.records.records import encode, now
from lanzarote.records.tasks import Task
from lanzarote.records.validation import UNSHOWABLE, Fault, is_unshowable
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.store.database import Database

KIND: Final = "reply"
BY = "visitor"
MOST_AN_HOUR = 30
"""Open replies that a region takes within an hour; more is no longer a conversation."""

LENGTHS: Final[Mapping[str, int]] = {
    "about": 300,
    "wrong": 4_000,
    "right": 4_000,
    "source": 1_000,
    "organisation": 200,
    "contact": 200,
}
"""Most characters of each field."""

_ADDRESS = re.compile(r"[^\s@,;<>]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")

_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0\u034f"
"""Letters and signs that show nothing."""

NOT_SAID = N_("Say what is wrong, or what is missing.")
TOO_LONG = N_("This is longer than we can take; shorten it, or write in two parts.")
NO_PAGE = N_("This is no page of this site. Copy its address from your browser, or leave this empty.")
NO_ADDRESS = N_("Write one e-mail address of a service, such as contact@, or leave this empty.")
NO_PERSON = N_("This looks like a person’s own address. Give that of a service, such as contact@, or leave this empty.")


class TooMany(LanzaroteError):
    """The region takes no more replies for the moment."""


class Reply(Struct, frozen=True, kw_only=True):
    """What was written into the form."""

    about: str = ""
    """The page it is about: the path of a ``Subject``."""
    wrong: str = ""
    right: str = ""
    source: str = ""
    organisation: str = ""
    """In whose name it is written, if in any."""
    contact: str = ""
    """Address of a service, never of a person."""


class Judgement(Struct, frozen=True, kw_only=True):
    """Whether something that was sent can be kept."""

    outcome: Literal["kept", "disclosure", "refused"]
    """``disclosure``: it reads like somebody telling of a child in danger; show where help is."""
    faults: tuple[Fault, ...] = ()
    asks: bool = False
    """Something in it may tell who a person is; it is kept when the writer says that it does not."""


def judge(reply: Reply, *, identifiers: Sequence[str], confirmed: bool, of_a_page: bool = True) -> Judgement:
    """Whether *reply* can be kept; *confirmed*: the writer looked again and says that nobody can be recognised.

    *of_a_page*: what it says to be about is a page of this site.
    """
    # What is too long is read by nobody, neither by people nor by what judges it.
    if long := [Fault(field=name, text=TOO_LONG) for name, most in LENGTHS.items() if len(getattr(reply, name)) > most]:
        return Judgement(outcome="refused", faults=tuple(long))
    if guard.reads_like_disclosure(reply.wrong, reply.right, reply.source, reply.organisation):
        return Judgement(outcome="disclosure")
    faults = _faults(reply)
    if not of_a_page:
        faults.insert(0, Fault(field="about", text=NO_PAGE))
    # Double blanks and invisible characters must not hide a number.
    texts = [(name, visible(getattr(reply, name))) for name in ("wrong", "right", "source", "organisation")]
    concerns = guard.check_texts(texts, identifiers=identifiers)
    hard = [Fault(field=one.field, text=guard.REASONS[one.code]) for one in concerns if one.hard]
    soft = [Fault(field=one.field, text=guard.REASONS[one.code]) for one in concerns if not one.hard]
    asks = bool(soft) and not confirmed
    if faults or hard or asks:
        told = [*faults, *hard, *(soft if asks else ())]
        return Judgement(outcome="refused", faults=each_once(told), asks=asks)
    return Judgement(outcome="kept")


def keep(database: Database, region_id: str, reply: Reply, *, lang: str, record_id: str | None = None) -> str:
    """Open a task for the team and return its id; the same reply sent twice within the hour is one. Raises TooMany."""
    about = {name: value for name in reply.__struct_fields__ if (value := getattr(reply, name))} | {"lang": lang}
    with database.write(region_id) as session:
        since = now() - timedelta(hours=1)
        if known := _same(session, encode(about), since):
            return known
        if _waiting(session, since) >= MOST_AN_HOUR:
            raise TooMany("The region takes no more replies for the moment; nothing was kept. Send it in an hour.")
        task_id = tasks.open_task(session, region_id, KIND, by=BY, record_id=record_id, **about)
        mails.notify_coordinators(session, region_id, KIND, task_id)
        return task_id


def _faults(reply: Reply) -> list[Fault]:
    found = [Fault(field=name, text=UNSHOWABLE) for name in LENGTHS if is_unshowable(getattr(reply, name))]
    if not visible(reply.wrong):
        found.append(Fault(field="wrong", text=NOT_SAID))
    if why := unfit_contact(reply.contact):
        found.append(Fault(field="contact", text=why))
    return found


def unfit_contact(contact: str) -> str:
    """Why *contact* is no address of a service; empty where it is one, or is empty itself."""
    if contact and not _ADDRESS.fullmatch(contact):
        return NO_ADDRESS
    return NO_PERSON if contact and guard.check_text(contact, guesses=False) else ""


def visible(text: str) -> str:
    """*text* as a reader sees it: with single blanks, without characters that nobody sees."""
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf" and c not in _BLANK_LETTERS).split())


def each_once(faults: Sequence[Fault]) -> tuple[Fault, ...]:
    return tuple({(fault.field, fault.text): fault for fault in faults}.values())


def _waiting(session: Session, since: datetime) -> int:
    query = select(func.count()).select_from(Task)
    return session.scalar(query.where(Task.kind == KIND, Task.done_at.is_(None), Task.opened_at >= since)) or 0


def _same(session: Session, body: bytes, since: datetime) -> str | None:
    query = select(Task.id).where(Task.kind == KIND, Task.about == body, Task.opened_at >= since)
    return session.scalars(query).first()
