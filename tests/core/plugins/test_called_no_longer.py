"""A package that crashes or hangs three times in a row is called no longer, until somebody says *retry*."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.plugins import CallFailed, Host
from lanzarote.plugins import host as hosts
from lanzarote.types import ImportForm, Table

from tests.core.plugins.packages import write_package

if TYPE_CHECKING:
    from pathlib import Path

SPREADSHEET = """
    import os
    from lanzarote import Importer, ImportReading

    def write(*given):
        if not (Path(__file__).parent / "mended").exists():
            os._exit(3)
        return b"written"

    def read(content, form):
        if content == b"bad":
            os._exit(3)
        return ImportReading(fields=("id",))

    @hookimpl
    def exporters():
        return (Exporter(format="one", label="One", media_type="text/plain", extension="one", write=write),)

    @hookimpl
    def importers():
        one = {"format": "one", "label": "One", "media_type": "text/plain", "extensions": ("one",)}
        return (Importer(**one, write=write, read=read),)
"""
FORM = ImportForm(of="practices", region="paris", language="en", title="Practices", columns=())
TABLE = Table(title="T", note="N", licence="L", language="en", columns=(), rows=())


@pytest.fixture
def host(folder: Path, tmp_path: Path) -> Host:
    return Host([write_package(folder, "one", SPREADSHEET)], folder=tmp_path)


def fails(call: Any, *given: object) -> str:
    with pytest.raises(CallFailed) as failed:
        call(*given)
    return str(failed.value)


def test_a_file_at_which_an_importer_crashes_takes_nothing_from_anybody_else(host: Host, folder: Path) -> None:
    (folder / "lz_try_one" / "mended").touch()
    [importer], [exporter] = host.importers, host.exporters
    for _ in range(hosts.MOST_FAILURES + 1):
        assert "exit code 3" in fails(importer.read, b"bad", FORM)
    assert [one.fault for one in host.packages] == [""]
    assert importer.read(b"good", FORM).fields == ("id",)
    assert exporter.write(TABLE) == b"written"


def test_calls_at_the_same_time_count_once(host: Host) -> None:
    [exporter] = host.exporters
    with ThreadPoolExecutor() as people:
        failed = [people.submit(fails, exporter.write, TABLE) for _ in range(hosts.MOST_FAILURES + 1)]
    assert all("exit code 3" in one.result() for one in failed)
    assert [one.fault for one in host.packages] == [""]
    for _ in range(hosts.MOST_FAILURES - 1):
        fails(exporter.write, TABLE)
    assert [one.fault for one in host.packages] == [
        "is called no longer: 3 times in a row its process ended (exit code 3)"
    ]


def test_a_running_site_notices_that_another_process_said_retry(host: Host, folder: Path, tmp_path: Path) -> None:
    [exporter] = host.exporters
    for _ in range(hosts.MOST_FAILURES):
        fails(exporter.write, TABLE)
    assert (host.exporters, host.importers) == ((), ())
    (folder / "lz_try_one" / "mended").touch()
    Host([one.candidate for one in host._slots.values()], folder=tmp_path).retry("one")
    assert [one.fault for one in host.packages] == [""]
    [exporter] = host.exporters
    assert exporter.write(TABLE) == b"written"
