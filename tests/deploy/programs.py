"""Programs that tests of deploy/ start: without one a test is skipped, or fails where all have to run."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str, package: str) -> str:
    """Path of the program *name*, which Debian's *package* brings."""
    if found := shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
        return found
    told = f"{name} is not here; this brings it: apt-get install {package}"
    if os.environ.get("LZ_REQUIRE_BROWSER") == "1":
        pytest.fail(told, pytrace=False)
    pytest.skip(told)
