"""A practice of another place, as whoever takes it up reads it; and what was decided about the pilot it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from sqlalchemy import select

from lanzarote.changes import Served
from lanzarote.database import ALL
from lanzarote.errors import NotFound
from lanzarote.evaluation.public import received_verdict
from lanzarote.practices.model import KIND as PRACTICE
from lanzarote.records import Record, body_of, decode
from lanzarote.stakeholders.service import by_key
from lanzarote.translation import N_
from lanzarote.types import Practice

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lanzarote.evaluation.model import Outcome
    from lanzarote.instance import Instance
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.types import Sector

NO_SUCH: Final = N_("There is no such published practice on this site.")
OWN: Final = N_("It is a practice of your own region: there is nothing to take up.")


class Origin(Struct, frozen=True, kw_only=True):
    """A published practice with what it refers to."""

    region: str
    record: str
    version: int
    slug: str
    practice: Practice
    vocabulary: Vocabulary
    bodies: Mapping[str, tuple[str, ...]]
    """Every key and id of an organisation that takes part → its sectors."""

    def body(self, name: str | None) -> tuple[str, ...]:
        """Sectors of an organisation that takes part; of one that is not in the directory, none."""
        return self.bodies.get(name or "", ())

    def sector(self, key: str) -> Sector | None:
        return self.vocabulary.sectors.get(self.vocabulary.present_key("sector", key))


class Now(Struct, frozen=True, kw_only=True):
    """How an origin stands today."""

    published: bool
    version: int
    """The one that the public reads; 0: none."""


def read_origin(instance: Instance, region_id: str, record_id: str, version: int | None = None) -> Origin:
    """The published practice with this id in a region of this instance, home or received. Raises NotFound."""
    vocabulary = instance.vocabulary(region_id)
    with instance.database.read(region_id) as session:
        record = session.get(Record, (region_id, record_id))
        if record is None or record.kind != PRACTICE or record.published_version is None:
            raise NotFound(NO_SUCH)
        number = version or record.published_version
        practice = decode(body_of(session, record, number), Practice)
        named = {one.organisation for one in practice.partners if one.organisation}
        directory = by_key(session) if named else {}
        bodies = {name: directory[name].organisation.sectors for name in named if name in directory}
        return Origin(
            region=region_id,
            record=record.id,
            version=number,
            slug=record.slug,
            practice=practice,
            vocabulary=vocabulary,
            bodies=bodies,
        )


def id_at(instance: Instance, region_id: str, slug: str) -> str:
    """Id of the published practice at *slug*. Raises NotFound."""
    instance.header(region_id)
    query = select(Record.id).where(Record.kind == PRACTICE, Record.slug == slug, Record.published_version.is_not(None))
    with instance.database.read(region_id) as session:
        found = session.scalar(query)
    if found is None:
        raise NotFound(NO_SUCH)
    return found


def now_of(instance: Instance, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], Now]:
    """How each of these origins (region, record) stands; what is not on this instance is left out."""
    if not pairs:
        return {}
    query = select(Record.region_id, Record.id, Record.published_version)
    with instance.database.read(ALL) as session:
        rows = session.execute(query.where(Record.id.in_({record for _, record in pairs}), Record.kind == PRACTICE))
        return {
            (region, record): Now(published=version is not None, version=version or 0)
            for region, record, version in rows
            if (region, record) in pairs
        }


def is_home(instance: Instance, region_id: str) -> bool:
    """Whether the region is written here."""

    def read() -> bool:
        with instance.database.read(ALL) as session:
            served = session.get(Served, region_id)
            return served is not None and served.home

    return instance.kept("home", region_id, read)


def verdict_of(instance: Instance, region_id: str) -> Outcome | None:
    """What was decided about the region's pilot, as far as it is public, wherever the region is written."""
    if is_home(instance, region_id):
        return instance.verdict(region_id)

    def read() -> Outcome | None:
        with instance.database.read(region_id) as session:
            return received_verdict(session, region_id)

    return instance.kept("received verdict", region_id, read)
