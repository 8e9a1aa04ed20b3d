"""How practices and procedures have travelled: the public pages, and the lines on their own pages."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.evaluation.public import verdict_of
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.practices.model import read_status
from lanzarote.practices.pages import elsewhere as moved
from lanzarote.practices.service import by_keys, decode, document
from lanzarote.procedures.pages import found_at
from lanzarote.records.permissions import may_somewhere
from lanzarote.records.records import Record
from lanzarote.transfers import elsewhere, origin, reading, service
from lanzarote.transfers.model import STATES
from lanzarote.translation import N_, date_told, format_date, texts_named
from lanzarote.types import PracticeText
from lanzarote.web import labels
from lanzarote.web.asking import Asked, Lang, OurSite, Region, Slug
from lanzarote.web.gate import tell_of_all
from lanzarote.web.labels import written
from lanzarote.web.region_reading import told
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.practices.model import Document
    from lanzarote.procedures.documents import ProcedureDocument
    from lanzarote.procedures.service import Published
    from lanzarote.types import Derived, OriginKind, Practice, TransferRelease


class Stop(Struct, frozen=True, kw_only=True):
    """A place that the practice came to."""

    region: str
    region_href: str
    state: str
    code: str
    steps: tuple[tuple[str, str], ...]
    version: int
    """0: it is said to be of one that is not known here."""
    reason: Markup
    changed: Markup
    title: Markup
    href: str
    """Of what was adapted there; empty: it has no page here, or nobody reads it yet."""


class Reported(Struct, frozen=True, kw_only=True):
    """A place without a platform."""

    place: Markup
    organisation: Markup
    what: Markup
    source: Markup
    on: str


class Came(Struct, frozen=True, kw_only=True):
    """Where a practice was taken from."""

    title: Markup
    """Empty: it is not on this site, or no longer published."""
    region: str
    version: int
    """0: it is said to be one that is not known here."""
    href: str
    """Empty: it has no page on this site."""
    trail_href: str
    unjudged: bool


class Line(Struct, frozen=True, kw_only=True):
    """What the page of a practice says about where it came from and where it went."""

    came: Came | None
    places: int
    trail_href: str
    elsewhere_href: str
    """Empty: nobody can be told."""
    take_up: tuple[tuple[str, str], ...]
    """Region, and address of the page on which it is taken up there."""
    unjudged: bool


class ProcedureLine(Struct, frozen=True, kw_only=True):
    """What the page of a procedure says about where it came from and where it went."""

    came: Came | None
    places: int
    trail_href: str
    """Empty: it is no result yet, so that it cannot have travelled."""
    take_up: tuple[tuple[str, str], ...]
    waits: bool
    """It cannot be taken up before its pilot is to be extended."""


@page("/{lang:str}/{region:str}/practices/{slug:str}/travels")
def travels(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """Where a practice came from, and where it was taken up."""
    view = site.view(request, lang, region)
    try:
        found = decode(document(view.instance.database, view.region_id, slug))
    except NotFound:
        return moved(view, slug, "travels")
    return view.render(
        "transfers/travels.html",
        kind="practice",
        waits=False,
        title=told(view, found.title, found.original),
        plain=view.text(found.title, found.original)[0],
        list_href=view.href("practices"),
        own_href=view.href("practices", found.slug),
        came=came_from(view, found.derived),
        stops=[stop_of(view, one, found.version) for one in service.travels(view.instance, view.region_id, found.id)],
        reported=_reported(view, found.id),
        unjudged=reading.is_unjudged(view.instance, view.region_id),
        elsewhere_href=form_of(view, found.slug),
        take_up=take_up_in(view, found.slug),
    )


def line(view: View, found: Document) -> Line:
    """For the page of a practice."""
    went = len(service.travels(view.instance, view.region_id, found.id)) + len(_reported(view, found.id))
    take_up = take_up_in(view, found.slug)
    return Line(
        came=came_from(view, found.derived),
        places=went,
        trail_href=view.href("practices", found.slug, "travels"),
        elsewhere_href=form_of(view, found.slug),
        take_up=take_up,
        unjudged=bool(take_up) and reading.is_unjudged(view.instance, view.region_id),
    )


TEXTS: Final = {"title": N_("Title"), "summary": N_("Summary")}


class TakenFrom(Struct, frozen=True, kw_only=True):
    """Where the text of a draft was taken from, for who adapts it."""

    region: str
    texts: tuple[tuple[Markup, str, str], ...]
    """Heading, text and its language, as the origin says it; empty where it can no longer be read."""


def taken_from(view: View, record_id: str) -> TakenFrom | None:
    """What stands beside the form of a practice that was taken from another place, until it is published."""
    with view.instance.database.read(view.region_id) as session:
        record = session.get(Record, (view.region_id, record_id)) if record_id else None
        derived = read_status(record.status).derived if record is not None and record.kind == PRACTICE else None
        if record is None or derived is None or record.published_at is not None:
            return None
    texts: tuple[tuple[Markup, str, str], ...] = ()
    with suppress(NotFound):
        there = origin.read_origin(view.instance, derived.region, derived.record, derived.version)
        texts = tuple(_texts_of(view, there.practice))
    return TakenFrom(region=view.say(derived.region_name), texts=texts)


def _texts_of(view: View, practice: Practice) -> Iterator[tuple[Markup, str, str]]:
    for name in PracticeText.__struct_fields__:
        if said := texts_named(practice.text, name):
            heading = labels.phrase(TEXTS.get(name) or labels.LABELS["text"][name], view.translator)
            yield (heading, *view.text(said, practice.original))


def form_of(view: View, slug: str) -> str:
    """Where somebody says that they do it too: where its region is written; empty: that has no pages."""
    if view.origin and not view.origin.address:
        return ""
    return (view.origin.address if view.origin else "") + view.href("practices", slug, "elsewhere")


def take_up_in(view: View, slug: str, kind: OriginKind = "practice") -> tuple[tuple[str, str], ...]:
    """Other regions, written here, in which the reader may propose it."""
    query = {"from": f"{view.region_id}/{slug}"} | ({"kind": kind} if kind == "procedure" else {})
    if not view.actor.signed_in:
        return ()
    return tuple(
        (
            view.say(header.name),
            view.region_href(header, "team", "transfers", "new", query=query),
        )
        for region_id, header in view.instance.headers().items()
        if region_id != view.region_id
        and may_somewhere(view.actor, "group.write", region_id)
        and origin.is_home(view.instance, region_id)
    )


def came_from(view: View, said: Derived | None, kind: OriginKind = "practice") -> Came | None:
    """What is here of an origin is told as it stands here, whatever is said of it."""
    if said is None:
        return None
    tell_of_all(view.request.scope)
    header = view.instance.headers().get(said.region)
    pair = (said.region, said.record)
    current = origin.now_of(view.instance, {pair}).get(pair)
    there = header is not None and current is not None and current.published
    title, slug = _published(view, kind, said.region, said.record) if there else (Markup(), "")
    room = reading.ROOMS[kind]
    return Came(
        title=title,
        region=view.say(header.name if header else said.region_name),
        version=_known(said.version, current.version if there and current else said.version),
        href=reading.page_of(view, kind, said.region, slug) if slug else "",
        trail_href=view.region_href(header, room, slug, "travels") if header and slug else "",
        unjudged=reading.is_unjudged(view.instance, said.region),
    )


def _known(version: int, newest: int) -> int:
    """*version*, or 0: there is none so new here."""
    return version if version <= newest else 0


def stop_of(view: View, one: TransferRelease, newest: int) -> Stop:
    """*newest*: version of the origin, as it stands here."""
    header = view.instance.header(one.region)
    kind = one.origin.kind
    title, slug = _published(view, kind, one.region, one.practice) if one.practice else (Markup(), "")
    return Stop(
        region=view.say(header.name),
        region_href=view.region_href(header),
        state=view._(STATES[one.state]),
        code=one.state,
        steps=tuple((view._(STATES[step.state]), format_date(step.on, view.lang)) for step in one.steps),
        version=_known(one.origin.version, newest),
        reason=told(view, one.reason),
        changed=told(view, one.changed),
        title=title,
        href=reading.page_of(view, kind, one.region, slug) if slug else "",
    )


def _published(view: View, kind: OriginKind, region_id: str, record_id: str) -> tuple[Markup, str]:
    """What a practice or procedure is called, as the public reads it, and its slug; nothing: nobody reads it."""
    if kind == "procedure":
        for each in origin.released_procedures(view.instance, region_id):
            if each.id == record_id:
                return procedure_title(view, each), each.slug
        return Markup(), ""
    for card in by_keys(view.instance.database, region_id, [record_id]):
        return told(view, card.title, card.original), card.slug
    return Markup(), ""


def _reported(view: View, record_id: str) -> tuple[Reported, ...]:
    def read() -> dict[str, tuple[Any, ...]]:
        with view.instance.database.read(view.region_id) as session:
            rows: dict[str, tuple[Any, ...]] = {}
            for row in elsewhere.confirmed(session):
                said = (row.place, row.organisation, row.what, row.source, row.lang, view.day_of(row.at))
                rows[row.record_id] = (*rows.get(row.record_id, ()), said)
            return rows

    found = view.instance.kept("taken elsewhere", view.region_id, read).get(record_id, ())
    return tuple(
        Reported(
            place=written(place, lang, view.lang),
            organisation=written(body, lang, view.lang),
            what=written(what, lang, view.lang),
            source=written(source, lang, view.lang),
            on=date_told(on, view.lang),
        )
        for place, body, what, source, lang, on in found
    )


# Of procedures


@page("/{lang:str}/{region:str}/procedures/{slug:str}/travels")
def procedure_travels(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """Where a procedure came from, and where it was taken up."""
    view = site.view(request, lang, region)
    known = origin.released_procedures(view.instance, view.region_id)
    found = next((one for one in known if slug in (one.slug, one.id)), None)
    if found is None:
        there, moved = found_at(view, slug, "travels")
        if there is None:
            return moved
        raise NotFound(origin.NO_PROCEDURE)
    title = procedure_title(view, found)
    waits = _waits(view)
    return view.render(
        "transfers/travels.html",
        kind="procedure",
        title=title,
        plain=str(title.striptags()),
        list_href=view.href("procedures"),
        own_href=reading.page_of(view, "procedure", view.region_id, found.slug),
        came=came_from(view, found.derived, "procedure"),
        stops=[stop_of(view, one, found.version) for one in service.travels(view.instance, view.region_id, found.id)],
        reported=(),
        unjudged=waits,
        waits=waits,
        elsewhere_href="",
        take_up=() if waits or not _stands(view, found.id) else take_up_in(view, found.slug, "procedure"),
    )


def procedure_line(view: View, found: Published) -> ProcedureLine | None:
    """For the page of a procedure; None: there is nothing to tell."""
    known = _stands(view, found.id)
    released = any(one.id == found.id for one in origin.released_procedures(view.instance, view.region_id))
    came = came_from(view, found.status.derived, "procedure")
    if not (came or released):
        return None
    return ProcedureLine(
        came=came,
        places=len(service.travels(view.instance, view.region_id, found.id)),
        trail_href=view.href("procedures", found.slug, "travels") if released else "",
        take_up=take_up_in(view, found.slug, "procedure") if known else (),
        waits=_waits(view),
    )


def procedure_title(view: View, one: ProcedureDocument) -> Markup:
    return told(view, texts_named(one.procedure.text, "title"), one.procedure.original)


def _stands(view: View, record_id: str) -> bool:
    """Whether its parties stand by it today."""
    return any(one.id == record_id for one in origin.in_force(view.instance, view.region_id))


def _waits(view: View) -> bool:
    return not origin.may_travel("procedure", verdict_of(view.instance, view.region_id))


handlers = (travels, procedure_travels)
