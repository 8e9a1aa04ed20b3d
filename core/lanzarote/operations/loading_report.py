"""Tells people at the command line what loading a region did or would do, and what waits for its team, and where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records.tasks import WITHDRAWAL
from lanzarote.regions.merge import ABSENT, Question, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.records.records import Record
    from lanzarote.records.tasks import Task
    from lanzarote.regions.seeds import Report

STALE = "stale: translations whose original changed after they were made"
LONGEST = 400
"""Characters of a text that are shown where three stand beside each other."""


def print_report(report: Report, *, dry_run: bool = False) -> None:
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
                _print_three(outcome.asked[name])
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


def _print_three(question: Question) -> None:
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


# --- What waits for a region's team, and where it is looked at ---

WAYS_OUT: Final[Mapping[str, str]] = {
    WITHDRAWAL: (
        "The package no longer {what}; here it stays public until you decide. Withdraw it: "
        "lanzarote tasks {region} --withdraw {id}. Keep it: lanzarote tasks {region} --done {id}"
    ),
}
"""Kind of task → what it asks, where the command line can answer it."""


def print_tasks(instance: Instance, region_id: str, waiting: Sequence[Task], working: Sequence[Record]) -> None:
    for task in waiting:
        print(f"{task.id}  {task.opened_at:%Y-%m-%d}  {task.kind}")
        _print_about(task.told())
        if task.kind in WAYS_OUT:
            what = "shows it" if task.told().get("shipped") else "has it"
            print(f"    {WAYS_OUT[task.kind].format(region=region_id, id=task.id, what=what)}")
    for one in working:
        print(f"{one.kind} {one.slug}  {one.updated_at:%Y-%m-%d}  working version {one.version}")
        print(f"    {_page(instance, one)}")
    if not (waiting or working):
        print("Nothing waits.")


def _print_about(about: Mapping[str, Any]) -> None:
    """What a task says, and the texts between which it asks to choose as ``lanzarote region plan`` shows them."""
    three = Question.__struct_fields__ if "field" in about else ()
    for name, value in about.items():
        if name == "shipped" or name in three or value in ("", None):
            continue
        if name == "reason":
            for language, text in value.items():
                print(f"    reason ({language}): {text}")
        else:
            print(f"    {name}: {plain(value)}")
    if three:
        print(f"    field: {about['field']}")
        before, local, package = (about.get(name) for name in ("before", "local", "package"))
        _print_three(Question(field=about["field"], before=before, local=local, package=package))


def _page(instance: Instance, record: Record) -> str:
    """What to do about a working version, and where."""
    way = f"The public reads version {record.published_version} until the team has looked at this one"
    header = instance.headers().get(record.region_id)
    if header is None or record.kind not in instance.kinds:
        return f"{way}."
    page = f"{header.languages[0]}/{header.id}/team/{instance.kinds[record.kind].room}/{record.id}"
    first = "propose" if record.kind == PROCEDURE else "submit"
    return f"{way}; {first}, publish or discard it at {instance.settings.base_url}/{page}"
