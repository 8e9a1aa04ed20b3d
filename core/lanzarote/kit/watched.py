"""A region folder while it is edited: read anew when a file has changed, shown as it was when it could be loaded."""

from __future__ import annotations

import os
import shutil
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from lanzarote.app import create_app
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LanzaroteError, RegionError
from lanzarote.instance import Instance
from lanzarote.kit.check import exempt_in, own_laws, read_folder
from lanzarote.kit.folders import host_with
from lanzarote.regions.content import usable
from lanzarote.types import RegionHeader

if TYPE_CHECKING:
    from collections.abc import Sequence


class Shown:
    """The folder as it was at some time, with a database of its own; whoever uses it says so."""

    def __init__(self, instance: Instance, header: RegionHeader, place: Path) -> None:
        self.instance, self.header = instance, header
        self.since = datetime.now().astimezone()
        self.app: Any = create_app(instance)
        self._place = place
        self._users = 1
        self._lock = threading.Lock()
        instance.worker.start()

    def use(self) -> Shown:
        with self._lock:
            self._users += 1
        return self

    def leave(self) -> None:
        """When nobody uses it any more, it is thrown away."""
        with self._lock:
            self._users -= 1
            over = self._users == 0
        if over:
            self.instance.worker.stop()
            self.instance.close()
            shutil.rmtree(self._place, ignore_errors=True)


class State(Struct, frozen=True, kw_only=True):
    """What there is to show now."""

    number: int
    """Another one after each change."""
    shown: Shown | None
    """The folder when it could last be loaded; None: it never could."""
    faults: tuple[str, ...] = ()
    """Why the folder cannot be loaded as it is now; each with file, line and what to do."""
    warnings: tuple[str, ...] = ()
    exempt: tuple[str, ...] = ()
    """Warnings that the folder gives a reason for; told once, where the preview begins."""


class Watched:
    """*folder* and the folders of law it uses; *place*: an empty folder for what is needed to show them."""

    def __init__(self, folder: Path, laws: Sequence[Path], place: Path) -> None:
        self._folder, self._laws, self._place = folder, laws, place
        self._empty = place / "empty.sqlite"
        self._address = ""
        self._lock = threading.Lock()
        self._seen: object = None
        self._state = State(number=0, shown=None)

    def listen_at(self, address: str) -> None:
        """Tell under which address everything is shown."""
        self._address = address

    def look(self) -> State:
        """The state of now; reads the folder when anything in it has changed. The state's ``shown`` is in use."""
        with self._lock:
            seen = self._signature()
            if seen != self._seen:
                self._seen = seen
                self._state = self._read(self._state)
            if self._state.shown:
                self._state.shown.use()
            return self._state

    def close(self) -> None:
        if self._state.shown:
            self._state.shown.leave()

    def _signature(self) -> object:
        """What differs after any file was written, added, renamed or removed."""
        found = []
        for root in (self._folder, *own_laws(self._folder, self._laws)):
            for parent, _, names in os.walk(root):
                for name in names:
                    try:
                        status = os.stat(os.path.join(parent, name))
                    except OSError:
                        continue
                    found.append((parent, name, status.st_mtime_ns, status.st_size, status.st_ino))
        return sorted(found)

    def _read(self, before: State) -> State:
        number = before.number + 1
        try:
            content = read_folder(self._folder, self._laws)
            exempt = exempt_in(self._folder, content)
            warnings = tuple(str(one) for one in content.problems if one.warning and one not in exempt)
            usable(content, self._folder.resolve().name)
            shown = self._load(content.header, number)
        except RegionError as error:
            return State(number=number, shown=before.shown, faults=error.problems or (str(error),))
        except (LanzaroteError, OSError) as error:
            return State(number=number, shown=before.shown, faults=(str(error),))
        if before.shown:
            before.shown.leave()
        return State(number=number, shown=shown, warnings=warnings, exempt=tuple(map(str, exempt)))

    def _load(self, header: Any, number: int) -> Shown:
        assert isinstance(header, RegionHeader)
        place = self._place / str(number)
        place.mkdir()
        if not self._empty.exists():
            with new_instance(self._settings(self._empty, place)) as instance:
                instance.migrate()
        for file in self._place.glob(f"{self._empty.name}*"):
            shutil.copy(file, place / file.name)
        instance = new_instance(
            self._settings(place / self._empty.name, place),
            host_with([self._folder], own_laws(self._folder, self._laws)),
        )
        instance.address = self._address
        try:
            instance.load(header.id)
            return Shown(instance, header, place)
        except BaseException:
            instance.close()
            shutil.rmtree(place, ignore_errors=True)
            raise

    def _settings(self, database: Path, data: Path) -> Any:
        return read_settings({"LANZAROTE_DATA": str(data), "LANZAROTE_DATABASE_URL": f"sqlite:///{database}"})
