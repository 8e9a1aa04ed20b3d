"""Tells a file what the public reads from now on. The same event may come twice: its id says so."""

import json
import os
from pathlib import Path

from lanzarote import hookimpl


@hookimpl
def practice_published(event):
    file = Path(os.environ["LANZAROTE_PLUGIN_EXAMPLE_FILE"])
    told = file.read_text("utf-8").splitlines() if file.exists() else []
    line = json.dumps({"event": event.event_id, "title": event.titles, "address": event.address})
    if line not in told:
        file.write_text("\n".join([*told, line]) + "\n", "utf-8")
