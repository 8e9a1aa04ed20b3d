"""The host finds, checks, orders and isolates packages; what is wrong with one is told, and stops no other."""

from __future__ import annotations

import random
from pathlib import Path
from textwrap import dedent

import pytest
from lanzarote import Catalogue, Exporter
from lanzarote.plugins import Candidate, Host, installed, processes
from lanzarote.plugins import host as hosts
from lanzarote.plugins.packages import ENTERED_TWICE, MEND, RENAME
from lanzarote.plugins.remembered import FILE, Remembered
from lanzarote.types import Table

from tests.core.plugins.packages import MANIFEST, write_package

pytestmark = pytest.mark.usefixtures("folder")
FRENCH = """
    @hookimpl
    def catalogues():
        return (Catalogue(language="fr", path=Path(__file__).parent / "fr.po"),)
"""


def exporter(format_: str, label: str = "") -> str:
    return f"""
    @hookimpl
    def exporters():
        return (Exporter(format="{format_}", label="{label or format_}", media_type="text/plain", extension="txt",
                         write=lambda table: b"{label or format_}"),)
    """


def faults(*candidates: Candidate) -> dict[str, str]:
    return {package.name: package.fault for package in Host(candidates).ask_all().packages}


def ways_out(*candidates: Candidate) -> dict[str, str]:
    return {package.name: package.way_out for package in Host(candidates).ask_all().packages}


def test_a_package_contributes_through_its_hooks(folder: Path) -> None:
    host = Host([write_package(folder, "one", FRENCH)])
    assert [catalogue.language for catalogue in host.catalogues] == ["fr"]
    [package] = host.packages
    assert (package.name, package.distribution, package.version) == ("one", "lanzarote-one", "1.0")
    assert (package.requires_api, package.hooks, package.fault) == (">=1,<2", ("catalogues",), "")


def test_a_package_may_contribute_nothing(folder: Path) -> None:
    [package] = Host([write_package(folder, "idle")]).ask_all().packages
    assert (package.hooks, package.fault) == ((), "")


# Before import

TOUCH = "(Path(__file__).parent / 'imported').touch()"


@pytest.mark.parametrize(
    ("manifest", "fault"),
    [
        ('requires_api = ">=2,<3"\n', "needs the platform's API >=2,<3; this platform offers 1.0"),
        ('requires_api = ">=2"\n', "needs the platform's API >=2; this platform offers 1.0"),
        ('requires_api = ">=1.1,<2"\n', "needs the platform's API >=1.1,<2; this platform offers 1.0"),
        (
            'requires_api = ">=1,<"\n',
            "its lanzarote.toml says requires_api = '>=1,<'; write a range such as \">=1,<2\"",
        ),
        ('requires_api = "1.0"\n', "its lanzarote.toml says requires_api = '1.0'; write a range such as \">=1,<2\""),
        ('requires_api = "<1"\n', "needs the platform's API <1; this platform offers 1.0"),
        ('requires_api = "one"\n', "its lanzarote.toml says requires_api = 'one'; write a range such as \">=1,<2\""),
        ("requires_api = 1\n", 'its lanzarote.toml says requires_api = 1; write a range such as ">=1,<2"'),
        ('requires_api = [">=1"]\n', "its lanzarote.toml says requires_api = ['>=1']; write a range such as"),
        ('requires_api = ""\n', "its lanzarote.toml says requires_api = ''; write a range such as \">=1,<2\""),
        ("", "its lanzarote.toml says requires_api = ''; write a range such as \">=1,<2\""),
        ("requires_api = [", "its lanzarote.toml cannot be read: "),
        (b'requires_api = "\xff"\n', "its lanzarote.toml cannot be read: "),
        (f"requires_api = {'[' * 100_000}", "its lanzarote.toml cannot be read: "),
        (None, 'says nowhere which API it needs; add lanzarote.toml with requires_api = ">=1,<2" beside its code'),
    ],
    ids=[
        "newer",
        "open",
        "a newer minor",
        "half a range",
        "a version",
        "older",
        "no range",
        "a number",
        "a list",
        "blank",
        "missing",
        "bad TOML",
        "not UTF-8",
        "too deep",
        "no file",
    ],
)
def test_a_package_that_does_not_fit_is_refused_before_it_is_imported(
    folder: Path, manifest: str | bytes | None, fault: str
) -> None:
    code = TOUCH + FRENCH.replace("\n    ", "\n")
    unfit = write_package(folder, "unfit", code, manifest)
    fit = write_package(folder, "fit", code)
    host = Host([unfit, fit]).ask_all()
    told = {package.name: package.fault for package in host.packages}
    assert told["unfit"].startswith(fault)
    assert told["fit"] == ""
    assert not (folder / unfit.module / "imported").exists()
    assert (folder / fit.module / "imported").exists()
    assert len(host.catalogues) == 1


