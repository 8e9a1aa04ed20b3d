"""What `lanzarote region …` does; one function for each action, which imports what it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote.composition import open_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NoDatabase, RegionError
from lanzarote.kit.scale.judging import QualityFile
from lanzarote.plugins import Host
from lanzarote.regions.claims import installed_regions
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
    from argparse import Namespace

    from lanzarote.instance import Instance


# --- The JSON Schema of each kind of file of a region folder, for editors to complete and check as one writes ---


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


def write_schemas(given: Namespace) -> int:
    """Write a JSON Schema for each kind of file into a folder."""
    folder = Path(given.folder)
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


# --- The actions ---


def check(given: Namespace) -> int:
    if given.rules:
        return _rules(given)
    if given.folder is None:
        raise RegionError(
            "Which folder? Give the one that holds region.toml, or framework.toml of national law; "
            "--rules lists the rules."
        )
    from lanzarote.kit import check

    return check.check(
        Path(given.folder),
        [Path(folder) for folder in given.law],
        tier=given.tier,
        against=Path(given.against) if given.against else None,
        everything=given.all,
        for_programs=given.json,
    )


def _rules(given: Namespace) -> int:
    from lanzarote.kit.scale import RULES
    from lanzarote.kit.scale.judging import render_rules, rules_as_json

    told = json.dumps(rules_as_json(RULES), indent=2) if given.json else "\n".join(render_rules(RULES))
    print(told)
    return 0


def preview(given: Namespace) -> int:
    from lanzarote.kit import preview

    return preview.preview(Path(given.folder), [Path(folder) for folder in given.law], port=given.port)


def plan(given: Namespace) -> int:
    from lanzarote.kit import plan

    return plan.plan(Path(given.wheel))


def list_regions(given: Namespace) -> int:
    try:
        with open_instance(read_settings(), existing=True) as instance:
            installed, loaded = instance.installed, instance.loaded()
    except NoDatabase:
        installed, loaded = installed_regions(Host()), {}
    for region_id in sorted({*installed, *loaded}):
        state = "not loaded" if region_id not in loaded else "enabled" if loaded[region_id] else "disabled"
        package = installed.get(region_id)
        print(f"{region_id}  {state}  {package.package.distribution if package else 'package not installed'}")
    return 0


def move(instance: Instance, given: Namespace) -> int:
    instance.move(given.region, given.distribution)
    print(f"{given.region} follows {given.distribution} now. To see what changes: lanzarote upgrade --dry-run")
    return 0


def switch(instance: Instance, given: Namespace) -> int:
    instance.enable(given.region, on=given.action == "enable")
    print(f"{given.region} is {given.action}d.")
    return 0
