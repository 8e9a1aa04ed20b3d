"""The form for those without a platform who took a practice up, and where the team confirms what they wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect
from sqlalchemy import select

from lanzarote.errors import NotFound
from lanzarote.kinds import team as group
from lanzarote.practices.model import Card
from lanzarote.practices.pages import elsewhere as moved
from lanzarote.practices.service import decode as decode_document
from lanzarote.practices.service import document
from lanzarote.records.permissions import Subject, require
from lanzarote.records.records import Record, Version, decode, now
from lanzarote.records.tables import PUBLISHED_VERSION
from lanzarote.stakeholders.pages import URGENT, read_typed, written_elsewhere
from lanzarote.stakeholders.replies import TooMany
from lanzarote.stakeholders.senders import MOST_AN_HOUR, Busy, Senders
from lanzarote.transfers import elsewhere
from lanzarote.transfers.elsewhere import Report
from lanzarote.transfers.model import Elsewhere
from lanzarote.transfers.pages import form_of
from lanzarote.transfers.team_pages import TEAM
from lanzarote.translation import N_
from lanzarote.types import Practice
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region, Slug
from lanzarote.web.labels import written
from lanzarote.web.limits import sender_of
from lanzarote.web.refusals import number_of, text_of
from lanzarote.web.region_reading import help_lines, lines_to_call, told
from lanzarote.web.routes import PRIVATE, form, page, private
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.records.validation import Fault

SENDERS: Final = Senders()
LABELS: Final[Mapping[str, str]] = {
    "place": N_("Where"),
    "organisation": N_("Who"),
    "what": N_("What is done there, and what had to change"),
    "source": N_("Where that can be read"),
    "contact": N_("Where the team can answer"),
}
DONE: Final[Mapping[str, str]] = {
    "confirm": N_("Confirmed. Everybody can read it now."),
    "refuse": N_("Deleted."),
    "meanwhile": group.MEANWHILE,
}
PUBLIC: Final = "/{lang:str}/{region:str}/practices/{slug:str}/elsewhere"


@page(PUBLIC)
def reporting(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """Say that this practice is taken up where you are."""
    view = site.view(request, lang, region)
    try:
        found = decode_document(document(view.instance.database, view.region_id, slug))
    except NotFound:
        return moved(view, slug, "elsewhere")
    if view.origin:
        return written_elsewhere(view, form_of(view, found.slug))
    return show_form(view, found, Report())


@form(PUBLIC, may="public")
def report(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite, data: Data) -> Response[Any]:
    """Take what was written; nothing of it is shown before it is confirmed."""
    view = site.view(request, lang, region)
    try:
        found = decode_document(document(view.instance.database, view.region_id, slug))
    except NotFound:
        return moved(view, slug, "elsewhere")
    said = read_typed(data, Report)
    judgement = elsewhere.judge(said, identifiers=view.vocabulary.header.personal_identifiers)
    if judgement.outcome == "disclosure":
        return private(
            view.render("transfers/where_help_is.html", lines=help_lines(view, URGENT), report=said, document=found)
        )
    if judgement.outcome == "refused":
        return show_form(view, found, said, judgement.faults, status=400)
    if busy := SENDERS.admit(sender_of(view.request.scope)):
        return show_form(view, found, said, busy=busy, status=429)
    try:
        elsewhere.keep(view.instance.database, view.region_id, found.id, said, lang=view.lang, at=now())
    except TooMany:
        return show_form(view, found, said, busy=Busy.ALL, status=429)
    return Redirect(view.href("practices", found.slug, "elsewhere", "thanks"), status_code=303, headers=PRIVATE)


@page(f"{PUBLIC}/thanks")
def thanks(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """What happens next with what was written."""
    view = site.view(request, lang, region)
    return view.render("transfers/thanks.html", practice_href=view.href("practices", slug))


def show_form(
    view: View,
    found: Card,
    report: Report,
    faults: Sequence[Fault] = (),
    *,
    busy: Busy | None = None,
    status: int = 200,
) -> Response[Any]:
    """The form with everything that was written in it, and what has to be put right."""
    answer = view.render(
        "transfers/elsewhere.html",
        status=status,
        report=report,
        title=told(view, found.title, found.original),
        practice_href=view.href("practices", found.slug),
        errors=[{"field": one.field, "text": view._(one.text), "label": view._(LABELS[one.field])} for one in faults],
        error_of={one.field: view._(one.text) for one in reversed(faults)},
        busy=busy.value if busy else "",
        most_from_one=MOST_AN_HOUR,
        lengths=elsewhere.LENGTHS,
        lines=lines_to_call(view, URGENT),
    )
    if busy:
        answer.headers["Retry-After"] = "3600"
    return private(answer)


@page(f"{TEAM}/elsewhere", may="group.lead")
def reports(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What others say they took up from here: to be confirmed or deleted, and what was confirmed."""
    view = site.view(request, lang, region)
    require(view.actor, "group.lead", Subject(region_id=view.region_id))
    with view.instance.database.read(view.region_id) as session:
        found = list(session.scalars(select(Elsewhere).order_by(Elsewhere.at, Elsewhere.number)))
        titles = _titles(view, session, [row.record_id for row in found])
        rows = [
            {
                "id": f"{row.record_id}/{row.number}",
                "state": row.state,
                "title": titles.get(row.record_id, ""),
                "place": written(row.place, row.lang, view.lang),
                "organisation": written(row.organisation, row.lang, view.lang),
                "what": written(row.what, row.lang, view.lang),
                "source": written(row.source, row.lang, view.lang),
                "contact": bool(row.contact),
                "on": view.day_of(row.at),
            }
            for row in found
        ]
    done = request.query_params.get("done", "")
    return view.render(
        "transfers/team/elsewhere.html",
        asked=[row for row in rows if row["state"] == "asked"],
        confirmed=[row for row in rows if row["state"] == "confirmed"],
        done=view._(DONE[done]) if done in DONE else "",
        meanwhile=done == "meanwhile",
        **group.frame(view, "transfers", "elsewhere"),
    )


@form(f"{TEAM}/elsewhere", may="group.lead")
def settle(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Confirm one of them, or delete it."""
    view = site.view(request, lang, region)
    record_id, _, number = text_of(data, "which").partition("/")
    what, count = text_of(data, "do"), number_of({"number": number}, "number")
    try:
        with view.instance.database.write(view.region_id) as session:
            if what == "remove":
                elsewhere.remove(session, view.region_id, record_id, count, by=view.actor, at=now())
            else:
                confirm = what == "confirm"
                elsewhere.settle(session, view.region_id, record_id, count, confirm=confirm, by=view.actor, at=now())
    except NotFound:
        return group.redirect(view.href("team", "transfers", "elsewhere", query={"done": "meanwhile"}))
    done = "confirm" if what == "confirm" else "refuse"
    return group.redirect(view.href("team", "transfers", "elsewhere", query={"done": done}))


def _titles(view: View, session: Session, ids: Sequence[str]) -> dict[str, Any]:
    query = select(Record.id, Version.body).join(Version, PUBLISHED_VERSION)
    found = {}
    for record_id, body in session.execute(query.where(Record.id.in_(ids))):
        said = decode(body, Practice)
        found[record_id] = told(view, {lang: one.title for lang, one in said.text.items()}, said.original)
    return found


def asked(view: View) -> int:
    """How many wait for an answer, for who gives it."""
    if not view.may("group.lead"):
        return 0
    with view.instance.database.read(view.region_id) as session:
        return len(elsewhere.waiting(session))


handlers = (reporting, report, thanks, reports, settle)
