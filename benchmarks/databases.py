"""Databases with the corpus, made when first asked for and shared by the benchmarks of one invocation."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks import plain_tables
from benchmarks.corpus import build

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.figures import Settings


def corpus(settings: Settings) -> Path:
    """Our database: regions x practices."""
    file = settings.folder / f"corpus-{settings.regions}x{settings.each}.sqlite"
    if not file.exists():
        begun = time.perf_counter()
        made = build(file.with_suffix(".part"), settings.regions, settings.each)
        made.rename(file)
        count = settings.regions * settings.each
        print(f"wrote {count:,} synthetic practices in {time.perf_counter() - begun:.0f} s", flush=True)
    return file


def plain(settings: Settings) -> Path:
    """The same practices in plain tables."""
    ours = corpus(settings)
    file = ours.with_name(f"plain-{ours.name}")
    if not file.exists():
        part = file.with_suffix(".part")
        plain_tables.copy(ours, part)
        part.rename(file)
    return file
