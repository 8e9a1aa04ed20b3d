"""The practices of a region as its team reads them: the list, how far one is, and whether there is one like it."""

from __future__ import annotations

from functools import partial
from math import log
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct
from sqlalchemy import false, select

from lanzarote.accounts.people import called
from lanzarote.kinds import team
from lanzarote.kinds.fields import Option
from lanzarote.kinds.kind import Filter, Row, current
from lanzarote.kinds.organisations import organisations
from lanzarote.kinds.versions import person
from lanzarote.kinds.wording import in_words
from lanzarote.practices import assessing, holders, service, sheets, writing
from lanzarote.practices.assess_reading import read_working
from lanzarote.practices.model import KIND, read_status
from lanzarote.practices.reading import agreement_words
from lanzarote.practices.review_model import heard
from lanzarote.practices.service import facets_of
from lanzarote.practices.writing import is_as_shipped
from lanzarote.records.drafts import is_as_read, told_of
from lanzarote.records.permissions import allowed, may, spoken_for, subject_of
from lanzarote.records.records import Involved, Record, Version, body_of
from lanzarote.search.asked import forms
from lanzarote.search.index import rows_that_hold
from lanzarote.stakeholders import members
from lanzarote.translation import N_, format_date, language_name, pick
from lanzarote.translation.folding import words
from lanzarote.web.refusals import remarks
from lanzarote.web.region_reading import told as told_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.kinds.kind import Kind
    from lanzarote.records.permissions import Actor
    from lanzarote.stakeholders.members import Body
    from lanzarote.types import PracticeSheet
    from lanzarote.web.site import View


# Is there already one like it?


MOST = 4
MOST_TERMS = 16
"""Words that are looked for, the longest first: those say most."""
ENOUGH = 0.4
"""Share of what the words say that another practice has to say too."""
NEWEST = 300
"""Unpublished ones that are looked at."""


class Twin(Struct, frozen=True, kw_only=True):
    """A practice that may be the same one."""

    id: str
    title: str
    lang: str
    """Of the title."""
    href: str
    published: bool


def twins(view: View, sheet: PracticeSheet, *, but: str = "") -> tuple[Twin, ...]:
    """Practices much like *sheet*, the likeliest first; *but*: its own id."""
    texts = sheet.text.get(sheet.original)
    said = " ".join(filter(None, (texts.title, texts.summary))) if texts else ""
    terms = _terms(said)
    found = {one.id: one for one in (*_by_words(view, terms), *_unpublished(view, terms), *_by_subject(view, sheet))}
    found.pop(but, None)
    return tuple(found.values())[:MOST]


def _terms(text: str) -> list[str]:
    """Words of *text* that say something, folded."""
    longest = sorted(dict.fromkeys(words(text)), key=len, reverse=True)
    return [word for word in longest[:MOST_TERMS] if len(word) > 3]


def _by_words(view: View, terms: Sequence[str]) -> Iterator[Twin]:
    """Published practices in which the rarer of *terms* stand too."""
    database, index = view.instance.database, facets_of(view.instance, view.region_id)
    scores: dict[int, float] = {}
    shared: dict[int, int] = {}
    whole = 0.0
    for term in terms:
        hits = index.hits(rows_that_hold(database, [((forms(term, view.lang),),)], (view.region_id,)))
        weight = log(1 + index.size / (1 + hits.bit_count()))
        whole += weight
        for position in index.positions(hits):
            scores[position] = scores.get(position, 0) + weight
            shared[position] = shared.get(position, 0) + 1
    near = (position for position, score in scores.items() if score >= ENOUGH * whole and shared[position] > 1)
    ranked = sorted((-scores[position], position) for position in near)
    pks = [index.pks[position] for _, position in ranked[:MOST]]
    for card in service.cards_at(database, pks):
        yield _twin(view, card)


def _by_subject(view: View, sheet: PracticeSheet) -> Iterator[Twin]:
    """Published practices of the same sectors and articles."""
    near = service.alike(view.instance.database, facets_of(view.instance, view.region_id), sheet, limit=MOST)
    yield from (_twin(view, card) for card in near)


def _unpublished(view: View, terms: Sequence[str]) -> Iterator[Twin]:
    """Practices that are being written, if the reader may see them, whose title says the same."""
    wanted = set(terms)
    if not wanted:
        return
    joined = (Version.region_id == Record.region_id) & (Version.record_id == Record.id)
    query = (
        select(Record.id, Version.body)
        .join(Version, joined & (Version.number == Record.version))
        .where(Record.kind == KIND, Record.published_version.is_(None), Record.state == "draft")
        .where(allowed(view.actor, "practice.read"))
        .order_by(Record.updated_at.desc())
        .limit(NEWEST)
    )
    with view.instance.database.read(view.region_id) as session:
        rows = session.execute(query).all()
    for record_id, body in rows:
        sheet = sheets.read(body)
        own = set(_terms(sheets.title_of(sheet)))
        if own and len(own & wanted) >= max(2, ENOUGH * len(own)):
            lang = sheet.original
            href = view.href("team", "practices", record_id)
            yield Twin(id=record_id, title=sheets.title_of(sheet), lang=lang, href=href, published=False)


