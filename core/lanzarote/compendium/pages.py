"""Where a reader chooses what a compendium holds, gives it a title and a language, and asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response

from lanzarote.compendium.choosing import Offer, chosen, offer
from lanzarote.compendium.composing import exporter_of
from lanzarote.compendium.making import KIND
from lanzarote.compendium.wanted import LONGEST_TITLE, Unfit, Wanted, require_fit
from lanzarote.downloads.asking import Order, answer
from lanzarote.errors import NotFound
from lanzarote.practices.facet_choices import address
from lanzarote.stakeholders.senders import Senders
from lanzarote.translation import language_name
from lanzarote.web.asking import Asked, Data, Lang, OurSite, Region
from lanzarote.web.forms import one_of
from lanzarote.web.routes import form, page, private

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.types import DocumentExporter
    from lanzarote.web.site import View

PLACE: Final = "/{lang:str}/{region:str}/compendium"
OF_PROCEDURES: Final = "procedures"
"""``?of=procedures``: the page is asked for from the list of procedures."""
SENDERS: Final = Senders(most=10)


@page(PLACE)
def compendium(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What one document is to hold."""
    view = site.view(request, lang, region)
    return _show(view, _exporters(view))


@form(PLACE, may="public")
def ask(request: Asked, lang: Lang, region: Region, site: OurSite, data: Data) -> Response[Any]:
    """Have the document made."""
    view = site.view(request, lang, region)
    exporters = _exporters(view)
    found = chosen(view, data)
    wanted = Wanted(
        region=view.region_id,
        language=_among(one_of(data, "language"), view.region.languages if view.region else (), view.lang),
        format=_among(one_of(data, "format"), [one.format for one in exporters], exporters[0].format),
        title=" ".join(one_of(data, "title").split()),
        practices=found.practices,
        procedures=found.procedures,
    )
    try:
        require_fit(wanted)
    except Unfit as error:
        return _show(view, exporters, data, fault=error)
    exporter = exporter_of(view.instance, wanted.format)
    order = Order(kind=KIND, of=KIND, language=wanted.language, wanted=wanted, exporter=exporter)
    return answer(view, order, SENDERS, lambda why: _show(view, exporters, data, busy=why))


def _exporters(view: View) -> tuple[DocumentExporter, ...]:
    """Raises NotFound where no package writes documents."""
    if not view.instance.host.document_exporters:
        raise NotFound("No installed package writes documents here.")
    return view.instance.host.document_exporters


def _among(value: str, known: Any, otherwise: str) -> str:
    return value if value in known else otherwise


def _show(
    view: View,
    exporters: tuple[DocumentExporter, ...],
    data: Mapping[str, Any] | None = None,
    *,
    fault: Unfit | None = None,
    busy: str = "",
) -> Response[Any]:
    """The form; with what was written in it, and what has to be put right."""
    of_procedures = view.request.query_params.get("of") == OF_PROCEDURES
    offered = offer(view, practices=not of_procedures, data=data)
    title = view._("Practices of co-operation: %(region)s") % {"region": view.say(view.vocabulary.name())}
    query = [*offered.query, *([("of", OF_PROCEDURES)] if of_procedures else [])]
    wanted = one_of(data, "language") if data is not None else view.lang
    shown = view.render(
        "compendium/compendium.html",
        status=429 if busy else 400 if fault else 200,
        offer=offered,
        action=address(view.href("compendium"), query),
        back=address(view.href("procedures" if of_procedures else "practices"), offered.query),
        title=one_of(data, "title") if data is not None else str(title),
        longest_title=LONGEST_TITLE,
        tongues=[
            {"value": code, "label": language_name(code, view.lang), "chosen": code == wanted}
            for code in (view.region.languages if view.region else ())
        ],
        formats=[
            {"value": one.format, "label": one.label, "chosen": number == 0} for number, one in enumerate(exporters)
        ],
        errors=[{"field": _place(fault, offered), "text": view._(str(fault))}] if fault else [],
        busy=busy,
    )
    return private(shown)


def _place(fault: Unfit, offered: Offer) -> str:
    """Where in the form it can be put right."""
    return "title" if fault.title else "practice" if offered.practices or offered.count else "procedure"


def link(view: View, query: list[tuple[str, str]], of: str = "") -> str:
    """Where what *query* finds becomes one document; empty where no package writes any. For lists of records."""
    if view.region is None or not view.instance.host.document_exporters:
        return ""
    return address(view.href("compendium"), [*query, *([("of", of)] if of else [])])


handlers = (compendium, ask)
