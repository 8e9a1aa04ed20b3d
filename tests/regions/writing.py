"""Writes region folders, and packages around them, from plain values: what a test is about and no more."""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.plugins import Candidate, Host

HEADER: Mapping[str, Any] = {
    "format": 1,
    "requires_api": ">=1,<2",
    "id": "testland",
    "territory": "XT",
    "languages": ["en", "fr"],
    "time_zone": "UTC",
    "name": {"en": "Testland", "fr": "Testonie"},
}
SECTOR: Mapping[str, Any] = {"common": ["judicial"], "side": "public", "name": {"en": "Courts", "fr": "Tribunaux"}}
SOURCE: Mapping[str, Any] = {"title": "An invented document", "publisher": "Nobody", "kind": "organisation"}
ORGANISATION: Mapping[str, Any] = {
    "name": {"en": "Invented court", "fr": "Tribunal inventé"},
    "sectors": ["courts"],
    "side": "public",
    "scope": "local",
    "sources": ["invented"],
}
PRACTICE: Mapping[str, Any] = {
    "original": "en",
    "scope": "local",
    "running": "ongoing",
    "sectors": ["courts"],
    "sources": ["invented"],
    "text": {
        "en": {"title": "An invented practice", "summary": "What it does."},
        "fr": {"title": "Une pratique inventée", "summary": "Ce qu’elle fait."},
    },
}
PROCEDURE: Mapping[str, Any] = {
    "original": "en",
    "nature": "reconstructed",
    "sources": ["invented"],
    "text": {"en": {"title": "An invented procedure"}, "fr": {"title": "Une procédure inventée"}},
}


def write_region(
    folder: Path,
    *,
    header: Mapping[str, Any] | None = None,
    practices: Mapping[str, Any] | None = None,
    procedures: Mapping[str, Any] | None = None,
    **files: Any,
) -> Path:
    """Write a region folder anew: *files* are ``sectors={…}``, ``helplines={…}`` and so on."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "practices").mkdir(parents=True)
    (folder / "procedures").mkdir()
    written: dict[str, Any] = {"sectors": {"courts": SECTOR}, "sources": {"invented": SOURCE}} | files
    written["region"] = {**HEADER, **(header or {})}
    for name, table in written.items():
        (folder / f"{name}.toml").write_text(toml(table), encoding="utf-8")
    for key, practice in (practices or {}).items():
        (folder / "practices" / f"{key}.toml").write_text(toml({**PRACTICE, **practice}), encoding="utf-8")
    for key, procedure in (procedures or {}).items():
        (folder / "procedures" / f"{key}.toml").write_text(toml({**PROCEDURE, **procedure}), encoding="utf-8")
    return folder


class RegionPackage:
    """A package with one region; ``write`` is what its next release says."""

    def __init__(self, folder: Path) -> None:
        self._module = f"lz_region_{uuid.uuid4().hex[:8]}"
        self.folder = folder / self._module / "region"
        write_region(self.folder)
        code = (
            "from importlib.resources import files\n"
            "from lanzarote import Region, hookimpl\n\n\n"
            "@hookimpl\n"
            "def regions():\n"
            '    return (Region.from_folder(files(__name__) / "region"),)\n'
        )
        (self.folder.parent / "__init__.py").write_text(code, encoding="utf-8")

    def write(self, **files: Any) -> None:
        write_region(self.folder, **files)

    def host(self) -> Host:
        candidate = Candidate(name="testland", module=self._module, distribution="lanzarote-testland", version="1")
        return Host([candidate])

    def instance(self, url: str) -> Instance:
        """A fresh instance, as after the package was installed anew."""
        return new_instance(read_settings({"LANZAROTE_DATABASE_URL": url}), self.host())


@contextmanager
def region_package(folder: Path) -> Iterator[RegionPackage]:
    """Put a package with a region on the import path."""
    sys.path.insert(0, str(folder))
    try:
        yield RegionPackage(folder)
    finally:
        sys.path.remove(str(folder))


def toml(table: Mapping[str, Any]) -> str:
    """Write *table* as TOML: one table for each mapping in it, everything deeper inline."""
    plain = [f"{_text(key)} = {_value(value)}\n" for key, value in table.items() if not isinstance(value, Mapping)]
    for key, value in table.items():
        if isinstance(value, Mapping):
            plain.append(f"\n[{_text(key)}]\n")
            plain += [f"{_text(name)} = {_value(inner)}\n" for name, inner in value.items()]
    return "".join(plain)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_text(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
