"""Reads and writes gettext ``.po`` files.

Babel's reader drops plural forms that its own table of languages does not foresee (French has three in CLDR, two there)
and keeps no line numbers for an error to name, so we read the few kinds of line ourselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from lanzarote.errors import LanzaroteError
from lanzarote.translation.formats import gettext_plurals


class CatalogueError(LanzaroteError):
    """A catalogue cannot be used."""


def line_and_fault(error: CatalogueError, name: str) -> tuple[int, str]:
    """What *error* says of the file called *name*: the line, if it names one, and the rest."""
    told = str(error).removeprefix(name).lstrip(",: ")
    found = re.match(r"line (\d+): ", told)
    return (int(found[1]), told[found.end() :]) if found else (0, told)


class Entry(Struct, kw_only=True):
    """One message of a ``.po`` file."""

    id: str
    plural: str | None = None
    context: str | None = None
    forms: list[str] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    comments: list[str] = field(default_factory=list)
    """What a translator wrote about it (``# …``)."""
    told: list[str] = field(default_factory=list)
    """What a translator is told about it (``#. …``)."""
    places: list[str] = field(default_factory=list)
    """Where it is used (``#: …``)."""
    line: int = 0
    """Where its msgid stands."""

    @property
    def key(self) -> tuple[str, str]:
        return self.context or "", self.id

    @property
    def translated(self) -> bool:
        return bool(self.forms) and all(self.forms)


_LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[(\d+)\])?)\s*)?"((?:[^"\\]|\\.)*)"\s*')
_ESCAPE = re.compile(r"\\(.)")
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


DRAFT = "X-Draft"
"""The field of a header that says, with any value, that a native reader has not gone through the words yet."""
_STANDARD = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


def header_of(text: str, name: str) -> dict[str, str]:
    """Return the fields at the head of a file called *name*, whatever follows."""
    head = next(_entries(text, name), Entry(id=""))
    lines = head.forms[0].splitlines() if not head.id and head.forms else []
    fields = (line.partition(":") for line in lines)
    return {field.strip(): value.strip() for field, _, value in fields}


def read_po(text: str, name: str) -> list[Entry]:
    """Return the entries of a file called *name*, its header (the empty msgid) first if there is one."""
    entries: list[Entry] = []
    seen: set[tuple[str, str]] = set()
    for entry in _entries(text, name):
        if entry.key in seen:
            raise CatalogueError(f'{name}, line {entry.line}: "{entry.id}" is there twice; keep one')
        seen.add(entry.key)
        entries.append(entry)
    return entries


def _entries(text: str, name: str) -> Iterator[Entry]:
    entry, keyword = Entry(id=""), ""
    complete = False
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#~"):
            continue
        if line.startswith("#"):
            if complete:
                yield entry
                entry, keyword, complete = Entry(id=""), "", False
            _note(entry, line)
            continue
        match = _LINE.fullmatch(line)
        if match is None or not (match[1] or keyword):
            raise CatalogueError(f'{name}, line {number}: expected msgid "…", msgstr "…" or "…", not {line[:40]}')
        if match[1] in ("msgid", "msgctxt") and complete:
            yield entry
            entry, complete = Entry(id=""), False
        keyword = match[1] or keyword
        value = _ESCAPE.sub(lambda found: _UNESCAPED.get(found[1], found[0]), match[3])
        _add(entry, keyword, value, starts=bool(match[1]), place=f"{name}, line {number}")
        entry.line = number if match[1] == "msgid" else entry.line
        complete = keyword.startswith("msgstr")
    if complete:
        yield entry
    elif keyword:
        raise CatalogueError(f"{name}: the last message has no msgstr; is the file cut off?")


def _note(entry: Entry, line: str) -> None:
    if line.startswith("#,"):
        entry.flags |= {flag.strip() for flag in line[2:].split(",")}
    elif line.startswith("#."):
        entry.told.append(line[2:].strip())
    elif line.startswith("#:"):
        entry.places += line[2:].split()
    elif line == "#" or line.startswith("# "):
        entry.comments.append(line[2:])


def _add(entry: Entry, keyword: str, value: str, *, starts: bool, place: str) -> None:
    match keyword:
        case "msgctxt":
            entry.context = (entry.context or "") + value
        case "msgid":
            entry.id += value
        case "msgid_plural":
            entry.plural = (entry.plural or "") + value
        case _:
            index = int(keyword[7:-1]) if "[" in keyword else 0
            if starts and index != len(entry.forms):
                raise CatalogueError(f"{place}: {keyword} stands where msgstr[{len(entry.forms)}] should")
            if starts:
                entry.forms.append("")
            entry.forms[index] += value


def write_po(entries: Iterable[Entry], language: str, fields: Mapping[str, str] | None = None) -> str:
    """Return a file that two people who translate the same words write alike: sorted, no dates, no numbers of lines.

    *fields*: of the header as it was; those that every file has are written anew.
    """
    ordered = sorted(
        (entry for entry in entries if entry.id), key=lambda one: (*one.told[:1], one.id, one.context or "")
    )
    header = [
        'msgid ""',
        'msgstr ""',
        f'"Language: {language}\\n"',
        f'"Plural-Forms: {gettext_plurals(language)}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=UTF-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        *(_quoted(f"{name}: {value}\n") for name, value in (fields or {}).items() if name not in _STANDARD),
    ]
    return "\n\n".join(["\n".join(header), *("\n".join(_lines(entry)) for entry in ordered)]) + "\n"


def _lines(entry: Entry) -> Iterator[str]:
    yield from (f"# {comment}".rstrip() for comment in entry.comments)
    yield from (f"#. {line}".rstrip() for line in entry.told)
    yield from (f"#: {place}" for place in entry.places)
    if entry.flags:
        yield "#, " + ", ".join(sorted(entry.flags))
    if entry.context is not None:
        yield f"msgctxt {_quoted(entry.context)}"
    yield f"msgid {_quoted(entry.id)}"
    if entry.plural is None:
        yield f"msgstr {_quoted(entry.forms[0] if entry.forms else '')}"
        return
    yield f"msgid_plural {_quoted(entry.plural)}"
    yield from (f"msgstr[{i}] {_quoted(form)}" for i, form in enumerate(entry.forms))


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    escaped = escaped.replace("\r", "\\r")
    parts = escaped.split("\\n") if "\n" in text.rstrip("\n") else [escaped]
    if len(parts) == 1:
        return f'"{escaped}"'
    lines = [f'"{part}\\n"' for part in parts[:-1]] + ([f'"{parts[-1]}"'] if parts[-1] else [])
    return "\n".join(['""', *lines])
