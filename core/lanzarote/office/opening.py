"""What regions rest on: a pilot of their own, or that of another region, judged, with the decision to extend it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import delete, select

from lanzarote.errors import LanzaroteError, NotFound
from lanzarote.evaluation.public import rulings, rulings_of, verdict_of
from lanzarote.evaluation.words import OUTCOMES
from lanzarote.office.model import Opening
from lanzarote.records import changelog, locking
from lanzarote.records.changelog import INSTANCE, Saved, Served
from lanzarote.records.received import facts_of
from lanzarote.records.records import encode
from lanzarote.results.model import Source
from lanzarote.runtime.reading import decoded
from lanzarote.store.database import ALL
from lanzarote.translation import N_, pick
from lanzarote.types import RegionHeader, Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lanzarote.evaluation.public import Ruling
    from lanzarote.instance import Instance
    from lanzarote.office.model import Basis
    from lanzarote.store.database import Database


KIND: Final = "opening"
ITSELF: Final = N_(
    "No region opens after its own pilot. Choose another region, or say that this one is a pilot itself."
)
NOT_HERE: Final = N_(
    "This site shows no such region. Choose one whose pilot is to be extended, or say that this one is a pilot itself."
)
NO_PILOT: Final = N_("Choose the region after whose pilot this one is opened.")
NOT_JUDGED: Final = N_(
    "No evaluation of the pilot of %(region)s is published yet. The method opens in another region once it is "
    "published and the decision is to extend. Until then, choose another region, or record that this region is a "
    "pilot itself."
)
OTHERWISE: Final = N_(
    "About the pilot of %(region)s it was decided on %(day)s: “%(outcome)s” (%(who)s). The method opens in another "
    "region when the decision is to extend. Until then, choose another region, or say that this one is a pilot itself."
)


class NotOpened(LanzaroteError):
    """The method does not open in a region after that pilot; ``words`` say why, with *name* and *ruling* put in."""

    def __init__(self, words: str, name: Text | None = None, ruling: Ruling | None = None) -> None:
        self.words, self.name, self.ruling = words, name or {}, ruling
        super().__init__(words % self._values())

    def _values(self) -> dict[str, str]:
        values = {"region": pick(self.name, "en")[0]} if self.name else {}
        if self.ruling:
            decided = self.ruling.decision
            values |= {"day": decided.on.isoformat(), "outcome": OUTCOMES[decided.outcome]}
            values["who"] = pick(decided.decided_by, "en")[0]
        return values


class Known(Struct, frozen=True, kw_only=True):
    """A region that is written here, or enrolled here."""

    id: str
    name: Text


def regions_known(database: Database) -> tuple[Known, ...]:
    """Every region that something can be said of, by id; of what is enrolled, before anything is received too."""
    with database.read(ALL) as session:
        names: dict[str, Text] = {
            region_id: decoded(name, dict[str, str])
            for region_id, name in session.execute(select(Source.region_id, Source.name))  # of all regions
        }
        for region_id, facts in session.execute(select(Served.id, Served.facts)):
            names[region_id] = decoded(facts, RegionHeader).name
    return tuple(Known(id=region_id, name=names[region_id]) for region_id in sorted(names))


def openings(database: Database) -> Mapping[str, Opening]:
    """What was said of each region; those of which nothing was said are left out."""
    with database.read(()) as session:
        found = {row.region: row for row in session.scalars(select(Opening))}
        session.expunge_all()
    return found


def opening_of(database: Database, region_id: str) -> Opening | None:
    with database.read(()) as session:
        found = session.get(Opening, region_id)
        session.expunge_all()
    return found


def say(instance: Instance, region_id: str, basis: Basis, *, after: str = "", by: str, at: datetime) -> Opening:
    """Write down what a region rests on. Raises NotFound, NotOpened."""
    headers = instance.headers()
    with instance.database.write(ALL) as session:
        said = write_down(session, headers, region_id, basis, after=after, by=by, at=at)
        session.expunge_all()
    return said


def write_down(
    session: Session,
    headers: Mapping[str, RegionHeader],
    region_id: str,
    basis: Basis,
    *,
    after: str = "",
    by: str,
    at: datetime,
) -> Opening:
    """As ``say``, in a transaction in which more is written; *headers*: of the regions that the public may read."""
    locking.lock(session, INSTANCE)
    if session.get(Served, region_id) is None and session.get(Source, region_id) is None:
        raise NotFound(f"No region {region_id!r} is here, nor enrolled.")
    said = Opening(
        region=region_id, basis=basis, after_region="", decided_on=None, evaluation="", version=0, at=at, actor=by
    )
    if basis == "opened":
        if after == region_id:
            raise NotOpened(ITSELF)
        if after not in headers:
            raise NotOpened(NOT_HERE)
        ruling = _extended(session, after, headers[after].name)
        said.after_region, said.decided_on = after, ruling.decision.on
        said.evaluation, said.version = ruling.record, ruling.version
    before = session.get(Opening, region_id)
    if before is None or _facts(before) != _facts(said):
        before = session.merge(said)
        session.flush()
        _tell(session, before)
    return before


def _extended(session: Session, region_id: str, name: Text) -> Ruling:
    """The decision to extend the pilot of a region, as the public reads it now. Raises NotOpened."""
    ruling = next((one for one in rulings(session, region_id) if one.in_force), None)
    if ruling is None:
        raise NotOpened(NOT_JUDGED, name)
    if ruling.decision.outcome != "extend":
        raise NotOpened(OTHERWISE, name, ruling)
    return ruling


def _facts(row: Opening) -> tuple[object, ...]:
    return row.basis, row.after_region, row.decided_on, row.evaluation, row.version


def _tell(session: Session, row: Opening) -> None:
    saved = Saved(
        region_id=INSTANCE,
        kind=KIND,
        record_id=row.region,
        verb=row.basis,
        version=0,
        at=row.at,
        digest=sha256(encode(_facts(row))).hexdigest(),
    )
    changelog.record(session, [saved], by=row.actor)
    if facts_of(session, row.region) is not None:
        changelog.bump_revision(session, row.region)  # its entry in the public list of regions


def ruling_behind(instance: Instance, row: Opening) -> Ruling | None:
    """The decision a region rests on, while the public reads it; None: it no longer does."""
    if row.after_region not in instance.headers():
        return None
    return next((one for one in rulings_of(instance, row.after_region) if one.record == row.evaluation), None)


def has_changed(instance: Instance, row: Opening) -> bool:
    """Whether the decision a region rests on was withdrawn since, or the pilot is no longer to be extended."""
    return row.basis == "opened" and (
        ruling_behind(instance, row) is None or verdict_of(instance, row.after_region) != "extend"
    )


def follow(session: Session, saved: Sequence[Saved]) -> None:
    """Forget with a region what it rests on. Listens to ``changes.record``."""
    gone = [one.record_id for one in saved if (one.kind, one.verb) == ("source", "forget")]
    if gone:
        session.execute(delete(Opening).where(Opening.region.in_(gone)))
