"""What stands beside indicators and evaluations, and what is decided about them.

What is written in them is an ``Indicator``, an ``Evaluation``.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Raw, Struct
from sqlalchemy import Float, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records.lifecycle import Transitions
from lanzarote.records.validation import LONGEST_REASON
from lanzarote.store.database import Base, Regional
from lanzarote.types import Text, Value
from lanzarote.types.evaluation import Figure, Period, Standpoint
from lanzarote.types.values import Language

INDICATOR: Final = "indicator"
EVALUATION: Final = "evaluation"

EvaluationState = Literal["draft", "running", "judged", "decided", "superseded", "dropped"]
Answer = Literal["met", "partly", "not", "cannot-say"]
Outcome = Literal["extend", "not-yet", "stop"]
ABSENT: Final = "absent"
"""Instead of an answer: why one of the views gives none on a criterion."""


Reasons = dict[Language, Annotated[str, Meta(min_length=1, extra_json_schema={"maxLength": LONGEST_REASON})]]
"""What is said of a step, in each language."""


class IndicatorStatus(Value, frozen=True, kw_only=True):
    """What the public reads of the values, and why it no longer reads the indicator."""

    released: int = 0
    """The last value that is public; later ones wait for somebody to publish them."""
    released_on: date | None = None
    withdrawn: str = ""


class Amended(Value, frozen=True, kw_only=True):
    """The text was changed while the evaluation ran: from which version on, and why."""

    version: int
    on: date
    reason: Text


class Votes(Value, frozen=True, kw_only=True):
    """How a vote ended, if there was one."""

    support: Annotated[int, Meta(ge=0, le=10_000)] = 0
    against: Annotated[int, Meta(ge=0, le=10_000)] = 0
    abstained: Annotated[int, Meta(ge=0, le=10_000)] = 0


class PilotDecision(Value, frozen=True, kw_only=True):
    """Whether the pilot is extended, and who decided so."""

    outcome: Outcome
    reason: Text
    conditions: Text = {}
    on: date
    decided_by: Text
    """Which body, in which meeting; an organisation, never a person."""
    meeting: str = ""
    """Id of the meeting, if it is recorded here."""
    votes: Votes | None = None
    by: str
    """Account that wrote it down; somebody else publishes it."""
    at: datetime
    figures: dict[str, int] = {}
    """Id of each indicator → the last value that was looked at."""


EVALUATION_LIFECYCLE: Final[Transitions] = {
    (None, "write"): "draft",
    ("draft", "write"): "draft",
    ("draft", "run"): "running",  # criteria and judges are fixed, before any result
    ("running", "amend"): "running",  # another version, with the reason; answers to what changed no longer count
    ("running", "judge"): "running",
    ("running", "close"): "judged",  # each view has answered on each criterion, or it is said why not
    ("judged", "resume"): "running",
    ("judged", "decide"): "decided",
    ("decided", "reopen"): "judged",  # as long as the public has not read it
    ("decided", "publish"): "decided",
    ("decided", "supersede"): "superseded",  # by a later decision that is published
    ("superseded", "publish"): "superseded",  # once it was withdrawn: whether it is in force shows then
    ("superseded", "revive"): "decided",  # the later one was withdrawn: this is in force again
    ("draft", "drop"): "dropped",
    ("running", "drop"): "dropped",
    ("judged", "drop"): "dropped",
}
"""How far the evaluation of a pilot is."""


class EvaluationStatus(Value, frozen=True, kw_only=True):
    """How far an evaluation is."""

    state: EvaluationState = "draft"
    fixed_on: date | None = None
    """When criteria and judges were fixed, before any result."""
    fixed_version: int = 0
    definitions: dict[str, int] = {}
    """Id of each indicator that it rests on → version of its definition when it was fixed."""
    amended: tuple[Amended, ...] = ()
    decision: PilotDecision | None = None
    reopened: tuple[str, ...] = ()
    """Why what was judged or decided was looked at again, for the group."""
    superseded_by: str = ""
    """Id of the evaluation whose decision is in force instead."""
    withdrawn: str = ""


class IndicatorValue(Regional, Base):
    """One value as somebody entered it. Never changed: a later row on the same period corrects it."""

    __tablename__ = "indicator_value"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str]
    value: Mapped[float | None] = mapped_column(Float(53))
    """None: what was entered before is taken back."""
    source: Mapped[str]
    note: Mapped[str]
    """Why it was corrected, how it came about; for the group."""
    lang: Mapped[str]
    """Language of source and note."""
    computed: Mapped[bool]
    """The platform counted it in its own records."""
    by: Mapped[str]
    at: Mapped[datetime]


class Judgement(Regional, Base):
    """What one judge answered on one criterion, or why a view is missing. Never changed: a later row corrects it."""

    __tablename__ = "judgement"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    criterion: Mapped[str]
    standpoint: Mapped[str]
    judge: Mapped[str]
    """Key of the judge; empty where the row says why the view is missing."""
    answer: Mapped[str]
    """An ``Answer`` or ``ABSENT``."""
    reason: Mapped[bytes] = mapped_column(LargeBinary)
    """Language → text."""
    source: Mapped[str]
    """Where the judge said so, if somebody else wrote it down."""
    version: Mapped[int]
    """Of the evaluation: it counts as long as the criterion reads as it did then."""
    by: Mapped[str]
    at: Mapped[datetime]


class ValueRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An ``IndicatorValue`` in a region's file."""

    seq: Annotated[int, Meta(ge=1, le=1_000_000)]
    period: Period
    value: Figure | None
    source: str
    note: str
    lang: str
    computed: bool
    by: str
    at: Annotated[datetime, Meta(tz=True)]


class JudgementRow(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A ``Judgement`` in a region's file."""

    seq: Annotated[int, Meta(ge=1, le=1_000_000)]
    criterion: str
    standpoint: Standpoint
    judge: str
    answer: Literal["met", "partly", "not", "cannot-say", "absent"]
    reason: Raw
    source: str
    version: Annotated[int, Meta(ge=1, le=1_000_000)]
    by: str
    at: Annotated[datetime, Meta(tz=True)]
