"""What pages tell of a region: sources, articles of the Convention, provisions, helplines, the mandate of the group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from msgspec import Struct

from lanzarote.facts.convention import OFFICIAL_FIRST, convention, existing
from lanzarote.facts.helplines import dialled
from lanzarote.regions.group import in_force
from lanzarote.regions.vocabulary import wording
from lanzarote.translation import N_, date_told
from lanzarote.types import ListedSource
from lanzarote.web.labels import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from markupsafe import Markup

    from lanzarote.regions.group import Dated
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Helpline, Instrument, Provision, ProvisionVersion, Source
    from lanzarote.web.labels import Voice
    from lanzarote.web.site import View


LONGEST_QUESTION = 200
"""Characters of a search that are looked at."""


class ToldSource(Struct, frozen=True, kw_only=True):
    """A source as a page lists it."""

    id: str
    title: Markup
    publisher: Markup
    url: str
    """Its publisher's own address where that is known; else where it was read."""
    read_on: str
    kind: str
    official: str = ""
    """The host of the publisher's own address, where a copy was read instead."""
    copy: str = ""
    """The address of that copy; empty: it has none."""


class ArticleLink(Struct, frozen=True, kw_only=True):
    """A reference to the Convention, and where it leads."""

    ref: str
    href: str
    title: str
    """The heading of the article, for an attribute."""


class HelpLine(Struct, frozen=True, kw_only=True):
    """Where to turn, as a page tells it."""

    number: str
    tel: str
    text_messages: bool
    url: str
    name: Markup
    for_whom: Markup
    hours: Markup
    verified: bool


class ToldNote(Struct, frozen=True, kw_only=True):
    """What the regional team says beside an entry of the package."""

    text: Markup
    on: date


class LawText(Struct, frozen=True, kw_only=True):
    """Where the text of a provision can be read."""

    href: str
    label: str
    """Says what the address leads to: the article itself, or what holds it."""
    host: str
    note: Markup
    own: bool
    """The address is the provision's, not that of the whole instrument."""


LAW_TEXTS = {
    "article": N_("official text of the article"),
    "chapter": N_("official text of its chapter"),
    "act": N_("official text of the act"),
    "instrument": N_("official text of the whole instrument"),
}


class ProvisionLine(Struct, frozen=True, kw_only=True):
    """A provision in one of its wordings."""

    key: str
    href: str
    citation: Markup
    plain: str
    """The citation without its language, for files and titles."""
    instrument: str
    text: LawText | None
    title: Markup
    summary: Markup
    introduced_by: Markup
    recheck: Markup
    note: Markup
    since: date | None
    until: date | None
    verified: bool
    sources: tuple[str, ...]
    articles: tuple[ArticleLink, ...]
    confirmed: bool
    """A lawyer of the region confirmed every link to the Convention."""
    retired: bool
    team_note: ToldNote | None


def entries(vocabulary: Vocabulary, kind: str) -> dict[str, Any]:
    """Entries of *kind* by their present keys: one that was renamed is not listed twice."""
    return {
        key: value for key, value in vocabulary.entries.get(kind, {}).items() if (kind, key) not in vocabulary.aliases
    }


def told(view: Voice, texts: Mapping[str, str], original: str | None = None) -> Markup:
    """*texts* for this reader; marked with their language where it is not the page's."""
    text, lang = view.text(texts, original)
    return written(text, lang, view.lang)


def team_note(view: Voice, kind: str, key: str) -> ToldNote | None:
    """What the team says beside the entry *key* of *kind*, if anything."""
    note = view.vocabulary.notes.get((kind, key))
    return ToldNote(text=told(view, note.text), on=view.day_of(note.at)) if note else None


def tell_source(view: Voice, key: str, source: Source) -> ToldSource:
    lang = source.language or view.lang
    official = (isinstance(source, ListedSource) and source.official_url) or ""
    titles = {lang: source.title} if isinstance(source.title, str) else source.title
    return ToldSource(
        id=key,
        title=told(view, titles),
        publisher=written(source.publisher, lang, view.lang),
        url=official or source.url or "",
        read_on=date_told(source.read_on, view.lang) if source.read_on else "",
        kind=source.kind,
        official=host(official),
        copy=source.url or "" if official else "",
    )


def tell_sources(view: Voice, keys: Iterable[str]) -> tuple[ToldSource, ...]:
    """Those of *keys* that are known, each once: official documents first, then copies of such, then the others."""
    known = view.vocabulary.sources
    present = (view.vocabulary.present_key("source", key) for key in keys)
    listed = (tell_source(view, key, known[key]) for key in dict.fromkeys(present) if key in known)
    return tuple(sorted(listed, key=lambda source: OFFICIAL_FIRST.get(source.kind, len(OFFICIAL_FIRST))))


