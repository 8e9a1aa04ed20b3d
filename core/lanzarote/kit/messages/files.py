"""The files of words in a folder: what there is to translate, what is translated, and what is used no more."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from lanzarote.errors import LanzaroteError, RegionError
from lanzarote.kit.check import catalogues_for, read_folder
from lanzarote.kit.folders import LAW, REGION, refuse_no_folder
from lanzarote.kit.messages.parts import place_of, platform_messages, translated
from lanzarote.regions.folder import read_framework, read_region
from lanzarote.regions.words import own_words, present_places
from lanzarote.translation import plural_categories
from lanzarote.translation.catalogues import SOURCE_LANGUAGE, check_tag
from lanzarote.translation.formats import cldr_knows, plural_examples
from lanzarote.translation.po import Entry, header_of, read_po, write_po
from lanzarote.types import FrameworkHeader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lanzarote.regions.content import Content
    from lanzarote.regions.words import Word

PLATFORM = "lanzarote"
"""Domain of the platform's words."""
OWN = "region"
"""Domain of the folder's own."""
DOMAINS = (PLATFORM, OWN)


class Words:
    """What there is to translate into one language for one folder. Raises LanzaroteError for what is none."""

    def __init__(self, folder: Path, language: str) -> None:
        check_tag(language, "the language asked for")
        if not cldr_knows(language):
            raise LanzaroteError(f"CLDR knows no language {language!r}, and so not which plural forms it has.")
        self.folder, self.language = folder, language
        self.content = readable(folder)

    def path(self, domain: str) -> Path:
        return self.folder / "translations" / domain / f"{self.language}.po"

    @cached_property
    def asked(self) -> dict[str, dict[tuple[str, str], Entry]]:
        """Domain → context and text → what is to be translated, without translation."""
        return {PLATFORM: dict(self._platform()), OWN: dict(self._own())}

    def there(self, domain: str) -> dict[tuple[str, str], Entry]:
        """What the folder's file has now. Raises CatalogueError for one that cannot be read."""
        path = self.path(domain)
        text = path.read_text("utf-8") if path.exists() else ""
        return {entry.key: entry for entry in self.followed(read_po(text, str(path))) if entry.id}

    def followed(self, entries: Iterable[Entry]) -> list[Entry]:
        """*entries*, each under the present key of what it translates; of two for one text, the better comes last."""
        present = [one for one in entries if one.context not in self._present]
        moved = [replace(one, context=self._present[one.context]) for one in entries if one.context in self._present]
        return sorted((*moved, *present), key=lambda one: any(one.forms)) if moved else present

    def merged(self, domain: str, known: dict[tuple[str, str], Entry]) -> list[Entry]:
        """Everything that is asked, with what is *known*; what was translated from another wording is fuzzy."""
        before = {entry.context: entry for entry in known.values() if entry.forms and entry.forms[0]}
        return [_filled(domain, entry, known.get(key), before) for key, entry in self.asked[domain].items()]

    def obsolete(self, domain: str, known: dict[tuple[str, str], Entry]) -> list[Entry]:
        """What is translated and used no more."""
        taken = {entry.context for entry in self.asked[domain].values()} if domain == OWN else set()
        gone = [entry for key, entry in known.items() if key not in self.asked[domain] and any(entry.forms)]
        return [entry for entry in gone if entry.context not in taken or domain == PLATFORM]

    def write(self, domain: str, entries: Sequence[Entry]) -> None:
        path = self.path(domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        head = header_of(path.read_text("utf-8")) if path.exists() else {}
        beside = path.with_suffix(".po.new")
        beside.write_text(write_po(entries, self.language, head), "utf-8", newline="\n")
        os.replace(beside, path)

    def _platform(self) -> Iterator[tuple[tuple[str, str], Entry]]:
        """What no installed package translates yet, public pages first."""
        if self.language == SOURCE_LANGUAGE or _is_law(self.content):
            return
        elsewhere = translated(
            self.language, [one for one in catalogues_for(self.folder) if not self._is_ours(one.path)]
        )
        count, examples = len(plural_categories(self.language)), [plural_examples(self.language)]
        for message, files in platform_messages().items():
            entry = Entry(
                id=message.id,
                plural=message.plural or None,
                context=message.context or None,
                forms=[""] * (count if message.plural else 1),
                told=[place_of(files), *(examples if message.plural else [])],
                places=list(files),
            )
            if entry.key not in elsewhere:
                yield entry.key, entry

    @cached_property
    def _own_words(self) -> list[Word]:
        """As the TOML files themselves say them; a translation is nobody's original."""
        read = read_framework if _is_law(self.content) else read_region
        return list(own_words(read(self.folder, translated=False)))

    @cached_property
    def _present(self) -> Mapping[str | None, str]:
        return dict(present_places(self._own_words).items())

    def _own(self) -> Iterator[tuple[tuple[str, str], Entry]]:
        """What is not said in this language."""
        for word in self._own_words:
            if self.language not in word.languages:
                yield word.key, Entry(id=word.text, context=word.place, forms=[""], told=[word.place.split()[0]])

    def _is_ours(self, path: object) -> bool:
        return isinstance(path, Path) and path.is_relative_to(self.folder)


def readable(folder: Path) -> Content:
    """Read a folder of a region or of national law as far as its header. Raises RegionError when there is none."""
    refuse_no_folder(folder, (), REGION, LAW)
    content = read_framework(folder) if (folder / LAW).is_file() else read_folder(folder, ())
    if content.header is None:
        raise RegionError(f"{folder} cannot be read:", tuple(map(str, content.errors)))
    return content


def _is_law(content: Content) -> bool:
    return isinstance(content.header, FrameworkHeader)


def _filled(domain: str, asked: Entry, known: Entry | None, before: dict[str | None, Entry]) -> Entry:
    if known is not None and known.plural == asked.plural and len(known.forms) == len(asked.forms):
        return replace(asked, forms=known.forms, flags=known.flags, comments=known.comments)
    earlier = known or (before.get(asked.context) if domain == OWN else None)
    if earlier is None or not any(earlier.forms):
        return asked
    # Its original changed, or its plural: a person must look at it again.
    forms = [earlier.forms[0], *asked.forms[1:]]
    return replace(asked, forms=forms, flags=earlier.flags | {"fuzzy"}, comments=earlier.comments)
