"""What a new version of a package would change is told from its wheel, of which nothing is installed or run."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.records import records
from lanzarote.records.records import Record
from sqlalchemy import select

from tests.core.cli.conftest import Run, Said
from tests.core.cli.installing import install
from tests.regions.writing import HEADER, ORGANISATION, PRACTICE, SECTOR, RegionPackage, region_package, write_region

DISTRIBUTION = "lanzarote-testland"
SHIPPED = {
    "sectors": {"courts": SECTOR, "police": SECTOR},
    "organisations": {"court": ORGANISATION},
    "practices": {"same": {}, "taken": {}, "asked": {}, "kept": {}, "gone": {}},
}


def text(title: str, summary: str = "What it does.") -> dict[str, Any]:
    return {"en": {"title": title, "summary": summary}, "fr": PRACTICE["text"]["fr"]}


NEWER = {
    "sectors": {"courts": {**SECTOR, "name": {"en": "Law courts", "fr": "Tribunaux"}}},
    "organisations": {"court": ORGANISATION},
    "practices": {
        "same": {}, "taken": {"running": "ended"}, "asked": {"text": text("The package’s words")},
        "kept": {"running": "ended"}, "fresh": {},
    },
}  # fmt: skip

Packing = Callable[..., Path]


@pytest.fixture
def package(tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RegionPackage]:
    """An invented region, installed beside Paris."""
    with region_package(tmp_path / "site") as package:
        package.write(**SHIPPED)
        install(tmp_path / "site", "testland", package.folder.parent.name)
        yield package


@pytest.fixture
def pack(tmp_path: Path) -> Packing:
    """Make a wheel of a region, whose code would end the program if anybody ran it."""

    def make(
        files: dict[str, Any], *, name: str = "lanzarote_testland-2-py3-none-any.whl", distribution: str = DISTRIBUTION,
        group: str = "lanzarote", more: dict[str, str] | None = None,
    ) -> Path:  # fmt: skip
        folder = write_region(tmp_path / "packed" / "region", **files)
        about = "lanzarote_testland-2.dist-info"
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as wheel:
            wheel.writestr("newer_module/__init__.py", "raise SystemExit('the wheel was run')\n")
            for file in sorted(folder.rglob("*.toml")):
                wheel.write(file, f"newer_module/region/{file.relative_to(folder).as_posix()}")
            wheel.writestr(f"{about}/entry_points.txt", f"[{group}]\ntestland = newer_module\n")
            wheel.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 2\n")
            for path, content in (more or {}).items():
                wheel.writestr(path, content)
        return tmp_path / name

    return make


@pytest.fixture
def loaded(run: Run, package: RegionPackage) -> RegionPackage:
    """The region is loaded, and its team has changed two practices."""
    assert run("load", "testland").code == 0
    edit("asked", text=text("The team’s words"))
    edit("kept", text=text("What the team calls it"))
    return package


def edit(key: str, **fields: Any) -> None:
    with new_instance(read_settings()) as instance, instance.database.write("testland") as session:
        record = session.scalars(select(Record).where(Record.key == key)).one()
        body = msgspec.json.decode(records.body_of(session, record, record.version)) | fields
        records.revise(session, record, records.encode(body), by="team")
        session.flush()
        records.publish(session, record, by="team")


def plan(run: Run, wheel: Path) -> Said:
    return run("region", "plan", str(wheel))


def refusal(said: Said) -> str:
    assert (said.code, said.out) == (1, ""), said
    return said.err.removeprefix("lanzarote: ").removesuffix("\n")


# What is told


@pytest.mark.usefixtures("loaded")
def test_what_would_be_taken_kept_asked_retired_and_marked_is_told(run: Run, pack: Packing) -> None:
    said = plan(run, pack(NEWER))
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[:2] == [f"{DISTRIBUTION} 2 (installed: 1.0)", "Upgrading testland (dry run, nothing is kept)"]
    assert "  sector: 1 changed (courts), 1 retired (police)" in lines
    assert "  records: 1 would be new, 2 unchanged" in lines
    told = "would be given a working version, to be reviewed before the public sees it"
    assert f"  practice taken — {told} (running)" in lines
    assert f"  practice kept — {told} (running)" in lines
    assert "  practice kept — would be kept as the region has it (text.en.title)" in lines
    assert "  practice gone — no longer in the package: kept, and marked" in lines


@pytest.mark.usefixtures("loaded")
def test_what_both_changed_is_told_with_all_three_texts(run: Run, pack: Packing) -> None:
    lines = plan(run, pack(NEWER)).out.splitlines()
    at = lines.index(
        "  practice asked: text.en.title — changed on both sides: the local text stays, see `lanzarote tasks`"
    )
    assert lines[at + 1 : at + 4] == [
        "    before:  An invented practice",
        "    here:    The team’s words",
        "    package: The package’s words",
    ]


@pytest.mark.usefixtures("loaded")
def test_a_translation_that_became_older_than_its_original_is_told_in_words(run: Run, pack: Packing) -> None:
    lines = plan(run, pack(NEWER | {"practices": {"taken": {"stale": ["fr"]}}})).out.splitlines()
    [line] = [one for one in lines if one.startswith("  practice taken — ")]
    assert line.endswith(" (stale: translations whose original changed after they were made)")


def test_partners_that_both_changed_are_told_by_name_one_a_line(run: Run, loaded: RegionPackage, pack: Packing) -> None:
    del loaded
    edit("taken", partners=[{"organisation": "court", "part": {"en": "Presides"}}], convention=["10.3", "12"])
    both = [
        {"organisation": "court", "part": {"en": "Hears", "fr": "Entend"}},
        {"sector": "courts", "side": "public"},
    ]
    lines = plan(run, pack(NEWER | {"practices": {"taken": {"partners": both, "convention": ["11"]}}})).out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("  practice taken: partners — changed"))
    assert lines[at + 1 : at + 5] == [
        "    before:  (nothing)",
        "    here:    court: Presides (en)",
        "    package: court: Hears (en), Entend (fr)",
        "             courts (public)",
    ]
    at = next(number for number, line in enumerate(lines) if line.startswith("  practice taken: convention — changed"))
    assert lines[at + 1 : at + 4] == ["    before:  (nothing)", "    here:    10.3, 12", "    package: 11"]


def test_what_becomes_of_answers_to_a_question_of_another_type_is_told(
    run: Run, package: RegionPackage, pack: Packing
) -> None:
    def asked(kind: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "label": {"en": "How many?", "fr": "Combien ?"}, **more}

    package.write(**SHIPPED, fields={"many": asked("number"), "often": asked("number"), "same": asked("date")})
    assert run("load", "testland").code == 0
    newer = {"many": asked("text"), "how-often": asked("text", former=["often"]), "same": asked("date")}
    lines = plan(run, pack({**SHIPPED, "fields": newer})).out.splitlines()
    kept = "answers of the earlier type are kept as they are until somebody answers anew"
    assert [line for line in lines if "of the earlier type" in line] == [
        f"  field many: was 'number', is 'text' now; {kept}",
        f"  field how-often: was 'number', is 'text' now; {kept}",
    ]


def test_it_is_what_the_dry_run_tells_once_it_is_installed(run: Run, loaded: RegionPackage, pack: Packing) -> None:
    planned = plan(run, pack(NEWER)).out.partition("\n")[2].partition("Its code differs")[0]
    loaded.write(**NEWER)
    assert run("upgrade", "--dry-run").out == planned != ""


@pytest.mark.usefixtures("loaded")
def test_nothing_of_it_is_run_written_or_kept(run: Run, data: Path, pack: Packing) -> None:
    before = run("export", "testland").out
    wheel = pack(NEWER)
    there = {path for path in data.parent.rglob("*") if "-wal" not in path.name and "-shm" not in path.name}
    assert plan(run, wheel).code == 0
    assert "newer_module" not in sys.modules
    assert run("export", "testland").out == before
    assert {path for path in data.parent.rglob("*") if "-wal" not in path.name and "-shm" not in path.name} == there


@pytest.mark.usefixtures("loaded")
def test_a_wheel_that_says_the_same_changes_nothing(run: Run, pack: Packing) -> None:
    assert plan(run, pack(SHIPPED)).out.splitlines()[1] == "testland is as this wheel says; nothing would change."


def po(**words: str) -> str:
    head = 'msgid ""\nmsgstr "Language: fr\\n"\n'
    return head + "".join(f'\nmsgid "{said}"\nmsgstr "{meant}"\n' for said, meant in words.items())


WORDS = "Its words differ from what is installed here; a running site speaks them after it is started again:"


def test_words_that_changed_are_counted_in_each_language(run: Run, loaded: RegionPackage, pack: Packing) -> None:
    ours = loaded.folder / "translations" / "lanzarote"
    ours.mkdir(parents=True)
    (ours / "fr.po").write_text(po(Home="Accueil", Law="Droit", Sources="Sources"), "utf-8")
    newer = {
        "newer_module/region/translations/lanzarote/fr.po": po(Home="Entrée", Law="Droit", Help="Aide"),
        "newer_module/region/translations/lanzarote/pt.po": po(Home="Início").replace("fr", "pt"),
    }
    lines = plan(run, pack(SHIPPED, more=newer)).out.splitlines()
    assert lines[1:5] == [
        "testland says the same facts as this wheel; words would change.",
        WORDS,
        "  testland, words of the platform in fr: 1 new, 1 changed, 1 gone",
        "  testland, words of the platform in pt: 1 new",
    ]


@pytest.mark.usefixtures("loaded")
def test_words_of_the_folder_itself_that_changed_are_counted(run: Run, pack: Packing) -> None:
    own = po(Courts="Cours").replace('msgid "Courts', 'msgctxt "sectors.toml courts.name"\nmsgid "Courts')
    lines = plan(run, pack(SHIPPED, more={"newer_module/region/translations/region/fr.po": own})).out.splitlines()
    at = lines.index(WORDS)
    assert lines[at + 1] == "  testland, words of its own in fr: 1 new"


def test_words_that_follow_a_renamed_key_are_not_lost_and_others_are_counted(
    run: Run, loaded: RegionPackage, pack: Packing
) -> None:
    words = po(Courts="Cours").replace('msgid "Courts', 'msgctxt "sectors.toml police.name"\nmsgid "Courts')
    place = "translations/region/fr.po"
    english = {**SECTOR, "name": {"en": "Courts"}}
    before = {**SHIPPED, "sectors": {"courts": SECTOR, "police": english}, "header": {"draft": ["fr"]}}
    loaded.write(**before)
    (loaded.folder / place).parent.mkdir(parents=True)
    (loaded.folder / place).write_text(words, "utf-8")
    renamed = {**before, "sectors": {"courts": SECTOR, "guards": {**english, "former": ["police"]}}}
    said = plan(run, pack(renamed, more={f"newer_module/region/{place}": words})).out
    assert "lost" not in said
    lines = plan(run, pack(renamed)).out.splitlines()
    at = lines.index(WORDS)
    assert lines[at + 1 : at + 3] == [
        "  testland: 1 text would be lost in fr: sectors.toml guards.name",
        "  testland, words of its own in fr: 1 gone",
    ]


@pytest.mark.usefixtures("loaded")
def test_words_that_cannot_be_read_are_told_as_that(run: Run, pack: Packing) -> None:
    broken = {"newer_module/region/translations/lanzarote/fr.po": po(Home="Accueil") + "nonsense\n"}
    lines = plan(run, pack(SHIPPED, more=broken)).out.splitlines()
    assert lines[lines.index(WORDS) + 1].startswith("  testland, words of the platform in fr: cannot be compared: ")


@pytest.mark.usefixtures("loaded")
def test_what_changed_in_the_header_is_told(run: Run, pack: Packing) -> None:
    said = plan(run, pack(SHIPPED | {"header": {"contact": "team@testland.example", "time_zone": "Europe/Paris"}}))
    assert "  region.toml: 2 changed (contact, time_zone)" in said.out.splitlines(), said.err


def test_code_that_comes_in_changed_or_is_gone_is_told_without_running_it(
    run: Run, loaded: RegionPackage, pack: Packing
) -> None:
    module = loaded.folder.parent
    (module / "old.py").write_text("A = 1\n", encoding="utf-8")
    (module / "same.py").write_text("B = 1\n", encoding="utf-8")
    checks = "from lanzarote import hookimpl\n\n@hookimpl\ndef exporters():\n    raise SystemExit('run')\n"
    more = {f"{module.name}/__init__.py": checks, f"{module.name}/same.py": "B = 1\n", f"{module.name}/new.py": "x ="}
    lines = plan(run, pack(SHIPPED, more=more)).out.splitlines()
    assert lines[lines.index("Its code differs from what is installed here; read it before you install it:") :] == [
        "Its code differs from what is installed here; read it before you install it:",
        "  hooks that come in: exporters",
        "  hooks that are gone: regions",
        f"  modules that come in: {module.name}/new.py, newer_module/__init__.py",
        f"  modules that are gone: {module.name}/old.py",
        f"  modules that changed: {module.name}/__init__.py",
    ]


@pytest.mark.usefixtures("loaded")
def test_law_that_the_wheel_brings_is_read_from_it(run: Run, pack: Packing) -> None:
    law = {
        "newer_module/law/framework.toml": 'format = 1\nid = "XT"\nname = { en = "Law" }\nlanguages = ["en"]\n',
        "newer_module/law/law/act.toml": (
            '[instrument]\nkey = "act"\ntitle = { en = "Act" }\n[provisions.act-1]\nnumber = "1"\n'
            '[[provisions.act-1.versions]]\ntitle = { en = "One" }\n'
        ),
    }
    said = plan(run, pack(SHIPPED | {"header": {"law": ["XT"]}}, more=law))
    assert said.code == 0, said.err
    assert "  provision: 1 new" in said.out.splitlines()


LAW_PACKAGE = "lanzarote_law_xt"
ACT = """[instrument]
key = "act"
title = { en = "Act" }
[provisions.act-1]
number = "1"
[[provisions.act-1.versions]]
title = { en = "One" }
"""
LAW_FILES = {
    "__init__.py": (
        "from importlib.resources import files\n\nfrom lanzarote.hookspecs import hookimpl\n"
        "from lanzarote.types import LegalFramework\n\n\n@hookimpl\ndef legal_frameworks():\n"
        "    return [LegalFramework.from_folder(files(__package__) / 'law')]\n"
    ),
    "lanzarote.toml": 'requires_api = ">=1,<2"\n',
    "law/framework.toml": 'format = 1\nid = "XT"\nname = { en = "Law" }\nlanguages = ["en"]\n',
    "law/law/act.toml": ACT,
}


def law_wheel(place: Path, act: str, *, without: str = "") -> Path:
    """A wheel that brings national law and no region."""
    wheel = place / "lanzarote_law_xt-2-py3-none-any.whl"
    about = "lanzarote_law_xt-2.dist-info"
    with zipfile.ZipFile(wheel, "w") as opened:
        for file, text in {**LAW_FILES, "law/law/act.toml": act}.items():
            if file != without:
                opened.writestr(f"{LAW_PACKAGE}/{file}", text)
        opened.writestr(f"{about}/entry_points.txt", f"[lanzarote]\nlaw_xt = {LAW_PACKAGE}\n")
        opened.writestr(f"{about}/METADATA", "Metadata-Version: 2.1\nName: lanzarote-law_xt\nVersion: 2\n")
    return wheel


@pytest.fixture
def resting(run: Run, package: RegionPackage, tmp_path: Path) -> Iterator[RegionPackage]:
    """The region is loaded, and takes its law from a package without a region."""
    for file, content in LAW_FILES.items():
        place = tmp_path / "site" / LAW_PACKAGE / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, "utf-8")
    install(tmp_path / "site", "law_xt", LAW_PACKAGE)
    package.write(**SHIPPED, header={"law": ["XT"]})
    assert run("load", "testland").code == 0
    yield package
    sys.modules.pop(LAW_PACKAGE, None)


@pytest.mark.usefixtures("resting")
def test_new_law_without_a_region_tells_what_would_change_for_the_regions_that_take_it(
    run: Run, tmp_path: Path
) -> None:
    said = plan(run, law_wheel(tmp_path, ACT.replace('"One"', '"Another title"')))
    assert said.code == 0, said.err
    lines = said.out.splitlines()
    assert lines[:3] == [
        "lanzarote-law_xt 2 (installed: 1.0)",
        "testland takes the law of XT from it.",
        "Upgrading testland (dry run, nothing is kept)",
    ]
    assert "  provision: 1 changed (act-1)" in lines


@pytest.mark.usefixtures("resting")
def test_the_same_law_again_would_change_nothing(run: Run, tmp_path: Path) -> None:
    said = plan(run, law_wheel(tmp_path, ACT))
    assert said.out.splitlines()[1:] == [
        "testland takes the law of XT from it.",
        "testland is as this wheel says; nothing would change.",
    ], said.err


@pytest.mark.usefixtures("loaded")
def test_law_that_no_loaded_region_takes_is_refused_with_the_reason(run: Run, tmp_path: Path) -> None:
    told = refusal(plan(run, law_wheel(tmp_path, ACT)))
    assert "brings national law alone, and no region that is loaded here would take it" in told
    assert "(loaded regions: testland)" in told


@pytest.mark.usefixtures("resting")
def test_law_that_says_nowhere_which_api_it_needs_is_refused_as_an_upgrade_would(run: Run, tmp_path: Path) -> None:
    told = refusal(plan(run, law_wheel(tmp_path, ACT, without="lanzarote.toml")))
    assert "says nowhere which API it needs; add lanzarote.toml" in told


def test_the_wheel_of_paris_is_read_as_it_is_built(run: Run, built: Path) -> None:
    assert run("load", "paris").code == 0
    [wheel] = built.glob("lanzarote_region_paris-*.whl")
    said = plan(run, wheel)
    assert said.out.splitlines()[1:] == ["paris is as this wheel says; nothing would change."], said.err


# Refusals


@pytest.mark.usefixtures("loaded")
class TestRefused:
    def test_what_is_no_wheel(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("mine")
        (tmp_path / "a-1-py3-none-any.whl").write_text("no zip")
        assert refusal(plan(run, tmp_path / "notes.txt")).endswith(
            "notes.txt is not named as a wheel is; give a file such as lanzarote_region_example-1.1-py3-none-any.whl."
        )
        assert "is no wheel, or it is damaged (File is not a zip file)" in refusal(
            plan(run, tmp_path / "a-1-py3-none-any.whl")
        )
        for absent in ("b-1-py3-none-any.whl", "nothere.whl"):
            assert refusal(plan(run, tmp_path / absent)).startswith("There is no file ")

    def test_a_damaged_wheel(self, run: Run, pack: Packing) -> None:
        wheel = pack(NEWER)
        content = bytearray(wheel.read_bytes())
        at = content.index(b"newer_module/region/region.toml") + 60
        content[at : at + 20] = b"\xff" * 20
        wheel.write_bytes(content)
        assert "is no wheel, or it is damaged (" in refusal(plan(run, wheel))

    def test_a_wheel_without_what_it_says_of_itself(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "a-1-py3-none-any.whl"
        with zipfile.ZipFile(file, "w") as wheel:
            wheel.writestr("a/region/region.toml", "")
        assert "does not say of itself what it is" in refusal(plan(run, file))

    def test_a_wheel_without_a_region(self, run: Run, pack: Packing, built: Path) -> None:
        [webhook] = built.glob("lanzarote_webhook-*.whl")
        assert "brings no region and no national law" in refusal(plan(run, webhook))
        assert "brings no region" in refusal(plan(run, pack(NEWER, group="something.else")))

    def test_the_wheel_of_another_region(self, run: Run, pack: Packing) -> None:
        assert (
            "describes 'elsewhere', which is not loaded here (loaded regions: testland); a new region is not planned "
            "but loaded: install it, then lanzarote load elsewhere"
        ) in refusal(plan(run, pack(NEWER | {"header": {"id": "elsewhere"}})))

    def test_the_same_region_from_another_package(self, run: Run, pack: Packing) -> None:
        said = plan(run, pack(NEWER, distribution="someone-elses"))
        assert said.code == 1
        assert "was loaded from lanzarote-testland and follows it;" in said.err
        assert "lanzarote region move testland someone-elses" in said.err

    def test_a_wheel_that_needs_another_api(self, run: Run, pack: Packing) -> None:
        assert (
            "needs the platform's API >=2; this platform offers 1.0. Upgrade the platform first, or take another "
            "version of the package."
        ) in refusal(plan(run, pack(NEWER | {"header": {"requires_api": ">=2"}})))

    def test_a_folder_with_faults_of_which_all_are_told(self, run: Run, pack: Packing) -> None:
        wrong = {"courts": {**SECTOR, "common": ["justice"]}, "police": {**SECTOR, "side": "state"}}
        said = plan(run, pack(NEWER | {"sectors": wrong}))
        assert said.code == 1
        assert "The region 'testland' cannot be loaded, its folder has 2 faults:" in said.err
        assert "'justice' is no common sector" in said.err
        assert "'state' is none of: civil-society, mixed, private, public" in said.err

    def test_a_folder_that_does_not_say_whose_it_is(self, run: Run, pack: Packing) -> None:
        header = {name: value for name, value in HEADER.items() if name != "id"}
        wheel = pack(NEWER)
        with zipfile.ZipFile(wheel, "a") as opened, pytest.warns(UserWarning, match="Duplicate name"):
            opened.writestr("newer_module/region/region.toml", "".join(f"{name} = \n" for name in header))
        assert "region.toml:1: " in refusal(plan(run, wheel))

    def test_what_unpacks_to_far_more_than_facts(self, run: Run, pack: Packing) -> None:
        large = pack(NEWER, more={"newer_module/region/ages.toml": "#" * 5_000_000})
        assert "ages.toml is larger than 4 MB; facts are short" in refusal(plan(run, large))

    def test_it_needs_a_database(self, run: Run, pack: Packing, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LANZAROTE_DATA", str(data.with_name("nothing")))
        assert "no database" in refusal(plan(run, pack(NEWER))).lower()
