"""Public pages of what a group decided: the list, one improvement, its versions, the feed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid5

from litestar import Response
from litestar.params import FromPath
from litestar.response import Redirect
from markupsafe import Markup
from msgspec import Struct
from msgspec.structs import replace

from lanzarote.errors import NotFound
from lanzarote.improvements import actions_entry, deciding, documents, moving, public, service
from lanzarote.improvements.decision_reading import tell_decision
from lanzarote.improvements.improvement_kind import IMPROVEMENTS, LABELS
from lanzarote.improvements.model import IMPROVEMENT, STATES
from lanzarote.kinds.fields import Option
from lanzarote.kinds.kind import titles_of
from lanzarote.kinds.versions import differences
from lanzarote.practices.feeds import EPOCH, LONGEST
from lanzarote.practices.service import by_keys
from lanzarote.records.records import Record, body_of, decode
from lanzarote.store.ids import SHIPPED
from lanzarote.translation import N_, language_name
from lanzarote.types import Improvement
from lanzarote.web import exports
from lanzarote.web.asking import Asked, Lang, OurSite, Region, Slug
from lanzarote.web.region_reading import article_links, tell_provision, tell_sources, told
from lanzarote.web.region_reading import tell_source as source_of
from lanzarote.web.routes import page
from lanzarote.web.site import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lanzarote.improvements.documents import ImprovementDocument, ImprovementFacts, State
    from lanzarote.kinds.versions import Difference
    from lanzarote.web.region_reading import ArticleLink, ProvisionLine, ToldSource
    from lanzarote.web.site import View

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    N_("Adopted by the group"): ("adopted",),
    N_("Adopted and completed"): ("completed",),
    N_("Decided, and discussed again"): ("discussed-again",),
    N_("Not adopted, or pursued no further"): ("not-adopted", "dropped"),
}
"""Headings of the list, and the states under each."""
AGAIN: Final = "discussed-again"
SHOWN: Final = ("proposal", "reasons", "expected", "means", "objections")
"""Texts of the page, beside title and summary."""


class Card(Struct, frozen=True, kw_only=True):
    """An improvement in the list."""

    href: str
    title: Markup
    summary: Markup
    sectors: tuple[Markup, ...]
    on: datetime


class Group(Struct, frozen=True, kw_only=True):
    heading: str
    cards: tuple[Card, ...]


class Text(Struct, frozen=True, kw_only=True):
    """One text of the page."""

    label: str
    paragraphs: tuple[str, ...]
    lang: str


class PracticeLink(Struct, frozen=True, kw_only=True):
    href: str
    title: Markup


class Page(Struct, frozen=True, kw_only=True):
    """What the page of an improvement needs."""

    id: str
    slug: str
    title: Markup
    plain: str
    summary: str
    summary_lang: str
    state: str
    outcome: str
    """How far it is, in words."""
    again: bool
    """The group discusses it again."""
    on: datetime
    version: int
    texts: tuple[Text, ...]
    sectors: tuple[tuple[str, Markup], ...]
    """Address and name."""
    practices: tuple[PracticeLink, ...]
    provisions: tuple[ProvisionLine, ...]
    articles: tuple[ArticleLink, ...]
    sources: tuple[ToldSource, ...]
    untranslated: str
    """Name of the language it is written in, where that is not the reader's."""
    stale: bool
    verified: bool


def groups(view: View, found: Sequence[ImprovementDocument]) -> tuple[Group, ...]:
    """All that was decided, by what became of it; empty headings are left out."""
    some = (
        Group(heading=view._(heading), cards=tuple(_card(view, one) for one in found if one.state in states))
        for heading, states in GROUPS.items()
    )
    return tuple(group for group in some if group.cards)


