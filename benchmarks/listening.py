"""Serves a yardstick as the platform serves itself: uvicorn, one process; its free port is told on stdout."""

from __future__ import annotations

import socket
from typing import Any


def serve(app: Any) -> None:
    import uvicorn

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(2048)
        print(listener.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run(sockets=[listener])
