"""Each rule of the quality scale holds for a good package, and asks for something when a few lines of it are spoilt."""

# ruff: noqa: E501 - a line of a table is read as a whole

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from lanzarote.kit import arguments
from lanzarote.kit.check import catalogues_for, read_folder
from lanzarote.kit.messages.parts import platform_messages
from lanzarote.kit.project import project_of
from lanzarote.kit.scale import RULES
from lanzarote.kit.scale.judging import Exemption, Judgement, judge
from lanzarote.kit.scale.rules import TIERS, Subject, needed
from lanzarote.regions import check, check_entries, content, folder
from lanzarote.regions import content as check_ways
from lanzarote.regions.content import Problem
from lanzarote.translation.po import Entry, write_po
from lanzarote.types import Deprecated, RegionHeader

from dev import ROOT
from tests.core.kit.good import GOOD, REGION, ROOM, spoilt, write

TODAY = date(2026, 11, 26)
R = f"{REGION}/region.toml"
PRACTICE = f"{REGION}/practices/hearing.toml"
LAW = f"{REGION}/law/code.toml"
LINES = f"{REGION}/helplines.toml"
SECTORS = f"{REGION}/sectors.toml"
SOURCES = f"{REGION}/sources.toml"
PY = f"{ROOM}/__init__.py"
LANGUAGE_RULES = {"public-pages-translated", "interface-translated"}
FACT = 'sources = ["report"]\nverified = true\n'
PO = 'msgid "Practices"\nmsgstr "%(what)s"\n'

