"""A thousand practices as one tagged PDF, from the command to the file.

The yardstick is Typst alone, in a process of its own too: the same text with its headings, lists, links and tables,
tagged by the same rules, in Typst's own face and without any layout (bare_compendium.typ). It is given its text ready
as JSON; ours reads it from the database, tells it, and sets it in pages. Both keep their own cold start. What counts is
how long one waits, on a machine that does nothing else; beside it stands the processor time of the command and of all
that it starts.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from lanzarote.compendium.composing import compose
from lanzarote.compendium.wanted import Wanted
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.practices.service import all_cards

from benchmarks import servers
from benchmarks.corpus import build
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from benchmarks.figures import Settings

BARE: Final = Path(__file__).with_name("bare_compendium.typ")
TYPST: Final = """
import sys, pathlib, typst
layout, document, target = map(pathlib.Path, sys.argv[1:])
made = typst.compile(
    layout.read_bytes(),
    sys_inputs={"document": document.read_text()},
    font_paths=typst.Fonts(include_system_fonts=False),
    pdf_standards=["ua-1"],
)
target.write_bytes(made)
"""


def run(settings: Settings) -> Report:
    """Compendium"""
    count = 100 if settings.quick else 1_000
    database = settings.folder / f"compendium-{count}.sqlite"
    if not database.exists():
        build(database.with_suffix(".part"), 1, count).rename(database)
    region, document = _prepared(database, settings.folder / "compendium.json")
    ours, bare = settings.folder / "ours.pdf", settings.folder / "bare.pdf"
    environment = servers.environment() | {"LANZAROTE_DATABASE_URL": f"sqlite:///{database}"}

    worked: dict[str, list[float]] = {}

    def takes(name: str, *command: str) -> float:
        begun, before = time.perf_counter(), _processor_time()
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
        worked.setdefault(name, []).append(_processor_time() - before)
        return time.perf_counter() - begun

    report = Report(f"Compendium of {count:,} practices")
    taken = rotate(
        {
            "ours": lambda: takes("ours", str(servers.LANZAROTE), "document", region, "-o", str(ours)),
            "bare Typst": lambda: takes("bare Typst", sys.executable, "-c", TYPST, str(BARE), str(document), str(bare)),
        },
        settings.rounds,
    )
    mine, yardstick = (Measured(name, "s", False, rounds) for name, rounds in taken.items())
    report.measured += [mine, yardstick]
    report.claim("compendium, of bare Typst", mine, yardstick, at_most=1.3)
    report.measured += [Measured(f"{name}, processor time", "s", False, rounds) for name, rounds in worked.items()]
    sizes = (file.stat().st_size / 1_000_000 for file in (ours, bare))
    report.notes.append("files of {:.1f} MB and {:.1f} MB".format(*sizes))
    return report


def _processor_time() -> float:
    """Seconds that processes begun here, and those that they began, took until they ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _prepared(database: Path, file: Path) -> tuple[str, Path]:
    """The region that is there, and what is told of all its practices."""
    with new_instance(read_settings({"LANZAROTE_DATABASE_URL": f"sqlite:///{database}"})) as instance:
        [header] = instance.headers().values()
        ids = tuple(card.id for card in all_cards(instance.database, header.id))
        wanted = Wanted(region=header.id, language=header.languages[0], format="pdf", title="All", practices=ids)
        file.write_bytes(msgspec.json.encode(compose(instance, wanted), enc_hook=str))
        return header.id, file
