"""Writes a line for the newsletter when a decision is published."""

import os
from pathlib import Path

from lanzarote import hookimpl


@hookimpl
def improvement_decided(event):
    if event.outcome == "adopted":
        with Path(os.environ["LANZAROTE_PLUGIN_EXAMPLE_FILE"]).open("a", encoding="utf-8") as newsletter:
            newsletter.write(f"{event.day}  {next(iter(event.titles.values()))}  {event.address}\n")
