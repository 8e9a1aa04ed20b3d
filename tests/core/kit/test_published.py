"""A region package loses nothing that its published wheel has."""

# ruff: noqa: E501 - a line of a table is read as a whole

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from lanzarote.errors import RegionError
from lanzarote.kit.published import lost
from lanzarote.regions.check import check
from lanzarote.regions.folder import read_region

from tests.core.cli.conftest import Run, data, run
from tests.core.kit.good import GOOD, REGION, spoilt, write

__all__ = ["data", "run"]

PRACTICE = f"{REGION}/practices/hearing.toml"
FIELDS = f"{REGION}/fields.toml"
LAW = "lanzarote_region_good/law_xa"
CHOICE = '{ key = "small", name = { en = "Small", fr = "Petit" } }'
OTHER = '{ key = "large", name = { en = "Large", fr = "Grand" } }'
QUESTION = f'[budget]\ntype = "choice"\nlabel = {{ en = "Budget", fr = "Budget" }}\nchoices = [{CHOICE}, {OTHER}]\n'
TEXT = '[budget]\ntype = "text"\nlabel = { en = "Budget", fr = "Budget" }\n'
OF_ANOTHER_TYPE = """fields.toml:2: {}.type: was 'choice' in the published package and is '{}': answers that records gave to it are refused, or say something else. Either keep type = "choice"; or put the question back as it was, with until = the day, and ask the new one under a key of its own"""
WHOLE = {
    **GOOD,
    FIELDS: QUESTION,
    f"{LAW}/framework.toml": 'format = 1\nid = "XA"\nlanguages = ["en", "fr"]\nname.en = "Law"\nname.fr = "Droit"\n',
}
NAMED = "records may name it. Either put it back; or, if it is called otherwise now, write former = "


