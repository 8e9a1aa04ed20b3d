"""What the group decided, and the procedures that were published, as an Atom feed of each region."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from litestar import Response

from lanzarote.improvements import public
from lanzarote.kinds.kind import titles_of
from lanzarote.practices.feeds import EPOCH, LONGEST
from lanzarote.store.ids import SHIPPED
from lanzarote.web import exports
from lanzarote.web.asking import Asked, Lang, OurSite, Region
from lanzarote.web.routes import page

if TYPE_CHECKING:
    from lanzarote.improvements.documents import ImprovementDocument
    from lanzarote.web.site import View


@page("/{lang:str}/{region:str}/improvements.atom", shared="always")
def improvements_feed(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[bytes]:
    """The improvements that the group decided on last."""
    view = site.view(request, lang, region)
    found = public.every(view.instance, view.region_id)[:LONGEST]
    title = view._("Decided improvements: %(region)s") % {"region": view.say(view.vocabulary.name())}
    subtitle = view._("What the working group decided to do differently, or not to.")
    return answer(view, feed_of(view, "improvements", title, subtitle, [_entry(view, one) for one in found]))


def feed_of(view: View, room: str, title: str, subtitle: str, entries: list[exports.Entry]) -> exports.Feed:
    """A feed of one region of what is listed in *room*."""
    return exports.Feed(
        id=uuid5(SHIPPED, f"{view.region_id}/feed/{room}/{view.lang}").urn,
        title=title,
        subtitle=subtitle,
        lang=view.lang,
        href=view.absolute(view.href(room)),
        self_href=view.absolute(view.href(f"{room}.atom")),
        author=f"{view.instance.settings.name} · {view.say(view.vocabulary.name())}",
        rights=view.licence,
        licence=view.licence_href,
        updated=max((entry.updated for entry in entries), default=EPOCH),
        entries=entries,
    )


def answer(view: View, feed: exports.Feed) -> Response[bytes]:
    return Response(exports.write(feed), media_type=exports.MEDIA_TYPE, headers={"Content-Language": view.lang})


def _entry(view: View, one: ImprovementDocument) -> exports.Entry:
    said = one.improvement
    title, title_lang = view.text(titles_of(said), said.original)
    leads = {code: lead for code, texts in said.text.items() if (lead := texts.summary or texts.proposal)}
    summary, summary_lang = view.text(leads, said.original) if leads else ("", view.lang)
    keys = (view.vocabulary.present_key("sector", key) for key in said.sectors)
    return exports.Entry(
        # In each language a text of its own: who reads two feeds must not see one of them only.
        id=uuid5(UUID(one.id), view.lang).urn,
        title=title,
        title_lang=title_lang,
        summary=summary,
        summary_lang=summary_lang,
        href=view.absolute(view.href("improvements", one.slug)),
        updated=one.published_at,
        categories=[view.say(view.vocabulary.sectors[key].name) for key in keys if key in view.vocabulary.sectors],
    )


handlers: tuple[Any, ...] = (improvements_feed,)
