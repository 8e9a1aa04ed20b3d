"""What is decided about a stakeholder; what is written about it is an ``Organisation``."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct
from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from lanzarote.records.lifecycle import Transitions
from lanzarote.store.database import Base, Regional
from lanzarote.types import Organisation, PartialDate, Relation, Text, Value

KIND: Final = "stakeholder"
Way = Literal["representatives", "contact", "elsewhere"]
"""How a body is asked: its representatives, a service of it by a mailed link, or by letter, outside of the platform."""


class Merged(Value, frozen=True, kw_only=True):
    """Another entry answers in the place of this one."""

    into: str
    """Id of that entry."""
    version: int
    """What the public read of this one until then."""
    names: tuple[str, ...] = ()
    """Keys it had then: practices go on naming it by them, whatever its package calls it since."""


RELATION_LIFECYCLE: Final[Transitions] = {
    ("cited", "invite"): "invited",
    ("declined", "invite"): "invited",
    ("left", "invite"): "invited",
    ("invited", "invite"): "invited",  # asked once more
    ("invited", "accept"): "taking-part",
    ("invited", "decline"): "declined",
    ("taking-part", "leave"): "left",
}
"""How a stakeholder relates to the group, where it is the body itself that answers."""


class StakeholderStatus(Value, frozen=True, kw_only=True):
    """Only those taking part count in quorums, in "the group" and in results."""

    relation: Relation = "cited"
    since: PartialDate | None = None
    mandate: Text = {}
    source: str = ""
    """Where the relation is written: address of a page, or name of a document."""
    shared: bool = False
    """It agreed that the central office receives its entry; without that it never leaves the region."""
    withdrawn: str = ""
    """Why the entry was withdrawn; for the team."""
    merged: Merged | None = None


class Contact(Value, frozen=True, kw_only=True):
    """How a service of the organisation is reached: a role, never a person."""

    purpose: Annotated[Text, Meta(extra_json_schema={"maxLength": 200})]
    """Which service, and for what: "child protection desk"."""
    address: Annotated[str, Meta(extra_json_schema={"maxLength": 300})]
    """E-mail address of the service, its telephone, or a page."""
    source: Annotated[str, Meta(extra_json_schema={"maxLength": 500})]
    """Where the address was read: a page, or the name of a document."""
    review_on: date
    """The day on which somebody looks whether it is still right."""
    public: bool = False

    def is_due(self, today: date) -> bool:
        return self.review_on <= today


class Stakeholder(Struct, frozen=True, kw_only=True):
    """A stakeholder as the public reads it."""

    id: str
    region: str
    slug: str
    key: str | None
    version: int
    updated_at: datetime
    status: StakeholderStatus
    organisation: Organisation
    contacts: tuple[Contact, ...] = ()
    """Those that are public."""
    names: tuple[str, ...] = ()
    """Every id and key that names it: its own, former ones, those of entries that were merged into it."""


class Contacts(Regional, Base):
    """The contacts of a stakeholder from one of its versions on. Beside the text, so that they leave no region."""

    __tablename__ = "contacts"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class MovedLink(Regional, Base):
    """What led to an entry before it was merged, so that it can lead there again."""

    __tablename__ = "moved_link"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    """``grant`` or ``task``."""
    link: Mapped[str] = mapped_column(primary_key=True)
    """Account and role, or id of the task."""


class Invitation(Regional, Base):
    """A body was asked to take part in the group; each time that it is asked again is another one."""

    __tablename__ = "invitation"

    record_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str]
    way: Mapped[str]
    """A ``Way``; the address is kept nowhere but among its contacts."""
    answer: Mapped[str]
    """``accept`` or ``decline``; empty: none yet."""
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str]
    """Account of its representative; ``answer_links.BY`` for a mailed link."""


class InvitationRow(Struct, frozen=True, kw_only=True):
    """An ``Invitation`` as it stands in a region's file."""

    number: Annotated[int, Meta(ge=0, le=1_000_000)]
    at: Annotated[datetime, Meta(tz=True)]
    by: str
    way: Way
    answer: Literal["", "accept", "decline"]
    answered_at: Annotated[datetime, Meta(tz=True)] | None
    answered_by: str
