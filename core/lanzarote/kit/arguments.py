"""The words of `lanzarote region …`. Nothing heavy is imported here, so that ``--help`` answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def region_arguments(commands: argparse._SubParsersAction[argparse.ArgumentParser], port: Callable[[str], int]) -> None:
    """Add what there is to do with the folder or the package of a region, and with a loaded region."""
    region = commands.add_parser("region", help="begin, check or preview a region; enable or disable a loaded one")
    actions = region.add_subparsers(metavar="ACTION", dest="action", required=True)
    _new(actions)
    for name, told in (
        ("check", "tell every fault of a region folder: file, line, key and what to do"),
        ("preview", "serve a region folder on this machine as the public would see it"),
    ):
        action = actions.add_parser(name, help=told)
        action.add_argument("folder", metavar="DIR", help="the folder that holds region.toml")
        action.add_argument(
            "--law", action="append", default=[], metavar="DIR", help="folder of national law it uses, if not installed"
        )
        if name == "preview":
            action.add_argument("--port", type=port, default=0, help="port to listen on (default: any free one)")
    plan = actions.add_parser("plan", help="tell what a new version of a package would change, from its wheel alone")
    plan.add_argument("wheel", metavar="WHEEL", help="the .whl file; nothing of it is installed or run")
    for name, told in (("enable", "let the public read a loaded region"), ("disable", "stop showing a region")):
        actions.add_parser(name, help=told).add_argument("region", metavar="REGION")
    move = actions.add_parser("move", help="let a loaded region follow another package that describes it")
    move.add_argument("region", metavar="REGION")
    move.add_argument("distribution", metavar="DISTRIBUTION", help="as `lanzarote plugins` tells it")
    actions.add_parser("list", help="list installed and loaded regions")
    actions.add_parser("schema", help="write the JSON Schema of the region files").add_argument("folder", metavar="DIR")


def _new(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    new = actions.add_parser(
        "new",
        help="write a whole region package to begin with",
        description="Write a whole region package to begin with: what is known of the territory is filled in, what is "
        "not known stays open. At a terminal, what is needed is asked; with --territory, nothing is.",
    )
    new.add_argument("folder", nargs="?", metavar="DIR", default="", help="default: lanzarote-region-ID, here")
    new.add_argument("--territory", metavar="CODE", default="", help="ISO 3166-1 or 3166-2, such as IS or IS-1")
    new.add_argument("--id", metavar="ID", default="", help="permanent, in every address (default: made of the name)")
    new.add_argument(
        "--name", action="append", default=[], metavar="LANG=NAME", help="what it is called in a language (repeatable)"
    )
    new.add_argument(
        "--languages", metavar="LANG,…", default="", help="the one you write in first (default: the official ones)"
    )
    new.add_argument("--time-zone", metavar="ZONE", default="", help="such as Atlantic/Reykjavik")
    new.add_argument(
        "--law", action="append", default=[], metavar="CODE", help="national law that an installed package brings"
    )
    new.add_argument("--wheel", action="store_true", help="build the wheel as well, with what is installed here")
