"""Entries of the directory that are saved with their contacts, by programs, from a file or on the page of contacts.

Contacts stand beside the text, version by version, so that they leave no region.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import asdict

from lanzarote.kinds import service
from lanzarote.kinds.contents import written_in
from lanzarote.records import records
from lanzarote.records.drafts import hold, take_part
from lanzarote.records.lifecycle import RECORD, next_state
from lanzarote.records.validation import Explained
from lanzarote.stakeholders import contacts as desks
from lanzarote.stakeholders.contacts import contacts_of
from lanzarote.stakeholders.stakeholder_kind import STAKEHOLDERS, Known
from lanzarote.types import Organisation

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Contact
    from lanzarote.records.permissions import Actor
    from lanzarote.records.records import Record
    from lanzarote.records.save_checks import Checks
    from lanzarote.regions.vocabulary import Vocabulary


class Checked(service.Checked[Organisation], frozen=True, kw_only=True):
    """An entry that may be saved."""

    contacts: tuple[Contact, ...] | None = None
    """None: they stay as they are."""


def checked(
    organisation: Organisation,
    vocabulary: Vocabulary,
    organisations: Collection[str],
    *,
    reasons: Mapping[tuple[str, str], str],
    by: str,
    checks: Checks,
    contacts: tuple[Contact, ...] | None = None,
    known: tuple[Contact, ...] = (),
    today: date | None = None,
) -> Checked:
    """Let an entry pass the guard, the vocabulary and the region's packages, and its contacts the guard.

    *reasons* by (field, code) answer what the guard only asks about, unless it was answered and is as it was.
    *organisations*: every id and key of the directory; *known*, *today*: as ``contacts.refuse_unfit`` takes them.
    Raises Identifying, Faulty, Objected.
    """
    desks.refuse_unfit(contacts or (), vocabulary, before=known, today=today)
    before = checks.before
    texts = dict(written_in(STAKEHOLDERS.shapes, before)) if isinstance(before, Organisation) else {}
    passed = service.check(
        STAKEHOLDERS,
        organisation,
        vocabulary,
        Known(vocabulary=vocabulary, organisations=organisations),
        reasons=reasons,
        by=by,
        earlier=Explained(texts=texts, reasons=checks.explained),
        checks=checks,
    )
    return Checked(**asdict(passed), contacts=contacts)


def begin(session: Session, region_id: str, given: Checked, *, by: Actor, at: datetime, record_id: str = "") -> Record:
    """Save a new entry for the first time. Raises NotPermitted."""
    record = service.begin(STAKEHOLDERS, session, region_id, given, by=by, at=at, record_id=record_id)
    if given.contacts is not None:
        desks.keep(session, record, given.contacts)
    return record


def split_off(session: Session, record: Record, given: Checked, *, by: Actor, at: datetime) -> Record:
    """Begin a second entry out of *record*, which stays as it is; return the new one, a draft.

    Raises NotPermitted, IllegalTransition.
    """
    hold(session, record, "stakeholder.decide", by)
    next_state(RECORD, record.state, "write")
    made = begin(session, record.region_id, given, by=by, at=at)
    records.tell(session, record, "split-off", by=by.account_id, at=at)
    return made


def save(session: Session, record: Record, given: Checked, *, expected: int, by: Actor, at: datetime) -> int:
    """Save another version beside the one that the public reads; return its number.

    *expected* is the version that the writer read. Raises Conflict, NotPermitted, IllegalTransition.
    """
    number = service.save(STAKEHOLDERS, session, record, given, expected=expected, by=by, at=at)
    if given.contacts is None:
        return number
    if number == expected:
        return save_contacts(session, record, given.contacts, expected=expected, by=by, at=at)
    desks.keep(session, record, given.contacts)
    return number


def save_contacts(
    session: Session, record: Record, contacts: tuple[Contact, ...], *, expected: int, by: Actor, at: datetime
) -> int:
    """Save another version that says the same and has other *contacts*; return its number.

    Those that are not public are nobody's to review: what is published stays published. Raises Conflict, NotPermitted,
    IllegalTransition.
    """
    hold(session, record, "stakeholder.write", by, expected)
    next_state(RECORD, record.state, "write")
    before = contacts_of(session, record)
    if contacts == before:
        return record.version
    idle = not record.stage and record.published_version == record.version
    body = records.body_of(session, record, record.version)
    number = records.revise(session, record, body, by=by.account_id, at=at, expected=expected)
    desks.keep(session, record, contacts)
    if idle and _public(contacts) == _public(before):
        records.keep(session, record, "contacts", by=by.account_id, at=at)
    else:
        take_part(session, record, "author", by.account_id)
    return number


def _public(some: tuple[Contact, ...]) -> tuple[Contact, ...]:
    return tuple(one for one in some if one.public)
