"""The legal framework as its pages show it: provisions by instrument, narrowed by what a reader asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup
from msgspec import Struct

from lanzarote.errors import NotFound
from lanzarote.facts.convention import Reference, convention, is_under
from lanzarote.practices.facet_choices import address
from lanzarote.regions.vocabulary import wording
from lanzarote.search.asked import read
from lanzarote.stakeholders.reading import Choice
from lanzarote.territory.references import Mention, references
from lanzarote.types import Table
from lanzarote.web.region_reading import (
    LONGEST_QUESTION,
    ProvisionLine,
    ToldSource,
    entries,
    tell_provision,
    tell_sources,
    tell_version,
    told,
    web_address,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from litestar.datastructures import MultiDict

    from lanzarote.types import Instrument, Provision
    from lanzarote.web.site import View

MOST_INSTRUMENTS = 60


class Question(Struct, frozen=True, kw_only=True):
    """What is asked of the law, as the address says it."""

    q: str = ""
    terms: bool = False
    """There is a word in it to look for."""
    article: Reference | None = None
    instruments: tuple[str, ...] = ()
    format: str = ""

    def pairs(self, *, but: tuple[str, str] | None = None) -> list[tuple[str, str]]:
        pairs = [("q", self.q)] if self.q else []
        if self.article:
            pairs.append(("article", str(self.article)))
        pairs += [("instrument", key) for key in self.instruments]
        return [pair for pair in pairs if pair != but]


class Chip(Struct, frozen=True, kw_only=True):
    """One choice that was made; its link takes it away."""

    label: Markup
    href: str


class Identifier(Struct, frozen=True, kw_only=True):
    """By which an instrument is known beyond this place."""

    text: str
    href: str
    """Empty: it is no address."""


class Section(Struct, frozen=True, kw_only=True):
    """An instrument and the provisions of it that are shown."""

    key: str
    title: Markup
    identifiers: tuple[Identifier, ...]
    url: str
    lines: tuple[ProvisionLine, ...]


class Listing(Struct, frozen=True, kw_only=True):
    total: int
    sections: tuple[Section, ...]
    articles: tuple[Choice, ...]
    instruments: tuple[Choice, ...]
    chips: tuple[Chip, ...]
    unchecked: int
    """Provisions shown whose official text has still to be re-read."""
    practices: Mapping[str, int]
    """Key → how many practices name it as their legal basis."""


class Detail(Struct, frozen=True, kw_only=True):
    """One provision with all its wordings."""

    now: ProvisionLine
    instrument: Markup
    identifiers: tuple[Identifier, ...]
    """Of the instrument."""
    versions: tuple[ProvisionLine, ...]
    """Newest first."""
    sources: tuple[ToldSource, ...]
    mentions: tuple[Mention, ...]
    ages: tuple[tuple[str, Markup], ...]
    """(key, name) of the age limits that stand in it."""


def read_question(params: MultiDict[str]) -> Question:
    """Read the address. Raises UnknownReference for what is no article of the Convention."""
    q = " ".join(params.get("q", "").split())[:LONGEST_QUESTION]
    article = params.get("article", "")
    return Question(
        q=q,
        terms=bool(read(q)),
        article=Reference.parse(article) if article else None,
        instruments=tuple(dict.fromkeys(filter(None, params.getall("instrument", []))))[:MOST_INSTRUMENTS],
        format=params.get("format", ""),
    )


def select(view: View, question: Question, *, but: str = "") -> tuple[str, ...]:
    """Keys of the provisions that pass all filters (other than *but*) in today's wording, in the package's order."""
    vocabulary = view.vocabulary
    held = view.holding("provision", question.q) if question.terms else None
    return tuple(
        key
        for key, provision in entries(vocabulary, "provision").items()
        if (but == "instrument" or not question.instruments or provision.instrument in question.instruments)
        and (but == "article" or question.article is None or question.article in _Refs(view, provision))
        and (held is None or key in held)
    )


def present(view: View, question: Question) -> Listing:
    """The law, narrowed by *question*, with what each further choice would show."""
    keys = select(view, question)
    lines = [tell_provision(view, key) for key in keys]
    path = view.request.url.path
    mentions = references(view.instance, view.region_id).provisions
    return Listing(
        total=len(lines),
        sections=tuple(_sections(view, lines)),
        articles=_article_choices(view, question),
        instruments=_instrument_choices(view, question),
        chips=tuple(_chips(view, question, path)),
        unchecked=sum(bool(line.recheck) for line in lines),
        practices={key: len(found) for key, found in mentions.items()},
    )


def detail(view: View, key: str) -> Detail:
    """The provision *key*. Raises NotFound."""
    vocabulary = view.vocabulary
    provision = vocabulary.provisions.get(key)
    if provision is None:
        raise NotFound("There is no provision at this address.")
    instrument = vocabulary.instruments.get(provision.instrument)
    versions = tuple(tell_version(view, key, version) for version in reversed(provision.versions))
    present_key = vocabulary.present_key
    return Detail(
        now=tell_provision(view, key),
        instrument=told(view, instrument.title) if instrument else Markup(),
        identifiers=_identifiers(instrument) if instrument else (),
        versions=versions,
        sources=tell_sources(view, (source for version in versions for source in version.sources)),
        mentions=references(view.instance, view.region_id).provisions.get(key, ()),
        ages=tuple(
            (age_key, told(view, age.name))
            for age_key, age in entries(vocabulary, "age").items()
            if key in {present_key("provision", one) for one in age.provisions}
        ),
    )


def law_table(view: View, question: Question) -> Table:
    """The list that is asked for as rows of a file."""
    _ = view._
    note = _(
        "Summaries in the editors’ words; the text in force decides. Links to the Convention are editorial unless a "
        "lawyer of the region confirmed them. %(address)s, %(day)s"
    )
    return Table(
        title=_("Legal framework"),
        columns=(
            _("Provision"),
            _("Instrument"),
            _("Title"),
            _("Summary"),
            _("In force from"),
            _("In force until"),
            _("Articles of the Convention (editorial mapping)"),
            _("Verified"),
            _("Not yet re-checked, because"),
            _("Note"),
            _("Official text"),
            _("What it leads to"),
            _("Address"),
        ),
        rows=[_row(view, key) for key in select(view, question)],
        language=view.lang,
        licence=view.vocabulary.header.licence,
        note=note % {"address": view.absolute(view.request.url.path), "day": view.today.isoformat()},
    )


def _row(view: View, key: str) -> tuple[str | None, ...]:
    provision = view.vocabulary.provisions[key]
    version = wording(provision, view.today)
    instrument = view.vocabulary.instruments.get(provision.instrument)
    line = tell_provision(view, key)
    return (
        line.plain,
        view.say(instrument.title) if instrument else "",
        view.say(version.title),
        view.say(version.summary),
        version.since.isoformat() if version.since else None,
        version.until.isoformat() if version.until else None,
        "; ".join(link.ref for link in line.articles),
        view._("yes") if version.verified else view._("no"),
        view.say(version.recheck),
        view.say(version.note),
        line.text.href if line.text else "",
        ". ".join(filter(None, (line.text.label, view.say(provision.url_note)))) if line.text else "",
        view.absolute(line.href),
    )


class _Refs:
    """What today's wording of a provision is mapped to."""

    def __init__(self, view: View, provision: Provision) -> None:
        self.refs = [Reference.parse(link.ref) for link in wording(provision, view.today).convention]

    def __contains__(self, whole: Reference) -> bool:
        return any(is_under(ref, whole) for ref in self.refs)

    def articles(self) -> set[int]:
        return {ref.article for ref in self.refs}


