"""What `lanzarote region …` does; one function for each action, which imports what it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from lanzarote.composition import open_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import NoDatabase, RegionError
from lanzarote.plugins import Host
from lanzarote.regions.claims import installed_regions

if TYPE_CHECKING:
    from argparse import Namespace


def run(given: Namespace) -> int:
    """Do what was asked for. Raises LanzaroteError."""
    action = {
        "new": _new,
        "check": _check,
        "messages": _messages,
        "preview": _preview,
        "plan": _plan,
        "schema": _schema,
        "list": _list,
        "move": _move,
        "enable": _switch,
        "disable": _switch,
    }[given.action]
    return action(given)


def _new(given: Namespace) -> int:
    from lanzarote.kit.new import new

    return new(given)


def _check(given: Namespace) -> int:
    if given.rules:
        return _rules(given)
    if given.folder is None:
        raise RegionError(
            "Which folder? Give the one that holds region.toml, or framework.toml of national law; "
            "--rules lists the rules."
        )
    from lanzarote.kit.check import check

    return check(
        Path(given.folder),
        [Path(folder) for folder in given.law],
        tier=given.tier,
        against=Path(given.against) if given.against else None,
        everything=given.all,
        for_programs=given.json,
    )


def _rules(given: Namespace) -> int:
    from lanzarote.kit.scale import RULES
    from lanzarote.kit.scale.telling import rules_as_json, tell_rules

    told = json.dumps(rules_as_json(RULES), indent=2) if given.json else "\n".join(tell_rules(RULES))
    print(told)
    return 0


def _messages(given: Namespace) -> int:
    from lanzarote.kit.messages.commands import run

    return run(given)


def _preview(given: Namespace) -> int:
    from lanzarote.kit.preview import preview

    return preview(Path(given.folder), [Path(folder) for folder in given.law], port=given.port)


def _plan(given: Namespace) -> int:
    from lanzarote.kit.plan import plan

    return plan(Path(given.wheel))


def _schema(given: Namespace) -> int:
    from lanzarote.kit.schemas import write_schemas

    return write_schemas(Path(given.folder))


def _list(given: Namespace) -> int:
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


def _move(given: Namespace) -> int:
    with open_instance(read_settings(), existing=True) as instance:
        instance.move(given.region, given.distribution)
    print(f"{given.region} follows {given.distribution} now. To see what changes: lanzarote upgrade --dry-run")
    return 0


def _switch(given: Namespace) -> int:
    with open_instance(read_settings(), existing=True) as instance:
        instance.enable(given.region, on=given.action == "enable")
    print(f"{given.region} is {given.action}d.")
    return 0
