"""What is decided about a stakeholder; what is written about it is an ``Organisation``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.types import Organisation, PartialDate, Relation, Text, Value

if TYPE_CHECKING:
    from datetime import datetime

KIND = "stakeholder"


class StakeholderStatus(Value, frozen=True, kw_only=True):
    """Only those taking part count in quorums, in "the group" and in results."""

    relation: Relation = "cited"
    since: PartialDate | None = None
    mandate: Text = {}


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
