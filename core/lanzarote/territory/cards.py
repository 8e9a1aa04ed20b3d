"""Practices as the pages of this room list them: whole cards, and links where only the title is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from msgspec import Struct

from lanzarote.practices.asking import Question
from lanzarote.practices.listing import Rows
from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.practices.model import Card
    from lanzarote.territory.references import Mention
    from lanzarote.web.site import View


class PracticeLink(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup


def cards(view: View, found: Iterable[Card]) -> list[dict[str, Any]]:
    """For ``ui.card``."""
    return [
        {
            "href": row.href,
            "title": row.title,
            "summary": row.summary,
            "lang": row.title_lang,
            "public": row.public,
            "civil": row.civil,
            "vouching": row.vouching,
            "strength": row.strength,
            "due_since": row.due_since,
            "tags": row.tags,
        }
        for row in Rows(view, Question()).of(found)
    ]


def practice_links(view: View, mentions: Iterable[Mention]) -> tuple[PracticeLink, ...]:
    return tuple(
        PracticeLink(href=view.href("practices", one.slug), title=told(view, one.title, one.original))
        for one in mentions
    )
