"""Tells people at the command line what waits for a region's team, and where it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from lanzarote.operations.loading_report import tell_three
from lanzarote.procedures.model import KIND as PROCEDURE
from lanzarote.records.tasks import WITHDRAWAL
from lanzarote.regions.merge import Question, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lanzarote.instance import Instance
    from lanzarote.records.records import Record
    from lanzarote.records.tasks import Task

WAYS_OUT: Final[Mapping[str, str]] = {
    WITHDRAWAL: (
        "The package no longer {what}; here it stays public until you decide. Withdraw it: "
        "lanzarote tasks {region} --withdraw {id}. Keep it: lanzarote tasks {region} --done {id}"
    ),
}
"""Kind of task → what it asks, where the command line can answer it."""


def tell(instance: Instance, region_id: str, waiting: Sequence[Task], working: Sequence[Record]) -> None:
    for task in waiting:
        print(f"{task.id}  {task.opened_at:%Y-%m-%d}  {task.kind}")
        _tell_about(task.told())
        if task.kind in WAYS_OUT:
            what = "shows it" if task.told().get("shipped") else "has it"
            print(f"    {WAYS_OUT[task.kind].format(region=region_id, id=task.id, what=what)}")
    for one in working:
        print(f"{one.kind} {one.slug}  {one.updated_at:%Y-%m-%d}  working version {one.version}")
        print(f"    {_page(instance, one)}")
    if not (waiting or working):
        print("Nothing waits.")


def _tell_about(about: Mapping[str, Any]) -> None:
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
        tell_three(Question(field=about["field"], before=before, local=local, package=package))


def _page(instance: Instance, record: Record) -> str:
    """What to do about a working version, and where."""
    way = f"The public reads version {record.published_version} until the team has looked at this one"
    header = instance.headers().get(record.region_id)
    if header is None or record.kind not in instance.kinds:
        return f"{way}."
    page = f"{header.languages[0]}/{header.id}/team/{instance.kinds[record.kind].room}/{record.id}"
    first = "propose" if record.kind == PROCEDURE else "submit"
    return f"{way}; {first}, publish or discard it at {instance.settings.base_url}/{page}"
