"""Public pages of procedures: the list and its feed, one of them, its versions, its print, its files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.improvements.pages import answer, feed_of
from lanzarote.kinds.versions import differences
from lanzarote.practices.feeds import LONGEST
from lanzarote.procedures import bpmn, public, reading, service
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.lanes import draw, picture_of, windows
from lanzarote.procedures.reading import Linked
from lanzarote.procedures.service import Published
from lanzarote.procedures.words import NATURES, STATES
from lanzarote.records.records import Record, body_of, decode
from lanzarote.translation import N_, texts_named
from lanzarote.types import Procedure
from lanzarote.web import exports
from lanzarote.web.asking import Asked, Lang, OurSite, Region, Slug
from lanzarote.web.exports import file_name
from lanzarote.web.region_reading import told
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanzarote.procedures.reading import Reading

ELSEWHERE: Final = N_("Earlier versions are read on the region’s own site.")

SHEET: Final = 1_560.0
"""How wide a part of the picture is that is printed on one sheet: 267 mm, at about two thirds of its size."""


class Row(Struct, frozen=True, kw_only=True):
    """A procedure in the list."""

    href: str
    title: Any
    purpose: Any
    state: str
    nature: str
    parties: tuple[Any, ...]


@page("/{lang:str}/{region:str}/procedures")
def procedures(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The co-operation procedures of a region."""
    view = site.view(request, lang, region)
    found = public.every(view.instance, view.region_id)
    return view.render(
        "procedures/list.html",
        rows=[_row(view, one) for one in found],
        examples=[_row(view, one) for one in public.examples(view.instance, view.region_id)],
        heading=view._("Co-operation procedures"),
    )


