"""Public pages from two servers of ours: one with metrics and the access log on, one without.

Both are asked the same addresses, in turn. What a request takes of the processor swings less than requests a second
where a machine has other things to do; both are told.
"""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import servers
from benchmarks.bench_http import KNOWN, UNIT, _shares
from benchmarks.corpus import ARTICLES, LIKELY, SECTORS, region_ids
from benchmarks.databases import corpus
from benchmarks.figures import Measured, Report, rotate

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.figures import Settings

TIMES_MORE_ROUNDS = 8
"""The difference is small beside what else the machine does: many short rounds show it."""


def run(settings: Settings) -> Report:
    """Metrics and the access log, beside neither"""
    database = corpus(settings)
    report = Report("Public pages with metrics and the access log, beside neither")
    with (
        (settings.folder / "access.log").open("wb") as lines,
        servers.ours(database) as without,
        servers.ours(database, stderr=lines, LANZAROTE_METRICS="0", LANZAROTE_ACCESS_LOG="on") as watched,
    ):
        for server in (without, watched):  # as they answer from then on, and not while they get ready
            servers.ask(server[0], pages(settings)[:20], again=True, seconds=settings.seconds)
        _measure(report, settings, "unchanged", without, watched)
        _measure(report, settings, "uncached", without, watched)
    return report


def pages(settings: Settings) -> list[str]:
    """Lists of practices in one region, by sector, article and language."""
    every = product(("en", "fr"), SECTORS, ARTICLES[:LIKELY], region_ids(settings.regions))
    return [f"/{lang}/{region}/practices?sector={sector}&article={article}" for lang, sector, article, region in every]


def _measure(report: Report, settings: Settings, name: str, without: tuple[int, int], watched: tuple[int, int]) -> None:
    rounds = settings.rounds * TIMES_MORE_ROUNDS
    known, others = pages(settings)[:KNOWN], pages(settings)[KNOWN:]
    taken: dict[str, list[float]] = {"without": [], "with": []}

    def ask(server: tuple[int, int], subject: str) -> Callable[[], float]:
        port, process = server
        shares = iter(_shares(others, rounds + 1))

        def asked() -> float:
            again = name == "unchanged"
            before = _processor(process)
            told = servers.ask(port, known if again else next(shares), again=again, seconds=settings.seconds / 4)
            taken[subject].append((_processor(process) - before) * 1e6 / int(told["answers"]))
            return float(told["per_second"])

        return asked

    answered = rotate({"without": ask(without, "without"), "with": ask(watched, "with")}, rounds)
    off, on = (Measured(f"{name}, {one}", UNIT, True, answered[one]) for one in ("without", "with"))
    cost_off, cost_on = (Measured(f"{name}, {one}", "µs/request", False, taken[one][1:]) for one in ("without", "with"))
    report.measured += [off, on, cost_off, cost_on]
    report.claim(f"{name}: requests/s with, of without", on, off, at_least=0.95)
    report.claim(f"{name}: processor for a request with, of without", cost_on, cost_off, at_most=1 / 0.95)


def _processor(process: int) -> float:
    """Seconds of the processor that the threads of a process have had."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(one.read_text(encoding="ascii").split()[0]) for one in threads) / 1e9
