"""Figures to cite: frozen on a day with the heads of the logs they were counted from, and counted again from these.

A release holds numbers, names of regions, and hashes: no text of any result. What is erased later stays counted in it.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from sqlalchemy import select

from lanzarote.errors import Conflict, LanzaroteError, NotFound
from lanzarote.office import service, tallies
from lanzarote.office.model import HEAD, INNER, OfficeRelease
from lanzarote.office.tallies import head_of, replay
from lanzarote.records import changelog
from lanzarote.records.changelog import INSTANCE, Change, Saved
from lanzarote.records.records import encode, now
from lanzarote.runtime.reading import decoded
from lanzarote.store.bulk import marks, pieces, rows_of
from lanzarote.store.database import ALL
from lanzarote.translation import N_
from lanzarote.translation.typed_dates import is_iso_day
from lanzarote.types import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from lanzarote.instance import Instance
    from lanzarote.office.lines import Line
    from lanzarote.office.service import Figures
    from lanzarote.store.database import Database


NOTHING_YET: Final = N_(
    "No region had released anything by the end of this day: there is nothing to freeze. Choose a later day."
)

ONLY_INVENTED: Final = N_(
    "Only invented sample regions had released anything by the end of this day, and they are not counted: "
    "there is nothing to freeze. Choose a day by which a real region had released something."
)


class NotADay(LanzaroteError):
    """What was given is no day, or none that has figures; the text says why."""


class Head(Struct, frozen=True, kw_only=True):
    """What the figures of a region were counted from: its log up to this entry."""

    region: str
    name: Text
    epoch: int
    seq: int
    hash: str
    awaited: int
    """So many entries of the beginning of its epoch were still to come."""


class Frozen(Struct, frozen=True, kw_only=True):
    """A release, whole."""

    day: date
    heads: tuple[Head, ...]
    figures: tuple[tuple[str, str, str, str, int], ...]
    """Region, measure, a, b, n."""

    def as_figures(self) -> Figures:
        return service.gathered(self.figures)

    def together(self) -> Figures:
        counts: Counter[Line] = Counter()
        for _, measure, a, b, n in self.figures:
            counts[measure, a, b] += n
        return service.as_figures(counts)


class Told(Struct, frozen=True, kw_only=True):
    """A release and what is known about it."""

    day: date
    at: datetime
    digest: str
    frozen: Frozen


class Difference(Struct, frozen=True, kw_only=True):
    """Where a recount does not give what was frozen."""

    region: str
    measure: str
    a: str
    b: str
    frozen: int
    recounted: int


class Lost(Struct, frozen=True, kw_only=True):
    """Why the log of a region no longer gives what was counted from it."""

    head: Head
    why: Literal["erased", "restored", "gone", "another"]
    epoch: int = 0
    """*restored*: the beginning with which its log went on."""
    after: int = 0
    """*restored*: the last entry before that beginning."""


def read_day(text: str) -> date:
    """``2027-03-01``, ``1 March 2027`` or ``1er mars 2027``. Raises NotADay.

    >>> read_day("1 March 2027")
    datetime.date(2027, 3, 1)
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        pass
    parts = re.fullmatch(r"(\d{1,2})(?:er|st|nd|rd|th)?\s+([^\W\d_]+)\s+(\d{4})", text.strip())
    month = _months().get(parts[2].casefold()) if parts else None
    try:
        return date(int(parts[3]), month or 0, int(parts[1]))  # type: ignore[index]
    except (ValueError, TypeError):
        raise NotADay(f"{text[:40]!r} is no day; write it as 2027-03-01 or as 1 March 2027.") from None


def _months() -> dict[str, int]:
    from babel.dates import get_month_names

    return {name.casefold(): number for lang in ("en", "fr") for number, name in get_month_names(locale=lang).items()}


def release(instance: Instance, day: date, *, by: str) -> Told:
    """Freeze the figures of *day* under a permanent address. Raises NotADay, Conflict."""
    at = now()
    if day > at.date():
        raise NotADay(N_("This day is still to come; figures are frozen as they are, or were."))
    with instance.database.write(ALL) as session:
        if session.get(OfficeRelease, day) is not None:
            raise Conflict(N_("There is a release of this day already; what is frozen is never changed."))
        frozen = _freeze(session, instance, day)
        if not frozen.heads:
            raise NotADay(_why_nothing(session, instance, day))
        body = encode(frozen)
        digest = sha256(body).hexdigest()
        session.add(OfficeRelease(day=day, at=at, actor=by, figures=body, digest=digest))
        session.flush()
        saved = Saved(
            region_id=INSTANCE,
            kind="release",
            record_id=day.isoformat(),
            verb="freeze",
            version=1,
            at=at,
            digest=digest,
        )
        changelog.record(session, [saved], by=by)
        for region_id in list(instance.headers())[:1]:
            changelog.bump_revision(session, region_id)  # pages of all regions tell of it
    return Told(day=day, at=at, digest=digest, frozen=frozen)


def all_releases(database: Database) -> list[Told]:
    """The newest first."""
    with database.read(()) as session:
        return [_told(row) for row in session.scalars(select(OfficeRelease).order_by(OfficeRelease.day.desc()))]


