"""The search in the team's bar: everything of a region that the reader may read, working versions as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar import Response
from litestar.response import Redirect
from msgspec import Struct

from lanzarote.activity.words import kind_name
from lanzarote.directory.model import KIND as STAKEHOLDER
from lanzarote.evaluation.model import EVALUATION, INDICATOR
from lanzarote.findable.reading import corrected, typed
from lanzarote.findable.team import search_team
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.meetings.model import KIND as MEETING
from lanzarote.practices.asking import address
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.search.paging import BadCursor, Sought
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.findable.team import TeamResult
    from lanzarote.records.permissions import Action
    from lanzarote.web.site import View

LONGEST: Final = 200
SHOWN: Final = 30
READ_BY: Final[Mapping[str, Action]] = {
    PRACTICE: "practice.read",
    STAKEHOLDER: "stakeholder.read",
    IMPROVEMENT: "group.read",
    FINDING: "group.read",
    MEETING: "group.read",
    PROCEDURE: "group.read",
    INDICATOR: "group.read",
    EVALUATION: "group.read",
}
"""Kind → what reading one of it takes."""
ROOMS: Final[Mapping[str, str]] = {STAKEHOLDER: "organisations"}
"""Kind → where its records are, unless that is the kind with an s."""


class Row(Struct, frozen=True, kw_only=True):
    href: str
    kind: str
    title: list[tuple[str, bool]]
    title_lang: str
    words: tuple[str, ...]
    """Which of the words it holds, if not all."""


@page("/{lang:str}/{region:str}/team/search", may="practice.read")
def search(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What holds the words, of all that the reader may read."""
    view = site.view(request, lang, region)
    q = " ".join(request.query_params.get("q", "").split())[:LONGEST]
    try:
        told = search_team(
            view.instance,
            view.region_id,
            view.actor,
            q,
            view.lang,
            read_by=READ_BY,
            cursor=request.query_params.get("cursor") or None,
            limit=SHOWN,
        )
    except BadCursor:
        return Redirect(address(view.path, [("q", q)]), status_code=302)
    found, piece = told.found, told.piece
    words = typed(found, q) if found else []
    sought = Sought(found.used) if found else Sought()
    return view.render(
        "activity/search.html",
        asked=q,
        rows=tuple(_row(view, one, sought, words) for one in told.results),
        total=piece.total if piece else 0,
        whole=sum(one.whole for one in told.results),
        corrected=corrected(found, q) if found else (),
        previous=_piece(view, q, piece.previous) if piece else None,
        next=_piece(view, q, piece.next) if piece else None,
        public_href=view.href("search", query={"q": q}),
        canonical=None,
        feeds=(),
    )


def _row(view: View, one: TeamResult, sought: Sought, words: Sequence[str]) -> Row:
    title, title_lang = view.text(one.titles, one.original)
    return Row(
        href=view.href("team", ROOMS.get(one.kind, f"{one.kind}s"), one.id),
        kind=kind_name(one.kind, view.translator),
        title=sought.mark(title, title_lang),
        title_lang=title_lang,
        words=() if one.whole else tuple(words[number] for number in sorted(one.held)),
    )


def _piece(view: View, q: str, cursor: str | None) -> str | None:
    return None if cursor is None else address(view.path, [("q", q), *([("cursor", cursor)] if cursor else [])])


handlers = (search,)
