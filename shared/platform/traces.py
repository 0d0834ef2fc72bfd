"""Traces: what became of one request, over all services, as spans under the caller's trace id (W3C Trace Context).

Spans leave over OTLP when the setting `otlp_endpoint` names a collector. They carry names of commands, events and kinds
of work, never an id or a value of a person.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_CONTEXT = TraceContextTextMapPropagator()
_HEADER = "traceparent"


class Traces:
    """The spans of one service. Without an exporter nothing is kept."""

    def __init__(self, service: str, exporter: SpanExporter | None = None) -> None:
        self._tracer: Tracer | None = None
        if exporter:
            provider = TracerProvider(resource=Resource.create({"service.name": f"gelombang-{service}"}))
            provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
            self._tracer = provider.get_tracer("gelombang")

    @classmethod
    def to(cls, service: str, endpoint: str) -> Traces:
        """`endpoint` is the collector's full OTLP/HTTP address (`http://collector:4318/v1/traces`); empty = none."""
        return cls(service, OTLPSpanExporter(endpoint) if endpoint else None)

    @contextmanager
    def door(self, given: str) -> Iterator[DoorSpan]:
        """The span of one request. Its `traceparent` continues the caller's trace, or begins one."""
        if self._tracer is None:
            yield DoorSpan(given if is_traceparent(given) else new_trace())
            return
        parent = _CONTEXT.extract({_HEADER: given if is_traceparent(given) else ""})
        span = self._tracer.start_span("request", context=parent, kind=SpanKind.SERVER)
        try:
            yield DoorSpan(_written(span), span)
        finally:
            span.end()

    def done(self, name: str, trace: str, seconds: float, failed: bool = False) -> None:
        """Something that took `seconds` and ended now, under the span that `trace` names."""
        if self._tracer is None or not trace:
            return
        now = time.time_ns()
        parent = _CONTEXT.extract({_HEADER: trace})
        span = self._tracer.start_span(name, context=parent, start_time=now - int(seconds * 1e9))
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(now)


class DoorSpan:
    """A request under way."""

    def __init__(self, traceparent: str, span: Span | None = None) -> None:
        self.traceparent = traceparent
        self._span = span

    def answered(self, method: str, route: str, status: int) -> None:
        """`route` is the path's pattern, without the ids in it."""
        if self._span is not None:
            self._span.update_name(f"{method} {route}")
            self._span.set_attributes({"http.route": route, "http.response.status_code": status})


def _written(span: Span) -> str:
    carrier: dict[str, str] = {}
    _CONTEXT.inject(carrier, set_span_in_context(span))
    return carrier[_HEADER]


def new_trace() -> str:
    """W3C traceparent with fresh ids, sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def is_traceparent(text: str) -> bool:
    parts = text.split("-")
    sizes = [len(part) for part in parts]
    return sizes == [2, 32, 16, 2] and all(set(part) <= set("0123456789abcdef") for part in parts)
