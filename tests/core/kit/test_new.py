"""A new package is whole and says what is known, nothing else; what cannot be is refused before a file is written."""

from __future__ import annotations

import builtins
import re
import sys
import time
import tomllib
import zipfile
from importlib import invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.cli import parser
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import RegionError
from lanzarote.facts.convention import common_sectors
from lanzarote.facts.states import others, states
from lanzarote.instance import Instance
from lanzarote.kit.check import read_folder
from lanzarote.kit.new import SIDES, render
from lanzarote.kit.wanted import Asking, settle
from lanzarote.plugins import Candidate, Host

from tests.core.cli.conftest import Run, Said

if TYPE_CHECKING:
    from collections.abc import Iterator

ICELAND = ("--territory", "IS", "--languages", "is,en", "--id", "north")
WAITING = re.compile(r'^#(?=[\w\[\]"]| {4}\{)', re.MULTILINE)
"""The sign before what an author has to fill in: no blank follows it, but in the lines of a list."""

EMPTY = re.compile(
    r"must not be empty|'' is none of|a key is made of|a date here is text|a reference to|a whole number"
)
"""What is told of an empty text, key, choice, date and reference, and of a day where years should be."""


def new(run: Run, *words: str) -> Said:
    return run("region", "new", *words)


def made(run: Run, *words: str) -> Path:
    """The package that was asked for."""
    said = new(run, "made", *words)
    assert said.code == 0, said.err
    return Path("made")


def facts_of(package: Path) -> Path:
    [file] = package.glob("*/region/region.toml")
    return file.parent


def toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def header(package: Path) -> dict[str, Any]:
    return toml(facts_of(package) / "region.toml")


def refusal(said: Said) -> str:
    assert (said.code, said.out) == (1, "")
    return said.err.removeprefix("lanzarote: ").removesuffix("\n")


# What is written


def test_a_package_is_whole(run: Run) -> None:
    package = made(run, *ICELAND)
    module = package / "lanzarote_region_north"
    assert {file.relative_to(package).as_posix() for file in package.rglob("*") if file.is_file()} == {
        ".gitignore", "README.md", "pyproject.toml", "tests/test_package.py", "lanzarote_region_north/__init__.py",
        "lanzarote_region_north/py.typed",
        *(f"lanzarote_region_north/region/{name}.toml" for name in (
            "ages", "coverage", "criteria", "decision", "helplines", "organisations", "region", "sectors", "sources",
            "synonyms")),
        *(f"lanzarote_region_north/region/{room}/README.md" for room in ("law", "practices", "procedures")),
    }  # fmt: skip
    assert all(text.endswith("\n") for file in package.rglob("*.*") if file.is_file() and (text := file.read_text()))
    compile((module / "__init__.py").read_text(), "__init__.py", "exec")


def test_it_is_checked_at_once_and_nothing_is_to_mend(run: Run) -> None:
    said = new(run, *ICELAND)
    facts = Path("lanzarote-region-north/lanzarote_region_north/region")
    assert said.out.splitlines() == [
        "lanzarote-region-north is in lanzarote-region-north.",
        "It is checked: nothing is to mend, and the platform can load it.",
        f"What to fill in next: lanzarote region check {facts}",
        f"See it while you write: lanzarote region preview {facts}",
    ]
    checked = run("region", "check", str(facts), "--tier", "loadable")
    assert (checked.code, "warning" in checked.out) == (0, False)
    assert f"{facts} can be loaded: 9 sectors, 0 organisations, 0 provisions, 0 practices, 2 sources." in checked.out


def test_what_is_known_of_the_territory_is_filled_in(run: Run) -> None:
    region = header(made(run, *ICELAND))
    assert region["name"] == {"is": "Ísland", "en": "Iceland"}
    assert (region["territory"], region["time_zone"]) == ("IS", "Atlantic/Reykjavik")
    assert region["languages"] == ["is", "en"]
    assert region["personal_identifiers"] == ["is.kennitala"]
    assert region["draft"] == ["is"]
    assert "licence" not in region
    assert region["verified"] is False


def test_what_is_not_known_is_not_there(run: Run) -> None:
    facts = facts_of(made(run, *ICELAND))
    status = toml(facts / "region.toml")["convention_status"]
    assert (status["signed"], "ratified" in status) == (states()["IS"].cets201_signed_on, False)
    assert "Iceland is a party to it." in (facts / "region.toml").read_text("utf-8")
    for name in ("ages", "coverage", "criteria", "decision", "helplines", "organisations", "synonyms"):
        assert toml(facts / f"{name}.toml") == {}, name