# Rule, file, what stands there, what stands there instead, other rules that then ask for something too.
SPOILT: list[tuple[str, str, str, str, tuple[str, ...]]] = [
    ("loads", SECTORS, '"judicial"', '"justice"', ("sectors-of-article-10",)),
    ("facts-have-sources", f"{REGION}/ages.toml", FACT, "", ("open-questions-told",)),
    ("sources-have-days", SOURCES, "read_on = 2026-11-02\n", "", ("helplines-read-lately",)),
    ("sources-in-use", SOURCES, "[report]", '[other]\ntitle = { en = "B", fr = "B" }\npublisher = "C"\nkind = "press"\nread_on = 2026-11-02\n\n[report]', ()),
    ("dates-make-sense", SOURCES, "2026-11-02", "2027-01-01", ()),
    ("dates-make-sense", f"{REGION}/coverage.toml", "2026-11-02", "2027-01-01", ()),
    ("dates-make-sense", R, "in_force = 2011-01-01", "in_force = 2009-01-01", ()),
    ("dates-make-sense", R, 'since = "2022"', 'since = "2019"', ()),
    ("dates-make-sense", R, 'until = "2021"', 'until = "2019"', ()),
    ("nothing-unread", f"{REGION}/sector.toml", "", "", ()),
    ("nothing-deprecated", R, 'time_zone = ', 'former_name = { en = "Bad", fr = "Mauvais" }\ntime_zone = ', ()),
    ("nobody-recognisable", PRACTICE, "Nobody evaluated it.", "The girl Emma was heard.", ()),
    ("mappings-marked", LAW, 'note.en = "Mapping confirmed by the legal service, 2026."\nnote.fr = "Lien confirmé par le service juridique, 2026."\n', "", ()),
    ("words-usable", f"{REGION}/translations/lanzarote/fr.po", "", PO, ()),
    ("words-usable", f"{REGION}/translations/lanzarote/en.po", "", PO, ()),
    ("words-usable", f"{REGION}/translations/lanzarote/is.po", "", 'msgid "Practices"\nmsgstr "Úrræði"\n', ()),
    ("limits-told", PRACTICE, 'limits = "Nobody evaluated it."\n', "", ()),
    ("helplines-reachable", LINES, 'number = "000 000"\n', "", ()),
    ("api-range-bounded", R, '">=1,<2"', '">=1"', ()),
    ("facts-mostly-verified", f"{REGION}/coverage.toml", "verified = true", "verified = false", ("open-questions-told",)),
    ("read-lately", SOURCES, "2026-11-02", "2023-01-01", ("helplines-read-lately",)),
    ("read-lately", f"{REGION}/coverage.toml", "2026-11-02", "2023-01-01", ()),
    ("open-questions-told", f"{REGION}/ages.toml", FACT, 'sources = ["report"]\n', ()),
    ("law-citable", LAW, 'cite.fr = "art. {number}"\n', 'cite.fr = "article"\n', ()),
    ("numbers-fit", LAW, 'number = "3-14"', 'number = "3.14"', ()),
    ("numbers-fit", LAW, 'numbers_like = ["1-2"]\n', "", ()),
    ("law-findable", LAW, 'url = "https://good.example/code"\n', "", ()),
    ("provisions-mapped", LAW, 'convention = [{ ref = "3", confirmed = true }]\n', "", ()),
    ("wordings-dated", LAW, "from = 2020-01-01\n", "", ()),
    ("wordings-dated", LAW, "from = 2020-01-01\n", 'from = 2020-01-01\nrecheck = { en = "Not read.", fr = "Non lu." }\n', ()),
    ("mappings-confirmed", LAW, ", confirmed = true", "", ()),
    ("labels-in-all-languages", R, 'languages = ["en", "fr"]', 'languages = ["en", "fr", "en-AU"]\ndraft = ["en-AU"]', ("texts-in-all-languages", "law-citable", "languages-reviewed")),
    ("texts-in-all-languages", PRACTICE, 'limits = "Personne ne l’a évaluée."\n', "", ()),
    ("texts-in-all-languages", PRACTICE, 'original = "en"\n', 'original = "en"\nstale = ["fr"]\n', ()),
    ("public-pages-translated", R, 'languages = ["en", "fr"]', 'languages = ["en", "fr", "is"]\ndraft = ["is"]', ("interface-translated", "labels-in-all-languages", "texts-in-all-languages", "law-citable", "languages-reviewed")),
    ("interface-translated", R, 'languages = ["en", "fr"]', 'languages = ["en", "fr", "is"]\ndraft = ["is"]', ("public-pages-translated", "labels-in-all-languages", "texts-in-all-languages", "law-citable", "languages-reviewed")),
    ("synonyms-in-use", f"{REGION}/synonyms.toml", "Listening Ear", "Lisening Ear", ()),
    ("languages-reviewed", R, 'languages = ["en", "fr"]\n', 'languages = ["en", "fr"]\ndraft = ["fr"]\n', ()),
    ("convention-half-documented", f"{REGION}/coverage.toml", "", "", ("convention-documented",)),
    ("convention-documented", f"{REGION}/coverage.toml", "[4]", "[3]", ()),
    ("a-practice-shown", PRACTICE, 'original = "en"\n', 'original = "en"\npublish = false\n', ("convention-documented",)),
    ("practices-mapped", PRACTICE, 'convention = ["35"]\n', "", ("convention-documented",)),
    ("partners-of-both-sides", PRACTICE, ', { organisation = "listening-ear" }', "", ()),
    ("fields-have-sources", PRACTICE, FACT, f'{FACT}own_sources = [{{ key = "leaflet", title = "A", publisher = "B", kind = "press", read_on = 2026-11-02 }}]\n', ()),
    ("practices-rest-on-law", PRACTICE, 'legal_basis = ["code-1"]\n', "", ()),
    ("results-told", PRACTICE, 'results = "Fewer hearings."\n', "", ()),
    ("hours-told", LINES, 'hours.en = "Day and night."\nhours.fr = "Jour et nuit."\n', "", ()),
    ("lines-for-children", LINES, '"children", ', "", ("lines-for-everybody",)),
    ("lines-for-children", LINES, "prominent = true\n", "", ()),
    ("lines-for-everybody", LINES, ', "potential-perpetrators"', "", ()),
    ("helplines-read-lately", SOURCES, "2026-11-02", "2025-01-01", ()),
    ("territory-described", R, 'description.en = "An invented place."\ndescription.fr = "Un lieu inventé."\n', "", ()),
    ("territory-described", R, "in_force = 2011-01-01\n", "", ()),
    ("sectors-of-article-10", SECTORS, ', "health"', "", ()),
    ("sectors-have-bodies", f"{REGION}/organisations.toml", '["care"]', '["courts"]', ()),
    ("leading-sector-named", R, 'leading_sectors = ["courts"]\n', "", ()),
    ("ages-rest-on-law", f"{REGION}/ages.toml", 'provisions = ["code-1"]\n', "", ()),
    ("ages-rest-on-law", f"{REGION}/ages.toml", "years = 18\n", "", ()),
    ("mandate-stated", R, 'title.en = "First mandate"\ntitle.fr = "Premier mandat"\n', "", ()),
    ("decision-rule-stated", f"{REGION}/decision.toml", ', "civil-society"', "", ()),
    ("grid-stated", f"{REGION}/criteria.toml", 'help.en = "Without those who began it."\nhelp.fr = "Sans ceux qui l’ont lancée."\n', "", ()),
    ("mandates-dated", R, 'since = "2020"\n', "", ()),
    ("decision-rule-adopted", f"{REGION}/decision.toml", "editorial = false\n", "", ()),
    ("contact-given", R, 'contact = "contact@good.example"\n', "", ()),
    ("package-described", "pyproject.toml", 'description = "An invented region"\n', "", ()),
    ("package-described", "pyproject.toml", '["lanzarote>=0.1"]', "[]", ()),
    ("readme-there", "pyproject.toml", 'readme = "README.md"\n', "", ()),
    ("readme-there", "README.md", "", "# Good\n", ()),
    ("licence-stated", "pyproject.toml", '"CC-BY-4.0"', '"free for all"', ()),
    ("licence-stated", R, 'time_zone = "Europe/Paris"\n', 'time_zone = "Europe/Paris"\nlicence = "free for all"\n', ()),
    ("data-not-code", PY, "\n\n@hookimpl", '\nCOURTS = {"courts": "Courts"}\nprint(COURTS)\n\n\n@hookimpl', ()),
    ("wheel-holds-folder", "pyproject.toml", '"hatchling.build"', '"setuptools.build_meta"', ()),
    ("wheel-holds-folder", "pyproject.toml", "[project]", '[tool.hatch.build]\nexclude = ["*.toml"]\n\n[project]', ()),
    ("wheel-holds-folder", "dist/lanzarote_region_good-1.1-py3-none-any.whl", "", "no wheel", ()),
    ("package-typed", PY, " -> Iterable[Region]", "", ()),
    ("package-tested", "tests/test_region.py", "", "", ()),
]  # fmt: skip


