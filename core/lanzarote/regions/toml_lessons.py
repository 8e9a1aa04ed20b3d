"""What to do where a file stops being TOML, by what the reader says and by what stands where it stumbled."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Final

from msgspec import Struct

from lanzarote.configuration.toml_lines import opened, written_keys
from lanzarote.store.ids import slugify

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
        "this table stands twice; put the two together, or, where a list of tables is needed, write "
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
            return f"{longer[-2]} stands here with its language ({name}) and without one; every text has its language"
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
_DIGIT = r"behind the point of a number stands a digit: \1.0"
_CLOSE = r"a number has no spaces: \1\2"
_CURLY = "[“”„‟«»‘’‚]"
_STRAIGHT = '“ ” and the like are no quotes of TOML; put the text between two straight ones: "…"'
_MARK_INSIDE = r'a quotation mark stands inside the text; write “ ” there, or \\" for each'
_APOSTROPHE = 'an apostrophe ends a text that begins with one; put the text between double quotes: "…"'
_ONE_LINE = "a table in braces { … } stands on one line in TOML; put it on one line"
_COMMA = "a comma is missing between two entries, before \\1"
_BOOLEAN = "write true or false, in small letters and without quotes"

_LESSONS: Final[Sequence[tuple[str, str, Say]]] = (
    ("Cannot declare", r"^\s*\[\[?([^\[\]]+)\]", _twice),
    ("Cannot overwrite a value", r"^\s*\[\[?([^\[\]]+)\]", _twice),
    ("Cannot overwrite a value", _ANY, _text_and_texts),
    ("Cannot overwrite a value", _ANY, "this key stands twice in its table; keep one"),
    ("Duplicate inline table key", _ANY, "this key stands twice in its table; keep one"),
    ("Cannot declare", _ANY, "this table stands twice; put the two together"),
    ("Cannot redefine namespace", _ANY, "this table stands twice; put the two together"),
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
    ("Expected '=' after a key", r"(\S+?)\s*⌖:", r"a colon stands behind the key; TOML has an equals sign: \1 = …"),
    ("Expected '=' after a key", rf"⌖{_NO_BREAK}+\s*=", "a no-break space stands before the =; write a plain space"),
    ("Expected '=' after a key", r"(?P<open>^|[{,])\s*(?P<name>[^=:{,]*⌖[^=:]+?)\s*(?P<close>)=", _fit_key),
    ("Expected '=' after a key", _ANY, f"there is no = behind the key; {_KEY}"),
    ("Invalid initial character for a key part", r"[{,]\s*⌖(?:#|$)", _ONE_LINE),
    ("Invalid initial character for a key part", r",\s*⌖\}", "take out the comma before the }"),
    ("Invalid initial character for a key part", _ANY, _KEY),
    ("Invalid value", rf"⌖{_NO_BREAK}", "a no-break space stands before the value; write a plain space"),
    ("Invalid value", r"⌖(?i:true|false|yes|no|on|off)\b", _BOOLEAN),
    ("Invalid value", rf"⌖{_CURLY}", _STRAIGHT),
    ("Invalid value", r"⌖(-?)\.(\d+)", r"before the point of a number stands a digit: \g<1>0.\2"),
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
