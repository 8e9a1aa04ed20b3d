"""Positions of bodies on an improvement: given by representatives or mailed links, or recorded by a coordinator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.accounts import answer_links
from lanzarote.accounts.answer_links import Errand, LinkRefused
from lanzarote.errors import Conflict
from lanzarote.improvements import calling
from lanzarote.improvements.calling import NOT_TAKING_PART
from lanzarote.improvements.model import status_of
from lanzarote.improvements.positions_model import CHOICES, RECORDED, Position, hear, heard
from lanzarote.records import records
from lanzarote.records.days import unfit_spoken
from lanzarote.records.drafts import hold
from lanzarote.records.permissions import Subject, require
from lanzarote.records.records import Record
from lanzarote.records.tables import beside
from lanzarote.records.validation import (
    MISSING,
    NO_CHOICE,
    UNKNOWN,
    Fault,
    Faulty,
    Identifying,
    refuse_long,
    refuse_unclean,
    unfit_text,
)
from lanzarote.stakeholders import members
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.improvements.positions_model import Call, Heard, How
    from lanzarote.improvements.team_documents import Recording, Speaking
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.stakeholders.members import Bodies, Body

LONGEST: Final = {"reason": 4_000, "source": 300}
SAYS_ENOUGH: Final = ("support", "no-position", "awaiting")
"""Choices that need no reason: support, and what says itself why nothing more is said."""

NO_REASON: Final = N_("Say why, in a few words: the group cannot answer what it does not know.")
NO_SOURCE: Final = N_("Say in which letter or at which meeting the organisation said so.")
BEFORE_CALL: Final = N_(
    "Positions were not asked for yet on this day: the organisation cannot have answered this call then."
)
BEFORE_OWN: Final = N_(
    "The organisation has answered itself since this day. What it said before cannot replace its own word."
)
OTHER_TEXT: Final = N_("The text was changed meanwhile. Read it again before you give your position on it.")


class Given(Struct, frozen=True, kw_only=True):
    """What a body says."""

    choice: str
    reason: str = ""
    lang: str = ""
    """Of the reason."""
    named: bool = False
    """It agrees to be named with this in public."""


def checked(given: Given, vocabulary: Vocabulary, *, confirmed: bool) -> Given:
    """*given*, if it can be kept; *confirmed*: who wrote it looked again, and nobody can be recognised.

    Raises Faulty, Identifying.
    """
    given = msgspec.structs.replace(given, reason=given.reason.strip(), lang=given.lang if given.reason.strip() else "")
    refuse_long([("reason", given.reason)], LONGEST["reason"])
    _refuse_identifying([("reason", given.reason)], vocabulary, confirmed=confirmed)
    if faults := list(_faults(given, vocabulary)):
        raise Faulty(faults)
    return given


def said(one: Speaking | Recording, vocabulary: Vocabulary, lang: str = "") -> Given:
    """*one* as it is kept; *lang*: of its reason, unless it says another. Raises Faulty, Identifying."""
    named: bool = getattr(one, "named", False)  # only the body itself can agree to be named
    given = Given(choice=one.choice, reason=one.reason, lang=one.language or lang, named=named)
    return checked(given, vocabulary, confirmed=one.confirmed)


def give(
    session: Session,
    record: Record,
    stakeholder_id: str,
    given: Given,
    *,
    version: int | None = None,
    by: Actor,
    at: datetime,
) -> Position:
    """Give the position of the body that *by* speaks for; the same given twice is one.

    *given* has passed ``checked``; *version* is the text that was read. Raises NotPermitted, Conflict, Faulty.
    """
    require(by, "group.speak", Subject(region_id=record.region_id, id=stakeholder_id))
    session.refresh(record, with_for_update=True)
    running = calling.current(session, record)
    if version not in (None, running.version):
        raise Conflict(OTHER_TEXT)
    return _write(session, record, running, stakeholder_id, given, "account", by=by.account_id, at=at)


def give_by_link(
    session: Session, secret: str, vocabulary: Vocabulary, given: Given, *, today: date, at: datetime
) -> tuple[Record, Position]:
    """Give a position with a mailed link, which is used up by it unless it says only that the answer comes later.

    Raises LinkRefused.
    """
    record, errand = look(session, vocabulary.header.id, secret, today=today, lock=True)
    # Who still waits for a hierarchy comes back with the same link.
    if given.choice == "awaiting":
        answer_links.look_again(session, secret, errand)
    else:
        answer_links.spend(session, secret, errand, at=at)
    running = calling.current(session, record)
    row = _write(session, record, running, errand.stakeholder_id, given, "link", by=answer_links.BY, at=at)
    return record, row


def look(session: Session, region_id: str, secret: str, *, today: date, lock: bool = False) -> tuple[Record, Errand]:
    """The improvement that a mailed link asks about. Raises LinkRefused."""
    errand = answer_links.look(session, region_id, secret, "position")
    record = session.get(Record, (region_id, errand.record_id))
    if record is None or record.state == "erased":
        raise LinkRefused("over")
    if lock:
        session.refresh(record, with_for_update=True)
    asked = calling.numbered(session, record, errand.number)
    if asked is None:
        raise LinkRefused("over")
    if asked.ended == "decided":
        raise LinkRefused("decided")
    if asked.ended or status_of(record).state != "called":
        raise LinkRefused("changed" if record.version != errand.version else "recalled")
    body = members.bodies(session).by_id.get(errand.stakeholder_id)
    if body is None or not body.takes_part:
        raise LinkRefused("left")
    if asked.last_day < today:
        raise LinkRefused("over")
    return record, errand


def record_said(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    given: Recording,
    by: Actor,
    at: datetime,
    today: date,
) -> Position:
    """Record what a body said in a letter or at a meeting, and ask it to confirm or correct that.

    It never takes the place of what the body said itself: that counts until the body says otherwise.
    Raises Faulty, Identifying, NotPermitted, Conflict.
    """
    hold(session, record, "group.lead", by)
    running, body = calling.current(session, record), given.stakeholder
    kept = said(given, vocabulary)
    identifiers = vocabulary.header.personal_identifiers
    refuse_unclean([("source", given.source)], LONGEST["source"], identifiers=identifiers, guesses=True)
    on = given.on.isoformat()
    if not given.source.strip():
        raise Faulty([Fault(field="source", text=NO_SOURCE)])
    if fault := unfit_spoken("on", on, today):
        raise Faulty([fault])
    heard_before = heard(session, record, running.number, members.bodies(session)).get(body)
    own = heard_before.counts if heard_before and not heard_before.counts.recorded else None
    _refuse_earlier(on, running, own, vocabulary.zone)
    before = _last(session, record, body)
    source = (given.source.strip(), on)
    row = _write(session, record, running, body, kept, given.how, by=by.account_id, at=at, source=source)
    if row is not before:
        calling.ask_to_confirm(session, record, running, body, by=by.account_id)
    return row


def history(session: Session, record: Record) -> list[Position]:
    """Every position on *record*, the newest first."""
    query = select(Position).where(beside(Position, record)).order_by(Position.at.desc(), Position.number.desc())
    return list(session.scalars(query))


class BodySaid(Struct, frozen=True, kw_only=True):
    """What a body was asked, and said, about an improvement."""

    body: Body
    asked: bool
    """By the newest call."""
    heard: Heard | None
    """What answers that call."""
    before: tuple[Position, ...]
    """The others, the newest first."""


def by_body(bodies: Bodies, call: Call | None, rows: Sequence[Position]) -> Iterator[BodySaid]:
    """Every body that takes part or has said something; *rows*: a ``history``, *call*: the newest."""
    asked = {bodies.present_id(one) for one in call.asks()} if call else set()
    said: dict[str, list[Position]] = {}
    for row in rows:
        said.setdefault(bodies.present_id(row.stakeholder), []).append(row)
    for body in bodies.by_id.values():
        mine = said.get(body.id, [])
        if body.takes_part or mine:
            answers = [row for row in reversed(mine) if call is not None and row.call == call.number]
            heard = hear(answers) if answers else None
            now = (heard.counts, heard.unconfirmed) if heard else ()
            before = tuple(row for row in mine if row not in now)
            yield BodySaid(body=body, asked=body.id in asked, heard=heard, before=before)


def _write(
    session: Session,
    record: Record,
    running: Call,
    stakeholder_id: str,
    given: Given,
    how: How,
    *,
    by: str,
    at: datetime,
    source: tuple[str, str] = ("", ""),
) -> Position:
    """The row that counts from now on: a new one, unless the newest says the same in the same way."""
    body = members.bodies(session).by_id.get(stakeholder_id)
    if body is None or not body.takes_part:
        raise Faulty([Fault(field="stakeholder", text=NOT_TAKING_PART, value=stakeholder_id)])
    said = {name: getattr(given, name) for name in Given.__struct_fields__}
    said |= {"source": source[0], "source_on": source[1]}
    before = _last(session, record, stakeholder_id)
    again = before is not None and before.call == running.number and before.recorded == (how in RECORDED)
    if before is not None and again and all(getattr(before, name) == value for name, value in said.items()):
        return before
    row = Position(
        region_id=record.region_id,
        record_id=record.id,
        stakeholder=stakeholder_id,
        number=before.number + 1 if before is not None else 1,
        call=running.number,
        version=running.version,
        how=how,
        by=by,
        at=at,
        **said,
    )
    session.add(row)
    session.flush()
    records.tell(session, record, "record-position" if how in RECORDED else "position", by=by, at=at)
    return row


def _last(session: Session, record: Record, stakeholder_id: str) -> Position | None:
    query = select(Position).where(beside(Position, record), Position.stakeholder == stakeholder_id)
    return session.scalars(query.order_by(Position.number.desc()).limit(1)).first()


def _faults(given: Given, vocabulary: Vocabulary) -> Iterator[Fault]:
    if given.choice not in CHOICES:
        yield Fault(field="choice", text=NO_CHOICE)
    elif not given.reason and given.choice not in SAYS_ENOUGH:
        yield Fault(field="reason", text=NO_REASON)
    if fault := unfit_text("reason", given.reason, LONGEST["reason"]):
        yield fault
    if given.lang and not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", given.lang):
        yield Fault(field="lang", text=UNKNOWN, value=given.lang[:20])
    if given.reason and not given.lang:
        yield Fault(field="lang", text=MISSING)


def _refuse_earlier(on: str, running: Call, own: Position | None, zone: ZoneInfo) -> None:
    """Raise Faulty for a day before the call, or before the body's own word, as days are counted in the region."""
    if own is not None and on < own.at.astimezone(zone).date().isoformat():
        raise Faulty([Fault(field="on", text=BEFORE_OWN)])
    if on < running.at.astimezone(zone).date().isoformat():
        raise Faulty([Fault(field="on", text=BEFORE_CALL)])


def _refuse_identifying(texts: list[tuple[str, str]], vocabulary: Vocabulary, *, confirmed: bool) -> None:
    concerns = guard.check_texts(texts, identifiers=vocabulary.header.personal_identifiers)
    if any(one.hard for one in concerns) or (concerns and not confirmed):
        raise Identifying(concerns)