@pytest.fixture(autouse=True)
def _a_later_api(monkeypatch: pytest.MonkeyPatch) -> None:
    """One in which a key goes again: of today's none does."""
    going = Deprecated("the key former_name", since="1.4", removed_in="2.0", instead="tell it in [[history]]")
    monkeypatch.setattr(RegionHeader, "deprecated", {"former_name": going}, raising=False)


def judged(root: Path, files: dict[str, str]) -> Judgement:
    place = write(root, files)
    content = read_folder(place, ())
    subject = Subject(
        content=content, folder=place, project=project_of(place), catalogues=catalogues_for(place), today=TODAY
    )
    return judge(subject, (), RULES)


def asking(judgement: Judgement) -> set[str]:
    return {one.rule.id for one in judgement.rulings if one.open}


def test_a_good_package_breaks_no_rule(tmp_path: Path) -> None:
    judgement = judged(tmp_path, GOOD)
    assert [str(one) for ruling in judgement.rulings for one in ruling.open] == []
    assert (judgement.reached, judgement.next) == ("exemplary", None)


def test_every_rule_has_a_package_that_breaks_it() -> None:
    assert {row[0] for row in SPOILT} == {rule.id for rule in RULES}


@pytest.mark.parametrize(("rule", "file", "old", "new", "also"), SPOILT, ids=lambda value: str(value)[:30])
def test_a_spoilt_package_breaks_the_rule_and_no_other(
    tmp_path: Path, rule: str, file: str, old: str, new: str, also: tuple[str, ...]
) -> None:
    judgement = judged(tmp_path, spoilt(file, old, new))
    assert asking(judgement) == {rule, *also}
    [ruling] = [one for one in judgement.rulings if one.rule.id == rule]
    assert all(one.message and one.file for one in ruling.open)


