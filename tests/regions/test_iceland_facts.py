"""What the Iceland package ships: how much of it, facts that were read, and what it must not pretend."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from gettext import c2py  # what every gettext tool reads it with
from importlib.resources import files
from pathlib import Path

import lanzarote_region_iceland
import pytest
from lanzarote.plugins import Host
from lanzarote.regions.claims import read_laws, with_law
from lanzarote.regions.content import Content, facts_of, texts_of
from lanzarote.regions.folder import read_framework, read_region
from lanzarote.translation.catalogues import load
from lanzarote.translation.po import header_of
from lanzarote.types import Catalogue, FrameworkHeader, ProvisionVersion, RegionHeader

from dev import ROOT

PACKAGE = files(lanzarote_region_iceland)
WORDS = PACKAGE / "region" / "translations" / "lanzarote" / "is.po"
COMPILED = date(2026, 11, 24)
REVISED = date(2026, 11, 29)


@cache
def content() -> Content:
    """The folder with its law, as the platform reads it."""
    return with_law(read_region(PACKAGE / "region"), read_laws(lanzarote_region_iceland.legal_frameworks()))


@cache
def law() -> Content:
    return read_framework(PACKAGE / "law_is")


def header() -> RegionHeader:
    found = content().header
    assert isinstance(found, RegionHeader)
    return found


def wording(key: str) -> ProvisionVersion:
    [version] = content().provisions[key].versions
    return version


def test_its_folder_has_no_fault_and_no_warning() -> None:
    # That its sheets do not say which source says which field is told in quality.toml.
    assert [str(problem) for problem in content().problems if problem.rule != "fields-have-sources"] == []


def test_the_package_offers_one_region_and_the_law_of_iceland() -> None:
    [region] = lanzarote_region_iceland.regions()
    [framework] = lanzarote_region_iceland.legal_frameworks()
    assert tomllib.loads((region.path / "region.toml").read_text("utf-8"))["law"] == [
        tomllib.loads((framework.path / "framework.toml").read_text("utf-8"))["id"]
    ]


def test_it_is_found_through_the_door_that_every_package_uses() -> None:
    package = Host().ask_all().package("iceland")
    assert package is not None
    assert (package.fault, package.distribution) == ("", "lanzarote-region-iceland")


def test_its_code_imports_nothing_but_the_public_door() -> None:
    code = (PACKAGE / "__init__.py").read_text("utf-8")
    assert re.findall(r"^(?:from|import) (\S+)", code, re.MULTILINE) == [
        "__future__", "importlib.resources", "typing", "lanzarote",
    ]  # fmt: skip


def test_so_much_is_in_it() -> None:
    found = content()
    assert {name: len(getattr(found, name)) for name in ("sectors", "organisations", "provisions", "practices")} == {
        "sectors": 10, "organisations": 14, "provisions": 30, "practices": 7,
    }  # fmt: skip
    assert (len(found.ages), len(found.helplines), len(found.procedures)) == (9, 7, 1)
    assert (len(law().instruments), len(law().provisions)) == (8, 30)


# What the region is


def test_the_territory_is_the_country_since_nearly_everything_is_national() -> None:
    assert (header().territory, header().languages, header().time_zone) == ("IS", ("is", "en"), "Atlantic/Reykjavik")
    local = {key for key, one in content().organisations.items() if one.scope == "local"}
    assert local == {"barnavernd-rvk", "bjarkarhlid"}
    assert {practice.scope for practice in content().practices.values()} == {"national"}


def test_child_protection_leads_and_the_kennitala_is_known_to_the_guard() -> None:
    assert header().leading_sectors == ("child-protection",)
    assert header().personal_identifiers == ("is.kennitala",)


def test_the_convention_is_in_force_since_a_known_day_and_the_day_of_its_deposit_was_not_seen() -> None:
    status = header().convention_status
    assert status is not None
    assert (status.signed, status.ratified, status.in_force) == (date(2008, 2, 4), "2012", date(2013, 1, 1))
    assert status.sources[-1] == "pl-dzu-2015-609"
    assert "day not seen" in status.note["en"]


def test_no_mandate_is_invented_for_a_group_that_no_source_tells_of() -> None:
    assert header().mandates == ()
    assert {episode.about for episode in header().history} == {"territory"}
    assert "no working group" in header().note["en"]


def test_the_rule_of_decision_is_a_proposal() -> None:
    rule = content().decision
    assert rule is not None
    assert (rule.editorial, rule.verified, rule.quorum_sides) == (True, False, ("public", "civil-society"))


# What was read


@pytest.mark.parametrize(
    ("key", "number", "since", "mapped", "said"),
    [
        ("is-hgl-194", "194. gr.", date(2018, 4, 13), ["18.1.b"], "without consent (1–16 years)"),
        ("is-hgl-202", "202. gr.", date(2013, 4, 9), ["18.1.a", "18.3", "23", "28"], "up to 6 years"),
        ("is-hgl-210a", "210. gr. a", date(2022, 6, 22), ["20"], "fine or up to 6 years"),
        ("is-hgl-81", "2. mgr. 81. gr.", date(2013, 4, 9), ["33"], "never become time-barred"),
        ("is-bvl-17", "17. gr.", None, ["12.1"], "The duty overrides secrecy in law or professional ethics"),
        ("is-bvl-22", "3. mgr. 22. gr.", date(2022, 1, 1), ["10.1", "14", "35"], "must ask for the services of"),
        ("is-sml-59", "a-liður 1. mgr. 59. gr.", None, ["30", "35"], "under 15 when the inquiry starts"),
        ("is-sml-111", "2. mgr. 111. gr.", None, ["35.1", "36.2"], "does not appear in court again"),
    ],
)  # fmt: skip
def test_a_provision_says_what_was_read(
    key: str, number: str, since: date | None, mapped: list[str], said: str
) -> None:
    provision, version = content().provisions[key], wording(key)
    assert isinstance(provision.number, Mapping)
    assert (provision.number["is"], version.since) == (number, since)
    assert [link.ref for link in version.convention] == mapped
    assert said in version.summary["en"]


def test_articles_are_cited_as_icelandic_lawyers_cite_them() -> None:
    number = content().provisions["is-hgl-202"].number
    assert isinstance(number, Mapping)
    cited = content().instruments["is-hgl"].cite["is"].format(number=number["is"])
    assert cited == "202. gr. almennra hegningarlaga nr. 19/1940"


def test_every_provision_says_which_edition_was_read_and_that_its_mapping_is_editorial() -> None:
    versions = [wording(key) for key in law().provisions]
    assert {version.recheck["en"].partition(",")[0] for version in versions} == {
        "Read in edition 156b of the official collection"
    }
    assert not any(link.confirmed for version in versions for link in version.convention)


@pytest.mark.parametrize(
    ("key", "years"),
    [
        ("majority", 18), ("age-of-sexual-consent", 15), ("age-of-consent-family-or-authority", 18),
        ("court-testimony-at-childrens-house", 15), ("start-of-limitation", 18), ("no-second-hearing", 15),
    ],
)  # fmt: skip
def test_an_age_rests_on_provisions(key: str, years: int) -> None:
    age = content().ages[key]
    assert age.years == years
    assert age.provisions


def test_every_fact_is_sourced_and_every_source_has_its_day() -> None:
    facts = [(file, path, fact) for file, path, fact in facts_of(content()) if hasattr(fact, "verified")]
    assert len(facts) > 50
    without = {file for file, _, fact in facts if not (fact.sources and fact.verified)}
    assert without == {"criteria.toml", "decision.toml"}  # proposals of the editors, which nobody has adopted
    assert {source.read_on for source in (*content().sources.values(), *law().sources.values())} == {COMPILED, REVISED}


def test_a_side_that_is_not_known_says_that_it_is_a_stand_in() -> None:
    assert "stand-in" in content().organisations["taktu-skrefid"].note["en"]


def test_the_figures_of_barnahus_are_those_of_its_sources() -> None:
    counted = {one.value: (one.unit["en"], one.sources) for one in content().practices["barnahus"].evidence}
    assert counted == {
        167: ("children interviewed", ("bofs-2003",)),
        323: ("investigative interviews", ("bofs-2021", "mbl-2021")),
    }


def test_every_practice_says_what_its_sources_do_not_show() -> None:
    assert [key for key, practice in content().practices.items() if not practice.text["en"].limits] == []


def test_the_procedure_of_barnahus_is_reconstructed_and_tells_what_is_not_stated() -> None:
    procedure = content().procedures["barnahus"]
    assert procedure.nature == "reconstructed"
    assert "Not stated in the sources: deadlines" in (procedure.text["en"].limits or "")
    assert [step.key for step in procedure.steps if step.deadline or step.within] == []


def test_what_passes_in_the_procedure_rests_on_a_provision() -> None:
    passes = [passing for step in content().procedures["barnahus"].steps for passing in step.passes]
    assert [passing.basis for passing in passes] == ["is-bvl-18", "is-bvl-22", "is-sml-123"]


# Where help is


def test_the_emergency_line_stands_on_every_page() -> None:
    assert {key: line.number for key, line in content().helplines.items() if line.prominent} == {"112": "112"}


def test_whoever_fears_to_offend_and_whoever_survived_find_a_place() -> None:
    audiences = {audience for line in content().helplines.values() for audience in line.audiences}
    assert {"children", "witnesses", "emergency", "online", "potential-perpetrators", "adult-survivors"} <= audiences


def test_hours_that_no_source_tells_are_not_invented() -> None:
    told = {key for key, line in content().helplines.items() if line.hours}
    assert told == {"hospital-reception"}
    assert [key for key, line in content().helplines.items() if key not in told and not line.note] == []


# Its languages


def test_the_icelandic_is_a_draft_in_every_place_that_can_say_so() -> None:
    assert header().draft == ("is",)
    framework = law().header
    assert isinstance(framework, FrameworkHeader)
    assert framework.draft == ("is",)
    assert header_of(WORDS.read_text("utf-8"))["X-Draft"] == "yes"


def test_every_name_is_there_in_both_languages() -> None:
    missing = [
        f"{file}:{'.'.join(map(str, path))}"
        for read in (content(), law())
        for file, path, text in texts_of(read)
        if path[-1] in ("name", "title", "cite", "number", "strip", "for_whom") and set(text) != {"is", "en"}
        if file != "sources.toml"  # an English title describes a document; its own is not always known
    ]
    assert missing == []


def test_english_has_typographic_quotes_and_dashes() -> None:
    wrong = [
        text["en"]
        for read in (content(), law())
        for _, _, text in texts_of(read)
        if re.search(r"['\"`]| - |\.\.\.", text.get("en", ""))
    ]
    assert wrong == []


def test_its_words_can_be_used_and_their_head_tells_other_tools_the_plural() -> None:
    entries = load(Catalogue(language="is", path=WORDS))
    assert len(entries) > 950
    rule = header_of(WORDS.read_text("utf-8"))["Plural-Forms"].removeprefix("nplurals=2; plural=").rstrip(";")
    form = c2py(rule)
    assert [n for n in range(112) if form(n) == 0] == [1, *range(21, 92, 10), 101]


def test_its_words_are_those_that_the_platform_says() -> None:
    from lanzarote.translation.extraction import extract_messages

    said = {(message.context, message.id) for message in extract_messages([ROOT / "core/lanzarote"])}
    assert {entry.key for entry in load(Catalogue(language="is", path=WORDS))} - said == set()


def test_the_readme_counts_right() -> None:
    told = (Path(str(PACKAGE)).parent / "README.md").read_text("utf-8")
    assert "10 sectors, 14 organisations" in told
    assert "7 practices" in told
    assert "30 provisions of eight acts" in told