def test_a_manifest_at_fault_is_told_with_its_line_and_that_it_can_be_mended(folder: Path) -> None:
    wrong = write_package(folder, "wrong", manifest='# read first\nrequires_api = "1"\n')
    [package] = Host([wrong]).ask_all().packages
    assert package.fault == (
        "its lanzarote.toml says requires_api = '1'; write a range such as \">=1,<2\" "
        "(lz_try_wrong/lanzarote.toml, line 2)"
    )
    torn = write_package(folder, "torn", manifest="[about\n" + MANIFEST)
    new = write_package(folder, "new", manifest='requires_api = ">=9"\n')
    told = ways_out(wrong, torn, new)
    assert (told["wrong"], told["torn"]) == (MEND, MEND)
    assert told["new"] == "Install a version that fits, or remove the package"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('abuot.en = "Words."', "says 'abuot', which is no key there; did you mean 'about'?"),
        ('[licence]\nname = "MIT"', "says 'licence', which is no key there; there are: requires_api, about"),
    ],
)
def test_a_key_of_a_manifest_that_nobody_reads_is_told_and_stops_nothing(folder: Path, line: str, told: str) -> None:
    host = Host([write_package(folder, "one", FRENCH, f"{MANIFEST}{line}\n")]).ask_all()
    [package] = host.packages
    assert (package.fault, len(host.catalogues)) == ("", 1)
    assert package.left_aside == (f"its lanzarote.toml {told} (lz_try_one/lanzarote.toml, line 2)",)


def test_a_function_called_like_a_hook_that_is_not_marked_is_told(folder: Path) -> None:
    code = "def check_practice(practice):\n    return ()\n"
    [package] = Host([write_package(folder, "forgetful", code)]).ask_all().packages
    assert (package.fault, package.hooks) == ("", ())
    assert package.left_aside == (
        "its function check_practice is not marked with @hookimpl, so that it is never called; mark it",
    )


def test_a_function_that_comes_from_elsewhere_is_no_forgotten_hook(folder: Path) -> None:
    code = "from lanzarote.hookspecs import exporters\n" + FRENCH.replace("\n    ", "\n")
    [package] = Host([write_package(folder, "one", code)]).ask_all().packages
    assert package.left_aside == ()


def test_a_misspelt_hook_is_told_with_the_one_that_was_meant(folder: Path) -> None:
    code = "@hookimpl\ndef check_practise(practice):\n    return ()\n"
    [fault] = faults(write_package(folder, "one", code)).values()
    assert "implements 'check_practise', which is no hook; did you mean check_practice? The hooks: " in fault


def test_a_region_package_says_its_api_in_its_region(folder: Path) -> None:
    candidate = write_package(folder, "region", manifest=None)
    (folder / candidate.module / "region").mkdir()
    (folder / candidate.module / "region" / "region.toml").write_text(MANIFEST, encoding="utf-8")
    assert faults(candidate) == {"region": ""}


def test_a_package_that_is_not_there_is_told(folder: Path) -> None:
    gone = Candidate(name="gone", module="lz_try_gone", distribution="lanzarote-gone")
    assert faults(gone) == {
        "gone": "the package 'lz_try_gone' that its entry point names is not there; install it again"
    }


