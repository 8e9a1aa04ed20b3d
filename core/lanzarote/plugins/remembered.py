"""What packages contribute, remembered per version, so that a start need not wait for their import."""

from __future__ import annotations

import os
import sys
import sysconfig
import threading
from contextlib import suppress
from functools import cache
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from lanzarote import __version__
from lanzarote.plugins.packages import ASLEEP, MANIFESTS, OFFERED, folder_of
from lanzarote.plugins.worker import Probed
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lanzarote.plugins.packages import Candidate, Package
    from lanzarote.plugins.worker import Loaded


FILE: Final = "packages.json"
CODE: Final = (".py", ".so", ".pyd", *map(os.path.basename, MANIFESTS))
"""How the names of those files end that make a package another one when they change."""
MOST_FILES: Final = 5_000
"""Files of code that are looked at to see whether a package changed."""


class Slot(Struct, kw_only=True, eq=False):
    """A package here."""

    candidate: Candidate
    package: Package | None = None
    """Nothing while it is not looked at."""
    added: bool = False
    """It is the application's own, and not installed."""
    values: Mapping[str, Sequence[Any]] = {}
    """Hook → what it contributes."""
    key: str = ""
    loaded: Loaded | None = None
    """Where it runs in this process."""
    failures: int = 0
    failed_at: float = 0
    """When the last of them was counted, as ``time.monotonic`` has it."""

    @property
    def seen(self) -> Package:
        """The package, as far as it was looked at."""
        return self.package or replace(self.candidate.package, idle=ASLEEP)


class Entry(Struct, frozen=True):
    key: str
    probed: Probed


class Remembered:
    """In this process, and in a file of the data folder where there is one."""

    _here: dict[str, Probed] = {}
    """Key → what the package is, for all that ask in this process."""

    def __init__(self, folder: Path | None = None) -> None:
        self._file = folder / FILE if folder else None
        self._alone = threading.Lock()
        self._read = 0
        self._entries: dict[str, Entry] = {}

    def find(self, package: Package, key: str) -> Probed | None:
        self._refresh()
        entry = self._entries.get(_place(package))
        return entry.probed if entry and entry.key == key else self._here.get(key)

    def keep(self, found: Mapping[str, Probed], *, here: bool = True) -> None:
        """Key → what packages turned out to be. *here*: when they were looked at, and not because of what they did."""
        if here:
            self._here.update(found)
        self._change({_place(probed.package): Entry(key, probed) for key, probed in found.items()})

    def forget(self, package: Package, key: str) -> None:
        """Look at the package again."""
        self._here.pop(key, None)
        self._change({_place(package): None})

    def _change(self, changed: Mapping[str, Entry | None]) -> None:
        with self._alone:
            self._refresh()
            self._entries = {place: one for place, one in {**self._entries, **changed}.items() if one}
            if self._file is None or not changed:
                return
            part = self._file.with_name(f".{FILE}.{os.getpid()}")
            # Where nothing can be written, each start looks again.
            with suppress(OSError):
                self._file.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(msgspec.json.encode(self._entries))
                part.replace(self._file)
                self._read = self._file.stat().st_mtime_ns

    def _refresh(self) -> None:
        """Read what another process wrote meanwhile; whatever the file holds, nothing depends on it."""
        if self._file is None:
            return
        with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            if (changed := self._file.stat().st_mtime_ns) != self._read and self._file.is_file():
                self._read = changed
                self._entries = decoded(self._file.read_bytes(), dict[str, Entry])


def key_of(package: Package) -> str:
    """Changes when the package, its settings, the platform, this Python or what is installed does."""
    digest = sha256("\0".join((*_surroundings(), repr(package))).encode("utf-8", "surrogateescape"))
    with suppress(OSError, ImportError, ValueError):
        for file in islice(_code(folder_of(package.module)), MOST_FILES):
            told = os.stat(file)
            digest.update(f"{file}\0{told.st_mtime_ns}\0{told.st_size}\0".encode("utf-8", "surrogateescape"))
    for setting in _settings(package.name):
        digest.update(setting.encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _settings(name: str) -> Iterator[str]:
    """The package's own settings: what it contributes may depend on them, and on the files that they name.

    Of a secret, only whether there is one.
    """
    own = f"LANZAROTE_PLUGIN_{name.upper().replace('-', '_')}_"
    for setting, value in sorted(os.environ.items()):
        if setting.startswith(own):
            yield f"{setting}\0"
            if "SECRET" not in setting:
                yield f"{value}\0"
                with suppress(OSError, ValueError):
                    told = os.stat(value)
                    yield f"{told.st_mtime_ns}\0{told.st_size}\0"


def _code(folder: str) -> Iterator[str]:
    for place, _, names in os.walk(folder):
        yield from (os.path.join(place, name) for name in sorted(names) if name.endswith(CODE))


@cache
def _surroundings() -> tuple[str, ...]:
    installed = Path(sysconfig.get_paths()["purelib"])
    return sys.version, __version__, OFFERED, str(installed.stat().st_mtime_ns if installed.exists() else 0)


def _place(package: Package) -> str:
    return f"{package.distribution}/{package.name}"
