"""A meeting adopts another version of the mandate: the ones before stay, with the days from which they count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from lanzarote import guard
from lanzarote.errors import Gone, NotFound
from lanzarote.meetings.service import meeting_of, status_of
from lanzarote.records import changelog, records
from lanzarote.records.drafts import hold
from lanzarote.records.lifecycle import IllegalTransition
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import Draft, Record, Version, decode, encode
from lanzarote.records.validation import (
    MISSING,
    NO_CHOICE,
    TOO_MANY,
    Fault,
    Faulty,
    Identifying,
    refuse_long,
    unfit_text,
)
from lanzarote.regions.group import KIND, MandateStatus
from lanzarote.translation import N_
from lanzarote.types import Mandate, Objective

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Text

MOST: Final = 20
LONGEST: Final = 4_000
TITLE: Final = 300
TOO_EARLY: Final = N_("It cannot be in force before the meeting that adopts it.")
NO_SUCH: Final = N_("There is no such version of the mandate here, or you may not read it.")
ERASED: Final = N_("This version of the mandate was erased.")


def adopt(
    session: Session,
    meeting: Record,
    vocabulary: Vocabulary,
    *,
    title: Text,
    objectives: Sequence[Objective],
    since: date,
    by: Actor,
    at: datetime,
) -> Record:
    """Write down what the *meeting*, which was held, adopted. The public reads it at once.

    Raises Faulty, Identifying, NotPermitted, IllegalTransition.
    """
    hold(session, meeting, "group.lead", by)
    if status_of(meeting).state not in ("held", "minutes-drafted", "approved"):
        raise IllegalTransition("Only a meeting that was held adopts a mandate.")
    held = meeting_of(session, meeting)
    day = held.last_day or held.day
    if faults := [*_faults(title, objectives)]:
        raise Faulty(faults)
    if since < held.day:
        raise Faulty([Fault(field="since", text=TOO_EARLY)])
    texts = [(f"title.{code}", text) for code, text in title.items()]
    texts += [
        (f"objectives[{number}].text.{code}", text)
        for number, one in enumerate(objectives)
        for code, text in one.text.items()
    ]
    refuse_long(texts, LONGEST)
    # It is public at once, with nobody to look at a reason: nothing that the guard asks about can stay.
    if concerns := guard.check_texts(texts, identifiers=vocabulary.header.personal_identifiers, guesses=False):
        raise Identifying(concerns)
    changelog.lock(session, meeting.region_id)  # two that are adopted at once: the second sees the number taken
    number = _next_number(session, vocabulary)
    mandate = Mandate(version=number, since=since.isoformat(), title=title, objectives=tuple(objectives))
    status = MandateStatus(meeting=meeting.id, on=day)
    draft = Draft(kind=KIND, slug=f"version-{number}", body=encode(mandate), status=encode(status), publish=True)
    [made] = records.create(session, meeting.region_id, [draft], by=by.account_id, at=at)
    session.flush()
    return session.get_one(Record, (meeting.region_id, made))


def withdraw(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Take back what was written down by mistake: it counts no more. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "group.lead", by)
    records.withdraw(session, record, by=by.account_id, at=at)


def erase(session: Session, record: Record, *, by: Actor, at: datetime) -> None:
    """Remove every word of it for good. Raises NotPermitted, IllegalTransition."""
    hold(session, record, "record.erase", by)
    records.erase(session, record, by=by.account_id, at=at)


def read_record(session: Session, region_id: str, record_id: str, reader: Actor) -> Record:
    """The version with this id, if *reader* may read what the group does. Raises NotFound, Gone."""
    record = session.get(Record, (region_id, record_id))
    if record is None or record.kind != KIND or not may(reader, "group.read", subject_of(session, record)):
        raise NotFound(NO_SUCH)
    if record.state == "erased":
        raise Gone(ERASED)
    return record


def mandate_of(session: Session, record: Record) -> Mandate:
    return decode(records.body_of(session, record, record.version), Mandate)


def _next_number(session: Session, vocabulary: Vocabulary) -> int:
    """A number that no version ever had here: one that was taken back keeps its own."""
    own = select(Version.body).join(
        Record, (Record.region_id == Version.region_id) & (Record.id == Version.record_id) & (Record.kind == KIND)
    )
    taken = [decode(body, Mandate).version for body in session.scalars(own) if body]
    return max([*taken, *(one.version for one in vocabulary.header.mandates)], default=0) + 1


def _faults(title: Text, objectives: Sequence[Objective]) -> Iterator[Fault]:
    if not objectives:
        yield Fault(field="objectives", text=MISSING)
    if len(objectives) > MOST:
        yield Fault(field="objectives", text=TOO_MANY, value=str(MOST))
    keys = [one.key for one in objectives]
    if len(set(keys)) < len(keys):
        yield Fault(field="objectives", text=NO_CHOICE)
    for code, text in title.items():
        if fault := unfit_text(f"title.{code}", text, TITLE):
            yield fault
    for number, one in enumerate(objectives):
        if not any(text.strip() for text in one.text.values()):
            yield Fault(field=f"objectives[{number}]", text=MISSING)
        for code, text in one.text.items():
            if fault := unfit_text(f"objectives[{number}].text.{code}", text, LONGEST):
                yield fault
