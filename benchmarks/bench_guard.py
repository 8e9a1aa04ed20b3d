"""What judging a text costs, as a public form judges it: whether it tells of a child in danger, and of somebody.

The yardstick is prose with the figures and names that practices hold, in twelve languages. The costliest of many kinds
of hostile texts is told with it, and whether ten times the text costs ten times as much.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from lanzarote import guard

from benchmarks.costly_texts import COSTLY, prose
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from benchmarks.figures import Settings

IDENTIFIERS = ("fr.nir",)
FIELD = 4_000
LARGEST = 256 * 1024
"""Of a body that any form or resource takes, and so of any text in it."""


def run(settings: Settings) -> Report:
    """The guard"""
    report = Report("The guard, a character")
    length = 1_000 if settings.quick else FIELD
    names = list(COSTLY)
    taken = rotate(
        {
            "prose": lambda: sum(cost(make(length)) for make in prose.values()) / len(prose),
            **{name: partial(_cost_of, name, length) for name in names},
        },
        settings.rounds,
    )
    measured = {name: Measured(name, "µs", False, rounds) for name, rounds in taken.items()}
    costliest = sorted(names, key=lambda name: -measured[name].median)
    report.measured += [measured["prose"], *(measured[name] for name in costliest[:6])]
    report.claim("costliest kind, of prose", measured[costliest[0]], measured["prose"], at_most=4)
    if not settings.quick:
        growth = {name: cost(COSTLY[name](LARGEST)) / cost(COSTLY[name](LARGEST // 10)) for name in names}
        worst = max(names, key=lambda name: growth[name])
        long, short = (Measured(worst, "", False, [figure]) for figure in (growth[worst], 1.0))
        report.claim(f"a character of {LARGEST:,}, of one of a tenth ({worst})", long, short, at_most=1.5)
    return report


def _cost_of(name: str, length: int) -> float:
    return cost(COSTLY[name](length))


def cost(text: str) -> float:
    """Microseconds of processor that judging *text* takes, a character."""
    begun = time.process_time()
    guard.reads_like_disclosure(text)
    guard.check_texts([("text", text)], identifiers=IDENTIFIERS)
    return (time.process_time() - begun) * 1e6 / len(text)
