"""What the writer of a region folder gets: every fault, a preview, schemas for the editor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from lanzarote.facts.convention import common_sectors
from lanzarote.kit import commands

from dev import ROOT
from tests.core.cli.conftest import Run
from tests.core.regions.sound import SOUND, changed, write

PARIS = ROOT / "regions" / "paris" / "lanzarote_region_paris"
SCHEMAS = ROOT / "docs" / "reference" / "schemas"
LANZAROTE = Path(sys.executable).with_name("lanzarote")


# Check


def test_a_sound_folder_can_be_loaded(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "region", dict(SOUND))
    said = run("region", "check", str(folder))
    assert (said.code, said.err) == (0, "")
    first, then, *_, last = said.out.splitlines()
    assert (first, then) == (
        f"{folder} can be loaded: 2 sectors, 1 organisation, 1 provision, 1 practice, 1 source.",
        "loadable: reached",
    )
    assert last.startswith("The next, sourced, asks for: facts-have-sources, sources-have-days, limits-told")


@pytest.mark.usefixtures("soon_after_reading")
def test_paris_is_sourced_and_the_end_says_what_others_have_to_do(run: Run) -> None:
    said = run("region", "check", str(PARIS / "region"), "--tier", "sourced")
    assert said.code == 0
    *_, reached, vacant, awaited = said.out.splitlines()
    assert reached.startswith("Reached: sourced")
    assert vacant == "Nothing to ask yet, and so not known to hold: words-usable."
    assert awaited.startswith(
        "To do before it is complete, by others: law-findable (somebody who opens the address of the decree"
    )
    assert run("region", "check", str(PARIS / "region"), "--tier", "exemplary").code == 1


def test_faults_come_before_warnings_and_are_counted(run: Run, tmp_path: Path) -> None:
    sectors = changed("sectors.toml", 'common = ["judicial"]', 'common = ["justice"]')
    folder = write(tmp_path / "region", {**SOUND, "sectors.toml": sectors, "sector.toml": ""})
    said = run("region", "check", str(folder))
    assert said.code == 1
    assert said.out.splitlines() == [
        "sectors.toml:4: courts.common: 'justice' is no common sector; the common ones are: "
        + ", ".join(sector.key for sector in common_sectors()),
        "warning: sector.toml: the platform does not know this file and does not read it; did you mean sectors.toml?",
        "1 fault to mend, 1 warning.",
    ]


def test_warnings_alone_are_no_failure(run: Run, tmp_path: Path) -> None:
    folder = write(tmp_path / "region", {**SOUND, "sector.toml": ""})
    said = run("region", "check", str(folder))
    told = "sector.toml: the platform does not know this file and does not read it; did you mean sectors.toml?"
    assert (said.code, f"    {told}" in said.out.splitlines()) == (0, True)


def test_a_law_that_no_package_brings_is_given_as_a_folder(run: Run, tmp_path: Path) -> None:
    region = changed("region.toml", 'id = "test"', 'id = "test"\nlaw = ["XA"]')
    folder = write(tmp_path / "region", {**SOUND, "region.toml": region})
    law = write(
        tmp_path / "law",
        {"framework.toml": 'format = 1\nid = "XA"\nname.fr = "Pays"\nname.en = "Country"\nlanguages = ["fr", "en"]\n'},
    )
    assert run("region", "check", str(folder)).code == 1
    assert run("region", "check", str(folder), "--law", str(law)).code == 0


def test_a_law_whose_header_cannot_be_read_is_told_once_and_not_by_every_reference(run: Run, tmp_path: Path) -> None:
    region = changed("region.toml", 'id = "test"', 'id = "test"\nlaw = ["XA"]')
    practice = SOUND["practices/joint-hearing.toml"].replace('"code-1"', '"act-1"').replace('["page"]', '["gazette"]')
    named = {"region.toml": region, "practices/joint-hearing.toml": practice}
    folder = write(tmp_path / "region", {**SOUND, **named})
    law = write(tmp_path / "law", {"framework.toml": 'format = 1\nid = "XA"\nname.en = "Country"\nlanguage = ["en"]\n'})
    said = run("region", "check", str(folder), "--law", str(law)).out.splitlines()
    assert said[0] == "[law] framework.toml:4: language: 'language' is not a key here; did you mean 'languages'?"
    assert [line.partition(":")[0] for line in said[1:-1]] == ["region.toml"]
    assert said[-1] == "2 faults to mend, 0 warnings."


@pytest.mark.parametrize("words", [("nope",), (str(PARIS / "region"), "--law", "nope")])
def test_what_is_no_folder_is_refused(run: Run, words: tuple[str, ...]) -> None:
    said = run("region", "check", *words)
    assert said.code == 1
    assert said.err.startswith("lanzarote: nope is not a folder; give the folder that holds ")


def test_a_check_needs_no_database(run: Run, data: Path, tmp_path: Path) -> None:
    run("region", "check", str(write(tmp_path / "region", dict(SOUND))))
    assert not data.exists()


def test_a_check_imports_no_web_framework(tmp_path: Path) -> None:
    folder = write(tmp_path / "region", dict(SOUND))
    script = (
        "import sys; from lanzarote.cli import main; "
        f"main(['region', 'check', {str(folder)!r}]); print('litestar' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"


# Preview


def test_a_preview_shows_the_folder_and_touches_no_database(data: Path, tmp_path: Path) -> None:
    folder = write(tmp_path / "region", dict(SOUND))
    environment = {**os.environ, "LANZAROTE_DATA": str(data), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [LANZAROTE, "region", "preview", str(folder)], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        address = ""
        for line in process.stdout:
            if "The site is ready" in line:
                address = line.split()[-1]
                break
        with urllib.request.urlopen(f"{address}/en/test/practices/joint-hearing", timeout=20) as answer:  # noqa: S310
            page = answer.read().decode()
        assert "Two services hear together." in page
    finally:
        process.terminate()
        process.communicate(timeout=30)
    assert not data.exists()


def test_a_preview_of_what_is_no_folder_is_refused(run: Run) -> None:
    said = run("region", "preview", "nowhere")
    assert (said.code, said.out) == (1, "")
    assert said.err == "lanzarote: nowhere is not a folder; give the folder that holds region.toml.\n"


# Schemas


def test_the_schemas_in_the_documentation_are_those_of_the_code() -> None:
    committed = {file.name: file.read_text("utf-8") for file in SCHEMAS.iterdir()}
    assert committed == commands.schemas(), "make them anew: lanzarote region schema docs/reference/schemas"


def test_schemas_are_written_where_asked(run: Run, tmp_path: Path) -> None:
    said = run("region", "schema", str(tmp_path / "schemas"))
    assert said.code == 0
    assert {file.name for file in (tmp_path / "schemas").iterdir()} == set(commands.schemas())


def schema_for(file: Path) -> jsonschema_rs.Draft202012Validator:
    kind = {"law": "law", "practices": "practice", "procedures": "procedure"}.get(file.parent.name, file.stem)
    return jsonschema_rs.Draft202012Validator(json.loads((SCHEMAS / f"{kind}.schema.json").read_text("utf-8")))


def as_json(file: Path) -> Any:
    """What an editor checks: days are text for it."""
    return json.loads(json.dumps(tomllib.loads(file.read_text("utf-8")), default=str))


def test_the_schemas_accept_every_file_of_paris() -> None:
    files = sorted((*PARIS.glob("region/**/*.toml"), *PARIS.glob("law_fr/**/*.toml")))
    assert len(files) > 30
    for file in files:
        assert [error.message for error in schema_for(file).iter_errors(as_json(file))] == [], file


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sectors.toml", 'side = "public"', 'side = "publik"'),
        ("sectors.toml", 'common = ["judicial"]', 'comon = ["judicial"]'),
        ("region.toml", 'id = "test"', 'id = "A b"'),
        ("practices/joint-hearing.toml", 'started = "2014-06"', 'started = "June"'),
        ("law/code.toml", 'number = "1"\n', ""),
    ],
)
def test_the_schemas_refuse_what_the_check_refuses(tmp_path: Path, file: str, old: str, new: str) -> None:
    folder = write(tmp_path, {**SOUND, file: changed(file, old, new)})
    assert not schema_for(folder / file).is_valid(as_json(folder / file))


def test_a_folder_without_a_region_is_not_shown(run: Run, tmp_path: Path) -> None:
    said = run("region", "preview", str(tmp_path))
    assert said.code == 1
    assert said.err == f"lanzarote: There is no region.toml in {tmp_path}; give the folder that holds it.\n"
