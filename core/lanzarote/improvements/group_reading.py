"""What lists and pages of findings and improvements share, as the group reads them: rows, texts, where they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.improvements import service
from lanzarote.improvements.model import FINDING, IMPROVEMENT, STATES
from lanzarote.kinds.kind import Row, titles_of
from lanzarote.kinds.wording import in_words
from lanzarote.translation import N_, format_date
from lanzarote.web.region_reading import article_links, tell_provision, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.service import Titled
    from lanzarote.kinds.kind import Kind
    from lanzarote.records.records import Record
    from lanzarote.types import Finding, Improvement
    from lanzarote.web.site import View

UNTITLED: Final = N_("Without a title")
ELSEWHERE: Final = ("organisations", "legal_basis", "convention", "findings", "practices", "procedures")
"""Fields that stand on the page as links."""


class Link(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup
    note: str = ""


def link_to(view: View, one: Titled) -> Link:
    """To the page where the group works on it; a practice that is public is read as the public reads it."""
    rooms = {FINDING: "findings", IMPROVEMENT: "improvements", service.PROCEDURE: "procedures"}
    room = rooms.get(one.kind, "practices")
    href = view.href("practices", one.slug) if room == "practices" and one.public else view.href("team", room, one.id)
    title = told(view, one.titles, one.original) if one.titles else escape(view._(UNTITLED))
    return Link(href=href, title=title, note=one.state if one.kind in (FINDING, IMPROVEMENT) else "")


def law(view: View, said: Finding | Improvement) -> dict[str, Any]:
    """Links to the provisions and articles that it names."""
    keys = (view.vocabulary.present_key("provision", key) for key in said.legal_basis)
    lines = [tell_provision(view, key) for key in keys if key in view.vocabulary.provisions]
    return {
        "laws": [Link(href=one.href, title=one.citation) for one in lines],
        "articles": article_links(view, said.convention),
    }


def facts(kind: Kind[Any, Any], view: View, said: Finding | Improvement) -> list[dict[str, Any]]:
    """Everything that it says beside its title and what the page links to: label, value, lang, stale."""
    shapes = [shape for shape in kind.shapes if shape.name not in ELSEWHERE]
    return [
        {"label": kind.label_of(view, place), "value": one.words, "lang": one.language, "stale": one.stale}
        for place, one in in_words(view, shapes, said).items()
        if place != f"text.{said.original}.title" and (place != "verified" or said.sources or said.own_sources)
    ]


def rows(view: View, _: Session, found: Sequence[tuple[Record, Any]]) -> list[Row]:
    """Findings, or improvements, in their list, with the sectors that they are about."""
    return [_row(view, record, said) for record, said in found]


def _row(view: View, record: Record, said: Any) -> Row:
    state = service.shown_state(record)
    known = (view.vocabulary.sectors.get(view.vocabulary.present_key("sector", key)) for key in said.sectors)
    badge = ("good" if state in ("shared", "adopted", "completed") else "editorial", view._(STATES[record.kind][state]))
    public = (("editorial", view._("published")),) if record.published_version else ()
    return Row(
        id=record.id,
        title=view.text(titles_of(said), said.original)[0],
        badges=(badge, *public),
        cells=(", ".join(view.say(one.name) for one in known if one),),
        last=format_date(view.day_of(record.updated_at), view.lang),
    )
