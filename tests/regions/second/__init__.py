"""Brings the invented second region into a test without installing it; tests of its wheel install it."""

from __future__ import annotations

import sys
from pathlib import Path

from lanzarote.plugins import Candidate, Host, installed

PACKAGE = Path(__file__).parent
SECOND = Candidate(
    name="second-region", module="lanzarote_region_second", distribution="lanzarote-region-second", version="0.1.0"
)


def both_regions() -> Host:
    """A host that finds what is installed (Paris among it) and the second region."""
    return Host(candidates())


def candidates() -> tuple[Candidate, ...]:
    if str(PACKAGE) not in sys.path:
        sys.path.append(str(PACKAGE))
    return (*(one for one in installed() if one.name != SECOND.name), SECOND)
