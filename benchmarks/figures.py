"""How figures are taken and told: rounds in rotated order after a warm-up, medians and bests, ratios and targets."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """What one invocation was asked for."""

    folder: Path
    """For corpora and databases, which the benchmarks of one invocation share."""
    quick: bool = False
    """A small corpus and few rounds: shows that the benchmarks run, proves nothing."""
    million: bool = False
    """The office again, with a million practices."""

    @property
    def regions(self) -> int:
        return 6 if self.quick else 46

    @property
    def each(self) -> int:
        """Practices in each region."""
        return 300 if self.quick else 1_000

    @property
    def rounds(self) -> int:
        return 2 if self.quick else 5

    @property
    def seconds(self) -> float:
        """How long each HTTP measurement lasts."""
        return 0.5 if self.quick else 2.0


@dataclass
class Measured:
    """What one subject gave, round after round."""

    name: str
    unit: str
    more_is_better: bool
    rounds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    @property
    def best(self) -> float:
        return max(self.rounds) if self.more_is_better else min(self.rounds)


@dataclass(frozen=True)
class Claim:
    """A ratio that must be reached."""

    told: str
    median: float
    """Ratio of the medians."""
    best: float
    """Ratio of the bests."""
    target: float
    at_least: bool

    @property
    def holds(self) -> bool:
        return self.median >= self.target if self.at_least else self.median <= self.target


@dataclass
class Report:
    name: str
    measured: list[Measured] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def claim(
        self, told: str, ours: Measured, yardstick: Measured, *, at_least: float | None = None, at_most: float = 0
    ) -> None:
        self.claims.append(
            Claim(
                told=told,
                median=ours.median / yardstick.median,
                best=ours.best / yardstick.best,
                target=at_most if at_least is None else at_least,
                at_least=at_least is not None,
            )
        )


def rotate(subjects: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """Measure *subjects* in *rounds*, each begun by another one, after one round that does not count."""
    taken: dict[str, list[float]] = {name: [] for name in subjects}
    names = list(subjects)
    for turn in range(rounds + 1):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            figure = subjects[name]()
            if turn:
                taken[name].append(figure)
    return taken


def tell(report: Report) -> str:
    lines = [f"\n{report.name}", "-" * len(report.name)]
    width = max((len(one.name) for one in report.measured), default=0)
    lines += [
        f"  {one.name:<{width}}  median {_figure(one.median):>9}  best {_figure(one.best):>9}  {one.unit}"
        for one in report.measured
    ]
    for claim in report.claims:
        sign, verdict = ("≥" if claim.at_least else "≤"), ("PASS" if claim.holds else "FAIL")
        lines.append(f"  {verdict}  {claim.told}: {claim.median:.3g} (bests {claim.best:.3g}), {sign} {claim.target:g}")
    lines += [f"  {note}" for note in report.notes]
    return "\n".join(lines)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
