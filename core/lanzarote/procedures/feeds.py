"""Co-operation procedures as an Atom feed of each region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from litestar import Response

from lanzarote.improvements.feeds import answer, feed_of
from lanzarote.practices.feeds import LONGEST
from lanzarote.procedures import public
from lanzarote.procedures.words import NATURES, STATES
from lanzarote.web import atom
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from lanzarote.procedures.service import Published
    from lanzarote.web.site import View


@page("/{lang:str}/{region:str}/procedures.atom", shared="always")
def procedures_feed(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[bytes]:
    """The co-operation procedures that were published last, each with how far it is."""
    view = site.view(request, lang, region)
    found = public.every(view.instance, view.region_id)[:LONGEST]
    title = view._("Co-operation procedures: %(region)s") % {"region": view.say(view.vocabulary.name())}
    subtitle = view._("Who does what, by when, and what passes to whom; each says whether anybody endorsed it.")
    return answer(view, feed_of(view, "procedures", title, subtitle, [_entry(view, one) for one in found]))


def _entry(view: View, one: Published) -> atom.Entry:
    said = one.procedure
    titles = {code: texts.title for code, texts in said.text.items() if texts.title}
    purposes = {code: texts.purpose for code, texts in said.text.items() if texts.purpose}
    title, title_lang = view.text(titles, said.original)
    summary, summary_lang = view.text(purposes, said.original) if purposes else ("", view.lang)
    states = [view._(STATES[one.status.state])]
    return atom.Entry(
        id=uuid5(UUID(one.id), view.lang).urn,
        title=title,
        title_lang=title_lang,
        summary=summary,
        summary_lang=summary_lang,
        href=view.absolute(view.href("procedures", one.slug)),
        updated=one.updated_at,
        # A reader that shows nothing but the title must not take an example for an agreement.
        categories=[*states, *([view._(NATURES[said.nature])] if said.nature != "drafted" else [])],
    )


handlers: tuple[Any, ...] = (procedures_feed,)
