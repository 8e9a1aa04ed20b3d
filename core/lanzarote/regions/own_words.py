"""The words of a region folder, or of one of national law, as a translator sees them, and ``translations/region/*.po``.

What stands in the TOML files comes first; a translation counts only while the text that it translates stays as it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec.structs import replace

from lanzarote.regions.content import OWN_WORDS, UNREAD, UNUSABLE, Problem
from lanzarote.regions.walking import texts_of
from lanzarote.translation import CatalogueError
from lanzarote.translation.catalogues import faults_in, load
from lanzarote.types import Catalogue, ProcedureText

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from lanzarote.regions.content import Content
    from lanzarote.types import PracticeSeed, ProcedureSeed


class Word(NamedTuple):
    """A text of the folder in the language that it was written in."""

    place: str
    """File and key; stays the same whatever the text says."""
    text: str
    languages: frozenset[str]
    """In which it is there."""

    @property
    def key(self) -> tuple[str, str]:
        return self.place, self.text


def own_words(content: Content) -> Iterator[Word]:
    """Every label, and every text of practices and procedures."""
    for place, texts in _labels(content):
        yield Word(place, _original(content, texts), frozenset(texts))
    for file, seed in _told(content):
        original = seed.text.get(seed.original)
        for name in original.__struct_fields__ if original else ():
            if text := getattr(original, name):
                there = frozenset(language for language, one in seed.text.items() if getattr(one, name))
                yield Word(f"{file} text.{name}", text, there)


def read_own_words(content: Content, folder: Traversable) -> Iterator[tuple[str, dict[tuple[str, str], str]]]:
    """Language, and translations by place and text; a file that cannot be used is noted as a fault."""
    words = folder / "translations" / "region"
    files = sorted(words.iterdir(), key=lambda file: file.name) if words.is_dir() else []
    for file in files:
        name, language = f"{OWN_WORDS}{file.name}", file.name.removesuffix(".po")
        if not file.name.endswith(".po") or (content.header and language not in content.header.languages):
            told = f"is not read; its name is a language of {content.header_file}, such as fr.po"
            content.problem(name, (), told, rule=UNREAD)
            continue
        own = Catalogue(language=language, path=file, domain="region")
        try:
            entries = load(own)
        except CatalogueError as error:
            content.problems += (
                Problem(file=name, key="", line=fault.line, message=fault.told) for fault in error.faults
            )
            continue
        content.problems += (
            Problem(file=name, key="", line=fault.line, message=fault.told, rule=UNUSABLE) for fault in faults_in(own)
        )
        yield language, {entry.key: entry.forms[0] for entry in entries}


def add_translations(content: Content, folder: Traversable) -> None:
    """Add to *content* what is translated beside the TOML files."""
    # As the TOML files say it: a translation that is added here is the original of no other.
    labels = [(place, texts, _original(content, texts)) for place, texts in _labels(content)]
    for language, translated in read_own_words(content, folder):
        for place, texts, original in labels:
            if language not in texts and (found := translated.get((place, original))):
                texts[language] = found
        for file, seed in _told(content):
            _add_texts(file, seed, language, translated)


def _add_texts(
    file: str, seed: PracticeSeed | ProcedureSeed, language: str, translated: dict[tuple[str, str], str]
) -> None:
    original: Any = seed.text.get(seed.original)
    there: Any = seed.text.get(language)
    found = {
        name: said
        for name in (original.__struct_fields__ if original else ())
        if (said := translated.get((f"{file} text.{name}", getattr(original, name) or "")))
        and not (there and getattr(there, name))
    }
    texts: dict[str, Any] = seed.text
    if there and found:
        texts[language] = replace(there, **found)
    elif found and (isinstance(original, ProcedureText) or {"title", "summary"} <= set(found)):
        texts[language] = type(original)(**found)


def _labels(content: Content) -> Iterator[tuple[str, dict[str, str]]]:
    for file, path, texts in texts_of(content):
        yield f"{file} {'.'.join(map(str, path))}", texts


def _told(content: Content) -> Iterator[tuple[str, PracticeSeed | ProcedureSeed]]:
    for key, practice in content.practices.items():
        yield f"practices/{key}.toml", practice
    for key, procedure in content.procedures.items():
        yield f"procedures/{key}.toml", procedure


def _original(content: Content, texts: dict[str, str]) -> str:
    """In the first language of the folder that it has."""
    order = content.header.languages if content.header else ()
    return next((texts[one] for one in order if one in texts), next(iter(texts.values())))
