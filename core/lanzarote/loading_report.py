"""Tells people what loading or upgrading a region did, or would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from lanzarote.regions.merge import ABSENT

if TYPE_CHECKING:
    from lanzarote.loading import Report
    from lanzarote.regions.merge import Question

LONGEST = 400
"""Characters of a text that are shown where three stand beside each other."""


def tell(report: Report, *, dry_run: bool = False) -> None:
    """Print it; with *dry_run* as what would be done."""
    outcome = report.records
    verb = "would be " if dry_run else ""
    stays = "would stay public until you decide" if dry_run else "stays public until you decide"
    head = "Loading" if report.first else "Upgrading"
    print(f"{head} {report.region}{' (dry run, nothing is kept)' if dry_run else ''}")
    if report.header:
        print(f"  region.toml: {len(report.header)} changed ({', '.join(report.header)})")
    for line in report.vocabulary:
        print(f"  {line}")
    print(f"  records: {len(outcome.new)} {verb}new, {outcome.unchanged} unchanged")
    for told, names in (
        (f"{verb}updated", outcome.updated),
        (f"{verb}given a working version, to be reviewed before the public sees it", outcome.working),
        ("changed on both sides: the local text stays, see `lanzarote tasks`", outcome.questions),
        ("no longer in the package: kept, and marked", outcome.removed),
        (f"no longer shown by the package: {stays}, see `lanzarote tasks`", outcome.no_longer_shown),
        ("withdrawn, archived, erased or merged here: left alone", outcome.left_alone),
    ):
        for name in names:
            fields = ", ".join(outcome.taken.get(name, ()))
            print(f"  {name} — {told}{f' ({fields})' if fields else ''}")
            if name in outcome.asked:
                _tell_three(outcome.asked[name])
    if outcome.working:
        print(f"  A reviewer or the coordinator publishes them; what waits, and where: lanzarote tasks {report.region}")
    for name, kept in outcome.kept.items():
        print(f"  {name} — {verb}kept as the region has it ({', '.join(kept)})")


def _tell_three(question: Question) -> None:
    """The texts between which a person will have to choose."""
    for whose, value in (("before", question.before), ("here", question.local), ("package", question.package)):
        print(f"    {whose + ':':<9}{_short(value)}")


def _short(value: Any) -> str:
    if value is ABSENT:
        return "(nothing)"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
