"""What the packages of a region are asked about a practice before it is saved, and what a coordinator lets pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from lanzarote.objections import Place, Raised, raised_about, settled
from lanzarote.permissions import may_somewhere
from lanzarote.practices import sheets
from lanzarote.practices.work import Noted, Override, told_of
from lanzarote.records import body_of, now

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.permissions import Actor
    from lanzarote.plugins import Host
    from lanzarote.records import Record
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import PracticeSheet


class Checks(Struct, frozen=True, kw_only=True):
    """Whom to ask, and what was answered before."""

    host: Host | None
    packages: Collection[str]
    """Those that the region has switched on."""
    before: PracticeSheet | None = None
    overrides: tuple[Override, ...] = ()
    """What was let pass in earlier saves."""
    may_override: bool = False


class Outcome(Struct, frozen=True, kw_only=True):
    noted: tuple[Noted, ...] = ()
    """Everything that was said and does not stop the save."""
    overrides: tuple[Override, ...] = ()
    """What is let pass for the first time."""


NO_CHECKS = Checks(host=None, packages=())
"""For text that no package is asked about."""


def checks_for(instance: Instance, session: Session, region_id: str, record: Record | None, *, by: Actor) -> Checks:
    """What has to be known before *by* saves *record*, or a new practice."""
    there = record is not None and record.state != "erased"
    return Checks(
        host=instance.host,
        packages=instance.switched_on(session, region_id),
        before=sheets.read(body_of(session, record, record.version)) if record and there else None,
        overrides=told_of(session, record).overrides if record and there else (),
        may_override=may_somewhere(by, "practice.override", region_id),
    )


def asked(
    checks: Checks, sheet: PracticeSheet, vocabulary: Vocabulary, reasons: Mapping[Place, str], *, by: str
) -> Outcome:
    """Ask about *sheet*; *reasons*: why it is to be saved nevertheless. Raises objections.Objected."""
    if checks.host is None:
        return Outcome()
    raised = raised_about(
        checks.host, checks.packages, "check_practice", region=vocabulary.header, new=sheet, before=checks.before
    )
    known = {one.place for one in checks.overrides}
    given = settled(raised, known, reasons, may_override=checks.may_override)
    at = now()
    return Outcome(
        noted=tuple(_noted(one) for one in raised),
        overrides=tuple(
            Override(package=place[0], code=place[1], field=place[2], text=text, by=by, at=at)
            for place, text in given.items()
        ),
    )


def _noted(one: Raised) -> Noted:
    concern = one.concern
    return Noted(package=one.package, code=concern.code, field=concern.field, text=concern.text, failed=one.failed)
