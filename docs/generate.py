"""Writes the reference pages from the code, so that they cannot be out of date: ``python docs/generate.py``.

A test compares what this writes with what is committed.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import re
import sys
import tomllib
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args, get_origin

import msgspec
from lanzarote import hookspecs, types
from lanzarote.cli import parser
from lanzarote.configuration.settings import NAMES
from lanzarote.configuration.sources import OF_MACHINE, PREFIX, SECRETS
from lanzarote.facts.convention import common_sectors
from lanzarote.kit.scale import RULES
from lanzarote.kit.scale.judging import SHORTEST_REASON, Exemption
from lanzarote.kit.scale.rules import TIERS, TOLD
from lanzarote.regions.content import ENTRY_FILES, WHOLE_FILES

try:
    from docs import api_pages
except ModuleNotFoundError:  # called as a program
    import api_pages  # type: ignore[no-redef, import-not-found]

DOCS = Path(__file__).parent
REFERENCE = DOCS / "reference"
EXAMPLES = Path(__file__).parent / "examples"
MADE = "<!-- Made by docs/generate.py; change the code, not this page. -->\n"

_INLINE = re.compile(r"(?<!`)``(?!`)")
"""Docstrings mark code with two backticks, pages with one."""

ALIASES: dict[str, str] = {
    "Key": "key",
    "Language": "language",
    "PartialDate": "partial date",
    "PlannedDate": "partial date",
    "ArticleReference": "Convention reference",
    "Duration": "duration",
    "Text": "text",
    "Words": "text",
    "SourcedField": "name of a field",
}


def hooks() -> str:
    """One section per hook: its sentence, its example."""
    lines = ["# Hooks", "", MADE, (inspect.getdoc(hookspecs) or "").replace("::\n", ":\n"), ""]
    for name, value in vars(hookspecs).items():
        if hasattr(value, "lanzarote_spec"):
            signature = str(inspect.signature(value)).replace("'", "")
            lines += [f"## `{name}{signature}`", "", inspect.getdoc(value) or "", "", *_example(name)]
    lines += ["## The values", ""]
    for kind in _CROSSING:
        lines += _struct_section(kind, level=3)
    return "\n".join(lines)


def _example(hook: str) -> list[str]:
    """A whole package that uses the hook; a test runs it."""
    place = EXAMPLES / f"example_{hook}"
    where = f"[example_{hook}](../examples/example_{hook}/)"
    lines = [f"A whole package, {where}; its `__init__.py`:", "", *_block(place / "__init__.py", "python")]
    for file in sorted(one for one in place.rglob("*") if one.suffix in _BESIDE):
        lines += [f"`{file.relative_to(place).as_posix()}`:", "", *_block(file, _BESIDE[file.suffix])]
    return lines


_BESIDE = {".toml": "toml", ".po": "po"}
"""What a package holds beside its code, and the language that a page shows it in."""


def _block(file: Path, language: str) -> list[str]:
    return [f"```{language}", file.read_text("utf-8").rstrip(), "```", ""]


def region_format() -> str:
    """One section per file of a region folder."""
    files: dict[str, tuple[Any, str]] = {"region.toml": (types.RegionHeader, "")}
    files |= {f"{name}.toml": (kind, "key") for name, kind in ENTRY_FILES.items()}
    files |= {f"{name}.toml": (kind, "") for name, kind in WHOLE_FILES.items()}
    files |= {"practices/<key>.toml": (types.PracticeSeed, "")}
    files |= {"procedures/<key>.toml": (types.ProcedureSeed, "")}
    schemas = [f"[{one.name}](schemas/{one.name})" for one in sorted((REFERENCE / "schemas").glob("*.json"))]
    lines = ["# Region format", "", MADE, _INTRODUCTION, f"The schemas: {', '.join(schemas)}.", ""]
    for file, (kind, per_key) in files.items():
        lines += [f"## `{file}`", ""]
        lines += [f"One table per key: `[{'10.2' if file == 'coverage.toml' else 'some-key'}]`.", ""] if per_key else []
        lines += _struct_section(kind, level=0)
    lines += ["## `law/*.toml`", "", "`[instrument]` once, and `[provisions.<key>]` for each provision.", ""]
    lines += ["### `[instrument]`", "", *_struct_section(types.Instrument, level=0)]
    lines += ["### `[provisions.<key>]`", "", *_struct_section(types.Provision, level=0)]
    lines += ["## Common sectors", "", _COMMON, "| key | in English | in French | Convention |", "|---|---|---|---|"]
    lines += [
        f"| `{one.key}` | {one.name['en']} | {one.name['fr']} | {one.reference or ''} |" for one in common_sectors()
    ]
    lines += [
        "",
        "## A folder of national law",
        "",
        "`framework.toml`, `sources.toml` and `law/*.toml`; `framework.toml` holds:",
        "",
    ]
    lines += _struct_section(types.FrameworkHeader, level=0)
    lines += ["## Tables inside", ""]
    for kind in _INNER:
        lines += _struct_section(kind, level=3)
    return "\n".join(lines)


def command_line() -> str:
    """The help texts as the program prints them."""
    top = parser()
    lines = ["# Command line", "", MADE, "```text", _help(top), "```", ""]
    for name, sub in _commands(top).items():
        lines += [f"## lanzarote {name}", "", "```text", _help(sub), "```", ""]
        for inner, action in _commands(sub).items():
            lines += [f"### lanzarote {name} {inner}", "", "```text", _help(action), "```", ""]
            for innermost, step in _commands(action).items():
                lines += [f"#### lanzarote {name} {inner} {innermost}", "", "```text", _help(step), "```", ""]
    lines += ["## Settings", "", _SETTINGS, "| variable | meaning |", "|---|---|"]
    lines += [f"| `{PREFIX}{name}` | {told} |" for name, told in NAMES.items()]
    return "\n".join(lines) + "\n"


_SECRETS = [f"`{name}`" for name in SECRETS]
_SETTINGS = f"""Say a setting where it suits you. The first of these counts:

