"""Pages of practices: the list of a region and of all, one practice, its versions, the shortlist."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from lanzarote.errors import NotFound
from lanzarote.kinds.versions import differences
from lanzarote.practices import listing, service
from lanzarote.practices.facet_choices import (
    EVERYWHERE,
    IN_REGION,
    LONGEST_QUERY,
    MOST_PICKED,
    PICK,
    Question,
    address,
    chips,
    groups,
    read_question,
)
from lanzarote.practices.feeds import describe, script
from lanzarote.practices.kind import PRACTICES as KIND
from lanzarote.practices.reading import read_practice, tell, tell_label
from lanzarote.practices.service import facets_of
from lanzarote.practices.shortlist import PRACTICES, listing_heading, listing_table, read_shortlist, shortlist_table
from lanzarote.records.permissions import may, may_somewhere, subject_of
from lanzarote.records.records import Record
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.exports import download, download_links, is_long
from lanzarote.web.routes import page
from lanzarote.web.site import View


@page("/{lang:str}/{region:str}/practices", shared="files", embed=600)
def practices(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The practices of a region."""
    view = site.view(request, lang, region)
    return show_list(view, read_question(request.query_params, IN_REGION), IN_REGION)


@page("/{lang:str}/practices", shared="files", embed=600)
def practices_of_all(request: Asked, lang: Lang, site: OurSite) -> Response[Any]:
    """The practices of all regions."""
    view = site.view(request, lang)
    return show_list(view, read_question(request.query_params, EVERYWHERE), EVERYWHERE)


def show_list(view: View, question: Question, facets: tuple[str, ...]) -> Response[Any]:
    narrowed = question.words() + question.choices()
    if question.format:
        return download(view, listing_table(view, question), question.format)
    piece, index = listing.ask(view, question, facets)
    path = view.path
    return view.render(
        "practices/list.html",
        heading=listing_heading(view),
        question=question,
        path=path,
        listing=listing.present(view, question, piece, index),
        groups=groups(view, question, piece.counts),
        chips=chips(view, question, path),
        reset_href=address(path, question.words() + question.picks()),
        shortlist_href=address(view.href("shortlist"), question.picks()),
        downloads=download_links(view, narrowed, PRACTICES if is_long(view, piece.total) else ""),
        longest_query=LONGEST_QUERY,
    )


@page("/{lang:str}/{region:str}/practices/{slug:str}")
def practice(request: Asked, lang: Lang, region: Region, slug: FromPath[str], site: OurSite) -> Response[Any]:
    """One practice."""
    view = site.view(request, lang, region)
    question = read_question(request.query_params, ())
    database = view.instance.database
    try:
        body = service.document(database, view.region_id, slug)
    except NotFound:
        return elsewhere(view, slug)
    document = service.decode(body)
    reading = read_practice(view, document)
    related = service.by_keys(database, view.region_id, document.related)
    near = service.alike(
        database, facets_of(view.instance, view.region_id), document, but={card.slug for card in related}, limit=3
    )
    rows = listing.Rows(view, question)
    path = view.href("practices", document.slug)
    picked = document.slug in question.picked
    return view.render(
        "practices/practice.html",
        reading=reading,
        label=tell_label(view, document),
        question=question,
        related=tuple(rows.of(related)),
        alike=tuple(rows.of(near)),
        linked_data=script(describe(view, reading)),
        list_href=address(view.href("practices"), question.picks()),
        versions_href=view.href("practices", document.slug, "versions"),
        correct_href=view.href("correct", query={"about": f"practices/{document.slug}"}),
        shortlist_href=address(view.href("shortlist"), question.picks()),
        picked=picked,
        pick_href=""
        if picked or len(question.picked) >= MOST_PICKED
        else address(path, [*question.picks(), (PICK, document.slug)]),
        licence=view.licence,
        licence_href=view.licence_href,
        team=team_links(view, document.id),
    )


