"""Collects the messages of code and templates, and brings ``.po`` files up to date with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from lanzarote.translation.formats import plural_categories
from lanzarote.translation.po import Entry, header_of, read_po, write_po

KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
"""The functions whose literal arguments are messages, as Babel's extractors want them."""

_CALL = re.compile(rb"\b(?:%s)\s*\(" % "|".join(KEYWORDS).encode())
"""What no code is without that has messages; most has none, and need not be gone through sign by sign."""
# The templates are read as `templating.environment` reads them.
_TEMPLATE_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


class Message(NamedTuple):
    """What identifies a message; sorted by its text."""

    id: str
    context: str = ""
    plural: str = ""


def extract_messages(package_dirs: Iterable[str | Path]) -> dict[Message, list[str]]:
    """Return every message in the ``.py`` files and ``templates/`` of *package_dirs*, with where it stands."""
    found: dict[tuple[str, str], tuple[str, list[str]]] = {}
    for folder in map(Path, package_dirs):
        for path in _files(folder):
            for line, context, message, plural in _messages_of(path):
                known, places = found.setdefault((message, context), (plural, []))
                places.append(f"{path.relative_to(folder).as_posix()}:{line}")
                if plural and not known:
                    # Used alone and with number: one entry with plural forms.
                    found[message, context] = (plural, places)
    return {Message(id, context, plural): places for (id, context), (plural, places) in sorted(found.items())}


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path.is_file() and "__pycache__" not in inside and (path.suffix == ".py" or "templates" in inside[:-1]):
            yield path


def _messages_of(path: Path) -> Iterator[tuple[int, str, str, str]]:
    from babel.messages.extract import extract

    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    if method == "python" and not _CALL.search(path.read_bytes()):
        return
    with path.open("rb") as file:
        found = extract(method, file, KEYWORDS, (), _TEMPLATE_OPTIONS if method != "python" else None)
        for line, message, _, context in found:
            one, plural = (message, "") if isinstance(message, str) else (message[0], message[1])
            yield line, context or "", one, plural


def update_po(text: str, language: str, messages: Iterable[Message], name: str) -> str:
    """Return the file *text* with exactly *messages*: new ones untranslated, gone ones removed, the others kept."""
    old = {entry.key: entry for entry in read_po(text, name)}
    return write_po((_updated(message, old, language) for message in messages), language, header_of(text))


def _updated(message: Message, old: Mapping[tuple[str, str], Entry], language: str) -> Entry:
    count = len(plural_categories(language)) if message.plural else 1
    entry = Entry(id=message.id, plural=message.plural or None, context=message.context or None, forms=[""] * count)
    if before := old.get((message.context, message.id)):
        entry.comments, entry.flags = before.comments, before.flags
        if before.plural == entry.plural:
            entry.forms = before.forms
        elif before.translated:
            # The message gained, lost or changed its plural: a person must look at it again.
            entry.forms = [before.forms[0], *entry.forms[1:]]
            entry.flags = before.flags | {"fuzzy"}
    return entry
