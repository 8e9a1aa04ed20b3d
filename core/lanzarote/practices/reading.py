"""One practice as its page shows it: who does it together, what the sources say, what they do not say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape
from msgspec import Struct

from lanzarote.directory.service import named
from lanzarote.facts.convention import Reference, convention
from lanzarote.practices.form_fields import SOURCED, label
from lanzarote.translation import N_, date_told, format_number, format_partial_date, in_language, language_name
from lanzarote.types import PracticeText, Side
from lanzarote.web import labels
from lanzarote.web.region_reading import (
    ArticleLink,
    ProvisionLine,
    article_links,
    tell_provision,
    tell_source,
    tell_sources,
    told,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from lanzarote.directory.model import Stakeholder
    from lanzarote.practices.model import Card, Document, Label
    from lanzarote.types import Agreement, Evidence, Partner, PracticeField, PracticeSheet
    from lanzarote.web.labels import Voice

    Stated = Document | PracticeSheet
    """What is published, or being written."""

LATER = ("transfer", "limits")
"""Texts that stand after the figures."""
UNNAMED = N_("No organisation of this sector is named in the sources.")
UNLISTED = N_("An organisation that is no longer in the directory")
AGREED_ON: Final[Mapping[str, str]] = {
    "asked": N_("An organisation that runs it was asked on %(day)s; it has not confirmed this text."),
    "given": N_("An organisation that runs it confirmed this text on %(day)s."),
    "refused": N_("An organisation that runs it refused to confirm this text on %(day)s."),
}
NO_START = N_("When it began")
NO_WITNESS: Final = N_("witness not named")
DRAWN = N_("In whole or in part a conclusion drawn from these sources")
DRAWN_FROM_ALL = N_("In whole or in part a conclusion drawn from the sources")
SAID_IN = N_("Partners are named in:")
NO_EFFECT = N_("No evaluated effect on children is published in the sources read.")


class Told(Struct, frozen=True, kw_only=True):
    """A text of the practice and how it comes to be in its language."""

    text: str
    lang: str
    language: str
    """Name of its language where that is not the page's."""

    @property
    def paragraphs(self) -> list[str]:
        return [piece for piece in (line.strip() for line in self.text.split("\n")) if piece]


class Marks(Struct, frozen=True, kw_only=True):
    """Which sources say a field."""

    sources: tuple[tuple[int, str], ...] = ()
    """Number in the list of sources, and key."""
    editorial: bool = False
    """It is drawn from them rather than said in them."""


class Part(Struct, frozen=True, kw_only=True):
    """One text under its heading."""

    field: str
    label: Markup
    told: Told
    marks: Marks = Marks()


NO_MARKS: Final[Mapping[str, Marks]] = {}


class PartnerLine(Struct, frozen=True, kw_only=True):
    """Who takes part, as ``ui.bridge`` draws it."""

    name: Markup
    href: str = ""
    part: Markup = Markup()
    badge: str = ""


class Figure(Struct, frozen=True, kw_only=True):
    """A line of the evidence."""

    value: str
    unit: Markup
    period: Markup
    text: Markup
    sources: tuple[tuple[int, str], ...]
    """Number in the list of sources, and key."""


class SourceLine(Struct, frozen=True, kw_only=True):
    id: str
    title: Markup
    publisher: Markup
    url: str
    read_on: str
    official: str = ""
    copy: str = ""


class Fact(Struct, frozen=True, kw_only=True):
    label: Markup
    value: Markup
    marks: Marks = Marks()
    wide: bool = False
    """Takes a line of its own where there is little room."""


class ArticleLine(Struct, frozen=True, kw_only=True):
    """An article with everything in it that the practice answers."""

    number: int
    href: str
    heading: Markup
    refs: tuple[ArticleLink, ...]