1. the command line, such as `lanzarote run --port 8500`
2. an environment variable, such as `{PREFIX}PORT=8500`
3. a file that holds one secret, such as `{PREFIX}SMTP_FILE=/run/secrets/smtp`
4. the settings file, such as `port = 8500` in `{OF_MACHINE}`

`lanzarote settings` shows what counts and where it was said.

**Settings file.** A TOML file with the names below in lower case, without `{PREFIX}`. `{PREFIX}CONFIG` names it.
Where that is not set, `{OF_MACHINE}` is read if it exists. `{PREFIX}CONFIG=off` reads none. Relative paths
in the file start at its folder.

```toml
base_url = "https://practices.example.org"
database_url_file = "/run/credentials/database-url"
office = true
regions = ["paris", "iceland"]
plugin_webhook_addresses = "https://example.org/hook"
```

**Secrets.** `_FILE` works for {", ".join(_SECRETS[:-1])} and {_SECRETS[-1]}, and for settings of packages that end
in `_SECRET`, `_PASSWORD`, `_TOKEN` or `_KEY`. Blanks and line ends around the secret do not count. Name the secret
or its file: a command that finds both in the environment, or both in the settings file, stops and says so. Let only the
user of the service read the file (mode 640, with its group): `lanzarote doctor` names files that others can read.
"""


def quality_scale() -> str:
    """One section per rule, tier by tier."""
    lines = ["# Quality scale of region packages", "", MADE, _SCALE]
    lines += ["| tier | rules | what it says of a package |", "|---|---|---|"]
    for tier in TIERS:
        number = sum(rule.tier == tier for rule in RULES)
        lines.append(f"| [{tier}](#{tier}) | {number} | {TOLD[tier]} |")
    lines += ["", "## Exemptions", "", _EXEMPTIONS, *_struct_section(Exemption, level=3)]
    for tier in TIERS:
        lines += [f"## {tier}", ""]
        for rule in (one for one in RULES if one.tier == tier):
            lines += [f"### {rule.id}", "", rule.asks, "", f"Why: {rule.why}", "", f"What to do: {rule.todo}", ""]
    return "\n".join(lines)


def layers() -> list[list[str]]:
    """The rooms of the core and the modules beside them, the lowest last."""
    settings = tomllib.loads((DOCS.parent / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    [found] = [one["layers"] for one in contracts if one["id"] == "layers"]
    return [[name.strip(" ()") for name in line.split(":")] for line in found]


def purpose(room: str) -> str:
    """The first sentence of the docstring of a room or of a module beside the rooms."""
    core = DOCS.parent / "core" / "lanzarote"
    place = core / room / "__init__.py" if (core / room).is_dir() else core / f"{room}.py"
    if not place.exists():
        return "Changes of the database's schema, one file each."
    told = ast.get_docstring(ast.parse(place.read_text("utf-8"))) or ""
    return " ".join(told.partition("\n\n")[0].split()).removesuffix("::")


def rooms() -> str:
    """Every room with what it is for, the lowest last."""
    lines = ["# Rooms of the core", "", MADE]
    lines += ["Each imports only rooms further down. `pyproject.toml` has the order.", ""]
    lines += ["| room | what it is for |", "|---|---|"]
    lines += [f"| `{room}` | {purpose(room)} |" for floor in layers() for room in floor]
    return "\n".join(lines) + "\n"


PARTS = {
    "kit": "Commands and kit",
    "telemetry": "Running it",
    "composition": "Composition",
    "territory": "Made of several kinds",
    "stakeholders": "Rooms of the kinds",
    "kinds": "What a kind is",
    "accounts": "People",
    "web": "Web",
    "mail": "Instance and regions",
    "records": "Records",
    "plugins": "Packages",
    "runtime": "Engines and facts",
    "errors": "Public door",
}
"""The lowest room of each part → how the picture calls the part."""
WIDE = 6
"""So many rooms stand beside each other in the picture."""


def picture() -> str:
    """The parts of the core, one above the other, as SVG."""
    boxes, members = [], []
    for room in (room for floor in layers() for room in floor):
        members.append(room)
        if room in PARTS:
            boxes.append((PARTS[room], [members[n : n + WIDE] for n in range(0, len(members), WIDE)]))
            members = []
    told, top = [], 8
    for name, rows in boxes:
        height = 20 + 20 * len(rows)
        told.append(f'<rect x="8" y="{top}" width="784" height="{height}" rx="4" fill="#f3f5f7" stroke="#4a5a6a"/>')
        told.append(f'<text x="20" y="{top + 25}" fill="#14202b" font-weight="600">{name}</text>')
        for number, row in enumerate(rows):
            told.append(f'<text x="210" y="{top + 25 + 20 * number}" fill="#14202b">{" · ".join(row)}</text>')
        top += height + 6
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 {top + 2}" font-family="sans-serif" font-size="14">'
    )
    title = "<title>The parts of the core, one above the other; each knows only those below it.</title>"
    return "\n".join([head, title, *told, "</svg>"]) + "\n"


def pages() -> dict[Path, str]:
    """Every reference page with its text."""
    made = {"hooks.md": hooks(), "region-format.md": region_format(), "command-line.md": command_line()}
    made["quality-scale.md"] = quality_scale()
    made["api.md"] = api_pages.api(MADE, lambda kind: _struct_section(kind, level=3))
    made["rooms.md"] = rooms()
    told = {REFERENCE / name: _INLINE.sub("`", text).rstrip() + "\n" for name, text in made.items()}
    return told | {DOCS / "images" / "rooms.svg": picture()}


def main() -> None:
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        sys.stdout.write(f"{path.relative_to(DOCS)}\n")


_CROSSING = (
    types.Region,
    types.LegalFramework,
    types.Catalogue,
    types.Exporter,
    types.Table,
    types.Importer,
    types.ImportForm,
    types.ImportColumn,
    types.ImportChoice,
    types.ImportReading,
    types.ImportDraft,
    types.ImportAnswer,
    types.ImportPlace,
    types.ImportProblem,
    types.IdentityProvider,
    types.SignInRequest,
    types.SignInAnswer,
    types.Identity,
    types.ProposedRole,
    types.SignOutRequest,
    types.EndedSession,
    types.ProviderAddress,
    types.ProviderFault,
    types.Concern,
    types.PracticeSheet,
    types.SheetText,
    types.PracticePublished,
    types.PracticeWithdrawn,
    types.ImprovementDecided,
)
"""Values of the hooks; those that a region's files hold stand on the page of the region format."""

