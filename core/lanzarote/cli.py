"""The command line. Nothing heavy is imported before a command needs it, so that ``--help`` answers at once."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from lanzarote.kit.arguments import region_arguments

if TYPE_CHECKING:
    from collections.abc import Sequence

DESCRIPTION = "The Lanzarote platform: practices of co-operation against the sexual abuse and exploitation of children."
EPILOG = "Settings are LANZAROTE_… environment variables, or lines of a file; `lanzarote settings` lists them."

DONE_BY = {
    "": {word: f"commands:{word}" for word in ("run", "upgrade", "restore", "partition", "plugins", "doctor")}
    | {"settings": "commands:settings", "kinds": "commands:kinds"},
    "any": {"load": "commands:load", "results": "results.commands:results"},
    "existing": {word: f"commands:{word}" for word in ("export", "backup", "tasks", "audit", "plugin")}
    | {"import": "commands:import_file", "document": "compendium.commands:document", "office": "office.commands:office"}
    | {"user": "accounts.commands:user", "grant": "accounts.commands:grant"}
    | {"retention": "operations.retention_periods:command"},
}
"""Which function does each, and with which database open: one that is there, one that is made, or none."""


def parser() -> argparse.ArgumentParser:
    """All commands with their arguments; also what the documentation is made from."""
    top = argparse.ArgumentParser(prog="lanzarote", description=DESCRIPTION, epilog=EPILOG)
    top.add_argument("--version", action="store_true", help="show the version and stop")
    commands = top.add_subparsers(metavar="COMMAND", dest="command")

    run = commands.add_parser("run", help="start the site; create the database and load the installed region at first")
    run.add_argument(
        "--region", action="append", metavar="ID", help="load and enable this region at first (repeatable)"
    )
    run.add_argument("--host", help="address to listen on (default: 127.0.0.1)")
    run.add_argument(
        "--samples", action="store_true", help="(office) also receive three invented regions, to try it out"
    )
    _safe_mode(run)
    run.add_argument("--port", type=_port, help="port to listen on (default: 8400; 0: any free one)")
    run.add_argument("--log-format", choices=("text", "json"), help="how lines of the log are written (default: text)")
    run.add_argument(
        "--access-log",
        action="store_true",
        default=None,
        help="log a line for each answer (always: LANZAROTE_ACCESS_LOG=on)",
    )

    load = commands.add_parser("load", help="load installed regions, or a file of records made by `export`")
    load.add_argument("what", nargs="+", metavar="REGION|FILE", help="ids of installed regions, or .jsonl files")
    load.add_argument("--dry-run", action="store_true", help="show what would be done and keep nothing")

    upgrade = commands.add_parser(
        "upgrade", help="bring database and regions up to the installed packages, after a backup"
    )
    upgrade.add_argument("--dry-run", action="store_true", help="show what would be done and keep nothing")
    upgrade.add_argument("--no-backup", action="store_true", help="do not make a backup first")

    _importing(commands)

    export = commands.add_parser("export", help="write a region's records as JSON Lines")
    export.add_argument("region", metavar="REGION")
    export.add_argument("-o", "--output", metavar="FILE", help="write here (default: standard output)")

    document = commands.add_parser("document", help="write chosen practices and procedures of a region as one document")
    document.add_argument("region", metavar="REGION")
    document.add_argument("-o", "--output", metavar="FILE", required=True, help="write here")
    document.add_argument("--language", metavar="LANG", default="", help="(default: the first of the region)")
    document.add_argument("--format", metavar="FORMAT", default="pdf", help="as an installed package writes it (pdf)")
    document.add_argument("--title", metavar="TITLE", default="", help="(default: the region's practices)")
    for kind in ("practice", "procedure"):
        document.add_argument(
            f"--{kind}", metavar="SLUG", action="append", default=[], help=f"this {kind} (repeatable; default: all)"
        )

    backup = commands.add_parser("backup", help="write everything into one file that either database can restore")
    backup.add_argument("file", nargs="?", metavar="FILE", help="default: a dated file in the data folder's backups/")
    for name, told in (("daily", "days"), ("weekly", "weeks")):
        backup.add_argument(
            f"--keep-{name}",
            type=_count,
            metavar="N",
            help=f"remove dated backups, but keep the newest of each of the last N {told} that have one",
        )

    restore = commands.add_parser("restore", help="fill an empty database from a backup")
    restore.add_argument("file", metavar="FILE")
    restore.add_argument(
        "--erased", metavar="LIST", help="what was erased since, beside what erased.jsonl in the data folder names"
    )

    partition = commands.add_parser(
        "partition",
        help="spread the large tables of PostgreSQL over partitions by region; without --apply, print the SQL",
    )
    spread = partition.add_mutually_exclusive_group()
    spread.add_argument("--hash", metavar="N", type=_partitions, help="N partitions, each with some of the regions")
    spread.add_argument(
        "--list", action="store_true", help="a partition for each region that is here; one for those that come later"
    )
    spread.add_argument("--none", action="store_true", help="back into one table each")
    partition.add_argument("--apply", action="store_true", help="do it, table by table; stop the site first")

    region_arguments(commands, _port)

    tasks = commands.add_parser("tasks", help="list what waits for the team of a region")
    tasks.add_argument("region", metavar="REGION")
    decision = tasks.add_mutually_exclusive_group()
    decision.add_argument("--done", metavar="ID", help="mark this task as done")
    decision.add_argument(
        "--withdraw", metavar="ID", help="take from the public what its package no longer shows, as this task asks"
    )

    _people(commands)
    _results(commands)

    retention = commands.add_parser(
        "retention", help="show what was kept as long as its period says; --apply removes it"
    )
    when = retention.add_mutually_exclusive_group()
    when.add_argument("--apply", action="store_true", help="remove it: close accounts, empty messages, delete files")
    when.add_argument(
        "--within", type=_days, metavar="DAYS", default=0, help="show also what is due in the next days (default: 0)"
    )

    audit = commands.add_parser("audit", help="check what is written about every change")
    audit_actions = audit.add_subparsers(metavar="ACTION", dest="action", required=True)
    audit_actions.add_parser("verify", help="follow the audit of every region and of the instance line by line")

    _office(commands)

    plugin = commands.add_parser("plugin", help="switch a package on or off for the checks and events of a region")
    switches = plugin.add_subparsers(metavar="ACTION", dest="action", required=True)
    for name, told in (
        ("enable", "let a package check and hear of what happens in a region"),
        ("disable", "stop its checks and events"),
    ):
        switched = switches.add_parser(name, help=told)
        switched.add_argument("region", metavar="REGION")
        switched.add_argument("name", metavar="NAME", help="as `lanzarote plugins` lists it")
    plugins = commands.add_parser(
        "plugins", help="list installed packages, where they are switched on, and what is wrong"
    )
    plugins.add_argument("--json", action="store_true", help="write everything they amount to as one JSON document")
    plugins.add_argument(
        "--retry",
        action="append",
        default=[],
        metavar="NAME",
        help="start a package that failed again (repeatable)",
    )
    _safe_mode(plugins)
    _safe_mode(commands.add_parser("doctor", help="check settings, database, packages and regions; say what to do"))
    commands.add_parser("settings", help="list the settings, their values, and where each was said")
    kinds = commands.add_parser("kinds", help="list the kinds of records, or what follows from the declaration of one")
    kinds.add_argument("name", nargs="?", metavar="NAME", help="such as evaluation")
    for opens, words in DONE_BY.items():
        for word, function in words.items():
            commands.choices[word].set_defaults(does=function, opens=opens)
    return top


def _safe_mode(command: argparse.ArgumentParser) -> None:
    told = "leave out every package that does not come with the platform (always: LANZAROTE_SAFE_MODE=on)"
    command.add_argument("--safe-mode", action="store_true", default=None, help=told)


def _importing(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Files that a team writes."""
    told = "take practices or organisations in from a spreadsheet, as drafts; write a template, or what there is"
    taken = commands.add_parser("import", help=told)
    taken.add_argument("region", metavar="REGION")
    taken.add_argument("file", metavar="FILE", help="its ending says the format: .xlsx, .csv, …")
    taken.add_argument(
        "--kind", choices=("practices", "organisations"), default="practices", help="(default: practices)"
    )
    taken.add_argument("--dry-run", action="store_true", help="show what would be done and keep nothing")
    taken.add_argument(
        "--skip-faulty", action="store_true", help="leave out rows that cannot be taken, take the others"
    )
    made = taken.add_mutually_exclusive_group()
    made.add_argument("--template", action="store_true", help="write an empty FILE to be filled in")
    made.add_argument("--filled", action="store_true", help="write a FILE with everything there is, to be worked on")
    taken.add_argument("--language", metavar="LANG", default="", help="(default: the region's first)")