class Reading(Struct, frozen=True, kw_only=True):
    """Everything a page about one practice needs."""

    document: Document
    title: Told
    summary: Told
    translated_from: str
    """Name of the original's language where the page shows a translation."""
    original_href: str
    stale: bool
    partners: Mapping[str, tuple[PartnerLine, ...]]
    """Side → who takes part."""
    parts: tuple[Part, ...]
    later: tuple[Part, ...]
    missing: tuple[Markup, ...]
    """What the sources do not state."""
    facts: tuple[Fact, ...]
    laws: tuple[ProvisionLine, ...]
    articles: tuple[ArticleLine, ...]
    figures: tuple[Figure, ...]
    sources: tuple[SourceLine, ...]
    marks: Mapping[str, Marks]
    """Field → which sources say it."""
    note: Markup
    agreement: Markup


def read_practice(view: Voice, document: Document) -> Reading:
    """Put *document* into the reader's words."""
    title, summary = tell(view, document, "title"), tell(view, document, "summary")
    given = {name: tell(view, document, name) for name in PracticeText.__struct_fields__[2:]}
    parts = {name: text for name, text in given.items() if text.text}
    sources = source_lines(view, document)
    marks = marks_of(view, document, sources)
    lines = [
        Part(
            field=name,
            label=labels.say("text", name, view.translator),
            told=text,
            marks=marks.get(name, Marks()),
        )
        for name, text in parts.items()
    ]
    translated = summary.lang == view.lang != document.original
    offered = view.region.languages if view.region else ()
    original_href = view.href("practices", document.slug, lang=document.original)
    return Reading(
        document=document,
        title=title,
        summary=summary,
        translated_from=language_name(document.original, view.lang) if translated else "",
        original_href=original_href if translated and document.original in offered else "",
        stale=translated and view.lang in document.stale,
        partners=partners_by_side(view, document.partners),
        parts=tuple(line for line in lines if line.field not in LATER),
        later=tuple(line for line in lines if line.field in LATER),
        missing=tuple(missing(view, document, parts)),
        facts=tuple(facts(view, document, marks)),
        laws=tuple(tell_provision(view, key) for key in _known_laws(view, document)),
        articles=tuple(article_lines(view, document.convention)),
        figures=figures(view, document.evidence, sources),
        sources=sources,
        marks={name: marks.get(name, Marks()) for name in SOURCED},
        note=told(view, document.note),
        agreement=agreement_words(view, document.agreement, document.agreement_on),
    )


def agreement_words(view: Voice, agreement: Agreement, on: date | None) -> Markup:
    """What the organisations that run a practice said of its text, and when."""
    if on is None or agreement not in AGREED_ON:
        return labels.say("agreement", agreement, view.translator)
    return labels.phrase(AGREED_ON[agreement], view.translator) % {"day": date_told(on, view.lang)}


def tell(view: Voice, document: Document, field: str) -> Told:
    """A text of the practice in the reader's language; in the original's where it is not translated."""
    texts = {lang: values[field] for lang, values in document.text.items() if field in values}
    text, lang = view.text(texts, document.original)
    words = in_language(text, lang, view.lang)
    return Told(text=words, lang=lang, language="" if lang == view.lang else language_name(lang, view.lang))


def missing(view: Voice, document: Document, stated: Mapping[str, object]) -> Iterator[Markup]:
    """Everything the form asks for that no source states; partners that are missing stand in the bridge."""
    for name in PracticeText.__struct_fields__[2:]:
        if name not in stated:
            yield labels.say("text", name, view.translator)
    for absent, words in (
        (not document.legal_basis, label("legal_basis")),
        (not document.evidence, label("evidence")),
        (not document.cost, label("cost")),
        (not document.started, NO_START),
    ):
        if absent:
            yield labels.phrase(words, view.translator)


# Who does it together


def partners_by_side(view: Voice, partners: Iterable[Partner]) -> dict[str, tuple[PartnerLine, ...]]:
    directory = view.instance.kept("directory by key", view.region_id, lambda: named(view.directory))
    found: dict[str, list[PartnerLine]] = {}
    for partner in partners:
        side, line = _partner(view, partner, directory)
        found.setdefault(side, []).append(line)
    return {side: tuple(lines) for side, lines in found.items()}