def elsewhere(view: View, slug: str, *more: str | int) -> Response[Any]:
    """Answer for a practice that is not public at *slug*: redirect, or say that it was withdrawn.

    Raises NotFound, Gone.
    """
    with view.instance.database.read(view.region_id) as session:
        found = service.withdrawn_or_slug(session, slug)
    if not isinstance(found, str):
        withdrawn = view.render("practices/withdrawn.html", when=view.day_of(found), about=f"practices/{slug}")
        withdrawn.status_code = 410
        return withdrawn
    if found == slug:
        raise NotFound("There is no practice at this address.")
    query = f"?{view.request.url.query}" if view.request.url.query else ""
    return Redirect(view.href("practices", found, *more) + query, status_code=301)


@page("/{lang:str}/{region:str}/practices/{slug:str}/versions")
def versions(request: Asked, lang: Lang, region: Region, slug: FromPath[str], site: OurSite) -> Response[Any]:
    """The versions of a practice."""
    view = site.view(request, lang, region)
    try:
        body = service.document(view.instance.database, view.region_id, slug)
    except NotFound:
        return elsewhere(view, slug, "versions")
    with view.instance.database.read(view.region_id) as session:
        lines = service.versions(session, slug)
    return view.render(
        "practices/versions.html",
        title=tell(view, service.decode(body), "title"),
        lines=lines,
        practice_href=view.href("practices", slug),
    )


@page("/{lang:str}/{region:str}/practices/{slug:str}/versions/{number:int}")
def version(
    request: Asked,
    lang: Lang,
    region: Region,
    slug: FromPath[str],
    number: FromPath[int],
    site: OurSite,
) -> Response[Any]:
    """One version of a practice, and what it changed."""
    view = site.view(request, lang, region)
    if not request.url.path.endswith(f"/{number}"):
        return Redirect(view.href("practices", slug, "versions", number), status_code=301)  # written as 01 or 1_0
    try:
        service.document(view.instance.database, view.region_id, slug)
    except NotFound:
        return elsewhere(view, slug, "versions", number)
    with view.instance.database.read(view.region_id) as session:
        document, lines = service.version_document(session, slug, number)
        numbers = [line.number for line in lines]
        place = numbers.index(number)
        before = numbers[place + 1] if place + 1 < len(numbers) else None
        previous = service.version_document(session, slug, before)[0] if before else None
    return view.render(
        "practices/version.html",
        reading=read_practice(view, document),
        label=tell_label(view, document),
        line=lines[place],
        before=before,
        changes=differences(KIND, view, service.sheet_of(previous), service.sheet_of(document)) if previous else (),
        earlier=before,
        later=numbers[place - 1] if place else None,
        practice_href=view.href("practices", slug),
        canonical=view.absolute(view.href("practices", slug)),
    )


@page("/{lang:str}/{region:str}/shortlist", shared="files")
def shortlist(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The practices a reader has chosen, side by side."""
    view = site.view(request, lang, region)
    question = read_question(request.query_params, ())
    chosen = read_shortlist(view, question.picked)
    heading = view._("Practices side by side")
    if question.format:
        return download(view, shortlist_table(view, chosen, heading), question.format)
    kept = [(PICK, slug) for slug in chosen.slugs]
    here = address(view.href("shortlist"), kept)
    return view.render(
        "practices/shortlist.html",
        shortlist=chosen,
        list_href=address(view.href("practices"), kept),
        mail_href=f"mailto:?subject={quote(heading)}&body={quote(view.absolute(here))}",
        downloads=download_links(view, kept),
        document_href=view.piece("compendium", kept),
    )


def team_links(view: View, record_id: str) -> tuple[tuple[str, str], ...]:
    """What leads from the public page of a practice to where it is worked on, for who may go there."""
    if not may_somewhere(view.actor, "practice.read", view.region_id):
        return ()
    with view.instance.database.read(view.region_id) as session:
        record = session.get(Record, (view.region_id, record_id))
        subject = subject_of(session, record) if record else None
    if subject is None or not may(view.actor, "practice.read", subject):
        return ()
    here = view.href("team", "practices", record_id)
    edit = ((view._("Edit"), f"{here}/edit"),) if may(view.actor, "practice.write", subject) else ()
    return (*edit, (view._("The team’s page"), here))


handlers = (practices, practices_of_all, practice, versions, version, shortlist)
