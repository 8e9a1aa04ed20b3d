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


class Fault(Struct, frozen=True):
    """Why a file cannot be used."""

    line: int
    """0 where it is the file as a whole."""
    told: str

    def at(self, name: str) -> str:
        return f"{name}, line {self.line}: {self.told}" if self.line else f"{name}: {self.told}"


class CatalogueError(LanzaroteError):
    """A catalogue cannot be used; ``faults`` are all that were found, its text names the first."""

    def __init__(self, name: str, *faults: Fault) -> None:
        first, *others = faults
        super().__init__(first.at(name) + (f" (and {len(others)} more such faults)" if others else ""))
        self.name, self.faults = name, faults


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
_FIRST = ("msgid ", 'msgid"', "msgctxt", "#")
"""How a line begins with which a new entry can."""
_ESCAPE = re.compile(r"\\(.)")
_UNESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


DRAFT = "X-Draft"
"""The field of a header that says, with any value, that a native reader has not gone through the words yet."""
_STANDARD = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")


def header_of(text: str) -> dict[str, str]:
    """Return the fields at the head of a file, whatever follows."""
    head = next(_entries(text, []), Entry(id=""))
    lines = head.forms[0].splitlines() if not head.id and head.forms else []
    fields = (line.partition(":") for line in lines)
    return {field.strip(): value.strip() for field, _, value in fields}


def read_po(text: str, name: str) -> list[Entry]:
    """Return the entries of a file called *name*, its header (the empty msgid) first if there is one."""
    entries, faults = examine(text)
    if faults:
        raise CatalogueError(name, *faults)
    return entries


def examine(text: str) -> tuple[list[Entry], list[Fault]]:
    """Return the entries of a file that can be read, and what cannot."""
    faults: list[Fault] = []
    entries: dict[tuple[str, str], Entry] = {}
    for entry in _entries(text, faults):
        if entry.key in entries:
            faults.append(Fault(entry.line, f'"{entry.id}" is there twice; keep one'))
        else:
            entries[entry.key] = entry
    return list(entries.values()), faults


def _entries(text: str, faults: list[Fault]) -> Iterator[Entry]:
    """Entry after entry; one that cannot be read is passed over, and its first fault added to *faults*."""
    entry, keyword = Entry(id=""), ""
    complete = spoilt = False
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#~"):
            continue
        if (complete or spoilt) and line.startswith(_FIRST):
            if complete:
                yield entry
            entry, keyword, complete, spoilt = Entry(id=""), "", False, False
        if line.startswith("#"):
            _note(entry, line)
            continue
        if spoilt:
            continue
        match = _LINE.fullmatch(line)
        if told := _misplaced(match, entry, keyword, line):
            faults.append(Fault(number, told))
            complete, spoilt = False, True
            continue
        assert match is not None
        keyword = match[1] or keyword
        value = _ESCAPE.sub(lambda found: _UNESCAPED.get(found[1], found[0]), match[3])
        _add(entry, keyword, value, starts=bool(match[1]))
        entry.line = number if match[1] == "msgid" else entry.line
        complete = keyword.startswith("msgstr")
    if complete:
        yield entry
    elif keyword and not spoilt:
        faults.append(Fault(0, "the last message has no msgstr; is the file cut off?"))


def _misplaced(match: re.Match[str] | None, entry: Entry, keyword: str, line: str) -> str:
    """Why *line* cannot stand after what *entry* has by now; empty when it can."""
    if match is None or not (match[1] or keyword):
        return f'expected msgid "…", msgstr "…" or "…", not {line[:40]}'
    if (match[1] or "").startswith("msgstr") and int(match[2] or 0) != len(entry.forms):
        return f"{match[1]} is where msgstr[{len(entry.forms)}] should be"
    return ""


def _note(entry: Entry, line: str) -> None:
    if line.startswith("#,"):
        entry.flags |= {flag.strip() for flag in line[2:].split(",")}
    elif line.startswith("#."):
        entry.told.append(line[2:].strip())
    elif line.startswith("#:"):
        entry.places += line[2:].split()
    elif line == "#" or line.startswith("# "):
        entry.comments.append(line[2:])


def _add(entry: Entry, keyword: str, value: str, *, starts: bool) -> None:
    match keyword:
        case "msgctxt":
            entry.context = (entry.context or "") + value
        case "msgid":
            entry.id += value
        case "msgid_plural":
            entry.plural = (entry.plural or "") + value
        case _:
            if starts:
                entry.forms.append("")
            entry.forms[-1] += value


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