def tell(view: View, found: ImprovementDocument) -> Page:
    said = found.improvement
    summary, lang = _text(view, said, "summary")
    keys = [view.vocabulary.present_key("provision", key) for key in said.legal_basis]
    own = tuple(source_of(view, one.key, one) for one in said.own_sources)
    return Page(
        id=found.id,
        slug=found.slug,
        title=told(view, titles_of(said), said.original),
        plain=view.text(titles_of(said), said.original)[0],
        summary=summary,
        summary_lang=lang,
        state=found.state,
        outcome=_outcome(view, found.state),
        again=found.state == AGAIN,
        on=found.published_at.astimezone(view.vocabulary.zone),
        version=found.version,
        texts=tuple(_texts(view, said)),
        sectors=tuple(_sectors(view, said)),
        practices=tuple(
            PracticeLink(href=view.href("practices", card.slug), title=told(view, card.title, card.original))
            for card in by_keys(view.instance.database, view.region_id, said.practices)
        ),
        provisions=tuple(tell_provision(view, key) for key in keys if key in view.vocabulary.provisions),
        articles=article_links(view, said.convention),
        sources=(*tell_sources(view, said.sources), *own),
        untranslated="" if view.lang in said.text else language_name(said.original, view.lang),
        stale=view.lang in said.stale,
        verified=said.verified,
    )


def _outcome(view: View, state: State) -> str:
    """How far it is, as the public reads it."""
    if state == AGAIN:
        return view._(N_("decided, and discussed again since"))
    return view._(STATES[IMPROVEMENT][state])


def team_links(view: View, found: ImprovementDocument) -> tuple[tuple[str, str], ...]:
    """Links for the group."""
    if not view.may("group.read"):
        return ()
    return ((view._(N_("For the group")), view.href("team", "improvements", found.id)),)


def _card(view: View, found: ImprovementDocument) -> Card:
    said = found.improvement
    text, lang = _text(view, said, "summary")
    if not text:
        text, lang = _text(view, said, "proposal")
    shown = text if len(text) <= 300 else text[:300].rpartition(" ")[0] + "…"
    return Card(
        href=view.href("improvements", found.slug),
        title=told(view, titles_of(said), said.original),
        summary=told(view, {lang: shown}) if shown else Markup(),
        sectors=tuple(name for _, name in _sectors(view, said)),
        on=found.published_at.astimezone(view.vocabulary.zone),
    )


def _text(view: View, said: ImprovementFacts, name: str) -> tuple[str, str]:
    """A text in the reader's language or the original's, and the language it is in."""
    texts = {language: text for language, one in said.text.items() if (text := getattr(one, name))}
    return view.text(texts, said.original) if texts else ("", view.lang)


def _texts(view: View, said: ImprovementFacts) -> Iterator[Text]:
    for name in SHOWN:
        text, lang = _text(view, said, name)
        if text:
            paragraphs = tuple(one.strip() for one in text.split("\n\n") if one.strip())
            yield Text(label=view._(LABELS[name]), paragraphs=paragraphs, lang=lang)


def _sectors(view: View, said: ImprovementFacts) -> Iterator[tuple[str, Markup]]:
    for key in dict.fromkeys(view.vocabulary.present_key("sector", one) for one in said.sectors):
        if sector := view.vocabulary.sectors.get(key):
            yield view.href("sectors", key), told(view, sector.name)


@page("/{lang:str}/{region:str}/improvements")
def improvements(request: Asked, lang: Lang, region: Region, site: OurSite) -> Response[Any]:
    """What the group of a region decided to do differently, or not to."""
    view = site.view(request, lang, region)
    return view.render("improvements/list.html", groups=groups(view, public.every(view.instance, view.region_id)))


@page("/{lang:str}/{region:str}/improvements/{slug:str}")
def improvement(request: Asked, lang: Lang, region: Region, slug: FromPath[str], site: OurSite) -> Response[Any]:
    """One improvement, in the text that was decided on."""
    view = site.view(request, lang, region)
    if gone := public.withdrawn_at(view.instance, view.region_id, slug):
        return withdrawn(view, gone)
    found = public.one_at(view.instance, view.region_id, slug)
    document = found.document
    if document.slug != slug:
        return Redirect(view.href("improvements", document.slug), status_code=301)
    return view.render(
        "improvements/improvement.html",
        one=tell(view, document),
        team=team_links(view, document),
        actions=actions_entry.public_actions(view, document.actions),
        decision=tell_decision(view, document.decision, found.meeting),
    )