def _sections(view: View, lines: Iterable[ProvisionLine]) -> Iterable[Section]:
    by_instrument: dict[str, list[ProvisionLine]] = {}
    for line in lines:
        by_instrument.setdefault(line.instrument, []).append(line)
    for key, instrument in view.vocabulary.instruments.items():
        if key in by_instrument:
            yield Section(
                key=key,
                title=told(view, instrument.title),
                identifiers=_identifiers(instrument),
                url=instrument.url or "",
                lines=tuple(by_instrument[key]),
            )


def _identifiers(instrument: Instrument) -> tuple[Identifier, ...]:
    known = dict.fromkeys(filter(None, (instrument.eli, instrument.identifier)))
    return tuple(Identifier(text=text, href=web_address(text)) for text in known)


def _article_choices(view: View, question: Question) -> tuple[Choice, ...]:
    counts: dict[int, int] = {}
    for key in select(view, question, but="article"):
        for number in _Refs(view, view.vocabulary.provisions[key]).articles():
            counts[number] = counts.get(number, 0) + 1
    chosen = question.article.article if question.article else None
    return tuple(
        Choice(value=str(number), label=_article_label(view, number), count=counts[number], chosen=number == chosen)
        for number in sorted(counts)
    )


def _article_label(view: View, number: int) -> Markup:
    return Markup("{} – {}").format(number, told(view, convention().article(number).heading))


def _instrument_choices(view: View, question: Question) -> tuple[Choice, ...]:
    counts: dict[str, int] = {}
    for key in select(view, question, but="instrument"):
        instrument = view.vocabulary.provisions[key].instrument
        counts[instrument] = counts.get(instrument, 0) + 1
    return tuple(
        Choice(
            value=key,
            label=told(view, instrument.title),
            count=counts.get(key, 0),
            chosen=key in question.instruments,
        )
        for key, instrument in view.vocabulary.instruments.items()
        if key in counts or key in question.instruments
    )


def _chips(view: View, question: Question, path: str) -> Iterable[Chip]:
    if question.article:
        label = Markup("{} {}").format(view._("Article"), str(question.article))
        yield Chip(label=label, href=address(path, question.pairs(but=("article", str(question.article)))))
    for key in question.instruments:
        instrument = view.vocabulary.instruments.get(key)
        label = told(view, instrument.title) if instrument else Markup.escape(key)
        yield Chip(label=label, href=address(path, question.pairs(but=("instrument", key))))