def _partner(view: Voice, partner: Partner, directory: Mapping[str, Stakeholder]) -> tuple[str, PartnerLine]:
    named = directory.get(partner.organisation or "")
    if named is not None:
        return named.organisation.side, PartnerLine(
            name=told(view, named.organisation.name),
            href=view.href("organisations", named.slug),
            part=told(view, partner.part),
            badge="" if named.organisation.verified else "not-verified",
        )
    terms = view.vocabulary
    sector = terms.sectors.get(terms.present_key("sector", partner.sector or ""))
    side: Side = partner.side or (sector.side if sector else "mixed")
    unnamed = labels.phrase(UNNAMED, view.translator)
    return side, PartnerLine(
        name=told(view, sector.name) if sector else labels.phrase(UNLISTED, view.translator),
        href=view.href("sectors", terms.present_key("sector", partner.sector or "")) if sector else "",
        part=told(view, partner.part) or (unnamed if sector else Markup()),
    )


# What is stated about it


def facts(view: Voice, document: Stated, marks: Mapping[str, Marks] = NO_MARKS) -> Iterator[Fact]:
    """What is stated in a few words; of a practice that is being written, as far as it is."""

    def fact(name: str, value: Markup | str, *, wide: bool = False) -> Fact:
        words = labels.phrase(label(name), view.translator)
        return Fact(label=words, value=escape(value), marks=marks.get(name, Marks()), wide=wide)

    def said(kind: str, codes: Iterable[str]) -> Markup:
        return Markup(", ").join(labels.say(kind, code, view.translator) for code in codes)

    if document.running:
        yield fact("running", labels.say("running", document.running, view.translator))
    if document.started:
        yield fact("started", format_partial_date(document.started, view.lang))
    if document.ended:
        yield fact("ended", format_partial_date(document.ended, view.lang))
    if document.scope:
        yield fact("scope", labels.say("scope", document.scope, view.translator))
    yield fact("sectors", Markup(", ").join(sector_links(view, document.sectors)), wide=True)
    if document.target_groups:
        yield fact("target_groups", said("target", document.target_groups))
    if document.domains:
        yield fact("domains", said("domain", document.domains))
    if document.cost:
        yield fact("cost", labels.say("cost", document.cost, view.translator))
    for key, answer in document.answers.items():
        field = view.vocabulary.fields.get(view.vocabulary.present_key("field", key))
        if field is not None:
            value = answer_words(view, field, answer, document.original)
            yield Fact(label=told(view, field.label), value=value)


def sector_links(view: Voice, keys: Iterable[str]) -> Iterator[Markup]:
    terms = view.vocabulary
    for key in dict.fromkeys(terms.present_key("sector", key) for key in keys):
        if key in terms.sectors:
            yield Markup('<a href="{}">{}</a>').format(view.href("sectors", key), told(view, terms.sectors[key].name))


def answer_words(view: Voice, field: PracticeField, answer: Any, original: str) -> Markup:
    """An answer to one of the region's own questions; words without a language are in that of the *original*."""
    if field.type in ("choice", "choices"):
        chosen = answer if isinstance(answer, list | tuple) else [answer]
        names = {choice.key: told(view, choice.name) for choice in field.choices}
        return Markup(", ").join(names.get(key, escape(key)) for key in chosen)
    if field.type == "yes-no":
        return labels.say("answer", "yes" if answer else "no", view.translator)
    if field.type == "number" and isinstance(answer, int | float):
        return escape(format_number(answer, view.lang))
    if field.type == "date" and isinstance(answer, str):
        return escape(format_partial_date(answer, view.lang))
    return told(view, answer) if isinstance(answer, dict) else labels.written(str(answer), original, view.lang)


