"""Tells people what loading or upgrading a region did, or would do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lanzarote.regions.merge import ABSENT, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.regions.former_keys import Report
    from lanzarote.regions.merge import Question

STALE = "stale: translations whose original changed after they were made"
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
        (f"erased here: {verb}left out, for what was erased is brought back by nothing", outcome.left_out),
        (f"erased here: {verb}kept as erased, without a word of it, for records that name it", outcome.kept_erased),
        ("withdrawn, archived, erased or merged here: left alone", outcome.left_alone),
    ):
        for name in names:
            fields = _fields(outcome.taken.get(name, ()))
            print(f"  {_named(name)} — {told}{f' ({fields})' if fields else ''}")
            if name in outcome.asked:
                tell_three(outcome.asked[name])
    for line in report.going:
        print(f"  uses what will go: {line}")
    if outcome.working:
        print(f"  A reviewer or the coordinator publishes them; what waits, and where: lanzarote tasks {report.region}")
    for name, kept in outcome.kept.items():
        print(f"  {name} — {verb}kept as the region has it ({_fields(kept)})")


def _fields(names: Iterable[str]) -> str:
    return ", ".join(STALE if name == "stale" else name for name in names)


def _named(name: str) -> str:
    """A record, or a record with one of its fields."""
    record, colon, field = name.rpartition(": ")
    return f"{record}{colon}{_fields([field])}"


def tell_three(question: Question) -> None:
    """The texts between which a person will have to choose."""
    for whose, value in (("before", question.before), ("here", question.local), ("package", question.package)):
        first, *others = _lines(value)
        print(f"    {whose + ':':<9}{first}")
        for line in others:
            print(f"{'':13}{line}")


def _lines(value: Any) -> list[str]:
    """One for each thing that *value* lists; names alone stand on one."""
    if value is ABSENT:
        return ["(nothing)"]
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        return [_short(plain(one)) for one in value] or ["(nothing)"]
    return [_short(", ".join(value) if isinstance(value, list) else plain(value))]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
