"""The platform's words in every language: from packages, and from the folders of the regions that are here.

A region keeps its language where its package is at fault, or left out in safe mode: the files of words are read where
they lie, and nothing of the package runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.regions.claims import region_catalogues
from lanzarote.regions.folder import read_header
from lanzarote.translation import Translations
from lanzarote.translation.catalogues import is_language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from lanzarote.plugins import Host
    from lanzarote.regions.claims import InstalledRegions
    from lanzarote.types import Catalogue


FOLDER: Final = "region"
"""Where a package has its region, if it cannot be asked."""


def words_of(host: Host, installed: InstalledRegions, owners: Mapping[str, str]) -> Translations:
    """Those of all packages and of the regions *owners*, each with the distribution that it was loaded from.

    Those that come with the platform count before the others, in whichever way they are brought. A catalogue that
    cannot be used is left aside by name.
    """
    found = sorted(_catalogues(host, installed, owners), key=lambda one: not host.comes_first(one[0]))
    brought = {id(one): (name, one) for name, one in found}

    def blame(catalogue: Catalogue, fault: str) -> None:
        host.leave_aside(brought[id(catalogue)][0], f"the catalogue {fault}; its messages are shown in English")

    return Translations([one for _, one in brought.values()], blame)


def _catalogues(host: Host, installed: InstalledRegions, owners: Mapping[str, str]) -> Iterator[tuple[str, Catalogue]]:
    """Catalogues that are there, and who brings them."""
    for package, catalogue in host.words:
        if _is_there(host, package.name, catalogue):
            yield package.name, catalogue
    unused = [region_id for region_id in owners if installed.get(region_id) is None]
    for name, folder in (*_spoken(installed), *_left(host, {region_id: owners[region_id] for region_id in unused})):
        try:
            own = list(region_catalogues(folder))
        except Exception as error:  # the folder is the package's, and may be anything
            host.leave_aside(name, f"the translations cannot be read: {error}")
            continue
        yield from ((name, catalogue) for catalogue in own if _is_there(host, name, catalogue))


def _spoken(installed: InstalledRegions) -> Iterator[tuple[str, Traversable]]:
    """The folders that packages named, and of which package each is."""
    return ((one.package.name, one.region.path) for one in installed.imported())


def _left(host: Host, owners: Mapping[str, str]) -> Iterator[tuple[str, Traversable]]:
    """The folders of regions that are here and whose packages are not used."""
    for region_id, distribution in owners.items():
        for name, place in host.places(distribution):
            folder = place / FOLDER
            if folder.is_dir() and _may_be(region_id, folder):
                yield name, folder


def _may_be(region_id: str, folder: Path) -> bool:
    try:
        return read_header(folder).id == region_id
    except Exception:  # the folder is the package's, and may be anything; its words may be sound
        return True


def _is_there(host: Host, name: str, catalogue: Catalogue) -> bool:
    """A language is offered for what is there; whether its words can be used is known when they are read."""
    if not is_language(catalogue.language):
        host.leave_aside(name, f"{catalogue.path.name} is not named after a language, such as fr.po")
    elif not catalogue.path.is_file():
        host.leave_aside(name, f"the catalogue {catalogue.path} is not there; its messages are shown in English")
    else:
        return True
    return False
