"""What pages tell of the mandate of a working group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.regions.mandates import in_force
from lanzarote.translation import date_told
from lanzarote.web.region_reading import ToldSource, tell_sources, told

if TYPE_CHECKING:
    from markupsafe import Markup

    from lanzarote.regions.mandates import Dated
    from lanzarote.web.site import View


class ToldMandate(Struct, frozen=True, kw_only=True):
    version: int
    title: Markup
    since: str
    adopted_by: Markup
    objectives: tuple[Markup, ...]
    verified: bool
    note: Markup
    sources: tuple[ToldSource, ...]
    in_force: bool
    adopted_on: str
    """Day of the meeting of the group that adopted it; empty for what the package ships."""


def tell_mandates(view: View) -> tuple[ToldMandate, ...]:
    """The mandate as it is and as it was, newest first."""
    found = view.instance.mandates(view.region_id)
    present = in_force(found, view.today)
    ordered = sorted(found, key=lambda one: -one.mandate.version)
    return tuple(_mandate(view, one, counts=one is present) for one in ordered)


def _mandate(view: View, dated: Dated, *, counts: bool) -> ToldMandate:
    mandate = dated.mandate
    return ToldMandate(
        version=mandate.version,
        in_force=counts,
        adopted_on=date_told(dated.status.on, view.lang) if dated.status.on else "",
        title=told(view, mandate.title),
        since=date_told(mandate.since, view.lang) if mandate.since else "",
        adopted_by=told(view, mandate.adopted_by),
        objectives=tuple(told(view, objective.text) for objective in mandate.objectives),
        verified=mandate.verified,
        note=told(view, mandate.note),
        sources=tell_sources(view, mandate.sources),
    )