def test_what_is_asked_stands_where_it_can_be_mended(tmp_path: Path) -> None:
    judgement = judged(tmp_path, spoilt(LAW, 'number = "3-14"', 'number = "3.14 and 3-15 (2)"'))
    assert [str(one) for ruling in judgement.rulings for one in ruling.open] == [
        "law/code.toml:11: provisions.code-1.number: '3.14' has none of the forms of this code: 1-2"
    ]


def test_a_translation_older_than_its_original_is_told_in_words(tmp_path: Path) -> None:
    judgement = judged(tmp_path, spoilt(PRACTICE, 'original = "en"\n', 'original = "en"\nstale = ["fr"]\n'))
    assert [one.message for ruling in judgement.rulings for one in ruling.open] == [
        "'en', the original, changed after the translation into 'fr' was made; bring that up to date, "
        "then take 'fr' out here"
    ]


def test_ids_of_rules_are_unique_and_every_rule_says_what_why_and_what_to_do() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.asks.endswith(".")
        assert rule.why.endswith(".")
        assert rule.todo.endswith(".")


def test_the_words_of_the_command_line_are_the_tiers() -> None:
    assert arguments.TIERS == TIERS


def test_every_warning_of_the_reader_belongs_to_a_rule() -> None:
    named = {
        line.partition('rule="')[2].partition('"')[0]
        for module in (check, check_entries, check_entries, folder)
        for line in Path(str(module.__file__)).read_text("utf-8").splitlines()
    }
    named |= {content.UNREAD, check_ways.IN_ALL_LANGUAGES, "nobody-recognisable"}
    assert named - {""} <= {rule.id for rule in RULES}


def test_every_rule_has_a_section_in_the_documentation() -> None:
    page = (ROOT / "docs" / "reference" / "quality-scale.md").read_text("utf-8")
    assert re.findall(r"^### ([a-z0-9-]+)$", page, re.MULTILINE) == [rule.id for rule in RULES]


def test_a_rule_with_a_share_says_how_far_one_is(tmp_path: Path) -> None:
    files = {name: text.replace("verified = true", "verified = false") for name, text in GOOD.items()}
    files[R] = GOOD[R]
    judgement = judged(tmp_path, files)
    told = {
        str(one).partition(" (")[2] for ruling in judgement.rulings for one in ruling.open if "(verified: " in str(one)
    }
    assert len(told) == 1
    assert re.fullmatch(r"verified: \d+ of \d+ \(\d+ %\), \d+ needed\)", told.pop())
    files = spoilt(R, 'languages = ["en", "fr"]', 'languages = ["en", "fr", "is"]\ndraft = ["is"]')
    [found] = [
        one for ruling in judged(tmp_path, files).rulings for one in ruling.open if "public pages" in one.message
    ]
    assert re.search(r"\(translated: 0 of \d+ \(0 %\), \d+ needed\)$", found.message)


@pytest.mark.parametrize(("share", "whole", "least"), [(0.8, 5, 4), (0.8, 56, 45), (0.98, 50, 49), (0.8, 0, 0)])
def test_what_is_needed_of_a_share_is_counted_in_whole_ones(share: float, whole: int, least: int) -> None:
    assert needed(share, whole) == least


# A folder without a package


def test_a_folder_alone_reaches_no_higher_than_sourced(tmp_path: Path) -> None:
    alone = {name: text for name, text in GOOD.items() if name.startswith(REGION)}
    judgement = judged(tmp_path, alone)
    assert judgement.reached == "sourced"
    assert "package-described" in asking(judgement)


