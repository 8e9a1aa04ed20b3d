"""«Вигаданий край»: an invented region for tests. Nothing in it exists."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from lanzarote import Catalogue, LegalFramework, Region, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable


@hookimpl
def regions() -> Iterable[Region]:
    return (Region.from_folder(files(__name__) / "region"),)


@hookimpl
def legal_frameworks() -> Iterable[LegalFramework]:
    return (LegalFramework.from_folder(files(__name__) / "law_xu"),)


@hookimpl
def catalogues() -> Iterable[Catalogue]:
    return (Catalogue(language="uk", path=files(__name__) / "locale" / "uk.po"),)
