"""What answers here to what an origin rests on: proposed, for people to decide; and what is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from lanzarote.regions.vocabulary import wording
from lanzarote.translation import texts_named
from lanzarote.types import ProvisionMatch, SectorMatch, Transfer, TransferOrigin, TransferQuestion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.transfers.origin import Origin
    from lanzarote.types import Measure, Provision, Text

ASKED: Final[tuple[Literal["transfer", "difficulties"], ...]] = ("transfer", "difficulties")
"""Texts of a practice that become questions here."""
ASKED_OF_PROCEDURES: Final[tuple[Literal["governance", "limits"], ...]] = ("governance", "limits")
"""Texts of a procedure that do."""
BOUND: Final = ("contact", "meeting")
"""Measures of a procedure that are nowhere but there."""
MOST_QUESTIONS: Final = 12
"""Of one text; with more paragraphs it is one question, as a whole."""


class OpenPoint(Struct, frozen=True, kw_only=True):
    """Something that nobody here has said anything about yet."""

    kind: Literal["sector", "provision", "question"]
    place: str
    """``sectors[0]``, as the form calls it."""


def propose(origin: Origin, here: Vocabulary, *, url: str) -> Transfer:
    """A transfer with everything that the platform can propose."""
    sectors = tuple(_sectors(origin, here))
    return Transfer(
        origin=TransferOrigin(
            kind=origin.kind,
            region=origin.region,
            region_name=origin.vocabulary.header.name,
            record=origin.record,
            version=origin.version,
            slug=origin.slug,
            title=origin.title,
            original=origin.said.original,
            url=url,
        ),
        sectors=sectors,
        provisions=tuple(_provisions(origin, here)),
        questions=tuple(_questions(origin, {one.origin for one in sectors if one.here})),
    )


def open_points(transfer: Transfer) -> tuple[OpenPoint, ...]:
    """What has no counterpart and no answer yet; what was asked by an origin that is erased need not be answered."""
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
        if not one.answer and transfer.origin.title
    ]
    return tuple(found)


def sectors_of(origin: Origin) -> tuple[str, ...]:
    """Every sector that it is about, or that somebody who takes part belongs to."""
    found = list(origin.said.sectors)
    if origin.kind == "procedure":
        named = list(origin.procedure.organisations)
    else:
        found += [one.sector for one in origin.practice.partners if one.sector]
        named = [one.organisation for one in origin.practice.partners if one.organisation]
    for name in named:
        found += origin.body(name)
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
    for key in dict.fromkeys(terms.present_key("provision", one) for one in bases_of(origin)):
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


def _questions(origin: Origin, answered: set[str]) -> Iterator[TransferQuestion]:
    """*answered*: sectors there to which one answers here."""
    for about in ASKED if origin.kind == "practice" else ASKED_OF_PROCEDURES:
        said = texts_named(origin.said.text, about)
        # What the origin does not state is asked all the same: who takes it up has to find out.
        for number, text in enumerate(_split(said, origin.said.original) if said else [{}], 1):
            yield TransferQuestion(key=f"{about}-{number}", about=about, text=text)
    if origin.kind == "procedure":
        yield from _beside_the_steps(origin, answered)


def _beside_the_steps(origin: Origin, answered: set[str]) -> Iterator[TransferQuestion]:
    """What goes with the steps and cannot be kept; on which basis in words something is passed on there."""
    for number, one in enumerate(origin.procedure.measures, 1):
        if not is_kept(origin, one, answered):
            text = {
                lang: f"{title} – {one.text[lang]}" if one.text.get(lang) else title
                for lang, title in one.title.items()
            }
            yield TransferQuestion(key=f"measures-{number}", about="measures", text=text)
    # A basis in words is one of the law there; of several alike, one is asked about.
    told = [one.basis_text for step in origin.procedure.steps for one in step.passes if one.basis_text]
    for number, text in enumerate([one for place, one in enumerate(told) if one not in told[:place]], 1):
        yield TransferQuestion(key=f"basis-{number}", about="basis", text=text)


def is_kept(origin: Origin, measure: Measure, answered: set[str]) -> bool:
    """Whether a measure can go along: it is not bound to the place, and whoever does it has a counterpart here."""
    if measure.kind in BOUND:
        return False
    named = sectors_named(origin, measure.organisation, measure.sector)
    return bool(answered & set(named)) if measure.organisation or measure.sector else True


def sectors_named(origin: Origin, organisation: str | None, sector: str | None) -> tuple[str, ...]:
    """Sectors there of whoever is named: of an organisation its own, else the sector itself."""
    keys = origin.body(organisation) if organisation else (sector,)
    return tuple(origin.vocabulary.present_key("sector", key) for key in keys if key)


def bases_of(origin: Origin) -> tuple[str, ...]:
    """Every provision that it rests on; of a procedure, also those on which something is passed on."""
    if origin.kind == "practice":
        return origin.practice.legal_basis
    passes = (one.basis for step in origin.procedure.steps for one in step.passes if one.basis)
    return tuple(dict.fromkeys((*origin.procedure.legal_basis, *passes)))


def _split(said: Text, original: str) -> list[Text]:
    """*said* paragraph by paragraph, where every language has as many; else in one piece."""
    pieces = {lang: [line.strip() for line in text.split("\n") if line.strip()] for lang, text in said.items()}
    count = len(pieces[original] if original in pieces else next(iter(pieces.values())))
    if not 0 < count <= MOST_QUESTIONS or any(len(some) != count for some in pieces.values()):
        return [dict(said)]
    return [{lang: some[number] for lang, some in pieces.items()} for number in range(count)]
