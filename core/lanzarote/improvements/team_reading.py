"""Findings and improvements as the group works on them: rows of lists, what a page shows, what a form offers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import func, select

from lanzarote.accounts.service import names
from lanzarote.directory.service import named
from lanzarote.improvements import actions, calling, service, sharing
from lanzarote.improvements.model import FINDING, IMPROVEMENT, STATES, Comment, open_amendments, status_of
from lanzarote.improvements.naming import named_in
from lanzarote.kinds.fields import Option
from lanzarote.kinds.kind import Row, titles_of
from lanzarote.kinds.organisations import organisations
from lanzarote.kinds.versions import person
from lanzarote.kinds.wording import in_words
from lanzarote.practices import form_choices
from lanzarote.records.tables import beside
from lanzarote.stakeholders import members
from lanzarote.translation import N_, format_date
from lanzarote.web.region_reading import article_links, tell_provision, told

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.service import Titled
    from lanzarote.kinds.kind import Kind
    from lanzarote.records.records import Record
    from lanzarote.types import Finding, Improvement
    from lanzarote.web.site import View

UNTITLED: Final = N_("Without a title")
ELSEWHERE: Final = ("organisations", "legal_basis", "convention", "findings", "practices", "procedures")
"""Fields that the page shows as links."""


class Link(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup
    note: str = ""


def link_to(view: View, one: Titled) -> Link:
    """To the page where the group works on it; a practice that is public is read as the public reads it."""
    rooms = {FINDING: "findings", IMPROVEMENT: "improvements", service.PROCEDURE: "procedures"}
    room = rooms.get(one.kind, "practices")
    href = view.href("practices", one.slug) if room == "practices" and one.public else view.href("team", room, one.id)
    title = told(view, one.titles, one.original) if one.titles else escape(view._(UNTITLED))
    return Link(href=href, title=title, note=one.state if one.kind in (FINDING, IMPROVEMENT) else "")


def law(view: View, said: Finding | Improvement) -> dict[str, Any]:
    """Links to the provisions and articles that it names."""
    keys = (view.vocabulary.present_key("provision", key) for key in said.legal_basis)
    lines = [tell_provision(view, key) for key in keys if key in view.vocabulary.provisions]
    return {
        "laws": [Link(href=one.href, title=one.citation) for one in lines],
        "articles": article_links(view, said.convention),
    }


def facts(kind: Kind[Any, Any], view: View, said: Finding | Improvement) -> list[dict[str, Any]]:
    """Everything that it says beside its title and what the page links to: label, value, lang, stale."""
    shapes = [shape for shape in kind.shapes if shape.name not in ELSEWHERE]
    return [
        {"label": kind.label_of(view, place), "value": one.words, "lang": one.language, "stale": one.stale}
        for place, one in in_words(view, shapes, said).items()
        if place != f"text.{said.original}.title" and (place != "verified" or said.sources or said.own_sources)
    ]


def rows(view: View, _: Session, found: Sequence[tuple[Record, Any]]) -> list[Row]:
    """Findings, or improvements, in their list, with the sectors that they are about."""
    return [_row(view, record, said) for record, said in found]


def _row(view: View, record: Record, said: Any) -> Row:
    state = service.shown_state(record)
    known = (view.vocabulary.sectors.get(view.vocabulary.present_key("sector", key)) for key in said.sectors)
    badge = ("good" if state in ("shared", "adopted", "completed") else "editorial", view._(STATES[record.kind][state]))
    public = (("editorial", view._("published")),) if record.published_version else ()
    return Row(
        id=record.id,
        title=view.text(titles_of(said), said.original)[0],
        badges=(badge, *public),
        cells=(", ".join(view.say(one.name) for one in known if one),),
        last=format_date(view.day_of(record.updated_at), view.lang),
    )


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


def finding_page(view: View, session: Session, record: Record, said: Finding) -> dict[str, Any]:
    """What the pages of a finding, and of sharing it, need."""
    found = tuple(bodies(view, session, record))
    return {
        "bodies": found,
        "lacking": [one for one in found if one.named and one.offered_on is None],
        "unticked": [view.say(one.name) for one in sharing.unticked_in(session, record).values()],
        "status_": sharing.status_of(record),
        "improvements": [link_to(view, one) for one in service.answers_to(session, record.id)],
        "of_improvement": {name: view._(words) for name, words in STATES["improvement"].items()},
        "record_id": record.id,
        "newest": record.version,
        **law(view, said),
    }


def bodies(view: View, session: Session, record: Record) -> Iterator[Body]:
    """Those that are named and not offered anything first, then those that were."""
    status, here = sharing.status_of(record), named_in(session, record.region_id, record.id)
    lacking = sharing.lacking_offers(session, record)
    called = sharing.names_in(session, [*here, *(one.stakeholder for one in status.offers)], view.lang)
    people, known = names(session, [one.by for one in status.offers]), named(view.directory)

    def about(one: str) -> dict[str, Any]:
        href = view.href("organisations", known[one].slug) if one in known else ""
        name = view.say(known[one].organisation.name) if one in known else view._(called[one])
        return {"id": one, "name": name, "href": href}

    for one in lacking:
        yield Body(**about(one), named=True)
    for given in status.offers:
        yield Body(
            **about(given.stakeholder),
            named=given.stakeholder in here,
            offered_on=given.on,
            how=given.how,
            by=person(view, people, given.by),
            replied_on=given.replied_on,
            reply=given.reply,
        )


# Who is offered to reply, and who replied


def to_offer(view: View, record: Record) -> dict[str, Any]:
    """What the form holds: the body that was asked for, or the first that lacks an offer; today."""
    with view.instance.database.read(view.region_id) as session:
        lacking = sharing.lacking_offers(session, record)
    asked = view.request.query_params.get("body", "")
    return {"stakeholder": asked or next(iter(lacking), ""), "on": view.today.isoformat()}


def to_reply(view: View, record: Record) -> dict[str, Any]:
    """What the form holds: the body that was asked for, or the first that has not replied, and what it said."""
    offers = sorted(sharing.status_of(record).offers, key=lambda one: one.replied_on is not None)
    asked = view.request.query_params.get("body", "")
    chosen = next((one for one in offers if one.stakeholder == asked), offers[0] if offers else None)
    if chosen is None:
        return {}
    said = {f"reply.{code}": text for code, text in chosen.reply.items()}
    return {"stakeholder": chosen.stakeholder, "on": (chosen.replied_on or view.today).isoformat()} | said


def by_id(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The directory by name, each body under its id."""
    ids = {name: one.id for one in view.directory for name in one.names}
    for one in organisations(view, chosen):
        yield Option(value=ids.get(one.value, one.value), label=one.label, names=(one.value, *one.names))