@pytest.mark.parametrize(("missing", "asking_for"), [(0.01, set()), (0.03, LANGUAGE_RULES)])
def test_only_the_newest_words_of_the_platform_may_be_missing(
    tmp_path: Path, missing: float, asking_for: set[str]
) -> None:
    files = spoilt(R, 'languages = ["en", "fr"]', 'languages = ["en", "fr", "is"]\ndraft = ["is"]')
    share = round(1 / missing)
    words = [
        Entry(
            id=one.id, plural=one.plural or None, context=one.context or None, forms=[one.id] * (1 + bool(one.plural))
        )
        for place, one in enumerate(platform_messages())
        if place % share
    ]
    judgement = judged(tmp_path, {**files, f"{REGION}/translations/lanzarote/is.po": write_po(words, "is")})
    assert LANGUAGE_RULES & set(asking(judgement)) == asking_for


# Exemptions

BROKEN = spoilt(PRACTICE, ', { organisation = "listening-ear" }', "")
REASON = "No association takes part in it, as far as the report of the schools tells."
QUALITY = f"{REGION}/quality.toml"
EMPTY = (
    "None.",
    "…" * 40,
    "a" * 40,
    "aaaaaaaaaaaaaaaaaaaa bbbbbbbbbbbbbbbbbbbb",
    "x " * 40,
    "nothing " * 10,
    "None found. None found. None found. None found.",
)
NO_REASON = (
    "gives no reason of substance; say where you looked, what you did not find there, and why the rule cannot be met "
    'here, such as: "The reports of 2019 to 2024 name no association that takes part."'
)


def exempt(rule: str, reason: str = REASON, more: str = "") -> dict[str, str]:
    return {**BROKEN, QUALITY: f'[exempt.{rule}]\nreason = "{reason}"\n{more}'}


@pytest.mark.parametrize(
    "more",
    [
        "",
        'only = ["practices/hearing.toml"]\n',
        'only = ["practices/hearing.toml partners"]\n',
        'only = ["practices/hearing.toml:99: partners"]\n',
        'only = ["practices/hearing.toml: partners"]\n',
    ],
)
def test_an_exemption_with_a_reason_lets_the_tier_be_reached_and_is_shown(tmp_path: Path, more: str) -> None:
    judgement = judged(tmp_path, exempt("partners-of-both-sides", more=more))
    assert (judgement.with_exemptions, judgement.refused) == ("exemplary", ())
    assert [one.rule.id for one in judgement.rulings if one.state == "exempt"] == ["partners-of-both-sides"]


def test_an_entry_is_exempt_as_the_check_prints_it(tmp_path: Path) -> None:
    rulings = judged(tmp_path / "before", BROKEN).rulings
    [printed] = [str(one) for ruling in rulings for one in ruling.open if ruling.rule.id == "partners-of-both-sides"]
    place, key, _ = printed.split(": ", 2)
    for said in (f"warning: {printed}", printed, f"{place}: {key}"):
        more = f"only = [{json.dumps(said)}]\n"
        assert (
            judged(tmp_path / str(len(said)), exempt("partners-of-both-sides", more=more)).with_exemptions
            == "exemplary"
        )


def test_an_entry_is_found_however_its_file_is_called_and_also_without_a_key() -> None:
    for problem in (
        Problem(file="practices/a b.toml", key="partners", line=4, message="name no one: both sides"),
        Problem(file="region.toml", key="", line=3, message="has no helpline"),
        Problem(file="region.toml", key="", line=0, message="says: nothing"),
    ):
        assert Exemption(reason=REASON, only=(str(problem),)).covers(problem)
        assert Exemption(reason=REASON, only=(problem.file,)).covers(problem)
        assert not Exemption(reason=REASON, only=(f"{str(problem)[:-3]}",)).covers(problem)