def test_the_status_of_the_convention_is_that_of_the_facts_gaps_and_all(run: Run) -> None:
    status = header(made(run, "--territory", "CH", "--languages", "de,en"))["convention_status"]
    known = states()["CH"]
    assert (status["signed"], status["in_force"]) == (known.cets201_signed_on, known.cets201_in_force_on)
    assert status["ratified"] == str(known.cets201_ratified_on)
    assert (status["sources"], status["verified"]) == (["platform-states"], False)


def test_of_every_state_that_the_facts_tell_of_a_package_can_begin() -> None:
    for code, state in {**states(), **others()}.items():
        given = parser().parse_args(
            ["region", "new", "--territory", code, "--time-zone", "Etc/UTC", "--id", "somewhere"]
        )
        files = render(settle(given, Asking(at_terminal=False)))
        read = {Path(name).name: tomllib.loads(text) for name, text in files.items() if name.endswith(".toml")}
        region = read["region.toml"]
        assert region["name"].keys() == set(region["languages"]), code
        assert region["languages"][: len(state.languages)] == list(state.languages)
        known = region.get("convention_status", {})
        assert (known.get("signed"), known.get("in_force")) == (state.cets201_signed_on, state.cets201_in_force_on)
        assert set(known.get("sources", ())) <= set(read["sources.toml"])


def test_a_year_that_is_known_makes_no_day(run: Run) -> None:
    facts = facts_of(made(run, "--territory", "AM", "--id", "armenia"))
    assert states()["AM"].cets201_signed_year == 2010
    assert "signed" not in toml(facts / "region.toml")["convention_status"]
    assert "It was signed in 2010; the day was not seen." in (facts / "region.toml").read_text("utf-8")


def test_the_common_sectors_are_there_under_the_names_the_platform_has(run: Run) -> None:
    sectors = toml(facts_of(made(run, *ICELAND)) / "sectors.toml")
    wanted = [one for one in common_sectors() if one.key != "other"]
    assert {key: one["name"] for key, one in sectors.items()} == {one.key: {"en": one.name["en"]} for one in wanted}
    assert {key: one.get("convention") for key, one in sectors.items()} == {
        one.key: [str(one.reference)] for one in wanted
    }
    assert {key for key, one in sectors.items() if one["side"] != "mixed"} == set(SIDES)


def test_in_a_language_the_platform_does_not_speak_the_sectors_wait_for_their_names(run: Run) -> None:
    package = made(run, "--territory", "GE", "--languages", "ka")
    sectors = (facts_of(package) / "sectors.toml").read_text("utf-8")
    assert tomllib.loads(sectors) == {}
    assert sectors.count('#name.ka = ""') == len(common_sectors()) - 1
    assert "draft" not in header(package)


