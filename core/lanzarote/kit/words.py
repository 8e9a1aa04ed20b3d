"""Which words a wheel says otherwise than what is installed here, language by language: read and compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from lanzarote.plugins.packages import folder_of
from lanzarote.regions.folder import read_framework, read_framework_header, read_header, read_region
from lanzarote.regions.own_words import lost_words, own_words, present_places
from lanzarote.translation import CatalogueError
from lanzarote.translation.catalogues import load
from lanzarote.types import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from importlib.resources.abc import Traversable

    from lanzarote.kit.wheels import Wheel
    from lanzarote.plugins import Candidate
    from lanzarote.regions.content import Content

    Said = dict[tuple[str, str], list[str]]

SHOWN: Final = 3
"""Texts that are named."""
DOMAINS: Final = {"lanzarote": "words of the platform", "region": "words of its own"}


def told_of_words(wheel: Wheel, here: Iterable[Candidate]) -> Iterator[str]:
    """A line for each language of each folder of the *wheel* whose words differ from those of the packages *here*."""
    installed = dict(_installed(here))
    for folder in (*wheel.regions, *wheel.laws):
        whose = _whose(folder)
        if whose in installed:
            yield from (f"{whose}: {told}" for told in _told_of_lost(_read(installed[whose]), _read(folder)))
        for domain, what in DOMAINS.items():
            before, after = _files(installed.get(whose), domain), _files(folder, domain)
            for name in sorted({*before, *after}):
                language = name.removesuffix(".po")
                try:
                    said = _said(before.get(name), language)
                    changes = _differing(_followed(said, folder), _said(after.get(name), language))
                except CatalogueError as error:
                    changes = f"cannot be compared: {error}"
                if changes:
                    yield f"{whose}, {what} in {language}: {changes}"


def _told_of_lost(before: Content, after: Content) -> Iterator[str]:
    """What was said in a language and is no longer, although the text is still there."""
    lost: dict[str, list[str]] = {}
    for word, language in lost_words(before, after):
        lost.setdefault(language, []).append(word.place)
    for language, places in lost.items():
        more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
        texts = "1 text" if len(places) == 1 else f"{len(places)} texts"
        yield f"{texts} would be lost in {language}: {', '.join(places[:SHOWN])}{more}"


def _read(folder: Traversable) -> Content:
    return read_framework(folder) if (folder / "framework.toml").is_file() else read_region(folder)


def _installed(here: Iterable[Candidate]) -> Iterator[tuple[str, Traversable]]:
    """Folders of the packages, and of which region or law each is; no package is imported for that."""
    for one in here:
        try:
            place = Path(folder_of(one.module))
        except (ImportError, ValueError):
            continue
        for name in ("region.toml", "framework.toml"):
            for file in sorted(place.rglob(name)):
                yield _whose(file.parent), file.parent


def _whose(folder: Traversable) -> str:
    """The id of the region or law; empty where it cannot be read."""
    try:
        header = read_framework_header(folder) or read_header(folder)
    except (OSError, ValueError):
        return ""
    return header.id


def _files(folder: Traversable | None, domain: str) -> dict[str, Traversable]:
    place = folder / "translations" / domain if folder else None
    files = place.iterdir() if place and place.is_dir() else ()
    return {file.name: file for file in files if file.name.endswith(".po")}


def _said(file: Traversable | None, language: str) -> Said:
    return {entry.key: entry.forms for entry in load(Catalogue(language=language, path=file))} if file else {}


def _followed(said: Said, folder: Traversable) -> Said:
    """What is *said*, under the keys that its texts have in *folder*."""
    present = present_places(own_words(_read(folder)))
    return {(present.get(place, place), text): forms for (place, text), forms in said.items()}


def _differing(before: Said, after: Said) -> str:
    parts = {
        "new": len(after.keys() - before.keys()),
        "changed": sum(before[key] != after[key] for key in before.keys() & after.keys()),
        "gone": len(before.keys() - after.keys()),
    }
    return ", ".join(f"{count} {what}" for what, count in parts.items() if count)