class Around(Struct, frozen=True, kw_only=True):
    """A link on the page of an improvement."""

    href: str
    label: str
    note: str = ""
    """How much is there, or its status, in words."""


def _discussion(view: View, session: Session, record: Record) -> Around:
    there = (beside(Comment, record), Comment.about == 0, Comment.deleted_at.is_(None))
    said = session.scalar(select(func.count()).where(*there)) or 0
    note = view.translator.ngettext("%(num)s comment", "%(num)s comments", said) % {"num": said} if said else ""
    return Around(href=_href(view, record, "discussion"), label=view._("Discussion"), note=note)


def _amendments(view: View, session: Session, record: Record) -> Around | None:
    if status_of(record).state == "draft":
        return None
    waiting = len(open_amendments(session, record))
    told = view.translator.ngettext("%(num)s amendment to be decided", "%(num)s amendments to be decided", waiting) % {
        "num": waiting
    }
    return Around(href=_href(view, record, "amendments"), label=view._("Amendments"), note=told if waiting else "")


def _positions(view: View, session: Session, record: Record) -> Around | None:
    if status_of(record).state == "draft":
        return None
    asked = calling.last(session, record)
    running = asked is not None and not asked.ended
    note = view._("asked for at present") if running else ""
    return Around(href=_href(view, record, "positions"), label=view._("Positions and decision"), note=note)


def _actions(view: View, session: Session, record: Record) -> Around | None:
    if status_of(record).state not in ("adopted", "completed"):
        return None
    left = actions.open_actions(session, record)
    told = view.translator.ngettext("%(num)s action to be done", "%(num)s actions to be done", left) % {"num": left}
    return Around(href=_href(view, record, "actions"), label=view._("Actions"), note=told if left else "")


def _href(view: View, record: Record, page: str) -> str:
    return view.href("team", "improvements", record.id, page)


