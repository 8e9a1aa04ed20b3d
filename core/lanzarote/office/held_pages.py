"""What an office could not take: why, what both sides vouch for, trying again, putting away."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from lanzarote.errors import NotFound
from lanzarote.office.source_pages import FRAME, ONE, office_view, show_source, to_source, why_untaken
from lanzarote.records.records import now
from lanzarote.results import enrolling, sources_reading
from lanzarote.results.batches import Malformed
from lanzarote.results.receiving import try_again
from lanzarote.results.refusals import Refused
from lanzarote.web.asking import Asked, Id, Lang, OurSite
from lanzarote.web.routes import form, page, private

HELD: Final = ONE + "/held/{held_id:str}"


@page(HELD, may="results.receive")
def held(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """What could not be taken, with what the region vouched for here before, and in what came."""
    view = office_view(request, lang, site)
    with view.instance.database.read(source) as session:
        told = sources_reading.region(view, session, source)
        row = sources_reading.held(session, source, held_id)
        one = sources_reading.tell_held(view, row)
        before, came = sources_reading.head_before(row), sources_reading.head_that_came(row)
    return private(
        view.render(
            "results/held.html",
            told=told,
            one=one,
            before=before,
            came=came,
            here=view.instance_href("office", "sources", source, "held", held_id),
            sources_href=view.instance_href("office", "sources"),
            **FRAME,
        )
    )


@page(f"{HELD}/before", f"{HELD}/came", may="results.receive")
def evidence(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """One of the two sides, byte for byte."""
    view = office_view(request, lang, site)
    side = request.url.path.rstrip("/").rpartition("/")[2]
    with view.instance.database.read(source) as session:
        sources_reading.region(view, session, source)
        row = sources_reading.held(session, source, held_id)
        data = bytes(row.known if side == "before" else row.data)
    if not data:
        raise NotFound("Nothing of it was kept.")
    headers = {"Content-Disposition": f'attachment; filename="{source}-{side}-{held_id}.results"'}
    return private(Response(data, media_type="application/octet-stream", headers=headers))


@form(f"{HELD}/retry", may="results.receive")
def retry(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """Take it, if it can be taken by now."""
    view = office_view(request, lang, site)
    with view.instance.database.read(source) as session:
        row = sources_reading.kept(session, source, held_id)
    try:
        try_again(view.instance.database, row)
    except (Malformed, Refused) as error:
        return show_source(view, source, untaken=why_untaken(view, error))
    return to_source(view, source, "tried")


@form(f"{HELD}/put-away", may="results.receive")
def put_away(request: Asked, lang: Lang, source: Id, held_id: Id, site: OurSite) -> Response[Any]:
    """Keep it no longer."""
    view = office_view(request, lang, site)
    with view.instance.database.write(source) as session:
        enrolling.put_away(session, source, held_id, by=view.actor.account_id, at=now())
    return to_source(view, source, "put-away")


handlers = (held, evidence, retry, put_away)
