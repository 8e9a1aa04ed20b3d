"""An entry of the directory as it leaves its region: of bodies that take part and agreed to it, and of no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.changes import Release
from lanzarote.records import encode
from lanzarote.stakeholders.service import listed
from lanzarote.types import Key, Organisation, PartialDate, Text, Value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lanzarote.changes import Saved


class StakeholderRelease(Value, frozen=True, kw_only=True):
    """What the change log keeps of a body. Its contacts stay in the region."""

    slug: str
    key: Key | None
    """Its key in the package that shipped it."""
    names: tuple[Key, ...]
    """Every id and key that stands for it."""
    organisation: Organisation
    since: PartialDate | None
    """Since when it takes part."""
    mandate: Text


def released(session: Session, some: Mapping[str, Saved]) -> Mapping[str, Release]:
    """What the change log keeps of these entries."""
    return {
        one.id: Release(
            version=one.version,
            body=encode(
                StakeholderRelease(
                    slug=one.slug,
                    key=one.key,
                    names=one.names,
                    organisation=one.organisation,
                    since=one.status.since,
                    mandate=one.status.mandate,
                )
            ),
        )
        for one in listed(session, list(some))
        if one.status.relation == "taking-part" and one.status.shared
    }