def newest(database: Database) -> date | None:
    with database.read(()) as session:
        return session.scalar(select(OfficeRelease.day).order_by(OfficeRelease.day.desc()).limit(1))


def release_of(database: Database, day: str) -> Told:
    """Raises NotFound."""
    with database.read(()) as session:
        row = session.get(OfficeRelease, date.fromisoformat(day)) if is_iso_day(day) else None
        if row is None:
            raise NotFound(N_("There is no release of this day."))
        return _told(row)


def differences(instance: Instance, told: Told) -> list[Difference]:
    """Count the figures of a release again, from the logs up to its heads."""
    before: dict[str, dict[Line, int]] = {head.region: {} for head in told.frozen.heads}
    for region_id, measure, a, b, n in told.frozen.figures:
        before[region_id][measure, a, b] = n
    found = []
    with instance.database.read(ALL) as session:
        for head in told.frozen.heads:
            if _hash_at(session, head.region, head.seq) != head.hash:
                found.append(_difference(head.region, (HEAD, "", ""), head.seq, 0))
            again = _counted_until(session, head.region, head.seq)[0]
            frozen = before[head.region]
            found += [
                _difference(head.region, line, frozen.get(line, 0), again.get(line, 0))
                for line in sorted({*frozen, *again})
                if frozen.get(line, 0) != again.get(line, 0)
            ]
    return found


def losses(instance: Instance, told: Told, found: Iterable[Difference]) -> list[Lost]:
    """Why each region counts otherwise of which a difference was found."""
    regions = {one.region for one in found}
    with instance.database.read(ALL) as session:
        return [_loss(session, head) for head in told.frozen.heads if head.region in regions]


def _loss(session: Session, head: Head) -> Lost:
    if _hash_at(session, head.region, head.seq) == head.hash:
        return Lost(head=head, why="erased")
    if not head_of(session, head.region):
        return Lost(head=head, why="gone")
    # A beginning names the last entry before it: what came after that entry was replaced.
    sql = "SELECT epoch, version FROM change WHERE region_id = ? AND verb = 'epoch' AND epoch > ? AND version < ?"
    begun = rows_of(session, f"{sql} ORDER BY version LIMIT 1", head.region, head.epoch, head.seq)
    if begun:
        return Lost(head=head, why="restored", epoch=begun[0][0], after=begun[0][1])
    return Lost(head=head, why="another")


def _difference(region_id: str, line: Line, frozen: int, recounted: int) -> Difference:
    measure, a, b = line
    return Difference(region=region_id, measure=measure, a=a, b=b, frozen=frozen, recounted=recounted)


def _why_nothing(session: Session, instance: Instance, day: date) -> str:
    headers = {**instance.headers(), **instance.samples()}
    invented = [region_id for region_id, header in headers.items() if service.is_invented(header)]
    return ONLY_INVENTED if any(_head_on(session, region_id, day)[0] for region_id in invented) else NOTHING_YET


def _freeze(session: Session, instance: Instance, day: date) -> Frozen:
    """Figures of *day*, of the regions that are real: what is invented is no figure to cite."""
    heads, rows = [], []
    for region_id, header in instance.headers().items():
        if service.is_invented(header):
            continue
        seq, epoch, mark = _head_on(session, region_id, day)
        if not seq:
            continue
        counted, missing, awaited = _counted_until(session, region_id, seq)
        if missing:
            raise NotADay(
                f"{missing} results of {region_id} that were released on that day were erased since; "
                "what they counted for is not known any more. Choose a later day."
            )
        heads.append(Head(region=region_id, name=header.name, epoch=epoch, seq=seq, hash=mark, awaited=awaited))
        rows += [(region_id, *line, n) for line, n in sorted(counted.items())]
    return Frozen(day=day, heads=tuple(heads), figures=tuple(rows))


def _head_on(session: Session, region_id: str, day: date) -> tuple[int, int, str]:
    """Number, epoch and hash of the last entry of the day (in UTC), and of the days before."""
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    query = select(Change.seq, Change.epoch, Change.hash).where(Change.region_id == region_id, Change.at < end)
    row = session.execute(query.order_by(Change.seq.desc()).limit(1)).first()
    return (row[0], row[1], row[2]) if row else (0, 0, "")


def _hash_at(session: Session, region_id: str, seq: int) -> str:
    rows = rows_of(session, "SELECT hash FROM change WHERE region_id = ? AND seq = ?", region_id, seq)
    return rows[0][0] if rows else ""


def _counted_until(session: Session, region_id: str, seq: int) -> tuple[dict[Line, int], int, int]:
    """What the log up to *seq* counts for; how many results it no longer has; what it still awaited."""
    then = replay(session, region_id, seq)
    counted, _ = tallies.counted_from(session, region_id, then.released, {})
    wanted = [one.seq for one in then.released.values()]
    known = 0
    for some in pieces(wanted):
        sql = f"SELECT count(*) FROM change_body WHERE region_id = ? AND seq IN {marks(some)}"  # noqa: S608
        known += rows_of(session, sql, region_id, *some)[0][0]
    outer = {line: n for line, n in counted.items() if line[0] not in INNER}
    return outer, len(wanted) - known, then.awaited


def _told(row: OfficeRelease) -> Told:
    return Told(day=row.day, at=row.at, digest=row.digest, frozen=decoded(row.figures, Frozen))
