"""What comments, amendments and actions share: the record they belong to, the texts that are taken, what goes with it.

Their rows stand beside the record, and go with it: into its line of the region's file, and when it is erased.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.errors import Conflict, Gone, NotFound
from lanzarote.improvements.actions_model import Action, ActionStep
from lanzarote.improvements.amendments_model import Amendment
from lanzarote.improvements.comments_model import Comment
from lanzarote.improvements.model import IMPROVEMENT, ImprovementStatus
from lanzarote.records.erasing import forget_beside
from lanzarote.records.permissions import allowed, require, subject_of
from lanzarote.records.records import Record, decode, encode
from lanzarote.records.validation import MISSING, Fault, Faulty, let_pass, refuse_long, unfit_text
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.changelog import Saved
    from lanzarote.records.drafts import Reason
    from lanzarote.records.permissions import Action as Right
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary

NO_SUCH: Final = N_("There is no such improvement here, or you may not read it.")
ERASED: Final = N_("This improvement was erased.")
ARCHIVED: Final = N_("This improvement is put away: nothing more is said about it.")
TABLES: Final[tuple[Any, ...]] = (Comment, Amendment, Action, ActionStep)


def find(session: Session, region_id: str, record_id: str, *, by: Actor, kind: str = IMPROVEMENT) -> Record:
    """The record with this id, if *by* may read it. Raises NotFound, Gone."""
    # One question for both: what one may not know takes no longer than what there is not.
    here = (Record.region_id == region_id) & (Record.id == record_id) & (Record.kind == kind)
    record = session.scalars(select(Record).where(here, allowed(by, "group.read"))).first()
    if record is None:
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def hold(session: Session, record: Record, right: Right, by: Actor) -> None:
    """Let nobody else change what belongs to *record* until the transaction ends.

    Raises Gone, NotPermitted, Conflict.
    """
    session.refresh(record, with_for_update=True)
    require(by, right, subject_of(session, record))
    if record.state == "erased":
        raise Gone(ERASED)
    if record.state == "archived":
        raise Conflict(ARCHIVED)


def status_of(record: Record) -> ImprovementStatus:
    return decode(record.status, ImprovementStatus)


def taken_texts(
    texts: Sequence[tuple[str, str, int]],
    vocabulary: Vocabulary,
    reasons: Mapping[tuple[str, str], str],
    *,
    by: Actor,
    needed: Sequence[str] = (),
    shown: Mapping[str, str] = {},
) -> tuple[Reason, ...]:
    """Let (field, text, room) pass; return why what the guard asked about may stay. Raises Identifying, Faulty.

    *shown*: field → what readers see of it, where that is not the text itself.
    """
    identifiers = vocabulary.header.personal_identifiers
    for field, text, room in texts:
        refuse_long([(field, text)], room)
    concerns = guard.check_texts(((field, text) for field, text, _ in texts), identifiers=identifiers)
    concerns += _only_shown(texts, shown, concerns, identifiers)
    kept = let_pass(concerns, reasons, identifiers=identifiers, by=by.account_id)
    faults = [fault for field, text, room in texts if (fault := unfit_text(field, text, room))]
    faults += [Fault(field=field, text=MISSING) for field, text, _ in texts if field in needed and not text.strip()]
    if faults:
        raise Faulty(faults)
    return kept


def _only_shown(
    texts: Sequence[tuple[str, str, int]],
    shown: Mapping[str, str],
    concerns: Sequence[guard.Concern],
    identifiers: Sequence[str],
) -> tuple[guard.Concern, ...]:
    """What only who reads *shown* finds; its place is the whole text, for in that it stands nowhere."""
    known = {(one.field, one.code, one.hard) for one in concerns}
    lengths = {field: len(text) for field, text, _ in texts}
    return tuple(
        msgspec.structs.replace(one, start=0, end=lengths[one.field])
        for one in guard.check_texts(shown.items(), identifiers=identifiers)
        if (one.field, one.code, one.hard) not in known
    )


class Why(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about; whoever wrote the text said it."""

    field: str
    code: str
    text: str


def encoded(reasons: Sequence[Reason]) -> bytes:
    return encode([Why(field=one.field, code=one.code, text=one.text) for one in reasons])


def said_why(reasons: bytes) -> tuple[Why, ...]:
    return msgspec.json.decode(reasons, type=tuple[Why, ...])


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Erase what was said about a record that is erased. Listens to ``changes.record``."""
    forget_beside(session, saved, TABLES)
