"""What is decided about findings and improvements; what is written in them is a ``Finding``, an ``Improvement``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

from lanzarote.translation import N_
from lanzarote.types import Text, Value

FINDING: Final = "finding"
IMPROVEMENT: Final = "improvement"

FindingState = Literal["draft", "shared", "closed"]
ImprovementState = Literal["draft", "discussed", "called", "adopted", "not-adopted", "completed", "dropped"]
STATES: Final[Mapping[str, Mapping[str, str]]] = {
    FINDING: {
        "draft": N_("draft, not shared yet"),
        "shared": N_("shared with the group"),
        "closed": N_("closed"),
    },
    IMPROVEMENT: {
        "draft": N_("draft"),
        "discussed": N_("under discussion"),
        "called": N_("positions are asked for"),
        "adopted": N_("adopted"),
        "not-adopted": N_("not adopted"),
        "completed": N_("adopted and completed"),
        "dropped": N_("pursued no further"),
        "archived": N_("archived"),
    },
}
"""How far each is, in words."""
OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    FINDING: ("draft", "shared"),
    IMPROVEMENT: ("draft", "discussed", "called"),
}
"""Kind → states in which something is still to be done about the text."""
PUBLIC_OUTCOMES: Final = ("adopted", "completed")
"""States in which the public reads what follows from an improvement."""


class Offer(Value, frozen=True, kw_only=True):
    """A body that a finding names was offered to reply."""

    stakeholder: str
    """Its id."""
    on: date
    by: str
    """Account that wrote it down."""
    how: str = ""
    """How it was offered: letter, mail, meeting."""
    reply: Text = {}
    """What the body replied, in its words; read beside the finding."""
    replied_on: date | None = None


class FindingStatus(Value, frozen=True, kw_only=True):
    """How far a finding is, a state of ``lifecycle.FINDING``; never public by default."""

    state: FindingState = "draft"
    shared: bool = False
    """The group reads it, or read it when it was closed."""
    offers: tuple[Offer, ...] = ()
    closed: str = ""
    """Why it was closed, for the group."""
    not_meant: dict[str, str] = {}
    """Id of a stakeholder whose name stands in the text → why it is not meant, for the group."""


class ImprovementStatus(Value, frozen=True, kw_only=True):
    """How far an improvement is, a state of ``lifecycle.IMPROVEMENT``."""

    state: ImprovementState = "draft"
    called_until: date | None = None
    """The last day for positions, once they are asked for."""
    called_version: int = 0
    """The text that positions were asked for on; it stays as it is until the decision."""
    decision: int = 0
    """Number of the decision in force, if there is one."""
    dropped: str = ""
    """Why it is pursued no further, for the group."""
    withdrawn: Text = {}
    """Why it was taken from the public, which reads it at its address."""
