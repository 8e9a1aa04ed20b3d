"""The platform's words in French."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from lanzarote import Catalogue, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable


@hookimpl
def catalogues() -> Iterable[Catalogue]:
    return (Catalogue(language="fr", path=files(__name__) / "locale" / "fr.po"),)
