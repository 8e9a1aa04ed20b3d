"""Reads TOML files that may hold anything; what cannot be read is told with its line and what to do."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from lanzarote.regions.lines import written_keys

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LARGEST = 4_000_000
"""Bytes; the largest file of facts known to us has a fortieth of it."""

_LESSONS = (
    ("Cannot overwrite a value", "this key stands twice in its table; keep one"),
    ("Duplicate inline table key", "this key stands twice in its table; keep one"),
    ("Cannot declare", "this table stands twice; put the two together"),
    ("Cannot redefine namespace", "this table stands twice; put the two together"),
    ("Cannot mutate immutable namespace", "this was closed in braces { } above and cannot be added to; put it there"),
    ("Expected newline or end of document", "there is something behind the value; text is put in quotes"),
    ("Illegal character '\\n'", 'a text ends on its line; put a longer one between three quotes (""")'),
    ("Illegal character", "take the invisible character out"),
    ("Found invalid character", "take the invisible character out"),
    ('Expected "', "a text is never closed; add the quotes at its end"),
    ("Invalid date or datetime", "there is no such day; days are written 2014-06-02"),
    ("Invalid statement", "a line is a [table], a key = value, or a # comment"),
    ("Expected ']'", "the brackets around the name of a table are not closed"),
    ("Expected '=' after a key", "there is no = behind the key; keys with blanks or accents are put in quotes"),
    ("Invalid initial character for a key part", "a key is made of letters, digits and hyphens"),
    ("Invalid value", "there is no value that TOML knows: text is put in quotes"),
    ("The file ends in the middle of a value", "close its list, braces or quotes"),
    ("Unclosed", "a bracket or brace is never closed"),
    ("Unterminated", "a text is never closed; add the quotes at its end"),
    ("Unescaped '\\' in a string", "write \\\\ for a backslash, or put the text in single quotes"),
)


class Unreadable(Exception):
    """A file that holds no facts, whatever it holds."""

    def __init__(self, told: str, line: int = 0, key: str = "") -> None:
        super().__init__(told)
        self.told = told
        self.line = line
        self.key = key


def read_toml(file: Traversable) -> tuple[str, dict[str, Any]] | None:
    """The text of *file* and what it says; None when there is none. Raises Unreadable."""
    data = _bytes(file)
    if data is None:
        return None
    text = _text(data)
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
        message = "The file ends in the middle of a value"
    heading = _again(message, text.split("\n")[line - 1])
    lesson = heading or next((lesson for begin, lesson in _LESSONS if message.startswith(begin)), "")
    told = f"is not TOML ({message[0].lower()}{message[1:]}); {lesson}" if lesson else f"is not TOML: {message}"
    return Unreadable(told, line, _key_on(text, line))


def _again(message: str, line: str) -> str:
    """What to do about the heading on *line*, when its table stands above; TOML makes lists of ``[[two brackets]]``."""
    heading = re.match(r"\s*\[\[?([^\[\]]+)\]", line)
    if heading and message.startswith(("Cannot declare", "Cannot overwrite a value")):
        return (
            "this table stands twice; put the two together, or, where a list of tables is needed, write "
            f"[[{heading[1].strip()}]] above each, with two brackets on each side"
        )
    return ""


def _no_day(line: str, column: int) -> tuple[str, str] | None:
    """What looks like a day at *column* of *line*, behind its key; TOML takes its year for a number and stumbles."""
    days = re.finditer(r"(?:([\w-]+)\s*=\s*)?(?<![\w.-])(\d{4}-\d{1,2}-\d{1,2})(?![\w-])", line)
    return next(((day[1] or "", day[2]) for day in days if day.start(2) < column <= day.end()), None)


def _key_on(text: str, line: int, name: str = "") -> str:
    """The last key written on or before *line*; the last that is called *name*, if there is one."""
    before = [path for number, path in written_keys(text) if number <= line and name in ("", path[-1])]
    return ".".join(map(str, before[-1])) if before else ""