_INNER = (
    types.Mandate,
    types.Objective,
    types.Episode,
    types.Figure,
    types.ConventionStatus,
    types.ProvisionVersion,
    types.ConventionLink,
    types.PracticeText,
    types.Partner,
    types.Evidence,
    types.ProcedureText,
    types.ProcedureParty,
    types.ProcedureStep,
    types.ProcedureBranch,
    types.Passing,
    types.Measure,
    types.OwnSource,
    types.Choice,
    types.Question,
)

_INTRODUCTION = """\
A region is a folder of facts in TOML. `lanzarote region check DIR` tells every fault with file, line, key and what to
do; `lanzarote region preview DIR` shows the folder as the public would see it. JSON Schemas for editors stand in
[schemas](schemas/); name one in the first line of a file: `#:schema ../path/to/sectors.schema.json`.

`translations/lanzarote/` may hold the platform's own words, as the pages of the region say them, in its languages other
than English, one `.po` file each, and `translations/region/` translations of the folder's own texts;
`lanzarote region messages` writes both. What stands in the TOML files comes first. `quality.toml` says which rules
of the [quality scale](quality-scale.md) do not fit here.
There are no pictures: the check names every file that nobody reads.

A line `"X-Draft: yes\\n"` in the head of a file of words says that no native reader has gone through it yet; pages in
that language say so, as they do for a language under `draft`.

What recurs:

- A **key** is made of small letters a to z, digits and single hyphens. Keys are permanent and never reused; a key is
  renamed with `former = ["old-key"]`, retired with `until` and `replaced_by`.
- A **text** is written per language: `name.fr = "…"`, `name.en = "…"`. Every label has all languages of the region,
  except those listed under `draft`.
- A **partial date** is a year, a month or a day, in quotes: `"2014"`, `"2014-06"`, `"2014-06-02"`. A plain **date** has
  no quotes: `2014-06-02`.
- A **Convention reference** is `article[.paragraph][.letter]`: `"10"`, `"10.3"`, `"18.1.a"`.
- Every fact has `sources` (keys of `sources.toml`), `verified` (true only if the stated facts were read in those
  sources; otherwise the page says so) and an optional `note`.
- What is not known is left out. An absent text of a practice reads "not stated in the sources"; an article of the
  Convention without provisions, practices or a statement in `coverage.toml` reads "unknown".
"""