@page("/{lang:str}/{region:str}/procedures/{slug:str}", embed=480)
def procedure(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """One procedure: lanes, table, parties and where each stands."""
    view = site.view(request, lang, region)
    found, elsewhere = found_at(view, slug)
    if found is None:
        return elsewhere
    with view.instance.database.read(view.region_id) as session:
        numbers = service.versions(session, found.id)
    text = public.tell(view, found)
    return view.render(
        "procedures/procedure.html",
        later=[
            Linked(title=told(view, titles, original), href=view.href("procedures", at))
            for at, titles, original in public.successor(view.instance, view.region_id, found)
        ],
        numbers=numbers,
        **about(view, found, text),
    )


@page("/{lang:str}/{region:str}/procedures/{slug:str}/print")
def printed(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """The whole procedure for paper: picture, table, parties, lines to sign on."""
    view = site.view(request, lang, region)
    found, elsewhere = found_at(view, slug, "print")
    if found is None:
        return elsewhere
    text = public.tell(view, found)
    return view.render("procedures/print.html", sheets=sheets(text), **about(view, found, text))


@page("/{lang:str}/{region:str}/procedures/{slug:str}/lanes.svg", shared="always")
def picture(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """The swim lanes as a file."""
    view = site.view(request, lang, region)
    found, elsewhere = found_at(view, slug, "lanes.svg")
    return svg_file(view, public.tell(view, found)) if found else elsewhere


@page("/{lang:str}/{region:str}/procedures/{slug:str}/procedure.bpmn", shared="always")
def process(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """The procedure as BPMN 2.0."""
    view = site.view(request, lang, region)
    found, elsewhere = found_at(view, slug, "procedure.bpmn")
    return bpmn_file(view, public.tell(view, found)) if found else elsewhere


@page("/{lang:str}/{region:str}/procedures/{slug:str}/versions")
def versions(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """The versions that the public has read."""
    view = site.view(request, lang, region)
    found, elsewhere = found_at(view, slug, "versions")
    if found is None:
        return elsewhere
    if view.origin:
        raise NotFound(ELSEWHERE)
    with view.instance.database.read(view.region_id) as session:
        lines = service.versions(session, found.id)
    return view.render("procedures/versions.html", lines=lines, **about(view, found, public.tell(view, found)))


@page("/{lang:str}/{region:str}/procedures/{slug:str}/versions/{number:int}")
def version(
    request: Asked, lang: Lang, region: Region, slug: Slug, number: FromPath[int], site: OurSite
) -> Response[Any]:
    """One version that the public has read, and what it changed."""
    view = site.view(request, lang, region)
    found, elsewhere = found_at(view, slug, "versions", number)
    if found is None:
        return elsewhere
    with view.instance.database.read(view.region_id) as session:
        numbers = [line.number for line in service.versions(session, found.id)]
        if number not in numbers or not request.url.path.endswith(f"/{number}"):
            raise NotFound("There is no such version at this address.")
        earlier = next((one for one in numbers if one < number), 0)
        record = session.get_one(Record, (view.region_id, found.id))
        bodies = [decode(body_of(session, record, one), Procedure) for one in (number, earlier) if one]
        parties = service.party_ids(session, bodies[0], erased=True)
    text = reading.read(view, bodies[0], found.status, parties=parties, said=found.said, version=number)
    return view.render(
        "procedures/version.html",
        number=number,
        earlier=earlier,
        changes=differences(PROCEDURES, view, bodies[1], bodies[0]) if earlier else (),
        **about(view, found, text),
    )


def about(view: View, found: Published, text: Reading) -> dict[str, Any]:
    """What all pages of one procedure show."""
    here = view.href("procedures", found.slug)
    return {
        "found": found,
        "reading": text,
        "state": view._(STATES[found.status.state]),
        "nature": view._(NATURES[found.procedure.nature]),
        "here": here,
        "version": found.version,
        "picture": draw(picture_of(text.flow), "lanes"),
        "downloads": public.files(view, here),
        "correct_href": view.href("correct", query={"about": f"procedures/{found.slug}"}),
        "team_href": view.href("team", "procedures", found.id) if view.may("group.read") else "",
    }


def sheets(text: Reading) -> list[str]:
    """The picture cut into parts, each for one sheet of paper across."""
    drawn = picture_of(text.flow)
    return [draw(drawn, f"sheet-{number}", window) for number, window in enumerate(windows(drawn, SHEET), 1)]


def svg_file(view: View, text: Reading) -> Response[Any]:
    body = '<?xml version="1.0" encoding="UTF-8"?>\n' + draw(picture_of(text.flow), "lanes") + "\n"
    return _file(view, body.encode(), "svg", "image/svg+xml")


def bpmn_file(view: View, text: Reading) -> Response[Any]:
    return _file(view, bpmn.write(text.flow), "bpmn", "application/xml")


def _file(view: View, body: bytes, ending: str, media_type: str) -> Response[Any]:
    name = f"{file_name(view)}.{ending}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": view.lang}
    return Response(body, media_type=media_type, headers=headers)


def found_at(view: View, slug: str, *more: str | int) -> tuple[Published | None, Response[Any]]:
    """The procedure at *slug*; without one, what is answered instead. Raises NotFound, Gone."""
    nothing: Response[Any] = Response(None)
    if when := public.withdrawn_on(view.instance, view.region_id, slug):
        about = f"procedures/{slug}"
        return None, view.render("procedures/withdrawn.html", status=410, when=when, about=about)
    found = public.one_at(view.instance, view.region_id, slug)
    if found.slug != slug:
        query = f"?{view.request.url.query}" if view.request.url.query else ""
        return None, Redirect(view.href("procedures", found.slug, *more) + query, status_code=301)
    return found, nothing


def _row(view: View, one: Published) -> Row:
    text = one.procedure
    return Row(
        href=view.href("procedures", one.slug),
        title=told(view, texts_named(text.text, "title"), text.original),
        purpose=told(view, texts_named(text.text, "purpose"), text.original),
        state=view._(STATES[one.status.state]),
        nature=view._(NATURES[text.nature]) if text.nature != "drafted" else "",
        parties=tuple(party.who for party in reading.Teller(view, text).parties()),
    )


@page("/{lang:str}/{region:str}/procedures.atom", shared="always")
def procedures_feed(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[bytes]:
    """The co-operation procedures that were published last, each with how far it is."""
    view = site.view(request, lang, region)
    found = public.every(view.instance, view.region_id)[:LONGEST]
    title = view._("Co-operation procedures: %(region)s") % {"region": view.say(view.vocabulary.name())}
    subtitle = view._("Who does what, by when, and what passes to whom; each says whether anybody endorsed it.")
    return answer(view, feed_of(view, "procedures", title, subtitle, [_entry(view, one) for one in found]))


def _entry(view: View, one: Published) -> exports.Entry:
    said = one.procedure
    title, title_lang = view.text(texts_named(said.text, "title"), said.original)
    summary, summary_lang = view.text(texts_named(said.text, "purpose"), said.original)
    states = [view._(STATES[one.status.state])]
    return exports.Entry(
        id=uuid5(UUID(one.id), view.lang).urn,
        title=title,
        title_lang=title_lang,
        summary=summary,
        summary_lang=summary_lang,
        href=view.absolute(view.href("procedures", one.slug)),
        updated=one.updated_at,
        # A reader that shows nothing but the title must not take a reconstruction for an agreement.
        categories=[*states, *([view._(NATURES[said.nature])] if said.nature != "drafted" else [])],
    )


handlers: Sequence[Any] = (procedures, procedures_feed, procedure, printed, picture, process, versions, version)
