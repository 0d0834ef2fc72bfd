"""A trace collector for tests: takes OTLP over HTTP and keeps the spans, as any real one would."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass
class Collector:
    """`spans` are (service, trace id in hex, name)."""

    address: str = ""
    spans: list[tuple[str, str, str]] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)

    def of(self, trace_id: str) -> dict[str, set[str]]:
        """Names of the spans of one trace, by service."""
        found: dict[str, set[str]] = {}
        for service, id, name in list(self.spans):
            if id == trace_id:
                found.setdefault(service, set()).add(name)
        return found

    def take(self, body: bytes) -> None:
        self.texts.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            names = {each.key: each.value.string_value for each in resource.resource.attributes}
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                self.spans.append((names["service.name"], span.trace_id.hex(), span.name))


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector on loopback while the block lasts."""
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collector.address = f"http://127.0.0.1:{server.server_address[1]}/v1/traces"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
