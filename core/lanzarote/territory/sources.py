"""The sources that what is public rests on, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from lanzarote.territory.cited import cited_sources
from lanzarote.translation import as_text
from lanzarote.types import Table
from lanzarote.web import labels
from lanzarote.web.region_reading import ToldSource, tell_source

if TYPE_CHECKING:
    from lanzarote.web.site import View


class Kind(Struct, frozen=True, kw_only=True):
    key: str
    label: Markup
    sources: tuple[ToldSource, ...]


def tell(view: View) -> tuple[Kind, ...]:
    """Kinds in their fixed order, sources of each by title."""
    vocabulary = view.vocabulary
    cited = {vocabulary.present_key("source", key) for key in cited_sources(view.instance, view.region_id)}
    listed = [tell_source(view, key, source) for key, source in vocabulary.sources.items() if key in cited]
    listed.sort(key=lambda source: view.sort_key(as_text(source.title)))
    kinds = {source.kind for source in listed}
    return tuple(
        Kind(
            key=kind,
            label=labels.say("source", kind, view.translator),
            sources=tuple(source for source in listed if source.kind == kind),
        )
        for kind in labels.LABELS["source"]
        if kind in kinds
    )


def source_table(view: View) -> Table:
    _ = view._
    return Table(
        title=_("Sources"),
        columns=(_("Key"), _("Title"), _("Publisher"), _("Kind"), _("Address"), _("Copy that was read"), _("Read on")),
        rows=[
            (
                source.id,
                as_text(source.title),
                as_text(source.publisher),
                labels.label("source", source.kind, view.translator),
                source.url,
                source.copy or None,
                read_on.isoformat() if (read_on := view.vocabulary.sources[source.id].read_on) else None,
            )
            for kind in tell(view)
            for source in kind.sources
        ],
        language=view.lang,
        licence=view.vocabulary.header.licence,
        note=f"{view.absolute(view.request.url.path)}, {view.today.isoformat()}",
    )
