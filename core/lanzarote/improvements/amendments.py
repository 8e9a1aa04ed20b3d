"""Proposing another text for an improvement under discussion; accepting, refusing and withdrawing what was proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts import notices
from lanzarote.errors import Conflict, NotFound, NotPermitted
from lanzarote.improvements import talk
from lanzarote.improvements.amendments_model import FIELDS, LONGEST_WHY, Amendment
from lanzarote.records import records
from lanzarote.records.drafts import Told, read_told, remember, take_part
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import body_of, decode, encode
from lanzarote.records.validation import NO_CHOICE, Fault, Faulty, clean_reason
from lanzarote.translation import N_
from lanzarote.types.improvements import Improvement, ImprovementText

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.records.save_checks import Said
    from lanzarote.regions.vocabulary import Vocabulary

ROOM: Final = {"title": 300, "summary": 2_000} | dict.fromkeys(FIELDS[2:], 20_000)
"""Characters in each field."""

NO_AMENDMENT: Final = N_("There is no such amendment here.")
NOT_DISCUSSED: Final = N_(
    "Amendments are proposed and decided while an improvement is under discussion, not before or after."
)
SETTLED: Final = N_("This amendment was accepted, refused or withdrawn meanwhile; nothing of yours was done.")
MOVED_ON: Final = N_("The improvement has a newer text than the one this changes; put the two together first.")
NOT_YOURS: Final = N_("Only who proposed an amendment withdraws it.")
SAME: Final = N_("This says what the improvement says already. Change something in it.")


class Proposed(Struct, frozen=True, kw_only=True):
    """A changed text that may be proposed, or put in the place of the present one."""

    base: int
    language: str
    text: ImprovementText
    why: str = ""
    reasons: tuple[Reason, ...] = ()


def checked(
    said: ImprovementText,
    improvement: Improvement,
    vocabulary: Vocabulary,
    *,
    base: int,
    language: str,
    why: str,
    reasons: Mapping[tuple[str, str], str],
    by: Actor,
    needs_why: bool = True,
) -> Proposed:
    """Let a changed text of *improvement*, which is its version *base*, pass the guard. Raises Identifying, Faulty."""
    text = tidy(said)
    texts = [(name, getattr(text, name) or "", room) for name, room in ROOM.items()]
    needed = ("title", "why") if needs_why else ("title",)
    kept = talk.taken_texts([*texts, ("why", why, LONGEST_WHY)], vocabulary, reasons, by=by, needed=needed)
    if language not in improvement.text:
        raise Faulty([Fault(field="language", text=NO_CHOICE)])
    if needs_why and text == tidy(improvement.text[language]):
        raise Faulty([Fault(field="title", text=SAME)])
    return Proposed(base=base, language=language, text=text, why=why.strip(), reasons=kept)


def tidy(text: ImprovementText) -> ImprovementText:
    """*text* without what is empty."""
    return ImprovementText(**{name: (getattr(text, name) or "").strip() or None for name in FIELDS})


def find(session: Session, record: Record, number: int) -> Amendment:
    """Raises NotFound."""
    found = session.get(Amendment, (record.region_id, record.id, number))
    if found is None:
        raise NotFound(NO_AMENDMENT)
    return found


def propose(
    session: Session, record: Record, given: Proposed, *, by: Actor, at: datetime, written_in: str
) -> Amendment:
    """Propose a changed text; the same proposed again while it is open is one. Raises Gone, NotPermitted, Conflict."""
    talk.hold(session, record, "group.write", by)
    _require_discussed(record)
    if not 1 <= given.base <= record.version:
        raise Conflict(MOVED_ON)
    if (there := _same(session, record, given, by)) is not None:
        return there
    mine = (Amendment.region_id == record.region_id) & (Amendment.record_id == record.id)
    last = session.scalar(select(func.max(Amendment.number)).where(mine)) or 0
    amendment = Amendment(
        region_id=record.region_id,
        record_id=record.id,
        number=last + 1,
        base=given.base,
        language=given.language,
        text=encode(given.text),
        why=given.why,
        written_in=written_in,
        reasons=talk.encoded(given.reasons),
        author=by.account_id,
        at=at,
        state="open",
        settled_by="",
        settled_reason="",
        settled_version=0,
    )
    session.add(amendment)
    session.flush()
    records.tell(session, record, "amend", by=by.account_id, at=at)
    notices.notify_coordinators(session, record.region_id, "amendment", by=by.account_id)
    return amendment


def _same(session: Session, record: Record, given: Proposed, by: Actor) -> Amendment | None:
    """What *by* proposed just so, and nobody has decided yet: a button that was pressed twice."""
    mine = (Amendment.region_id == record.region_id) & (Amendment.record_id == record.id)
    open_ones = select(Amendment).where(mine, Amendment.author == by.account_id, Amendment.state == "open")
    text = encode(given.text)
    alike = (Amendment.base == given.base) & (Amendment.language == given.language) & (Amendment.why == given.why)
    return next((one for one in session.scalars(open_ones.where(alike)) if bytes(one.text) == text), None)


def accept(
    session: Session,
    record: Record,
    number: int,
    vocabulary: Vocabulary,
    *,
    reason: str,
    expected: int,
    said: Said,
    by: Actor,
    at: datetime,
    merged: Proposed | None = None,
) -> Amendment:
    """Let its text be the next version; *merged*: what it became when it was put together with a newer one.

    *expected* is the version that *by* read; *said*: what ``amendments_weighing`` found of what comes of it.
    Raises Faulty, Identifying, Gone, NotPermitted, Conflict.
    """
    why = _why(reason, vocabulary)
    amendment = _open(session, record, number, by)
    if record.version != expected:
        raise Conflict(MOVED_ON)
    if merged is None and amendment.base != record.version:
        raise Conflict(MOVED_ON)
    improvement = decode(body_of(session, record, record.version), Improvement)
    text = merged.text if merged else amendment.says()
    body = encode(amended(improvement, amendment.language, text))
    version = records.revise(session, record, body, by=by.account_id, at=at, expected=expected)
    session.flush()
    told = read_told(session, record, Told)
    # Why things stay in what nobody amended was said before, and still holds.
    before = msgspec.structs.replace(told, reasons=())
    remember(session, record, before, reasons=told.reasons, noted=said.noted, overrides=said.overrides, by=by)
    take_part(session, record, "author", amendment.author)
    amendment.settled_version = version
    _settle(session, record, amendment, "accepted", why, by, at)
    records.tell(session, record, "amend-accept", by=by.account_id, at=at)
    return amendment


def refuse(
    session: Session, record: Record, number: int, vocabulary: Vocabulary, *, reason: str, by: Actor, at: datetime
) -> Amendment:
    """Leave the text as it is. Raises Faulty, Identifying, Gone, NotPermitted, Conflict."""
    why = _why(reason, vocabulary)
    amendment = _open(session, record, number, by)
    _settle(session, record, amendment, "refused", why, by, at)
    records.tell(session, record, "amend-refuse", by=by.account_id, at=at)
    return amendment


def withdraw(session: Session, record: Record, number: int, *, by: Actor, at: datetime) -> Amendment:
    """Take back what one proposed. Raises NotFound, Gone, NotPermitted, Conflict."""
    talk.hold(session, record, "group.write", by)
    amendment = find(session, record, number)
    if amendment.author != by.account_id:
        raise NotPermitted(NOT_YOURS)
    if amendment.state != "open":
        raise Conflict(SETTLED)
    _settle(session, record, amendment, "withdrawn", "", by, at)
    records.tell(session, record, "amend-withdraw", by=by.account_id, at=at)
    return amendment


def count_open(session: Session, record: Record) -> int:
    """How many amendments of it wait to be decided."""
    mine = (Amendment.region_id == record.region_id) & (Amendment.record_id == record.id)
    return session.scalar(select(func.count()).where(mine, Amendment.state == "open")) or 0


def is_discussed(record: Record) -> bool:
    return talk.status_of(record).state == "discussed" and record.state in ("draft", "published")


def steps(record: Record, amendment: Amendment, by: Actor) -> tuple[str, ...]:
    """What *by* may do with it now."""
    if amendment.state != "open":
        return ()
    leads = is_discussed(record) and may_somewhere(by, "group.lead", record.region_id)
    own = amendment.author == by.account_id and may_somewhere(by, "group.write", record.region_id)
    return (("accept", "refuse") if leads else ()) + (("withdraw",) if own else ())


def put_together(base: ImprovementText, newest: ImprovementText, amended: ImprovementText) -> ImprovementText:
    """What is amended, with what changed meanwhile where the amendment changed nothing.

    >>> said = put_together(ImprovementText(title="A", means="x"), ImprovementText(title="B", means="x"),
    ...     ImprovementText(title="A", means="y"))
    >>> said.title, said.means
    ('B', 'y')
    """
    untouched = {name: getattr(newest, name) for name in FIELDS if getattr(amended, name) == getattr(base, name)}
    return msgspec.structs.replace(amended, **untouched)


def amended(improvement: Improvement, language: str, text: ImprovementText) -> Improvement:
    """*improvement* with another text in *language*; translations of an original that changed are out of date."""
    stale = {*improvement.stale} - {language}
    if language == improvement.original and text != improvement.text.get(language):
        stale |= {*improvement.text} - {language}
    return msgspec.structs.replace(improvement, text={**improvement.text, language: text}, stale=tuple(sorted(stale)))


def _open(session: Session, record: Record, number: int, by: Actor) -> Amendment:
    talk.hold(session, record, "group.lead", by)
    amendment = find(session, record, number)
    if amendment.state != "open":
        raise Conflict(SETTLED)
    _require_discussed(record)
    return amendment


def _settle(
    session: Session, record: Record, amendment: Amendment, state: str, why: str, by: Actor, at: datetime
) -> None:
    amendment.state, amendment.settled_by, amendment.settled_at = state, by.account_id, at
    amendment.settled_reason = why
    session.flush()
    notices.notify(session, [amendment.author], "amendment-settled", by=by.account_id)


def _require_discussed(record: Record) -> None:
    if not is_discussed(record):
        raise Conflict(NOT_DISCUSSED)


def _why(reason: str, vocabulary: Vocabulary) -> str:
    return clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
