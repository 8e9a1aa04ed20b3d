"""`lanzarote region new`: a whole region package, checked, and on request its wheel; what is not known stays open."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib.metadata import version
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote import __version__, guard
from lanzarote.errors import RegionError
from lanzarote.facts.convention import common_sectors
from lanzarote.facts.states import compiled_on, sources
from lanzarote.kit.check import read_folder
from lanzarote.kit.territories import KIT
from lanzarote.kit.wanted import SPOKEN, Asking, english_name, person_at_terminal, settle
from lanzarote.regions.content import usable
from lanzarote.types import API_VERSION

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from lanzarote.facts.states import State
    from lanzarote.kit.wanted import Wanted


# --- The files of a new package, from what is wanted and what is known; what is not known stays open ---

TEMPLATES = files("lanzarote") / "kit" / "package"
SIDES = {
    "law-enforcement": "public",
    "judicial": "public",
    "government": "public",
    "independent-institutions": "public",
    "civil-society": "civil-society",
    "private-sector": "private",
}
"""What the bodies of a common sector are where it says so itself; the others begin as mixed."""
_OF_THE_STATE = frozenset(
    (
        "coe-sarajevo",
        "coe-tbilisi",
        "it-camera",
        "iso-3166",
        "cldr",
        "worldpop",
        "wiki-members",
        "gh-atlas",
        "cvce",
        "eu27",
    )
)
"""Sources of the facts on States that tell nothing of the Convention."""
_NO_SECTOR = "other"


class Status(Struct, frozen=True, kw_only=True):
    """What is known of a State and the Convention, as it is written to ``region.toml``."""

    comments: tuple[str, ...]
    known: dict[str, str] = {}
    """Key → value in TOML."""

    @property
    def unknown(self) -> list[str]:
        return [key for key in ("signed", "ratified", "in_force") if key not in self.known]


def refuse_used(folder: Path) -> None:
    """Raise RegionError unless nothing is at *folder*, or an empty folder."""
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise RegionError(f"{folder} is a file or a link; name a folder that is not there yet, or an empty one.")
    if folder.is_dir() and any(folder.iterdir()):
        raise RegionError(f"{folder} is not empty, and nothing in it shall be overwritten; name another folder.")


def write(folder: Path, wanted: Wanted) -> None:
    """Write the package into *folder*, whole or not at all. Raises RegionError, OSError."""
    texts = render(wanted)
    refuse_used(folder)
    made: list[Path] = []
    try:
        for name, text in texts.items():
            file = folder / name
            for parent in reversed([one for one in file.parents if not one.exists()]):
                parent.mkdir()
                made.append(parent)
            with file.open("x", encoding="utf-8", newline="\n") as opened:
                made.append(file)
                opened.write(text)
    except BaseException:
        for path in reversed(made):
            with suppress(OSError):
                path.rmdir() if path.is_dir() else path.unlink()
        raise


def render(wanted: Wanted) -> dict[str, str]:
    """File → text."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    templates = dict(_templates(TEMPLATES, ""))
    environment = Environment(  # noqa: S701 - it makes TOML, Python and Markdown, no HTML
        loader=FunctionLoader(templates.__getitem__),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"toml": as_toml, "english": english_name}
    context = _context(wanted)
    return {_place(name, wanted): environment.get_template(name).render(context) for name in sorted(templates)}