def _office(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What a central office counts."""
    office = commands.add_parser(
        "office", help="count all results anew, freeze figures to cite, say what regions rest on"
    )
    actions = office.add_subparsers(metavar="ACTION", dest="action", required=True)
    rebuild = actions.add_parser("rebuild", help="count anew, from the change logs alone, what regions have released")
    rebuild.add_argument("region", nargs="*", metavar="REGION", help="default: all that are here")
    rebuild.add_argument(
        "--sums", action="store_true", help="only the sums, from what is kept with each result: quick, and reads no log"
    )
    release = actions.add_parser("release", help="freeze the figures of a day under an address that stays")
    release.add_argument("day", metavar="DAY", help="such as 2027-03-01 or '1 March 2027'; today or a day that is past")
    release.add_argument("--check", action="store_true", help="count the figures of this release again, and compare")
    opening = actions.add_parser("opening", help="say, or show, after which pilot the method was opened in a region")
    opening.add_argument("region", metavar="REGION", help="that is written or enrolled here")
    basis = opening.add_mutually_exclusive_group()
    basis.add_argument("--pilot", action="store_true", help="it is a pilot itself")
    basis.add_argument("--after", metavar="OTHER", default="", help="region whose pilot is to be extended")


def _people(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Accounts and roles."""
    user = commands.add_parser("user", help="invite, list and close accounts; print links for those without e-mail")
    actions = user.add_subparsers(metavar="ACTION", dest="action", required=True)
    add = actions.add_parser("add", help="invite somebody; without a mail server, print the link")
    add.set_defaults(opens="any")
    add.add_argument("address", metavar="ADDRESS", help="e-mail address at work")
    add.add_argument("--name", help="name by which colleagues know them (default: the address)")
    add.add_argument("--language", metavar="LANG", default="en", help="language of their e-mails (default: en)")
    actions.add_parser("list", help="list accounts, their roles, and when they were last here")
    for name, told in (
        ("link", "print a link that works once: to take the invitation, or to choose a new password"),
        ("code", "print the present code of a demo account's second factor"),
        ("close", "close an account for good: name and address are erased"),
    ):
        actions.add_parser(name, help=told).add_argument("address", metavar="ADDRESS")
    export = actions.add_parser("export", help="write all that is held about a person, as JSON and as text")
    export.set_defaults(does="operations.subject_access:command")
    export.add_argument("address", metavar="ADDRESS")
    export.add_argument(
        "file", metavar="FILE", nargs="?", default="", help="FILE.json and FILE.txt are written (default: ADDRESS)"
    )
    factor = actions.add_parser("factor", help="reset the second factor of somebody who has lost it")
    factor.add_argument("--reset", metavar="ADDRESS", required=True, help="their sessions end, and they get an e-mail")
    grant = commands.add_parser("grant", help="give somebody a role, or take it away")
    grant.add_argument("address", metavar="ADDRESS")
    grant.add_argument(
        "role", metavar="ROLE", help="representative, contributor, reviewer, coordinator, office or administrator"
    )
    grant.add_argument("region", metavar="REGION", nargs="?", default="", help="not for office and administrator")
    grant.add_argument("--organisation", metavar="SLUG", default="", help="the organisation they work or speak for")
    grant.add_argument("--revoke", action="store_true", help="take the role away")


def _results(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """What leaves a region, and what an office receives."""
    results = commands.add_parser("results", help="send a region's results to an office; receive those of others")
    actions = results.add_subparsers(metavar="ACTION", dest="action", required=True)

    def action(name: str, told: str, *arguments: str) -> argparse.ArgumentParser:
        made = actions.add_parser(name, help=told)
        for argument in arguments:
            made.add_argument(argument, metavar=argument.upper())
        return made

    card = action("card", "write the card by which an office enrols a region, and show its fingerprint", "region")
    card.add_argument("file", metavar="FILE", nargs="?", help="(default: REGION.card)")
    action("key", "make a new key for a region; the one before vouches for it", "region")
    action("show", "show what a region's results are now, and how far offices have received them", "region")
    export = action("export", "write what an office has not received yet into a file", "region", "file")
    export.add_argument("--after", metavar="NUMBER", type=int, help="last entry that the office has (default: none)")
    send = action("send", "send what offices have not received yet", "region")
    send.add_argument("office", metavar="ADDRESS", nargs="?", help="(default: all to which the region sends)")
    add = action("add", "send to an office from now on", "region")
    add.add_argument("office", metavar="ADDRESS", help="of its site, such as https://office.example.org")
    add.add_argument("--every", metavar="RHYTHM", default="", help="hourly, daily or weekly (default: by hand)")
    action("remove", "no longer send to an office", "region").add_argument("office", metavar="ADDRESS")
    taken = action("taken-up", "learn from offices where practices of a region were taken up", "region")
    taken.set_defaults(does="commands:taken_up")
    taken.add_argument("--write", metavar="FILE", help="(office) write what this site knows into a file")
    taken.add_argument("--read", metavar="FILE", help="read such a file instead of asking the offices")
    action("receipt", "read what an office signed about a file that it was brought", "file")
    enrol = action("enrol", "let a region be received here, by its card")
    enrol.add_argument("file", metavar="CARD")
    enrol.add_argument("--fingerprint", required=True, help="as the region read it to you, not as the card says it")
    take = action("receive", "take results from files")
    take.add_argument("file", metavar="FILE", nargs="+")
    take.add_argument("--receipt", metavar="FILE", help="write here, signed, up to where they are received now")
    action("sources", "list the regions that are received, how far, and what is held")
    action("pause", "(office) take nothing from a region for now", "region")
    action("resume", "(office) take its results again", "region")
    action("end", "(office) no longer receive a region; what is here stays", "region")
    action("forget", "(office) take a received region out whole: pages, log and keys", "region")
    samples = action("samples", "(office) receive three invented regions to see an office at work, or take them out")
    samples.add_argument("what", choices=("add", "remove"))
    action("retry", "(office) try again to take what is held of a region", "region")
    revoke = action("revoke", "(office) take nothing more that a key signed", "region")
    revoke.add_argument("key", metavar="KEY", help="the first 16 signs of its id, or all, as `sources` shows it")
    revoke.add_argument("--reason", required=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, 1 for a refusal that is told on standard error, 2 for wrong usage."""
    try:
        try:
            return _answer(arguments)
        finally:
            if sys.stdout:  # it may have been closed
                sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has read enough. Python would complain once more when it closes its standard output.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _answer(arguments: Sequence[str] | None) -> int:
    top = parser()
    given = top.parse_args(arguments)
    if given.version:
        from lanzarote import __version__
        from lanzarote.plugins.packages import OFFERED

        print(f"lanzarote {__version__} (API of packages: {OFFERED})")
        return 0
    if given.command is None:
        top.print_help()
        return 0
    from lanzarote.runtime.gc import uncollected

    with uncollected():
        from lanzarote import commands
        from lanzarote.errors import DatabaseAway, LanzaroteError

    try:
        return commands.do(given)
    except BrokenPipeError:
        raise
    except DatabaseAway as error:
        return _refuse(_told_by_database(error.__cause__) or f"the database cannot be used ({error})")
    except LanzaroteError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except KeyboardInterrupt:
        print("Stopped; nothing half-written was kept.", file=sys.stderr)
        return 130
    except Exception as error:
        if told := _told_by_database(error):
            return _refuse(told)
        raise


def _refuse(told: str) -> int:
    print(f"lanzarote: {told}", file=sys.stderr)
    return 1


_REFUSED = {
    "25006": "it takes reading only; name one that takes writing in LANZAROTE_DATABASE_URL",
    "42501": "this user may not do that in it; give it the rights, or name another user in LANZAROTE_DATABASE_URL",
}
"""What PostgreSQL calls a refusal."""


def _told_by_database(error: BaseException | None) -> str:
    """The reason and the way out, if the database could not be reached, read or written; else nothing."""
    from sqlalchemy.exc import DBAPIError

    from lanzarote.configuration.settings import read_only, read_settings
    from lanzarote.store.availability import state_of

    if not isinstance(error, DBAPIError) or not error.orig:
        return ""
    [first, *_] = str(error.orig).splitlines() or [""]
    if why := _REFUSED.get(state_of(error)):
        return f"the database refuses ({first}): {why}"
    if type(error).__name__ not in ("OperationalError", "DatabaseError"):
        return ""
    more = "; in its password, write @ as %40, / as %2F and # as %23" if "resolve host" in first else ""
    return read_only(read_settings()) or f"the database cannot be used ({first}){more}; `lanzarote doctor` shows more"


def _partitions(text: str) -> int:
    if text.isascii() and text.isdigit() and 2 <= int(text) <= 1024:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} cannot be used; give a number from 2 to 1024, such as 32")


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 10_000:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of backups; write a number from 1")


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 3_660:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of days; give one such as 30")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port; a port is a number from 0 to 65535 (0: any free one)")
