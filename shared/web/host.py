"""What every service's HTTP side has: start and stop with the app, health, metrics, limits, trace, problems."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

from fastapi import APIRouter, FastAPI, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.contracts.decision import Refusal
from shared.engine.feed import Feed
from shared.engine.ports import Clock, Database
from shared.engine.service import Ports
from shared.platform.metrics import EngineMetrics
from shared.platform.traces import Traces
from shared.web import contracts, letters, problems, sign_in
from shared.web.body_limits import Limits
from shared.web.door import Door, Lanes
from shared.web.headers import ASGI, Receive, SafeHeaders, Scope, Send
from shared.web.waiting_door import Entrance, WaitingDoor


class _App(FastAPI):
    """Its OpenAPI explains the problem documents that all operations refer to."""

    def openapi(self) -> dict[str, Any]:
        document = super().openapi()
        document.setdefault("components", {}).setdefault("schemas", {})["Problem"] = problems.SCHEMA
        return document


class Hosted(Protocol):
    """What every service shows of itself: Service and ProjectionService."""

    name: str
    ready: bool
    failed: str | None
    feed: Feed
    metrics: EngineMetrics
    database: Database
    clock: Clock
    ports: Ports

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def host(
    service: Hosted,
    routers: Sequence[APIRouter],
    refusals: Mapping[str, Refusal],
    *,
    title: str,
    home: str = "/",
    large_bodies: Mapping[str, int] | None = None,
    entrance: Entrance | None = None,
    opened: Callable[[], Awaitable[None]] | None = None,
    closed: Callable[[], Awaitable[None]] | None = None,
) -> FastAPI:
    """`large_bodies` maps path prefixes (uploads) to their own limit in bytes; staff begin their work at `home`.

    Where people come in crowds, an `entrance` has a waiting room.
    """
    app = _App(
        title=title,
        version="1",
        lifespan=_lifespan(service, opened, closed),
        docs_url=None,
        redoc_url=None,
        openapi_url=f"/{service.name}/openapi.json",
        responses=problems.RESPONSES,
    )
    own = (_health(service), letters.router_of(service), contracts.router(service))
    signing_in = sign_in.router_of(service.name, service.database, service.clock, home)
    for router in (*routers, *own, signing_in):
        app.include_router(router)
    problems.install(app, refusals, service.name)
    _add_layers(app, service, large_bodies or {}, entrance)
    return app


def _add_layers(app: FastAPI, service: Hosted, large_bodies: Mapping[str, int], entrance: Entrance | None) -> None:
    """From the innermost to the outermost: what costs least is asked first."""
    app.add_middleware(Limits, large_bodies=large_bodies, service=service.name)
    app.add_middleware(Trace, traces=service.metrics.traces)
    app.add_middleware(SafeHeaders)
    if entrance:
        app.add_middleware(WaitingDoor, entrance=entrance, style_href=f"/{service.name}/style.css")
    app.state.lanes = Lanes(service.metrics)
    app.add_middleware(Door, lanes=app.state.lanes)


def _lifespan(
    service: Hosted, opened: Callable[[], Awaitable[None]] | None, closed: Callable[[], Awaitable[None]] | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """The service starts and stops with the app."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await service.start()
        if opened:
            await opened()
        try:
            yield
        finally:
            await service.stop()
            if closed:
                await closed()

    return lifespan


def _health(service: Hosted) -> APIRouter:
    router = APIRouter(prefix=f"/{service.name}", include_in_schema=False)

    @router.get("/alive")
    async def alive() -> Response:
        """Alive: no part of the engine has died."""
        return Response(status_code=503 if service.failed else 200, content=service.failed or "ok")

    @router.get("/health")
    async def ready() -> Response:
        """Ready: the door is open and the feed is not stuck."""
        fine = service.ready and service.feed.healthy
        return Response(status_code=200 if fine else 503, content="ready" if fine else "not ready")

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    return router


class Trace:
    """A span for each request: it takes the caller's traceparent or begins a trace, which travels with the command
    into its events."""

    def __init__(self, app: ASGI, traces: Traces) -> None:
        self._app, self._traces = app, traces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with self._traces.door(dict(scope["headers"]).get(b"traceparent", b"").decode("latin-1")) as span:
            scope.setdefault("state", {})["trace"] = span.traceparent

            async def answer(message: MutableMapping[str, Any]) -> None:
                if message["type"] == "http.response.start":
                    route = getattr(scope.get("route"), "path", "unknown")
                    span.answered(scope["method"], route, message["status"])
                await send(message)

            await self._app(scope, receive, answer)