@pytest.mark.parametrize(
    ("rule", "reason", "more", "told"),
    [
        ("partner-of-both-sides", REASON, "", "there is no rule 'partner-of-both-sides'; did you mean 'partners-of-both-sides'? `lanzarote region check --rules` lists all"),
        *(("partners-of-both-sides", empty, "", NO_REASON) for empty in EMPTY),
        ("hours-told", REASON, "", "this rule holds; take the exemption out"),
        ("partners-of-both-sides", REASON, 'only = ["practices/other.toml"]\n', "nothing is asked of 'practices/other.toml'; take it out, or write an entry as the check prints it, such as 'practices/hearing.toml partners'"),
        ("partners-of-both-sides", REASON, 'only = ["practices/hearing.toml 99"]\n', "nothing is asked of 'practices/hearing.toml 99'; take it out, or write an entry as the check prints it, such as 'practices/hearing.toml partners'"),
        ("loads", REASON, "", "what cannot be loaded cannot be exempt; mend it"),
    ],
)  # fmt: skip
def test_an_exemption_that_is_none_is_refused(tmp_path: Path, rule: str, reason: str, more: str, told: str) -> None:
    judgement = judged(tmp_path, exempt(rule, reason, more))
    assert [str(one) for one in judgement.refused] == [f"quality.toml:1: exempt.{rule}: {told}"]
    assert judgement.reached == "sourced"


def test_a_quality_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    judgement = judged(tmp_path, {**BROKEN, QUALITY: '[exempt.partners-of-both-sides]\nreson = "x"\n'})
    assert [one.line for one in judgement.refused] == [2]
    assert judgement.reached == "sourced"


def test_an_exemption_of_a_rule_that_has_nothing_to_ask_is_refused(tmp_path: Path) -> None:
    files = {name: text for name, text in GOOD.items() if name != PRACTICE}
    files[QUALITY] = f'[exempt.limits-told]\nreason = "{REASON}"\n'
    [refused] = judged(tmp_path, files).refused
    assert refused.message == "this rule has nothing to ask yet; take the exemption out"


# Nothing to ask


EVERY_PRACTICE = {
    "limits-told",
    "texts-in-all-languages",
    "practices-mapped",
    "partners-of-both-sides",
    "fields-have-sources",
    "practices-rest-on-law",
    "results-told",
}


@pytest.mark.parametrize(
    ("file", "rules"),
    [
        (PRACTICE, EVERY_PRACTICE),
        (LAW, {"mappings-marked", "law-citable", "numbers-fit", "law-findable", "provisions-mapped", "wordings-dated", "mappings-confirmed"}),
        (LINES, {"helplines-reachable", "hours-told", "helplines-read-lately"}),
        (SECTORS, {"sectors-have-bodies"}),
        (SOURCES, {"sources-have-days", "sources-in-use"}),
        (f"{REGION}/decision.toml", {"decision-rule-adopted"}),
        (f"{ROOM}/__init__.py", {"data-not-code", "package-typed"}),
    ],
    ids=lambda value: value.rpartition("/")[2] if isinstance(value, str) else "",
)  # fmt: skip
def test_a_rule_about_what_is_not_there_does_not_hold_but_has_nothing_to_ask(
    tmp_path: Path, file: str, rules: set[str]
) -> None:
    sound = {one.rule.id for one in judged(tmp_path / "sound", GOOD).rulings if one.state == "holds"}
    assert rules <= sound
    judgement = judged(tmp_path / "less", {name: text for name, text in GOOD.items() if name != file})
    vacant = {one.rule.id for one in judgement.rulings if one.state == "nothing-to-ask"}
    assert vacant & sound == rules


def test_an_exemption_of_one_entry_exempts_no_other(tmp_path: Path) -> None:
    files = exempt("partners-of-both-sides", more='only = ["practices/hearing.toml"]\n')
    files[f"{REGION}/practices/second.toml"] = files[PRACTICE].replace("Joint hearing", "Second hearing")
    judgement = judged(tmp_path, files)
    assert judgement.reached == "sourced"
    [ruling] = [one for one in judgement.rulings if one.rule.id == "partners-of-both-sides"]
    assert [one.file for one in ruling.open] == ["practices/second.toml"]
