"""Where a file is waited for, and fetched. The page looks again by itself, without script, and can be told not to."""

from __future__ import annotations

from typing import Any, Final

from litestar import Response

from lanzarote.downloads import lists, service
from lanzarote.downloads.model import Download
from lanzarote.practices.facet_choices import address
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import ALL
from lanzarote.translation import N_, date_told
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region, Slug
from lanzarote.web.routes import PRIVATE, form, page, private, see_other
from lanzarote.web.site import View

PLACE: Final = "/{lang:str}/{region:str}/downloads/{download:str}"
SECONDS: Final = 4
"""After which the page looks again."""
SET: Final = N_("The pages are being set. Their progress cannot be measured: the bar does not move.")
WRITTEN: Final = N_("The file is being written. Its progress cannot be measured: the bar does not move.")


@page(PLACE, fresh=True)
def download(request: Asked, lang: Lang, region: Region, download: Slug, site: OurSite) -> Response[Any]:
    """How far it is."""
    return _show(site.view(request, lang, region), download)


@page(PLACE + "/file", fresh=True)
def file(request: Asked, lang: Lang, region: Region, download: Slug, site: OurSite) -> Response[Any]:
    """The file itself, as long as it says what the public reads."""
    view = site.view(request, lang, region)
    try:
        with view.instance.database.read(ALL) as session:
            found, body = service.fetch(session, view.region_id, download)
    except service.Changed:
        return _show(view, download, status=410)
    headers = {"Content-Disposition": f'attachment; filename="{found.name}"', **PRIVATE}
    return Response(body, media_type=found.media_type, headers=headers)


@form(PLACE, may="public")
def again(request: Asked, lang: Lang, region: Region, download: Slug, site: OurSite, data: Data) -> Response[Any]:
    """Have the same made anew, out of what the public reads now."""
    view = site.view(request, lang, region)
    with view.instance.database.write(ALL) as session:
        found = service.find(session, view.region_id, download)
        made = service.ask(session, found.region, found.kind, found.asked, name=found.name, media_type=found.media_type)
    return see_other(view.href("downloads", made))


def _show(view: View, download: str, *, status: int = 200, busy: str = "") -> Response[Any]:
    with view.instance.database.read(ALL) as session:
        found = service.find(session, view.region_id, download)
        state = found.state if service.still_true(session, found) else "changed"
        before = service.before(session, found) if state == "waiting" else 0
    here = view.href("downloads", found.id)
    is_list = found.kind == lists.KIND
    standing = found.state == "making" and found.percent >= (lists.WRITING if is_list else service.SETTING)
    still = "still" in view.request.query_params
    return private(
        view.render(
            "downloads/download.html",
            status=status,
            found=found,
            state=state,
            before=before,
            busy=busy,
            here=here,
            megabytes=found.size / 1_000_000,
            until=date_told(view.day_of(found.keep_until), view.lang),
            choose_href=_choose_href(view, found),
            stage=view._(WRITTEN if is_list else SET) if standing else "",
            is_list=is_list,
            again_in=SECONDS if state in ("waiting", "making") and not still else 0,
        )
    )


def _choose_href(view: View, found: Download) -> str:
    """Where something else can be asked for."""
    if found.kind != lists.KIND:
        return view.href("compendium")
    wanted = decoded(found.asked, lists.Wanted)
    return address(view.href(wanted.of), wanted.query)