@pytest.mark.parametrize("module", ["lz_try_", ".", "", "..x", "lz try", "os", "lz_try_a.b.c"])
def test_no_entry_point_however_strange_stops_the_others(folder: Path, module: str) -> None:
    strange = Candidate(name="strange", module=module, distribution="strange")
    told = faults(strange, write_package(folder, "fit", FRENCH))
    assert told["strange"]
    assert told["fit"] == ""


# At import and after


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("import no_such_thing", "cannot be used: ModuleNotFoundError: No module named 'no_such_thing'"),
        ("def (", "cannot be used: SyntaxError: "),
        ("raise SystemExit(3)", "cannot be used: SystemExit: 3"),
        ("1 / 0", "cannot be used: ZeroDivisionError: division by zero"),
        (
            "@hookimpl\ndef region(): return ()",
            "implements 'region', which is no hook; did you mean regions? The hooks: ",
        ),
        ("@hookimpl\ndef regions(reader): return ()", "cannot be used: "),
    ],
    ids=["import error", "syntax error", "exit", "error", "misspelt hook", "unknown argument"],
)
def test_a_package_that_fails_at_import_is_told_and_stops_no_other(folder: Path, code: str, fault: str) -> None:
    told = faults(write_package(folder, "broken", code), write_package(folder, "fit", FRENCH))
    assert fault in told["broken"]
    assert told["fit"] == ""


def test_a_misspelt_hook_refuses_the_whole_package(folder: Path) -> None:
    host = Host([write_package(folder, "typo", FRENCH + "    @hookimpl\n    def exporter():\n        return ()\n")])
    assert host.catalogues == ()
    [package] = host.packages
    assert "'exporter', which is no hook" in package.fault


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("raise RuntimeError('no luck\\nsecond line')", "its hook exporters failed: RuntimeError: no luck"),
        ("raise SystemExit(1)", "its hook exporters failed: SystemExit: 1"),
        ("return ('csv',)", "its hook exporters returned str where Exporter is expected"),
        ("return None", "its hook exporters returned None; to say nothing, return ()"),
        ("return 3", "its hook exporters returned int where a list of Exporter is expected"),
        ("return (None,)", "its hook exporters returned NoneType where Exporter is expected"),
        ("return [Exporter]", "its hook exporters returned"),
        ("yield 1", "its hook exporters returned int where Exporter is expected"),
    ],
    ids=["raises", "exits", "a string", "None", "a number", "None inside", "the class", "a generator"],
)
def test_a_package_with_a_hook_that_fails_contributes_nothing_and_stops_no_other(
    folder: Path, answer: str, fault: str
) -> None:
    code = FRENCH + f"    @hookimpl\n    def exporters():\n        {answer}\n"
    host = Host([write_package(folder, "broken", code), write_package(folder, "fit", exporter("csv"))]).ask_all()
    told = {package.name: package.fault for package in host.packages}
    assert told["broken"].startswith(fault)
    assert "second line" not in told["broken"]
    assert told["fit"] == ""
    assert host.catalogues == ()
    assert [one.format for one in host.exporters] == ["csv"]


def test_a_hook_is_asked_once(folder: Path) -> None:
    code = """
    @hookimpl
    def catalogues():
        with open(Path(__file__).parent / "asked", "a") as file:
            file.write("x")
        return ()
    """
    counting = write_package(folder, "counting", code)
    host = Host([counting]).ask_all()
    assert host.catalogues == host.catalogues == ()
    host.ask_all()
    Host([counting]).ask_all()
    assert (folder / counting.module / "asked").read_text("utf-8") == "x"


def test_a_generator_is_an_answer(folder: Path) -> None:
    code = '    @hookimpl\n    def catalogues():\n        yield Catalogue(language="uk", path=Path("uk.po"))\n'
    host = Host([write_package(folder, "lazy", code)])
    assert host.catalogues == (Catalogue(language="uk", path=Path("uk.po")),)


