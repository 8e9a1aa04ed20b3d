"""Records what the product does today in ``kept/``, and the reason for the difference in ``differences.md``.

.venv/bin/python -m tests.frozen.renew "Why what the product does has changed"
"""

from __future__ import annotations

import os
import sys
from difflib import unified_diff
from pathlib import Path

import pytest

REASON = "LZ_FROZEN_REASON"
"""Of the environment: why the files are written anew."""
FOLDER = Path(__file__).parent


def note(name: str, before: str, after: str, reason: str) -> None:
    """Add a line to the list of differences."""
    changed = [line[0] for line in list(unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm=""))[2:]]
    with (FOLDER / "differences.md").open("a", encoding="utf-8") as file:
        file.write(f"- `{name}`, {changed.count('+')} lines added, {changed.count('-')} removed: {reason}\n")


def main(given: list[str]) -> int:
    if len(given) != 1 or not given[0].strip():
        print(__doc__)
        return 2
    os.environ[REASON] = " ".join(given[0].split())
    return int(pytest.main(["-q", "-n0", str(FOLDER / "test_frozen.py")]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
