"""What `lanzarote region check` prints, for people and for programs, and the code it ends with."""

from __future__ import annotations

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from lanzarote.kit.scale import RULES
from lanzarote.kit.scale.rules import TIERS
from rich.status import Status

from tests.core.cli.conftest import Run, data, run, soon_after_reading
from tests.core.kit.good import GOOD, REGION, ROOM, spoilt, write

__all__ = ["data", "run", "soon_after_reading"]

pytestmark = pytest.mark.usefixtures("soon_after_reading")

PRACTICE = f"{REGION}/practices/hearing.toml"
ONE_SIDED = spoilt(PRACTICE, ', { organisation = "listening-ear" }', "")
REASON = "No association takes part in it, as far as the report of the schools tells."
EXEMPT = {**ONE_SIDED, f"{REGION}/quality.toml": f'[exempt.partners-of-both-sides]\nreason = "{REASON}"\n'}


def test_each_tier_says_what_holds_and_what_is_asked_and_the_end_says_where_it_stands(run: Run, tmp_path: Path) -> None:
    said = run("region", "check", str(write(tmp_path, ONE_SIDED)))
    assert said.code == 0
    lines = said.out.splitlines()
    assert [line for line in lines if not line.startswith(" ")][1:] == [
        "loadable: reached",
        "sourced: reached, 1 of 11 rules with nothing to ask yet",
        "complete: 1 of 28 rules asks for something",
        "exemplary: all rules hold",
        "Reached: sourced.",
        "Nothing to ask yet, and so not known to hold: words-usable.",
        "The next, complete, asks for: partners-of-both-sides.",
    ]
    at = lines.index("    practices/hearing.toml:9: partners: shows no partner of the side civil-society")
    assert lines[at - 1].startswith("  asks: partners-of-both-sides: Every practice shows partners of both sides")
    assert lines[at + 1].startswith("    What to do: Name the other side's partner")


@pytest.mark.parametrize(("tier", "code"), [("loadable", 0), ("sourced", 0), ("complete", 1), ("exemplary", 1)])
def test_a_tier_that_is_asked_for_and_not_reached_is_a_failure(run: Run, tmp_path: Path, tier: str, code: int) -> None:
    said = run("region", "check", str(write(tmp_path, ONE_SIDED)), "--tier", tier)
    assert said.code == code
    assert (f"It does not reach {tier}, as asked by --tier." in said.out) == bool(code)


def test_what_a_folder_says_in_other_words_than_a_package_is_named(run: Run, tmp_path: Path) -> None:
    words = 'msgid ""\nmsgstr ""\n"Language: fr\\n"\n\nmsgid "Practices"\nmsgstr "Usages"\n'
    file = "translations/lanzarote/fr.po"
    said = run("region", "check", str(write(tmp_path, GOOD | {f"{REGION}/{file}": words})))
    told = f'{file} says 1 message in other words than other catalogues ("Practices"): its own are said.'
    assert (said.code, said.out.splitlines()[-1]) == (0, told)


@pytest.mark.parametrize(("awaits", "told"), [("", ""), ('awaits = "the schools"\n', " (Awaits the schools.)")])
def test_an_exemption_is_shown_with_its_reason_and_who_could_meet_the_rule(
    run: Run, tmp_path: Path, awaits: str, told: str
) -> None:
    quality = f"{REGION}/quality.toml"
    files = {**EXEMPT, quality: EXEMPT[quality] + awaits}
    said = run("region", "check", str(write(tmp_path, files)), "--tier", "exemplary")
    shown = f"  {'to do' if awaits else 'exempt'}: partners-of-both-sides: {REASON}{told}"
    assert (said.code, shown in said.out.splitlines()) == (1, True)


