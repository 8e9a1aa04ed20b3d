"""Practices, as everything knows them that is made of all kinds of records."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from lanzarote.practices import documents
from lanzarote.practices.documents import PracticeRelease, taking_part, unfit_origin
from lanzarote.practices.model import KIND, PracticeStatus, settled
from lanzarote.practices.review_model import HolderWord, HolderWordRow
from lanzarote.records.kinds import Beside, Followed, RecordKind, Released
from lanzarote.translation import N_
from lanzarote.types import Practice, PracticeSheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from lanzarote.records.kinds import Counted, Faults, Sectors


def _without_original(said: PracticeSheet, _: date) -> Faults:
    if said.original not in said.text:
        yield "text", f"has no text in {said.original!r}, its original language"


def _unfit(said: PracticeRelease, _: datetime) -> Iterator[str]:
    yield from unfit_origin("status.derived", said.status.derived)
    if others := said.organisations.keys() - documents.named_by(said.practice):
        yield f"tells of {min(others)}, which it does not name as a partner"


def _counts(said: PracticeRelease, sectors: Sectors) -> Counted:
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


def _co_operation(said: PracticeRelease, sectors: Sectors) -> Counted:
    """Common sectors that have a partner in it, alone and two and two."""
    partners = taking_part(said.practice.partners, {name: one.sectors for name, one in said.organisations.items()})
    commons = sectors.commons(partners)
    for common in commons:
        yield "partner", common, ""
    for a, b in combinations(commons, 2):
        yield "pair", a, b


PRACTICE: Final = RecordKind(
    name=KIND,
    body=Practice,
    draft=PracticeSheet,
    status=PracticeStatus,
    room="practices",
    place="practices",
    public="practices",
    label=N_("Practice"),
    one=N_("a practice"),
    plural=N_("Practices"),
    verbs={
        "assess": N_("asked reviewers about it"),
        "ask": N_("asked more reviewers about it"),
        "release": N_("withdrew or declined a request to assess"),
        "give": N_("submitted an assessment"),
        "decide": N_("recorded the team’s decision on it"),
        "ask-holder": N_("asked an organisation to confirm it"),
        "holder-confirmed": N_("recorded that an organisation confirms it"),
        "holder-wrong": N_("recorded that an organisation finds something wrong in it"),
        "holder-refused": N_("recorded that an organisation refuses to confirm it"),
    },
    read="practice.read",
    written="lanzarote.practices.kind:PRACTICES",
    unfit=_without_original,
    withdraw="practice.withdraw",
    beside=(Beside(table=HolderWord, row=HolderWordRow, texts=("remark", "document")),),
    checked="check_practice",
    followed=Followed(
        news={
            "publish": N_("published, or a new version of it"),
            "withdraw": N_("withdrawn"),
            "erase": N_("erased"),
        }
    ),
    released=Released(
        make=documents.released,
        document=PracticeRelease,
        content="practice",
        unfit=_unfit,
        counts=_counts,
        measure="practice",
        by_sector=True,
        when_published=True,
        fields={
            "agreement": N_("Agreement of the holder"),
            "agreement_on": N_("Day of that agreement"),
            "assessed_on": N_("Assessed on"),
            "grid": N_("Version of the grid"),
            "held_back": N_("Held back"),
            "organisations": N_("Organisations"),
            "standing": N_("Status"),
            "status": N_("What was decided about it"),
            "strength": N_("Strength of the evidence"),
            "vouching": N_("Who vouches"),
            "withdrawn": N_("Withdrawn"),
        },
    ),
)
