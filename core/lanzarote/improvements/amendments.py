"""Proposing another text for an improvement under discussion; accepting, refusing and withdrawing what was proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select

from lanzarote.accounts import mails
from lanzarote.errors import Conflict
from lanzarote.improvements.model import FIELDS, LONGEST_WHY, Amendment, encoded, status_of
from lanzarote.records import records
from lanzarote.records.drafts import Told, read_told, remember, take_part
from lanzarote.records.records import body_of, decode, encode
from lanzarote.records.tables import beside, last_number
from lanzarote.records.validation import MISSING, NO_CHOICE, Fault, Faulty, clean_reason
from lanzarote.translation import N_
from lanzarote.types import Language
from lanzarote.types.improvements import Improvement, ImprovementText
from lanzarote.web.working_records import LetPass, Reasons

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.records.save_checks import Said
    from lanzarote.regions.vocabulary import Vocabulary

Version = Annotated[int, Meta(ge=1, le=999_999_999)]
NO_AMENDMENT: Final = N_("There is no such amendment here.")
NOT_DISCUSSED: Final = N_(
    "Amendments are proposed and decided while an improvement is under discussion, not before or after."
)
SETTLED: Final = N_("This amendment was accepted, refused or withdrawn meanwhile; nothing of yours was done.")
MOVED_ON: Final = N_("The improvement has a newer text than the one this changes; put the two together first.")
NOT_YOURS: Final = N_("Only the person who proposed an amendment can withdraw it.")
NEEDED: Final = ("title", "proposal")
"""Texts without which an amendment could never be accepted."""
SAME: Final = N_("This says what the improvement says already. Change something in it.")


class AmendedText(ImprovementText, frozen=True, kw_only=True):
    """The texts of an improvement in one language, as somebody would write them."""

    title: Annotated[str, Meta(extra_json_schema={"maxLength": 300})]
    proposal: Annotated[str, Meta(extra_json_schema={"maxLength": 20_000})]


class Amending(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A changed text."""

    base: Version
    """The version that was read and changed."""
    language: Language
    """Of the text; one in which the improvement is written."""
    text: AmendedText
    """All of it; what is left out is taken out."""
    why: Annotated[str, Meta(extra_json_schema={"maxLength": LONGEST_WHY})]
    written_in: Language | None = None
    """What ``why`` is written in; the region's first language without it."""
    reasons: Reasons = ()


class Refusing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why the text stays as it is."""

    reason: Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})]


class AcceptingAmendment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why it is accepted."""

    reason: Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})]
    version: Version
    """The version of the improvement that was read."""
    text: ImprovementText | None = None
    """What it was put together to, where the improvement has a newer text than the amendment changes."""
    reasons: Reasons = ()
    let_pass: tuple[LetPass, ...] = ()
    """Why it is to hold although a package objects."""


def tidy(text: ImprovementText) -> ImprovementText:
    """*text* without what is empty."""
    return ImprovementText(**{name: (getattr(text, name) or "").strip() or None for name in FIELDS})


