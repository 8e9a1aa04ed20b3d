"""What a released result counts for: each document of the log, turned into lines of the account.

A line is (measure, a, b), with how often it counts. No line holds any text that somebody wrote.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from lanzarote.evaluation.documents import EvaluationDocument
from lanzarote.facts.convention import Reference
from lanzarote.improvements.documents import ImprovementDocument
from lanzarote.office.model import SECTOR, SECTOR_SIDE
from lanzarote.practices.documents import PracticeRelease
from lanzarote.practices.model import settled
from lanzarote.procedures.documents import ProcedureDocument
from lanzarote.regions.vocabulary import VocabularyRelease
from lanzarote.stakeholders.documents import StakeholderRelease
from lanzarote.territory.cooperation import taking_part
from lanzarote.types import CoverageStatement, Provision, Sector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Line = tuple[str, str, str]
Lines = Counter[Line]


class Sectors(Struct, frozen=True, kw_only=True):
    """What the sectors of a region are, as its log last said."""

    common: Mapping[str, Sequence[str]] = {}
    """Key, or former key, → common sectors."""
    sides: Mapping[str, str] = {}

    def commons(self, keys: Iterable[str]) -> list[str]:
        return sorted({common for key in keys for common in self.common.get(key, ())})


def lines_of(kind: str, body: bytes, sectors: Sectors) -> Lines:
    """What a result of this *kind* counts for."""
    decoder, tell = _TELL[kind]
    return Counter(tell(decoder.decode(body), sectors))


def _practice(said: PracticeRelease, sectors: Sectors) -> Iterator[Line]:
    practice, status = said.practice, said.status
    yield "practice", "", ""
    for common in sectors.commons(practice.sectors):
        yield "common", common, ""
    for article in {reference.partition(".")[0] for reference in practice.convention}:
        yield "article", article, ""
    for reference in set(practice.convention):
        yield "paragraph", reference, ""
    for domain in set(practice.domains):
        yield "domain", domain, ""
    for target in set(practice.target_groups):
        yield "target", target, ""
    yield "standing", settled(status).standing, ""
    yield "running", practice.running, ""
    yield "begun", (practice.started or "")[:4], status.strength
    yield "banks", _banks(said, sectors), ""
    yield from _co_operation(said, sectors)


def _banks(said: PracticeRelease, sectors: Sectors) -> str:
    """Which of the two banks a partner of it stands on."""
    sides = set()
    for partner in said.practice.partners:
        cited = said.organisations.get(partner.organisation or "")
        sides.add(cited.side if cited else partner.side or sectors.sides.get(partner.sector or ""))
    banks = sides & {"public", "civil-society"}
    return "both" if len(banks) == 2 else next(iter(banks)) if banks else "neither"  # type: ignore[return-value]


def _co_operation(said: PracticeRelease, sectors: Sectors) -> Iterator[Line]:
    """Common sectors that have a partner in it, alone and two and two."""
    partners = taking_part(said.practice.partners, {name: one.sectors for name, one in said.organisations.items()})
    commons = sectors.commons(partners)
    for common in commons:
        yield "partner", common, ""
    for a, b in combinations(commons, 2):
        yield "pair", a, b


def _stakeholder(said: StakeholderRelease, sectors: Sectors) -> Iterator[Line]:
    yield "stakeholder", said.organisation.side, ""
    for common in sectors.commons(said.organisation.sectors):
        yield "stakeholder-common", common, ""


def _improvement(said: ImprovementDocument, sectors: Sectors) -> Iterator[Line]:
    yield "improvement", said.state, ""
    for common in sectors.commons(said.improvement.sectors):
        yield "improvement-common", common, ""
    for action in said.actions:
        yield "action", action.progress, ""


def _procedure(said: ProcedureDocument, sectors: Sectors) -> Iterator[Line]:
    del sectors
    yield "procedure", said.state, said.nature
    for party in said.parties:
        yield "party", "", ""
        if party.endorsed and not party.retracted:
            yield "endorsed", "", ""
        if party.applied and not party.ceased:
            yield "applied", "", ""


def _evaluation(said: EvaluationDocument, sectors: Sectors) -> Iterator[Line]:
    del sectors
    if said.state == "decided":  # one that was superseded is told of by the one that took its place
        yield "pilot", said.decision.outcome if said.decision else "", ""


def _indicator(said: _Counted, sectors: Sectors) -> Iterator[Line]:
    del sectors
    yield "indicator", said.counts, ""


class _Counted(Struct, frozen=True):
    counts: str


# What a region says of its sectors, its law and its coverage


def _vocabulary(said: VocabularyRelease, sectors: Sectors) -> Iterator[Line]:
    del sectors
    tell = _TERMS.get(said.vocabulary)
    former: set[str] = set()
    for term in said.entries if tell else ():
        if term.key not in former:
            value, found = tell(term.key, bytes(term.body), term.retired)  # type: ignore[misc]
            former.update(getattr(value, "former", ()))
            yield from found


def _sector(key: str, body: bytes, retired: bool) -> tuple[Any, list[Line]]:
    del retired  # a record that names one still means it
    sector = msgspec.json.decode(body, type=Sector)
    names = (key, *sector.former)
    found = [(SECTOR, name, common) for name in names for common in dict.fromkeys(sector.common)]
    return sector, [*found, *((SECTOR_SIDE, name, sector.side) for name in names)]


def _provision(key: str, body: bytes, retired: bool) -> tuple[Any, list[Line]]:
    """Between which days which article has it as evidence: the account does not change with the day."""
    del key, retired  # as the region's own page counts it
    provision = msgspec.json.decode(body, type=Provision)
    versions = provision.versions
    ends = [after.since - timedelta(days=1) if after.since else None for _, after in pairwise(versions)]
    found = []
    for number, (version, replaced) in enumerate(zip(versions, [*ends, None], strict=True)):
        since = version.since.isoformat() if version.since and number else ""
        until = min((day for day in (version.until, replaced) if day), default=None)
        days = f"{since}/{until.isoformat() if until else ''}"
        articles = {str(Reference.parse(link.ref).article) for link in version.convention}
        found += [("provision", article, days) for article in sorted(articles)]
    return provision, found


def _coverage(key: str, body: bytes, retired: bool) -> tuple[Any, list[Line]]:
    statement = msgspec.json.decode(body, type=CoverageStatement)
    return statement, [] if retired else [("stated", key, statement.state)]


_TERMS: Final[Mapping[str, Callable[[str, bytes, bool], tuple[Any, list[Line]]]]] = {
    "sector": _sector,
    "provision": _provision,
    "coverage": _coverage,
}
_TELL: Final[Mapping[str, tuple[msgspec.json.Decoder[Any], Callable[[Any, Sectors], Iterator[Line]]]]] = {
    "practice": (msgspec.json.Decoder(PracticeRelease), _practice),
    "stakeholder": (msgspec.json.Decoder(StakeholderRelease), _stakeholder),
    "improvement": (msgspec.json.Decoder(ImprovementDocument), _improvement),
    "procedure": (msgspec.json.Decoder(ProcedureDocument), _procedure),
    "evaluation": (msgspec.json.Decoder(EvaluationDocument), _evaluation),
    "indicator": (msgspec.json.Decoder(_Counted), _indicator),
    "vocabulary": (msgspec.json.Decoder(VocabularyRelease), _vocabulary),
}
COUNTED: Final = frozenset(_TELL)
"""Kinds of results that count for something."""
OF_SECTORS: Final = frozenset({"practice", "stakeholder", "improvement"})
"""Kinds of results of which sectors are counted: they count anew when the region's sectors change."""
