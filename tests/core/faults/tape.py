"""Records every write and sync that SQLite asks of the operating system, and plays back what a power cut leaves.

SQLite reaches its files through a table of functions, its VFS. Three of them are replaced here by ones that note what
was asked before they do it: no compiler and no tracer is needed, whoever runs the tests. What was written since a
file's last sync may reach the disk or not, in any order and in part; a file that was never synced may not be there.
"""

from __future__ import annotations

import ctypes
import random
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Written = tuple[str, str, int, bytes]
"""What was done, with which file (db or wal), at which place, and what was written."""

_FILE = ctypes.c_void_p
# The name goes on as the address it came as: SQLite keeps that address, and calls the shared memory after what it finds
# there later. A copy of the name would be gone by then.
_OPEN = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, _FILE, ctypes.c_int, ctypes.POINTER(ctypes.c_int)
)
_DELETE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int)
_WRITE = ctypes.CFUNCTYPE(ctypes.c_int, _FILE, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64)
_TRUNCATE = ctypes.CFUNCTYPE(ctypes.c_int, _FILE, ctypes.c_int64)
_SYNC = ctypes.CFUNCTYPE(ctypes.c_int, _FILE, ctypes.c_int)


class _Vfs(ctypes.Structure):
    """The beginning of ``sqlite3_vfs``."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("app_data", ctypes.c_void_p),
        ("open", _OPEN),
        ("delete", _DELETE),
    ]


class _Methods(ctypes.Structure):
    """``sqlite3_io_methods`` as of version 3."""

    _fields_ = [
        ("version", ctypes.c_int),
        ("close", ctypes.c_void_p),
        ("read", ctypes.c_void_p),
        ("write", _WRITE),
        ("truncate", _TRUNCATE),
        ("sync", _SYNC),
        ("rest", ctypes.c_void_p * 13),
    ]


class _File(ctypes.Structure):
    """``sqlite3_file``."""

    _fields_ = [("methods", ctypes.POINTER(_Methods))]


class Tape:
    """From the moment it is made, everything that this process's SQLite writes into *database* is noted."""

    def __init__(self, database: str) -> None:
        self._names = {database: "db", f"{database}-wal": "wal"}
        self._files: dict[int, str] = {}
        self._noted: list[Written] = []
        self._lock = Lock()
        self._kept: list[Any] = []
        """What C points to must not be collected."""
        self._tables: dict[int, Any] = {}
        self._wrap(_default_vfs())

    def acknowledge(self, what: bytes) -> None:
        self._note("acknowledged", "", 0, what)

    def save(self, path: Path) -> None:
        with self._lock:
            path.write_bytes(msgspec.msgpack.encode(self._noted))

    def _note(self, what: str, file: str, place: int = 0, content: bytes = b"") -> None:
        with self._lock:
            self._noted.append((what, file, place, content))

    def _wrap(self, vfs: _Vfs) -> None:
        # By their addresses: what ctypes reads from a field changes with the field.
        really_open = _OPEN(ctypes.cast(vfs.open, ctypes.c_void_p).value or 0)
        really_delete = _DELETE(ctypes.cast(vfs.delete, ctypes.c_void_p).value or 0)

        def opened(vfs_: int, name: int | None, file: int, flags: int, told: Any) -> int:
            done: int = really_open(vfs_, name, file, flags, told)
            known = self._names.get(ctypes.string_at(name).decode() if name else "")
            if done == 0 and known:
                self._files[file] = known
                handle = _File.from_address(file)
                handle.methods = ctypes.pointer(self._table(handle.methods))
            return done

        def deleted(vfs_: int, name: bytes, sync: int) -> int:
            if known := self._names.get(name.decode()):
                self._note("deleted", known)
            return int(really_delete(vfs_, name, sync))

        vfs.open, vfs.delete = _OPEN(opened), _DELETE(deleted)
        self._kept += [really_open, really_delete, vfs]

    def _table(self, real: Any) -> _Methods:
        """The functions of a kind of file, three of them ours."""
        address = ctypes.addressof(real.contents)
        if address in self._tables:
            known: _Methods = self._tables[address]
            return known
        write, truncate, sync = real.contents.write, real.contents.truncate, real.contents.sync

        def written(file: int, content: int, amount: int, place: int) -> int:
            self._note("written", self._files[file], place, ctypes.string_at(content, amount))
            return int(write(file, content, amount, place))

        def truncated(file: int, size: int) -> int:
            self._note("truncated", self._files[file], size)
            return int(truncate(file, size))

        def synced(file: int, flags: int) -> int:
            done = int(sync(file, flags))
            if done == 0:
                self._note("synced", self._files[file])  # only what has returned can be relied on
            return done

        ours = _Methods.from_buffer_copy(real.contents)
        ours.write, ours.truncate, ours.sync = _WRITE(written), _TRUNCATE(truncated), _SYNC(synced)
        self._kept += [write, truncate, sync, ours]
        self._tables[address] = ours
        return ours


