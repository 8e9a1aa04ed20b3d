"""Under which licences content is published, and where they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL: Final = "CC-BY-4.0"
"""Of what belongs to no region, as SPDX calls it."""
_PLACES: Final[Mapping[str, str]] = {
    USUAL: "https://creativecommons.org/licenses/by/4.0/",
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
}


def licence_address(licence: str) -> str:
    """Where the licence with this SPDX identifier is read.

    >>> licence_address("CC-BY-4.0"), licence_address("ODbL-1.0")
    ('https://creativecommons.org/licenses/by/4.0/', 'https://spdx.org/licenses/ODbL-1.0.html')
    """
    return _PLACES.get(licence, f"https://spdx.org/licenses/{licence}.html")
