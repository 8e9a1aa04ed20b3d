"""Takes copies down. What was erased may not be kept anywhere; of the rest only the words are taken down."""

import os
from pathlib import Path

from lanzarote import hookimpl


@hookimpl
def practice_withdrawn(event):
    copy = Path(os.environ["LANZAROTE_PLUGIN_EXAMPLE_FOLDER"]) / f"{event.id}.html"
    if event.erased:
        copy.unlink(missing_ok=True)
    elif copy.exists():
        copy.write_text(f"Withdrawn on {event.at:%Y-%m-%d}: {event.address}\n", "utf-8")
