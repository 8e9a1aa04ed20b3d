"""A process that takes all results in a folder, over and over; it is there to be killed.

python -m tests.core.results.receiver URL FOLDER
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.errors import LanzaroteError
from lanzarote.results.receiving import receive


def main(url: str, folder: Path) -> None:
    settings = {"LANZAROTE_DATABASE_URL": url, "LANZAROTE_DATA": str(folder), "LANZAROTE_OFFICE": "on"}
    with new_instance(read_settings(settings)) as office:
        print("ready", flush=True)
        while True:
            for file in sorted(folder.glob("*.results")):
                with suppress(LanzaroteError), file.open("rb") as opened:
                    receive(office.database, opened, came="net")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
