"""The search in the team's bar: everything of a region that the reader may read, by title or name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from litestar import Response
from markupsafe import Markup
from msgspec import Struct
from sqlalchemy import and_, or_, select

from lanzarote.activity.waiting_items import newest_version
from lanzarote.activity.words import kind_name
from lanzarote.evaluation.model import EVALUATION, INDICATOR
from lanzarote.folding import found_by, query_terms
from lanzarote.improvements.model import FINDING, IMPROVEMENT
from lanzarote.improvements.service import is_hidden
from lanzarote.meetings.model import KIND as MEETING
from lanzarote.permissions import allowed, involved
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records import Record, Version
from lanzarote.stakeholders.model import KIND as STAKEHOLDER
from lanzarote.translation import pick
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.labels import written
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.permissions import Action, Actor
    from lanzarote.web.site import View

LONGEST: Final = 200
SHOWN: Final = 20
"""So many of each kind."""
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
"""Kind → what reading one of it takes, in the order in which they are shown."""
ROOMS: Final[Mapping[str, str]] = {STAKEHOLDER: "organisations"}
"""Kind → where its records are, unless that is the kind with an s."""


class Line(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup


class Kind(Struct, frozen=True, kw_only=True):
    label: str
    lines: tuple[Line, ...]
    more: int
    """How many are not shown."""
    href: str
    """The whole list."""


class _Text(Struct):
    title: str | None = None


class _Named(Struct):
    original: str = ""
    text: dict[str, _Text] = {}
    name: dict[str, str] = {}

    @property
    def titles(self) -> dict[str, str]:
        return self.name or {lang: one.title for lang, one in self.text.items() if one.title}


_named = msgspec.json.Decoder(_Named)


@page("/{lang:str}/{region:str}/team/search", may="practice.read")
def search(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What has a title or a name like what is asked for."""
    view = site.view(request, lang, region)
    asked = request.query_params.get("q", "").strip()[:LONGEST]
    terms = query_terms(asked)
    with view.instance.database.read(view.region_id) as session:
        found = _found(session, view.actor, terms) if terms else {}
    return view.render(
        "activity/search.html",
        asked=asked,
        kinds=[_told(view, kind, found[kind]) for kind in READ_BY if kind in found],
        public_href=view.href("practices", query={"q": asked}),
        canonical=None,
        feeds=(),
    )


def _found(session: Session, actor: Actor, terms: Sequence[str]) -> dict[str, list[tuple[str, _Named]]]:
    """Kind → id and names of what *actor* may read and has a word for each of *terms*, the last changed first."""
    seen = or_(*(and_(Record.kind == kind, allowed(actor, action)) for kind, action in READ_BY.items()))
    query = select(Record, Version.body, involved(actor, "author")).join(Version, newest_version())
    rows = session.execute(query.where(Record.state != "erased", seen).order_by(Record.updated_at.desc(), Record.id))
    found: dict[str, list[tuple[str, _Named]]] = {}
    for record, body, wrote in rows:
        named = _named.decode(body)
        words = [word for title in named.titles.values() for word in found_by(title)]
        if all(any(word.startswith(term) for word in words) for term in terms) and not is_hidden(actor, record, wrote):
            found.setdefault(record.kind, []).append((record.id, named))
    return found


def _told(view: View, kind: str, found: Sequence[tuple[str, _Named]]) -> Kind:
    room = ROOMS.get(kind, f"{kind}s")
    return Kind(
        label=kind_name(kind, view.translator),
        lines=tuple(
            Line(href=view.href("team", room, record_id), title=_title(view, named))
            for record_id, named in found[:SHOWN]
        ),
        more=max(0, len(found) - SHOWN),
        href=view.href("team", room),
    )


def _title(view: View, named: _Named) -> Markup:
    languages = view.region.languages if view.region else ()
    return written(*pick(named.titles, view.lang, named.original or None, languages), view.lang)


handlers = (search,)
