"""Improvements and procedures that hold the words searched for, shown beside the practices that do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from lanzarote.findable.entries import ROOMS
from lanzarote.findable.reading import search
from lanzarote.search.marking import Sought
from lanzarote.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lanzarote.findable.reading import Result
    from lanzarote.web.site import View

SHOWN: Final = 10
LABELS: Final[Mapping[str, str]] = {"improvement": N_("Improvement"), "procedure": N_("Co-operation procedure")}


class Found(Struct, frozen=True, kw_only=True):
    href: str
    label: str
    region: str
    """Where the page is about no region."""
    title: list[tuple[str, bool]]
    title_lang: str
    lead: list[tuple[str, bool]]
    lead_lang: str


class Beside(Struct, frozen=True, kw_only=True):
    rows: tuple[Found, ...]
    total: int


def found_beside(view: View, words: str) -> Beside | None:
    """For the list of practices: what else holds all *words*, in the title first, then elsewhere."""
    region_id = view.region.id if view.region else None
    found = search(view.instance, words, view.lang, region_id=region_id, kinds=tuple(ROOMS), limit=SHOWN, correct=False)
    whole = [one for one in found.results if one.whole]
    if found.found is None or not whole:
        return None
    sought = Sought(found.found.used)
    return Beside(rows=tuple(_found(view, one, sought) for one in whole), total=found.piece.total)


def _found(view: View, one: Result, sought: Sought) -> Found:
    title, title_lang = view.text(one.title, one.original)
    lead, lead_lang = view.text(one.summary, one.original) if one.summary else ("", view.lang)
    header = view.instance.header(one.region)
    return Found(
        href=view.region_href(header, *one.path.split("/")),
        label=view._(LABELS[one.kind]),
        region="" if view.region else view.say(header.name),
        title=sought.mark(title, title_lang),
        title_lang=title_lang,
        lead=sought.excerpt(lead, lead_lang),
        lead_lang=lead_lang,
    )
