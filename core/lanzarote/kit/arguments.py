"""The words of `lanzarote region …`. Nothing heavy is imported here, so that ``--help`` answers at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

FOLDER = "the folder that holds region.toml"
WORDS = "the folder that holds region.toml, or framework.toml of national law"
LAW = "folder of national law it uses, if it is neither installed nor in the same package"
DONE_BY = {
    "": {
        "new": "new:new",
        "check": "commands:check",
        "messages": "messages.commands:run",
        "preview": "commands:preview",
        "plan": "commands:plan",
        "list": "commands:list_regions",
        "schema": "commands:write_schemas",
    },
    "existing": {"enable": "commands:switch", "disable": "commands:switch", "move": "commands:move"},
}
"""Which function of the kit does each, and with which database open."""
TIERS = ("loadable", "sourced", "complete", "exemplary")


def region_arguments(commands: argparse._SubParsersAction[argparse.ArgumentParser], port: Callable[[str], int]) -> None:
    """Add what there is to do with the folder or the package of a region, and with a loaded region."""
    region = commands.add_parser("region", help="begin, check or preview a region; enable or disable a loaded one")
    actions = region.add_subparsers(metavar="ACTION", dest="action", required=True)
    _new_arguments(actions)
    _check_arguments(actions)
    _messages_arguments(actions)
    preview = actions.add_parser("preview", help="serve a region folder on this machine as the public would see it")
    preview.add_argument("folder", metavar="DIR", help=FOLDER)
    preview.add_argument("--law", action="append", default=[], metavar="DIR", help=LAW)
    preview.add_argument("--port", type=port, default=0, help="port to listen on (default: any free one)")
    plan = actions.add_parser("plan", help="show what a new version of a package would change, from its wheel alone")
    plan.add_argument("wheel", metavar="WHEEL", help="the .whl file; nothing of it is installed or run")
    for name, told in (("enable", "let the public read a loaded region"), ("disable", "stop showing a region")):
        actions.add_parser(name, help=told).add_argument("region", metavar="REGION")
    move = actions.add_parser("move", help="let a loaded region follow another package that describes it")
    move.add_argument("region", metavar="REGION")
    move.add_argument("distribution", metavar="DISTRIBUTION", help="as `lanzarote plugins` shows it")
    actions.add_parser("list", help="list installed and loaded regions")
    actions.add_parser("schema", help="write the JSON Schema of the region files").add_argument("folder", metavar="DIR")
    for opens, words in DONE_BY.items():
        for word, function in words.items():
            actions.choices[word].set_defaults(does=f"kit.{function}", opens=opens)


def _new_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
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


def _check_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    told = "list every fault of a folder (file, line, key, what to do) and how far up the quality scale it is"
    check = actions.add_parser("check", help=told)
    check.add_argument("folder", metavar="DIR", nargs="?", help=WORDS)
    check.add_argument("--law", action="append", default=[], metavar="DIR", help=LAW)
    check.add_argument("--tier", choices=TIERS, help="end with code 1 unless this tier is reached, without exemptions")
    check.add_argument(
        "--against", metavar="WHEEL", help="the wheel published last: show what of it others rely on and would lose"
    )
    check.add_argument("--all", action="store_true", help="show every finding of each rule")
    check.add_argument("--rules", action="store_true", help="list all rules: what is asked, why, what to do")
    check.add_argument("--json", action="store_true", help="print it for programs")


def _messages_arguments(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    messages = actions.add_parser("messages", help="words for translators, out of a folder and back into it")
    steps = messages.add_subparsers(metavar="STEP", dest="messages", required=True)
    export = steps.add_parser("export", help="write what is to be translated into translations/ of the folder, as .po")
    export.add_argument("folder", metavar="DIR", help=WORDS)
    export.add_argument("language", metavar="LANG", help="such as is, or pt-BR")
    export.add_argument("--drop", action="store_true", help="remove translations that are no longer used")
    taking = steps.add_parser("import", help="take a translated .po file into the folder, after looking at every line")
    taking.add_argument("folder", metavar="DIR", help=WORDS)
    taking.add_argument("language", metavar="LANG", help="such as is, or pt-BR")
    taking.add_argument("file", metavar="FILE", help="the .po file that a translator returned")
    taking.add_argument("--rest", action="store_true", help="leave out what has faults and take the rest")
    told = "count what is translated into each language of the folder, public pages first"
    steps.add_parser("progress", help=told).add_argument("folder", metavar="DIR", help=WORDS)