def wheel_of(place: Path, files: dict[str, str], *, name: str = "lanzarote-region-good", version: str = "1.0") -> Path:
    """A wheel of the package, as far as it is read."""
    wheel = place / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as opened:
        for file, text in files.items():
            if file.startswith("lanzarote_region_good/"):
                opened.writestr(file, text)
        info = f"{name.replace('-', '_')}-{version}.dist-info"
        opened.writestr(f"{info}/METADATA", f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n")
        opened.writestr(f"{info}/entry_points.txt", "[lanzarote]\ngood = lanzarote_region_good\n")
    return wheel


def told(place: Path, files: dict[str, str], **published: str) -> list[str]:
    """What is told of the package *files* against the whole one."""
    return against(place, files, wheel_of(place, WHOLE, **published))


def against(place: Path, files: dict[str, str], wheel: Path) -> list[str]:
    folder = write(place / "package", files)
    return [str(problem) for problem in lost(check(read_region(folder)), folder, wheel)]


def changed(file: str, old: str, new: str) -> dict[str, str]:
    assert old in WHOLE[file]
    return {**WHOLE, file: WHOLE[file].replace(old, new)}


def without(file: str) -> dict[str, str]:
    return {name: text for name, text in WHOLE.items() if name != file}


def test_nothing_is_lost_where_nothing_changed(tmp_path: Path) -> None:
    assert told(tmp_path, WHOLE) == []


def test_the_check_tells_it_last_and_fails(run: Run, tmp_path: Path) -> None:
    folder, wheel = write(tmp_path / "package", without(PRACTICE)), wheel_of(tmp_path, WHOLE)
    said = run("region", "check", str(folder), "--against", str(wheel))
    assert said.code == 1
    *_, fault, last = said.out.splitlines()
    assert fault.startswith("practices/hearing.toml: the published package has 'hearing'")
    assert last == "Against the published wheel: 1 fault to mend."


def test_the_check_says_so_when_nothing_is_lost(run: Run, tmp_path: Path) -> None:
    folder, wheel = write(tmp_path / "package", WHOLE), wheel_of(tmp_path, WHOLE)
    said = run("region", "check", str(folder), "--against", str(wheel))
    last = "Against the published wheel: nothing is lost that others may hold on to."
    assert (said.code, said.out.splitlines()[-1]) == (0, last)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (spoilt(f"{REGION}/helplines.toml", "[line]", "[phone]") | {FIELDS: QUESTION, f"{LAW}/framework.toml": WHOLE[f"{LAW}/framework.toml"]},
         f"""helplines.toml: line: the published package has 'line', and {NAMED}["line"] in that entry; or retire it: put it back with until = the day, and replaced_by"""),
        (changed(f"{REGION}/organisations.toml", "[hospital]", "[clinic]"),
         f"""organisations.toml: hospital: the published package has 'hospital', and {NAMED}["hospital"] in that entry; or retire it: put it back with until = "the year", or merged_into"""),
        (without(PRACTICE),
         f"""practices/hearing.toml: the published package has 'hearing', and {NAMED}["hearing"] in that entry; or retire it: put it back with running = "ended", or publish = false and a reason"""),
        (without(FIELDS),
         f"""fields.toml: budget: the published package has 'budget', and {NAMED}["budget"] in that entry; or retire it: put it back with until = the day, and replaced_by"""),
        (changed(FIELDS, f", {OTHER}", ""),
         "fields.toml: budget.choices: the published package offers 'large', and records may have answered it; put it back, with until = the day if it has ended"),
        (changed(FIELDS, 'type = "choice"', 'type = "choices"'), OF_ANOTHER_TYPE.format("budget", "choices")),
        ({**WHOLE, FIELDS: TEXT}, OF_ANOTHER_TYPE.format("budget", "text")),
        ({**WHOLE, FIELDS: TEXT.replace("[budget]\n", '[cost]\nformer = ["budget"]\n')}, OF_ANOTHER_TYPE.format("cost", "text").replace(":2:", ":3:")),
        (changed(f"{REGION}/region.toml", '"XA"', '"XB"'),
         "region.toml:4: territory: was 'XA' in the published package; records and results name it to say where they belong; a new territory is a new region"),
        (changed(f"{REGION}/region.toml", 'id = "good"', 'id = "better"'),
         "region.toml:3: id: was 'good' in the published package; it is part of every address of the region and never changes; a new id is a new region"),
        (changed(f"{REGION}/region.toml", "version = 1\n", "version = 3\n"),
         "region.toml:23: mandates: the published package has version 1; put it back, and add new ones below"),
        (changed(f"{REGION}/criteria.toml", "Can it last?", "Will it last?"),
         "criteria.toml:1: version: differs from the published version 1; give it a higher one, records name it"),
        (changed(f"{REGION}/decision.toml", "0.5", "0.6"),
         "decision.toml:1: version: differs from the published version 1; give it a higher one, records name it"),
        (without(f"{LAW}/framework.toml"),
         "[law XA] framework.toml: id: the package no longer brings the law XA, and other regions may rest on it; put it back"),
    ],
)  # fmt: skip
def test_what_is_lost_is_named_with_the_ways_out(
    run: Run, tmp_path: Path, files: dict[str, str], expected: str
) -> None:
    assert told(tmp_path, files) == [expected]


def test_a_language_that_is_gone_is_named(tmp_path: Path) -> None:
    files = changed(f"{REGION}/region.toml", 'languages = ["en", "fr"]', 'languages = ["en"]')
    assert told(tmp_path, files) == [
        "region.toml:5: languages: the published package speaks fr too, and so do addresses that people kept; put it back"
    ]


def test_provisions_and_sources_are_kept_too(tmp_path: Path) -> None:
    files = {
        name: text.replace("code-1", "code-one").replace('"report"', '"paper"').replace("[report]", "[paper]")
        for name, text in WHOLE.items()
    }
    found = told(tmp_path, files)
    assert [line.partition(" the published")[0] for line in found] == [
        "sources.toml: report:",
        "law/code.toml: provisions.code-1:",
        "decision.toml:1: version: differs from",
    ]
    assert [line.rpartition("; or ")[2] for line in found[:2]] == [
        "retire it: put it back with until = the day",
        "retire it: put it back with until = the day in its last wording",
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        (f"{REGION}/helplines.toml", "[line]\n", '[phone]\nformer = ["line"]\n'),
        (f"{REGION}/sources.toml", "[report]\n", '[old]\ntitle = { en = "B", fr = "B" }\npublisher = "C"\nkind = "press"\nread_on = 2026-11-02\nuntil = 2026-11-01\n\n[report]\n'),
        (f"{REGION}/helplines.toml", "[line]\n", "[line]\nuntil = 2026-01-01\n"),
        (FIELDS, OTHER, OTHER.removesuffix(" }") + ", until = 2026-01-01 }"),
        (f"{REGION}/criteria.toml", 'version = 1\n', 'version = 2\n'),
    ],
)  # fmt: skip
def test_what_is_renamed_retired_or_raised_is_not_lost(tmp_path: Path, file: str, old: str, new: str) -> None:
    assert told(tmp_path, changed(file, old, new)) == []


