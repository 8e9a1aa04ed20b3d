"""The platform's words in every language: from packages, and from the folders of the regions that are here.

A region keeps its language where its package is at fault, or left out in safe mode: the files of words are read where
they lie, and nothing of the package runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.regions.claims import region_catalogues
from lanzarote.regions.folder import read_header
from lanzarote.translation import Translations, plain
from lanzarote.translation.catalogues import ENGLISH_IS_OURS, SOURCE_LANGUAGE, is_language
from lanzarote.types import Catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from lanzarote.plugins import Host
    from lanzarote.regions.claims import InstalledRegions


FOLDER: Final = "region"
"""Where a package has its region, if it cannot be asked."""
SHOWN: Final = 60
"""Signs of a message that are told."""


def words_of(host: Host, installed: InstalledRegions, here: Mapping[str, str]) -> Translations:
    """Those of all packages, and of the regions that are *here*, which are said on the pages of each alone.

    *here*: region → the distribution that it was loaded from, if any. Packages that come with the platform count before
    the others. A catalogue that cannot be used is left aside by name.
    """
    brought: dict[str, str] = {}

    def sound(name: str, catalogues: Iterable[Catalogue]) -> Iterator[Catalogue]:
        for catalogue in catalogues:
            if _may_be_read(host, name, catalogue):
                brought.setdefault(str(catalogue.path), name)
                yield catalogue

    packages = host.contributed("catalogues")
    shared = [one for package, catalogue in packages for one in sound(package.name, (catalogue,))]
    regional: dict[str, list[Catalogue]] = {}
    for region_id, name, folder in _folders(host, installed, here):
        try:
            regional.setdefault(region_id, []).extend(sound(name, region_catalogues(folder)))
        except Exception as error:  # the folder is the package's, and may be anything
            host.leave_aside(name, f"the translations cannot be read: {error}")

    def blame(catalogue: Catalogue, fault: str) -> None:
        host.leave_aside(brought[str(catalogue.path)], f"the catalogue {fault}; its messages are shown in English")

    def clash(path: str, messages: Sequence[str]) -> None:
        where = "on the pages of its own region" if path in own_words else "on all pages"
        host.remark(brought[path], f"the catalogue {path} {in_other_words(messages)}: its own are said {where}")

    own_words = {str(one.path) for own in regional.values() for one in own}
    return Translations(shared, blame, regional, clash)


def in_other_words(messages: Sequence[str]) -> str:
    """What is told of a catalogue that says *messages* otherwise than others.

    >>> in_other_words(["Practices", "Search"])
    'says 2 messages in other words than other catalogues ("Practices", "Search")'
    """
    named = ", ".join(f'"{plain(one[:SHOWN])}"' for one in messages[:3])
    counted = f"{len(messages)} message{'' if len(messages) == 1 else 's'}"
    return f"says {counted} in other words than other catalogues ({named}{', …' if len(messages) > 3 else ''})"


def _folders(
    host: Host, installed: InstalledRegions, here: Mapping[str, str]
) -> Iterator[tuple[str, str, Traversable]]:
    """The regions that are *here*, the package of each, and its folder."""
    seen = {one.header.id: one for one in installed.imported()}
    for region_id, distribution in here.items():
        # For one that is received no package is looked at.
        if one := installed.known(region_id) if distribution else seen.get(region_id):
            yield region_id, one.package.name, one.region.path
        elif distribution:
            yield from ((region_id, name, folder) for name, folder in _left(host, region_id, distribution))


def _left(host: Host, region_id: str, distribution: str) -> Iterator[tuple[str, Path]]:
    """The folder of a region whose package is not used."""
    for name, place in host.places(distribution):
        folder = place / FOLDER
        if folder.is_dir() and _may_be(region_id, folder):
            yield name, folder


def _may_be(region_id: str, folder: Path) -> bool:
    try:
        return read_header(folder).id == region_id
    except Exception:  # the folder is the package's, and may be anything; its words may be sound
        return True


def _may_be_read(host: Host, name: str, catalogue: Catalogue) -> bool:
    """A language is offered for what is there; whether its words can be used is known when they are read."""
    if not is_language(catalogue.language):
        told = f"{catalogue.path.name} is not named after a language, such as fr.po"
    elif catalogue.language == SOURCE_LANGUAGE:
        told = f"the catalogue {catalogue.path} is not used: {ENGLISH_IS_OURS}"
    elif not catalogue.path.is_file():
        told = f"the catalogue {catalogue.path} is not there; its messages are shown in English"
    else:
        return True
    host.leave_aside(name, told)
    return False
