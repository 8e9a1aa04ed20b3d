"""What an instance keeps in memory of what the public reads, each until that changes."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, datetime
from functools import cached_property
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec import Struct

from lanzarote.directory.service import directory
from lanzarote.errors import DatabaseAway, NotFound
from lanzarote.records.received import is_sample
from lanzarote.records.revisions import Revisions
from lanzarote.regions import group, vocabulary
from lanzarote.runtime.reading import decoded
from lanzarote.search.thesaurus import Thesaurus, concepts
from lanzarote.store.database import ALL
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.directory.model import Stakeholder
    from lanzarote.regions.vocabulary import Vocabulary
    from lanzarote.search.asked import Meaning
    from lanzarote.store.database import Database

T = TypeVar("T")
MOST_TOLD = 500
"""So many things told to single persons are kept, those that were built last."""


class Origin(Struct, frozen=True, kw_only=True):
    """Where a region is written that is received here."""

    address: str
    """Of its own pages; empty: nowhere."""
    received_at: datetime | None
    """When results came last."""


class InMemory:
    """What is read again and again, and made anew only when the public revision moves."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        origins: Callable[[Session], Mapping[str, Origin]],
    ) -> None:
        self.settings, self.database, self._all_origins = settings, database, origins
        self._kept: dict[tuple[str, str | None], tuple[int, Any]] = {}
        self._building: dict[tuple[str, str | None], Lock] = {}
        self._told: OrderedDict[Hashable, tuple[object, Any]] = OrderedDict()
        self._told_lock = Lock()

    @cached_property
    def revisions(self) -> Revisions:
        revisions = Revisions(self.database)
        self.database.after_publishing.append(revisions.look)
        return revisions

    def headers(self) -> Mapping[str, RegionHeader]:
        """Headers of the regions the public may read, by id; without invented samples."""
        return self.kept("headers", None, lambda: self._read_headers(samples=False))

    def samples(self) -> Mapping[str, RegionHeader]:
        """Headers of invented regions. They have pages of their own; no list, search or figure holds them."""
        return self.kept("samples", None, lambda: self._read_headers(samples=True))

    def header(self, region_id: str) -> RegionHeader:
        """Raises NotFound."""
        header = self.headers().get(region_id) or self.samples().get(region_id)
        if header is None:
            raise NotFound("There is no such region here.")
        return header

    def today(self, region_id: str) -> date:
        """Today where the region is. Raises NotFound."""
        return datetime.now(ZoneInfo(self.header(region_id).time_zone)).date()

    def origin(self, region_id: str) -> Origin | None:
        """Where the region is written, if it is received; None: it is written here, or there is no such region."""
        return self.kept("origins", None, self._read_origins).get(region_id)

    def regions_of(self, region_id: str | None) -> tuple[str, ...]:
        """The region, or all that the public may read. Raises NotFound."""
        return tuple(self.headers()) if region_id is None else (self.header(region_id).id,)

    def vocabulary(self, region_id: str) -> Vocabulary:
        """Raises NotFound."""
        header = self.header(region_id)
        return self.read("vocabulary", region_id, lambda session: vocabulary.read(session, region_id, header))

    def directory(self, region_id: str) -> tuple[Stakeholder, ...]:
        """Published stakeholders of a region by slug. Raises NotFound."""
        return self.read("directory", region_id, directory)

    def mandates(self, region_id: str) -> tuple[group.Dated, ...]:
        """Every version of the group's mandate, the oldest first: of the package, then adopted. Raises NotFound."""
        shipped = group.shipped(self.header(region_id))
        return self.read("mandates", region_id, lambda session: (*shipped, *group.adopted(session)))

    def meaning(self, region_id: str | None = None) -> Meaning:
        """Which words mean the same in a region, or anywhere."""
        return self.thesaurus(region_id).alternatives

    def thesaurus(self, region_id: str | None = None) -> Thesaurus:
        """What the platform and a region, or all of them, say about words that mean the same. Raises NotFound."""
        return self.kept("thesaurus", region_id, lambda: self._read_thesaurus(region_id))

    def _read_thesaurus(self, region_id: str | None) -> Thesaurus:
        headers = self.headers().values() if region_id is None else (self.header(region_id),)
        languages = {"en", "fr"} | {lang for header in headers for lang in header.languages}
        names = [name for header in headers for name in header.name.values()]
        added = {
            f"{header.id}.{key}": one for header in headers for key, one in self.vocabulary(header.id).synonyms.items()
        }
        return Thesaurus(concepts(), added, languages, names)

    def kept(self, name: str, region_id: str | None, build: Callable[[], T]) -> T:
        """What *build* returned for the present public revision, built again when that moves.

        While the database is away, what was known last: a help line that was right a minute ago is worth telling.
        """
        revision = self.revisions.of(region_id)
        known = self._kept.get((name, region_id))
        try:
            if revision is None:
                return build()
            if known is None or known[0] != revision:
                with self._building.setdefault((name, region_id), Lock()):
                    known = self._kept.get((name, region_id))  # another reader may have built it meanwhile
                    if known is None or known[0] != revision:
                        known = self._kept[name, region_id] = (revision, build())
        except DatabaseAway:
            if known is None:
                raise
        value: T = known[1]
        return value

    def until_written(self, key: Hashable, build: Callable[[], T]) -> T:
        """What *build* returned, until anything at all is written in the database, public or not.

        For what one person is told on page after page. *key* says whom it is for, too.
        """
        mark = self.revisions.of_everything()  # before it is built: what is written meanwhile makes it old
        with self._told_lock:
            known = self._told.get(key)
        if mark is not None and known is not None and known[0] == mark:
            value: T = known[1]
            return value
        built = build()
        if mark is not None:
            with self._told_lock:
                self._told[key] = mark, built
                self._told.move_to_end(key)
                while len(self._told) > MOST_TOLD:
                    self._told.popitem(last=False)
        return built

    def read(self, name: str, region_id: str, read: Callable[[Session], T]) -> T:
        """What *read* finds in a region, read again when what the public reads there has changed. Raises NotFound."""
        self.header(region_id)

        def build() -> T:
            with self.database.read(region_id) as session:
                return read(session)

        return self.kept(name, region_id, build)

    def _read_origins(self) -> Mapping[str, Origin]:
        with self.database.read(ALL) as session:
            return self._all_origins(session)

    def _read_headers(self, *, samples: bool) -> Mapping[str, RegionHeader]:
        wanted = self.settings.regions
        return {
            name: decoded(facts, RegionHeader)
            for name, home, facts in self.database.all_rows(
                "SELECT id, home, facts FROM region WHERE enabled ORDER BY id"
            )
            if is_sample(name, home=home) is samples and (not wanted or name in wanted)
        }
