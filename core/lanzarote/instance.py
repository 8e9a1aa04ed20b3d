"""One instance of the platform: settings, packages, database, what is kept in memory. Make as many as you need."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from lanzarote.errors import NoDatabase, NotFound, PackageError, SettingError
from lanzarote.plugins import FORMATS, Host
from lanzarote.public_memory import InMemory, Origin
from lanzarote.records import changelog, records, save_checks
from lanzarote.records.changelog import BY, Served, bump_revision
from lanzarote.records.idempotency import Answers
from lanzarote.records.received import received
from lanzarote.regions import folder
from lanzarote.regions.claims import InstalledRegions, content_of, law_of
from lanzarote.regions.content import usable
from lanzarote.regions.words import words_of
from lanzarote.runtime import listening
from lanzarote.store.database import Database, known_schemas, migrate, schema_version
from lanzarote.translation import Translations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lanzarote.configuration.settings import Settings
    from lanzarote.records.kinds import Kinds
    from lanzarote.records.outbox import Worker
    from lanzarote.regions.claims import Installed
    from lanzarote.regions.content import Content
    from lanzarote.regions.seeds import Report
    from lanzarote.types import LegalFramework

T = TypeVar("T")
MOST_REMEMBERED: Final = 50
"""The vocabularies of so many regions are read at the start: each takes 10 ms and half a megabyte."""


def host_of(settings: Settings) -> Host:
    """The packages as *settings* have them; they find their own settings in the environment, wherever they are said."""
    os.environ.update(settings.said.from_files)
    for name in settings.said.read_files:
        os.environ.pop(name, None)
    return Host(safe_mode=settings.safe_mode, folder=settings.data, in_process=settings.in_process)


class MeetingTitle(NamedTuple):
    slug: str
    title: Mapping[str, str]
    original: str


@dataclass(frozen=True)
class Rooms:
    """What the rooms bring to an instance, which knows none of them: ``composition`` says what."""

    kinds: Kinds
    """The kinds of records, by name; what others name comes before them."""
    attach: Callable[[Instance], None]
    """Let the rooms hear of every write."""
    worker: Callable[[Instance], Worker]
    load: Callable[[Instance, str, bool, str], Report]
    """Load a region by its id, in a dry run or not, in somebody's name."""
    mail_topics: tuple[str, ...]
    """How the topics of all jobs begin that send e-mails."""
    origins: Callable[[Session], Mapping[str, Origin]]
    """Where the regions are written that are received here, by id."""
    holding: Callable[[Instance, str, str, str, str], frozenset[str]]
    meeting_titles: Callable[[Session], Mapping[str, MeetingTitle]]


