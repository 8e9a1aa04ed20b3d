"""What the Paris package ships: how much of it, and the rules that no correction may break."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import lanzarote_region_paris
import msgspec
import pytest
from lanzarote.facts.convention import Reference
from lanzarote.guard import reads_like_disclosure
from lanzarote.practices.sheets import missing_answers, missing_in
from lanzarote.regions.vocabulary import Vocabulary
from lanzarote.types import (
    AgeLimit,
    CriteriaGrid,
    DecisionRule,
    Fact,
    FrameworkHeader,
    Helpline,
    Instrument,
    ListedSource,
    Organisation,
    PracticeSeed,
    PracticeText,
    Provision,
    RegionHeader,
    Sector,
)

REGION = files(lanzarote_region_paris) / "region"
LAW = files(lanzarote_region_paris) / "law_fr"
COMMON_SECTORS = {
    *("education", "health", "social-services", "law-enforcement", "judicial", "civil-society", "private-sector"),
    *("government", "independent-institutions", "other"),
}


def read(file: Traversable) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def toml_files(folder: Traversable) -> dict[str, Traversable]:
    return {entry.name.removesuffix(".toml"): entry for entry in folder.iterdir() if entry.name.endswith(".toml")}


@cache
def header() -> RegionHeader:
    return msgspec.convert(read(REGION / "region.toml"), RegionHeader)


@cache
def sectors() -> dict[str, Sector]:
    return msgspec.convert(read(REGION / "sectors.toml"), dict[str, Sector])


@cache
def organisations() -> dict[str, Organisation]:
    return msgspec.convert(read(REGION / "organisations.toml"), dict[str, Organisation])


@cache
def ages() -> dict[str, AgeLimit]:
    return msgspec.convert(read(REGION / "ages.toml"), dict[str, AgeLimit])


@cache
def helplines() -> dict[str, Helpline]:
    return msgspec.convert(read(REGION / "helplines.toml"), dict[str, Helpline])


@cache
def practices() -> dict[str, PracticeSeed]:
    return {key: msgspec.convert(read(file), PracticeSeed) for key, file in toml_files(REGION / "practices").items()}


@cache
def criteria() -> CriteriaGrid:
    return msgspec.convert(read(REGION / "criteria.toml"), CriteriaGrid)


@cache
def decision() -> DecisionRule:
    return msgspec.convert(read(REGION / "decision.toml"), DecisionRule)


@cache
def framework() -> FrameworkHeader:
    return msgspec.convert(read(LAW / "framework.toml"), FrameworkHeader)


@cache
def instruments() -> dict[str, Instrument]:
    return {
        name: msgspec.convert(read(file)["instrument"], Instrument) for name, file in toml_files(LAW / "law").items()
    }


@cache
def provisions() -> dict[str, Provision]:
    found: dict[str, Provision] = {}
    for file in toml_files(LAW / "law").values():
        found |= msgspec.convert(read(file)["provisions"], dict[str, Provision])
    return found


@cache
def law_sources() -> dict[str, ListedSource]:
    return msgspec.convert(read(LAW / "sources.toml"), dict[str, ListedSource])


@cache
def region_sources() -> dict[str, ListedSource]:
    return msgspec.convert(read(REGION / "sources.toml"), dict[str, ListedSource])


def everything() -> dict[str, object]:
    """Every value of the package by the name of its file or kind."""
    return {
        "region": header(),
        "sectors": sectors(),
        "organisations": organisations(),
        "ages": ages(),
        "helplines": helplines(),
        "practices": practices(),
        "criteria": criteria(),
        "decision": decision(),
        "framework": framework(),
        "instruments": instruments(),
        "provisions": provisions(),
        "region sources": region_sources(),
        "law sources": law_sources(),
    }


def walk(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """*value* and all that is inside it, each with where it stands."""
    yield path, value
    inside: Iterable[tuple[str, object]] = ()
    if isinstance(value, msgspec.Struct):
        inside = ((name, getattr(value, name)) for name in value.__struct_fields__)
    elif isinstance(value, Mapping):
        inside = ((str(key), item) for key, item in value.items())
    elif isinstance(value, tuple):
        inside = ((str(index), item) for index, item in enumerate(value))
    for name, item in inside:
        yield from walk(item, f"{path}.{name}" if path else name)


def by_field(texts_of_a_practice: dict[str, PracticeText]) -> Iterator[tuple[str, dict[str, str]]]:
    for name in PracticeText.__struct_fields__:
        wordings = {language: getattr(text, name) for language, text in texts_of_a_practice.items()}
        if any(wordings.values()):
            yield name, {language: wording for language, wording in wordings.items() if wording is not None}


@cache
def texts() -> dict[str, dict[str, str]]:
    """Every text that exists in languages, by where it stands; those of a practice field by field."""
    found: dict[str, dict[str, str]] = {}
    for path, value in walk(everything()):
        if not isinstance(value, dict) or not value or not set(value) <= {"fr", "en"}:
            continue
        if any(isinstance(text, PracticeText) for text in value.values()):
            found.update((f"{path}.{name}", wordings) for name, wordings in by_field(value))
        else:
            found[path] = value
    return found


def test_paris_has_its_seventeen_sectors() -> None:
    assert len(sectors()) == 17
    assert {key for key, sector in sectors().items() if sector.named_in_mandate} == {
        *("courts", "forensic-medicine", "public-child-welfare", "voluntary-child-welfare", "education"),
        *("national-ngos", "international-ingos"),
    }


def test_every_sector_counts_under_common_sectors() -> None:
    assert {common for sector in sectors().values() for common in sector.common} <= COMMON_SECTORS


def test_forty_organisations_are_shipped_and_all_of_them_were_read_in_a_source() -> None:
    assert len(organisations()) == 40
    assert all(organisation.verified and organisation.sources for organisation in organisations().values())


def test_an_organisation_that_was_not_verified_is_not_shipped() -> None:
    held_back = {"jean-cotxet", "academie-paris", "ecpat-france", "amicale-du-nid", "buttes-chaumont"}
    assert held_back.isdisjoint(organisations())


def test_only_the_sector_without_a_verified_organisation_is_empty() -> None:
    filled = {sector for organisation in organisations().values() for sector in organisation.sectors}
    assert set(sectors()) - filled == {"city-childhood-services"}


def test_seventy_one_provisions_are_shipped_and_two_of_them_are_not_verified() -> None:
    assert len(provisions()) == 71
    doubtful = {key for key, provision in provisions().items() if not all(v.verified for v in provision.versions)}
    assert doubtful == {"fr-cpp-2-3", "fr-ce-542-3"}


def test_the_provisions_that_await_another_reading_say_why() -> None:
    awaiting = {key for key, provision in provisions().items() if any(v.recheck for v in provision.versions)}
    assert {key for key in awaiting if key.startswith("fr-cpp-")} == {
        *("fr-cpp-2-3", "fr-cpp-2-22", "fr-cpp-706-47", "fr-cpp-706-47-1", "fr-cpp-706-47-4", "fr-cpp-706-48"),
        *("fr-cpp-706-49", "fr-cpp-706-53-1", "fr-cpp-706-53-7"),
    }
    assert {key for key in awaiting if key.startswith("fr-ce-")} == {"fr-ce-542-3", "fr-ce-312-16", "fr-ce-121-1"}
    assert {key for key in provisions() if key.startswith(("fr-casf-", "fr-cp-"))} <= awaiting
    assert awaiting.isdisjoint(key for key in provisions() if key.startswith(("fr-cc-", "fr-decret-")))


def test_every_article_of_criminal_procedure_announces_its_new_number() -> None:
    notes = {key: p.versions[-1].note for key, p in provisions().items() if key.startswith("fr-cpp-")}
    assert len(notes) == 17
    assert [key for key, note in notes.items() if "2029" not in note["en"] or "2029" not in note["fr"]] == []


def test_no_link_to_the_convention_passes_for_confirmed() -> None:
    links = [link for p in provisions().values() for version in p.versions for link in version.convention]
    assert len(links) > 71
    assert not any(link.confirmed for link in links)


def test_every_instrument_says_how_its_articles_are_cited() -> None:
    assert len(instruments()) == 6
    assert [i.key for i in instruments().values() if not all("{number}" in text for text in i.cite.values())] == []


def test_twenty_practices_are_shipped_and_two_of_them_stay_unpublished() -> None:
    assert len(practices()) == 20
    drafts = {key for key, practice in practices().items() if not practice.publish}
    assert drafts == {"home-incest", "trocadero-outreach"}
    assert all(practices()[key].reason for key in drafts)


def test_a_published_practice_leads_to_no_draft() -> None:
    drafts = {key for key, practice in practices().items() if not practice.publish}
    shown = {related for practice in practices().values() if practice.publish for related in practice.related}
    assert shown.isdisjoint(drafts)


def test_every_practice_says_what_its_sources_do_not_show() -> None:
    silent = [key for key, p in practices().items() for language in ("fr", "en") if not p.text[language].limits]
    assert silent == []


def test_the_practices_that_are_shown_can_be_submitted_as_they_are() -> None:
    shown = {key: practice for key, practice in practices().items() if practice.publish}
    vocabulary = Vocabulary(header=header(), entries={})
    fit = [
        key
        for key, practice in shown.items()
        if practice.sources and not [*missing_in(practice), *missing_answers(practice, vocabulary)]
    ]
    assert len(fit) == len(shown) == 18


def test_every_field_says_in_which_sources_it_was_read() -> None:
    filled = [(key, field) for key, practice in practices().items() for field in practice.filled]
    assert len(filled) > 270
    assert [(key, field) for key, field in filled if not practices()[key].field_sources.get(field)] == []
    assert {
        key for key, practice in practices().items() if set(practice.field_sources) != set(practice.filled)
    } == set()


def test_a_document_without_a_publisher_is_cited_nowhere() -> None:
    assert "crip-2009" not in region_sources()
    assert [key for key, practice in practices().items() if "2\u202f996" in str(practice)] == []


def test_newspapers_read_on_mirrors_are_cited_without_the_address_of_the_mirror() -> None:
    papers = ("melanie-tarn", "paris-2025-liberation")
    assert [region_sources()[key].url for key in papers] == [None, None]


def test_nothing_that_is_shipped_reads_like_somebody_telling_of_a_child_in_danger() -> None:
    told = [(path, text) for path, words in texts().items() for text in words.values()]
    assert [path for path, text in told if reads_like_disclosure(text)] == []


def test_what_ended_says_so_and_is_still_there() -> None:
    ended = {key: practice.ended for key, practice in practices().items() if practice.running == "ended"}
    assert ended == {"enfant-bleu-avatar": "2020", "home-incest": "2024"}


def test_both_languages_have_every_text() -> None:
    assert len(texts()) > 800
    assert [path for path, text in texts().items() if set(text) != {"fr", "en"}] == []


FRENCH_SET_BADLY = re.compile(
    r"""['"`]|[^\u202f?!][;!?»]|«[^\u202f]|[^\u202f]:|[ \u00a0][%€]|\d \d{3}(?!\d)|n°[^\u202f]| - |\.\.\."""
)


