"""Keep wheels as they are built against the present API: a maintainer runs this on purpose, once for each API version.

    PYTHONPATH=core python -m tests.compatibility.keep_wheels

What is kept is never built anew: it stands for packages that others have published. A wheel that is there already is
left alone; to add another, put it into the folder of its API version, and the test takes it. A version of the API is
frozen by the first release that offers it, 1.0 by 0.1.0. Until then delete its wheels and run this, and they are kept
anew, as the API is by then.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from lanzarote.types import API_VERSION

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SOURCES = (
    HERE / "sources" / "tiny",
    HERE / "sources" / "remarks",
    ROOT / "regions" / "paris",
    ROOT / "regions" / "iceland",
)
WHEN = "1735689600"
"""1 January 2025: the time that every file in a wheel bears, so that the same sources give the same bytes."""


def keep(folder: Path) -> list[Path]:
    """Build what *folder* lacks; tell what was added."""
    folder.mkdir(parents=True, exist_ok=True)
    added: list[Path] = []
    for source in SOURCES:
        with tempfile.TemporaryDirectory() as place:
            build = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", place, str(source)]
            done = subprocess.run(
                build, env=os.environ | {"SOURCE_DATE_EPOCH": WHEN}, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SystemExit(done.stdout + done.stderr)
            [wheel] = Path(place).glob("*.whl")
            if not (folder / wheel.name).exists():
                (folder / wheel.name).write_bytes(wheel.read_bytes())
                added.append(folder / wheel.name)
    return added


if __name__ == "__main__":
    version = ".".join(map(str, API_VERSION))
    for one in keep(HERE / "wheels" / f"api-{version}"):
        print(f"{one.relative_to(ROOT)}  {one.stat().st_size:,} bytes")
