"""A site on which every form can be sent: two regions, an office, and everybody who works there."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from lanzarote.compendium import pages as compendium_pages
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.downloads import list_pages
from lanzarote.instance import Instance
from lanzarote.practices import holder_pages
from lanzarote.stakeholders import pages as stakeholder_pages
from lanzarote.stakeholders.senders import Senders
from lanzarote.transfers import elsewhere_pages

from tests.conftest import copy_of
from tests.regions.second import both_regions

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COUNTED = (compendium_pages, list_pages, holder_pages, stakeholder_pages, elsewhere_pages)


@contextmanager
def open_site(template: Path, folder: Path, **more: str) -> Iterator[Instance]:
    """An instance in *folder*, with what *template* holds."""
    given = {"LANZAROTE_DATABASE_URL": copy_of(template, folder), "LANZAROTE_DATA": str(folder)}
    given |= {f"LANZAROTE_{name}": value for name, value in more.items()} | {
        "LANZAROTE_OFFICE": "on",
        "LANZAROTE_OFFICES_NEARBY": "on",
        "LANZAROTE_CACHE": "off",
    }
    with new_instance(read_settings(given), both_regions()) as instance, pytest.MonkeyPatch.context() as patch:
        for counted in COUNTED:
            patch.setattr(counted, "SENDERS", Senders(most=100))  # other tests of this process were senders, too
        yield instance