@pytest.mark.parametrize("wrong", ["l'enfant", "l’enfant ;", "dit :", "« Mélanie »", "10 %", "7 000", "n° 1", "qui?"])
def test_french_set_badly_is_seen(wrong: str) -> None:
    assert FRENCH_SET_BADLY.search(wrong)


def test_french_is_set_as_french() -> None:
    # The standard is written ISO 3166-2:FR in every language.
    french = {path: text["fr"].replace("3166-2:FR", "") for path, text in texts().items()}
    assert {path: text for path, text in french.items() if FRENCH_SET_BADLY.search(text)} == {}


def test_english_has_typographic_quotes_and_dashes() -> None:
    assert {path: t["en"] for path, t in texts().items() if re.search(r"['\"`]| - |\.\.\.", t["en"])} == {}


def test_every_source_that_is_cited_exists_and_every_source_is_cited() -> None:
    values = [value for _, value in walk(everything()) if isinstance(value, msgspec.Struct)]
    cited = {key for value in values for key in getattr(value, "sources", ())}
    assert cited == set(region_sources()) | set(law_sources())


def test_a_source_that_the_law_needs_stands_with_the_law_only() -> None:
    assert {key for p in provisions().values() for v in p.versions for key in v.sources} == set(law_sources())
    assert not region_sources().keys() & law_sources().keys()


