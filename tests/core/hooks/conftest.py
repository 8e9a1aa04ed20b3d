"""Paris with packages of the test's own, sound and faulty."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Host, installed
from lanzarote.web.notices import switch_for

from tests.conftest import copy_of
from tests.core.plugins.packages import write_package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lanzarote.plugins import Candidate

    Making = Callable[..., Instance]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder on the import path; what was imported from it is forgotten afterwards."""
    place = tmp_path / "packages"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    before = set(sys.modules)
    yield place
    for name in [name for name in set(sys.modules) - before if name.startswith("lz_try_")]:
        del sys.modules[name]


@pytest.fixture
def paris_with(paris_template: Path, tmp_path: Path, folder: Path) -> Iterator[Making]:
    """Make Paris with packages, name → code; each is switched on, but those named in *off*.

    *also*: packages of the platform's own. They run in this process, where a test can look at them, unless *apart*.
    """
    made: list[Instance] = []
    known: dict[str, Candidate] = {}

    def make(off: tuple[str, ...] = (), also: tuple[str, ...] = (), apart: bool = False, **codes: str) -> Instance:
        for name, code in codes.items():
            if name not in known:
                known[name] = write_package(folder, name, code)
        url = copy_of(paris_template, tmp_path) if not made else made[0].settings.database_url
        ours = (one for one in installed() if one.name in ("i18n", "paris", *also))
        host = Host([*ours, *map(known.__getitem__, codes)], in_process=not apart)
        settings = read_settings({"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(tmp_path / "data")})
        instance = new_instance(settings, host)
        made.append(instance)
        for name in codes:
            if name not in off and instance.host.package(name).hooks:  # type: ignore[union-attr]
                switch_for(instance, "paris", name, on=True, by="test")
        return instance

    yield make
    for instance in made:
        instance.close()


def told_by(name: str) -> list[tuple[Any, ...]]:
    """What a package of `NOTING` was told."""
    told: list[tuple[Any, ...]] = sys.modules[f"lz_try_{name}"].told
    return told


NOTING = """
    told = []

    @hookimpl
    def practice_published(event):
        told.append(("published", event.event_id, event.slug, event.version, event.titles, event.address))

    @hookimpl
    def practice_withdrawn(event):
        told.append(("withdrawn", event.event_id, event.slug, event.erased, event.address))
"""
FAILING = NOTING.replace("told.append", "raise RuntimeError('no luck')\n        told.append")
