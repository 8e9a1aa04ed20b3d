"""The page "Results" of a region's coordinators: what leaves, exactly, before it leaves, and to whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect

from lanzarote.errors import NotFound
from lanzarote.records.records import now
from lanzarote.results import destinations, team_reading, words
from lanzarote.results.addresses import NoOffice
from lanzarote.results.document_reading import Reader, title_of
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.refusals import NOTHING, Refusal, text_of
from lanzarote.web.routes import PRIVATE, form, page, private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.web.site import View


TEAM: Final = "/{lang:str}/{region:str}/team/results"
FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
DONE: Final[Mapping[str, str]] = {
    "added": N_("The office is on the list. Nothing was sent yet."),
    "asked": N_("The results are being sent. Look at this page again in a moment: it says what the office received."),
    "removed": N_("Nothing is sent there from now on. The office keeps what it has received."),
    "key": N_("The region has its key. Send the card to the office, and tell it the fingerprint by telephone."),
    "new-key": N_("The region has a new key. What the offices need to know of it is under “The key”."),
}


@page(TEAM, may="group.lead")
def results(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What leaves the region, to whom, how far it came, and who agreed."""
    return show(site.view(request, lang, region), done=request.query_params.get("done", ""))


def show(
    view: View, *, done: str = "", data: Mapping[str, Any] | None = None, refused: Refusal = NOTHING, fault: str = ""
) -> Response[Any]:
    with view.instance.database.read(view.region_id) as session:
        told = team_reading.overview(view, session)
    given = data or {}
    return private(
        view.render(
            "results/results.html",
            status=400 if refused.errors else 409 if fault else 200,
            told=told,
            done=view._(DONE[done]) if done in DONE else "",
            fault=fault,
            refused=refused,
            given=given,
            rhythms=[
                {"value": code, "label": view._(label), "chosen": code == text_of(given, "rhythm")}
                for code, label in words.RHYTHMS.items()
            ],
            here=view.href("team", "results"),
            **FRAME,
        )
    )


@page(f"{TEAM}/all/{{kind:str}}", may="group.lead")
def all_of_kind(request: Asked, lang: Lang, region: Region, kind: FromPath[str], site: OurSite) -> Response[Any]:
    """All results of one kind."""
    view = site.view(request, lang, region)
    given = request.query_params.get("page", "1")
    number = int(given) if given.isascii() and given.isdecimal() and 0 < len(given) < 6 and int(given) else 1
    with view.instance.database.read(view.region_id) as session:
        found, more = team_reading.of_kind(view, session, kind, number)
    here = view.href("team", "results", "all", kind)
    return private(
        view.render(
            "results/of_kind.html",
            heading=view._(words.KINDS.get(kind, team_reading.EARLIER_HEADING)),
            found=found,
            previous=f"{here}?page={number - 1}" if number > 1 else None,
            next=f"{here}?page={number + 1}" if more else None,
            results_href=view.href("team", "results"),
            **FRAME,
        )
    )


@page(f"{TEAM}/what/{{kind:str}}/{{record:str}}", may="group.lead")
def one(
    request: Asked, lang: Lang, region: Region, kind: FromPath[str], record: FromPath[str], site: OurSite
) -> Response[Any]:
    """Exactly what leaves of one result, field by field."""
    view, entry = site.view(request, lang, region), request.query_params.get("entry", "")
    with view.instance.database.read(view.region_id) as session:
        word, body = team_reading.what_leaves(view, session, kind, record, entry)
    title, tongue = title_of(view, kind, body)
    return private(
        view.render(
            "results/one.html",
            heading=title or view._(words.TERMS.get(record, words.KINDS[kind])),
            tongue=tongue if title and tongue != view.lang else "",
            kind=view._(words.KINDS[kind]),
            lines=Reader(view).read(body),
            day=view.day_of(word.at),
            size=len(body),
            earlier=bool(entry),
            bytes_href=view.href(
                "team", "results", "what", kind, record, "bytes", query={"entry": entry} if entry else None
            ),
            results_href=view.href("team", "results"),
            **FRAME,
        )
    )


@page(f"{TEAM}/what/{{kind:str}}/{{record:str}}/bytes", may="group.lead")
def one_as_it_stands(
    request: Asked, lang: Lang, region: Region, kind: FromPath[str], record: FromPath[str], site: OurSite
) -> Response[Any]:
    """The document of one result, byte for byte."""
    view, entry = site.view(request, lang, region), request.query_params.get("entry", "")
    with view.instance.database.read(view.region_id) as session:
        _, body = team_reading.what_leaves(view, session, kind, record, entry)
    name = "".join(sign if sign.isalnum() or sign == "-" else "-" for sign in f"{view.region_id}-{kind}-{record}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return private(Response(body, media_type="application/json", headers=headers))


@form(f"{TEAM}/offices", may="group.lead")
def add(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Send to an office from now on, or in another rhythm."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            address, rhythm, by = text_of(data, "address"), text_of(data, "rhythm"), view.actor.account_id
            nearby = view.instance.settings.offices_nearby
            destinations.add(session, view.region_id, address, rhythm, by=by, at=now(), nearby=nearby)  # type: ignore[arg-type]
    except NoOffice as error:
        refused = Refusal(errors=({"field": "address", "text": view._(str(error))},))
        return show(view, data=data, refused=refused)
    return _to(view, "added", "offices")


@form(f"{TEAM}/send", may="group.lead")
def send(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Have what an office has not received yet sent to it."""
    view = site.view(request, lang, region)
    with view.instance.database.write(view.region_id) as session:
        address, by = text_of(data, "address"), view.actor.account_id
        destinations.send_soon(session, view.region_id, address, by=by, at=now())
    return _to(view, "asked", "offices")


@page(f"{TEAM}/remove", may="group.lead")
def removing(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Whether nothing is to be sent to an office any more."""
    view = site.view(request, lang, region)
    address = request.query_params.get("office", "")
    with view.instance.database.read(view.region_id) as session:
        if address not in {row.address for row in destinations.all_of(session, view.region_id)}:
            raise NotFound("Nothing is sent there.")
    here = view.href("team", "results")
    return private(view.render("results/remove.html", address=address, results_href=here, **FRAME))


@form(f"{TEAM}/remove", may="group.lead")
def remove(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Send nothing to an office any more."""
    view = site.view(request, lang, region)
    with view.instance.database.write(view.region_id) as session:
        address, by = text_of(data, "address"), view.actor.account_id
        destinations.remove(session, view.region_id, address, by=by, at=now())
    return _to(view, "removed", "offices")


def _to(view: View, done: str, place: str) -> Response[Any]:
    where = view.href("team", "results", query={"done": done}) + f"#{place}"
    return Redirect(where, status_code=303, headers=dict(PRIVATE))


handlers = (results, all_of_kind, one, one_as_it_stands, add, send, removing, remove)