def test_the_tier_is_what_is_reached_without_exemptions(run: Run, tmp_path: Path) -> None:
    said = run("region", "check", str(write(tmp_path, EXEMPT)))
    lines = said.out.splitlines()
    assert "complete: no rule asks for anything, 1 of 28 rules exempt" in lines
    at = lines.index("Reached: sourced.")
    assert lines[at + 1] == "Reached with exemptions: exemplary, exempt from partners-of-both-sides."
    told = json.loads(run("region", "check", str(write(tmp_path, EXEMPT)), "--json").out)
    assert (told["reached"], told["with_exemptions"]) == ("sourced", "exemplary")
    assert told["exempt"] == ["partners-of-both-sides"]


def test_what_awaits_somebody_is_to_do_and_holds_the_tier_back(run: Run, tmp_path: Path) -> None:
    quality = f"{REGION}/quality.toml"
    files = {**EXEMPT, quality: EXEMPT[quality] + 'awaits = "the schools"\n'}
    lines = run("region", "check", str(write(tmp_path, files))).out.splitlines()
    assert "complete: 1 of 28 rules waits for somebody" in lines
    assert lines[-3:] == [
        "Reached: sourced.",
        "Nothing to ask yet, and so not known to hold: words-usable.",
        "To do before it is complete, by others: partners-of-both-sides (the schools).",
    ]


def test_a_scaffold_that_is_exempt_from_all_that_is_asked_has_reached_nothing_more(run: Run) -> None:
    run("region", "new", "made", "--territory", "XA", "--languages", "en", "--name", "en=A", "--time-zone", "Etc/UTC")
    facts = Path("made/lanzarote_region_a/region")
    asked = json.loads(run("region", "check", str(facts), "--json").out)
    reached = asked["reached"]
    rules = [rule["id"] for tier in asked["tiers"] for rule in tier["rules"] if rule["state"] == "asks"]
    for more in ("", 'awaits = "somebody"\n'):
        excuses = "".join(f'[exempt.{rule}]\nreason = "{REASON}"\n{more}\n' for rule in rules)
        (facts / "quality.toml").write_text(excuses, "utf-8")
        said = run("region", "check", str(facts), "--tier", "exemplary")
        assert (said.code, f"Reached: {reached}." in said.out.splitlines()) == (1, True)
    told = json.loads(run("region", "check", str(facts), "--json").out)
    refused = [one["key"] for one in told["refused_exemptions"]]
    sourced = {rule.id for rule in RULES if rule.tier == "sourced"}
    assert refused == [f"exempt.{rule}" for rule in rules if rule in sourced]
    assert told["with_exemptions"] == reached


NO_PRACTICE = {
    **{name: text for name, text in GOOD.items() if name != PRACTICE},
    f"{REGION}/quality.toml": (
        f'[exempt.a-practice-shown]\nreason = "{REASON}"\n[exempt.convention-documented]\nreason = "{REASON}"\n'
    ),
}
NOT_ASKED = ["words-usable", "limits-told"]
NOT_ASKED += ["texts-in-all-languages", "practices-mapped", "partners-of-both-sides"]
NOT_ASKED += ["fields-have-sources", "practices-rest-on-law", "results-told"]


def test_a_tier_says_of_which_rules_nobody_knows_whether_they_hold(run: Run, tmp_path: Path) -> None:
    folder = str(write(tmp_path, NO_PRACTICE))
    lines = run("region", "check", folder).out.splitlines()
    assert [line for line in lines if not line.startswith(" ")][2:] == [
        "sourced: reached, 2 of 11 rules with nothing to ask yet",
        "complete: no rule asks for anything, 1 of 28 rules exempt, 3 of 28 rules with nothing to ask yet",
        "exemplary: no rule asks for anything, 1 of 18 rules exempt, 3 of 18 rules with nothing to ask yet",
        "Reached: sourced.",
        "Reached with exemptions: exemplary, exempt from a-practice-shown, convention-documented.",
        f"Nothing to ask yet, and so not known to hold: {', '.join(NOT_ASKED)}.",
    ]
    assert "  nothing to ask yet: words-usable, limits-told" in lines
    told = json.loads(run("region", "check", folder, "--json").out)
    assert told["nothing_to_ask"] == NOT_ASKED
    rules = {rule["id"]: rule for tier in told["tiers"] for rule in tier["rules"]}
    assert {name for name, rule in rules.items() if rule["state"] == "nothing-to-ask"} == {*NOT_ASKED}


