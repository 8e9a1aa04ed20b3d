"""Results made up for tests, as a region's change log tells them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import msgspec
from lanzarote.evaluation.documents import (
    EvaluationDocument,
    IndicatorPoint,
    IndicatorRelease,
    IndicatorWords,
    PilotDecisionDocument,
)
from lanzarote.improvements.documents import ActionDocument, ImprovementDocument, ImprovementFacts
from lanzarote.practices.documents import CitedOrganisation, PracticeRelease
from lanzarote.practices.model import PracticeStatus
from lanzarote.procedures.documents import PartyStand, ProcedureDocument, ProcedureFacts, Word
from lanzarote.records import changelog
from lanzarote.records.changelog import Saved, Served
from lanzarote.records.records import encode
from lanzarote.regions.vocabulary import ReleasedTerm, VocabularyRelease
from lanzarote.stakeholders.documents import StakeholderRelease
from lanzarote.types import (
    ConventionLink,
    CoverageStatement,
    Organisation,
    Partner,
    Practice,
    PracticeText,
    Provision,
    ProvisionVersion,
    RegionHeader,
    Sector,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.store.database import Database

AT = datetime(2031, 1, 1, 9, tzinfo=UTC)
SECTORS = {
    "courts": (("judicial",), "public"),
    "schools": (("education", "health"), "public"),
    "ngos": (("civil-society",), "civil-society"),
}
OTHER_SECTORS = {"courts": (("judicial", "government"), "public"), "ngos": (("civil-society",), "mixed")}


def header(region_id: str, territory: str = "FR-75", **more: Any) -> RegionHeader:
    names = {"en": region_id.capitalize(), "fr": f"{region_id.capitalize()} (fr)"}
    return RegionHeader(
        format=1,
        requires_api=">=1,<2",
        id=region_id,
        territory=territory,
        name=names,
        languages=("fr", "en"),
        time_zone="Europe/Paris",
        **more,
    )


def add_region(database: Database, region_id: str, territory: str = "FR-75", *, home: bool = True) -> None:
    """A region with nothing in it yet."""
    with database.write(region_id) as session:
        session.add(
            Served(
                id=region_id,
                enabled=True,
                package="",
                package_version="",
                facts=encode(header(region_id, territory)),
                facts_digest="",
                home=home,
                revision=0,
                epoch=1,
                added_at=AT,
            )
        )
        session.flush()


def told(kind: str, record_id: str, said: Any, verb: str = "publish") -> Saved:
    """An entry of a log."""
    body = encode(said) if said is not None else b""
    return Saved(region_id="", kind=kind, record_id=record_id, verb=verb, version=1, at=AT, body=body)


def tell(database: Database, region_id: str, entries: Sequence[Saved]) -> None:
    """Give the region's log these entries; what is erased, forgotten or replaced loses its bodies."""
    with database.write(region_id) as session:
        for one in entries:
            if one.verb in ("erase", "forget", "replace"):
                changelog.forget_bodies(session, [one.record_id])
        changelog._write_changes(session, region_id, [_in(region_id, one) for one in entries])
        changelog.bump_revision(session, region_id)


def begin(database: Database, region_id: str, entries: Sequence[Saved]) -> None:
    """Begin the region's log anew with these entries."""
    with database.write(region_id) as session:
        changelog.open_epoch(session, region_id, [_in(region_id, one) for one in entries], by="test", at=AT)


def _in(region_id: str, one: Saved) -> Saved:
    return msgspec.structs.replace(one, region_id=region_id)


# Results


def sectors(known: Mapping[str, tuple[Sequence[str], str]] = SECTORS, former: str = "") -> VocabularyRelease:
    return _terms(
        "sector",
        {
            key: Sector(
                name={"en": key},
                common=tuple(common),
                side=side,  # type: ignore[arg-type]
                former=(former,) if former and key == "courts" else (),
            )
            for key, (common, side) in known.items()
        },
    )


def provisions(*articles: str, until: date | None = None) -> VocabularyRelease:
    return _terms(
        "provision",
        {
            f"p{number}": Provision(
                number="1",
                versions=(ProvisionVersion(title={"en": "x"}, until=until, convention=(ConventionLink(ref=article),)),),
            )
            for number, article in enumerate(articles)
        },
    )


