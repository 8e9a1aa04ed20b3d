"""Serves an instance with uvicorn, and says where and what to try."""

from __future__ import annotations

import errno
import logging
import os
import signal
import socket
import sys
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext, suppress
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from sqlalchemy import make_url

from lanzarote.accounts.mails import tidy
from lanzarote.app import front_of
from lanzarote.errors import SettingError
from lanzarote.mail.sending import folder
from lanzarote.runtime.gc import uncollected
from lanzarote.runtime.listening import announced, as_address
from lanzarote.runtime.systemd import notify
from lanzarote.web.limits import limited

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lanzarote.instance import Instance
    from lanzarote.web.limits import Asgi


log = logging.getLogger("lanzarote.serving")
TRACES_GO_TO: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
STOPPED_WITHIN: Final = 20
"""Seconds in which answers that were begun may come to an end when the site is stopped."""


def serve(instance: Instance, *, host: str, port: int, notes: Sequence[str] = ()) -> None:
    """Serve until stopped; *notes* are told at the start. Raises SettingError when the address is taken."""
    listener = _listen(host, port)
    tidy(instance)
    address = instance.address = as_address(host, listener.getsockname()[1])
    with uncollected():
        app = front_of(instance)
    with ExitStack() as beside:
        if app.metrics is not None and instance.settings.metrics:
            from lanzarote.telemetry.metrics_port import answering

            read_at = beside.enter_context(answering(app.metrics, instance.settings.metrics))
            notes = [*notes, f"Metrics for Prometheus: {read_at}"]
        beside.enter_context(announced(instance.settings.data, instance.settings.database_url, address))
        served = beside.enter_context(_traced(instance, app))
        _run(served, listener, _welcome(instance, address, notes))


def _traced(instance: Instance, app: Asgi) -> AbstractContextManager[Asgi]:
    """*app*, traced where OpenTelemetry is told where to send traces."""
    wanted = next((name for name in TRACES_GO_TO if os.environ.get(name)), "")
    off = os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true" or os.environ.get("OTEL_TRACES_EXPORTER") == "none"
    if off or not wanted:
        return nullcontext(app)
    try:
        from lanzarote.telemetry.tracing import traced
    except ModuleNotFoundError:
        log.warning("%s is set, and OpenTelemetry is not installed; run: pip install lanzarote[otel]", wanted)
        return nullcontext(app)
    return traced(instance, app)


def serve_app(make: Callable[[str], tuple[Any, str]], *, host: str, port: int) -> None:
    """Serve what *make* makes for an address, until stopped: an ASGI application, and what is said when it is ready.

    Raises SettingError when the address is taken; then nothing is made.
    """
    listener = _listen(host, port)
    app, welcome = make(as_address(host, listener.getsockname()[1]))
    _run(app, listener, welcome)


def server_config(app: Any) -> uvicorn.Config:
    """How *app* is served, wherever it is."""
    return uvicorn.Config(
        app,
        http=limited(),
        ws="none",
        lifespan="on",
        log_config=None,  # its lines are written like all others
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=STOPPED_WITHIN,
    )


def _run(app: Any, listener: socket.socket, welcome: str) -> None:
    with uncollected():
        config = server_config(app)
        config.load()
    server = _Server(config, welcome)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    # When all has been answered, uvicorn raises the signal that stopped it again: nothing is left to interrupt then.
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])
    if server.started:
        print("Stopped.", flush=True)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, welcome: str) -> None:
        super().__init__(config)
        self._welcome = welcome

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            print(self._welcome, flush=True)
            notify("READY=1")

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        notify("STOPPING=1")
        await super().shutdown(sockets)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio leaves Nagle's algorithm on and each answer waits 40 ms for the reader's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        busy = error.errno in (errno.EADDRINUSE, errno.EACCES)
        way = "choose another one with --port, or stop what uses it" if busy else "choose another one with --host"
        raise SettingError(f"cannot listen on {host}:{port} ({error.strerror}); {way}") from None
    listener.listen(2048)
    return listener


def _place(instance: Instance) -> str:
    """Where the data is; never with what opens it."""
    if instance.database.sqlite:
        return str(instance.database.path)
    url = make_url(instance.settings.database_url)
    host = url.host or url.query.get("host") or "this machine"
    return (
        f"the PostgreSQL database {url.database or url.username or ''} on {host if isinstance(host, str) else host[0]}"
    )


def _welcome(instance: Instance, address: str, notes: Sequence[str]) -> str:
    lines = ["", f"The site is ready: {address}", ""]
    for region_id, header in instance.headers().items():
        names = {lang: header.name.get(lang) or region_id for lang in header.languages}
        lines += [f"  {name} ({lang}): {address}/{lang}/{region_id}" for lang, name in names.items()]
        lang = header.languages[0]
        lines.append(f"  A practice list to search:  {address}/{lang}/{region_id}/practices")
    lines.append(f"  The Convention, article by article:  {address}/en/convention")
    lines.append(f"  The API:  {address}/api/v1/openapi.json")
    lines += ["", *notes] if notes else []
    lines += ["", f"The data is in {_place(instance)}."]
    if not instance.settings.smtp:
        lines.append(f"E-mails are saved to {folder(instance.settings)}; to send them, set LANZAROTE_SMTP.")
    lines.append("Stop with Ctrl+C; nothing is lost, and the next start is immediate.")
    if not sys.stdout.isatty():
        return "\n".join(lines)
    return "\n".join(lines) + "\n"
