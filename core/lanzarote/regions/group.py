"""What a group has of its own: the versions of its mandate, the grid that its reviewers answer."""

from __future__ import annotations

import tomllib
from calendar import monthrange
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.records.records import Record, Version
from lanzarote.runtime.reading import LateDecoder, converted
from lanzarote.types import Choice, CriteriaGrid, Mandate, Text, Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.types import RegionHeader


# --- What the working group is asked to do: the versions that its package ships, and those it adopted since ---

KIND: Final = "mandate"
"""Of the records in which a region keeps the versions that its group adopted."""


class MandateStatus(Value, frozen=True, kw_only=True):
    """At which meeting a version of the mandate was adopted."""

    meeting: str = ""
    """Its id."""
    on: date | None = None


class Dated(Struct, frozen=True, kw_only=True):
    """One version of the mandate."""

    mandate: Mandate
    id: str = ""
    """Of its record; empty for one that the package ships."""
    status: MandateStatus = MandateStatus()


_mandate = LateDecoder(Mandate)
_status = LateDecoder(MandateStatus)


def shipped(header: RegionHeader) -> tuple[Dated, ...]:
    return tuple(Dated(mandate=one) for one in header.mandates)


def adopted(session: Session) -> tuple[Dated, ...]:
    """Those that the group adopted and that count, the oldest first."""
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = select(Record, Version.body).join(Version, joined & (Version.number == Record.published_version))
    rows = session.execute(query.where(Record.kind == KIND))
    found = [
        Dated(mandate=_mandate.decode(body), id=record.id, status=_status.decode(record.status))
        for record, body in rows
    ]
    return tuple(sorted(found, key=lambda one: one.mandate.version))


def in_force(mandates: Sequence[Dated], today: date) -> Dated | None:
    """The newest version that has begun to count: a later one may be adopted already."""
    begun = [one for one in mandates if not one.mandate.since or one.mandate.since <= today.isoformat()]
    return max(begun, key=lambda one: one.mandate.version, default=None)


# --- The grid that reviewers answer: what is asked in every region, then what the region asks besides ---

MET: Final = "yes"
"""The answer that meets a condition."""
NOT_MET: Final = "no"


class Criterion(Value, frozen=True, kw_only=True):
    """One thing that a reviewer is asked."""

    key: str
    text: Text
    help: Text = {}
    gate: bool = False
    """A condition: yes or no, and without yes nothing else counts."""
    common: bool = False
    """Asked in every region."""
    scale: tuple[Choice, ...] = ()

    @property
    def answers(self) -> tuple[str, ...]:
        return (MET, NOT_MET) if self.gate else tuple(choice.key for choice in self.scale)


class Grid(Value, frozen=True, kw_only=True):
    """All of it, as it stands at one time; kept with the answers that were given to it."""

    version: int
    """Of the region's own questions; 0: it has none."""
    common: int
    """Version of the common ones."""
    criteria: tuple[Criterion, ...]
    """Conditions first."""
    reviewers: int
    review_after: int
    editorial: bool = True
    """The group has not adopted it."""
    verified: bool = False
    note: Text = {}
    sources: tuple[str, ...] = ()

    @property
    def gates(self) -> tuple[Criterion, ...]:
        return tuple(one for one in self.criteria if one.gate)

    def due_on(self, assessed_on: date) -> date:
        """When what was assessed on a day is due to be looked at again."""
        months = assessed_on.month - 1 + self.review_after
        year, month = assessed_on.year + months // 12, months % 12 + 1
        return date(year, month, min(assessed_on.day, monthrange(year, month)[1]))

    @property
    def questions(self) -> tuple[Criterion, ...]:
        return tuple(one for one in self.criteria if not one.gate)


@cache
def common_criteria() -> CriteriaGrid:
    """The conditions and questions that every region asks."""
    document = tomllib.loads((files("lanzarote") / "data" / "common_criteria.toml").read_text("utf-8"))
    return converted(document, CriteriaGrid)


def grid_of(own: CriteriaGrid | None) -> Grid:
    """The grid of a region that has *own* questions, or none."""
    common = common_criteria()
    own = own or CriteriaGrid(version=0)
    criteria = sorted(_criteria(common, own), key=lambda one: not one.gate)
    return Grid(
        version=own.version,
        common=common.version,
        criteria=tuple(criteria),
        reviewers=own.reviewers,
        review_after=own.review_after,
        editorial=own.editorial,
        verified=own.verified,
        note=own.note,
        sources=own.sources,
    )


def _criteria(common: CriteriaGrid, own: CriteriaGrid) -> Iterator[Criterion]:
    words = {question.key: question for question in own.questions}
    names = {choice.key: choice for choice in own.scale}
    scale = tuple(names.get(choice.key, choice) for choice in common.scale)
    for question in common.questions:
        said = words.pop(question.key, question)
        yield Criterion(
            key=question.key,
            text=said.text,
            help=said.help or question.help,
            gate=question.gate,
            common=True,
            scale=() if question.gate else scale,
        )
    for question in words.values():
        answers = () if question.gate else (own.scale or scale)
        yield Criterion(key=question.key, text=question.text, help=question.help, gate=question.gate, scale=answers)
