"""The platform's words in every language: from packages, and from the folders of the regions that are here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lanzarote.regions.claims import region_catalogues
from lanzarote.translation import Translations
from lanzarote.translation.catalogues import is_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lanzarote.plugins import Host
    from lanzarote.regions.claims import InstalledRegions
    from lanzarote.types import Catalogue


def words_of(host: Host, installed: InstalledRegions, regions: Iterable[str]) -> Translations:
    """Those of all packages and of *regions*; a catalogue that cannot be used is left aside by name."""
    brought = {id(one): (name, one) for name, one in _catalogues(host, installed, regions)}

    def blame(catalogue: Catalogue, fault: str) -> None:
        host.leave_aside(brought[id(catalogue)][0], f"the catalogue {fault}; its messages are shown in English")

    return Translations([one for _, one in brought.values()], blame)


def _catalogues(host: Host, installed: InstalledRegions, regions: Iterable[str]) -> Iterator[tuple[str, Catalogue]]:
    """Catalogues that are there, and who brings them."""
    for package, catalogue in host.words:
        if _is_there(host, package.name, catalogue):
            yield package.name, catalogue
    for region_id in regions:
        installed.get(region_id)
    for one in installed.imported():
        name = one.package.name
        try:
            own = list(region_catalogues(one))
        except Exception as error:  # the folder is the package's, and may be anything
            host.leave_aside(name, f"the translations cannot be read: {error}")
            continue
        yield from ((name, catalogue) for catalogue in own if _is_there(host, name, catalogue))


def _is_there(host: Host, name: str, catalogue: Catalogue) -> bool:
    """A language is offered for what is there; whether its words can be used is known when they are read."""
    if not is_language(catalogue.language):
        host.leave_aside(name, f"{catalogue.path.name} is not named after a language, such as fr.po")
    elif not catalogue.path.is_file():
        host.leave_aside(name, f"the catalogue {catalogue.path} is not there; its messages are shown in English")
    else:
        return True
    return False