def test_every_fact_that_is_called_verified_names_a_source() -> None:
    facts = [(path, value) for path, value in walk(everything()) if isinstance(value, Fact)]
    assert len(facts) > 150
    assert [path for path, fact in facts if fact.verified and not fact.sources] == []


def test_an_address_is_an_address() -> None:
    urls = [str(value) for path, value in walk(everything()) if value and path.endswith((".url", ".website"))]
    assert len(urls) > 140
    assert [url for url in urls if not re.fullmatch(r"https?://\S+", url)] == []


def test_every_key_that_is_named_exists() -> None:
    partners = [partner for practice in practices().values() for partner in practice.partners]
    named_sectors = {
        *header().leading_sectors,
        *(key for organisation in organisations().values() for key in organisation.sectors),
        *(key for practice in practices().values() for key in practice.sectors),
        *(partner.sector for partner in partners if partner.sector),
    }
    named_provisions = {key for practice in practices().values() for key in practice.legal_basis}
    named_provisions |= {key for age in ages().values() for key in age.provisions}
    assert named_sectors <= set(sectors())
    assert {partner.organisation for partner in partners if partner.organisation} <= set(organisations())
    assert named_provisions <= set(provisions())
    assert {key for practice in practices().values() for key in practice.related} <= set(practices())