WORDS = f"{REGION}/translations/region/fr.po"


def test_a_translation_that_is_gone_is_named_unless_its_original_changed(tmp_path: Path) -> None:
    before = changed(f"{REGION}/region.toml", 'name.fr = "Bon"\n', "")
    before[WORDS] = 'msgctxt "region.toml name"\nmsgid "Good"\nmsgstr "Bon"\n'
    published = wheel_of(tmp_path, before)
    assert against(tmp_path, before, published) == []
    gone = {name: text for name, text in before.items() if name != WORDS}
    assert [one for one in against(tmp_path, {**gone, WORDS: ""}, published) if "name" in one] == [
        "region.toml: name: was said in 'fr' in the published package, and its original is the same; put it back"
    ]
    other = before[f"{REGION}/region.toml"].replace('name.en = "Good"', 'name.en = "Better"')
    assert against(tmp_path, {**before, f"{REGION}/region.toml": other}, published) == []


def test_a_renamed_source_changes_neither_the_grid_nor_the_rule_that_cite_it(tmp_path: Path) -> None:
    before = changed(f"{REGION}/criteria.toml", "version = 1\n", 'version = 1\nsources = ["report"]\n')
    files = {name: text.replace('"report"', '"paper"') for name, text in before.items()}
    sources = f"{REGION}/sources.toml"
    files[sources] = files[sources].replace("[report]\n", '[paper]\nformer = ["report"]\n')
    assert against(tmp_path, files, wheel_of(tmp_path, before)) == []
    files[f"{REGION}/decision.toml"] = files[f"{REGION}/decision.toml"].replace("0.5", "0.6")
    [told] = against(tmp_path, files, wheel_of(tmp_path, before))
    assert told.startswith("decision.toml:1: version: differs from the published version 1;")


def test_a_key_that_was_renamed_before_is_not_forgotten(tmp_path: Path) -> None:
    before = changed(f"{REGION}/helplines.toml", "[line]\n", '[line]\nformer = ["very-old"]\n')
    [line] = against(tmp_path, WHOLE, wheel_of(tmp_path, before))
    assert line.startswith("helplines.toml: line: the published package has 'very-old'")


@pytest.mark.parametrize(
    ("published", "files", "expected"),
    [
        ("2.0", WHOLE, ["pyproject.toml:7: project.version: is lower than the published 2.0; nobody would be given it"]),
        ("1.1", WHOLE, []),
        ("1.1", changed(f"{REGION}/helplines.toml", "Anyone.", "Everybody."), ["pyproject.toml:7: project.version: is the published 1.1, but the facts have changed; raise it"]),
    ],
)  # fmt: skip
def test_versions_only_rise(
    run: Run, tmp_path: Path, published: str, files: dict[str, str], expected: list[str]
) -> None:
    assert told(tmp_path, files, version=published) == expected


# What is no wheel of this region


def refused(place: Path, wheel: Path) -> str:
    with pytest.raises(RegionError) as caught:
        against(place, WHOLE, wheel)
    return str(caught.value).replace(str(place), "")


def test_what_is_no_wheel_of_this_region_is_refused_with_words(tmp_path: Path) -> None:
    text = tmp_path / "lanzarote_region_good-1.0-py3-none-any.whl"
    text.write_text("no wheel")
    assert "is no wheel, or it is damaged" in refused(tmp_path, text)
    other = wheel_of(
        tmp_path, changed(f"{REGION}/region.toml", 'id = "good"', 'id = "other"'), name="lanzarote-region-other"
    )
    assert (
        refused(tmp_path, other)
        == "/lanzarote_region_other-1.0-py3-none-any.whl is of another region: lanzarote-region-other describes other, this folder good."
    )
