"""Pages on which a team imports a file: chosen, checked row by row, and imported."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile

from lanzarote.errors import NotFound
from lanzarote.importing import service
from lanzarote.importing.cells import MOST_RECORDS
from lanzarote.importing.ground import Ground
from lanzarote.importing.kinds import ORGANISATIONS, PRACTICES
from lanzarote.importing.planning import letters
from lanzarote.store.ids import new_id
from lanzarote.translation import N_
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.exports import file_name
from lanzarote.web.limits import Pool
from lanzarote.web.region_reading import help_lines
from lanzarote.web.routes import page, private, upload

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.importing.kinds import Kind
    from lanzarote.importing.planning import Plan, Row
    from lanzarote.types import Importer, ImportPlace
    from lanzarote.web.site import View

FRAME: Final[Mapping[str, Any]] = {"canonical": None, "feeds": ()}
ROOM: Final = 64 * 1024
"""Of what comes with a file: the key of the form, a few words."""
IMPORTS: Final = Pool("imports", threads=1, waiting=4)
"""Files are checked here, one after the other: pages never wait for them."""
URGENT: Final = ("emergency", "children", "witnesses")
NO_FILE: Final = N_("Choose a file first.")
NOT_AS_SEEN: Final = N_(
    "The file is another one, or records were changed here meanwhile. Nothing was imported. Check the file again."
)
BEFORE: Final = N_("This file was imported a moment ago. Nothing was doubled.")
TITLES: Final[Mapping[str, str]] = {
    "practices": N_("Import practices"),
    "organisations": N_("Import organisations"),
}
LISTS: Final[Mapping[str, str]] = {
    "practices": N_("The team’s practices"),
    "organisations": N_("The team’s directory"),
}
_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def ground_of(view: View) -> Ground:
    return Ground(view.instance, view.region_id, view.lang, view.actor)


def show(
    view: View,
    kind: Kind,
    *,
    plan: Plan | None = None,
    error: str = "",
    note: str = "",
    name: str = "",
) -> Response[Any]:
    """The page where a file is chosen; with *plan*, what would become of the one that was."""
    here = view.href("team", kind.name, "import")
    refused = bool(error or (plan and plan.problems))
    return private(
        view.render(
            "importing/import.html",
            status=400 if refused else 200,
            kind=kind.name,
            title=view._(TITLES[kind.name]),
            plan=plan,
            name=name,
            base=new_id(),
            error=error,
            note=note,
            importers=view.instance.host.importers,
            endings=",".join(f".{ending}" for one in view.instance.host.importers for ending in one.extensions),
            largest=service.LARGEST_FILE // 2**20,
            most=MOST_RECORDS,
            lines=help_lines(view, URGENT) if plan and plan.disclosed else (),
            **_common(view, kind, here),
        )
    )


def show_imported(view: View, kind: Kind, made: Sequence[service.ImportedRow], left: Sequence[Row]) -> Response[Any]:
    """What was begun and changed, each with its page."""
    here = view.href("team", kind.name, "import")
    return private(
        view.render(
            "importing/made.html",
            kind=kind.name,
            made=made,
            left=left,
            **_common(view, kind, here),
        )
    )


def send_file(view: View, kind: Kind, format: str, *, filled: bool) -> Response[Any]:
    """A template, or everything there is, as a file. Raises NotFound."""
    importer: Importer | None = next((one for one in view.instance.host.importers if one.format == format), None)
    if importer is None:
        raise NotFound("There is no such format here.")
    content = service.file_of(ground_of(view), kind, importer, filled=filled)
    name = f"{file_name(view)}.{importer.extensions[0]}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": view.lang}
    return private(Response(content, media_type=importer.media_type, headers=headers))


def answer_file(view: View, kind: Kind, name: str, content: bytes, said: Mapping[str, str]) -> Response[Any]:
    """What becomes of a file: looked at, or taken in if it is what was looked at."""
    ground = ground_of(view)
    plan = service.plan_of(ground, kind, name, content)
    step = said.get("step", "")
    if step not in ("take", "take-good") or plan.problems:
        return show(view, kind, plan=plan, name=name)
    left = tuple(row for row in plan.rows if row.outcome == "refused")
    base = said.get("base", "")
    if said.get("seen") != plan.seen or (left and step == "take") or not _ID.fullmatch(base):
        return show(view, kind, plan=plan, name=name, note=view._(NOT_AS_SEEN))
    try:
        made = service.import_rows(ground, kind, plan.good, base=base)
    except service.ImportedBefore:
        return show(view, kind, note=view._(BEFORE))
    except service.NotImported:
        again = service.plan_of(ground, kind, name, content)
        return show(view, kind, plan=again, name=name, note=view._(NOT_AS_SEEN))
    return show_imported(view, kind, made, left)


def _where(view: View, place: ImportPlace) -> str:
    if not place.column:
        return view._("row %(row)s") % {"row": place.row}
    return view._("row %(row)s, column %(column)s") % {"row": place.row, "column": letters(place.column)}


def _common(view: View, kind: Kind, here: str) -> dict[str, Any]:
    return {
        "here": here,
        "list_href": view.href("team", kind.name),
        "list_title": view._(LISTS[kind.name]),
        "where": partial(_where, view),
        **FRAME,
    }


def _pages(kind: Kind) -> tuple[Any, ...]:
    place = f"/{{lang:str}}/{{region:str}}/team/{kind.name}/import"

    @page(place, may=kind.write)
    def choose(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        """Choose a file, or take a template."""
        return show(site.view(request, lang, region), kind)

    @page(f"{place}/template", may=kind.write)
    def template(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        """An empty file to be filled in."""
        view = site.view(request, lang, region)
        return send_file(view, kind, request.query_params.get("format", ""), filled=False)

    @page(f"{place}/records", may=kind.write)
    def all_there_is(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        """Everything there is, to be worked on and handed in again."""
        view = site.view(request, lang, region)
        return send_file(view, kind, request.query_params.get("format", ""), filled=True)

    @upload(place, may=kind.write, largest=service.LARGEST_FILE + ROOM)
    async def upload_file(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
        """Look at a file, or take it in."""
        view = site.view(request, lang, region)
        form = await request.form()
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            return await sync_to_thread(partial(show, view, kind, error=view._(NO_FILE)))
        said = {name: value for name in ("step", "seen", "base") if isinstance(value := form.get(name), str)}
        content = await file.read()
        checked = partial(answer_file, view, kind, file.filename, content, said)
        return await IMPORTS.run(checked, person=view.actor.account_id)

    return choose, template, all_there_is, upload_file


handlers = (*_pages(PRACTICES), *_pages(ORGANISATIONS))
