"""Indicators, and the evaluation of a pilot: what is counted, what is asked, who assesses."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from lanzarote.types.improvements import Id
from lanzarote.types.values import Key, Language, PartialDate, Value

Counts = Literal["people", "organisations", "practices", "other"]
"""What the number is a number of. Counts of people are rounded and, where they are small, hidden from the public."""
Direction = Literal["more", "less", "neither"]
"""Which way is better."""
Rhythm = Literal["month", "quarter", "half-year", "year", "day"]
"""What one value is about. ``day``: how it stood on a day, whenever somebody looked."""
Period = Annotated[str, Meta(pattern=r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?|-Q[1-4]|-H[12])?$")]
"""``2031``, ``2031-H1``, ``2031-Q3``, ``2031-06``, ``2031-06-02``."""
Standpoint = Literal["self", "external"]
"""Whose view it is: of those who take part in the pilot, or of others."""
Figure = Annotated[float, Meta(ge=-1e12, le=1e12)]

# Room for texts is described here and asked for when something is saved: what was saved with more room can be read.
Title = Annotated[str, Meta(extra_json_schema={"maxLength": 200})]
Long = Annotated[str, Meta(extra_json_schema={"maxLength": 4_000})]
Unit = Annotated[str, Meta(extra_json_schema={"maxLength": 100})]
Where = Annotated[str, Meta(extra_json_schema={"maxLength": 500})]
Question = Annotated[str, Meta(extra_json_schema={"maxLength": 1_000})]
Met = Annotated[str, Meta(extra_json_schema={"maxLength": 2_000})]
JudgeRole = dict[Language, Annotated[str, Meta(min_length=1, extra_json_schema={"maxLength": 300})]]


class IndicatorText(Value, frozen=True, kw_only=True):
    """The texts of an indicator in one language, as far as they are written."""

    title: Title | None = None
    counted: Long | None = None
    """What is counted, and what is not."""
    method: Long | None = None
    """How, by whom and how often."""
    unit: Unit | None = None
    """What comes after the number: "professionals trained"."""
    limits: Long | None = None
    """What the number does not say."""


class StartingPoint(Value, frozen=True, kw_only=True):
    """How it stood before the pilot."""

    value: Figure
    on: PartialDate
    source: Where = ""


class Aim(Value, frozen=True, kw_only=True):
    """Where it is to get, and by when."""

    value: Figure
    by: PartialDate


class Indicator(Value, frozen=True, kw_only=True):
    """What a pilot is measured by; its values follow it."""

    original: Language
    text: dict[Language, IndicatorText] = {}
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    counts: Counts = "other"
    direction: Direction = "neither"
    rhythm: Rhythm = "month"
    adds_up: bool = False
    """Values of several periods may be added: nothing is counted in two of them."""
    baseline: StartingPoint | None = None
    target: Aim | None = None
    measure: Key | None = None
    """What the platform counts in its own records; none: people count and enter it."""
    ended_on: date | None = None
    """From this day on nobody enters values."""


class CriterionText(Value, frozen=True, kw_only=True):
    question: Question | None = None
    met: Met | None = None
    """What would count as met."""


class PilotCriterion(Value, frozen=True, kw_only=True):
    """A question that the evaluation asks, and what would count as met; fixed before the results."""

    key: Key
    text: dict[Language, CriterionText] = {}
    indicators: Annotated[tuple[Id, ...], Meta(extra_json_schema={"maxItems": 100})] = ()
    """Whose figures it rests on."""


class PilotJudge(Value, frozen=True, kw_only=True):
    """Who answers: an organisation and its role, never a person."""

    key: Key
    standpoint: Standpoint
    organisation: str = ""
    """Id or key of its entry in the directory, if it has one."""
    role: JudgeRole = {}
    """"Research office of the university"."""


class EvaluationText(Value, frozen=True, kw_only=True):
    """The texts of an evaluation in one language, as far as they are written."""

    title: Title | None = None
    done: Long | None = None
    """What the pilot did, in words."""
    method: Long | None = None
    """How the evaluation is made."""
    limits: Long | None = None
    """What it cannot say."""


class Evaluation(Value, frozen=True, kw_only=True):
    """How a pilot is evaluated: over which period, on which mandate, by which criteria, by whom."""

    original: Language
    text: dict[Language, EvaluationText] = {}
    stale: tuple[Language, ...] = ()
    """Languages whose texts are older than the original's last change."""
    since: PartialDate | None = None
    until: PartialDate | None = None
    mandate: int = 0
    """Version of the region's mandate that it evaluates; 0: none is recorded."""
    criteria: Annotated[tuple[PilotCriterion, ...], Meta(extra_json_schema={"maxItems": 30})] = ()
    judges: Annotated[tuple[PilotJudge, ...], Meta(extra_json_schema={"maxItems": 30})] = ()
