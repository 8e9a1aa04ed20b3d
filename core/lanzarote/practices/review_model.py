"""What organisations said of a practice, what reviewers answered, and what the team decided on that."""

from __future__ import annotations

from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import Index, LargeBinary, select
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.accounts import answer_links
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.practices.model import KIND, Label, PracticeStatus, settled
from lanzarote.records.erasing import erased, forget_beside
from lanzarote.records.records import Record, Version, body_of, encode
from lanzarote.regions.group import NOT_MET, Criterion, Grid
from lanzarote.runtime.reading import converted, decoded
from lanzarote.store.database import Base, Regional

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.types import Text


# Organisations that run it


Way = Literal["link", "account", "document"]
"""Asked by a mailed link or by a representative's account; said in a dated document that a coordinator recorded."""
HolderAnswer = Literal["confirmed", "wrong", "refused"]
ANSWERS: Final[tuple[HolderAnswer, ...]] = ("confirmed", "wrong", "refused")
Day = Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?$")]
_BESIDE_THE_TEXT: Final = ("stale", "verified", "note")
"""What is said about a text, not in it."""


class HolderWord(Regional, Base):
    """One question to one organisation about one text of a practice, and its answer."""

    __tablename__ = "holder_word"
    __table_args__ = (Index("holder_word_by_stakeholder", "region_id", "stakeholder"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    stakeholder: Mapped[str]
    """Its id."""
    version: Mapped[int]
    """The version that it was shown."""
    content: Mapped[str]
    """``content_of`` that version: a confirmation holds for every version that says the same."""
    way: Mapped[str]
    """A ``Way``."""
    by: Mapped[str]
    """Account that asked, or that recorded the document."""
    at: Mapped[datetime]
    on_day: Mapped[str]
    """The day in the region on which it was asked; once it confirmed or refused, that day; of a document, its own."""
    answer: Mapped[str]
    """A ``HolderAnswer``; empty: none yet."""
    remark: Mapped[str]
    """What is wrong, or why it refuses; for the team."""
    document: Mapped[str]
    """Title and reference of the document; empty without one."""
    answered_by: Mapped[str]
    """Account of its representative; ``answer_links.BY``."""
    answered_at: Mapped[datetime | None]


class HolderWordRow(Struct, frozen=True, kw_only=True):
    """A ``HolderWord`` as it stands in a region's file."""

    number: Annotated[int, Meta(ge=0, le=1_000_000)]
    stakeholder: str
    version: Annotated[int, Meta(ge=0, le=1_000_000)]
    content: str
    way: Way
    by: str
    at: Annotated[datetime, Meta(tz=True)]
    on_day: Day
    answer: Literal["", "confirmed", "wrong", "refused"]
    remark: str
    document: str
    answered_by: str
    answered_at: Annotated[datetime, Meta(tz=True)] | None


def content_of(body: bytes) -> str:
    """Digest of what a version of a practice says in its original language.

    A translation changes nothing that the organisation confirmed.
    """
    said = msgspec.json.decode(body)
    original = said.get("original", "")
    kept = {name: _in_original(value, original) for name, value in said.items() if name not in _BESIDE_THE_TEXT}
    return sha256(encode(kept)).hexdigest()


def _in_original(value: Any, original: str) -> Any:
    """*value* without its translations."""
    if isinstance(value, list):
        return [_in_original(one, original) for one in value]
    if not isinstance(value, dict):
        return value
    return value[original] if original in value else {name: _in_original(one, original) for name, one in value.items()}


def written_at(session: Session, record: Record) -> datetime:
    """When the newest text of *record* was first written in these words, whichever translations came later."""
    own = (Version.region_id == record.region_id) & (Version.record_id == record.id)
    content = content_of(body_of(session, record, record.version))
    versions = session.execute(select(Version.at, Version.body).where(own).order_by(Version.number))
    return next(at for at, body in versions if body and content_of(body) == content)


def words_of(session: Session, record: Record) -> Sequence[HolderWord]:
    """Every question about *record*, the first first."""
    own = (HolderWord.region_id == record.region_id) & (HolderWord.record_id == record.id)
    return session.scalars(select(HolderWord).where(own).order_by(HolderWord.number)).all()


def heard(session: Session, record: Record, body: bytes, status: PracticeStatus) -> PracticeStatus:
    """*status* with what the organisations said of the version *body*, and with all that follows from that.

    Of each organisation its last answer counts. A refusal outweighs another's confirmation. Who only wrote a letter was
    not asked.
    """
    rows = words_of(session, record)
    if not rows:
        kept = status.agreement if status.agreement == "refused" else "not-asked"  # recorded before they were asked
        return settled(msgspec.structs.replace(status, agreement=kept, agreement_on=None))
    last: dict[str, HolderWord] = {}
    for row in rows:
        if row.answer or row.stakeholder not in last:
            last[row.stakeholder] = row
    content = content_of(body)
    refused = [row for row in last.values() if row.answer == "refused"]
    given = [row for row in last.values() if row.answer == "confirmed" and row.content == content]
    asked = [row for row in rows if row.way != "document"]
    for agreement, found in (("refused", refused), ("given", given), ("asked", asked)):
        if found:
            day = date.fromisoformat(found[-1].on_day)
            return settled(msgspec.structs.replace(status, agreement=agreement, agreement_on=day))
    return settled(msgspec.structs.replace(status, agreement="not-asked", agreement_on=None))


# Reviewers and the team


class Round(Regional, Base):
    """Reviewers were asked about a version of a record. Over as soon as the record is no longer being assessed."""

    __tablename__ = "assessment_round"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    grid: Mapped[bytes] = mapped_column(LargeBinary)
    """The ``Grid`` as it stood when they were asked."""
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]

    def asks(self) -> Grid:
        return decoded(self.grid, Grid)


class Assessment(Regional, Base):
    """What one reviewer was asked, has written so far, or has given for good."""

    __tablename__ = "assessment"
    __table_args__ = (Index("assessment_by_account", "account_id", "given_at"),)

    record_id: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[bytes] = mapped_column(LargeBinary)
    """An ``Answers``."""
    asked_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    given_at: Mapped[datetime | None]

    def said(self) -> Answers:
        return decoded(self.answers, Answers)


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    value: str = ""
    reason: str = ""


class Answers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a reviewer says; while it is a draft, anything may be missing."""

    criteria: dict[str, Answer] = {}
    """Key of the criterion → answer."""
    vouching: Answer = Answer()
    """Who should be said to vouch for it, and why."""
    strength: Answer = Answer()
    """How strong the evidence should be said to be, and why."""
    nobody: bool = False
    """Nobody is recognisable in it."""
    no_case: bool = False
    """No case that it describes is pending."""

    def of(self, key: str) -> Answer:
        return self.criteria.get(key, Answer())

    def unmet(self, grid: Grid) -> tuple[Criterion, ...]:
        """Conditions that it says are not met."""
        return tuple(one for one in grid.gates if self.of(one.key).value == NOT_MET)


class Decision(Regional, Base):
    """What the team decided, when it met, and on which assessment. Never changed."""

    __tablename__ = "decision"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    round: Mapped[int]
    outcome: Mapped[str]
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    """Language → text."""
    vouching: Mapped[str]
    strength: Mapped[str]
    """The two axes; empty unless it was published as assessed."""
    day: Mapped[str]
    """When the team met: a day such as ``2031-03-12``."""
    by: Mapped[str]
    """Who wrote it down."""
    at: Mapped[datetime]
    label: Mapped[bytes] = mapped_column(LargeBinary)
    """A ``Label``: which grid, how many reviewers."""

    @property
    def met_on(self) -> date:
        return date.fromisoformat(self.day)

    def status(self, before: PracticeStatus) -> PracticeStatus:
        """What the practice is published as, if it is published as assessed."""
        return converted(
            msgspec.to_builtins(before)
            | {
                "standing": "assessed",
                "vouching": self.vouching,
                "strength": self.strength,
                "assessed_on": self.day,
                "label": msgspec.json.decode(self.label),
            },
            PracticeStatus,
        )

    def basis(self) -> Label:
        return decoded(self.label, Label)

    def reasons(self) -> Text:
        return decoded(self.reason, dict[str, str])


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget what was said and decided about a practice, or written by an organisation, that is erased.

    Listens to ``changes.record``.
    """
    forget_beside(session, saved, (HolderWord, Round, Assessment, Decision), KIND)
    for gone in erased(saved, KIND):
        answer_links.forget(session, gone.region_id, gone.ids)
    for gone in erased(saved, STAKEHOLDER):
        theirs = (HolderWord.region_id == gone.region_id) & HolderWord.stakeholder.in_(gone.ids)
        for row in session.scalars(select(HolderWord).where(theirs)):
            row.remark = row.document = ""  # that an organisation confirmed it stays, without its words