def _known_laws(view: Voice, document: Document) -> Iterator[str]:
    terms = view.vocabulary
    for key in dict.fromkeys(terms.present_key("provision", key) for key in document.legal_basis):
        if key in terms.provisions:
            yield key


def article_lines(view: Voice, refs: Iterable[str]) -> Iterator[ArticleLine]:
    grouped: dict[int, list[ArticleLink]] = {}
    for link in article_links(view, refs):
        grouped.setdefault(Reference.parse(link.ref).article, []).append(link)
    for number, links in grouped.items():
        heading = told(view, convention().article(number).heading)
        yield ArticleLine(number=number, href=links[0].href, heading=heading, refs=tuple(links))


def source_lines(view: Voice, document: Stated) -> tuple[SourceLine, ...]:
    cited = (*(figure.sources for figure in document.evidence), *document.field_sources.values())
    keys = [*document.sources, *(key for some in cited for key in some)]
    own = [tell_source(view, source.key, source) for source in document.own_sources]
    return tuple(
        SourceLine(
            publisher=Markup("{} · {}").format(source.publisher, labels.say("source", source.kind, view.translator)),
            **{name: getattr(source, name) for name in ("id", "title", "url", "read_on", "official", "copy")},
        )
        for source in (*tell_sources(view, keys), *own)
    )


def figures(view: Voice, evidence: Iterable[Evidence], sources: Sequence[SourceLine]) -> tuple[Figure, ...]:
    """Each with the marks of its sources; of a practice that has one source, every figure is from there."""
    only = tuple(source.id for source in sources) if len(sources) == 1 else ()
    return tuple(
        Figure(
            value="" if one.value is None else format_number(one.value, view.lang),
            unit=told(view, one.unit),
            period=told(view, one.period),
            text=told(view, one.text),
            sources=_cited(view, one.sources or only, sources),
        )
        for one in evidence
    )


def marks_of(view: Voice, document: Stated, sources: Sequence[SourceLine]) -> dict[str, Marks]:
    """Field → the marks of the sources that say it."""
    named = dict.fromkeys((*document.field_sources, *document.editorial))
    return {
        name: Marks(
            sources=_cited(view, document.field_sources.get(name, ()), sources), editorial=name in document.editorial
        )
        for name in named
    }


def _cited(view: Voice, keys: Iterable[str], sources: Sequence[SourceLine]) -> tuple[tuple[int, str], ...]:
    """Those of *keys* that are in the list, each once, in its order."""
    place = {source.id: number for number, source in enumerate(sources, 1)}
    named = (key if key in place else view.vocabulary.present_key("source", key) for key in keys)
    return tuple(sorted((place[key], key) for key in set(named) if key in place))


# What the team decided


class ToldLabel(Struct, frozen=True, kw_only=True):
    decided_on: date
    reviewers: int
    grid: str
    """Which questions were asked, such as ``2.1``: version of the region's own, then of the common ones."""
    reason: Markup
    witness: Markup
    """Who observed it, or which study evaluated it; empty where neither is said."""
    study_href: str
    """Where the study is read on the web."""
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
        witness=witness_words(view, document.vouching, label),
        study_href=where if (where := label.witness.where if label.witness else "").startswith("https://") else "",
        due_since=due_since(view, document),
    )


def witness_words(view: Voice, vouching: str, label: Label) -> Markup:
    """On what it rests that a peer or a third party vouches; that nobody is named, where a decision names nobody."""
    if vouching not in ("observed", "evaluated"):
        return Markup()
    if label.witness is None:
        return labels.phrase(NO_WITNESS, view.translator)
    one = label.witness
    return Markup(", ").join(filter(None, (one.name, date_told(one.on, view.lang) if one.on else "", one.where)))


def due_since(view: Voice, card: Card) -> date | None:
    """Since when *card* has been due to be looked at again."""
    if card.assessed_on is None:
        return None
    due = view.instance.vocabulary(card.region).grid.due_on(card.assessed_on)
    return due if due <= view.today else None