@pytest.mark.parametrize("late", ["zwilling", "aa-dupe", "aaa-twin"])
def test_a_repeated_name_is_refused_and_the_distribution_called_after_it_keeps_it(folder: Path, late: str) -> None:
    first = write_package(folder, "twin", exporter("csv"))
    other = write_package(folder, "other", exporter("tsv"))
    second = Candidate(name="twin", module=other.module, distribution=late, version="2.0")
    for candidates in ([first, second], [second, first]):
        host = Host(candidates).ask_all()
        assert [one.format for one in host.exporters] == ["csv"]
        assert [(package.distribution, package.fault) for package in host.packages] == [
            ("lanzarote-twin", ""),
            (late, "repeats the name 'twin' of lanzarote-twin; give it a name of its own"),
        ]
        assert host.packages[1].way_out == RENAME


def test_one_name_entered_twice_in_one_distribution_is_told_with_the_entries(folder: Path) -> None:
    first, other = write_package(folder, "twin", exporter("csv")), write_package(folder, "other", exporter("tsv"))
    again = Candidate(name="twin", module=other.module, distribution=first.distribution, version="1.0")
    assert [one.way_out for one in Host([first, again]).ask_all().packages if one.fault] == [ENTERED_TWICE]


def test_what_a_package_raises_changes_nothing_in_a_terminal_or_on_a_page(folder: Path) -> None:
    told = faults(write_package(folder, "loud", "raise ValueError('a\x1b[2J\u202eb\u202f!')"))["loud"]
    assert told.startswith("cannot be used: ValueError: a\ufffd[2J\ufffdb\u202f! (lz_try_loud/__init__.py, line ")


def test_a_package_may_not_be_registered_twice_under_two_names(folder: Path) -> None:
    first = write_package(folder, "once", exporter("csv"))
    again = Candidate(name="twice", module=first.module, distribution="lanzarote-twice")
    told = faults(first, again)
    assert told["once"] == ""
    assert told["twice"].startswith("cannot be used: ")
    assert ways_out(first, again)["twice"] == ENTERED_TWICE


def test_a_format_belongs_to_the_first_package_by_name(folder: Path) -> None:
    candidates = [
        write_package(folder, "b", exporter("csv", "b's")),
        write_package(folder, "a", exporter("csv", "a's")),
    ]
    host = Host(candidates).ask_all()
    assert [one.label for one in host.exporters] == ["a's"]
    table = Table(title="t", columns=(), rows=(), language="en")
    assert [one.write(table) for one in host.exporters] == [b"a's"]
    told = {package.name: package.fault for package in host.packages}
    assert told == {"a": "", "b": "the format 'csv' is already written by lanzarote-a 1.0"}
    assert ways_out(*candidates)["b"] == "Remove lanzarote-b 1.0 or lanzarote-a 1.0"


def test_the_order_is_the_same_after_any_order_of_installation(folder: Path) -> None:
    letters = "abcdefgh"
    candidates = [write_package(folder, letter, exporter(letter) + FRENCH) for letter in letters]
    chance = random.Random(7)
    orders = set()
    for _ in range(50):
        chance.shuffle(candidates)
        host = Host(candidates)
        orders.add(
            (
                tuple(package.name for package in host.packages),
                tuple(one.format for one in host.exporters),
                tuple(str(one.path.parent.name) for one in host.catalogues if isinstance(one.path, Path)),
            )
        )
    assert orders == {(tuple(letters), tuple(letters), tuple(f"lz_try_{letter}" for letter in letters))}


def test_two_hosts_do_not_see_each_other(folder: Path) -> None:
    csv, tsv = write_package(folder, "csv", exporter("csv")), write_package(folder, "tsv", exporter("tsv"))
    first, second, both = Host([csv]), Host([tsv]), Host([csv, tsv])
    assert [one.format for one in first.exporters] == ["csv"]
    first.blame("csv", "is blamed here only")
    assert first.exporters == ()
    assert [one.format for one in second.exporters] == ["tsv"]
    assert [one.format for one in both.exporters] == ["csv", "tsv"]
    assert [package.fault for package in first.packages] == ["is blamed here only"]
    assert [package.fault for package in both.packages] == ["", ""]


