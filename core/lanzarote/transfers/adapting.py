"""The draft of a practice as it would be here: the origin's texts, this region's sectors and provisions.

Nothing that is true of the origin alone goes with it: no organisation, no figure, no result, no cost, no date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.transfers.mapping import sectors_named
from lanzarote.translation import N_
from lanzarote.types import Derived, OwnSource, Partner, PracticeSheet, SheetText

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.transfers.origin import Origin
    from lanzarote.types import Text, Transfer

ITS_OWN: Final = ("results", "limits", "review", "participation")
"""Texts that tell of what was done and found there, or with whom."""
SOURCE: Final = "origin"
"""Key of the source that the draft names."""
SOURCE_TITLE: Final = N_("A practice of another place: %(region)s")
TAKEN_FROM: Final = N_("Texts taken from a practice of another place: %(region)s. They are to be adapted.")
MOST_PARTNERS: Final = 60


def sheet_of(
    origin: Origin, transfer: Transfer, here: Vocabulary, *, said: Callable[[str], tuple[str, str]], url: str
) -> PracticeSheet:
    """The draft; *said*: a message in a language of the region, with that language; *url*: where the origin is read."""
    practice = origin.practice
    source, note = said_of(transfer, said, url, SOURCE_TITLE, TAKEN_FROM)
    return PracticeSheet(
        original=practice.original,
        text={
            code: SheetText(**{name: text for name, text in _texts(texts).items() if name not in ITS_OWN})
            for code, texts in practice.text.items()
        },
        stale=practice.stale,
        scope=practice.scope,
        sectors=sectors_here(practice.sectors, transfer, here),
        partners=tuple(_partners(origin, transfer, here))[:MOST_PARTNERS],
        target_groups=practice.target_groups,
        domains=practice.domains,
        convention=practice.convention,
        legal_basis=tuple(dict.fromkeys(key for one in transfer.provisions for key in one.here)),
        own_sources=(source,),
        note=note,
    )


def said_of(
    transfer: Transfer, said: Callable[[str], tuple[str, str]], url: str, title: str, words: str
) -> tuple[OwnSource, dict[str, str]]:
    """The source that a draft names, and the note that says where its texts are from.

    It is not called as it is called there: that would stay here when the origin is erased.
    """
    (called, language), (note, lang) = said(title), said(words)
    region = _name(transfer.origin.region_name, lang)
    source = OwnSource(
        key=SOURCE,
        title=called % {"region": region},
        language=language,
        publisher=f"Lanzarote · {region}",
        url=url or None,
        kind="organisation",
    )
    return source, {lang: note % {"region": region}}


def derived_of(transfer: Transfer, transfer_id: str) -> Derived:
    said = transfer.origin
    return Derived(
        region=said.region,
        region_name=said.region_name,
        record=said.record,
        version=said.version,
        through=transfer_id,
    )


def sectors_here(keys: tuple[str, ...], transfer: Transfer, here: Vocabulary) -> tuple[str, ...]:
    """The sectors here that answer to these of the origin."""
    matched = {one.origin: one.here for one in transfer.sectors}
    found = (name for key in keys for name in matched.get(key, ()))
    return tuple(dict.fromkeys(here.present_key("sector", name) for name in found))


def _partners(origin: Origin, transfer: Transfer, here: Vocabulary) -> list[Partner]:
    """Sectors that take part, each with the side it is on here; who it is, people here say."""
    found: dict[str, None] = {}
    for partner in origin.practice.partners:
        known = sectors_named(origin, partner.organisation, partner.sector)
        found |= dict.fromkeys(sectors_here(known, transfer, here))
    return [Partner(sector=name, side=here.sectors[name].side) for name in found if name in here.sectors]


def _texts(texts: SheetText) -> Mapping[str, str]:
    return {name: text for name in SheetText.__struct_fields__ if (text := getattr(texts, name))}


def _name(texts: Text, lang: str) -> str:
    return texts.get(lang) or next(iter(texts.values()))
