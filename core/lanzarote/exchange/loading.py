"""Loads a region from its package, or merges what the package changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from lanzarote.errors import PackageError
from lanzarote.records import outbox, records
from lanzarote.records.changelog import Served, bump_revision
from lanzarote.regions import seeds, vocabulary
from lanzarote.regions.content import GOING
from lanzarote.regions.seeds import Report, called_as_before, led_on, with_former_keys
from lanzarote.results import enrolling
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.regions.claims import Installed
    from lanzarote.regions.content import Content


class _DryRun(Exception):
    pass


def load(instance: Instance, region_id: str, *, dry_run: bool, by: str) -> Report:
    """Load a region, or merge what its package changed since; with *dry_run* only tell what would be done.

    Raises PackageError, RegionError; nothing half-written stays.
    """
    content = instance.content(region_id)
    installed, digest = instance.installed[region_id], instance.digest(region_id)
    report: Report | None = None
    try:
        with instance.database.write(region_id) as session:
            report = _load(session, content, installed, digest, by)
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert report is not None
    return report


def _load(session: Session, content: Content, installed: Installed, digest: str, by: str) -> Report:
    assert isinstance(content.header, RegionHeader)
    region_id = content.header.id
    if received := enrolling.why_not_written(session, region_id):
        raise PackageError(received)
    served = session.get(Served, region_id)
    first = served is None
    facts = records.encode(content.header)
    if served is None:
        served = Served(
            id=region_id,
            enabled=True,
            revision=0,
            epoch=1,
            added_at=records.now(),
            package="",
            package_version="",
            facts=facts,
            facts_digest="",
        )
        session.add(served)
    changed = () if first else _differing(served.facts, facts)
    served.package, served.package_version = installed.package.distribution, installed.package.version
    served.facts, served.facts_digest = facts, digest
    session.flush()
    content = called_as_before(session, region_id, content)
    present = led_on(session, region_id, content)
    content = with_former_keys(content, present)
    told = vocabulary.materialise(session, region_id, content, by=by)
    outcome = seeds.merge_seeds(session, region_id, content, present, by=by)
    if changed:
        bump_revision(session, region_id)
    if told and not first:
        outbox.enqueue(session, "project", region=region_id)
    session.flush()
    return Report(
        region=region_id,
        first=first,
        header=changed,
        vocabulary=told,
        records=outcome,
        enabled=served.enabled,
        going=tuple(str(one) for one in content.problems if one.rule == GOING),
    )


def _differing(before: bytes, after: bytes) -> tuple[str, ...]:
    old, new = msgspec.json.decode(before), msgspec.json.decode(after)
    return tuple(sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name)))