def test_several_faults_of_a_package_are_all_told(folder: Path) -> None:
    code = """
    @hookimpl
    def regions():
        raise RuntimeError("first")

    @hookimpl
    def catalogues():
        raise RuntimeError("second")
    """
    host = Host([write_package(folder, "worse", code)]).ask_all()
    host.blame("worse", "and third")
    [package] = host.packages
    assert package.fault == (
        "its hook regions failed: RuntimeError: first (lz_try_worse/__init__.py, line 6); "
        "its hook catalogues failed: RuntimeError: second (lz_try_worse/__init__.py, line 10); and third"
    )


def test_what_is_installed_here_is_sound() -> None:
    host = Host().ask_all()
    names = ("abbreviations", "compendium", "i18n", "iceland", "oidc", "paris", "spreadsheet", "webhook")
    assert {package.name: package.fault for package in host.packages} == dict.fromkeys(names, "")
    assert {one.distribution for one in installed()} == {
        "lanzarote-abbreviations",
        "lanzarote-compendium",
        "lanzarote-i18n",
        "lanzarote-oidc",
        "lanzarote-region-iceland",
        "lanzarote-region-paris",
        "lanzarote-spreadsheet",
        "lanzarote-webhook",
    }
    assert all(isinstance(one, Exporter) for one in host.exporters)


def test_a_distribution_that_cannot_be_read_hides_no_other(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    usual = {one.distribution for one in installed()}
    torn = folder / "torn-1.0.dist-info"
    torn.mkdir()
    (torn / "METADATA").write_text("Metadata-Version: 2.1\nName: torn\nVersion: 1.0\n", "utf-8")
    (torn / "entry_points.txt").write_bytes(b"[lanzarote]\ntorn = \xff\n")
    assert {one.distribution for one in installed()} == usual
    assert f"The distribution in {folder} is left out, it cannot be read: " in caplog.text
    assert {one.distribution for one in Host().packages} == usual


def test_a_distribution_that_says_nothing_of_itself_is_a_package_all_the_same(folder: Path) -> None:
    write_package(folder, "mute", exporter("csv"))
    mute = folder / "mute-1.0.dist-info"
    mute.mkdir()
    (mute / "METADATA").write_bytes(b"Name: \xff\n\n")
    (mute / "entry_points.txt").write_text("[lanzarote]\nmute = lz_try_mute\n", "utf-8")
    package = Host().package("mute")
    assert package is not None
    assert (package.distribution, package.hooks) == ("", ("exporters",))


def test_no_name_or_version_changes_how_a_terminal_shows_the_rest(folder: Path) -> None:
    write_package(folder, "red", exporter("csv"))
    red = folder / "red-1.0.dist-info"
    red.mkdir()
    (red / "METADATA").write_text("Name: red\x1b[31m\nVersion: 1.0\u202e\n\n", "utf-8")
    (red / "entry_points.txt").write_text("[lanzarote]\nr\x1b[31med = lz_try_red\n", "utf-8")
    package = Host().package("r\ufffd[31med")
    assert package is not None
    assert package.known == "red\ufffd[31m 1.0\ufffd"


# In time


def test_a_package_that_hangs_at_import_is_told_with_its_line_and_is_not_waited_for_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "STARTING", 1.0)
    memory = tmp_path / "data"
    candidates = [
        write_package(folder, "a-spins", "@hookimpl\ndef exporters():\n    while True: pass"),
        write_package(folder, "b-hangs", "import threading\nthreading.Event().wait()"),
        write_package(folder, "c-sound", exporter("csv")),
    ]
    expected = {
        "a-spins": "does not start: its hook exporters did not come back within 1 seconds "
        "(lz_try_a_spins/__init__.py, line 5)",
        "b-hangs": "does not start: its import did not come back within 1 seconds (lz_try_b_hangs/__init__.py, line 4)",
        "c-sound": "",
    }
    monkeypatch.setattr(Remembered, "_here", {})
    assert {one.name: one.fault for one in Host(candidates, folder=memory).ask_all().packages} == expected
    monkeypatch.setattr(Remembered, "_here", {})
    monkeypatch.setattr(processes.Workers, "probe", lambda self, setups: [1 / 0 for _ in setups])
    again = Host(candidates, folder=memory).ask_all()
    assert {one.name: one.fault for one in again.packages} == expected
    assert [one.way_out for one in again.packages][1] == (
        "Install a version that works, or try it again: lanzarote plugins --retry b-hangs"
    )
    assert [one.format for one in again.exporters] == ["csv"]


