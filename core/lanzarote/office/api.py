"""API resources of the central office: the figures of all regions, for programs."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from lanzarote.errors import NotFound
from lanzarote.facts.convention import common_sectors
from lanzarote.office import by_region, opening, releases, service
from lanzarote.office.by_region import Kind
from lanzarote.office.model import Basis, Opening
from lanzarote.office.opening import NO_PILOT, NotOpened
from lanzarote.records.changelog import INSTANCE
from lanzarote.records.records import encode, now
from lanzarote.records.validation import Fault, Faulty
from lanzarote.results.sending_api import is_office, require_office
from lanzarote.types import Text
from lanzarote.web.changing import Sent, change, done_whole
from lanzarote.web.problems import Refused
from lanzarote.web.resources import CURSOR, KEY, LIMIT, Answer, Asked, Listed, Parameter, resource

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.office.opening import Known


FIGURES: Final[Any] = {"tag": "Office", "bounded": False, "there": is_office}
MOST = 20
"""So many regions stand in one answer of a matrix."""


def _known(instance: Instance, region_id: str | None) -> tuple[str, ...]:
    del region_id
    return tuple(instance.headers())


REGIONS = Parameter(
    name="region",
    told="Ids of the regions to tell of; without it those that come first by their ids.",
    pattern=KEY,
    many="repeated",
    known=_known,
)
ONE_REGION = Parameter(name="region", told="Id of a region; without it all together.", pattern=KEY, known=_known)
DAY = Parameter(
    name="day",
    told="The day of the release.",
    pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    shortest=10,
    longest=10,
    sample=lambda instance, _: next((one.day.isoformat() for one in releases.all_releases(instance.database)), None),
)
PART = (CURSOR, LIMIT)


class OfficeRegion(Struct, frozen=True, kw_only=True):
    """A region, and what of it is here."""

    id: str
    name: Text
    territory: str
    """ISO 3166-1 or 3166-2."""
    home: bool
    """It is written here; otherwise its results are received."""
    since: datetime
    received_at: datetime | None
    practices: int
    stakeholders: int
    """That take part and agreed to be named to the office."""
    improvements: int
    procedures: int
    pilots: int
    indicators: int


class OfficeRegionList(Listed[OfficeRegion], frozen=True, kw_only=True):
    pass


class OfficeCell(Struct, frozen=True, kw_only=True):
    """What is documented of an article. *Unknown*: nobody looked; *none*: a body looked, and found nothing."""

    region: str
    state: Kind
    practices: int
    provisions: int


class OfficeCoverage(Struct, frozen=True, kw_only=True):
    """An article of the Convention. What is documented is no assessment of compliance."""

    article: int
    regions: tuple[OfficeCell, ...]


class OfficeCoverageList(Listed[OfficeCoverage], frozen=True, kw_only=True):
    pass


class OfficeSectors(Struct, frozen=True, kw_only=True):
    """Practices of a region by common sector: each counts once for every sector that it concerns, and once in all."""

    region: str
    practices: int
    common: dict[str, int]


class OfficeSectorsList(Listed[OfficeSectors], frozen=True, kw_only=True):
    pass


class OfficePartners(Struct, frozen=True, kw_only=True):
    """A common sector: in how many practices it has a partner, and in how many of them each other one has too."""

    sector: str
    practices: int
    together: dict[str, int]


class OfficePartnersList(Listed[OfficePartners], frozen=True, kw_only=True):
    pass


class OfficeFigure(Struct, frozen=True, kw_only=True):
    """How often something counts in all regions together."""

    measure: str
    a: str
    b: str
    n: int


class OfficeFigureList(Listed[OfficeFigure], frozen=True, kw_only=True):
    pass


class OfficeReleaseItem(Struct, frozen=True, kw_only=True):
    """Figures that were frozen."""

    day: date
    frozen_at: datetime
    digest: str
    """SHA-256 of what was frozen."""
    regions: int


class OfficeReleaseList(Listed[OfficeReleaseItem], frozen=True, kw_only=True):
    pass


class OfficeReleaseDocument(OfficeReleaseItem, frozen=True, kw_only=True):
    """A release whole: from what it was counted, and every number."""

    heads: tuple[releases.Head, ...]
    figures: tuple[tuple[str, str, str, str, int], ...]
    """Region, measure, of what, and, number."""


@resource("/office/regions", query=PART, answers=OfficeRegionList, **FIGURES)
def list_office_regions(asked: Asked) -> Answer:
    """Regions that are here, and how much of them."""
    require_office(asked.instance)
    regions = service.regions_here(asked.instance)

    def tell(some: Any) -> list[OfficeRegion]:
        measures = ("practice", "stakeholder", "improvement", "procedure", "pilot", "indicator")
        ids = [one.id for one in some]
        figures = service.figures(asked.instance.database, ids, measures) if ids else service.Figures({})
        return [
            OfficeRegion(
                id=one.id,
                name=one.header.name,
                territory=one.header.territory,
                home=one.home,
                since=one.since,
                received_at=one.received_at,
                **{f"{measure}s": figures.all_of(measure, one.id) for measure in measures},
            )
            for one in some
        ]

    return asked.part(regions, tell)


@resource("/office/coverage", query=(REGIONS, *PART), answers=OfficeCoverageList, **FIGURES)
def list_office_coverage(asked: Asked) -> Answer:
    """Documented coverage: each article of the Convention in each region.

    It says what is documented, and is no assessment of compliance.
    """
    regions, figures = _some(asked, by_region.COVERAGE)
    rows = by_region.coverage(figures, now().date())

    def tell(some: Any) -> list[OfficeCoverage]:
        return [
            OfficeCoverage(
                article=row.article,
                regions=tuple(_cell(one, row.cell(one)) for one in regions),
            )
            for row in some
        ]

    return asked.part(rows, tell)


@resource("/office/sectors", query=(REGIONS, *PART), answers=OfficeSectorsList, **FIGURES)
def list_office_sectors(asked: Asked) -> Answer:
    """Practices of each region by common sector."""
    regions, figures = _some(asked, by_region.SECTORS)
    keys = [one.key for one in common_sectors()]
    return asked.part(
        [
            OfficeSectors(region=row.region, practices=row.practices, common=dict(zip(keys, row.counts, strict=True)))
            for row in by_region.sectors(figures, regions)
        ]
    )


@resource("/office/co-operation", query=(ONE_REGION, *PART), answers=OfficePartnersList, **FIGURES)
def list_office_co_operation(asked: Asked) -> Answer:
    """In how many practices common sectors have partners together; it counts documents, not co-operation."""
    require_office(asked.instance)
    region = asked.one("region")
    if region:
        _require_here(asked, (region,))
        figures = service.figures(asked.instance.database, [region], by_region.CO_OPERATION)
    else:
        figures = service.as_figures(service.totals(asked.instance))
    keys = [one.key for one in common_sectors()]
    return asked.part(
        [
            OfficePartners(
                sector=row.sector,
                practices=row.practices,
                together={key: n for key, n in zip(keys, row.counts, strict=True) if key != row.sector},
            )
            for row in by_region.co_operation(figures)
        ]
    )


@resource("/office/figures", query=PART, answers=OfficeFigureList, **FIGURES)
def list_office_figures(asked: Asked) -> Answer:
    """Every number of all regions together."""
    require_office(asked.instance)
    numbers = sorted((line, n) for line, n in service.totals(asked.instance).items() if n)
    return asked.part([OfficeFigure(measure=line[0], a=line[1], b=line[2], n=n) for line, n in numbers])


@resource("/office/releases", query=PART, answers=OfficeReleaseList, **FIGURES)
def list_office_releases(asked: Asked) -> Answer:
    """Releases of figures, the newest first."""
    require_office(asked.instance)
    told = releases.all_releases(asked.instance.database)
    return asked.part([OfficeReleaseItem(**_item(one)) for one in told])


@resource("/office/releases/{day}", names=(DAY,), answers=OfficeReleaseDocument, **FIGURES)
def get_office_release(asked: Asked) -> Answer:
    """One release, with the heads of the logs from which it can be counted again."""
    require_office(asked.instance)
    told = releases.release_of(asked.instance.database, asked["day"])
    document = OfficeReleaseDocument(**_item(told), heads=told.frozen.heads, figures=told.frozen.figures)
    return Answer(encode(document))


def _item(told: releases.Told) -> dict[str, Any]:
    return {"day": told.day, "frozen_at": told.at, "digest": told.digest, "regions": len(told.frozen.heads)}


def _some(asked: Asked, measures: tuple[str, ...]) -> tuple[tuple[str, ...], service.Figures]:
    """The regions that are asked for, and their figures."""
    require_office(asked.instance)
    regions = asked.many("region") or tuple(asked.instance.headers())[:MOST]
    _require_here(asked, regions)
    figures = service.figures(asked.instance.database, regions, measures) if regions else service.Figures({})
    return regions, figures


def _require_here(asked: Asked, regions: tuple[str, ...]) -> None:
    for region_id in regions:
        asked.instance.header(region_id)


def _cell(region_id: str, cell: by_region.Covered) -> OfficeCell:
    return OfficeCell(region=region_id, state=cell.kind, practices=cell.practices, provisions=cell.provisions)


# --- API resources of the office: on what each region rests that is written or enrolled here ---

OPENING_TAG: Final = "Opening the method"
PLACE: Final = "/office/openings"
ONE: Final = PLACE + "/{opened}"
OPENED: Final = Parameter(name="opened", told="Id of the region that is spoken of.", pattern=KEY)
OURS: Final[Any] = {"tag": OPENING_TAG, "may": "results.receive", "there": is_office}
NOT_KNOWN: Final = "No such region is here, nor enrolled."


class OpeningItem(Struct, frozen=True, kw_only=True):
    """A region that is written or enrolled here, and what it rests on."""

    region: str
    name: Text
    basis: Basis | None
    """``pilot``: it is a pilot itself; ``opened``: after that of another region; null: nobody has said yet."""
    after: str
    """The region after whose pilot it was opened; empty: after none."""
    decided_on: date | None
    evaluation: str
    """Id of the evaluation in which that was decided."""
    version: int
    """Of that evaluation; 0: there is none."""
    changed: bool
    """The decision was withdrawn since, or is no longer to extend. Nothing is taken from the region because of it."""
    said_at: datetime | None


class OpeningList(Listed[OpeningItem], frozen=True, kw_only=True):
    pass


class Said(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a region rests on."""

    basis: Basis
    after: Annotated[str, Meta(max_length=64)] = ""
    """With ``opened``: the region whose pilot is judged, and is to be extended."""


