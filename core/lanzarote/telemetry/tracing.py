"""Traces of requests, statements and jobs, sent as OpenTelemetry's own variables say (``OTEL_…``).

Imported only where an operator asks for traces. They hold routes as declared, statements without their values and
topics of jobs: no address, no text, and no message of an error, which may repeat one.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from threading import Timer
from typing import TYPE_CHECKING, Any, Final

from opentelemetry import context as contexts
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode, get_current_span, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import event

from lanzarote import __version__
from lanzarote.runtime import logs
from lanzarote.web.front import route_of

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from opentelemetry.trace import Span, Tracer
    from sqlalchemy import Connection

    from lanzarote.instance import Instance
    from lanzarote.store.database import Database
    from lanzarote.web.limits import Asgi, Message, Receive, Send

log = logging.getLogger("lanzarote.tracing")
LONGEST: Final = 4_000
"""Characters of a statement."""
SENT_WITHIN: Final = 2.0
"""Seconds for which a site that stops tries to send the last traces."""
_SPANS: Final = "lanzarote.spans"


@contextmanager
def traced(instance: Instance, app: Asgi) -> Iterator[Asgi]:
    """Trace what *instance* and *app*, which answers for it, do until this ends; give what is to be served."""
    if (protocol := os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf")) != "http/protobuf":
        log.warning("Traces are sent by http/protobuf; OTEL_EXPORTER_OTLP_PROTOCOL names %s.", protocol)
    provider = TracerProvider(resource=_resource(), shutdown_on_exit=False)
    exporter = OTLPSpanExporter()
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer("lanzarote", __version__)
    _trace_statements(instance.database, tracer)
    instance.worker.around = _Jobs(tracer).around
    try:
        yield Requests(app, tracer)
    finally:
        late = Timer(SENT_WITHIN, exporter.shutdown)
        late.daemon = True
        late.start()
        provider.shutdown()
        late.cancel()


def _resource() -> Resource:
    """Which service this is, unless the operator calls it otherwise."""
    named = os.environ.get("OTEL_SERVICE_NAME") or "service.name=" in os.environ.get("OTEL_RESOURCE_ATTRIBUTES", "")
    return Resource.create({"service.version": __version__} | ({} if named else {"service.name": "lanzarote"}))


class Requests:
    """ASGI: around a site; each request is a span that is called by its route."""

    def __init__(self, app: Asgi, tracer: Tracer) -> None:
        self._app, self._tracer = app, tracer
        # Anybody may send the header: it is believed where the operator says so, as behind a proxy that sets it.
        believed = "tracecontext" in os.environ.get("OTEL_PROPAGATORS", "").split(",")
        self._propagator = TraceContextTextMapPropagator() if believed else None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        method, status = str(scope["method"]), 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        said = {"http.request.method": method, "url.scheme": str(scope["scheme"])}
        span = self._tracer.start_span(method, self._sent(scope), SpanKind.SERVER, said)
        token = contexts.attach(set_span_in_context(span))
        try:
            await self._app(scope, receive, answer)
        finally:
            contexts.detach(token)
            if route := route_of(scope):
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)
            span.set_attribute("http.response.status_code", status)
            span.set_attribute("lanzarote.request", logs.REQUEST.get())
            if status >= 500 or not status:
                span.set_status(Status(StatusCode.ERROR))
            span.end()

    def _sent(self, scope: MutableMapping[str, Any]) -> Context:
        """The trace that the request belongs to, if its sender is believed."""
        if self._propagator is None:
            return Context()
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        return self._propagator.extract(headers, Context())


class _Jobs:
    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    @contextmanager
    def around(self, topic: str) -> Iterator[None]:
        """Each job is a span that is called by its topic."""
        with (
            self._tracer.start_as_current_span(
                f"job {topic}", Context(), SpanKind.CONSUMER, record_exception=False, set_status_on_exception=False
            ) as span,
            _failing(span),
        ):
            yield


def _trace_statements(database: Database, tracer: Tracer) -> None:
    """Each statement of a request or job is a span in its own."""
    system = "sqlite" if database.sqlite else "postgresql"

    def begin(statement: str) -> Span:
        said = {"db.system.name": system, "db.query.text": statement[:LONGEST]}
        return tracer.start_span(statement.split(maxsplit=1)[0].upper(), kind=SpanKind.CLIENT, attributes=said)

    @contextmanager
    def around(statement: str) -> Iterator[None]:
        if not get_current_span().is_recording():  # nobody's: such as the worker's look for jobs
            yield
            return
        span = begin(statement)
        try:
            with _failing(span):
                yield
        finally:
            span.end()

    def before(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if get_current_span().is_recording():
            connection.info.setdefault(_SPANS, []).append(begin(statement))

    def after(connection: Connection, *_: Any) -> None:
        if spans := connection.info.get(_SPANS):
            spans.pop().end()

    def failed(failure: Any) -> None:
        if failure.connection is not None and (spans := failure.connection.info.get(_SPANS)):
            span = spans.pop()
            _tell_failure(span, failure.original_exception)
            span.end()

    database.around = around
    event.listen(database.engine, "before_cursor_execute", before)
    event.listen(database.engine, "after_cursor_execute", after)
    event.listen(database.engine, "handle_error", failed)


@contextmanager
def _failing(span: Span) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        _tell_failure(span, error)
        raise


def _tell_failure(span: Span, error: BaseException) -> None:
    """The kind of *error* and no word of it."""
    span.set_attribute("error.type", type(error).__qualname__)
    span.set_status(Status(StatusCode.ERROR))