def test_a_package_is_looked_at_again_when_its_code_changes_or_somebody_says_so(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = write_package(
        folder, "one", "(Path(__file__).parent / 'broken').exists() and 1 / 0\n" + dedent(exporter("csv"))
    )
    (folder / one.module / "broken").touch()
    faulty = Host([one], folder=tmp_path).ask_all()
    (folder / one.module / "broken").unlink()
    monkeypatch.setattr(Remembered, "_here", {})
    assert [bool(package.fault) for package in Host([one], folder=tmp_path).packages] == [True]
    faulty.retry("one")
    assert [package.fault for package in faulty.packages] == [""]
    assert [package.fault for package in Host([one], folder=tmp_path).packages] == [""]
    code = folder / one.module / "__init__.py"
    code.write_text(code.read_text("utf-8").replace('format="csv"', 'format="tabs"'), "utf-8")
    assert [exporter.format for exporter in Host([one], folder=tmp_path).exporters] == ["tabs"]


@pytest.mark.parametrize("torn", [b"{", b"\xff", b"[" * 100_000, b"[]", b'{"a/b": 3}'])
def test_whatever_the_file_of_what_is_remembered_holds_a_start_goes_on(
    folder: Path, tmp_path: Path, torn: bytes
) -> None:
    (tmp_path / FILE).write_bytes(torn)
    host = Host([write_package(folder, "one", exporter("csv"))], folder=tmp_path)
    assert [one.format for one in host.exporters] == ["csv"]


def test_an_entry_point_that_names_what_is_not_there_is_told(folder: Path) -> None:
    module = write_package(folder, "named", exporter("csv")).module
    missing = Candidate(name="named", module=module, attribute="plugin", distribution="lanzarote-named")
    assert faults(missing)["named"].startswith("cannot be used: AttributeError: module 'lz_try_named' has no attribute")


def test_a_process_of_a_package_leaves_nothing_behind(folder: Path) -> None:
    code = """
    import os, subprocess, sys
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    (Path(__file__).parent / "children").write_text(f"{os.getpid()} {child.pid}")
    """
    one = write_package(folder, "leaving", code)
    assert faults(one) == {"leaving": ""}
    for pid in (folder / one.module / "children").read_text("utf-8").split():
        assert not Path(f"/proc/{pid}").exists()


def test_no_setting_that_is_secret_is_where_a_package_could_read_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in processes.SECRET:
        monkeypatch.setenv(name, "S3cret")
    monkeypatch.setenv("LANZAROTE_PLUGIN_ODD", "its own")
    monkeypatch.setattr(hosts, "WORKERS", workers := processes.Workers())
    code = """
    import os
    told = [Path(f"/proc/{pid}/environ").read_bytes() for pid in ("self", os.getppid())]
    (Path(__file__).parent / "environ").write_bytes(b"".join(told) + repr(os.environ).encode())
    """
    one = write_package(folder, "odd", code)
    assert faults(one) == {"odd": ""}
    workers.close()
    told = (folder / one.module / "environ").read_text("utf-8", "replace")
    assert (told.count("S3cret"), told.count("its own")) == (0, 3)


def test_a_text_of_a_class_of_its_own_counts_as_that_text(folder: Path) -> None:
    code = exporter("csv").replace('label="csv"', "label=Text.CSV").replace('format="csv"', "format=Text.CSV")
    head = "from enum import StrEnum\nclass Text(StrEnum):\n    CSV = 'csv'\n"
    [one] = Host([write_package(folder, "odd", head + dedent(code))]).ask_all().exporters
    assert (type(one.format), type(one.label), one.format) == (str, str, "csv")


def test_a_label_that_is_no_text_is_told_as_that(folder: Path) -> None:
    code = exporter("csv").replace('label="csv"', 'label={"en": "x"}')
    told = faults(write_package(folder, "odd", code))["odd"]
    assert told.endswith("label of Exporter is \"{'en': 'x'}\"; give a text: what a reader calls it")
