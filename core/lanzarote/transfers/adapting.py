"""The draft of a practice as it would be here: the origin's texts, this region's sectors and provisions.

Nothing that is true of the origin alone goes with it: no organisation, no figure, no result, no cost, no date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

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
MOST_PARTNERS: Final = 60


def sheet_of(
    origin: Origin, transfer: Transfer, here: Vocabulary, *, said: Callable[[str], tuple[str, str]], url: str
) -> PracticeSheet:
    """The draft; *said*: a message in a language of the region, with that language; *url*: where the origin is read."""
    practice = origin.practice
    source = source_of(transfer, said, url, SOURCE_TITLE)
    original, shared = languages_of(practice.original, tuple(practice.text), here)
    text = {
        code: SheetText(**{name: text for name, text in _texts(practice.text[code]).items() if name not in ITS_OWN})
        for code in shared
    }
    # A title that nobody has written in the language here yet: the name of the place is one in any.
    title = source.title if source.language == original else _name(transfer.origin.region_name, original)
    sheet = PracticeSheet(
        original=original,
        text=text or {original: SheetText(title=title)},
        stale=tuple(code for code in practice.stale if code in shared and code != original),
        scope=practice.scope,
        sectors=sectors_here(practice.sectors, transfer, here),
        partners=tuple(_partners(origin, transfer, here))[:MOST_PARTNERS],
        target_groups=practice.target_groups,
        domains=practice.domains,
        convention=practice.convention,
        legal_basis=tuple(dict.fromkeys(key for one in transfer.provisions for key in one.here)),
        own_sources=(source,),
    )
    carried = [name for name in sheet.filled if name in SheetText.__struct_fields__]
    return msgspec.structs.replace(
        sheet,
        field_sources=dict.fromkeys(carried, (SOURCE,)),
        editorial=tuple(name for name in carried if name in practice.editorial),
    )


def languages_of(original: str, written: tuple[str, ...], here: Vocabulary) -> tuple[str, tuple[str, ...]]:
    """The original language of the draft, and the languages of the origin's texts that it keeps.

    Only languages of the region here: nobody is asked for texts in those of the origin, which stand beside the draft.
    """
    spoken = here.header.languages
    shared = tuple(code for code in written if code in spoken)
    if original in shared:
        return original, shared
    return next((code for code in spoken if code in shared), spoken[0]), shared


def source_of(transfer: Transfer, said: Callable[[str], tuple[str, str]], url: str, title: str) -> OwnSource:
    """The source that a draft names.

    It is not called as it is called there: that would stay here when the origin is erased.
    """
    called, language = said(title)
    region = _name(transfer.origin.region_name, language)
    return OwnSource(
        key=SOURCE,
        title=called % {"region": region},
        language=language,
        publisher=f"Lanzarote · {region}",
        url=url or None,
        kind="organisation",
    )


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
