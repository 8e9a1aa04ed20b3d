"""Findings and improvements as the group works on them: the lists, one with all that is known of it, its steps."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import select

from lanzarote import guard
from lanzarote.accounts.service import names
from lanzarote.improvements import contents, moving, service, sharing, writing
from lanzarote.improvements.around import AROUND
from lanzarote.improvements.contents import references_of, titles_of
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.improvements.team_form import UNTITLED
from lanzarote.improvements.team_words import all_said, label_of
from lanzarote.kinds.versions import person
from lanzarote.records.lifecycle import RECORD, IllegalTransition, next_state
from lanzarote.records.permissions import may, subject_of
from lanzarote.records.records import Record, Version
from lanzarote.translation import N_, language_name
from lanzarote.web.region_reading import article_links, tell_provision, told
from lanzarote.web.remarks import Remark, remarks

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from lanzarote.improvements.around import Around
    from lanzarote.improvements.contents import Content
    from lanzarote.improvements.model import FindingStatus, ImprovementStatus
    from lanzarote.improvements.service import Titled
    from lanzarote.improvements.team_words import Said
    from lanzarote.records.permissions import Action
    from lanzarote.web.region_reading import ArticleLink
    from lanzarote.web.site import View

SHOWN: Final = 50
OF_RECORD: Final[Mapping[str, str]] = {
    "withdraw": "withdraw",
    "show": "publish",
    "archive": "archive",
    "restore": "restore",
}
"""Steps of an improvement that change what the public knows of it → action of ``lifecycle.RECORD``."""
OPEN: Final[Mapping[str, tuple[str, ...]]] = {
    FINDING: ("draft", "shared"),
    IMPROVEMENT: ("draft", "discussed", "called"),
}
"""Kind → states in which something is still to be done about the text."""
FILTERS: Final[Mapping[str, Mapping[str, str]]] = {
    FINDING: {
        "open": N_("Open"),
        "draft": N_("Drafts"),
        "shared": N_("Shared"),
        "closed": N_("Closed"),
        "all": N_("Everything"),
    },
    IMPROVEMENT: {
        "open": N_("Open"),
        "draft": N_("Drafts"),
        "discussed": N_("Under discussion"),
        "called": N_("Positions are asked for"),
        "adopted": N_("Adopted by the group"),
        "completed": N_("Those completed"),
        "not-adopted": N_("Those not adopted"),
        "dropped": N_("Pursued no further"),
        "archived": N_("Archived"),
        "all": N_("Everything"),
    },
}


class Step(Struct, frozen=True, kw_only=True):
    """Something that can be done; ``name`` ends the address of its page."""

    name: str
    label: str
    action: Action
    move: str = ""
    """Action of its lifecycle that the state has to allow; empty: whatever can still be changed."""
    main: bool = False


STEPS: Final[Mapping[str, tuple[Step, ...]]] = {
    FINDING: (
        Step(name="edit", label=N_("Edit"), action="group.write", move="write", main=True),
        Step(name="share", label=N_("Share it with the group"), action="group.lead", move="share", main=True),
        Step(name="offer", label=N_("Note an offer to reply"), action="group.lead", main=True),
        Step(name="reply", label=N_("Note what a body replied"), action="group.lead"),
        Step(name="unshare", label=N_("Make it a draft again"), action="group.lead", move="unshare"),
        Step(name="close", label=N_("Close it"), action="group.lead", move="close"),
        Step(name="reopen", label=N_("Open it again"), action="group.lead", move="reopen", main=True),
        Step(name="erase", label=N_("Erase it"), action="record.erase"),
    ),
    IMPROVEMENT: (
        Step(name="edit", label=N_("Edit"), action="group.write", move="write", main=True),
        Step(name="discuss", label=N_("Put it up for discussion"), action="group.lead", move="discuss", main=True),
        Step(name="call", label=N_("Ask for positions"), action="group.lead", move="call", main=True),
        Step(name="complete", label=N_("Say that it is completed"), action="group.lead", move="complete", main=True),
        Step(name="resume", label=N_("Say that something is still to be done"), action="group.lead", move="resume"),
        Step(name="reconsider", label=N_("Discuss it again"), action="group.lead", move="reconsider"),
        Step(name="drop", label=N_("Pursue it no further"), action="group.lead", move="drop"),
        Step(name="withdraw", label=N_("Take it from the public"), action="group.lead"),
        Step(name="show", label=N_("Let the public read it again"), action="group.lead"),
        Step(name="archive", label=N_("Archive"), action="group.lead"),
        Step(name="restore", label=N_("Take out of the archive"), action="group.lead"),
        Step(name="erase", label=N_("Erase it"), action="record.erase"),
    ),
}


class Row(Struct, frozen=True, kw_only=True):
    """One of the list."""

    id: str
    title: Markup
    state: str
    sectors: tuple[str, ...]
    updated_at: datetime
    public: bool


class Listed(Struct, frozen=True, kw_only=True):
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    more: int


class Offered(Struct, frozen=True, kw_only=True):
    """A step that the state allows, for this reader."""

    name: str
    label: str
    main: bool
    why_not: str = ""


class Note(Struct, frozen=True, kw_only=True):
    """Why something stays that the guard asked about."""

    text: str
    by: str
    label: str
    about: str


class Link(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup
    note: str = ""


class Body(Struct, frozen=True, kw_only=True):
    """A body that a finding names or that was offered to reply."""

    id: str
    name: str
    href: str
    named: bool
    offered_on: date | None = None
    how: str = ""
    by: str = ""
    replied_on: date | None = None
    reply: Mapping[str, str] = {}


class Entry(Struct, frozen=True, kw_only=True):
    """What the page of a finding or an improvement needs."""

    id: str
    kind: str
    slug: str
    version: int
    state: str
    published_version: int | None
    content: Content
    status: FindingStatus | ImprovementStatus
    title: Markup
    plain: str
    said: tuple[Said, ...]
    languages: tuple[tuple[str, str, bool], ...]
    """Code, name, and whether it is older than the original's last change."""
    steps: tuple[Offered, ...]
    reasons: tuple[Note, ...]
    noted: tuple[Remark, ...]
    bodies: tuple[Body, ...]
    links: Mapping[str, tuple[Link, ...]]
    """Findings, improvements, practices, procedures, provisions: where each leads."""
    articles: tuple[ArticleLink, ...]
    unseen: frozenset[str]
    """Ids of records that it names and that the reader may not read."""
    around: tuple[Around, ...]
    """What else there is about it: discussion, positions, decision, actions."""

    @property
    def lacking(self) -> tuple[Body, ...]:
        """Bodies that are named and were not offered to reply."""
        return tuple(one for one in self.bodies if one.named and one.offered_on is None)


