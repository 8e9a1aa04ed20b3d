"""Iceland and its law; the facts, and the platform's words in Icelandic, are in the folders beside this file."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from lanzarote import LegalFramework, Region, hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable


@hookimpl
def regions() -> Iterable[Region]:
    return (Region.from_folder(files(__name__) / "region"),)


@hookimpl
def legal_frameworks() -> Iterable[LegalFramework]:
    return (LegalFramework.from_folder(files(__name__) / "law_is"),)
