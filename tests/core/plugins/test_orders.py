"""Whatever was installed in whatever order: what it amounts to is the same to the byte."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from lanzarote.cli import main
from lanzarote.operations.installation import configuration, written
from lanzarote.plugins import Candidate, Host, installed
from lanzarote.regions.claims import installed_regions

from tests.core.plugins import bad
from tests.core.plugins.packages import MANIFEST, write_package
from tests.core.plugins.test_isolation import written as written_package
from tests.regions.writing import write_region

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ORDERS = 100
REGION = '@hookimpl\ndef regions():\n    return (Region.from_folder(Path(__file__).parent / "region"),)\n'
LAW = '@hookimpl\ndef legal_frameworks():\n    return (LegalFramework.from_folder(Path(__file__).parent / "law"),)\n'
ON = {"abbreviations": ["paris"], "webhook": ["paris"]}


def quarrelling(folder: Path) -> list[Candidate]:
    """Sound packages and packages at fault, several of which want the same name, region, law, language or format."""
    found = [*installed()]
    names = {*bad.FAULTY, *bad.PARTLY, *bad.HARMLESS} - {"a-million", "spawns-threads"}
    found += [written_package(folder, name) for name in sorted(names)]
    for name in ("testland", "aaa-testland", "zzz-testland"):
        one = write_package(folder, name, REGION + LAW)
        write_region(folder / one.module / "region")
        (folder / one.module / "law").mkdir()
        header = 'format = 1\nid = "XT"\nname.en = "Testland"\nlanguages = ["en"]\n'
        (folder / one.module / "law" / "framework.toml").write_text(header, "utf-8")
        found.append(one)
    for version in ("1.0", "2.0", "3.0"):
        twin = write_package(folder, f"twin-{version.replace('.', '-')}", bad.exporter(format=f'"f{version[0]}"'))
        found.append(Candidate(name="twin", module=twin.module, distribution=f"d{version[0]}-twin", version=version))
    odd = {name: bad.exporter(format='"odd"', label=f'"{name}"') for name in ("b-odd", "a-odd", "c-odd")}
    return [*found, *(write_package(folder, name, code, MANIFEST) for name, code in odd.items())]


def test_a_hundred_orders_of_installation_give_the_same_configuration(folder: Path) -> None:
    candidates = quarrelling(folder)
    seen: dict[bytes, int] = {}
    for seed in range(ORDERS):
        random.Random(seed).shuffle(candidates)
        host = Host(candidates)
        document = written(configuration(host, installed_regions(host), ON))
        seen.setdefault(document, seed)
    assert len(seen) == 1, f"the orders of the seeds {sorted(seen.values())} differ"
    [told] = map(json.loads, seen)
    packages = {one["distribution"]: one for one in told["packages"]}
    assert [one["id"] for one in told["regions"]] == ["iceland", "paris", "testland"]
    assert {one["format"]: one["label"] for one in told["exporters"]}["odd"] == "a-odd"
    assert packages["d1-twin"]["fault"] == ""
    assert packages["d2-twin"]["fault"] == "repeats the name 'twin' of d1-twin; give it a name of its own"
    assert packages["lanzarote-abbreviations"]["switched_on"] == ["paris"]
    assert packages["lanzarote-raises-at-import"]["fault"] == (
        "cannot be used: ZeroDivisionError: division by zero (lz_try_raises_at_import/__init__.py, line 3)"
    )


def test_the_document_is_what_the_command_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("LANZAROTE_DATA", str(tmp_path))
    assert main(["plugins", "--json"]) == 0
    host = Host()
    assert capfdbinary.readouterr().out == written(configuration(host, installed_regions(host)))
