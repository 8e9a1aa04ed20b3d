"""What stands beside an entry of the directory for its team: contacts, replies, practices, what it is one with."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.accounts.people import called
from lanzarote.accounts.service import names
from lanzarote.directory.service import names_of, standing_for
from lanzarote.kinds.fields import Option
from lanzarote.kinds.versions import FORMER, person
from lanzarote.kinds.wording import Said
from lanzarote.records.drafts import told_of
from lanzarote.records.records import Record, Version
from lanzarote.records.tables import NEWEST_VERSION
from lanzarote.records.tasks import Task
from lanzarote.runtime.reading import LateDecoder
from lanzarote.stakeholders import deciding, entries, members, taking_part, writing
from lanzarote.stakeholders.contacts import contacts_of
from lanzarote.translation import N_, date_told, format_date, texts_named
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.directory.model import Contact, Invitation
    from lanzarote.types import Organisation
    from lanzarote.web.site import View

PRACTICE: Final = "practice"
"""Kind of the records that name stakeholders; their room stands above this one."""


class Note(Struct, frozen=True, kw_only=True):
    """Something a person said about it."""

    text: str
    by: str
    at: datetime


class Naming(Struct, frozen=True, kw_only=True):
    """A practice that names it."""

    id: str
    title: Mapping[str, str]
    original: str
    public: bool


WAYS: Final[Mapping[str, str]] = {
    "representatives": N_("by its representative’s account"),
    "contact": N_("by a link sent by e-mail"),
    "elsewhere": N_("by letter or in person"),
}
ANSWERS: Final[Mapping[str, str]] = {
    "": N_("no answer yet"),
    "accept": N_("said that it takes part"),
    "decline": N_("said that it does not take part"),
}


class Sent(Struct, frozen=True, kw_only=True):
    """It was invited once."""

    at: datetime
    by: str
    way: str
    answer: str
    """Empty where a later invitation was answered, or a coordinator wrote down what a letter says."""
    answered_at: datetime | None


def sent_to(view: View, relation: str, rows: Sequence[Invitation], people: Mapping[str, str]) -> tuple[Sent, ...]:
    """How often a body of this *relation* was invited, the last first."""
    return tuple(
        Sent(
            at=row.at,
            by=people.get(row.by) or view._(FORMER),
            way=view._(WAYS[row.way]),
            answer=view._(ANSWERS[row.answer]) if row.answer or relation == "invited" else "",
            answered_at=row.answered_at,
        )
        for row in rows
    )


def ways_of(view: View, _: Sequence[str], record: Record) -> Iterator[Option]:
    """In which ways the body can be invited."""
    with view.instance.database.read(view.region_id) as session:
        contacts = contacts_of(session, record)
        accounts = members.representatives(session, view.region_id, [record.id]).get(record.id, [])
        people = names(session, accounts)
    if accounts:
        who = {"names": ", ".join(people.values())}
        yield Option(value="representatives", label=view._(N_("Its representatives: %(names)s")) % who)
    for one in members.mail_contacts(contacts):
        yield Option(value=one.address, label=f"{view.say(one.purpose)} – {one.address}")
    yield Option(value="elsewhere", label=view._(N_("By letter or in person: no e-mail is sent")))


def told_beside(view: View, session: Session, record: Record) -> dict[str, Any]:
    """What the page of an entry shows beside what the entry says."""
    status, told = deciding.status_of(record), told_of(session, record)
    people = called(view, session, [told.submitted_by, *(one.by for one in told.returned)])
    end = standing_for(session, record)
    invited = taking_part.invitations(session, [record.id]).get(record.id, [])
    senders = names(session, [row.by for row in invited])
    merged = end.id != record.id and end.state != "erased"
    return {
        "stage": record.stage,
        "decided": status,
        "relation": labels.label("relation", status.relation, view.translator),
        "since": date_told(status.since, view.lang) if status.since else "",
        "invited": sent_to(view, status.relation, invited, senders),
        "contacts": contacts_of(session, record),
        "submitted_by": person(view, people, told.submitted_by) if told.submitted_by else "",
        "returned": [
            Note(text=one.text, by=person(view, people, one.by), at=one.at) for one in reversed(told.returned)
        ],
        "replies": _replies(session, record) if view.may("task.read") else (),
        "practices": _naming(session, record),
        "into": (end.id, writing.entry_of(session, end).name) if merged else None,
        "absorbed": _absorbed(session, record),
        "shown_at": view.absolute(view.href("organisations", record.slug)),
    }


def twins(view: View, record: Record, entry: Organisation) -> list[dict[str, Any]]:
    """Other organisations of the directory with the same name or website: address, name."""
    names, website = _folded(entry), _bare(entry.website)
    return [
        {"href": view.href("organisations", one.slug), "name": view.say(one.organisation.name)}
        for one in view.directory
        if one.id != record.id
        and (names & _folded(one.organisation) or (website and website == _bare(one.organisation.website)))
    ]


def _folded(entry: Organisation) -> set[str]:
    return {" ".join(name.casefold().split()) for name in entry.name.values() if name.strip()}


def _bare(website: str | None) -> str:
    return re.sub(r"^https?://(www\.)?", "", (website or "").casefold()).rstrip("/")


def contacts_in_words(view: View, session: Session, record: Record, number: int) -> dict[str, Said]:
    """The contacts of a version, for its differences."""
    told = contacts_told(view, contacts_of(session, record, number))
    return {f"contacts[{place}]": Said(words=words, language="") for place, words in enumerate(told)}


def contacts_told(view: View, contacts: Sequence[Contact]) -> list[str]:
    """Everything that each of *contacts* says, in lines."""
    public = view._(N_("Shown to the public"))
    lines = (
        (view.say(one.purpose), one.address, one.source, format_date(one.review_on, view.lang), public * one.public)
        for one in contacts
    )
    return ["\n".join(filter(None, some)) for some in lines]


def _replies(session: Session, record: Record) -> tuple[str, ...]:
    about = (Task.region_id == record.region_id) & (Task.record_id == record.id) & (Task.kind == deciding.REPLY)
    return tuple(session.scalars(select(Task.id).where(about, Task.done_at.is_(None)).order_by(Task.opened_at)))


class _Title(Struct):
    title: str | None = None


class _Partner(Struct):
    organisation: str | None = None


class _Practice(Struct):
    original: str
    text: dict[str, _Title] = {}
    partners: tuple[_Partner, ...] = ()


_practice = LateDecoder(_Practice)


def _naming(session: Session, record: Record) -> tuple[Naming, ...]:
    """Practices whose newest version names it, the last changed first."""
    known = names_of(session, record)
    query = (
        select(Record.id, Record.published_version, Version.body)
        .join(Version, NEWEST_VERSION)
        .where(Record.kind == PRACTICE, Record.state != "erased")
    )
    found = []
    for record_id, published, body in session.execute(query.order_by(Record.updated_at.desc(), Record.id)):
        read = _practice.decode(body)
        if any(partner.organisation in known for partner in read.partners):
            title = texts_named(read.text, "title")
            found.append(Naming(id=record_id, title=title, original=read.original, public=published is not None))
    return tuple(found)


def _absorbed(session: Session, record: Record) -> tuple[tuple[str, Mapping[str, str]], ...]:
    ids = [one.id for one in deciding.merged_into(session, record)]
    if not ids:
        return ()
    query = select(Record.id, Version.body).join(Version, NEWEST_VERSION)
    rows = session.execute(query.where(Record.id.in_(ids)))
    return tuple((record_id, entries.read(body).name) for record_id, body in rows)
