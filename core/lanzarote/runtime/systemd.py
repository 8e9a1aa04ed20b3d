"""Reports to systemd, where it started this process as ``Type=notify``, that the site is ready or stops."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Send *state*, such as ``READY=1``; nothing where nobody listens."""
    place = os.environ.get("NOTIFY_SOCKET", "")
    if place.startswith(("/", "@")):
        # "@" stands for an abstract address, which is no file.
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
            manager.sendto(state.encode(), place.replace("@", "\0", 1) if place[0] == "@" else place)
