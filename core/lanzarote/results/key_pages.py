"""The region's key and card, and its results as a file: for its coordinators."""

from __future__ import annotations

from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect, Stream

from lanzarote.errors import NotFound
from lanzarote.records.records import now
from lanzarote.results import enrolling, keys, sending, words
from lanzarote.results.keys import NoKey
from lanzarote.results.team_pages import FRAME, TEAM, show
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.routes import PRIVATE, form, page, private

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.web.site import View


IN_MEMORY: Final = 4 * 1024 * 1024
PIECE: Final = 64 * 1024


@form(f"{TEAM}/key", may="group.lead")
def first_key(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Make the first key; where there is one, nothing is done."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            by = view.actor.account_id
            enrolling.card(session, view.instance.settings, view.region_id, by=by, at=now())
    except NoKey:
        return show(view, fault=view._(words.NOT_KEPT))
    return _to(view, "key")


@page(f"{TEAM}/new-key", may="group.lead")
def asked_for_another(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What a new key means, before it is made."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        _require_key(view, session)
        try:
            keys.private(session, view.instance.settings, view.region_id)
            there = True
        except NoKey:
            there = False
    here = view.href("team", "results")
    return private(view.render("results/new_key.html", there=there, results_href=here, **FRAME))


@form(f"{TEAM}/new-key", may="group.lead")
def another_key(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """Let another key vouch from now on."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.write(view.region_id) as session:
            _require_key(view, session)
            enrolling.make_key(session, view.instance.settings, view.region_id, by=view.actor.account_id, at=now())
    except NoKey:
        return show(view, fault=view._(words.NOT_KEPT))
    return _to(view, "new-key")


@page(f"{TEAM}/card", may="group.lead")
def card(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """The card by which an office knows the region."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.read(view.region_id) as session:
            _require_key(view, session)
            by = view.actor.account_id
            data = enrolling.card(session, view.instance.settings, view.region_id, by=by, at=now())
    except NoKey:
        return show(view, fault=view._(words.KEY_AWAY))
    headers = {"Content-Disposition": f'attachment; filename="{view.region_id}.card"'}
    return private(Response(data, media_type="application/octet-stream", headers=headers))


@page(f"{TEAM}/file", may="group.lead")
def file(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """All results as a file, for mail or a stick: the same bytes as over the net, from the epoch's beginning on."""
    view = site.view(request, lang, region)
    out = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - it is closed when the last of it was sent
    try:
        with view.instance.database.snapshot(view.region_id) as session:
            _require_key(view, session)
            after = sending.start_of(session, view.region_id)
            for data in sending.batches(session, view.instance.settings, view.region_id, after):
                out.write(data)
    except BaseException as error:
        out.close()
        if isinstance(error, NoKey):
            return show(view, fault=view._(words.KEY_AWAY))
        raise
    size = out.tell()
    out.seek(0)
    name = f"lanzarote-results-{view.region_id}-{view.today.isoformat()}.results"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Length": str(size)}
    return private(Stream(_pieces(out), media_type="application/octet-stream", headers=headers))


def _pieces(out: SpooledTemporaryFile[bytes]) -> Iterator[bytes]:
    with out:
        while data := out.read(PIECE):
            yield data


def _require_key(view: View, session: Any) -> None:
    """Raises NotFound."""
    if keys.current(session, view.region_id) is None:
        raise NotFound(words.NO_KEY)


def _to(view: View, done: str) -> Response[Any]:
    where = view.href("team", "results", query={"done": done}) + "#key"
    return Redirect(where, status_code=303, headers=dict(PRIVATE))


handlers = (first_key, asked_for_another, another_key, card, file)