_COMMON = """\
What each sector of a region counts under (`common` in `sectors.toml`), one or more, so that regions can be compared.
"""
_SCALE = """\
`lanzarote region check DIR` asks every rule on this page about a region folder and the package around it, and says
which tier is reached: the highest of which, as of all below it, every rule is met. `--tier complete` makes it end with
code 1 unless that tier is reached, for your own continuous checks; `--rules` prints this page, `--json` tells
programs. Every rule is checked by the machine, and its id never changes.
"""

_EXEMPTIONS = f"""\
Some rules do not fit some regions: there may be no body to name, or a practice of one side alone that is worth showing.
Others wait for somebody: a lawyer, a native reader, a group that does not exist yet. `quality.toml` in the region
folder says so, and every check shows it. A rule that is exempt is not met: the tier that is reached is the one that is
reached without exemptions.

```toml
[exempt.partners-of-both-sides]
reason = "The protocol binds courts and the department only; no association is party to it, as its text says."
only = ["practices/protocol-2009.toml"]

[exempt.languages-reviewed]
reason = "The editors wrote the Icelandic; nobody who speaks it from childhood has read it yet, and pages say so."
awaits = "a native reader"
```

The reason says what was looked for or what is missing, and why the rule cannot be met now, in {SHORTEST_REASON}
letters or more. With `awaits`, it is to do: it says who could meet it, and holds the tier back until somebody has.
Without it the rule does not fit: the check adds which tier is reached with such exemptions. A rule of the tier
*sourced* is exempt for single entries alone, named under `only`. An exemption is refused, and the check ends with code
1, when there is no such rule, when the reason is none, when the rule holds or nothing is asked of an entry under
`only`, and for what keeps the folder from being loaded. A word that stands there again and again counts once.

## What nobody knows yet

That every practice has limits is not known of a folder without practices. Such a rule asks for nothing and keeps no
tier from being reached, but it does not hold either: the check calls it "nothing to ask yet", beside the tier and last
of all, and `--json` gives it the state `nothing-to-ask` and names it under `nothing_to_ask`.
"""


