"""The JSON Schema of each kind of file of a region folder, for editors to complete and check as one writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote.kit.scale.exemptions import QualityFile
from lanzarote.regions.content import ENTRY_FILES, WHOLE_FILES
from lanzarote.types import (
    ArticleReference,
    FrameworkHeader,
    Instrument,
    Key,
    PracticeSeed,
    ProcedureSeed,
    Provision,
    RegionHeader,
)

if TYPE_CHECKING:
    from pathlib import Path


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
        "quality": QualityFile,
    }
    | {name: dict.__class_getitem__((_KEYS.get(name, Key), kind)) for name, kind in ENTRY_FILES.items()}
    | WHOLE_FILES
)
"""File kind → what it holds."""


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