def propose(
    session: Session,
    record: Record,
    *,
    given: Amending,
    reasons: Sequence[Reason],
    by: Actor,
    at: datetime,
    language: str,
) -> Amendment:
    """Propose a changed text; the same proposed again while it is open is one. Raises Faulty."""
    text = tidy(given.text)
    if not given.base <= record.version:
        raise Faulty([Fault(field="base", text=NO_CHOICE)])
    improvement = decode(body_of(session, record, given.base), Improvement)
    if given.language not in improvement.text:
        raise Faulty([Fault(field="language", text=NO_CHOICE)])
    require_needed(text)
    if text == tidy(improvement.text[given.language]):
        raise Faulty([Fault(field="", text=SAME)])
    said = {"base": given.base, "language": given.language, "text": encode(text), "why": given.why.strip()}
    alike = [getattr(Amendment, name) == value for name, value in said.items()]
    own = (beside(Amendment, record), Amendment.author == by.account_id, Amendment.state == "open")
    if (there := session.scalars(select(Amendment).where(*own, *alike)).first()) is not None:
        return there  # a button that was pressed twice
    amendment = Amendment(
        region_id=record.region_id,
        record_id=record.id,
        number=last_number(session, Amendment, record) + 1,
        **said,
        written_in=given.written_in or language,
        reasons=encoded(reasons),
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
    mails.notify_coordinators(
        session, record.region_id, "amendment", record.id, number=amendment.number, by=by.account_id
    )
    return amendment


def accept(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    row: Amendment,
    given: AcceptingAmendment,
    known: Said,
    by: Actor,
    at: datetime,
) -> Amendment:
    """Let its text be the next version; *known*: what ``weighed`` found of it. Raises Faulty, Identifying, Conflict."""
    why = _why(given.reason, vocabulary)
    if record.version != given.version or (given.text is None and row.base != record.version):
        raise Conflict(MOVED_ON)
    improvement = decode(body_of(session, record, record.version), Improvement)
    body = encode(amended(improvement, row.language, text_of(given, row)))
    version = records.revise(session, record, body, by=by.account_id, at=at, expected=given.version)
    session.flush()
    told = read_told(session, record, Told)
    # Why things stay in what nobody amended was said before, and still holds.
    before = msgspec.structs.replace(told, reasons=())
    remember(session, record, before, reasons=told.reasons, noted=known.noted, overrides=known.overrides, by=by)
    take_part(session, record, "author", row.author)
    row.settled_version = version
    _settle(session, row, "accepted", why, by, at)
    records.tell(session, record, "amend-accept", by=by.account_id, at=at)
    return row


def refuse(
    session: Session,
    record: Record,
    vocabulary: Vocabulary,
    *,
    row: Amendment,
    given: Refusing,
    by: Actor,
    at: datetime,
) -> Amendment:
    """Leave the text as it is. Raises Faulty, Identifying."""
    _settle(session, row, "refused", _why(given.reason, vocabulary), by, at)
    records.tell(session, record, "amend-refuse", by=by.account_id, at=at)
    return row


def withdraw(session: Session, record: Record, *, row: Amendment, by: Actor, at: datetime) -> Amendment:
    """Withdraw one's own amendment."""
    _settle(session, row, "withdrawn", "", by, at)
    records.tell(session, record, "amend-withdraw", by=by.account_id, at=at)
    return row


def text_of(given: AcceptingAmendment, row: Amendment) -> ImprovementText:
    """What is to hold."""
    return tidy(given.text) if given.text else row.says()


def require_needed(text: ImprovementText) -> None:
    """Raises Faulty."""
    if lacking := [name for name in NEEDED if not getattr(text, name)]:
        raise Faulty([Fault(field=f"text.{name}", text=MISSING) for name in lacking])


def is_discussed(record: Record) -> bool:
    return status_of(record).state == "discussed" and record.state not in ("archived", "erased")


def not_discussed(record: Record, _: object = None) -> str:
    """Why nothing is proposed now."""
    return "" if is_discussed(record) else NOT_DISCUSSED


def not_decided(record: Record, amendment: Amendment) -> str:
    return not_open(record, amendment) or not_discussed(record)


def not_open(_: Record, amendment: Amendment) -> str:
    return "" if amendment.state == "open" else SETTLED


def not_own(amendment: Amendment, by: Actor) -> str:
    return "" if amendment.author == by.account_id else NOT_YOURS


def mark_of(amendment: Amendment) -> str:
    return f"{amendment.number}-{amendment.state}"


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


def _settle(session: Session, amendment: Amendment, state: str, why: str, by: Actor, at: datetime) -> None:
    amendment.state, amendment.settled_by, amendment.settled_at = state, by.account_id, at
    amendment.settled_reason = why
    session.flush()
    mails.notify(
        session,
        [amendment.author],
        "amendment-settled",
        amendment.region_id,
        amendment.record_id,
        number=amendment.number,
        by=by.account_id,
    )


def _why(reason: str, vocabulary: Vocabulary) -> str:
    return clean_reason(reason, identifiers=vocabulary.header.personal_identifiers)
