"""Traces of a site arrive where OpenTelemetry's variables say, and hold nothing that anybody wrote."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from lanzarote.app import front_of
from lanzarote.composition import new_instance
from lanzarote.configuration.settings import read_settings
from lanzarote.instance import Instance
from lanzarote.operations.serving import _traced
from lanzarote.records import outbox
from lanzarote.store.database import ALL
from lanzarote.telemetry import tracing
from litestar.testing import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.core.faults.test_logs import twice

WORD = "Clairvoile"
TRACE = "0af7651916cd43dd8448eb211c80319c"
SENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}


class Collector:
    """What receives traces."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.address = ""

    def spans(self) -> list[Span]:
        return [
            span
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for scope in resource.scope_spans
            for span in scope.spans
        ]

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans() if span.name == name]

    def services(self) -> set[str]:
        return {
            attribute.value.string_value
            for body in self.bodies
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans
            for attribute in resource.resource.attributes
            if attribute.key == "service.name"
        }


def said(span: Span) -> dict[str, object]:
    return {one.key: one.value.string_value or one.value.int_value for one in span.attributes}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        collector.address = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address)
        yield collector
        server.shutdown()


@contextmanager
def watched(instance: Instance) -> Iterator[TestClient[Any]]:
    with _traced(instance, front_of(instance)) as served:
        app: Any = served
        with TestClient(app, base_url="http://lanzarote.test", raise_server_exceptions=False) as client:
            yield client


def test_a_request_is_a_span_with_its_statements_and_without_what_was_asked(
    paris_url: str, tmp_path: Path, collector: Collector
) -> None:
    place = {"LANZAROTE_DATABASE_URL": paris_url, "LANZAROTE_DATA": str(tmp_path)}
    with new_instance(read_settings(place)) as instance, watched(instance) as client:
        client.get(f"/fr/paris/practices?q={WORD}", headers=SENT)
        client.get(f"/en/account/reset/{WORD}")
        client.get(f"/{WORD}/{WORD}/{WORD}/{WORD}/{WORD}")
        client.post("/fr/account/sign-in", data={"email": f"{WORD}@example.org", "password": WORD})
    [span] = collector.named("GET /{lang}/{region}/practices")
    assert span.kind == Span.SPAN_KIND_SERVER
    asked = said(span)
    assert (asked["http.route"], asked["http.response.status_code"]) == ("/{lang}/{region}/practices", 200)
    assert asked["lanzarote.request"]
    statements = [one for one in collector.spans() if one.parent_span_id == span.span_id]
    assert statements
    assert {said(one)["db.system.name"] for one in statements} == {paris_url.partition(":")[0].partition("+")[0]}
    assert any("FROM" in str(said(one)["db.query.text"]) for one in statements)
    assert [said(one)["http.response.status_code"] for one in collector.named("GET")] == [404]
    assert collector.services() == {"lanzarote"}
    assert not span.parent_span_id
    assert span.trace_id.hex() != TRACE
    for body in collector.bodies:
        assert WORD.lower().encode() not in body.lower()


def test_a_job_is_a_span_that_tells_of_an_error_by_its_kind_alone(own_paris: Instance, collector: Collector) -> None:
    def fail(*_: Any) -> None:
        twice(own_paris)

    with watched(own_paris):
        own_paris.worker.stop()
        own_paris.worker._handlers["tell"] = fail  # type: ignore[index]
        with own_paris.database.write(ALL) as session:
            outbox.enqueue(session, f"tell:{WORD}", word=WORD)
        own_paris.worker.run_due()
    [job] = collector.named("job tell")
    assert (job.status.code, said(job)) == (Status.STATUS_CODE_ERROR, {"error.type": "IntegrityError"})
    failed = [one for one in collector.spans() if one.status.code == Status.STATUS_CODE_ERROR]
    assert {one.name for one in failed} == {"job tell", "INSERT"}
    for body in collector.bodies:
        assert WORD.lower().encode() not in body.lower()


def test_what_nobody_waits_for_is_not_traced(own_paris: Instance, collector: Collector) -> None:
    with watched(own_paris):
        own_paris.worker.run_due()
    assert collector.spans() == []


def test_a_trace_of_the_proxy_goes_on_where_the_operator_says_so(
    own_paris: Instance, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_PROPAGATORS", "tracecontext,baggage")
    monkeypatch.setenv("OTEL_SERVICE_NAME", "paris")
    with watched(own_paris) as client:
        client.get("/health/live", headers=SENT)
    [span] = collector.spans()
    assert (span.name, span.trace_id.hex(), span.parent_span_id.hex()) == (
        "GET /health/live",
        TRACE,
        "b7ad6b7169203331",
    )
    assert collector.services() == {"paris"}


SOMEWHERE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    "given", [{}, SOMEWHERE | {"OTEL_SDK_DISABLED": "true"}, SOMEWHERE | {"OTEL_TRACES_EXPORTER": "none"}]
)
def test_nothing_is_traced_unless_it_is_asked_for(
    own_paris: Instance, monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    app = front_of(own_paris)
    with _traced(own_paris, app) as served:
        assert served is app


def test_where_opentelemetry_is_not_installed_the_site_says_how_to_install_it(
    own_paris: Instance, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.delitem(sys.modules, "lanzarote.telemetry.tracing", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    app = front_of(own_paris)
    with _traced(own_paris, app) as served:
        assert served is app
    assert "OpenTelemetry is not installed; run: pip install lanzarote[otel]" in caplog.text


def test_a_collector_that_is_away_keeps_nobody_waiting(
    own_paris: Instance, collector: Collector, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setattr(tracing, "SENT_WITHIN", 0.1)
    with watched(own_paris) as client:
        assert client.get(f"/fr/paris?q={WORD}").status_code == 200
    told = [one for one in caplog.records if one.name.startswith("opentelemetry")]
    assert told
    assert [one for one in told if WORD in one.getMessage()] == []