class Instance(InMemory):
    """Everything one application needs. ``close`` it, or use it with ``with``."""

    def __init__(self, settings: Settings, rooms: Rooms, host: Host | None = None) -> None:
        super().__init__(
            settings,
            Database(settings.database_url, direct=settings.direct_url, replica=settings.replica_url),
            rooms.origins,
        )
        self.rooms = rooms
        self.host = host or host_of(settings)
        self.address = ""
        """Where this process listens; told by whoever makes it listen."""
        self._has_schema = False
        self._words: tuple[dict[str, str], Translations] | None = None
        self.database.kinds |= rooms.kinds
        rooms.attach(self)

    def __enter__(self) -> Instance:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if "revisions" in self.__dict__:
            self.revisions.close()
        self.database.close()

    @property
    def kinds(self) -> Kinds:
        """The kinds of records, by name."""
        return self.database.kinds

    @property
    def translations(self) -> Translations:
        """The platform's words: from the packages, and from the own folders of the regions that are here by now."""
        self._has_schema = self._has_schema or self.ready
        here = self.kept("owners", None, self._distributions) if self._has_schema else {}
        if self._words is None or self._words[0] != here:
            self._words = here, words_of(self.host, self.installed, here)
        return self._words[1]

    def remember_help(self) -> None:
        """Know the help lines from now on, whatever becomes of the database; of many regions, once they were read."""
        for region_id in islice(self.headers(), MOST_REMEMBERED):
            self.vocabulary(region_id)
            self.origin(region_id)
        _ = self.translations  # reads once whether there is a schema

    @property
    def public_address(self) -> str:
        """The address that mails and feeds name: never taken from a request, which may say anything."""
        chosen = self.settings
        there = chosen.base_url or self.address or listening.address_of(chosen.data, chosen.database_url)
        return there or listening.as_address(chosen.host, chosen.port)

    @cached_property
    def answers(self) -> Answers:
        """What requests with a key were answered."""
        return Answers(self.database)

    @cached_property
    def worker(self) -> Worker:
        """Does what follows from writes."""
        self.wake()  # each package that is told of events gets a thread
        return self.rooms.worker(self)

    def holding(self, region_id: str, kind: str, words: str, lang: str) -> frozenset[str]:
        """Ids and keys of what of *kind*, other than practices, holds all *words* in a region. Raises NotFound."""
        return self.rooms.holding(self, region_id, kind, words, lang)

    def meeting_titles(self, region_id: str) -> Mapping[str, MeetingTitle]:
        """Of meetings that the public reads, by id. Raises NotFound."""
        return self.read("meeting titles", region_id, self.rooms.meeting_titles)

    # What is installed

    @cached_property
    def installed(self) -> InstalledRegions:
        """Regions whose packages are installed, by id; importing no more of them than is asked for."""
        return InstalledRegions(self.host, self.owners())

    def wake(self) -> None:
        """Import what the loaded regions use, so that it is ready and its faults are known."""
        # All in one: each time that is waited for what hangs, the start takes that much longer.
        self.installed.wake(self.owners(), *(save_checks.everywhere(self.database) if self.ready else ()))
        for hook in FORMATS:
            self.host.contributed(hook)

    def owners(self) -> dict[str, str]:
        """From which distribution each loaded region was loaded."""
        return {name: owner for name, owner in self._distributions().items() if owner} if self.ready else {}

    def _distributions(self) -> dict[str, str]:
        """As ``owners``; empty for a region that was loaded from none, such as a folder that is previewed."""
        return {name: owner or "" for name, owner in self.database.all_rows("SELECT id, package FROM region")}

    def move(self, region_id: str, distribution: str, *, by: str = BY) -> None:
        """Let a loaded region be upgraded from another *distribution* from now on. Raises NotFound, PackageError."""
        with self.database.write(region_id) as session:
            served = _served(session, region_id)
            self.host.wake(*self.host.asleep({distribution}))
            if distribution not in {one.distribution for one in self.host.packages if "regions" in one.hooks}:
                unused = (one for one in self.installed.unused() if one.distribution == distribution)
                why = next((f": {one.away}. {one.way_out}." for one in unused), ".")
                raise PackageError(f"No installed distribution called {distribution!r} describes a region{why}")
            served.package = distribution
            session.flush()
            _audit(session, region_id, "move", by)

    def own_package(self, region_id: str) -> str:
        """The package that describes the region: it is always switched on there.

        Empty when it is not installed, and of a region that is received: only where it is written is it asked.
        """
        with self.database.read(region_id) as session:
            return self._own_package(session, region_id)

    def switched_on(self, session: Session, region_id: str) -> frozenset[str]:
        """Names of the packages that are asked and told about what happens in the region."""
        own = self._own_package(session, region_id)
        return save_checks.switched_on(session, region_id) | ({own} if own else set())

    def _own_package(self, session: Session, region_id: str) -> str:
        served = session.get(Served, region_id)
        if served is not None and not served.home:
            return ""
        installed = self.installed.known(region_id)
        return installed.package.name if installed else ""

    def content(self, region_id: str) -> Content:
        """Read and check the installed folder of a region. Raises PackageError, RegionError."""
        installed = self.installed.get(region_id)
        if installed is None:
            raise PackageError(self._nobody_describes(region_id))
        return usable(content_of(self.host, installed, self.owners()), region_id)

    def _nobody_describes(self, region_id: str) -> str:
        known = ", ".join(self.installed) or "none"
        if own := self.installed.at_fault(region_id):
            return f"The region {region_id!r} cannot be loaded: its package {own.away}. {own.way_out}."
        unused = ", ".join(one.known for one in self.installed.unused())
        more = f"; not used, as `lanzarote plugins` shows: {unused}" if unused else ""
        return f"No installed package describes the region {region_id!r} (installed regions: {known}{more})."

    def digest(self, region_id: str) -> str:
        """Digest of everything the installed packages say about a region."""
        installed = self.installed[region_id]
        return folder.folder_digest([installed.region.path, *(law.path for law in self._laws(installed) if law)])

    def _laws(self, installed: Installed) -> list[LegalFramework | None]:
        """The laws that the region asks for; None for each that nobody brings."""
        own, wanted = installed.package.name, installed.header.law
        owners = self.owners() if wanted else {}
        return [law_of(self.host, one, own=own, owners=owners) for one in wanted]

    # Loading and upgrading

    def migrate(self) -> None:
        migrate(self.settings.database_url)

    @property
    def ready(self) -> bool:
        """The database has a schema."""
        return schema_version(self.database) is not None

    def refuse_newer(self) -> None:
        """Raise SettingError when a newer platform made the database: what this one would write could spoil it."""
        version = schema_version(self.database)
        if version is not None and version not in known_schemas():
            raise SettingError(
                f"The database has schema {version}, newer than this platform ({known_schemas()[-1]}); "
                "install the newer platform, or restore a backup into an empty database."
            )

    def load(self, region_id: str, *, dry_run: bool = False, by: str = BY) -> Report:
        """As ``exchange.loading.load``; what follows from it is done at once, but for e-mails."""
        return self.rooms.load(self, region_id, dry_run, by)

    def upgrades_due(self) -> list[str]:
        """Regions written here whose installed package says something else than what was last taken from it."""
        loaded = self.database.all_rows("SELECT id, facts_digest FROM region WHERE home ORDER BY id")
        self.installed.wake(name for name, _ in loaded)
        return [name for name, known in loaded if self._digest_now(name, known) != known]

    def _digest_now(self, region_id: str, known: str) -> str:
        """The digest; *known* where its package, or that of its law, is away, or its folder cannot be read."""
        installed = self.installed.get(region_id)
        if installed is None:
            return known
        if not all(self._laws(installed)):
            return known
        try:
            return self.digest(region_id)
        except Exception as error:  # the folder is the package's, and may be anything
            self.host.leave_aside(installed.package.name, f"the folder cannot be read: {error}")
            return known

    def loaded(self) -> dict[str, bool]:
        """Loaded regions by id, and whether the public may read them."""
        return {name: bool(on) for name, on in self.database.all_rows("SELECT id, enabled FROM region ORDER BY id")}

    def require_loaded(self, region_id: str) -> None:
        """Raises NotFound, which names the regions that are loaded."""
        if region_id not in (loaded := self.loaded()):
            known = ", ".join(loaded) or "none"
            raise NotFound(f"The region {region_id!r} is not loaded here (loaded regions: {known}).")

    def enable(self, region_id: str, *, on: bool = True, by: str = BY) -> None:
        """Let the public read a loaded region, or stop it. Raises NotFound."""
        with self.database.write(region_id) as session:
            self.enable_in(session, region_id, on=on, by=by)

    @staticmethod
    def enable_in(session: Session, region_id: str, *, on: bool, by: str) -> None:
        """As ``enable``, in a transaction in which more is written."""
        served = _served(session, region_id)
        served.enabled = on
        session.flush()
        # Whoever receives a region decides whether to show it, and writes nothing of it.
        with nullcontext() if served.home else received(session, region_id):
            _audit(session, region_id, "show" if on else "hide", by)
        bump_revision(session, region_id)


def _served(session: Session, region_id: str) -> Served:
    served = session.get(Served, region_id)
    if served is None:
        raise NotFound(f"The region {region_id!r} is not loaded; load it first: lanzarote load {region_id}")
    return served


def _audit(session: Session, region_id: str, verb: str, by: str) -> None:
    saved = changelog.Saved(
        region_id=region_id, kind="region", record_id=region_id, verb=verb, version=0, at=records.now()
    )
    changelog.record(session, [saved], by=by)


def no_database(settings: Settings) -> NoDatabase:
    place = settings.database_url.removeprefix("sqlite:///") if settings.sqlite else "LANZAROTE_DATABASE_URL"
    return NoDatabase(
        f"There is no database at {place}. Go to the folder where `lanzarote run` was started, "
        "or say where the data is: LANZAROTE_DATA or LANZAROTE_DATABASE_URL."
    )


def refuse_nothing(settings: Settings) -> None:
    """Raise NoDatabase rather than let SQLite make an empty one."""
    if settings.sqlite and not Path(settings.database_url.removeprefix("sqlite:///")).exists():
        raise no_database(settings)