def _default_vfs() -> _Vfs:
    import _sqlite3

    place = getattr(_sqlite3, "__file__", None)  # None: compiled into Python itself
    find = ctypes.CDLL(place).sqlite3_vfs_find
    find.argtypes, find.restype = [ctypes.c_char_p], ctypes.POINTER(_Vfs)
    found: _Vfs = find(None).contents
    return found


@dataclass
class _Disk:
    """One file: what is certain, and what was asked since its last sync."""

    certain: bytearray | None = None
    """None: it was never synced, and may not be there."""
    pending: list[Written] = field(default_factory=list)

    def image(self, keep: Callable[[Written], Sequence[Written]]) -> bytearray | None:
        left = [part for one in self.pending for part in keep(one)]
        if self.certain is None and not left:
            return None
        content: bytearray | None = bytearray(self.certain or b"")
        for what, _, place, written in left:
            content = _done(content if content is not None else bytearray(), what, place, written)
        return content

    def sync(self) -> None:
        self.certain = self.image(lambda one: [one])
        self.pending = []
        if self.certain is None:
            self.certain = bytearray()


def _done(content: bytearray, what: str, place: int, written: bytes) -> bytearray | None:
    if what == "deleted":
        return None
    if what == "truncated":
        del content[place:]
        return content
    if len(content) < place:
        content.extend(bytes(place - len(content)))
    content[place : place + len(written)] = written
    return content


class Playback:
    """What is on the disk when the power is cut after each of the recorded steps."""

    def __init__(self, tape: Path, before: Path) -> None:
        self._noted = msgspec.msgpack.decode(tape.read_bytes(), type=list[Written])
        self._before = before.read_bytes()

    def __len__(self) -> int:
        return len(self._noted)

    def count(self, what: str) -> int:
        return sum(one[0] == what for one in self._noted)

    def cut(
        self, points: Sequence[int], chance: random.Random, folder: Path
    ) -> Iterator[tuple[int, tuple[bytes, ...]]]:
        """For each of *points*: lay the files as they would be found, and give what was acknowledged by then."""
        disks = {"db": _Disk(bytearray(self._before)), "wal": _Disk()}
        acknowledged: list[bytes] = []
        wanted = sorted(set(points))
        at = 0
        for step, one in enumerate(self._noted, 1):
            what, file, _, content = one
            if what == "acknowledged":
                acknowledged.append(content)
            elif what == "synced":
                disks[file].sync()
            else:
                disks[file].pending.append(one)
            if at < len(wanted) and step == wanted[at]:
                at += 1
                self._lay(disks, chance, folder)
                yield step, tuple(acknowledged)

    def _lay(self, disks: dict[str, _Disk], chance: random.Random, folder: Path) -> None:
        """Of what was not synced nothing is there, or some of it, or some with one write torn in the middle."""
        share = chance.choice((0.0, 0.0, 0.3, 0.7, 0.95))

        def keep(one: Written) -> list[Written]:
            if chance.random() >= share:
                return []
            what, file, place, content = one
            if what == "written" and chance.random() < 0.1:
                return [(what, file, place, content[: chance.randrange(0, len(content) + 1, 1) // 512 * 512])]
            return [one]

        for name, part in (("db", ""), ("wal", "-wal")):
            file = folder / f"cut.sqlite{part}"
            content = disks[name].image(keep)
            if content is None:
                file.unlink(missing_ok=True)
            else:
                file.write_bytes(content)
        (folder / "cut.sqlite-shm").unlink(missing_ok=True)