@resource(PLACE, query=(CURSOR, LIMIT), answers=OpeningList, **OURS)
def list_openings(asked: Asked) -> Answer:
    """Regions that are written or enrolled here, with what each rests on."""
    instance = asked.instance
    require_office(instance)
    said = opening.openings(instance.database)
    return asked.part(
        opening.regions_known(instance.database),
        lambda some: [_opening_item(instance, one, said.get(one.id)) for one in some],
    )


@resource(ONE, names=(OPENED,), answers=OpeningItem, **OURS)
def get_opening(asked: Asked) -> Answer:
    """What one region rests on. Its ETag is what saying otherwise takes in If-Match."""
    require_office(asked.instance)
    row = opening.opening_of(asked.instance.database, asked["opened"])
    return Answer(msgspec.json.encode(_opening_item(asked.instance, _opened(asked), row)))


@change("PUT", ONE, names=(OPENED,), body=Said, match=True, answers=OpeningItem, may_be_gone=False, **OURS)
def say_opening(sent: Sent, body: Said) -> Answer:
    """Say on what a region rests.

    That it is opened after the pilot of another one is taken only while the public reads there that this pilot is to be
    extended; otherwise the answer is 409, and says what was decided.
    """
    instance = sent.instance
    require_office(instance)
    if body.basis == "opened" and not body.after:
        raise Faulty([Fault(field="after", text=NO_PILOT)])
    one, headers = _opened(sent), instance.headers()

    def do(session: Session) -> Answer:
        sent.require_whole(_opening_item(instance, one, session.get(Opening, one.id)))
        by = sent.actor.account_id
        row = opening.write_down(session, headers, one.id, body.basis, after=body.after, by=by, at=sent.at)
        return done_whole(_opening_item(instance, one, row))

    try:
        return sent.once(do, scope=[INSTANCE, one.id, *([body.after] if body.after in headers else [])])
    except NotOpened as error:
        raise Refused(409, "not-now", str(error)) from None


def _opened(asked: Asked) -> Known:
    """Raises NotFound."""
    found = next((one for one in opening.regions_known(asked.instance.database) if one.id == asked["opened"]), None)
    if found is None:
        raise NotFound(NOT_KNOWN)
    return found


def _opening_item(instance: Instance, one: Known, row: Opening | None) -> OpeningItem:
    return OpeningItem(
        region=one.id,
        name=one.name,
        basis=row.basis if row else None,  # type: ignore[arg-type]
        after=row.after_region if row else "",
        decided_on=row.decided_on if row else None,
        evaluation=row.evaluation if row else "",
        version=row.version if row else 0,
        changed=opening.has_changed(instance, row) if row else False,
        said_at=row.at if row else None,
    )
