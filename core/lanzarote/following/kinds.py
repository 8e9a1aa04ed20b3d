"""What can be followed: where it is read, who reads it, and in which words a mail tells what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records.permissions import Subject, may
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.records.permissions import Action, Actor
    from lanzarote.records.records import Record


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of records."""

    place: str
    """As addresses call it, for the public and for the team."""
    words: str
    """One of them, whose title may not be told."""
    news: Mapping[str, str]
    """What was done (a verb of the audit) → in words; nobody is told of anything else."""
    read: Action | None = None
    """What lets the team read it before the public does; None: nobody is told of it then."""


KINDS: Final[Mapping[str, Kind]] = {
    PRACTICE: Kind(
        place="practices",
        words=N_("A practice"),
        news={
            "publish": N_("published, or a new version of it"),
            "withdraw": N_("withdrawn"),
            "erase": N_("erased"),
        },
    ),
    STAKEHOLDER: Kind(
        place="organisations",
        words=N_("An organisation"),
        news={
            "publish": N_("published, or a new version of it"),
            "relation": N_("its relation to the group"),
            "merge": N_("merged into another entry"),
            "withdraw": N_("withdrawn"),
            "erase": N_("erased"),
        },
    ),
    FINDING: Kind(
        place="findings",
        words=N_("A finding"),
        read="group.read",
        news={
            "share": N_("shared with the group"),
            "revise": N_("a new version of the text"),
            "close": N_("closed"),
            "reopen": N_("open again"),
        },
    ),
    IMPROVEMENT: Kind(
        place="improvements",
        words=N_("An improvement"),
        read="group.read",
        news={
            "revise": N_("a new version of the text"),
            "discuss": N_("under discussion"),
            "comment": N_("a new comment"),
            "amend": N_("an amendment is proposed"),
            "amend-accept": N_("an amendment is accepted"),
            "amend-refuse": N_("an amendment is refused"),
            "call": N_("positions are asked for"),
            "recall": N_("open for changes again"),
            "adopt": N_("adopted"),
            "reject": N_("not adopted"),
            "postpone": N_("postponed"),
            "reconsider": N_("taken up again"),
            "drop": N_("no longer pursued"),
            "action": N_("an action is planned"),
            "action-change": N_("an action is planned otherwise"),
            "action-progress": N_("news of an action"),
            "complete": N_("completed"),
            "resume": N_("taken up again"),
            "publish": N_("published, or a new version of it"),
            "withdraw": N_("withdrawn"),
            "erase": N_("erased"),
        },
    ),
}
PUBLIC: Final = ("publish", "withdraw", "erase", "merge", "relation")
"""What the public may know of what it once read."""


class _Status(Struct):
    state: str = ""


def may_follow(record: Record, by: Actor) -> bool:
    """Whether *by* may read *record* as it stands now, in one way or another."""
    kind = KINDS.get(record.kind)
    if kind is None or record.state == "erased":
        return False
    return record.published_version is not None or _reads_inside(kind, record, by)


def may_know(record: Record, verb: str, by: Actor) -> bool:
    """Whether *by* may know now that *verb* was done to *record*."""
    kind = KINDS.get(record.kind)
    if kind is None or verb not in kind.news:
        return False
    if verb in PUBLIC and record.published_at is not None:
        return True
    return _reads_inside(kind, record, by)


def _reads_inside(kind: Kind, record: Record, by: Actor) -> bool:
    """Whether *by* reads it as one of those who work on it."""
    if kind.read is None or not may(by, kind.read, Subject(region_id=record.region_id, id=record.id)):
        return False
    # A finding that was not shared is its authors' alone; where there is nothing left of it, nothing is told.
    return record.kind != FINDING or msgspec.json.decode(record.status, type=_Status).state in ("shared", "closed")
