"""Writing findings and improvements: begun, saved, erased. How far they are is moved in ``sharing`` and ``moving``.

Every function checks for itself that the person may do it and that the lifecycle allows it; pages, API and command
line say the same. What is written goes through ``checked`` first, outside the transaction that writes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from lanzarote.improvements import contents, sharing
from lanzarote.improvements.model import FINDING, FindingStatus, ImprovementStatus
from lanzarote.improvements.service import content_of
from lanzarote.practices.sheets import with_stale
from lanzarote.records import drafts, records, validation
from lanzarote.records.drafts import Noted, Override, Reason, Told, forget, remember, take_part
from lanzarote.records.lifecycle import next_state
from lanzarote.records.permissions import Subject, require
from lanzarote.records.records import Draft, Record, decode, encode
from lanzarote.records.save_checks import Checks, asked
from lanzarote.records.validation import NOTHING_EXPLAINED, Faulty, let_pass
from lanzarote.store.ids import new_id, slugify
from lanzarote.types import Finding, Improvement

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.improvements.contents import Content, Known
    from lanzarote.records.permissions import Actor
    from lanzarote.records.validation import Explained
    from lanzarote.regions.vocabulary import Vocabulary


class Checked(Struct, frozen=True, kw_only=True):
    """What may be saved, and what has to be remembered about it."""

    content: Content
    reasons: tuple[Reason, ...] = ()
    noted: tuple[Noted, ...] | None = None
    """What packages say about it; None: they were not asked, and what they said before still stands."""
    overrides: tuple[Override, ...] = ()
    """What of that a coordinator lets pass, for the first time."""

    @property
    def kind(self) -> str:
        return contents.kind_of(self.content)


def checked(
    content: Content,
    vocabulary: Vocabulary,
    known: Known,
    *,
    reasons: Mapping[tuple[str, str], str],
    by: str,
    checks: Checks,
    today: str,
    earlier: Explained = NOTHING_EXPLAINED,
) -> Checked:
    """Let it pass the guard, the vocabulary and the region's packages.

    *reasons* by (field, code) answer what the guard only asks about, and what was explained *earlier* is not asked
    again; *checks*: which packages are asked, as ``objections.checks_for`` tells; of findings none is. Raises
    Identifying, Faulty, objections.Objected.
    """
    identifiers = vocabulary.header.personal_identifiers
    concerns, texts = contents.concerns_about(content, vocabulary), dict(contents.texts_of(content))
    kept = let_pass(concerns, reasons, identifiers=identifiers, by=by, texts=texts, earlier=earlier)
    if faults := tuple(contents.faults_in(content, vocabulary, known, today=today)):
        raise Faulty(faults)
    # What packages object to is asked for here: the text may be kept, and no transaction is open yet.
    said = asked(checks, vocabulary.header, content, by=by)
    return Checked(content=content, reasons=kept, noted=said.noted, overrides=said.overrides)


def explained_in(session: Session, record: Record) -> Explained:
    """What was explained when it was saved last."""
    return validation.explained_in(session, record, contents.texts_of(content_of(session, record)))


def begin(session: Session, region_id: str, given: Checked, *, by: Actor, at: datetime, record_id: str = "") -> Record:
    """Save a new finding or improvement for the first time. Raises NotPermitted."""
    require(by, "group.write", Subject(region_id=region_id))
    content = _with_stale(None, given.content, ())
    draft = Draft(
        kind=given.kind,
        id=record_id or new_id(),
        slug=_slug(content),
        body=encode(content),
        status=encode(FindingStatus() if given.kind == FINDING else ImprovementStatus()),
    )
    [made] = records.create(session, region_id, [draft], by=by.account_id, at=at)
    session.flush()
    record = session.get_one(Record, (region_id, made))
    _after_saving(session, record, given, by)
    return record


def save(
    session: Session,
    record: Record,
    given: Checked,
    *,
    expected: int,
    by: Actor,
    at: datetime,
    fresh: Collection[str] = (),
) -> int:
    """Save another version; return its number. *fresh*: languages whose texts fit the original, as *by* says.

    *expected* is the version that the writer read. Raises Conflict when there is another one by now, NotPermitted,
    IllegalTransition, and Faulty when a finding that the group reads names a body that was not offered to reply.
    """
    # Held before it is looked at: positions may be asked for at this very moment, and freeze the text.
    drafts.hold(session, record, "group.write", by, expected)
    next_state(record.kind, _state_of(record), "write")
    before = content_of(session, record)
    content = _with_stale(before, given.content, fresh)
    if encode(content) == encode(before):
        return record.version
    number = records.revise(session, record, encode(content), by=by.account_id, at=at, expected=expected)
    _after_saving(session, record, given, by)
    if record.kind == FINDING and decode(record.status, FindingStatus).shared:
        sharing.require_offers(session, record, language=by.language)
    return number


def told_of(session: Session, record: Record) -> Told:
    """What is said about the newest version."""
    return drafts.read_told(session, record, Told)


def erase(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Remove every word of it for good. Raises NotPermitted, IllegalTransition."""
    drafts.hold(session, record, "record.erase", by)
    records.erase(session, record, by=by.account_id, at=at)
    forget(session, record)


def _state_of(record: Record) -> str:
    if record.kind == FINDING:
        return decode(record.status, FindingStatus).state
    return decode(record.status, ImprovementStatus).state


def _with_stale(before: Content | None, after: Content, fresh: Collection[str]) -> Content:
    if isinstance(after, Finding):
        return with_stale(before if isinstance(before, Finding) else None, after, fresh=fresh)
    return with_stale(before if isinstance(before, Improvement) else None, after, fresh=fresh)


def _slug(content: Content) -> str:
    return slugify(contents.title_of(content)) or contents.kind_of(content)


def _after_saving(session: Session, record: Record, given: Checked, by: Actor) -> None:
    if record.published_at is None:
        record.slug = records.free_slug(session, record, _slug(given.content))
    take_part(session, record, "author", by.account_id)
    told = told_of(session, record)
    # Why something stays in a body's reply was not said about this text, and is not forgotten with it.
    reasons = (*given.reasons, *(one for one in told.reasons if one.field.startswith(sharing.REPLY)))
    told = msgspec.structs.replace(told, reasons=())
    remember(session, record, told, reasons=reasons, noted=given.noted, overrides=given.overrides, by=by)