AROUND: Final[tuple[Callable[[View, Session, Record], Around | None], ...]] = (
    _discussion,
    _amendments,
    _positions,
    _actions,
)
"""Each says where its page about an improvement is, or None where there is nothing to see yet; in this order."""


NOBODY_TAKES_PART: Final = N_("No organisation takes part in the group yet: there is nobody to be asked.")
USUAL: Final = timedelta(days=30)
"""How long a call runs unless another day is chosen."""


def improvement_page(view: View, session: Session, record: Record, said: Improvement) -> dict[str, Any]:
    """What the page of an improvement needs."""
    seen = service.readable(session, service.references_of(said), by=view.actor)
    return {
        "status_": status_of(record),
        "newest": record.version,
        "record_id": record.id,
        "of_finding": {name: view._(words) for name, words in STATES[FINDING].items()},
        "links": {
            field: [link_to(view, seen[one]) for one in getattr(said, field) if one in seen]
            for field in ("findings", "practices", "procedures")
        },
        "open_amendments": open_amendments(session, record),
        "around": [one for tell_of in AROUND if (one := tell_of(view, session, record))],
        **law(view, said),
    }


# Whom a call asks, and until when


def not_to_call(_: View, session: Session, record: Record) -> str:
    """Why positions cannot be asked for yet."""
    if open_amendments(session, record):
        return calling.STILL_OPEN
    return "" if members.bodies(session).taking_part else NOBODY_TAKES_PART


def to_call(view: View, record: Record) -> dict[str, Any]:
    """What the form of a call holds: a month, and all that take part."""
    with view.instance.database.read(view.region_id) as session:
        everybody = [one.id for one in members.bodies(session).taking_part]
    return {"until": (view.today + USUAL).isoformat(), "bodies": everybody}


def to_extend(view: View, record: Record) -> dict[str, Any]:
    """Two weeks more."""
    last = status_of(record).called_until or view.today
    return {"until": (max(last, view.today) + timedelta(days=14)).isoformat()}


def taking_part(view: View, _: Sequence[str]) -> Iterator[Option]:
    """The bodies that take part by name, each with how it is reached."""
    with view.instance.database.read(view.region_id) as session:
        everybody = members.bodies(session).taking_part
        sending = calling.sending_to(session, view.region_id, [one.id for one in everybody])
    for one in sorted(everybody, key=lambda one: view.sort_key(one.name)):
        if one.id in sending.accounts:
            how = view._(N_("by its representative’s account"))
        elif one.id in sending.addresses:
            how = view._(N_("by a link sent by e-mail to %(address)s")) % {"address": sending.addresses[one.id]}
        else:
            how = view._(N_("cannot be reached from here: give it a contact, or record what it says"))
        yield Option(value=one.id, label=view.say(one.name), help=how)


# What the form has to choose from: what somebody may not read is neither offered nor told


def findings(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """Findings that can be answered: those that the group reads, one's own drafts, and whatever is chosen."""
    with view.instance.database.read(view.region_id) as session:
        states = service.states_of(session, FINDING, by=view.actor)
        ids = [record_id for record_id, state in states if state != "closed" or record_id in chosen]
        there = service.readable(session, ids, by=view.actor)
    yield from (_option(view, there[one]) for one in ids if one in there)
    yield from _unseen(chosen, there)


def procedures(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    with view.instance.database.read(view.region_id) as session:
        some = service.procedures(session, by=view.actor)
    yield from (_option(view, one) for one in some)
    yield from _unseen(chosen, {one.id for one in some})


def practices(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """The newest practices; what is chosen and no longer public is named as such, and stays until it is unticked."""
    with view.instance.database.read(view.region_id) as session:
        seen = service.readable(session, chosen, by=view.actor)
    wanted = [one for one in chosen if one in seen]
    public = form_choices.related(view, wanted, but="")
    for one in form_choices.with_lost(view, "practices", public, wanted):
        yield Option(value=one.value, label=one.plain)
    yield from _unseen(chosen, seen)


def _option(view: View, one: Titled) -> Option:
    return Option(value=one.id, label=view.text(one.titles, one.original)[0] if one.titles else view._(UNTITLED))


def _unseen(chosen: Sequence[str], there: Collection[str]) -> Iterator[Option]:
    """Those of *chosen* that this reader may not know of: without words, so that no page shows them."""
    yield from (Option(value=one, label="") for one in dict.fromkeys(chosen) if one not in there)
