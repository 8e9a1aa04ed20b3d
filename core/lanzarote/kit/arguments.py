"""The words of `lanzarote region …`. Nothing heavy is imported here, so that ``--help`` answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def region_arguments(commands: argparse._SubParsersAction[argparse.ArgumentParser], port: Callable[[str], int]) -> None:
    """Add what there is to do with the folder or the package of a region, and with a loaded region."""
    region = commands.add_parser("region", help="check or preview a region folder; enable or disable a loaded region")
    actions = region.add_subparsers(metavar="ACTION", dest="action", required=True)
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
    for name, told in (("enable", "let the public read a loaded region"), ("disable", "stop showing a region")):
        actions.add_parser(name, help=told).add_argument("region", metavar="REGION")
    move = actions.add_parser("move", help="let a loaded region follow another package that describes it")
    move.add_argument("region", metavar="REGION")
    move.add_argument("distribution", metavar="DISTRIBUTION", help="as `lanzarote plugins` tells it")
    actions.add_parser("list", help="list installed and loaded regions")
    actions.add_parser("schema", help="write the JSON Schema of the region files").add_argument("folder", metavar="DIR")
