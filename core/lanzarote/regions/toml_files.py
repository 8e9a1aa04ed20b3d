"""Reads TOML files that may hold anything; what cannot be read is told with its line and what to do."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any, Final

from lanzarote.configuration.toml_lines import written_keys
from lanzarote.regions.toml_lessons import ENDS, Stumble, lesson

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LARGEST = 4_000_000
"""Bytes; the largest file of facts known to us has a fortieth of it."""


class Unreadable(Exception):
    """A file that holds no facts, whatever it holds."""

    def __init__(self, told: str, line: int = 0, key: str = "") -> None:
        super().__init__(told)
        self.told = told
        self.line = line
        self.key = key


MOST_SECTORS: Final = 500
"""Fields of work in a region; each has a page, and a place in every list of choices."""
MOST_TABLES: Final = 20_000
"""In any other file."""
_TABLE: Final = re.compile(r"^[ \t]*\[", re.MULTILINE)


def read_toml(file: Traversable) -> tuple[str, dict[str, Any]] | None:
    """The text of *file* and what it says; None when there is none. Raises Unreadable."""
    data = _bytes(file)
    if data is None:
        return None
    text = _text(data)
    most = MOST_SECTORS if file.name == "sectors.toml" else MOST_TABLES
    # Counted before it is read: tables take as long to read as everything else together.
    if (tables := len(_TABLE.findall(text))) > most:
        raise Unreadable(f"has {tables:,} tables, and there is room for {most:,}: is it the right file?")
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _lesson(str(error), text) from None
    except RecursionError:
        raise Unreadable("lists or tables stand in each other too deeply to be read") from None
    except ValueError as error:  # numbers beyond what Python reads
        raise Unreadable(f"holds a value that cannot be read: {str(error).partition(';')[0]}") from None


def _bytes(file: Traversable) -> bytes | None:
    if not (file.is_file() or file.is_dir()) and getattr(file, "exists", bool)():
        raise Unreadable("is a device or a pipe, whose end may never come; put a file here")
    try:
        with file.open("rb") as opened:
            data = opened.read(LARGEST + 1)
    except FileNotFoundError:
        if getattr(file, "is_symlink", bool)():
            raise Unreadable("is a link to a file that is not there; put the file itself here") from None
        return None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    if len(data) > LARGEST:
        raise Unreadable(f"is larger than {LARGEST // 1_000_000} MB; facts are short: is it the right file?")
    return data


def _text(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise Unreadable("begins with a byte order mark; save it as UTF-8 without one", 1)
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable("is not UTF-8; save the file in that encoding", line) from None


def _lesson(said: str, text: str) -> Unreadable:
    place = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", said)
    line = int(place[1]) if place and place[1] else text.rstrip().count("\n") + 1
    message = said[: place.start()] if place else said
    if place and place[1] and (found := _no_day(text.split("\n")[line - 1], int(place[2]))):
        key, day = found
        return Unreadable(f"there is no day {day}; days are written 2014-06-02", line, _key_on(text, line, key))
    if message == "Invalid value" and place and not place[1]:
        message = ENDS
    column = int(place[2]) - 1 if place and place[1] else len(text.split("\n")[line - 1])
    what = lesson(Stumble(message=message, text=text, line=line, column=column))
    told = f"is not TOML ({message[0].lower()}{message[1:]}); {what}" if what else f"is not TOML: {message}"
    return Unreadable(told, line, _key_on(text, line))


def _no_day(line: str, column: int) -> tuple[str, str] | None:
    """What looks like a day at *column* of *line*, behind its key; TOML takes its year for a number and stumbles."""
    days = re.finditer(r"(?:([\w-]+)\s*=\s*)?(?<![\w.-])(\d{4}-\d{1,2}-\d{1,2})(?![\w-])", line)
    return next(((day[1] or "", day[2]) for day in days if day.start(2) < column <= day.end()), None)


def _key_on(text: str, line: int, name: str = "") -> str:
    """The last key written on or before *line*; the last that is called *name*, if there is one."""
    before = [path for number, path in written_keys(text) if number <= line and name in ("", path[-1])]
    return ".".join(map(str, before[-1])) if before else ""
