"""What answers here to what a practice of another place rests on: proposed, for people to decide; and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from lanzarote.regions.vocabulary import wording
from lanzarote.types import ProvisionMatch, SectorMatch, Transfer, TransferOrigin, TransferQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.transfers.origin import Origin
    from lanzarote.types import Provision, Text

ASKED: Final[tuple[Literal["transfer", "difficulties"], ...]] = ("transfer", "difficulties")
"""Texts of the origin that become questions here."""
MOST_QUESTIONS: Final = 12
"""Of one text; with more paragraphs it is one question, as a whole."""


class OpenPoint(Struct, frozen=True, kw_only=True):
    """Something that nobody here has said anything about yet."""

    kind: Literal["sector", "provision", "question"]
    place: str
    """``sectors[0]``, as the form calls it."""


def propose(origin: Origin, here: Vocabulary, *, url: str) -> Transfer:
    """A transfer with everything that the platform can propose."""
    practice = origin.practice
    return Transfer(
        origin=TransferOrigin(
            region=origin.region,
            region_name=origin.vocabulary.header.name,
            record=origin.record,
            version=origin.version,
            slug=origin.slug,
            title={lang: texts.title for lang, texts in practice.text.items()},
            original=practice.original,
            url=url,
        ),
        sectors=tuple(_sectors(origin, here)),
        provisions=tuple(_provisions(origin, here)),
        questions=tuple(_questions(origin)),
    )


def open_points(transfer: Transfer) -> tuple[OpenPoint, ...]:
    """What has no counterpart and no answer yet."""
    found = [
        OpenPoint(kind="sector", place=f"sectors[{number}]")
        for number, one in enumerate(transfer.sectors)
        if not one.here and not one.note
    ]
    found += [
        OpenPoint(kind="provision", place=f"provisions[{number}]")
        for number, one in enumerate(transfer.provisions)
        if not one.here and not one.note
    ]
    found += [
        OpenPoint(kind="question", place=f"questions[{number}]")
        for number, one in enumerate(transfer.questions)
        if not one.answer
    ]
    return tuple(found)


def sectors_of(origin: Origin) -> tuple[str, ...]:
    """Every sector that the practice is about, or that somebody who takes part belongs to."""
    found = list(origin.practice.sectors)
    for partner in origin.practice.partners:
        if partner.sector:
            found.append(partner.sector)
        found += origin.body(partner.organisation)
    return tuple(dict.fromkeys(origin.vocabulary.present_key("sector", key) for key in found))


def _sectors(origin: Origin, here: Vocabulary) -> Iterator[SectorMatch]:
    for key in sectors_of(origin):
        sector = origin.sector(key)
        if sector is None:
            continue
        fitting = [
            name
            for name, one in here.sectors.items()
            if not here.is_retired("sector", name) and set(one.common) & set(sector.common)
        ]
        # Of several, those of the same side answer best; without one of them, all may.
        same = [name for name in fitting if here.sectors[name].side == sector.side]
        yield SectorMatch(origin=key, name=sector.name, common=sector.common, here=tuple(same or fitting))


def _provisions(origin: Origin, here: Vocabulary) -> Iterator[ProvisionMatch]:
    terms = origin.vocabulary
    for key in dict.fromkeys(terms.present_key("provision", one) for one in origin.practice.legal_basis):
        provision = terms.provisions.get(key)
        if provision is None:
            continue
        paragraphs = _paragraphs(provision)
        fitting = tuple(
            name
            for name, one in here.provisions.items()
            if not here.is_retired("provision", name) and _meet(_paragraphs(one), paragraphs)
        )
        yield ProvisionMatch(origin=key, name=name_of(terms, provision), paragraphs=paragraphs, here=fitting)


def _meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Whether both speak of one paragraph; a whole article speaks of each of its own.

    >>> _meet(("35",), ("35.1", "10.3")), _meet(("3",), ("35.1",))
    (True, False)
    """
    pairs = [(f"{one}.", f"{other}.") for one in some for other in others]
    return any(one.startswith(other) or other.startswith(one) for one, other in pairs)


def _paragraphs(provision: Provision) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.ref for link in wording(provision).convention))


def name_of(vocabulary: Vocabulary, provision: Provision) -> Text:
    """Citation and title in every language that the title is in."""
    instrument = vocabulary.instruments.get(provision.instrument)
    found = {}
    for lang, title in wording(provision).title.items():
        number = provision.number if isinstance(provision.number, str) else _in(provision.number, lang)
        form = _in(instrument.cite, lang) if instrument and instrument.cite else "{number}"
        found[lang] = f"{form.replace('{number}', number)} – {title}"
    return found


def _in(texts: Text, lang: str) -> str:
    return texts.get(lang) or next(iter(texts.values()), "")


def _questions(origin: Origin) -> Iterator[TransferQuestion]:
    for about in ASKED:
        said = {lang: text for lang, texts in origin.practice.text.items() if (text := getattr(texts, about))}
        # What the origin does not state is asked all the same: who takes it up has to find out.
        for number, text in enumerate(_split(said, origin.practice.original) if said else [{}], 1):
            yield TransferQuestion(key=f"{about}-{number}", about=about, text=text)


def _split(said: Text, original: str) -> list[Text]:
    """*said* paragraph by paragraph, where every language has as many; else in one piece."""
    pieces = {lang: [line.strip() for line in text.split("\n") if line.strip()] for lang, text in said.items()}
    count = len(pieces[original] if original in pieces else next(iter(pieces.values())))
    if not 0 < count <= MOST_QUESTIONS or any(len(some) != count for some in pieces.values()):
        return [dict(said)]
    return [{lang: some[number] for lang, some in pieces.items()} for number in range(count)]
