"""Contacts of stakeholders: what may be written as one, how they are kept, which have to be looked at again."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import func, select

from lanzarote import guard
from lanzarote.directory.model import KIND, Contact, Contacts
from lanzarote.guard.lexicon import GIVEN, NEVER_A_NAME, kinds_of
from lanzarote.records.records import Record, encode
from lanzarote.records.validation import MISSING, TOO_MANY, Fault, Faulty, Identifying, refuse_long, unfit_text
from lanzarote.runtime.reading import LateDecoder
from lanzarote.stakeholders.addresses import is_contact
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.regions.vocabulary import Vocabulary

MOST: Final = 20
LONGEST: Final = {"purpose": 200, "address": 300, "source": 500}
NO_CONTACT: Final = N_(
    "Write the e-mail address of a service, such as contact@…, a telephone number, or the address of a page."
)
NOT_TO_COME: Final = N_("Choose a day that is still to come: then it is looked at again.")
NO_PERSON: Final = N_("This looks like a person’s name. Name the service instead, such as “child protection desk”.")

_TITLED = re.compile(
    r"\b(?:M\.|MM\.|Mr|Mrs|Ms|Miss|Mme|Mlle|Madame|Monsieur|Me|Maître|Dr|Docteur|Prof|Pr|Herr|Frau|Sig|Signora|Señora?|Sra?)"
    r"\.? +[^\W\d_a-zà-ÿ]",
)
_contacts = LateDecoder(tuple[Contact, ...])


def faults_in(contacts: Sequence[Contact], before: Sequence[Contact], today: date | None) -> Iterator[Fault]:
    """What cannot be kept as it is."""
    known = {(one.address, one.review_on) for one in before}
    if len(contacts) > MOST:
        yield Fault(field="contacts", text=TOO_MANY, value=str(MOST))
    for number, one in enumerate(contacts):
        place = f"contacts[{number}]"
        if not any(text.strip() for text in one.purpose.values()):
            yield Fault(field=f"{place}.purpose", text=MISSING)
        for language, text in one.purpose.items():
            if fault := unfit_text(f"{place}.purpose.{language}", text, LONGEST["purpose"]):
                yield fault
            if tells_name(text):
                yield Fault(field=f"{place}.purpose.{language}", text=NO_PERSON)
        if not is_contact(one.address):
            yield Fault(field=f"{place}.address", text=NO_CONTACT if one.address else MISSING)
        if not one.source.strip():
            yield Fault(field=f"{place}.source", text=MISSING)
        if today and one.is_due(today) and (one.address, one.review_on) not in known:
            yield Fault(field=f"{place}.review_on", text=NOT_TO_COME)
        for name in ("address", "source"):
            if fault := unfit_text(f"{place}.{name}", getattr(one, name), LONGEST[name]):
                yield fault


def refuse_unfit(
    contacts: Sequence[Contact], vocabulary: Vocabulary, *, before: Sequence[Contact], today: date | None
) -> None:
    """Raise Identifying or Faulty for what cannot be kept of *contacts*; no reason lets anything pass.

    *before*: those that were kept until now; *today*: None when no day is too early.
    """
    if concerns := tuple(concerns_about(contacts, vocabulary.header.personal_identifiers)):
        raise Identifying(concerns)
    if faults := [*faults_in(contacts, before, today)]:
        raise Faulty(faults)


def concerns_about(contacts: Sequence[Contact], identifiers: Sequence[str]) -> Iterator[guard.Concern]:
    """What in them may tell who a person is."""
    texts = [one for number, contact in enumerate(contacts) for one in _texts_of(f"contacts[{number}]", contact)]
    # All in the order of the form: a number may be parted over fields, and over contacts.
    refuse_long(texts, max(LONGEST.values()))
    for concern in guard.check_texts(texts, identifiers=identifiers, guesses=False):
        if weighed := weigh(concern):
            yield weighed


def _texts_of(place: str, contact: Contact) -> Iterator[tuple[str, str]]:
    """(field, text)"""
    for language, text in contact.purpose.items():
        yield f"{place}.purpose.{language}", text
    yield f"{place}.address", contact.address
    yield f"{place}.source", contact.source


def weigh(concern: guard.Concern) -> guard.Concern | None:
    """What *concern*, found in a contact, means there; None: nothing."""
    # An office's telephone looks like anybody's; what it is for stands beside it.
    if concern.code == "phone" and not concern.hard and concern.field.endswith(".address"):
        return None
    return msgspec.structs.replace(concern, hard=True)


def tells_name(text: str) -> bool:
    """Whether there is something like a person's name in *text*.

    >>> [tells_name(one) for one in ("Child protection desk", "Mme Le Goff", "Anne Dupont, desk")]
    [False, True, True]
    """
    if _TITLED.search(text):
        return True
    words = re.findall(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*", text)
    return any(
        first[0].isupper() and second[0].isupper() and kinds_of(first) & GIVEN and not kinds_of(second) & NEVER_A_NAME
        for first, second in pairwise(words)
    )


def contacts_of(session: Session, record: Record, number: int | None = None) -> tuple[Contact, ...]:
    """The contacts in the newest version of *record*, or in version *number*."""
    query = select(Contacts.body).where(Contacts.region_id == record.region_id, Contacts.record_id == record.id)
    if number is not None:
        query = query.where(Contacts.number <= number)
    body = session.scalar(query.order_by(Contacts.number.desc()).limit(1))
    return _contacts.decode(body) if body else ()


def keep(session: Session, record: Record, contacts: Sequence[Contact]) -> None:
    """Let the newest version of *record* have these *contacts*."""
    session.add(
        Contacts(region_id=record.region_id, record_id=record.id, number=record.version, body=encode(tuple(contacts)))
    )
    session.flush()


def due(session: Session, today: Mapping[str, date]) -> dict[tuple[str, str], date]:
    """(region, record) → the earliest day on which a contact of it was to be looked at, where that day has come.

    *today*: the day that it is in each region to be looked at.
    """
    last = (
        select(Contacts.region_id, Contacts.record_id, func.max(Contacts.number).label("number"))
        .group_by(Contacts.region_id, Contacts.record_id)
        .subquery()
    )
    same = (
        (Contacts.region_id == last.c.region_id)
        & (Contacts.record_id == last.c.record_id)
        & (Contacts.number == last.c.number)
    )
    of = (Record.region_id == Contacts.region_id) & (Record.id == Contacts.record_id)
    query = select(Contacts.region_id, Contacts.record_id, Contacts.body).join(last, same).join(Record, of)
    found = {}
    for region_id, record_id, body in session.execute(
        query.where(
            Contacts.region_id.in_(today), Record.kind == KIND, Record.state.in_(("draft", "published", "withdrawn"))
        )
    ):
        days = [one.review_on for one in _contacts.decode(body) if one.is_due(today[region_id])]
        if days:
            found[region_id, record_id] = min(days)
    return found