def listed(view: View, session: Session, kind: str, *, only: str, page: int) -> Listed:
    """A page of the list, from 0 on, the last changed first; *only*: a key of FILTERS."""
    states = service.states_of(session, kind, by=view.actor)
    counts = {name: sum(_fits(kind, name, state) for _, state in states) for name in FILTERS[kind]}
    wanted = [record_id for record_id, state in states if _fits(kind, only, state)]
    some = wanted[page * SHOWN : (page + 1) * SHOWN]
    newest = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = select(Record, Version.body).join(Version, newest & (Version.number == Record.version))
    found = {record.id: (record, body) for record, body in session.execute(query.where(Record.id.in_(some)))}
    rows = tuple(_row(view, kind, *found[one]) for one in some)
    return Listed(rows=rows, counts=counts, more=max(0, len(wanted) - (page + 1) * SHOWN))


def tell(view: View, session: Session, record: Record) -> Entry:
    content, work = service.content_of(session, record), writing.told_of(session, record)
    seen = service.readable(session, references_of(content), by=view.actor)
    status = sharing.status_of(record) if record.kind == FINDING else moving.status_of(record)
    offers = getattr(status, "offers", ())
    wrote = [*(one.by for one in work.reasons), *(one.by for one in work.overrides), *(one.by for one in offers)]
    people = names(session, wrote)
    return Entry(
        id=record.id,
        kind=record.kind,
        slug=record.slug,
        version=record.version,
        state=service.shown_state(record),
        published_version=record.published_version,
        content=content,
        status=status,
        title=told(view, titles_of(content), content.original),
        plain=view.text(titles_of(content), content.original)[0],
        said=tuple(all_said(view, content)),
        languages=tuple((one, language_name(one, view.lang), one in content.stale) for one in content.text),
        steps=offered(view, session, record),
        reasons=tuple(
            Note(
                text=one.text,
                by=person(view, people, one.by),
                label=label_of(view, one.field),
                about=guard.explain(one.code, view.translator) if one.code in guard.REASONS else "",
            )
            for one in work.reasons
        ),
        noted=tuple(
            remarks(view, work, label=lambda field: label_of(view, field), person=lambda one: person(view, people, one))
        ),
        bodies=(),
        links=_links(view, session, record, content, seen),
        articles=article_links(view, content.convention),
        unseen=frozenset(references_of(content)) - seen.keys(),
        around=tuple(_around(view, session, record)) if record.kind == IMPROVEMENT else (),
    )


