"""A document is taken for what its entry says it is, and for nothing else; what was erased does not come again."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from lanzarote.composition import KINDS
from lanzarote.evaluation.documents import (
    IndicatorAim,
    IndicatorDocument,
    IndicatorPoint,
    IndicatorRelease,
    IndicatorStart,
    IndicatorWords,
)
from lanzarote.instance import Instance
from lanzarote.office import tallies
from lanzarote.practices.documents import CitedOrganisation
from lanzarote.practices.service import facets_of
from lanzarote.results.applying import documents
from lanzarote.results.fitting import OF_ITSELF
from lanzarote.results.model import Unfit
from lanzarote.types import Partner, PracticeText

from tests.core.office import logs
from tests.core.results.signing_region import AT, SigningRegion
from tests.core.transfers.travelling_received import transfer

ONE, OTHER = "01900000-0000-7000-8000-000000000001", "01900000-0000-7000-8000-000000000002"


def indicator() -> IndicatorRelease:
    return IndicatorRelease(
        id="",
        region="",
        slug="cases",
        version=1,
        updated_at=AT,
        released_on=None,
        original="en",
        text={},
        stale=(),
        counts="other",
        direction="neither",
        rhythm="year",
        adds_up=False,
        measure=None,
        ended_on=None,
        baseline=None,
        target=None,
        latest=None,
        points=(),
    )


MADE: dict[str, Any] = {
    "improvement": logs.improvement,
    "procedure": logs.procedure,
    "indicator": indicator,
    "evaluation": logs.evaluation,
    "transfer": transfer,
}


SAYS: dict[str, int] = {}
"""Kind → version of what is made of it, where that is not the first."""


@pytest.fixture
def azur(office: Instance) -> SigningRegion:
    region = SigningRegion(office)
    region.begin(("vocabulary", "sector", logs.sectors()))
    return region


def said(kind: str, **own: Any) -> Any:
    return msgspec.structs.replace(MADE[kind](), **({"id": ONE, "region": "azur"} | own))


def test_every_kind_that_says_what_it_is_of_is_looked_at() -> None:
    saying = {kind for kind, one in documents(KINDS).items() if set(OF_ITSELF) & set(one.__struct_fields__)}
    assert saying - {"region"} == set(MADE)


@pytest.mark.parametrize("kind", MADE)
def test_a_document_that_says_it_is_another_one_is_refused(azur: SigningRegion, kind: str) -> None:
    with pytest.raises(Unfit, match=f"{kind}.* says that its id is {OTHER}"):
        azur.send((kind, ONE, said(kind, id=OTHER)))
    with pytest.raises(Unfit, match=f"{kind}.* says that its region is paris"):
        azur.send((kind, ONE, said(kind, region="paris")))
    with pytest.raises(Unfit, match=f"{kind}.* says that its version is {SAYS.get(kind, 1)}, and the log 7"):
        azur.send((kind, ONE, said(kind), "publish", 7))
    assert azur.send((kind, ONE, said(kind), "publish", SAYS.get(kind, 1))).new == 1


def test_terms_under_the_name_of_others_are_refused(azur: SigningRegion) -> None:
    with pytest.raises(Unfit, match="says that it lists sector"):
        azur.send(("vocabulary", "coverage", logs.sectors()))


def test_a_version_that_one_of_the_databases_cannot_hold_is_refused_by_both(azur: SigningRegion) -> None:
    with pytest.raises(Unfit, match="has a number greater than 2,147,483,647"):
        azur.send(("improvement", ONE, said("improvement", version=2**31), "publish", 2**31))
    assert azur.send(("improvement", ONE, said("improvement", version=2**31 - 1), "publish", 2**31 - 1)).new == 1


def test_the_facts_of_another_region_are_refused(azur: SigningRegion) -> None:
    for record in ("azur", "paris"):
        with pytest.raises(Unfit, match="is paris"):
            azur.send(("region", record, logs.header("paris")))


def test_a_transfer_that_was_never_taken_up_is_refused(azur: SigningRegion) -> None:
    with pytest.raises(Unfit, match="does not say when it was taken up"):
        azur.send(("transfer", ONE, msgspec.structs.replace(said("transfer"), steps=())))


def test_a_practice_that_tells_of_an_organisation_that_is_no_partner_is_refused(azur: SigningRegion) -> None:
    cited = CitedOrganisation(name={"en": "The Ear"}, side="public", sectors=("health",), scope="local", verified=False)
    told = msgspec.structs.replace(logs.practice(), organisations={"ear": cited})
    with pytest.raises(Unfit, match="tells of ear, which it does not name"):
        azur.send(("practice", ONE, told))


def test_a_record_does_not_become_one_of_another_kind(azur: SigningRegion) -> None:
    azur.send(("practice", ONE, logs.practice()))
    for entry in (("transfer", ONE, None, "erase"), ("improvement", ONE, said("improvement"))):
        with pytest.raises(Unfit, match=f"{ONE}, which was a practice before"):
            azur.send(entry)
    with pytest.raises(Unfit, match="sector, which was a vocabulary before"):
        azur.send(("practice", "sector", logs.practice(slug="other")))


def test_what_was_erased_is_not_published_again(azur: SigningRegion) -> None:
    azur.send(("practice", ONE, logs.practice()))
    azur.send(("practice", ONE, None, "erase", 2))
    with pytest.raises(Unfit, match=f"tells of {ONE} again, which was erased"):
        azur.send(("practice", ONE, logs.practice(), "publish", 3))
    with pytest.raises(Unfit, match=f"tells of {OTHER} again, which was erased"):
        azur.send(
            ("practice", OTHER, logs.practice(slug="other")),
            ("practice", OTHER, None, "erase", 2),
            ("practice", OTHER, logs.practice(slug="other"), "publish", 3),
        )
    with pytest.raises(Unfit, match="which was erased"):  # with a new beginning neither
        azur.begin(("vocabulary", "sector", logs.sectors()), ("practice", ONE, logs.practice()))


@pytest.mark.parametrize("kind", ["practice", "stakeholder", *MADE])
def test_what_was_erased_comes_back_with_no_epoch_that_follows_an_older_entry(azur: SigningRegion, kind: str) -> None:
    """As of a region that restored a backup which knows nothing of the erasure: it has to erase it again."""
    others: dict[str, Any] = {"practice": logs.practice, "stakeholder": logs.stakeholder}
    told = said(kind) if kind in MADE else others[kind]()
    older = azur.at
    azur.send((kind, ONE, told))
    backup = azur.at
    azur.send((kind, ONE, None, "erase", 2))
    for at in (older, backup):
        azur.at = at
        with pytest.raises(Unfit, match=f"tells of {ONE} again, which was erased"):
            azur.begin(("vocabulary", "sector", logs.sectors()), (kind, ONE, told))
    for at in (backup, older):
        azur.at = at
        azur.begin(("vocabulary", "sector", logs.sectors()))
        for one in ((kind, ONE, told), (kind, ONE, told, "replace", 1)):
            with pytest.raises(Unfit, match=f"tells of {ONE} again, which was erased"):
                azur.send(one)
    azur.send((kind, ONE, None, "erase", 3))


def test_a_record_does_not_become_one_of_another_kind_in_a_later_epoch(azur: SigningRegion) -> None:
    older = azur.at
    azur.send(("practice", ONE, logs.practice()))
    azur.at = older
    with pytest.raises(Unfit, match=f"{ONE}, which was a practice before"):
        azur.begin(("vocabulary", "sector", logs.sectors()), ("stakeholder", ONE, logs.stakeholder()))


def test_what_was_withdrawn_is(azur: SigningRegion) -> None:
    azur.send(("practice", ONE, logs.practice()))
    azur.send(("practice", ONE, None, "withdraw", 1))
    azur.send(("practice", ONE, logs.practice(), "publish", 2))
    assert facets_of(azur.office, "azur").size == 1


def citing(*organisations: str) -> Any:
    """A practice that these bodies do; they are told of by it alone."""
    one = logs.practice()
    cited = CitedOrganisation(name={"en": "The shared house"}, side="public", sectors=("courts",), scope="local")
    partners = tuple(Partner(organisation=name, side="public") for name in organisations)
    practice = msgspec.structs.replace(one.practice, partners=partners)
    return msgspec.structs.replace(one, practice=practice, organisations=dict.fromkeys(organisations, cited))


@pytest.mark.parametrize("name", [OTHER, "shared-house"])
def test_a_body_that_nobody_named_for_a_while_is_named_again(azur: SigningRegion, name: str) -> None:
    for verb, one, known in (("publish", citing(name), 1), ("replace", citing(), 0), ("publish", citing(name), 1)):
        azur.send(("practice", ONE, one, verb))
        assert [one.organisation.name for one in azur.office.directory("azur")] == [{"en": "The shared house"}] * known


def test_a_body_that_nobody_named_any_more_can_take_part(azur: SigningRegion) -> None:
    azur.send(("practice", ONE, citing(OTHER)))
    azur.send(("practice", ONE, citing(), "replace"))
    azur.send(("stakeholder", OTHER, logs.stakeholder()))
    assert [one.id for one in azur.office.directory("azur")] == [OTHER]
    with azur.office.database.read("azur") as session:
        assert sum(n for line, n in tallies.kept(session, "azur").items() if line[0] == "stakeholder") == 1


def point(value: float | None, *, hidden: bool = False, rounded: bool = False) -> IndicatorPoint:
    return IndicatorPoint(
        value=value, hidden=hidden, rounded=rounded, period="2031", source="", computed=False, corrected=False
    )


def of(period: str) -> IndicatorPoint:
    return msgspec.structs.replace(point(1.0), period=period)


def start(value: float | None, *, hidden: bool = False, rounded: bool = False, on: str = "2030") -> IndicatorStart:
    return IndicatorStart(value=value, hidden=hidden, rounded=rounded, on=on, source="")


def rested_on(**own: Any) -> IndicatorDocument:
    """What an evaluation tells of an indicator."""
    one = said("indicator", **own)
    return IndicatorDocument(**{name: getattr(one, name) for name in IndicatorDocument.__struct_fields__})


def worded(**texts: str) -> Any:
    one = logs.practice()
    words = msgspec.structs.replace(PracticeText(title="A practice", summary="What is done."), **texts)
    return msgspec.structs.replace(one, practice=msgspec.structs.replace(one.practice, text={"en": words}))


TOO_EXACT: dict[str, tuple[dict[str, Any], str]] = {
    "a small number": ({"points": (point(0.0, rounded=True), point(3.0))}, r"points\.1 \(2031\)"),
    "one that says it is hidden": ({"points": (point(3.0, hidden=True),)}, r"points\.0 \(2031\)"),
    "one that says it is rounded": ({"points": (point(5.0, rounded=True),)}, r"points\.0 \(2031\)"),
    "a great one to the unit": ({"latest": point(113.0)}, "latest"),
    "where it began": ({"baseline": start(7.0)}, "baseline"),
}


@pytest.mark.parametrize("which", TOO_EXACT)
def test_a_count_of_people_that_is_told_too_exactly_is_refused_by_its_place(azur: SigningRegion, which: str) -> None:
    numbers, place = TOO_EXACT[which]
    with pytest.raises(Unfit, match=rf"\(indicator\): {place}: a count of people that is told too exactly"):
        azur.send(("indicator", ONE, said("indicator", counts="people", **numbers)))
    assert azur.send(("indicator", ONE, said("indicator", counts="organisations", **numbers))).new == 1


def test_a_count_of_people_as_a_region_tells_it_is_taken(azur: SigningRegion) -> None:
    points = (point(None, hidden=True), point(None), point(0.0, rounded=True), point(110.0, rounded=True))
    told = said("indicator", counts="people", points=points, latest=points[-1], baseline=start(None, hidden=True))
    assert azur.send(("indicator", ONE, told)).new == 1


def test_an_evaluation_tells_no_count_of_people_more_exactly(azur: SigningRegion) -> None:
    rests_on = rested_on(counts="people", latest=point(3.0))
    with pytest.raises(Unfit, match=r"\(evaluation\): indicators\.0\.latest: a count of people"):
        azur.send(("evaluation", ONE, said("evaluation", indicators=(rests_on,))))


BOUNDED: dict[str, tuple[dict[str, Any], str]] = {
    "a point that no scale reaches": ({"points": (point(1e308), point(-1e308))}, r"points\.0\.value: is a number"),
    "a target as far": ({"target": IndicatorAim(value=-1e308, by="2031")}, r"target\.value: is a number that no page"),
    "no period": ({"points": (of(""),)}, r"points\.0\.period: '' is no period; write for example 2031-06"),
    "a thirteenth month": ({"points": (point(1.0), of("2030-13"))}, r"points\.1\.period: '2030-13' is no period"),
    "a ninth quarter": ({"latest": of("2030-Q9")}, r"latest\.period: '2030-Q9' is no period"),
    "markup": ({"latest": of("<script>9999-99")}, r"latest\.period: '<script>9999-99' is no period"),
    "an aim for no day": ({"target": IndicatorAim(value=1.0, by="2031-13")}, r"target\.by: '2031-13' is not in"),
    "a beginning on no day": ({"baseline": start(1.0, on="2031-02-30")}, r"baseline\.on: '2031-02-30' is not in"),
}


@pytest.mark.parametrize("which", BOUNDED)
def test_what_no_page_can_draw_or_name_is_refused_by_its_place(azur: SigningRegion, which: str) -> None:
    wrong, told = BOUNDED[which]
    with pytest.raises(Unfit, match=rf"entry 4 \(indicator\): {told}"):
        azur.send(("indicator", ONE, said("indicator", **wrong)))
    if "points" not in wrong:
        with pytest.raises(Unfit, match=rf"entry 4 \(evaluation\): indicators\.0\.{told}"):
            azur.send(("evaluation", ONE, said("evaluation", indicators=(rested_on(**wrong),))))


def test_a_home_and_its_office_have_room_for_the_same_figures(azur: SigningRegion) -> None:
    points = tuple(of(one) for one in ("2031", "2031-H1", "2031-Q4", "2031-12", "2031-12-31"))
    told = said("indicator", points=(*points, point(1e12), point(-1e12)), target=IndicatorAim(value=1e12, by="2040-06"))
    assert azur.send(("indicator", ONE, told)).new == 1


REFERENCES = ["99", "10.99", "50.7"]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("kind", ["practice", "improvement", "procedure"])
def test_an_article_that_the_convention_does_not_have_is_refused(
    azur: SigningRegion, kind: str, reference: str
) -> None:
    told = logs.practice() if kind == "practice" else said(kind)
    changed = msgspec.structs.replace(getattr(told, kind), convention=("10.3", reference))
    with pytest.raises(Unfit, match=rf"entry 4 \({kind}\): {kind}\.convention: .*article"):
        azur.send((kind, ONE, msgspec.structs.replace(told, **{kind: changed})))


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_vocabulary_speaks_of_no_other_convention(azur: SigningRegion, reference: str) -> None:
    for told, place in (
        (logs.coverage(**{f"a{reference}": "none"}), "coverage"),
        (logs.provisions("10", reference), r"p1\.versions\.0\.convention"),
    ):
        with pytest.raises(Unfit, match=rf"entry 4 \(vocabulary\): {place}: .*article"):
            azur.send(("vocabulary", told.vocabulary, told))


def test_a_sector_counts_under_common_sectors_that_there_are(azur: SigningRegion) -> None:
    told = logs.sectors({"health": (("health", "nosuch"), "public")})
    with pytest.raises(Unfit, match=r"\(vocabulary\): health\.common: 'nosuch' is no common sector: write one of "):
        azur.send(("vocabulary", "sector", told, "replace"))


WRITTEN: dict[str, tuple[dict[str, Any], str]] = {
    "a title without end": ({"title": "x" * 300_000}, "text.en.title: has 300,000 letters, and there is room for 1"),
    "a text without end": ({"summary": "é" * 20_001}, "text.en.summary: has 20,001 letters, and there is room for 20"),
    "a NUL": ({"summary": "a\0b"}, "text.en.summary: has characters that cannot be kept or shown"),
    "a bell": ({"title": "a\x07b"}, "text.en.title: has characters that cannot be kept or shown"),
    "letters turned round": ({"title": "\u202eabc"}, "text.en.title: has characters that cannot be kept or shown"),
}


@pytest.mark.parametrize("which", WRITTEN)
def test_a_text_that_has_no_room_or_cannot_be_kept_is_refused_by_its_place(azur: SigningRegion, which: str) -> None:
    wrong, told = WRITTEN[which]
    with pytest.raises(Unfit, match=rf"entry 4 \(practice\): practice\.{re.escape(told)}"):
        azur.send(("practice", ONE, worded(**wrong)))


def test_a_text_as_long_as_one_may_be_at_home_is_taken(azur: SigningRegion) -> None:
    told = worded(title="é" * 300, summary="a\n\tb", limits="é" * 20_000)
    assert azur.send(("practice", ONE, told)).new == 1


def test_names_of_fields_are_held_to_the_same(azur: SigningRegion) -> None:
    words = IndicatorWords(title="x", counted=None, method=None, unit=None, limits=None)
    for name in ("a\0b", "x" * 1_001):
        with pytest.raises(Unfit, match=r"\(indicator\): text: a name in it has "):
            azur.send(("indicator", ONE, said("indicator", text={name: words})))