def reworded(*versions: tuple[date | None, date | None, str]) -> VocabularyRelease:
    """One provision, each of whose wordings is in force from a day, until a day, and answers to an article."""
    wordings = tuple(
        ProvisionVersion(since=since, until=until, title={"en": "x"}, convention=(ConventionLink(ref=article),))
        for since, until, article in versions
    )
    return _terms("provision", {"reworded": Provision(number="1", versions=wordings)})


def coverage(**states: Any) -> VocabularyRelease:
    return _terms(
        "coverage",
        {
            key.removeprefix("a").replace("_", "."): CoverageStatement(
                state=state, reviewer="The Observatory", date=date(2030, 5, 1), reason={"en": "Looked for."}, sources=()
            )
            for key, state in states.items()
        },
    )


def _terms(vocabulary: str, entries: Mapping[str, Any]) -> VocabularyRelease:
    return VocabularyRelease(
        vocabulary=vocabulary,
        entries=tuple(
            ReleasedTerm(key=key, retired=False, body=msgspec.Raw(encode(one))) for key, one in entries.items()
        ),
    )


def practice(
    sectors: Sequence[str] = ("courts",),
    partners: Sequence[str] = (),
    *,
    title: str = "A practice",
    slug: str = "practice",
    standing: Any = "documented",
    strength: Any = "not-assessed",
    **more: Any,
) -> PracticeRelease:
    """*partners*: sectors, each with an organisation of its own that is named."""
    texts = {"en": PracticeText(title=title, summary="What is done.")}
    said = Practice(
        original="en",
        text=texts,
        scope="regional",
        running="ongoing",
        sectors=tuple(sectors),
        partners=tuple(Partner(organisation=f"of-{one}") for one in partners),
        sources=(),
        **more,
    )
    sides: dict[str, Any] = {"ngos": "civil-society"}
    cited = {
        f"of-{one}": CitedOrganisation(
            name={"en": one},
            side=sides.get(one, "public"),
            sectors=(one,),
            scope="regional",
        )
        for one in partners
    }
    confirmed: dict[str, Any] = {"agreement": "given", "agreement_on": AT.date()} if standing == "declared" else {}
    status = PracticeStatus(standing=standing, strength=strength, **confirmed)
    return PracticeRelease(slug=slug, published_at=AT, practice=said, status=status, organisations=cited)


def stakeholder(sector: str = "courts", side: Any = "public") -> StakeholderRelease:
    organisation = Organisation(name={"en": "A body"}, sectors=(sector,), side=side, scope="regional", sources=())
    return StakeholderRelease(
        slug="body", key=None, names=(), organisation=organisation, since=None, mandate={"en": "Its mandate."}
    )


def improvement(
    state: Any = "adopted", progress: Sequence[Any] = (), sectors: Sequence[str] = ("courts",)
) -> ImprovementDocument:
    from lanzarote.improvements.documents import ImprovementWords
    from lanzarote.types import ImprovementText

    words = {
        name: getattr(ImprovementText(title="A way forward", proposal="Do it."), name, None)
        for name in ImprovementText.__struct_fields__
    }
    return ImprovementDocument(
        id="i",
        region="",
        slug="way-forward",
        version=1,
        state=state,
        published_at=AT,
        improvement=ImprovementFacts(
            original="en",
            text={"en": ImprovementWords(**words)},
            stale=(),
            sectors=tuple(sectors),
            practices=(),
            legal_basis=(),
            convention=(),
            sources=(),
            own_sources=(),
            verified=True,
            note={},
        ),
        decision=None,
        actions=tuple(
            ActionDocument(
                number=n, what="Something", language="en", stakeholder="x", due_on=date(2032, 1, 1), progress=one
            )
            for n, one in enumerate(progress, 1)
        ),
    )


