"""What will go goes on working and says in which version it goes: to authors in pytest, and to administrators."""

from __future__ import annotations

import re
import types
import warnings
from typing import TYPE_CHECKING, ClassVar

import pytest
from lanzarote import hookspecs
from lanzarote.hookspecs import hookspec
from lanzarote.operations.doctor import _packages
from lanzarote.operations.loading_report import print_report
from lanzarote.plugins import Host
from lanzarote.types import API_VERSION, ConventionLink, Deprecated, Episode, Exporter, Sector

from tests.core.plugins.bad import exporter, hook
from tests.core.plugins.packages import write_package
from tests.regions.writing import SECTOR, region_package

if TYPE_CHECKING:
    from pathlib import Path

HOOK = Deprecated("the hook exporters", since="1.4", removed_in="2.0", instead="implement formats")
ARGUMENT = Deprecated("the argument before of check_practice", since="1.2", removed_in="2.0", instead="take versions")
FIELD = Deprecated("the field colour of Exporter", since="1.3", removed_in="2.0", instead="colour the label")
VALUE = Deprecated("PlainExporter", since="1.3", removed_in="2.0", instead="return an Exporter")


class Coloured(Exporter, frozen=True, kw_only=True):
    """An exporter of a later API, one field of which goes again."""

    deprecated: ClassVar = {"colour": FIELD}
    colour: str = ""


class PlainExporter(Exporter, frozen=True, kw_only=True):
    deprecated: ClassVar = {"*": VALUE}


CODE = """
[instrument]
key = "code"
title = { en = "Code", fr = "Code" }
cite = { en = "art. {number}", fr = "art. {number}" }
[provisions.code-1]
number = "1"
[[provisions.code-1.versions]]
convention = [{ ref = "3" }]
title = { en = "Majority", fr = "Majorité" }
"""


def later() -> types.ModuleType:
    """The hooks of an API in which something is deprecated."""
    module = types.ModuleType("later_hookspecs")
    vars(module).update({name: value for name, value in vars(hookspecs).items() if not name.startswith("__")})

    @hookspec(warn_on_impl=HOOK)
    def exporters() -> None: ...

    @hookspec(warn_on_impl_args={"before": ARGUMENT})
    def check_practice(region: object, new: object, before: object) -> None: ...

    vars(module).update(exporters=exporters, check_practice=check_practice)
    return module


def of_test(name: str, **given: str) -> str:
    """Return an exporter that the test defines."""
    return (
        exporter(**given)
        .replace("Exporter(", f"sys.modules['{__name__}'].{name}(")
        .replace("\n    @", "\n    import sys\n\n    @")
    )


@pytest.mark.parametrize(
    ("code", "told", "hooks"),
    [
        (exporter(), HOOK, later()),
        (hook("check_practice", "return ()").replace("()", "(before)", 1), ARGUMENT, later()),
        (of_test("Coloured", colour='"red"'), FIELD, hookspecs),
        (of_test("PlainExporter"), VALUE, hookspecs),
    ],
    ids=["a hook", "an argument", "a field", "a value"],
)
def test_what_is_deprecated_works_and_warns_author_and_administrator(
    folder: Path, code: str, told: Deprecated, hooks: types.ModuleType
) -> None:
    with pytest.warns(Deprecated, match=re.escape(str(told))):
        host = Host([write_package(folder, "old", code)], hooks=hooks, in_process=True).ask_all()
    [package] = host.packages
    assert package.fault == ""
    assert package.deprecated == (str(told),)
    assert "and goes in API 2.0: " in package.deprecated[0]
    assert [str(one) for one in _packages(host.packages)] == [
        "  package old: lanzarote-old 1.0",
        f"  package old: lanzarote-old 1.0 uses what will go: {told}",
    ]


@pytest.mark.parametrize(
    ("code", "hooks"),
    [
        (hook("check_practice", "return ()").replace("()", "(new)", 1), later()),
        (of_test("Coloured"), hookspecs),
        (exporter(), hookspecs),
    ],
    ids=["another argument", "a field left out", "nothing deprecated"],
)
def test_who_uses_nothing_of_it_reads_nothing_of_it(folder: Path, code: str, hooks: types.ModuleType) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        [package] = Host([write_package(folder, "new", code)], hooks=hooks, in_process=True).packages
    assert (package.fault, package.deprecated) == ("", ())


def test_an_author_who_turns_warnings_into_errors_is_stopped_by_name(folder: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Deprecated)
        [package] = Host([write_package(folder, "strict", exporter())], hooks=later(), in_process=True).packages
    assert package.fault == f"cannot be used: Deprecated: {HOOK}"


def test_a_key_of_a_folder_that_will_go_is_read_and_named_with_its_line(
    tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wherever it stands: in an entry, in a list of tables, in a table that hangs below a key."""
    going = Deprecated("the key note", since="1.4", removed_in="2.0", instead="write remark")
    for kind in (Sector, Episode, ConventionLink):
        monkeypatch.setattr(kind, "deprecated", {"ref": going, "description": going, "when": going}, raising=False)
    with region_package(tmp_path) as package:
        history = [{"when": "2020", "text": {"en": "Begun", "fr": "Début"}, "sources": ["invented"]}]
        package.write(
            header={"history": history}, sectors={"courts": {**SECTOR, "description": {"en": "Old", "fr": "Vieux"}}}
        )
        law = package.folder / "law"
        law.mkdir()
        (law / "code.toml").write_text(CODE, "utf-8")
        with package.instance(sqlite_url) as instance:
            report = instance.load("testland")
            assert "Old" in str(instance.vocabulary("testland").sectors["courts"].description)
    assert report.going == (
        f"region.toml:7: history.0.when: {going}",
        f"sectors.toml:6: courts.description: {going}",
        f"law/code.toml:9: provisions.code-1.versions.0.convention.0.ref: {going}",
    )
    print_report(report)
    assert f"  uses what will go: {report.going[0]}" in capsys.readouterr().out.splitlines()


def test_what_is_deprecated_stays_until_the_next_major_version() -> None:
    for name, value in vars(hookspecs).items():
        said = getattr(value, "lanzarote_spec", None) or {}
        for one in filter(None, (said.get("warn_on_impl"), *(said.get("warn_on_impl_args") or {}).values())):
            assert f"goes in API {API_VERSION[0] + 1}.0" in str(one), name