def withdrawn(view: View, gone: service.Withdrawn) -> Response[Any]:
    """Answer at the address of an improvement that the public no longer reads."""
    day = view.day_of(gone.on)
    about = f"improvements/{gone.slug}"
    why = view.text(gone.reason) if gone.reason else ("", view.lang)
    return view.render("improvements/withdrawn.html", status=410, when=day, why=why, about=about)


NO_VERSION = N_("There is no such version at this address.")


@page("/{lang:str}/{region:str}/improvements/{slug:str}/versions")
def versions(request: Asked, lang: Lang, region: Region, slug: Slug, site: OurSite) -> Response[Any]:
    """The versions that the public has read."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        if gone := service.withdrawn_at(session, slug):
            return withdrawn(view, gone)
        found = service.published_at(session, slug)
        lines = service.versions(session, found.id)
        [document] = documents.told(session, [found])
    if found.slug != slug:
        return Redirect(view.href("improvements", found.slug, "versions"), status_code=301)
    return view.render("improvements/versions.html", lines=lines, one=tell(view, document))


@page("/{lang:str}/{region:str}/improvements/{slug:str}/versions/{number:int}")
def version(
    request: Asked, lang: Lang, region: Region, slug: Slug, number: FromPath[int], site: OurSite
) -> Response[Any]:
    """One version that the public has read, what was decided on it, and what it changed."""
    view = site.view(request, lang, region)
    with view.instance.database.read(view.region_id) as session:
        if gone := service.withdrawn_at(session, slug):
            return withdrawn(view, gone)
        now = service.published_at(session, slug)
        lines = {line.number: line for line in service.versions(session, now.id)}
        if number not in lines:
            raise NotFound(NO_VERSION)
        record = session.get_one(Record, (view.region_id, now.id))
        numbers = sorted(lines)
        earlier = numbers[numbers.index(number) - 1] if number > numbers[0] else 0
        said = _said(session, record, number)
        before = _said(session, record, earlier) if earlier else None
        on_it = (one for one in deciding.decisions(session, record) if _is_on(one.told(), number))
        row = next(on_it, None) or deciding.in_force(session, record)
        went = moving.all_of(session, [now.id]).get(now.id, ())
        then = replace(now, version=number, improvement=said, published_at=lines[number].at)
        [document] = documents.told(session, [then])
        decision = documents.decision_of(row.number, row.told(), went) if row else None
        meeting = row.told().meeting if row else ""
    # Also where the number was written as 01 or 1_0.
    if now.slug != slug or not request.url.path.endswith(f"/{number}"):
        return Redirect(view.href("improvements", now.slug, "versions", number), status_code=301)
    return view.render(
        "improvements/version.html",
        one=tell(view, document),
        number=number,
        newest=now.version,
        earlier=earlier,
        changes=_changes(view, before, said) if before else (),
        canonical=view.absolute(view.href("improvements", now.slug)),
        decision=tell_decision(view, decision, meeting),
    )


def _said(session: Session, record: Record, number: int) -> Improvement:
    return decode(body_of(session, record, number), Improvement)


def _is_on(decided: Any, number: int) -> bool:
    """Whether the public reads a decision that was taken on this version."""
    return bool(decided.version == number and decided.outcome.verdict != "no-quorum")


def _changes(view: View, before: Improvement, after: Improvement) -> tuple[Difference, ...]:
    """What changed of what the public reads: neither findings nor what it does not read otherwise."""
    shapes = [shape for shape in IMPROVEMENTS.shapes if shape.name not in ("findings", "procedures", "practices")]
    [practices] = [shape for shape in IMPROVEMENTS.shapes if shape.name == "practices"]
    public = replace(practices, field=replace(practices.field, options=_practices))
    return differences(IMPROVEMENTS, view, before, after, [*shapes, public])


def _practices(view: View, chosen: Sequence[str]) -> Iterator[Option]:
    """Those of *chosen* that the public reads."""
    cards = by_keys(view.instance.database, view.region_id, sorted(chosen))
    there = {card.id: view.text(card.title, card.original)[0] for card in cards}
    yield from (Option(value=one, label=there.get(one, "")) for one in chosen)


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


handlers = (
    improvements,
    improvement,
    versions,
    version,
    improvements_feed,
)