def offered(view: View, session: Session, record: Record) -> tuple[Offered, ...]:
    """Every step that the state of *record* allows, and whether the reader may take it."""
    subject = subject_of(session, record)
    found = []
    for step in STEPS[record.kind]:
        if _leads(step, record):
            verdict = may(view.actor, step.action, subject)
            why_not = view._(verdict.reason) if verdict.reason else ""
            found.append(Offered(name=step.name, label=view._(step.label), main=step.main, why_not=why_not))
    return tuple(found)


def link_to(view: View, one: Titled) -> Link:
    """To the page where the group works on it; a practice that is public is read as the public reads it."""
    rooms = {FINDING: "findings", IMPROVEMENT: "improvements", service.PROCEDURE: "procedures"}
    room = rooms.get(one.kind, "practices")
    href = view.href("practices", one.slug) if room == "practices" and one.public else view.href("team", room, one.id)
    title = told(view, one.titles, one.original) if one.titles else escape(view._(UNTITLED))
    return Link(href=href, title=title, note=one.state if one.kind in (FINDING, IMPROVEMENT) else "")


def _fits(kind: str, only: str, state: str) -> bool:
    return only in ("all", state) or (only == "open" and state in OPEN[kind])


def _row(view: View, kind: str, record: Record, body: bytes) -> Row:
    content = contents.read(kind, body)
    vocabulary = view.vocabulary
    sectors = (vocabulary.sectors.get(vocabulary.present_key("sector", key)) for key in content.sectors)
    return Row(
        id=record.id,
        title=told(view, titles_of(content), content.original),
        state=service.shown_state(record),
        sectors=tuple(view.say(one.name) for one in sectors if one),
        updated_at=record.updated_at,
        public=record.published_version is not None,
    )


def _around(view: View, session: Session, record: Record) -> Iterator[Around]:
    for tell_of in AROUND:
        if one := tell_of(view, session, record):
            yield one


def _links(
    view: View, session: Session, record: Record, content: Content, seen: Mapping[str, Titled]
) -> dict[str, tuple[Link, ...]]:
    keys = (view.vocabulary.present_key("provision", key) for key in content.legal_basis)
    lines = [tell_provision(view, key) for key in keys if key in view.vocabulary.provisions]
    links = {"legal_basis": tuple(Link(href=one.href, title=one.citation) for one in lines)}
    for field in ("findings", "practices", "procedures"):
        links[field] = tuple(link_to(view, seen[one]) for one in getattr(content, field) if one in seen)
    return links


def _leads(step: Step, record: Record) -> bool:
    """Whether the state of *record* allows the step."""
    status = sharing.status_of(record) if record.kind == FINDING else moving.status_of(record)
    if step.name in OF_RECORD:
        return _leads_record(step.name, record, status.state)
    if record.state == "archived" and step.name != "erase":
        return False
    if step.name == "reply":
        return bool(getattr(status, "offers", ())) and status.state != "closed"
    if step.name == "offer":
        return status.state != "closed"
    if not step.move:
        return True
    try:
        next_state(record.kind, status.state, step.move)
    except IllegalTransition:
        return False
    return True


def _leads_record(name: str, record: Record, state: str) -> bool:
    """Whether the public reads *record*, or read it, so that the step has something to do."""
    if name == "show":
        return record.state == "withdrawn" and state in moving.DECIDED
    return (record.state, OF_RECORD[name]) in RECORD and (name != "archive" or state != "called")