@pytest.mark.parametrize(
    "words",
    [ICELAND, ("--territory", "GE", "--languages", "ka"), ("--territory", "XA", "--languages", "en", "--name", "en=A",
                                                            "--time-zone", "Etc/UTC")],
    ids=["two languages", "one the platform does not speak", "invented"],
)  # fmt: skip
def test_what_waits_is_spelt_right_and_says_nothing_before_it_is_filled_in(run: Run, words: tuple[str, ...]) -> None:
    facts = facts_of(made(run, *words))
    for file in facts.glob("*.toml"):
        file.write_text(WAITING.sub("", file.read_text("utf-8")), "utf-8")
    for guide in facts.glob("*/README.md"):
        [block] = re.findall(r"^```toml\n(.*?)^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        guide.with_name("some-key.toml").write_text(WAITING.sub("", block).replace("#\n", "\n"), "utf-8")
    empty = read_folder(facts, []).errors
    unfilled = {problem.file for problem in empty if "no value that TOML knows" in problem.message}
    # Where the platform knows the State's dates, nothing in region.toml waits for a value.
    assert unfilled - {"region.toml"} == {"sources.toml", "ages.toml", "coverage.toml", "law/some-key.toml"}
    for file in facts.rglob("*.toml"):
        file.write_text(re.sub("=$", "= 2031-01-01", file.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
    told = read_folder(facts, []).errors
    waiting = {file.relative_to(facts).as_posix() for file in facts.rglob("*.toml")} - {"sectors.toml"}
    assert {problem.file for problem in told} >= waiting
    assert [str(one) for one in told if not EMPTY.search(one.message)] == []


@pytest.fixture
def importable(run: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As if the package that is made were installed."""
    monkeypatch.syspath_prepend(str(Path("made").resolve()))
    yield
    sys.modules.pop("lanzarote_region_north", None)


def loading(data: Path) -> Instance:
    invalidate_caches()
    host = Host([Candidate(name="north", module="lanzarote_region_north")])
    instance = new_instance(read_settings({"LANZAROTE_DATA": str(data / "data")}), host)
    instance.migrate()
    return instance


FILLED = {
    "title": '"A title"', "publisher": '"A publisher"', "url": '"https://xa.example/report"', "kind": '"official"',
    "website": '"https://xa.example/"', "read_on": "2026-11-01", "date": "2026-11-01", "from": "2020-01-01",
    "signed": "2007-10-25", "ratified": '"2010"', "in_force": "2011-01-01", "since": '"2020"', "started": '"2020"',
    "years": "15", "number": '"000 000"', "scope": '"local"', "side": '"public"', "running": '"ongoing"',
    "state": '"none"', "reviewer": '"The group"', "contact": '"north-group@xa.example"', "key": '"step-one"',
    "organisation": '"listening-service"', "sources": '["annual-report"]', "sectors": '["judicial"]',
    "leading_sectors": '["judicial"]', "personal_identifiers": '["fr.nir"]', "audiences": '["children"]',
    "provisions": '["child-protection-act-1"]', "target_groups": '["children"]', "domains": '["prevention"]',
    "convention": '["10.3"]', "law": '["XA"]', "words": '["A few words."]',
}  # fmt: skip
"""What an author writes into the lines that wait; into every other a few words."""
WORDS = '"A few words."'
GAP = re.compile(r'^(?P<before> *)(?P<key>[a-z_]+)(?P<lang>\.[a-z]{2})? = ?(?:""|\[""\])?$', re.MULTILINE)
CHOICE = re.compile(r"`?\b(\w+)`?: ([a-z-]+(?:, [a-z-]+)*,? or [a-z-]+)\.")
LAW = {
    "framework.toml": 'format = 1\nid = "XA"\nlanguages = ["en"]\nname.en = "Nowhere"\n',
    "sources.toml": '[act]\ntitle = "An act"\npublisher = "XA"\nkind = "official"\n'
    'url = "https://xa.example/act"\nread_on = 2026-11-01\n',
}
RETURNING_LAW = """

@hookimpl
def legal_frameworks() -> Iterable[LegalFramework]:
    return (LegalFramework.from_folder(files(__name__) / "law_xa"),)
"""


def filled(run: Run) -> Path:
    """A package of which every line that waits is filled in, as its comments say."""
    package = made(run, "--territory", "XA", "--languages", "en", "--name", "en=North", "--time-zone", "Etc/UTC",
                   "--id", "north")  # fmt: skip
    facts = facts_of(package)
    for guide in facts.glob("*/README.md"):
        [block] = re.findall(r"^```toml\n(.*?)^```", guide.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        guide.with_name("some-key.toml").write_text(block.replace("#\n", "\n"), "utf-8")
    for file in facts.rglob("*.toml"):
        text = WAITING.sub("", file.read_text("utf-8")).replace('"https://"', '"https://xa.example/"')
        text = GAP.sub(fill, text).replace('ref = ""', 'ref = "10.3"').replace('en = ""', f"en = {WORDS}")
        file.write_text(text, "utf-8")
    for name, text in LAW.items():
        (facts.parent / "law_xa").mkdir(exist_ok=True)
        (facts.parent / "law_xa" / name).write_text(text, "utf-8")
    code = facts.parent / "__init__.py"
    code.write_text(code.read_text("utf-8").replace("import Region,", "import LegalFramework, Region,") + RETURNING_LAW)
    return package


def fill(gap: re.Match[str]) -> str:
    value = WORDS if gap["lang"] and gap["key"] != "words" else FILLED.get(gap["key"], WORDS)
    return f"{gap['before']}{gap['key']}{gap['lang'] or ''} = {value}"


@pytest.mark.usefixtures("importable")
def test_a_package_that_is_filled_in_as_it_says_is_checked_and_loaded(run: Run, tmp_path: Path) -> None:
    facts = facts_of(filled(run))
    assert [str(one) for one in read_folder(facts, []).errors] == []
    with loading(tmp_path) as instance:
        instance.load("north")
        assert [one.key for one in instance.directory("north")] == ["listening-service"]


@pytest.mark.usefixtures("importable")
def test_what_load_refuses_the_check_finds(run: Run, tmp_path: Path) -> None:
    facts = facts_of(filled(run))
    code = facts.parent / "__init__.py"
    code.write_text(code.read_text("utf-8").replace(RETURNING_LAW, ""))
    with loading(tmp_path) as instance, pytest.raises(RegionError, match="no installed package brings the law 'XA'"):
        instance.load("north")
    said = run("region", "check", str(facts))
    assert said.code == 1
    assert said.out.splitlines()[0] == (
        "lanzarote_region_north/__init__.py: no hook returns the folder law_xa; add @hookimpl def legal_frameworks(), "
        'which returns (LegalFramework.from_folder(files(__name__) / "law_xa"),)'
    )


def test_every_choice_that_a_file_names_is_one(run: Run) -> None:
    facts = facts_of(filled(run))
    choices = {}
    for guide in facts.rglob("*.*"):
        text = re.sub(r"\s*\n#? *", " ", guide.read_text("utf-8"))
        file = guide.with_name("some-key.toml") if guide.name == "README.md" else guide
        for key, named in CHOICE.findall(text):
            choices[file, key] = re.split(r",? or |, ", named)
    assert {key for _, key in choices} == {
        "audiences", "common", "domains", "kind", "majority", "nature", "running", "scope", "side", "state",
        "target_groups",
    }  # fmt: skip
    texts = {file: file.read_text("utf-8") for file in facts.rglob("*.toml")}
    for turn in range(max(map(len, choices.values()))):
        written = dict(texts)
        for (file, key), named in choices.items():
            one = named[turn % len(named)]
            written[file] = re.sub(rf'^{key} = (\[?)"[^"]*"', rf'{key} = \1"{one}"', written[file], flags=re.MULTILINE)
            if one == "example":
                written[file] = written[file].replace('organisation = "listening-service"', 'sector = "judicial"')
        for file, text in written.items():
            file.write_text(text, "utf-8")
        assert [str(one) for one in read_folder(facts, []).errors] == []


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("--territory", "XA", "--languages", "ar", "--name", 'ar=مكان "خيالي" \\ هنا'), 'مكان "خيالي" \\ هنا'),
        (("--territory", "XB", "--languages", "he", "--name", "he=מקום"), "מקום"),
        (("--territory", "XC", "--languages", "ka", "--name", "ka=საქართველო"), "საქართველო"),
        (("--territory", "XD", "--languages", "en", "--name", "en=  Cafe\u0301  Lane "), "Café Lane"),
    ],
    ids=["right to left, quotes", "Hebrew", "Georgian", "blanks and loose accents"],
)
def test_a_name_in_any_script_is_kept_as_it_is_written(run: Run, words: tuple[str, ...], name: str) -> None:
    package = made(run, *words, "--time-zone", "Etc/UTC", "--id", "somewhere")
    assert list(header(package)["name"].values()) == [name]
    assert toml(package / "pyproject.toml")["project"]["description"] == f"{name} on the Lanzarote platform"


@pytest.mark.parametrize("word", ["class", "import", "none", "test", "json"])
def test_an_id_that_python_has_a_meaning_for_does_no_harm(run: Run, word: str) -> None:
    package = made(run, "--territory", "IS", "--id", word)
    project = toml(package / "pyproject.toml")["project"]
    assert project["entry-points"]["lanzarote"] == {word: f"lanzarote_region_{word}"}
    assert (package / f"lanzarote_region_{word}" / "__init__.py").is_file()


def test_the_id_is_made_of_a_name_in_latin_letters_or_of_the_code(run: Run) -> None:
    assert header(made(run, "--territory", "IS-1", "--languages", "is"))["id"] == "hofudborgarsvaedi"
    said = new(run, "other", "--territory", "GR-I", "--languages", "el", "--name", "el=Αττική")
    assert (said.code, header(Path("other"))["id"]) == (0, "attiki")


def test_a_name_that_only_iso_3166_knows_is_said_to_be_that(run: Run) -> None:
    said = new(run, "made", "--territory", "IS-1", "--languages", "is,en", "--name", "en=Capital Region")
    assert "The name is what ISO 3166-2, or a translation of it, writes (is); if it is called otherwise, " in said.out
    assert "# As ISO 3166-2 writes it; what is it called in Icelandic?\n" in (
        facts_of(Path("made")) / "region.toml"
    ).read_text("utf-8")


def test_a_name_that_iso_3166_has_in_translation_is_proposed_and_said_to_be_that(run: Run) -> None:
    package = made(run, "--territory", "FI-18", "--languages", "fi,sv,en", "--name", "en=Uusimaa")
    assert header(package)["name"] == {"fi": "Uusimaa", "sv": "Nyland", "en": "Uusimaa"}
    written = (facts_of(package) / "region.toml").read_text("utf-8")
    assert "# As a translation of ISO 3166-2 (iso-codes) writes it; what is it called in Swedish?\n" in written


def test_a_territory_outside_the_council_of_europe_is_welcome(run: Run) -> None:
    package = made(run, "--territory", "CA-QC", "--time-zone", "America/Toronto")
    text = (facts_of(package) / "region.toml").read_text("utf-8")
    assert "# The platform has no facts on CA." in text
    assert "convention_status" not in tomllib.loads(text)


def test_a_state_that_acceded_from_elsewhere_is_said_to_have_done_so(run: Run) -> None:
    package = made(run, "--territory", "TN")
    text = (facts_of(package) / "region.toml").read_text("utf-8")
    assert "# It acceded on 2019-10-15." in text
    assert list(tomllib.loads(text)["convention_status"]) == ["in_force", "sources", "verified"]


def test_law_that_an_installed_package_brings_is_asked_for_with_that_package(run: Run) -> None:
    package = made(run, "--territory", "FR-69M", "--id", "lyon", "--law", "FR")
    assert header(package)["law"] == ["FR"]
    assert "lanzarote-region-paris" in toml(package / "pyproject.toml")["project"]["dependencies"]


def test_law_that_could_be_used_is_pointed_at(run: Run) -> None:
    text = (facts_of(made(run, "--territory", "FR-69M", "--id", "lyon")) / "region.toml").read_text("utf-8")
    assert "# The installed lanzarote-region-paris brings national law of this State" in text


# The wheel


def test_one_command_leads_to_a_wheel(run: Run) -> None:
    said = new(run, "made", *ICELAND, "--wheel")
    assert said.code == 0, said.err
    wheel = Path("made/dist/lanzarote_region_north-0.1.0-py3-none-any.whl")
    assert f"Wheel: {wheel}\n" in said.out
    with zipfile.ZipFile(wheel) as opened:
        assert "lanzarote_region_north/region/region.toml" in opened.namelist()
        assert b"Requires-Dist: lanzarote>=0.1\n" in opened.read("lanzarote_region_north-0.1.0.dist-info/METADATA")


def test_without_a_builder_it_is_said_what_to_install_and_nothing_is_written(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from lanzarote.kit import new as building

    monkeypatch.setattr(building, "find_spec", lambda name: None)
    assert refusal(new(run, "made", *ICELAND, "--wheel")) == (
        "Building a wheel needs hatchling, which is not installed here: pip install 'lanzarote[kit]'. "
        "Without --wheel the package is written all the same."
    )
    assert not Path("made").exists()


def test_without_the_library_of_codes_a_part_of_a_state_is_taken_as_given(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pycountry", None)
    said = new(run, "made", "--territory", "IS-1", "--languages", "en", "--name", "en=Capital Region")
    assert said.code == 0, said.err
    assert (
        "IS-1 was not looked up in ISO 3166-2; this brings what is needed for it: pip install 'lanzarote[kit]'\n"
        in said.out
    )
    assert header(Path("made"))["sources"] == ["cldr"]


# Refusals


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("QQ", "'QQ' is no country of ISO 3166-1; did you mean "),
        ("UK", "'UK' is no country of ISO 3166-1; did you mean GB (United Kingdom)?"),
        ("iceland", "'iceland' is no code of ISO 3166; the code of Iceland is IS."),
        ("Uusimaa", "'Uusimaa' is no code of ISO 3166; the code of Uusimaa (Finland) is FI-18."),
        ("nyland", "'nyland' is no code of ISO 3166; the code of Uusimaa (Finland) is FI-18."),
        ("Suomi", "'Suomi' is no code of ISO 3166; the code of Finland is FI."),
        ("Ελλάδα", "'Ελλάδα' is no code of ISO 3166; the code of Greece is GR."),
        (
            "Limburg",
            "'Limburg' is no code of ISO 3166; several territories are called that: BE-VLI is Limburg (Belgium), "
            "NL-LI is Limburg (Netherlands).",
        ),
        (
            "Russland-Nord",
            "'Russland-Nord' is no code of ISO 3166; write one such as FR or FR-75C; codes are looked up at "
            "https://www.iso.org/obp/ui/#search.",
        ),
        ("FR-75", "'FR-75' is not in ISO 3166-2, which has 124 parts of France, such as FR-75C (Paris);"),
        ("VA-1", "'VA-1' is not in ISO 3166-2, which names no parts of Vatican City; write VA."),
        (
            "XX-1",
            "'XX-1' is no code of ISO 3166; XX is for a territory that is invented, and has no parts: write XX, or the "
            "code of a territory that there is.",
        ),
        ("CA-QC", "There is nothing to go by for this: Time zone ("),
        ("XA", "There is nothing to go by for this: Name of the territory in English. Say it with --name en=…."),
        ("GR-I", "There is nothing to go by for this: Name of the territory in Greek. Say it with --name el=…."),
        ("IS --languages is,zz", "'zz' is no language tag;"),
        ("IS --languages fr,isl", "'isl' is written 'is' everywhere; write 'is'."),
        ("IS --languages Icelandic", "'Icelandic' is no language tag;"),
        ("IS --id help", "'help' is the address of a page of the platform; choose another id."),
        ("IS --id Ísland!", "'Ísland!' cannot be an id: "),
        ("FR-75C --id paris", "The installed package lanzarote-region-paris describes the region 'paris' already;"),
        ("IS --id spreadsheet", "The installed package lanzarote-spreadsheet has the name 'spreadsheet' already;"),
        ("GE --law GE", "No installed package brings the law of 'GE' (there is: FR (lanzarote-region-paris), IS ("),
        ("IS --name Iceland", "--name 'Iceland' names no language; write such as --name en=Iceland."),
        ("IS --name de=Island", "--name gives a name in 'de', which is none of the languages: is, en;"),
        ("IS --name en=a\x07b", "The name holds the sign '\\x07', which nobody can read;"),
        ("IS --name en=??", "A name has letters, and at most 200 of them."),
        (
            "IS --id north --time-zone reykjavik",
            "'reykjavik' is no time zone of the IANA list; did you mean Atlantic/Reykjavik?",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(run: Run, words: str, told: str) -> None:
    assert refusal(new(run, "made", "--territory", *words.split(" "))).startswith(told)
    assert not Path("made").exists()


def test_without_a_terminal_nothing_is_asked(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "input", lambda _: pytest.fail("was asked"))
    assert refusal(new(run)) == (
        "There is nothing to go by for this: Territory (ISO 3166, such as IS or IS-1). Say it with --territory."
    )


def test_a_folder_with_anything_in_it_is_left_alone(run: Run) -> None:
    Path("made").mkdir()
    Path("made/notes.txt").write_text("mine")
    assert refusal(new(run, "made", *ICELAND)) == (
        "made is not empty, and nothing in it shall be overwritten; name another folder."
    )
    assert [file.name for file in Path("made").iterdir()] == ["notes.txt"]


def test_a_file_is_no_folder(run: Run) -> None:
    Path("made").write_text("mine")
    assert refusal(new(run, "made", *ICELAND)).startswith("made is a file or a link;")
    assert Path("made").read_text() == "mine"


def test_an_empty_folder_is_filled(run: Run) -> None:
    Path("made").mkdir()
    assert (made(run, *ICELAND) / "pyproject.toml").is_file()


def test_the_same_twice_is_refused(run: Run) -> None:
    assert new(run, *ICELAND).code == 0
    before = {file: file.stat().st_mtime_ns for file in Path("lanzarote-region-north").rglob("*")}
    time.sleep(0.01)
    assert "is not empty" in refusal(new(run, *ICELAND))
    assert {file: file.stat().st_mtime_ns for file in Path("lanzarote-region-north").rglob("*")} == before


def test_what_cannot_be_written_whole_is_not_written_at_all(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    real, opened = Path.open, []

    def full(self: Path, mode: str = "r", **more: Any) -> Any:
        opened.append(self)
        if mode == "x" and len(opened) > 5:
            raise OSError(28, "No space left on device", str(self))
        return real(self, mode, **more)

    monkeypatch.setattr(Path, "open", full)
    said = new(run, "made", *ICELAND)
    assert said.code == 1
    assert said.err.endswith(": No space left on device\n")
    assert not Path("made").exists()