def article_links(view: Voice, refs: Iterable[str]) -> tuple[ArticleLink, ...]:
    """References in the order of the Convention, each once."""
    return tuple(
        ArticleLink(
            ref=str(reference),
            href=view.instance_href("convention", reference.article),
            title=view.say(convention().article(reference.article).heading),
        )
        for reference in sorted(set(existing(refs)))
    )


def help_lines(view: Voice, audiences: Iterable[str]) -> tuple[HelpLine, ...]:
    """Lines for any of *audiences*, prominent ones first, retired ones left out."""
    wanted = set(audiences)
    vocabulary = view.vocabulary
    lines = [
        line
        for key, line in entries(vocabulary, "helpline").items()
        if wanted & set(line.audiences) and not vocabulary.is_retired("helpline", key, view.today)
    ]
    return tuple(_help_line(view, line) for line in sorted(lines, key=lambda line: not line.prominent))


def lines_to_call(view: Voice, audiences: Iterable[str]) -> tuple[HelpLine, ...]:
    """The first two lines for any of *audiences* that are called."""
    lines = help_lines(view, audiences)
    return tuple(line for line in lines if line.tel and not line.text_messages)[:2]


def number_said(view: Voice, line: Helpline | HelpLine) -> str:
    """The number of *line* in plain text, and whether one writes to it."""
    number = line.number or ""
    return view._("Send a text message to %(number)s") % {"number": number} if line.text_messages else number


def _help_line(view: Voice, line: Helpline) -> HelpLine:
    number = line.number or ""
    return HelpLine(
        number=number,
        tel=dialled(number, text_messages=line.text_messages),
        text_messages=line.text_messages,
        url=line.url or "",
        name=told(view, line.name),
        for_whom=told(view, line.for_whom),
        hours=told(view, line.hours),
        verified=line.verified,
    )


def cite(view: Voice, provision: Provision, instrument: Instrument | None) -> tuple[str, str]:
    """The provision in its instrument's form of citation, and the language of that."""
    plain = isinstance(provision.number, str)
    number, lang = (provision.number, view.lang) if plain else view.text(provision.number)  # type: ignore[arg-type]
    if instrument is None or not instrument.cite:
        return str(number), lang
    form, lang = view.text(instrument.cite)
    return form.replace("{number}", str(number)), lang


def tell_provision(view: Voice, key: str) -> ProvisionLine:
    """The provision *key* of the region, in today's wording."""
    return tell_version(view, key, wording(view.vocabulary.provisions[key], view.today))


def tell_version(view: Voice, key: str, version: ProvisionVersion) -> ProvisionLine:
    """The provision *key* of the region in one of its wordings."""
    vocabulary = view.vocabulary
    provision = vocabulary.provisions[key]
    citation, lang = cite(view, provision, vocabulary.instruments.get(provision.instrument))
    return ProvisionLine(
        key=key,
        href=view.href("law", key),
        citation=written(citation, lang, view.lang),
        plain=citation,
        instrument=provision.instrument,
        text=_law_text(view, provision, vocabulary.instruments.get(provision.instrument)),
        title=told(view, version.title),
        summary=told(view, version.summary),
        introduced_by=told(view, version.introduced_by),
        recheck=told(view, version.recheck),
        note=told(view, version.note),
        since=version.since,
        until=version.until,
        verified=version.verified,
        sources=version.sources,
        articles=article_links(view, (link.ref for link in version.convention)),
        confirmed=all(link.confirmed for link in version.convention),
        retired=vocabulary.is_retired("provision", key, view.today),
        team_note=team_note(view, "provision", key),
    )


def _law_text(view: Voice, provision: Provision, instrument: Instrument | None) -> LawText | None:
    href = provision.url or (instrument.url if instrument else "") or ""
    level = provision.url_level if provision.url else "instrument"
    return (
        LawText(
            href=href,
            label=view._(LAW_TEXTS[level]),
            host=host(href),
            note=told(view, provision.url_note),
            own=bool(provision.url),
        )
        if href
        else None
    )


def host(address: str) -> str:
    """Whose site *address* is on, without the ``www.``.

    >>> host("https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000043403203")
    'legifrance.gouv.fr'
    """
    return urlsplit(address).netloc.removeprefix("www.")


def web_address(text: str | None) -> str:
    """An address that a link may lead to; anything but the web is told as no address at all."""
    return text if text and text.startswith(("https://", "http://")) else ""


# --- What pages tell of the mandate of a working group ---


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