def procedure(
    state: Any = "endorsed", endorsed: int = 2, parties: int = 3, applied: int = 0, ceased: int = 0, retracted: int = 0
) -> ProcedureDocument:
    """The first of its parties said all of this; *applied* and the like: how many did."""
    word = Word(day=date(2031, 1, 1), source="", spoken=True)
    return ProcedureDocument(
        id="p",
        region="",
        slug="procedure",
        key=None,
        version=1,
        updated_at=AT,
        state=state,
        nature="drafted",
        endorsed_on=None,
        due_on=None,
        superseded_by=None,
        procedure=ProcedureFacts(original="en", sources=()),
        parties=tuple(
            PartyStand(
                organisation=f"o{n}",
                id=f"o{n}",
                endorsed=word if n < endorsed else None,
                retracted=word if n < retracted else None,
                applied=word if n < applied else None,
                ceased=word if n < ceased else None,
            )
            for n in range(parties)
        ),
    )


def evaluation(outcome: Any = "extend", state: Any = "decided") -> EvaluationDocument:
    decision = PilotDecisionDocument(
        outcome=outcome, reason={}, conditions={}, on=date(2031, 1, 1), decided_by={}, meeting="", votes=None
    )
    return EvaluationDocument(
        id="e",
        region="",
        slug="pilot",
        version=1,
        state=state,
        published_at=AT,
        original="en",
        title={"en": "The pilot"},
        done={},
        method={},
        limits={},
        since=None,
        until=None,
        mandate=1,
        fixed_on=None,
        amended=(),
        criteria=(),
        judges=(),
        answers=(),
        decision=decision,
        indicators=(),
    )


def indicator(
    measure: str | None = None, counts: Any = "people", values: Sequence[float | None] = (10.0,), slug: str = "children"
) -> IndicatorRelease:
    """*values*: one for each year; None: it is hidden."""
    points = tuple(
        IndicatorPoint(
            value=value,
            hidden=value is None,
            rounded=counts == "people",
            period=str(2030 + n),
            source="",
            computed=bool(measure),
            corrected=False,
        )
        for n, value in enumerate(values)
    )
    words = IndicatorWords(title="What is measured", counted="Whom.", method="How.", unit=None, limits=None)
    return IndicatorRelease(
        id="n",
        region="",
        slug=slug,
        version=1,
        updated_at=AT,
        released_on=AT.date(),
        original="en",
        text={"en": words},
        stale=(),
        counts=counts,
        direction="more",
        rhythm="year",
        adds_up=not measure,
        measure=measure,
        ended_on=None,
        baseline=None,
        target=None,
        latest=points[-1] if points else None,
        points=points,
    )


def fill(database: Database) -> None:
    """Two regions of two States with results, and one that is new; one of them is received."""
    add_region(database, "paris", "FR-75")
    add_region(database, "napoli", "IT-62", home=False)
    add_region(database, "vilnius", "LT-57")
    tell(
        database,
        "paris",
        [
            told("vocabulary", "sector", sectors()),
            told("vocabulary", "provision", provisions("10.3", "10.1", "5")),
            told("vocabulary", "coverage", coverage(a16="none", a31="not-applicable")),
            told(
                "practice",
                _id(1),
                practice(
                    ["courts", "schools"],
                    ["courts", "ngos"],
                    title="The shared room",
                    slug="shared-room",
                    convention=("10.3", "14.1"),
                    domains=("protection",),
                    target_groups=("child-victims",),
                    started="2019-03",
                    strength="promising",
                    standing="assessed",
                ),
            ),
            told(
                "practice",
                _id(2),
                practice(
                    ["schools"],
                    ["schools"],
                    title="A word at school",
                    slug="word",
                    convention=("6",),
                    domains=("prevention",),
                    target_groups=("children",),
                    started="2022",
                ),
            ),
            told("stakeholder", _id(3), stakeholder()),
            told("improvement", _id(4), improvement("adopted", ["done", "under-way", "done"])),
            told("procedure", _id(5), procedure("endorsed", 3, 3)),
            told("evaluation", _id(6), evaluation("extend")),
        ],
    )
    tell(
        database,
        "napoli",
        [
            told("vocabulary", "sector", sectors()),
            told(
                "practice",
                _id(7),
                practice(
                    ["courts", "ngos"],
                    ["courts", "ngos"],
                    title="La stanza",
                    slug="stanza",
                    convention=("10.3",),
                    domains=("protection", "prosecution"),
                    target_groups=("child-victims", "families"),
                    started="2019",
                ),
            ),
            told("improvement", _id(8), improvement("not-adopted")),
        ],
    )


def _id(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"