def _struct_section(kind: type[Any], *, level: int) -> list[str]:
    lines = [f"{'#' * level} {kind.__name__}", ""] if level else []
    if told := inspect.getdoc(kind):
        lines += [told, ""]
    docs = _field_docs(kind)
    lines += ["| key | value | needed | meaning |", "|---|---|---|---|"]
    known: dict[str, Any] = {}
    for base in reversed(kind.__mro__):  # a field's type is named as in the module of the class that declares it
        known |= vars(sys.modules[base.__module__])
    hints = typing.get_type_hints(kind, vars(types) | known, include_extras=True) if kind.__name__ not in _LATE else {}
    for field in msgspec.structs.fields(kind) if kind.__name__ not in _LATE else ():
        shown = _shown(hints[field.name]).replace("|", "\\|")
        needed = "yes" if field.required else ""
        lines.append(f"| `{field.encode_name}` | {shown} | {needed} | {docs.get(field.name, '')} |")
    if kind.__name__ in _LATE:
        for name, shown in _LATE[kind.__name__].items():
            lines.append(f"| `{name}` | {shown} | | {docs.get(name, '')} |")
    return [*lines, ""]


_LATE = {
    "Table": {
        "title": "text",
        "columns": "texts",
        "rows": "rows of texts, numbers and dates",
        "language": "language",
        "licence": "text",
        "note": "text",
    },
    "Exporter": {
        "format": "key",
        "label": "text",
        "media_type": "text",
        "extension": "text",
        "write": "function: `Table` → bytes",
    },
    "Importer": {
        "format": "key",
        "label": "text",
        "media_type": "text",
        "extensions": "texts",
        "write": "function: `ImportForm`, `ImportDraft`s → bytes",
        "read": "function: bytes, `ImportForm` → `ImportReading`",
    },
}
"""Values whose types are only known to type checkers."""


def _field_docs(kind: type[Any]) -> dict[str, str]:
    """The line under each field, of the class and those it inherits from or is made of (``kinds.api``)."""
    found: dict[str, str] = {}
    for base in (*getattr(kind, "made_of", ()), *reversed(kind.__mro__)):
        if not base.__module__.startswith("lanzarote.") or base.__name__ not in vars(sys.modules[base.__module__]):
            continue
        body = ast.parse(inspect.getsource(base)).body[0]
        assert isinstance(body, ast.ClassDef)
        name = ""
        for node in body.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                name = node.target.id
            elif name and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                found[name] = " ".join(str(node.value.value).split())
                name = ""
    return found


def _shown(hint: Any) -> str:
    for name, told in ALIASES.items():
        if hint == getattr(types, name):
            return told
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Callable:
        taken, made = inside
        return f"function: {', '.join(map(_shown, taken)) or 'nothing'} → {_shown(made)}"
    if origin is typing.Annotated:
        # A key is shown as one, whatever it refers to.
        rest = [one for one in inside[1:] if "refers" not in (one.extra or {})]
        return _shown(inside[0] if len(rest) in (0, len(inside) - 1) else typing.Annotated[inside[0], rest[0]])
    if origin is typing.Literal:
        return " \\| ".join(f"`{value}`" for value in inside).replace("\\|", "or")
    if origin is tuple:
        return f"list of {_shown(inside[0])}"
    if origin is dict:
        return f"table: {_shown(inside[0])} → {_shown(inside[1])}"
    if inside:
        return " or ".join(_shown(one) for one in inside if one is not type(None))
    plain = {str: "string", int: "whole number", float: "number", bool: "true or false", Any: "any"}
    return plain.get(hint) or (
        f"`{hint.__name__}`" if hasattr(hint, "__name__") and hint.__name__ != "date" else "date"
    )


def _help(command: argparse.ArgumentParser) -> str:
    command.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=100)
    return command.format_help().rstrip()


def _commands(command: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in command._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


if __name__ == "__main__":
    main()