def _twin(view: View, card: Any) -> Twin:
    title, lang = pick(card.title, view.lang, card.original)
    return Twin(id=card.id, title=title, lang=lang, href=view.href("practices", card.slug), published=True)


STAGES: Final[Mapping[str, str]] = {
    "writing": N_("being written"),
    "submitted": N_("submitted"),
    "assessing": N_("being assessed"),
}
STATES: Final[Mapping[str, str]] = {
    "draft": N_("never published"),
    "published": N_("published"),
    "withdrawn": N_("withdrawn"),
    "archived": N_("archived"),
}
UNTITLED: Final = N_("A practice without a title")


# The list


def authored(by: Actor) -> Select[str]:
    """Ids of what *by* wrote in."""
    return select(Involved.record_id).where(Involved.account_id == by.account_id, Involved.part == "author")


def due(instance: Instance, session: Session, region_id: str, by: Actor) -> frozenset[str]:
    """Ids of what is published as assessed, so long ago that it has to be looked at again."""
    seen = (Record.kind == KIND) & (Record.state != "erased") & allowed(by, "practice.read")
    query = select(Record.id, Record.status).where(seen, Record.published_version.is_not(None))
    return _due_among(instance, region_id, ((record_id, status) for record_id, status in session.execute(query)))


def due_of(instance: Instance, region_id: str, records: Iterable[Record]) -> frozenset[str]:
    """Which of *records* are due, as ``due`` says: nothing is asked for that was not read with them."""
    published = ((one.id, one.status) for one in records if one.published_version is not None)
    return _due_among(instance, region_id, published)


def _due_among(instance: Instance, region_id: str, published: Iterable[tuple[str, bytes]]) -> frozenset[str]:
    assessed = ((record_id, read_status(status).assessed_on) for record_id, status in published)
    grid, today = instance.vocabulary(region_id).grid, instance.today(region_id)
    return frozenset(record_id for record_id, day in assessed if day and grid.due_on(day) <= today)


def _mine(instance: Instance, session: Session, region_id: str, by: Actor) -> ColumnElement[bool]:
    return Record.id.in_(authored(by))


def _due(instance: Instance, session: Session, region_id: str, by: Actor) -> ColumnElement[bool]:
    found = due(instance, session, region_id, by)
    return Record.id.in_(found) if found else false()


def _at(stage: str) -> Any:
    return lambda *_: Record.stage == stage


def _in(state: str) -> Any:
    return lambda *_: Record.state == state


FILTERS: Final = (
    Filter(name="current", label=N_("Current"), which=current),
    Filter(name="mine", label=N_("Mine"), which=_mine),
    Filter(name="writing", label=N_("Being written"), which=_at("writing")),
    Filter(name="submitted", label=N_("Submitted"), which=_at("submitted")),
    Filter(name="assessing", label=N_("Being assessed"), which=_at("assessing")),
    Filter(name="published", label=N_("Published"), which=_in("published")),
    Filter(name="due", label=N_("Due for review"), which=_due),
    Filter(name="withdrawn", label=N_("Withdrawn"), which=_in("withdrawn")),
    Filter(name="archived", label=N_("Archived"), which=_in("archived")),
    Filter(name="all", label=N_("Everything")),
)


def rows(view: View, session: Session, found: Sequence[tuple[Record, PracticeSheet]]) -> list[Row]:
    ids = [record.id for record, _ in found]
    mine = set(session.scalars(authored(view.actor).where(Involved.record_id.in_(ids))))
    again = due_of(view.instance, view.region_id, (record for record, _ in found))
    return [_row(view, record, sheet, mine=record.id in mine, due=record.id in again) for record, sheet in found]


def _row(view: View, record: Record, sheet: PracticeSheet, *, mine: bool, due: bool) -> Row:
    titles = sheets.titles_of(sheet)
    badges = [("good" if record.stage == "submitted" else "", STAGES[record.stage])] if record.stage else []
    badges.append(("editorial", STATES[record.state]))
    badges += [("", N_("due for review"))] if due else []
    badges += [("plain", N_("yours too"))] if mine else []
    return Row(
        id=record.id,
        title=told_in(view, titles, sheet.original) if titles else view._(UNTITLED),
        badges=tuple((look, view._(words)) for look, words in badges),
        cells=(Markup(", ").join(_language(view, code, stale=code in sheet.stale) for code in languages_of(sheet)),),
        last=format_date(view.day_of(record.updated_at), view.lang),
    )


def _language(view: View, code: str, *, stale: bool) -> Markup:
    name = escape(language_name(code, view.lang))
    if not stale:
        return name
    return Markup('{} <span class="badge">{}</span>').format(name, view._(N_("the original has changed since")))


