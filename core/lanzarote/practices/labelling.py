"""What a reader is told of an assessed practice: who decided it, when, on what, when to look at it again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.web.region_reading import told

if TYPE_CHECKING:
    from datetime import date

    from markupsafe import Markup

    from lanzarote.practices.model import Card, Document
    from lanzarote.web.labels import Voice


class ToldLabel(Struct, frozen=True, kw_only=True):
    decided_on: date
    reviewers: int
    grid: str
    """Which questions were asked, such as ``2.1``: version of the region's own, then of the common ones."""
    reason: Markup
    due_since: date | None
    """Since when it ought to be looked at again; None: not yet."""


def tell_label(view: Voice, document: Document) -> ToldLabel | None:
    """None for what is not assessed."""
    if document.assessed_on is None or document.assessment is None:
        return None
    label = document.assessment
    return ToldLabel(
        decided_on=document.assessed_on,
        reviewers=label.reviewers,
        grid=f"{label.grid}.{label.common}",
        reason=told(view, label.reason),
        due_since=due_since(view, document),
    )


def due_since(view: Voice, card: Card) -> date | None:
    """Since when *card* has been due to be looked at again."""
    if card.assessed_on is None:
        return None
    due = view.instance.vocabulary(card.region).grid.due_on(card.assessed_on)
    return due if due <= view.today else None