UNREAD = {
    f"{REGION}/map.png": "",
    f"{REGION}/quality.toml": (
        '[exempt.nothing-unread]\nreason = "The map is kept beside the facts for the editors, and everybody knows."\n'
        'only = ["map.png"]\n'
    ),
}


def test_what_is_exempt_is_no_warning_beside_faults(run: Run, tmp_path: Path) -> None:
    sectors = GOOD[f"{REGION}/sectors.toml"].replace('"judicial"', '"justice"', 1)
    said = run("region", "check", str(write(tmp_path, {**GOOD, **UNREAD, f"{REGION}/sectors.toml": sectors})))
    assert "warning" not in said.out.replace("0 warnings", "")
    assert [line.partition(": nobody")[0] for line in said.out.splitlines()][-2:] == [
        "exempt: map.png",
        "1 fault to mend, 0 warnings, 1 exempt.",
    ]


def test_a_territory_that_iso_3166_2_does_not_know_is_refused(run: Run, tmp_path: Path) -> None:
    header = GOOD[f"{REGION}/region.toml"].replace('territory = "XA"', 'territory = "FI-99"')
    said = run("region", "check", str(write(tmp_path, {**GOOD, f"{REGION}/region.toml": header})))
    assert said.code == 1
    assert said.out.startswith(
        "region.toml:4: territory: 'FI-99' is not in ISO 3166-2, which has 19 parts of Finland, "
    )


def test_an_exemption_that_is_none_is_a_failure(run: Run, tmp_path: Path) -> None:
    files = {**GOOD, f"{REGION}/quality.toml": f'[exempt.partners-of-both-sides]\nreason = "{REASON}"\n'}
    said = run("region", "check", str(write(tmp_path, files)))
    told = "quality.toml:1: exempt.partners-of-both-sides: this rule holds; take the exemption out"
    assert (said.code, told in said.out.splitlines()) == (1, True)


def test_five_findings_of_a_rule_are_told_and_all_when_asked(run: Run, tmp_path: Path) -> None:
    files = spoilt(f"{REGION}/coverage.toml", "date = 2026-11-02", "date = 2023-01-01")
    folder = str(write(tmp_path, files))
    few, all_ = (run("region", "check", folder, *more).out for more in ((), ("--all",)))
    assert (few.count("was stated 2023-01-01"), all_.count("was stated 2023-01-01")) == (5, 33)
    assert "    … and 28 more (--all shows them)" in few.splitlines()


def test_programs_are_told_the_same(run: Run, tmp_path: Path) -> None:
    said = run("region", "check", str(write(tmp_path, EXEMPT)), "--json")
    told = json.loads(said.out)
    assert (told["with_exemptions"], told["next"], told["faults"], told["against"]) == ("exemplary", None, [], [])
    assert [tier["name"] for tier in told["tiers"]] == list(TIERS)
    rules = {rule["id"]: rule for tier in told["tiers"] for rule in tier["rules"]}
    assert set(rules) == {rule.id for rule in RULES}
    assert rules["partners-of-both-sides"] == {
        "id": "partners-of-both-sides",
        "state": "exempt",
        "findings": [],
        "exemptions": [{"reason": REASON, "awaits": "", "only": []}],
    }


def test_programs_are_told_of_a_folder_that_cannot_be_loaded(run: Run, tmp_path: Path) -> None:
    files = spoilt(f"{REGION}/sectors.toml", '"judicial"', '"justice"')
    said = run("region", "check", str(write(tmp_path, files)), "--json", "--tier", "loadable")
    told = json.loads(said.out)
    assert (said.code, told["reached"], told["next"]) == (1, None, "loadable")
    [fault] = told["faults"]
    assert (fault["file"], fault["line"], fault["key"]) == ("sectors.toml", 2, "courts.common")