def test_a_partner_is_either_an_organisation_or_a_sector_and_a_side() -> None:
    partners = [(key, partner) for key, practice in practices().items() for partner in practice.partners]
    vague = [key for key, p in partners if (p.organisation is None) != (p.sector is not None and p.side is not None)]
    assert vague == []


def test_every_paragraph_of_the_convention_that_is_named_exists() -> None:
    refs = {ref for sector in sectors().values() for ref in sector.convention}
    refs |= {ref for practice in practices().values() for ref in practice.convention}
    refs |= {link.ref for p in provisions().values() for version in p.versions for link in version.convention}
    assert len(refs) > 50
    assert {str(Reference.parse(ref)) for ref in refs} == refs


def test_keys_are_keys() -> None:
    kinds = (
        sectors(),
        organisations(),
        ages(),
        helplines(),
        practices(),
        provisions(),
        region_sources(),
        law_sources(),
    )
    names = [name for kind in kinds for name in kind]
    assert [name for name in names if len(name) > 64 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)] == []


def test_the_strip_on_every_page_has_the_child_helpline_and_the_emergency_numbers() -> None:
    assert {line.number for line in helplines().values() if line.prominent} == {"119", "17", "112", "114"}
    assert all(line.verified for line in helplines().values())


def test_someone_who_fears_to_offend_has_a_number_of_their_own() -> None:
    [line] = [line for line in helplines().values() if "potential-perpetrators" in line.audiences]
    assert line.number == "0 806 23 10 63"
    assert not line.prominent


def test_the_first_mandate_has_three_objectives_and_says_that_the_third_is_an_inference() -> None:
    [mandate] = header().mandates
    assert mandate.version == 1
    assert len(mandate.objectives) == 3
    assert "inference" in mandate.note["en"]


def test_the_history_goes_from_the_old_department_to_the_seminar() -> None:
    assert [(episode.when, episode.about) for episode in header().history] == [
        ("1968", "territory"),
        ("2013-01-31", "group"),
        ("2013-03-31", "group"),
        ("2014-01-31", "group"),
        ("2014-10-21", "group"),
    ]
    assert header().former_name["fr"] == "Département de la Seine"


def test_paris_asks_two_questions_beyond_the_common_ones() -> None:
    assert [(question.key, question.gate) for question in criteria().questions] == [
        ("sustainability", False),
        ("participation", False),
    ]


def test_the_decision_rule_is_a_proposal_that_asks_for_both_sides() -> None:
    assert decision().editorial
    assert not decision().verified
    assert decision().quorum_sides == ("public", "civil-society")


def test_the_package_offers_one_region_and_the_law_of_france() -> None:
    [region] = lanzarote_region_paris.regions()
    [law] = lanzarote_region_paris.legal_frameworks()
    assert read(region.path / "region.toml")["law"] == [read(law.path / "framework.toml")["id"]]