def languages_of(sheet: PracticeSheet) -> tuple[str, ...]:
    """The original first."""
    return tuple(dict.fromkeys((sheet.original, *sheet.text)))


# One practice


WAYS: Final[Mapping[str, str]] = {
    "link": N_("by a link sent by e-mail"),
    "account": N_("by its representative’s account"),
    "document": N_("by a document"),
    "": N_("cannot be reached from here: record a document"),
}
"""How an organisation is asked, or said so."""


def state_of(session: Session, record: Record) -> str:
    """How far its working version is, or what the public knows of it; ``shipped``: it waits to be published as the
    package has it; ``read``: it was withdrawn, and is as the public read it.
    """
    if is_as_shipped(session, record):
        return "shipped"
    return "read" if is_as_read(session, record) else record.stage or record.state


def page(kind: Kind[Any, Any], view: View, session: Session, record: Record, sheet: PracticeSheet) -> dict[str, Any]:
    """What the page of a practice, and those of what is done with it, tell besides."""
    told, status, subject = told_of(session, record), read_status(record.status), subject_of(session, record)
    newest = heard(session, record, body_of(session, record, record.version), status)
    missing = (*sheets.missing_in(sheet), *sheets.missing_answers(sheet, view.vocabulary))
    shipped = is_as_shipped(session, record)
    said = (one.by for some in (told.returned, told.reasons, told.overrides) for one in some)
    named, label = (
        partial(person, view, called(view, session, [told.submitted_by, *said])),
        partial(kind.label_of, view),
    )
    whole = shipped or not missing  # a package may leave out what nobody knows
    return {
        "stage": record.stage,
        "stage_word": view._(STAGES[record.stage]) if record.stage else "",
        "record_state": record.state,
        "record_word": view._(STATES[record.state]),
        "read_version": record.published_version,
        "number": record.version,
        "original": sheet.original,
        "missing": [(place, label(place)) for place in missing],
        "reading": read_working(view, session, record, record.version) if whole else None,
        "written_so_far": [
            {"label": label(place), "value": one.words, "lang": one.language}
            for place, one in ({} if whole else in_words(view, kind.shapes, sheet, lines=True)).items()
        ],
        "why_things_stay": team.explained(view, told, label, named),
        "noted": [*remarks(view, told, label=label, person=named)],
        "written_in": [(code, language_name(code, view.lang), code in sheet.stale) for code in languages_of(sheet)],
        "submitted_by": named(told.submitted_by) if told.submitted_by else "",
        "bearer": bearer_name(view, told.bearer),
        "agreement": agreement_words(view, newest.agreement, newest.agreement_on),
        "leads": bool(may(view.actor, "group.lead", subject)),
        "may_edit": bool(may(view.actor, "practice.write", subject)) and writing.is_writable(record),
        "may_assess": bool(may(view.actor, "practice.publish", subject)),
        "sourceless": writing.is_sourceless(sheet, newest),
        "returned": [(one.text, named(one.by), view.day_of(one.at)) for one in reversed(told.returned)],
        "withdrawn": status.withdrawn,
        "assessed": record.published_version is not None and status.standing == "assessed",
        "shipped": shipped,
        "again": is_as_read(session, record),
        "held_back": view.say(status.held_back) if status.held_back else "",
        "nobody_assesses": assessing.is_left(session, record),
        "twins": partial(twins, view, sheet, but=record.id),
        "speaks": bool(spoken_for(view.actor, view.region_id)),
    }


def bearer_name(view: View, bearer: str) -> str:
    """The name of the organisation that runs it."""
    found = (view.say(one.organisation.name) for one in view.directory if bearer in one.names)
    return next(found, bearer)


def bearers(view: View, chosen: Iterable[str]) -> Iterator[Option]:
    yield Option(value="", label=view._(N_("None of the directory")))
    yield from organisations(view, [one for one in chosen if one])


def candidates(view: View, _: Iterable[str]) -> Iterator[Option]:
    """Organisations that the text of the page's practice names, and how each is reached."""
    for one, way in _named(view):
        yield Option(value=one.id, label=f"{view.say(one.name)} – {view._(WAYS[way])}")


def reachable(view: View, _: Iterable[str]) -> Iterator[Option]:
    """As ``candidates``, without those whom nothing from here reaches."""
    for one, way in _named(view):
        if way:
            yield Option(value=one.id, label=f"{view.say(one.name)} – {view._(WAYS[way])}")


def _named(view: View) -> Sequence[tuple[Body, str]]:
    with view.instance.database.read(view.region_id) as session:
        record = session.get_one(Record, (view.region_id, view.request.path_params["record_id"]))
        offered = holders.candidates(session, record, members.bodies(session))
        ways = members.ways(session, view.region_id, [one.id for one in offered])
    return [(one, ways.get(one.id, "")) for one in offered]