@pytest.mark.parametrize("watched", [True, False])
def test_what_is_being_looked_at_is_told_to_whoever_watches(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, watched: bool
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: watched)
    monkeypatch.setenv("TERM", "xterm")
    folder = write(tmp_path, GOOD)
    shown: list[str] = []
    monkeypatch.setattr(Status, "update", lambda self, told: shown.append(str(told)))
    said = run("region", "check", str(folder))
    asked = [f"{rule.id} ({number} of {len(RULES)})" for number, rule in enumerate(RULES, 1)]
    assert shown == ([f"Reading {folder}", *asked] if watched else [])
    assert (said.code, said.out.splitlines()[-2], said.err == "") == (0, "Reached: exemplary.", not watched)


def test_it_counts_from_the_day_it_is(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(write(tmp_path, GOOD))
    assert run("region", "check", folder, "--tier", "exemplary").code == 0
    monkeypatch.setattr("lanzarote.kit.check.latest_day", lambda: date(2027, 11, 4))
    said = run("region", "check", folder, "--tier", "exemplary")
    assert said.code == 1
    assert "The next, exemplary, asks for: helplines-read-lately." in said.out.splitlines()


def test_all_rules_are_listed(run: Run) -> None:
    said = run("region", "check", "--rules")
    assert said.code == 0
    assert [
        line.strip().partition(":")[0] for line in said.out.splitlines() if line.startswith("  ") and line[2] != " "
    ] == [rule.id for rule in RULES]
    listed = json.loads(run("region", "check", "--rules", "--json").out)
    assert [set(one) for one in listed] == [{"id", "tier", "asks", "why", "todo"}] * len(RULES)


def test_without_a_folder_nothing_can_be_checked(run: Run) -> None:
    said = run("region", "check")
    assert (said.code, said.err) == (
        1,
        "lanzarote: Which folder? Give the one that holds region.toml, or framework.toml of national law; "
        "--rules lists the rules.\n",
    )


def test_law_in_the_same_package_is_read_and_judged_with_the_folder(run: Run, tmp_path: Path) -> None:
    files = spoilt(f"{REGION}/region.toml", 'time_zone = "Europe/Paris"', 'time_zone = "Europe/Paris"\nlaw = ["XA"]')
    law = f"{REGION.rpartition('/')[0]}/law_xa"
    files[f"{law}/framework.toml"] = (
        'format = 1\nid = "XA"\nlanguages = ["en", "fr"]\nname.en = "Law"\nname.fr = "Droit"\n'
    )
    files[f"{law}/sources.toml"] = files[f"{REGION}/sources.toml"].replace("[report]", "[code-page]")
    moved = files.pop(f"{REGION}/law/code.toml").replace('["report"]', '["code-page"]')
    files[f"{law}/law/code.toml"] = moved.replace('"3-14"', '"3.14"')
    code = f"{ROOM}/__init__.py"
    hook = "@hookimpl\ndef legal_frameworks():\n    return (LegalFramework.from_folder(files(__name__) / 'law_xa'),)\n"
    files[code] = f"{files[code].replace('Region, hookimpl', 'LegalFramework, Region, hookimpl')}\n\n{hook}"
    said = run("region", "check", str(write(tmp_path, files)))
    assert said.code == 0
    told = "[law XA] law/code.toml:11: provisions.code-1.number: '3.14' has none of the forms of this code: 1-2"
    assert f"    {told}" in said.out.splitlines()


COMMANDS = (("check",), ("preview",), ("messages", "progress"))


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("inside", ["", "src/"])
def test_the_folder_of_a_package_is_answered_with_the_one_of_its_region(
    run: Run, tmp_path: Path, command: tuple[str, ...], inside: str
) -> None:
    package = tmp_path / "package"
    meant = write(package / inside, GOOD)
    write(package / ".venv", GOOD)
    said = run("region", *command, str(package))
    wanted = "region.toml" if command == ("preview",) else "region.toml or framework.toml"
    assert (said.code, said.out) == (1, "")
    assert said.err == f"lanzarote: There is no {wanted} in {package}; did you mean {meant}?\n"


def test_of_a_package_with_two_regions_both_are_offered(run: Run, tmp_path: Path) -> None:
    first, second = write(tmp_path / "a", GOOD), write(tmp_path / "b", GOOD)
    said = run("region", "check", str(tmp_path))
    assert said.err.endswith(f"; give one of these: {first}, {second}\n")


LAW = {
    "lanzarote_law_xa/__init__.py": "@hookimpl\ndef legal_frameworks():\n    return ()\n",
    "lanzarote_law_xa/law_xa/framework.toml": 'format = 1\nid = "XA"\nlanguages = ["en"]\nname.en = "Law"\n',
    "lanzarote_law_xa/law_xa/sources.toml": (
        '[journal]\ntitle = "Act"\npublisher = "Nobody"\nkind = "official"\nread_on = 2026-11-02\n'
    ),
    "lanzarote_law_xa/law_xa/law/act.toml": (
        '[instrument]\nkey = "act"\ntitle.en = "Act"\n\n[provisions.act-1]\nnumber = "1"\n\n'
        '[[provisions.act-1.versions]]\nfrom = 2020-01-01\ntitle.en = "One"\nverified = true\nsources = ["journal"]\n'
    ),
    "pyproject.toml": (
        '[project]\nname = "lanzarote-law-xa"\nversion = "1.1"\n'
        '[project.entry-points.lanzarote]\nlaw-xa = "lanzarote_law_xa"\n'
    ),
}
ACT = "lanzarote_law_xa/law_xa/law/act.toml"


def law(place: Path, files: dict[str, str]) -> str:
    write(place, files)
    return str(place / "lanzarote_law_xa" / "law_xa")


def law_wheel(place: Path) -> str:
    wheel = place / "lanzarote_law_xa-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        for file, text in LAW.items():
            opened.writestr(file, text)
        info = "lanzarote_law_xa-1.0.dist-info"
        opened.writestr(f"{info}/METADATA", "Metadata-Version: 2.4\nName: lanzarote-law-xa\nVersion: 1.0\n")
        opened.writestr(f"{info}/entry_points.txt", "[lanzarote]\nlaw-xa = lanzarote_law_xa\n")
    return str(wheel)


def test_national_law_is_judged_alone_by_the_rules_that_are_of_law(run: Run, tmp_path: Path) -> None:
    folder = law(tmp_path, LAW)
    said = run("region", "check", folder, "--json")
    asked = {rule["id"] for tier in json.loads(said.out)["tiers"] for rule in tier["rules"]}
    assert (said.code, asked) == (0, {rule.id for rule in RULES if rule.of_law})
    lines = run("region", "check", folder).out.splitlines()
    assert lines[0] == f"{folder} can be loaded: 1 legal text, 1 provision, 1 source."
    assert "Reached: sourced." in lines
    assert run("region", "check", folder, "--tier", "complete").code == 1


def test_faults_of_national_law_are_told_with_their_lines(run: Run, tmp_path: Path) -> None:
    said = run("region", "check", law(tmp_path, {**LAW, ACT: LAW[ACT].replace('["journal"]', '["jurnal"]')}))
    assert (said.code, said.out.splitlines()[0].partition(";")[0]) == (
        1,
        "law/act.toml:12: provisions.act-1.versions.0.sources: 'jurnal' is not in sources.toml",
    )


def test_what_does_not_fit_national_law_can_be_exempt_there(run: Run, tmp_path: Path) -> None:
    quality = {"lanzarote_law_xa/law_xa/quality.toml": f'[exempt.law-findable]\nreason = "{REASON}"\n'}
    said = run("region", "check", law(tmp_path, {**LAW, **quality}))
    assert f"  exempt: law-findable: {REASON}" in said.out.splitlines()
    assert "quality.toml" not in said.out


BESIDE = {f"{ROOM}/law_xa/{name.rpartition('law_xa/')[2]}": text for name, text in LAW.items() if "/law_xa/" in name}
"""The same law, in the package of the region that uses it."""


def test_what_does_not_fit_the_law_of_a_package_is_exempt_when_its_region_is_checked(run: Run, tmp_path: Path) -> None:
    asked = "[law XA] law/act.toml:1: instrument: does not say where its official text is"
    alone = run("region", "check", str(write(tmp_path / "a", {**GOOD, **BESIDE}))).out
    assert asked in alone
    quality = {f"{ROOM}/law_xa/quality.toml": f'[exempt.law-findable]\nreason = "{REASON}"\n'}
    said = run("region", "check", str(write(tmp_path / "b", {**GOOD, **BESIDE, **quality}))).out
    assert f"  exempt: law-findable ([law XA]): {REASON}" in said.splitlines()
    assert asked not in said


@pytest.mark.parametrize(
    ("quality", "told"),
    [
        ("[exempt.hours-told]", "quality.toml:1: exempt.hours-told: there is no rule 'hours-told'; "),
        (
            "[exempt.facts-have-sources]",
            "quality.toml:1: exempt.facts-have-sources: this rule holds; take",
        ),
    ],
)
def test_what_its_law_exempts_and_need_not_is_told_with_its_place(
    run: Run, tmp_path: Path, quality: str, told: str
) -> None:
    file = {f"{ROOM}/law_xa/quality.toml": f'{quality}\nreason = "{REASON}"\n'}
    said = run("region", "check", str(write(tmp_path, {**GOOD, **BESIDE, **file})))
    assert said.code == 1
    assert any(line.startswith(f"[law XA] {told}") for line in said.out.splitlines())


def test_the_package_of_national_law_is_answered_with_its_folder(run: Run, tmp_path: Path) -> None:
    folder = law(tmp_path / "package", LAW)
    said = run("region", "check", str(tmp_path / "package"))
    assert said.err.endswith(f"; did you mean {folder}?\n")


def test_national_law_rests_on_no_other(run: Run, tmp_path: Path) -> None:
    folder = law(tmp_path, LAW)
    said = run("region", "check", folder, "--law", folder)
    assert said.err == f"lanzarote: {folder} is national law itself; --law is for the folder of a region.\n"


def test_national_law_loses_no_key_that_its_published_wheel_has(run: Run, tmp_path: Path) -> None:
    wheel = law_wheel(tmp_path)
    said = run("region", "check", law(tmp_path, LAW), "--against", wheel)
    last = "Against the published wheel: nothing is lost that others may hold on to."
    assert (said.code, said.out.splitlines()[-1]) == (0, last)
    renamed = LAW[ACT].replace("act-1", "act-one").replace('key = "act"', 'key = "the-act"')
    said = run("region", "check", law(tmp_path, {**LAW, ACT: renamed}), "--against", wheel)
    assert said.code == 1
    provision, instrument, last = said.out.splitlines()[-3:]
    assert provision.startswith("law/act.toml: provisions.act-1: the published package has 'act-1'")
    assert instrument.startswith("law/act.toml: instrument.key: the published package has the code or act 'act'")
    assert last == "Against the published wheel: 2 faults to mend."


def test_national_law_is_not_compared_with_that_of_another_state(run: Run, tmp_path: Path) -> None:
    wheel = law_wheel(tmp_path)
    header = "lanzarote_law_xa/law_xa/framework.toml"
    other = law(tmp_path, {**LAW, header: LAW[header].replace('"XA"', '"XB"')})
    said = run("region", "check", other, "--against", wheel)
    told = f"{wheel} is of another law: it brings the law of XA, this folder is the law of XB."
    assert (said.code, said.err) == (1, f"lanzarote: {told}\n")
