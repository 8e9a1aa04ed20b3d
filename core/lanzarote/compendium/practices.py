"""A practice as a compendium tells it: all that its page says, in the same words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.compendium.lines import leading, line, together, words
from lanzarote.practices.reading import DRAWN, DRAWN_FROM_ALL, NO_EFFECT, SAID_IN, read_practice, tell_label
from lanzarote.practices.reading import Told as ToldText
from lanzarote.translation import N_, date_told
from lanzarote.types import Bank, CitedSource, Member, Paragraph, Part, Points, Rows, Scale, Stated, Told, Words
from lanzarote.web import labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from lanzarote.practices.model import Document
    from lanzarote.practices.reading import Fact, PartnerLine, Reading
    from lanzarote.practices.reading import Part as TextPart
    from lanzarote.types import Line, Side
    from lanzarote.web.labels import Voice

NOT_VERIFIED = N_("not verified")
NOT_RECHECKED = N_("not yet re-checked")
EDITORIAL = N_("editorial mapping")
VOUCHING: Final = ("public-sources", "declared", "observed", "evaluated")
STRENGTH: Final = ("not-assessed", "pioneering", "prudent", "promising", "effective")
MISSING: Final[tuple[tuple[Side, str, str], ...]] = (
    ("public", N_("Public institutions"), N_("No public partner named in the sources")),
    ("civil-society", N_("Civil society"), N_("No civil-society partner named in the sources")),
)
BETWEEN: Final[tuple[Side, ...]] = ("mixed", "private")


def tell_practice(voice: Voice, document: Document) -> Told:
    reading = read_practice(voice, document)
    _ = voice._
    address = voice.absolute(voice.href("practices", document.slug))
    return Told(
        kind="practice",
        id=document.id,
        version=document.version,
        address=address,
        title=words(reading.title.text),
        marks=tuple(map(words, _marks(voice, reading))),
        summary=_paragraphs(reading.summary, _numbers(reading.marks["summary"].sources)),
        scales=(
            Scale(
                words(_("Vouched for by")),
                words(labels.label("vouching", document.vouching, voice.translator)),
                VOUCHING.index(document.vouching) + 1,
            ),
            Scale(
                words(_("Evidence")),
                words(labels.label("strength", document.strength, voice.translator)),
                STRENGTH.index(document.strength),
            ),
        ),
        banks=tuple(_banks(voice, reading)),
        facts=tuple(_stated(voice, fact) for fact in reading.facts),
        parts=tuple(_parts(voice, reading)),
        sources=cited(voice, reading.sources),
        note=line(voice, reading.note),
        colophon=line(
            voice,
            _("Published on %(day)s.") % {"day": date_told(voice.day_of(document.updated_at), voice.lang)},
            " ",
            voice.translator.ngettext("Version %(num)s", "Version %(num)s", document.version)
            % {"num": document.version},
            ". ",
            Words(address, href=address),
        ),
    )


def _stated(voice: Voice, fact: Fact) -> Stated:
    numbers = _numbers(fact.marks.sources)
    return Stated(line(voice, fact.label), line(voice, fact.value, f" {numbers}" if numbers else ""))


def cited(voice: Voice, sources: Iterable[Any]) -> tuple[CitedSource, ...]:
    """*sources* as a page lists them; each says when it was read."""
    _ = voice._
    return tuple(
        CitedSource(
            title=line(voice, one.title),
            publisher=line(voice, one.publisher, *(() if one.url else (" · ", _("no public address")))),
            url=leading(voice, one.url),
            read_on=line(voice, *_read_on(_, one)),
        )
        for one in sources
    )


def _read_on(_: Callable[[str], str], source: Any) -> Iterator[str]:
    """When, and that what was read is a copy of what the address leads to."""
    if source.read_on:
        yield from (_("read on"), " ", source.read_on)
    if source.official:
        yield from (" · " if source.read_on else "", _("read in a copy"))


def laws(voice: Voice, provisions: Iterable[Any]) -> Points:
    """Provisions as a page lists them, each with what has to be known about it."""
    _ = voice._
    return Points(
        tuple(
            line(
                voice,
                *(Words(one.text, one.lang, voice.absolute(law.href)) for one in line(voice, law.citation)),
                " ",
                law.title,
                *_open(_, law),
            )
            for law in provisions
        )
    )


def _open(_: Callable[[str], str], law: Any) -> tuple[str, ...]:
    """In one mark, as on its page."""
    mark = NOT_VERIFIED if not law.verified else NOT_RECHECKED if law.recheck else ""
    return (" – ", _(mark)) if mark else ()


def _paragraphs(told: ToldText, marks: str = "") -> tuple[Line, ...]:
    lang = told.lang if told.language else ""
    lines = [(Words(text, lang),) for text in told.paragraphs]
    return (*lines[:-1], (*lines[-1], Words(f" {marks}"))) if lines and marks else tuple(lines)


def _numbers(sources: Iterable[tuple[int, str]]) -> str:
    """Marks of sources, by their numbers in the list."""
    return " ".join(f"[{number}]" for number, _key in sources)


def _part(voice: Voice, part: TextPart) -> Part:
    _, marks = voice._, part.marks
    numbers = _numbers(marks.sources)
    paragraphs = _paragraphs(part.told, "" if marks.editorial else numbers)
    if marks.editorial:
        paragraphs += (line(voice, _(DRAWN if numbers else DRAWN_FROM_ALL), f" {numbers}" if numbers else ""),)
    return Part(line(voice, part.label), tuple(map(Paragraph, paragraphs)))


def _marks(voice: Voice, reading: Reading) -> Iterator[str]:
    _, document = voice._, reading.document
    yield labels.label("standing", document.standing, voice.translator)
    yield str(reading.agreement)
    if not document.verified:
        yield _(NOT_VERIFIED)
    if reading.summary.language:
        yield " ".join((_("This practice is not translated yet. It is written in:"), reading.summary.language))
    elif reading.translated_from:
        yield " ".join((_("Translated from:"), reading.translated_from))
    if reading.stale:
        yield _("the original has changed since")
    label = tell_label(voice, document)
    if label and label.witness:
        yield f"{labels.label('vouching', document.vouching, voice.translator)} – {words(label.witness)}"
    if label and label.due_since:
        yield _("due for review since %(day)s") % {"day": date_told(label.due_since, voice.lang)}


def _banks(voice: Voice, reading: Reading) -> Iterator[Bank]:
    _ = voice._
    for side, label, missing in MISSING:
        members = _members(voice, reading.partners.get(side, ()))
        yield Bank(side, words(_(label)), members, None if members else words(_(missing)))
    for side in BETWEEN:
        if members := _members(voice, reading.partners.get(side, ())):
            yield Bank(side, words(labels.label("side", side, voice.translator)), members)


def _members(voice: Voice, partners: Sequence[PartnerLine]) -> tuple[Member, ...]:
    return tuple(
        Member(
            name=tuple(Words(one.text, one.lang, leading(voice, partner.href)) for one in line(voice, partner.name)),
            part=line(voice, partner.part),
            mark=words(voice._(NOT_VERIFIED)) if partner.badge == "not-verified" else None,
        )
        for partner in partners
    )


def _parts(voice: Voice, reading: Reading) -> Iterator[Part]:
    _ = voice._
    if partners := _numbers(reading.marks["partners"].sources):
        yield Part(line(voice, _("Who takes part")), (Paragraph(line(voice, _(SAID_IN), f" {partners}")),))
    for part in reading.parts:
        yield _part(voice, part)
    if reading.figures:
        yield Part(line(voice, _("Figures from the sources")), (_figures(voice, reading),))
    if reading.document.no_published_effect:
        yield Part(line(voice, _("Effect on children")), (Paragraph(line(voice, _(NO_EFFECT))),))
    for part in reading.later:
        yield _part(voice, part)
    if reading.laws:
        yield Part(line(voice, _("Legal basis")), (laws(voice, reading.laws),))
    if reading.articles:
        told = [
            line(voice, Words(", ".join(ref.ref for ref in one.refs), href=voice.absolute(one.href)), " ", one.heading)
            for one in reading.articles
        ]
        yield Part(line(voice, _("Convention"), " – ", _(EDITORIAL)), (Points(tuple(told)),))
    if label := tell_label(voice, reading.document):
        decided = _("Decided by the regional team on %(day)s") % {"day": date_told(label.decided_on, voice.lang)}
        yield Part(
            line(voice, _("How it was assessed")),
            (Paragraph(line(voice, label.reason)), Paragraph(line(voice, decided))),
        )
    if reading.missing:
        missing = together([line(voice, one) for one in reading.missing], "; ")
        yield Part(line(voice, _("Not stated in the sources")), (Paragraph(missing),))


def _figures(voice: Voice, reading: Reading) -> Rows:
    _ = voice._
    rows = []
    for one in reading.figures:
        value = f"{one.value} " if one.value else ""
        numbers = _numbers(one.sources)
        rows.append(
            (
                (line(voice, value, one.unit) or line(voice, "–"),),
                (line(voice, one.period or _("not stated")),),
                (line(voice, one.text, f" {numbers}" if numbers else ""),),
            )
        )
    head = (words(_("Figure")), words(_("Period")), words(_("What it says")))
    return Rows(words(_("Figures from the sources")), head, tuple(rows), (3, 2, 5))
