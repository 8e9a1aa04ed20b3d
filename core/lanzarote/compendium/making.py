"""Makes a compendium in the background: first the values of its records, then the pages, which a package sets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lanzarote.compendium.wanted import Wanted
from lanzarote.downloads.service import SETTING, STEP
from lanzarote.runtime.reading import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

    from lanzarote.instance import Instance

KIND: Final = "compendium"
TOLD: Final = SETTING - STEP
"""Percent done when all values are there; one step below what is reported next."""


def make(instance: Instance, asked: bytes, progress: Callable[[int], None]) -> bytes:
    """Raises NotFound, NoSuchFormat, FormatFailed."""
    from lanzarote.compendium.composing import compose, exporter_of, written  # only now: a start does without

    wanted = decoded(asked, Wanted)
    exporter = exporter_of(instance, wanted.format)
    document = compose(instance, wanted, lambda done: progress(TOLD * done // wanted.count))
    progress(SETTING)
    return written(instance, exporter, document)
