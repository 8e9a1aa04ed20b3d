"""What is decided about procedures, and what bodies said of them; what is written in them is a ``Procedure``."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final, Literal, get_args

from msgspec import Struct
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records.lifecycle import Transitions
from lanzarote.store.database import Base, Regional
from lanzarote.types import Derived, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lanzarote.types import Procedure

KIND: Final = "procedure"
INVENTED: Final = "example"
"""The nature of a procedure about no real body."""
ProcedureState = Literal["draft", "documented", "proposed", "endorsed", "applied", "lapsed", "superseded", "withdrawn"]
Beside = Literal["", "draft", "proposed"]
What = Literal["endorse", "decline", "retract", "apply", "cease"]
WHATS: Final[tuple[What, ...]] = get_args(What)
"""What a body can say of a procedure."""
IN_FORCE: Final = ("endorsed", "applied")


LIFECYCLE: Final[Transitions] = {
    (None, "write"): "draft",
    (None, "document"): "documented",  # shipped: reconstructed from public sources, endorsed by nobody
    ("draft", "write"): "draft",
    ("draft", "document"): "documented",
    ("draft", "propose"): "proposed",  # each party body is asked to endorse this very text
    ("proposed", "recall"): "draft",
    ("proposed", "decline"): "proposed",
    ("proposed", "endorse"): "endorsed",  # by each party body; until the last has, it stays proposed
    ("endorsed", "declare"): "endorsed",  # a body declares that it applies it
    ("endorsed", "apply"): "applied",  # each has declared it
    ("applied", "declare"): "applied",
    ("endorsed", "cease"): "endorsed",
    ("applied", "cease"): "endorsed",  # a body declares that it applies it no longer
    ("endorsed", "retract"): "lapsed",  # a body takes its endorsement back
    ("applied", "retract"): "lapsed",
    ("lapsed", "retract"): "lapsed",
    ("lapsed", "cease"): "lapsed",
    ("lapsed", "endorse"): "endorsed",
    # Another version begins beside the one that is read; it is proposed in its turn.
    **{(state, "write"): "draft" for state in ("documented", "endorsed", "applied", "lapsed", "withdrawn")},
    **{(state, "supersede"): "superseded" for state in ("documented", "endorsed", "applied", "lapsed")},
    **{(state, "withdraw"): "withdrawn" for state in ("documented", "endorsed", "applied", "lapsed", "superseded")},
}
"""How far a procedure is, and how far a version beside the one that is read."""


class ProcedureStatus(Value, frozen=True, kw_only=True):
    """How far a procedure is."""

    state: ProcedureState = "draft"
    """Of what is read outside the group; of the text, as long as nothing is."""
    beside: Beside = ""
    """Of a newer version beside that one; empty: there is none."""
    endorsed_on: date | None = None
    """The day on which the last body endorsed it."""
    reviewed_on: date | None = None
    """When its parties last looked at it again."""
    superseded_by: str = ""
    """Id of the procedure that takes its place."""
    withdrawn: str = ""
    """Why it was withdrawn, for the group."""
    derived: Derived | None = None
    """Where it was taken from, if it was adapted from a procedure of another place."""

    @property
    def text_state(self) -> str:
        """Of the newest version."""
        return self.beside or self.state


class Endorsement(Regional, Base):
    """What one body said of one version of a procedure, in the order in which it was said."""

    __tablename__ = "endorsement"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    stakeholder_id: Mapped[str]
    what: Mapped[str]
    """A ``What``."""
    day: Mapped[date]
    source: Mapped[str]
    """Where it is written: name, number and date of the act, or a page."""
    spoken: Mapped[bool]
    """True: its representative said so here. False: a coordinator wrote it down from the source."""
    by: Mapped[str]
    at: Mapped[datetime]


class Said(Struct, frozen=True, kw_only=True):
    """Something that a body said."""

    number: int
    version: int
    what: What
    day: date
    source: str
    spoken: bool
    by: str
    at: datetime


class EndorsementRow(Said, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """As it goes with its record in a region's file."""

    stakeholder_id: str


class Stand(Struct, frozen=True, kw_only=True):
    """Where a body stands on one version."""

    endorsed: Said | None = None
    declined: Said | None = None
    retracted: Said | None = None
    applied: Said | None = None
    ceased: Said | None = None

    @property
    def answered(self) -> bool:
        """It endorsed the version, or said that it does not."""
        return self.endorsed is not None or self.declined is not None


def stand_of(said: Iterable[Said]) -> Stand:
    """What remains of all that a body said of one version, the oldest first."""
    stand = Stand()
    for one in said:
        match one.what:
            case "endorse":
                stand = Stand(endorsed=one)
            case "decline":
                stand = Stand(declined=one)
            case "retract":
                stand = Stand(retracted=one)
            case "apply":
                stand = Stand(endorsed=stand.endorsed, applied=one)
            case "cease":
                stand = Stand(endorsed=stand.endorsed, retracted=stand.retracted, ceased=one)
    return stand


def stands_of(said: Mapping[str, Iterable[Said]], version: int) -> dict[str, Stand]:
    """Body → where it stands on *version*."""
    return {body: stand_of(one for one in some if one.version == version) for body, some in said.items()}


def due_on(procedure: Procedure, status: ProcedureStatus) -> date | None:
    """When it is to be looked at again: so many months after its parties last did."""
    since = status.reviewed_on or status.endorsed_on
    if not procedure.review_months or since is None or status.state not in IN_FORCE:
        return None
    months = since.year * 12 + since.month - 1 + procedure.review_months
    year, month = divmod(months, 12)
    for day in range(since.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue  # the month is shorter
    return date(year, month + 1, min(since.day, 28))
