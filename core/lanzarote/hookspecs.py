"""Every hook on one page. Implement the ones you need in your package's ``__init__.py``::

    from lanzarote import hookimpl

    @hookimpl
    def regions():
        return (Region.from_folder(files(__name__) / "region"),)

Hooks are called once, at start, in the order of the packages' names, whatever the order of installation.
A hook that raises silences its own package, and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lanzarote.types import Catalogue, Exporter, LegalFramework, Region

hookspec = pluggy.HookspecMarker("lanzarote")
hookimpl = pluggy.HookimplMarker("lanzarote")


@hookspec
def regions() -> Iterable[Region]:  # type: ignore[empty-body]
    """Return the regions this package describes, usually one.

    Example: ``return (Region.from_folder(files(__name__) / "region"),)``
    """


@hookspec
def legal_frameworks() -> Iterable[LegalFramework]:  # type: ignore[empty-body]
    """Return national law that several regions may share; a region names it in ``law = ["FR"]``.

    Example: ``return (LegalFramework.from_folder(files(__name__) / "law_fr"),)``
    """


@hookspec
def catalogues() -> Iterable[Catalogue]:  # type: ignore[empty-body]
    """Return translations of the platform's own words, one catalogue per language.

    Example: ``return (Catalogue(language="fr", path=files(__name__) / "locale" / "fr.po"),)``
    """


@hookspec
def exporters() -> Iterable[Exporter]:  # type: ignore[empty-body]
    """Return file formats in which every list can be downloaded.

    Example: ``return (Exporter(format="csv", label="CSV", media_type="text/csv", extension="csv", write=write_csv),)``
    """