def as_toml(value: str | list[str]) -> str:
    """A text or a list of texts as TOML writes it, which is as JSON does but for one sign.

    >>> as_toml('“Été” \\\\ "x"')
    '"“Été” \\\\\\\\ \\\\"x\\\\""'
    """
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _templates(folder: Traversable, within: str) -> Iterator[tuple[str, str]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _templates(entry, f"{within}{entry.name}/")
        elif entry.name.endswith(".jinja"):
            yield f"{within}{entry.name}", entry.read_text("utf-8")


def _place(template: str, wanted: Wanted) -> str:
    name = template.removesuffix(".jinja")
    if name == "gitignore":
        return ".gitignore"
    first, _, rest = name.partition("/")
    if first == "module":
        return f"{wanted.module}/{rest}"
    return f"{wanted.module}/{name}" if first == "region" else name


def _context(wanted: Wanted) -> dict[str, Any]:
    known = wanted.territory
    status = convention_status(known.state, known.country)
    named = [language for language in wanted.languages if language in SPOKEN]
    header_sources = [] if known.invented else ["cldr", *(["iso-3166"] if known.looked_up and known.iso_name else [])]
    major, minor = __version__.split(".")[:2]
    return {
        "id": wanted.id,
        "module": wanted.module,
        "distribution": wanted.distribution,
        "title": wanted.names.get("en") or known.iso_name or next(iter(wanted.names.values())),
        "territory": known,
        "languages": wanted.languages,
        "english": {language: english_name(language) for language in wanted.languages},
        "names": wanted.names,
        "spoken": SPOKEN,
        "iso_named": wanted.iso_named,
        "time_zone": wanted.time_zone,
        "law": wanted.law,
        "law_packages": sorted(set(wanted.law.values())),
        "law_of": {one: [law for law, by in wanted.law.items() if by == one] for one in wanted.law.values()},
        "law_there": wanted.law_there,
        "draft": [language for language in wanted.languages if language not in SPOKEN] if named else [],
        "sectors_named": bool(named),
        "sectors": list(_sectors(wanted.languages)),
        "status": status,
        "identifiers": guard.identifiers_of(known.country),
        "header_sources": header_sources,
        "sources": _sources(header_sources, status),
        "platform": f"lanzarote>={major}.{minor}",
        "requires_api": f">={API_VERSION[0]},<{API_VERSION[0] + 1}",
        "today": _today().isoformat(),
    }


def convention_status(state: State | None, country: str) -> Status:
    """What the facts on States tell of the Convention, and in comments what they do not."""
    if state is None:
        return Status(comments=(f"The platform has no facts on {country}. What did you read, and where?",))
    ratified = state.cets201_ratified_on or state.cets201_ratified_month or state.cets201_ratified_year
    known = {
        "signed": state.cets201_signed_on and state.cets201_signed_on.isoformat(),
        "ratified": ratified and as_toml(str(ratified)),
        "in_force": state.cets201_in_force_on and state.cets201_in_force_on.isoformat(),
    }
    return Status(comments=tuple(_said_of(state)), known={key: value for key, value in known.items() if value})


def _said_of(state: State) -> Iterator[str]:
    party = (
        f"{state.name_en} is a party to it." if state.cets201_party else f"Nothing says that {state.name_en} is bound."
    )
    yield f"The platform's facts of {compiled_on().isoformat()}, seen by its editors, not by you: {party}"
    if state.role:
        yield f"{state.name_en}: {state.role}."
    if state.cets201_signed_year:
        yield f"It was signed in {state.cets201_signed_year}; the day was not seen."
    if state.cets201_acceded_on:
        yield f"It acceded on {state.cets201_acceded_on.isoformat()}."
    if state.cets201_note:
        yield state.cets201_note
    seen = [sources()[key] for key in state.source if key in sources() and key not in _OF_THE_STATE]
    for one in seen:
        yield f"Seen in: {one.title} ({one.publisher})."
    yield "What is left out was not seen by anybody. Read it in a source of your own, and name that one: the chart of"
    yield "signatures and ratifications of the Council of Europe's Treaty Office, or what the State itself publishes."


def _sources(header_sources: list[str], status: Status) -> dict[str, dict[str, str]]:
    today = _today().isoformat()
    found: dict[str, dict[str, str]] = {}
    if "cldr" in header_sources:
        publisher = f"Unicode Consortium, read through Babel {version('babel')}"
        title = "Unicode CLDR: territories, languages and time zones"
        found["cldr"] = {"title": title, "publisher": publisher, "read_on": today}
    if "iso-3166" in header_sources:
        publisher = f"ISO, read through pycountry {version('pycountry')}"
        found["iso-3166"] = {"title": "ISO 3166-2", "publisher": publisher, "read_on": today}
    if status.known:
        title = "Facts on States and the Convention, compiled from public sources"
        read_on = compiled_on().isoformat()
        found["platform-states"] = {"title": title, "publisher": "Lanzarote platform", "read_on": read_on}
    return found


def _sectors(languages: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for sector in common_sectors():
        if sector.key != _NO_SECTOR:
            yield {
                "key": sector.key,
                "english": sector.name["en"],
                "names": {language: sector.name[language] for language in languages if language in sector.name},
                "side": SIDES.get(sector.key, "mixed"),
                "convention": str(sector.reference) if sector.reference else "",
            }


def _today() -> date:
    return datetime.now(UTC).date()


# --- Builds the wheel of a package, with what is installed here and nothing fetched from anywhere ---


def refuse_without_builder() -> None:
    """Raise RegionError when nothing here can build a wheel."""
    if find_spec("hatchling") is None:
        raise RegionError(
            f"Building a wheel needs hatchling, which is not installed here: {KIT}. "
            "Without --wheel the package is written all the same."
        )


def build_wheel(folder: Path) -> Path:
    """Build the package in *folder* into its ``dist/``; return the wheel. Raises RegionError."""
    refuse_without_builder()
    target = folder / "dist"
    before = set(target.glob("*.whl"))
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8", errors="replace")
    made = sorted(set(target.glob("*.whl")) - before)
    if done.returncode or not made:
        raise RegionError(f"The wheel could not be built in {folder}:\n{(done.stderr or done.stdout).strip()}")
    return made[0]


# --- The command ---


def new(given: Namespace) -> int:
    """Write a package, check it, and tell how to go on. Raises RegionError, before anything is written."""
    if given.wheel:
        refuse_without_builder()
    if given.folder:
        refuse_used(Path(given.folder))
    wanted = settle(given, Asking(at_terminal=not given.territory and person_at_terminal()))
    folder = Path(given.folder or wanted.distribution)
    write(folder, wanted)
    facts = folder / wanted.module / "region"
    print(f"{wanted.distribution} is in {folder}.")
    if not wanted.territory.looked_up:
        print(f"{wanted.territory.code} was not looked up in ISO 3166-2; this brings what is needed for it: {KIT}")
    if wanted.iso_named:
        told = ", ".join(wanted.iso_named)
        whose = f"The name is what ISO 3166-2, or a translation of it, writes ({told})"
        print(f"{whose}; if it is called otherwise, change it in region.toml.")
    usable(read_folder(facts, []), wanted.id)
    print("It is checked: nothing is to mend, and the platform can load it.")
    if given.wheel:
        print(f"Wheel: {build_wheel(folder)}")
    print(f"What to fill in next: lanzarote region check {facts}")
    print(f"See it while you write: lanzarote region preview {facts}")
    return 0
