"""The draft of a practice or procedure as it would be here: the origin's texts, this region's sectors and provisions.

Nothing that is true of the origin alone goes with it: no organisation, figure, result, cost, endorsement or date. What
has no counterpart is left open; who writes the draft is told so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from lanzarote import guard
from lanzarote.kinds.contents import written_in
from lanzarote.kinds.organisations import nameable
from lanzarote.kinds.service import check
from lanzarote.practices import saving
from lanzarote.practices.kind import PRACTICES
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.procedures.kind import PROCEDURES
from lanzarote.procedures.rules import known_in
from lanzarote.records.save_checks import checks_for
from lanzarote.transfers import origin
from lanzarote.transfers.mapping import is_kept, sectors_named
from lanzarote.translation import N_
from lanzarote.types import (
    Derived,
    OwnSource,
    Partner,
    Passing,
    PracticeSheet,
    Procedure,
    ProcedureParty,
    ProcedureText,
    SheetText,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lanzarote.instance import Instance
    from lanzarote.kinds.service import Checked
    from lanzarote.records.permissions import Actor
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.transfers.model import TransferStatus
    from lanzarote.transfers.origin import Origin
    from lanzarote.types import Measure, ProcedureStep, Text, Transfer

SOURCE: Final = "origin"
"""Key of the source that the draft names."""
WHY_KEPT: Final = N_("Copied from the published practice of origin: %(region)s.")
WHY_KEPT_PROCEDURE: Final = N_("Copied from the endorsed procedure of origin: %(region)s.")


def draft(
    instance: Instance, region_id: str, transfer: Transfer, status: TransferStatus, by: Actor
) -> Checked[PracticeSheet] | Checked[Procedure]:
    """What would be here, ready to be saved. Raises NotThere, Identifying, Faulty, Objected."""
    said = transfer.origin
    origin.require_there(instance, said.region, said.record)
    here = instance.vocabulary(region_id)
    there = origin.read_origin(instance, said.region, said.record, max(said.version, status.seen), said.kind)
    language = here.header.languages[0]
    translated = instance.translations.translator(language, region_id).gettext

    def say(text: str) -> tuple[str, str]:
        words = translated(text)
        return str(words), getattr(words, "lang", language)

    organisations = nameable(instance, region_id)
    region = next(iter(said.region_name.values()))
    if said.kind == "procedure":
        text = procedure_of(there, transfer, here, said=say, url=said.url)
        texts = written_in(PROCEDURES.shapes, text)
        found = guard.check_texts(texts, identifiers=here.header.personal_identifiers)
        why = say(WHY_KEPT_PROCEDURE)[0] % {"region": region}
        given = {(one.field, one.code): why for one in found if not one.hard}
        return check(PROCEDURES, text, here, known_in(instance, region_id), reasons=given, by=by.account_id)
    sheet = sheet_of(there, transfer, here, said=say, url=said.url)
    reasons = {
        (one.field, one.code): say(WHY_KEPT)[0] % {"region": region}
        for one in guard.check_texts(written_in(PRACTICES.shapes, sheet), identifiers=here.header.personal_identifiers)
        if not one.hard
    }
    with instance.database.read(region_id) as session:
        checks = checks_for(instance, session, region_id, PRACTICE, None, by=by)
    return saving.checked(sheet, here, organisations, reasons=reasons, by=by.account_id, checks=checks)


# Of a practice

ITS_OWN: Final = ("results", "limits", "review", "participation")
"""Texts that tell of what was done and found there, or with whom."""
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


# Of a procedure

ASKED_ABOUT: Final = ("governance", "limits")
"""Texts that tell who keeps it there, and what it leaves open there."""
PROCEDURE_TITLE: Final = N_("A procedure of another place: %(region)s")
MOST_PARTIES: Final = 40


def procedure_of(
    origin: Origin, transfer: Transfer, here: Vocabulary, *, said: Callable[[str], tuple[str, str]], url: str
) -> Procedure:
    """The draft; *said*: a message in a language of the region, with that language; *url*: where the origin is read."""
    there, mapped = origin.procedure, _Mapped(origin, transfer, here)
    source = source_of(transfer, said, url, PROCEDURE_TITLE)
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
    return msgspec.structs.replace(text, **dict.fromkeys(ASKED_ABOUT))
