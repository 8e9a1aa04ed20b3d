"""What the commands about the office do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.office import opening, releases, tallies
from lanzarote.office.opening import opening_of
from lanzarote.records.records import now
from lanzarote.store.database import ALL

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from lanzarote.instance import Instance

BY = "lanzarote"


class NoOffice(LanzaroteError):
    """This instance is no office; the text says how it becomes one."""


def office(instance: Instance, given: Namespace) -> int:
    if not instance.settings.office:
        raise NoOffice("This is no central office. Set LANZAROTE_OFFICE to on, and it is one.")
    return {"rebuild": _rebuild, "release": _release, "opening": _opening}[given.action](instance, given)


def _rebuild(instance: Instance, given: Namespace) -> int:
    if given.sums and given.region:
        raise LanzaroteError("--sums is about all regions together; leave the region out.")
    if not given.sums:
        _rebuild_regions(instance, given.region)
    if not given.region:
        with instance.database.write(ALL) as session:
            wrong = tallies.sum_anew(session)
        told = f"{wrong} figure{'s' if wrong > 1 else ''} put right" if wrong else "the same as before"
        print(f"all together: {told}")
    return 0


def _rebuild_regions(instance: Instance, only: Sequence[str]) -> None:
    here = tallies.all_regions(instance.database)
    for region_id in only or here:
        if region_id not in here:
            raise NotFound(f"There is no region {region_id!r} here (regions: {', '.join(here) or 'none'}).")
        with instance.database.write(region_id) as session:
            before = tallies.kept(session, region_id)
            tallies.rebuild(session, region_id)
            same = tallies.kept(session, region_id) == before
        told = "the same as before" if same else "counted anew, and other than before" if before else "counted"
        print(f"{region_id}: {told}")


def _release(instance: Instance, given: Namespace) -> int:
    day = releases.read_day(given.day)
    if given.check:
        return _check(instance, releases.release_of(instance.database, day.isoformat()))
    told = releases.release(instance, day, by=BY)
    count = len(told.frozen.heads)
    print(f"Figures as of {told.day}, of {count} region{'' if count == 1 else 's'}, are frozen: {told.digest}")
    print(f"{instance.public_address}/en/office/releases/{told.day}")
    return 0


def _check(instance: Instance, told: releases.Told) -> int:
    found = releases.differences(instance, told)
    for one in found:
        of = " ".join(part for part in (one.measure, one.a, one.b) if part)
        print(f"{one.region}: {of}: frozen {one.frozen}, now {one.recounted}")
    for lost in releases.losses(instance, told, found):
        print(f"{lost.head.region}: {_why(lost)}")
    if found:
        print("The release keeps its figures.")
        return 1
    print(f"A recount of the change logs gives the figures as of {told.day}.")
    return 0


def _why(lost: releases.Lost) -> str:
    """Why the figures that a release holds of a region cannot be counted again."""
    head = lost.head
    return {
        "erased": "what was erased since can no longer be counted.",
        "restored": (
            f"it restored a backup, and its log began again after entry {lost.after}, in beginning {lost.epoch}; "
            f"the release counts up to entry {head.seq} of beginning {head.epoch}. What the region had released after "
            f"entry {lost.after} was taken back by the restore and can no longer be counted."
        ),
        "gone": "it is no longer here; what was received of it was taken out and can no longer be counted.",
        "another": (
            f"its log here does not hold entry {head.seq} of beginning {head.epoch} any more, up to which it was "
            "counted: it was taken out and received anew, or changed (lanzarote doctor says whether it is whole)."
        ),
    }[lost.why]


def _opening(instance: Instance, given: Namespace) -> int:
    if given.pilot:
        opening.say(instance, given.region, "pilot", by=BY, at=now())
    elif given.after:
        opening.say(instance, given.region, "opened", after=given.after, by=BY, at=now())
    elif given.region not in (here := [one.id for one in opening.regions_known(instance.database)]):
        raise NotFound(f"There is no region {given.region!r} here (regions: {', '.join(here) or 'none'}).")
    print(f"{given.region}: {_rests_on(instance, given.region)}")
    return 0


def _rests_on(instance: Instance, region_id: str) -> str:
    row = opening_of(instance.database, region_id)
    if row is None:
        return f"not said yet. Say it: lanzarote office opening {region_id} --pilot, or --after OTHER"
    if row.basis == "pilot":
        return "a pilot of its own"
    since = "; that decision has changed since" if opening.has_changed(instance, row) else ""
    return f"opened after the pilot of {row.after_region}, decided on {row.decided_on}{since}"
