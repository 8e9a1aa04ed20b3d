"""Reads TOML files that may hold anything; what cannot be read is told with its line and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from lanzarote.configuration.toml_lines import opened, written_keys
from lanzarote.store.ids import slugify

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


# --- What to do where a file stops being TOML, by what the reader says and by what stands where it stumbled ---

_SEEN: Final = 300
"""Characters to each side; a hostile line may be as long as its file."""
ENDS: Final = "The file ends in the middle of a value"


class Stumble(Struct, frozen=True, kw_only=True, dict=True):
    """Where the reader of TOML could not go on."""

    message: str
    text: str
    line: int
    """From 1."""
    column: int
    """From 0: what stands there cannot stand there."""

    @cached_property
    def shown(self) -> str:
        """The line around it, with ``⌖`` where the reader stumbled."""
        written = self.text.split("\n")[self.line - 1]
        begin, end = max(0, self.column - _SEEN), self.column + _SEEN
        return f"{written[begin : self.column]}⌖{written[self.column : end]}"

    @property
    def opened(self) -> int:
        """The line of the last bracket or brace that is still open there; 0 when none is."""
        lines = self.text.split("\n")
        return opened("\n".join([*lines[: self.line - 1], lines[self.line - 1][: self.column]]))


Say = str | Callable[[Stumble, re.Match[str]], str]


def lesson(stumble: Stumble) -> str:
    """What to do about it; empty when nothing is known."""
    for message, pattern, say in _LESSONS:
        found = re.search(pattern, stumble.shown) if stumble.message.startswith(message) else None
        if found and (told := found.expand(say) if isinstance(say, str) else say(stumble, found)):
            return told
    return ""


def _twice(stumble: Stumble, found: re.Match[str]) -> str:
    name = found[1].replace("⌖", "").strip()
    return (
        "this table is here twice; put the two together, or, where a list of tables is needed, write "
        f"[[{name}]] above each, with two brackets on each side"
    )


def _text_and_texts(stumble: Stumble, found: re.Match[str]) -> str:
    """A text without a language stands beside one with."""
    written = [path for line, path in written_keys(stumble.text) if line <= stumble.line]
    here = written[-1] if written else ()
    for path in written:
        longer, shorter = sorted((path, here), key=len, reverse=True)
        if shorter and longer[:-1] == shorter and re.fullmatch("[a-z]{2,3}(-[A-Za-z]+)*", str(longer[-1])):
            name = f"{longer[-2]}.{longer[-1]}"
            return f"{longer[-2]} is here with its language ({name}) and without one; every text has its language"
    return ""


def _fit_key(stumble: Stumble, found: re.Match[str]) -> str:
    opening, name, closing = found["open"], found["name"].replace("⌖", ""), found["close"]
    fit = ".".join(slugify(part) for part in name.split("."))
    return f"{_KEY}: write {opening}{fit}{closing}"


def _unclosed(stumble: Stumble, found: re.Match[str]) -> str:
    return f"the list that opens in line {stumble.opened} is never closed; put ] at its end"


def _ends(stumble: Stumble, found: re.Match[str]) -> str:
    return f"close its list, braces or quotes{f', opened in line {stumble.opened}' if stumble.opened else ''}"


_ANY: Final = ""
_KEY: Final = "a key is made of small letters a to z, digits and hyphens"
_NO_BREAK: Final = "[\u00a0\u2007\u202f]"
_DAY = r"a day is written year, month, day, with hyphens: 2026-11-27"
_POINT = r"a number has a point: \1.\2"
_DIGIT = r"a number has a digit behind its point: \1.0"
_CLOSE = r"a number has no spaces: \1\2"
_CURLY = "[“”„‟«»‘’‚]"
_STRAIGHT = '“ ” and the like are no quotes of TOML; put the text between two straight ones: "…"'
_MARK_INSIDE = r'a quotation mark is inside the text; write “ ” there, or \\" for each'
_APOSTROPHE = 'an apostrophe ends a text that begins with one; put the text between double quotes: "…"'
_ONE_LINE = "a table in braces { … } is on one line in TOML; put it on one line"
_COMMA = "a comma is missing between two entries, before \\1"
_BOOLEAN = "write true or false, in small letters and without quotes"

_LESSONS: Final[Sequence[tuple[str, str, Say]]] = (
    ("Cannot declare", r"^\s*\[\[?([^\[\]]+)\]", _twice),
    ("Cannot overwrite a value", r"^\s*\[\[?([^\[\]]+)\]", _twice),
    ("Cannot overwrite a value", _ANY, _text_and_texts),
    ("Cannot overwrite a value", _ANY, "this key is in its table twice; keep one"),
    ("Duplicate inline table key", _ANY, "this key is in its table twice; keep one"),
    ("Cannot declare", _ANY, "this table is here twice; put the two together"),
    ("Cannot redefine namespace", _ANY, "this table is here twice; put the two together"),
    ("Cannot mutate", _ANY, "this was closed in braces { } above and cannot be added to; put it there"),
    ("Expected newline or end of document", r"=\s*\d+(⌖?[./]⌖?)\d+⌖?[./]⌖?\d+", _DAY),
    ("Expected newline or end of document", r"=\s*\d{4}⌖/\d", _DAY),
    ("Expected newline or end of document", r"=\s*(-?\d+)⌖,(\d+)\s*(?:#|$)", _POINT),
    ("Expected newline or end of document", r"=\s*-?0⌖0*([1-9]\d*)", r"a number does not begin with 0: \1"),
    ("Expected newline or end of document", r"=\s*(-?\d[\d.]*)\s*⌖%", r"a number stands alone, without %: \1"),
    ("Expected newline or end of document", r"=\s*(-?\d+)⌖\.\s*(?:#|$)", _DIGIT),
    ("Expected newline or end of document", rf"=\s*(-?\d{{1,3}})(?:\s|{_NO_BREAK})⌖(\d{{3}})\b", _CLOSE),
    ("Expected newline or end of document", r'=\s*"[^"]*"\s*⌖[^\s"#]', _MARK_INSIDE),
    ("Expected newline or end of document", r"=\s*'[^']*'\s*⌖[^\s'#]", _APOSTROPHE),
    ("Expected newline or end of document", _ANY, "there is something behind the value; text is put in quotes"),
    ("Illegal character '\\n'", rf'"[^"]*{_CURLY}[\s,\]}}]*⌖', _STRAIGHT),
    ("Illegal character '\\n'", _ANY, 'a text ends on its line; put a longer one between three quotes (""")'),
    ("Illegal character", _ANY, "take the invisible character out"),
    ("Found invalid character", _ANY, "take the invisible character out"),
    ('Expected "', _ANY, "a text is never closed; add the quotes at its end"),
    ("Invalid date or datetime", _ANY, "there is no such day; days are written 2014-06-02"),
    ("Invalid statement", _ANY, "a line is a [table], a key = value, or a # comment"),
    ("Expected ']", r"^\s*(?P<open>\[\[?)(?P<name>[^\[\]]*⌖[^\[\]]+)(?P<close>\]\]?)", _fit_key),
    ("Expected ']", _ANY, "the brackets around the name of a table are not closed"),
    ("Expected '=' after a key", r"(-?\d+),(\d+)\s*⌖", _POINT),
    ("Expected '=' after a key", r"(\S+?)\s*⌖:", r"a colon is behind the key; TOML has an equals sign: \1 = …"),
    ("Expected '=' after a key", rf"⌖{_NO_BREAK}+\s*=", "a no-break space is before the =; write a plain space"),
    ("Expected '=' after a key", r"(?P<open>^|[{,])\s*(?P<name>[^=:{,]*⌖[^=:]+?)\s*(?P<close>)=", _fit_key),
    ("Expected '=' after a key", _ANY, f"there is no = behind the key; {_KEY}"),
    ("Invalid initial character for a key part", r"[{,]\s*⌖(?:#|$)", _ONE_LINE),
    ("Invalid initial character for a key part", r",\s*⌖\}", "take out the comma before the }"),
    ("Invalid initial character for a key part", _ANY, _KEY),
    ("Invalid value", rf"⌖{_NO_BREAK}", "a no-break space is before the value; write a plain space"),
    ("Invalid value", r"⌖(?i:true|false|yes|no|on|off)\b", _BOOLEAN),
    ("Invalid value", rf"⌖{_CURLY}", _STRAIGHT),
    ("Invalid value", r"⌖(-?)\.(\d+)", r"a number has a digit before its point: \g<1>0.\2"),
    ("Invalid value", _ANY, "there is no value that TOML knows: text is put in quotes"),
    (ENDS, _ANY, _ends),
    ("Unclosed array", r'"⌖[^\W\d][^"]*"', _MARK_INSIDE),
    ("Unclosed array", r"'⌖[^\W\d][^']*'", _APOSTROPHE),
    ("Unclosed array", r"^⌖\[|⌖[\w.-]+\s*=|⌖$", _unclosed),
    ("Unclosed array", r"⌖([^\s,\]}]+)", _COMMA),
    ("Unclosed inline table", r"⌖(?:#|$)", _ONE_LINE),
    ("Unclosed inline table", r"⌖([\w.-]+)\s*=", _COMMA),
    ("Unclosed", _ANY, "a bracket or brace is never closed"),
    ("Unterminated", _ANY, "a text is never closed; add the quotes at its end"),
    ("Unescaped '\\' in a string", _ANY, "write \\\\\\\\ for a backslash, or put the text in single quotes"),
)  # fmt: skip
"""How the message begins, what stands in the line (``⌖``: where the reader stumbled), what to say; the first counts."""


# --- Reading a file ---

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
        raise Unreadable("lists or tables are nested too deeply to be read") from None
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
