"""For those who write a region folder: check it, look at it as the public would, let the editor know its schema."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote.errors import RegionError
from lanzarote.hookspecs import hookimpl
from lanzarote.plugins import Host
from lanzarote.regions.folder import ENTRY_FILES, WHOLE_FILES, Content, Problem, read_region
from lanzarote.regions.laws import read_laws, with_law
from lanzarote.types import (
    ArticleReference,
    FrameworkHeader,
    Instrument,
    Key,
    LegalFramework,
    PracticeSeed,
    ProcedureSeed,
    Provision,
    Region,
    RegionHeader,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PREVIEW = "preview"


class LawFile(msgspec.Struct, forbid_unknown_fields=True):
    """A file of ``law/``."""

    instrument: Instrument
    provisions: dict[Key, Provision] = {}


_KEYS = {"coverage": ArticleReference}
SCHEMAS: dict[str, Any] = (
    {
        "region": RegionHeader,
        "framework": FrameworkHeader,
        "practice": PracticeSeed,
        "procedure": ProcedureSeed,
        "law": LawFile,
    }
    | {name: dict.__class_getitem__((_KEYS.get(name, Key), kind)) for name, kind in ENTRY_FILES.items()}
    | WHOLE_FILES
)
"""File kind → what it holds."""


def check(folder: Path, laws: Sequence[Path]) -> int:
    """Tell every fault of a region folder; 1 if any must be mended. Raises RegionError when there is no such folder."""
    content = _read(folder, laws)
    for problem in sorted(content.problems, key=lambda one: (one.warning, one.file, one.line)):
        print(f"{'warning: ' if problem.warning else ''}{problem}")
    faults, warnings = len(content.errors), len(content.problems) - len(content.errors)
    if faults:
        print(f"{_count(faults, 'fault')} to mend, {_count(warnings, 'warning')}.")
        return 1
    print(f"{folder} can be loaded: {_summary(content)}; {_count(warnings, 'warning')}.")
    return 0


def preview(folder: Path, laws: Sequence[Path], *, port: int = 0) -> int:
    """Serve a region folder on this machine until stopped; nothing of it is kept. Raises RegionError."""
    from lanzarote.instance import Instance
    from lanzarote.loading import usable
    from lanzarote.serving import serve
    from lanzarote.settings import read_settings

    content = usable(_read(folder, laws), folder.resolve().name)
    assert isinstance(content.header, RegionHeader)
    with tempfile.TemporaryDirectory(prefix="lanzarote-preview-") as place:
        chosen = read_settings({"LANZAROTE_DATA": place, "LANZAROTE_PORT": str(port)})
        with Instance(chosen, preview_host(folder, laws)) as instance:
            instance.migrate()
            instance.load(content.header.id)
            print(f"A preview of {folder}. Nothing is kept; after a change, stop with Ctrl+C and start again.")
            serve(instance, host="127.0.0.1", port=port)
    return 0


def preview_host(folder: Path, laws: Sequence[Path]) -> Host:
    """The installed packages, and the folder in front of them: it wins over an installed package of the same region."""
    host = Host()
    host.add(PREVIEW, _Folders(folder, laws))
    return host


def write_schemas(folder: Path) -> int:
    """Write a JSON Schema for each kind of file into *folder*."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, "utf-8")
    print(f"{len(SCHEMAS)} schemas written to {folder}. Name one in the first line of a file:")
    print("  #:schema path/to/sectors.schema.json")
    return 0


def schemas() -> dict[str, str]:
    """File name → JSON Schema."""
    made = {}
    for name, kind in SCHEMAS.items():
        schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | msgspec.json.schema(kind)
        text = msgspec.json.format(msgspec.json.encode(schema, order="deterministic"), indent=2).decode()
        made[f"{name}.schema.json"] = text + "\n"
    return made


class _Folders:
    """A package made of folders, for as long as the program runs."""

    def __init__(self, folder: Path, laws: Sequence[Path]) -> None:
        self._folder, self._laws = folder, laws

    @hookimpl
    def regions(self) -> Iterable[Region]:
        return (Region.from_folder(self._folder),)

    @hookimpl
    def legal_frameworks(self) -> Iterable[LegalFramework]:
        return tuple(LegalFramework.from_folder(law) for law in self._laws)


def _read(folder: Path, laws: Sequence[Path]) -> Content:
    for one, file in ((folder, "region.toml"), *((law, "framework.toml") for law in laws)):
        if not one.is_dir():
            raise RegionError(f"{one} is not a folder; give the folder that holds {file}.")
    if links := [problem for place in (folder, *laws) for problem in _links_out(place)]:
        return Content(problems=links)  # what they lead to stands in no message either
    content = read_region(folder)
    own = [LegalFramework.from_folder(law) for law in laws]
    host = Host()
    content = with_law(content, read_laws((*host.legal_frameworks, *own)))
    for package in host.packages:
        if package.fault:
            print(f"The installed package {package.name} is left aside: {package.fault}", file=sys.stderr)
    return content


def _links_out(folder: Path) -> Iterator[Problem]:
    """A folder that came from elsewhere shows what is in it, and nothing else of this machine."""
    inside = os.path.realpath(folder)
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() and not Path(os.path.realpath(file)).is_relative_to(inside):
            told = "is a link that leads out of the folder; put here what it leads to"
            yield Problem(file=file.relative_to(folder).as_posix(), key="", line=0, message=told)


def _summary(content: Content) -> str:
    counted = (
        (len(content.sectors), "sector"),
        (len(content.organisations), "organisation"),
        (len(content.provisions), "provision"),
        (len(content.practices), "practice"),
        *([(len(content.procedures), "procedure")] if content.procedures else []),
        (len(content.sources), "source"),
    )
    return ", ".join(_count(number, noun) for number, noun in counted)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
