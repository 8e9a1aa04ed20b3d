"""What ``lanzarote import`` does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from lanzarote.errors import LoadError
from lanzarote.importing import service
from lanzarote.importing.ground import Ground
from lanzarote.importing.kinds import KINDS
from lanzarote.importing.planning import OUTCOMES, letters
from lanzarote.records.permissions import Actor, Grant
from lanzarote.store.ids import new_id

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from lanzarote.importing.planning import Plan, Told
    from lanzarote.instance import Instance

BY: Final = "lanzarote"
"""In whose name the command line writes: the platform's, with what a coordinator may."""


def import_file(instance: Instance, given: Namespace) -> int:
    """Look at a file, tell what would happen, and take it in unless it is but looked at.

    Raises NotFound, LoadError, and what ``service.import_rows`` raises.
    """
    ground, kind, path = _ground(instance, given), KINDS[given.kind], Path(given.file)
    with path.open("rb") as file:
        content = file.read(service.LARGEST_FILE + 1)
    plan = service.plan_of(ground, kind, path.name, content)
    for line in _said(plan):
        print(line)
    refused = plan.count("refused")
    if plan.problems or (refused and not (given.skip_faulty or given.dry_run)):
        way = "" if plan.problems else " Put these rows right, or leave them out with --skip-faulty."
        raise LoadError(f"Nothing was taken in.{way}")
    if given.dry_run:
        print("Nothing was kept.")
        return 1 if refused else 0
    made = service.import_rows(ground, kind, plan.good, base=new_id())
    for one in made:
        page = f"{instance.settings.base_url}/{ground.lang}/{ground.region_id}/team/{kind.name}/{one.id}"
        print(f"{'new' if one.new else 'changed'}: {page}")
    print(f"{len(made)} taken in as drafts, {refused} left out. Nothing is published by this.")
    return 1 if refused and not made else 0


def file_to_write(instance: Instance, given: Namespace) -> bytes:
    """A template, or a file with everything there is. Raises NotFound, LoadError."""
    ground = _ground(instance, given)
    importer = service.importer_for(ground, Path(given.file).name)
    if importer is None:
        known = ", ".join(f".{ending}" for one in instance.host.importers for ending in one.extensions) or "none"
        raise LoadError(f"No installed package writes files such as {given.file}; endings there are: {known}.")
    return service.file_of(ground, KINDS[given.kind], importer, filled=given.filled)


def _ground(instance: Instance, given: Namespace) -> Ground:
    """Raises NotFound, LoadError."""
    instance.require_loaded(given.region)
    if instance.origin(given.region) is not None:
        raise LoadError(f"The region {given.region!r} is received: it is written elsewhere, and read here.")
    languages = instance.header(given.region).languages
    lang = given.language or languages[0]
    if lang not in languages:
        raise LoadError(f"The region is not written in {lang!r}; its languages are: {', '.join(languages)}.")
    by = Actor(account_id=BY, strong=True, grants=(Grant(role="coordinator", region_id=given.region),))
    return Ground(instance, given.region, lang, by)


def _said(plan: Plan) -> Iterator[str]:
    for told in plan.problems:
        yield _told(told)
    for row in plan.rows:
        if row.outcome != "same":
            title = f" “{row.title}”" if row.title else ""
            yield f"row {row.place.row}: {row.outcome}{title} {', '.join(row.fields)}".rstrip()
            yield from (f"    {_told(told)}" for told in (*row.problems, *row.remarks))
    if plan.rows:
        yield ", ".join(f"{plan.count(outcome)} {outcome}" for outcome in OUTCOMES)


def _told(told: Told) -> str:
    row, column = told.place.row, told.place.column
    where = (f"row {row}" if row else "") + (f", column {letters(column)}" if column else "")
    head = " – ".join(filter(None, (where, told.column)))
    return f"{head}: {told.text}" if head else told.text
