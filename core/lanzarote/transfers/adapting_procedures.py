"""The draft of a procedure as it would be here: the origin's steps and texts, this region's sectors and provisions.

Nothing that is true of the origin alone goes with it: no body, no endorsement, no day, no meeting. Whatever has no
counterpart is left open, and whoever writes the draft is told so before it can be proposed to its parties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote.transfers.adapting import sectors_here, source_of
from lanzarote.transfers.mapping import is_kept, sectors_named
from lanzarote.translation import N_
from lanzarote.types import Passing, Procedure, ProcedureParty, ProcedureText

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.transfers.origin import Origin
    from lanzarote.types import Measure, ProcedureStep, Transfer

ITS_OWN: Final = ("governance", "limits")
"""Texts that tell who keeps it there, and what it leaves open there: they are asked about."""
SOURCE_TITLE: Final = N_("A procedure of another place: %(region)s")
MOST_PARTIES: Final = 40


def procedure_of(
    origin: Origin, transfer: Transfer, here: Vocabulary, *, said: Callable[[str], tuple[str, str]], url: str
) -> Procedure:
    """The draft; *said*: a message in a language of the region, with that language; *url*: where the origin is read."""
    there, mapped = origin.procedure, _Mapped(origin, transfer, here)
    source = source_of(transfer, said, url, SOURCE_TITLE)
    return Procedure(
        original=there.original,
        text={code: _without_its_own(text) for code, text in there.text.items()},
        stale=there.stale,
        parties=tuple(mapped.parties())[:MOST_PARTIES],
        steps=tuple(mapped.step(one) for one in there.steps),
        measures=tuple(mapped.measures()),
        review_months=there.review_months,
        legal_basis=tuple(dict.fromkeys(key for one in there.legal_basis for key in mapped.bases(one))),
        convention=there.convention,
        own_sources=(source,),
    )


class _Mapped:
    """What answers here to what one procedure names."""

    def __init__(self, origin: Origin, transfer: Transfer, here: Vocabulary) -> None:
        self.origin, self.transfer, self.here = origin, transfer, here
        self.provisions = {one.origin: one.here for one in transfer.provisions}

    def sectors(self, organisation: str | None, sector: str | None) -> tuple[str, ...]:
        found = sectors_here(sectors_named(self.origin, organisation, sector), self.transfer, self.here)
        return tuple(name for name in found if name in self.here.sectors)

    def sector(self, organisation: str | None, sector: str | None) -> str | None:
        """The lane here; of several that answer, the first: who it is, people here say."""
        return next(iter(self.sectors(organisation, sector)), None)

    def bases(self, key: str | None) -> tuple[str, ...]:
        present = self.origin.vocabulary.present_key("provision", key) if key else ""
        names = (self.here.present_key("provision", name) for name in self.provisions.get(present, ()))
        return tuple(name for name in names if name in self.here.provisions)

    def parties(self) -> Iterator[ProcedureParty]:
        found: dict[str, None] = {}
        for one in self.origin.procedure.parties:
            found |= dict.fromkeys(self.sectors(one.organisation, one.sector))
        for name in found:
            yield ProcedureParty(sector=name, side=self.here.sectors[name].side)

    def step(self, one: ProcedureStep) -> ProcedureStep:
        return msgspec.structs.replace(
            one,
            organisation=None,
            sector=self.sector(one.organisation, one.sector),
            passes=tuple(self.passing(each) for each in one.passes),
        )

    def passing(self, one: Passing) -> Passing:
        """A basis in words is one of the law there: it stays behind."""
        return Passing(
            what=one.what,
            sector=self.sector(one.organisation, one.sector),
            confidential=one.confidential,
            basis=next(iter(self.bases(one.basis)), None),
        )

    def measures(self) -> Iterator[Measure]:
        answered = {one.origin for one in self.transfer.sectors if one.here}
        for one in self.origin.procedure.measures:
            if is_kept(self.origin, one, answered):
                sector = self.sector(one.organisation, one.sector)
                yield msgspec.structs.replace(one, organisation=None, sector=sector)


def _without_its_own(text: ProcedureText) -> ProcedureText:
    return msgspec.structs.replace(text, **dict.fromkeys(ITS_OWN))
